// Deployments that wait for the targets of their old tasks to drain: new ones run and are healthy, and only the delay of the target group
// says how long it goes on.

import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { addTasks, rollOut, theDefinition, theService } from '../support/account-builder.ts';
import { balanced } from './support/balanced-account.ts';
import { look } from './support/look.ts';

/** A roll-out whose two old tasks have been draining for `minutes`. */
function drains(
  s: Snapshot,
  how: { minutes?: number; seconds?: number; state?: 'healthy' | 'initial' } = {},
): void {
  const { minutes = 38, seconds = 3_600, state = 'healthy' } = how;
  balanced(s, { State: 'draining', Reason: 'Target.DeregistrationInProgress' });
  const since = new Date(Date.parse(s.takenAt) - minutes * 60_000).toISOString();
  for (const task of s.ecs.tasks)
    Object.assign(task, {
      lastStatus: 'DEACTIVATING',
      desiredStatus: 'STOPPED',
      stoppingAt: since,
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: 'Scaling activity initiated by (deployment ecs-svc/7)',
    });
  rollOut(s, { running: 2 });
  const [primary, former] = theService(s).deployments ?? [];
  if (primary !== undefined) primary.createdAt = new Date(Date.parse(since) - 4 * 60_000).toISOString();
  if (former !== undefined) Object.assign(former, { desiredCount: 0, runningCount: 0 });
  for (const container of theDefinition(s).containerDefinitions ?? [])
    container.portMappings = [{ containerPort: 8080 }];
  addTasks(s, { count: 2, revision: 8 });
  const [group] = Object.keys(s.elbv2.TargetHealth);
  for (const id of ['10.0.1.201', '10.0.1.202'])
    s.elbv2.TargetHealth[group ?? '']?.push({
      Target: { Id: id, Port: 8080 },
      TargetHealth: { State: state },
    });
  s.elbv2.TargetGroupAttributes = {
    [group ?? '']: [{ Key: 'deregistration_delay.timeout_seconds', Value: String(seconds) }],
  };
}

const classesOf = async (change: (s: Snapshot) => void, denied: readonly string[] = []) =>
  (await look(change, denied)).findings.map((one) => one.class);

describe('old tasks whose targets drain for long', () => {
  it('are proven by the delay of their target group when the new ones are all healthy', async () => {
    const [finding] = (await look((s) => drains(s))).findings;
    expect(finding).toMatchObject({ class: 'graceful-shutdown-gap', verdict: 'proven' });
    expect(finding?.explanation).toMatch(/2 new targets are healthy, and 2 tasks of api:7 .* 38 minutes/);
    expect(finding?.explanation).toContain('3600 s');
  });

  it('are not the cause while new tasks are not healthy', async () => {
    expect(await classesOf((s) => drains(s, { state: 'initial' }))).not.toContain('graceful-shutdown-gap');
  });

  it('are nothing to speak of within the ordinary delay, and not explained after their own', async () => {
    expect(await classesOf((s) => drains(s, { minutes: 4, seconds: 300 }))).not.toContain(
      'graceful-shutdown-gap',
    );
    expect(await classesOf((s) => drains(s, { minutes: 38, seconds: 300 }))).not.toContain(
      'graceful-shutdown-gap',
    );
  });

  it('are not explained when the delay may not be read', async () => {
    expect(
      await classesOf((s) => drains(s), ['elasticloadbalancing:DescribeTargetGroupAttributes']),
    ).not.toContain('graceful-shutdown-gap');
  });
});
