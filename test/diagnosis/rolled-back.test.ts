// A service that looks well because ECS went back from what was deployed last.

import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { addTasks, exits, theService } from '../support/account-builder.ts';
import { iso } from './support/cause-case.ts';
import { look } from './support/look.ts';

/** The circuit breaker gave api:8 up twenty minutes ago; api:7 runs again. */
function rolledBack(s: Snapshot): void {
  const service = theService(s);
  addTasks(s, { count: 3, revision: 8, secondsAgo: 1_500, ...exits(1) });
  Object.assign(service.deployments?.[0] ?? {}, {
    createdAt: iso(1_200),
    rolloutState: 'COMPLETED',
    rolloutStateReason: 'ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/7.',
  });
  service.events = [
    { id: 'b', createdAt: iso(1_199), message: '(service api) rolling back to (deployment ecs-svc/7).' },
    {
      id: 'a',
      createdAt: iso(1_200),
      message: '(service api) (deployment ecs-svc/8) deployment failed: tasks failed to start.',
    },
  ];
}

describe('a service that was rolled back', () => {
  it('is healthy and says that the newest revision was given up, when, and after what', async () => {
    const [finding] = (await look(rolledBack)).findings;
    expect(finding).toMatchObject({ class: 'healthy', verdict: 'proven' });
    expect(finding?.title).toContain('after a deployment was rolled back');
    expect(finding?.explanation).toMatch(
      /ECS gave up api:8 at \d\d:\d\d UTC \(3 tasks failed, the newest with "Essential container in task exited"\) and went back to api:7/,
    );
    expect(finding?.evidence.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['$.services[0].events[0].message']),
    );
  });

  it('is not said to be when somebody has deployed since', async () => {
    const [finding] = (
      await look((s) => {
        rolledBack(s);
        Object.assign(theService(s).deployments?.[0] ?? {}, {
          createdAt: iso(300),
          rolloutStateReason: 'ECS deployment ecs-svc/7 completed.',
        });
      })
    ).findings;
    expect(finding?.title).not.toContain('rolled back');
    expect(finding?.explanation).not.toContain('gave up');
  });
});
