// Deployments that stand still without any failure: old tasks that may not be stopped, targets nobody routes to, a group that is gone.

import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { addTasks, allFail, failStart, ids, rollOut, theService } from '../support/account-builder.ts';
import { iso } from './support/cause-case.ts';
import { look } from './support/look.ts';

/** Two new tasks run beside the two of the revision before, and have done so for a while. */
function besides(s: Snapshot): void {
  rollOut(s, { running: 2 });
  Object.assign(theService(s), { runningCount: 4 });
  addTasks(s, { count: 2, revision: 8, secondsAgo: 480 });
  for (const task of s.ecs.tasks) task.startedAt = iso(task.startedBy === 'ecs-svc/8' ? 420 : 90_000);
}

const protect = (s: Snapshot, until: string) => {
  for (const { taskArn, startedBy } of s.ecs.tasks)
    if (startedBy === 'ecs-svc/7')
      s.ecs.taskProtections.push({ taskArn, protectionEnabled: true, expirationDate: until });
};

describe('a deployment whose new tasks run', () => {
  it('waits for old tasks that are protected, and ending that is offered', async () => {
    const [finding] = (
      await look((s) => {
        besides(s);
        protect(s, iso(-7_200));
      })
    ).findings;
    expect(finding).toMatchObject({ class: 'deployment-settings', verdict: 'proven' });
    expect(finding?.explanation).toContain('2 tasks of api:7 are protected');
    expect(finding?.fixes).toMatchObject([
      { tool: 'ecs_update_task_protection', input: { protect: false }, counterfactual: { flips: true } },
    ]);
  });

  it('does not when none of them is', async () => {
    const { findings } = await look(besides);
    expect(findings.map((one) => one.class)).not.toContain('deployment-settings');
  });

  it('is not said to when the protection may not be read', async () => {
    const { findings } = await look(
      (s) => {
        besides(s);
        protect(s, iso(-7_200));
      },
      ['ecs:GetTaskProtection'],
    );
    expect(findings.map((one) => one.class)).not.toContain('deployment-settings');
  });
});

describe('tasks whose interface cannot be made for a group that is not there', () => {
  const gone = failStart(
    `Unexpected EC2 error while attempting to Create Network Interface with public IP assignment disabled in subnet '${ids.subnets.a}': InvalidGroup.NotFound`,
  );
  const named = (group: string) => (s: Snapshot) => {
    rollOut(s);
    const network = theService(s).networkConfiguration?.awsvpcConfiguration;
    if (network !== undefined) network.securityGroups = [ids.groups.app, group];
    allFail(s, { revision: 8, ...gone });
  };

  it('name the group of the service that AWS does not list', async () => {
    const [finding] = (await look(named('sg-0dead0000dead0000'))).findings;
    expect(finding).toMatchObject({
      class: 'stale-or-wrong-reference',
      verdict: 'proven',
      culprits: ['sg-0dead0000dead0000'],
    });
  });

  it('prove nothing when every group is there', async () => {
    const [finding] = (await look(named(ids.groups.database))).findings;
    expect(finding?.verdict).not.toBe('proven');
    expect(finding?.culprits).toEqual([]);
  });
});
