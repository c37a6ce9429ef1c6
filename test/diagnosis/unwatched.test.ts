// A service whose numbers are right only because nobody reports any more: the agents of its hosts are disconnected.

import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { onHosts } from './support/host-account.ts';
import { look } from './support/look.ts';

/** The two tasks run on hosts of their own, of which the agents are connected or not. */
function placed(s: Snapshot, connected: readonly [boolean, boolean]): void {
  onHosts(
    s,
    connected.map((one) => ({ connected: one })),
  );
  for (const [index, task] of s.ecs.tasks.entries()) {
    task.launchType = 'EC2';
    const host = s.ecs.containerInstances[index]?.containerInstanceArn;
    if (host !== undefined) task.containerInstanceArn = host;
  }
}

describe('a service on hosts that ECS counts as running', () => {
  it('is not called healthy when the agents of all its hosts are disconnected', async () => {
    const { findings, stats } = await look((s) => placed(s, [false, false]));
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ class: 'agent-disconnected', verdict: 'proven' });
    expect(findings[0]?.explanation).toContain('it does not see them fail, replaces none');
    expect(stats.awsCalls).toBeLessThanOrEqual(12);
  });

  it('is likely not watched where one of several hosts does not report, and healthy where all do', async () => {
    const { findings } = await look((s) => placed(s, [true, false]));
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ class: 'agent-disconnected' });
    expect(findings[0]?.explanation).toContain('The agent of 1 of 2 hosts');
    const all = await look((s) => placed(s, [true, true]));
    expect(all.findings[0]).toMatchObject({ class: 'healthy', verdict: 'proven' });
  });

  it('is only likely healthy when its hosts may not be read', async () => {
    const { findings } = await look((s) => placed(s, [false, false]), ['ecs:DescribeContainerInstances']);
    expect(findings[0]).toMatchObject({ class: 'healthy', verdict: 'likely' });
    expect(findings[0]?.cannotVerify.map((one) => one.missingAction)).toEqual([
      'ecs:DescribeContainerInstances',
    ]);
  });
});
