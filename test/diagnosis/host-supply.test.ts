// Clusters that are short of hosts: whether the group cannot grow, new hosts do not join, or no number of hosts would help.

import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { theDefinition } from '../support/account-builder.ts';
import { complains, iso, short } from './support/cause-case.ts';
import { grouped, noPlace, onHosts } from './support/host-account.ts';
import { look } from './support/look.ts';

const FULL = 'has insufficient memory available.';
const HOST = 'i-0aaaa1111bbbb2220';
const STRANGER = 'i-0bbbb1111bbbb2220';

/** One host that is full, of a group with these instances. */
function full(s: Snapshot, { max, instances }: { max: number; instances: readonly string[] }): void {
  onHosts(s, [{ memory: 100 }]);
  short(s);
  grouped(s, { max, instances });
  complains(s, noPlace(FULL));
}

const theGroup = (s: Snapshot) => s.autoscaling.AutoScalingGroups[0];

function scaledByEcs(s: Snapshot): void {
  const provider = s.ecs.capacityProviders[0]?.autoScalingGroupProvider;
  if (provider !== undefined) provider.managedScaling = { status: 'ENABLED', targetCapacity: 100 };
}

function launched(s: Snapshot, instance: string, secondsAgo: number): void {
  s.autoscaling.Activities.push({
    ActivityId: `launch-${instance}`,
    AutoScalingGroupName: 'prod-hosts',
    Cause: 'capacity',
    Description: `Launching a new EC2 instance: ${instance}`,
    StartTime: iso(secondsAgo),
    StatusCode: 'Successful',
  });
}

const classes = async (change: (s: Snapshot) => void) =>
  (await look(change)).findings.map((finding) => `${finding.class} ${finding.verdict}`);

describe('a group whose launches are suspended', () => {
  const suspended = (s: Snapshot, desired: number) => {
    full(s, { max: 4, instances: [HOST] });
    Object.assign(theGroup(s) ?? {}, {
      DesiredCapacity: desired,
      SuspendedProcesses: [{ ProcessName: 'Launch', SuspensionReason: 'User suspended at noon' }],
    });
  };

  it('cannot supply the hosts it wants', async () => {
    const [finding] = (await look((s) => suspended(s, 2))).findings;
    expect(finding).toMatchObject({ class: 'asg-capacity-failure', verdict: 'proven' });
    expect(finding?.explanation).toContain('Launch is suspended ("User suspended at noon")');
    expect(finding?.culprits).toEqual(['prod-hosts']);
  });

  it('lacks nothing while it has what it wants', async () => {
    expect(await classes((s) => suspended(s, 1))).toEqual(['insufficient-cluster-resources proven']);
  });
});

describe('a group at its maximum', () => {
  it('may be given room for the tasks that wait, where ECS asks it for more', async () => {
    const { findings } = await look((s) => {
      full(s, { max: 1, instances: [HOST] });
      scaledByEcs(s);
    });
    expect(findings[0]).toMatchObject({
      class: 'asg-capacity-failure',
      fixes: [{ tool: 'autoscaling_update_group', input: { group: 'prod-hosts', max_size: 2 } }],
    });
  });

  it('is left alone where nobody would ask it for more', async () => {
    const { findings } = await look((s) => full(s, { max: 1, instances: [HOST] }));
    expect(findings[0]).toMatchObject({ class: 'asg-capacity-failure', fixes: [] });
  });

  it('is not the cause when the task is larger than a whole host', async () => {
    const found = await classes((s) => {
      full(s, { max: 1, instances: [HOST] });
      scaledByEcs(s);
      for (const host of s.ecs.containerInstances)
        host.registeredResources = [{ name: 'MEMORY', type: 'INTEGER', integerValue: 7_600 }];
      theDefinition(s).memory = '8192';
    });
    expect(found).toEqual(['insufficient-cluster-resources proven']);
  });
});

describe('an instance that is not in the cluster', () => {
  it('did not join when it has run for longer than joining takes', async () => {
    const { findings } = await look((s) => {
      full(s, { max: 4, instances: [HOST, STRANGER] });
      launched(s, STRANGER, 900);
    });
    expect(findings.map((finding) => finding.class)).toEqual(['instance-registration-failed']);
    expect(findings[0]?.culprits).toEqual([STRANGER, 'prod-hosts']);
  });

  it('may still be booting when it was launched just now', async () => {
    const found = await classes((s) => {
      full(s, { max: 4, instances: [HOST, STRANGER] });
      launched(s, STRANGER, 90);
    });
    expect(found).toEqual(['insufficient-cluster-resources proven']);
  });
});
