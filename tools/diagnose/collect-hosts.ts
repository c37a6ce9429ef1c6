// Reads the hosts of a cluster: container instances, the machines behind them, the auto scaling groups they come from, and what those groups
// did lately.

import type * as Groups from '@aws-sdk/client-auto-scaling';
import type * as Ec2 from '@aws-sdk/client-ec2';
import type * as Ecs from '@aws-sdk/client-ecs';
import type { Aws } from '../../src/contract/aws.ts';
import type { CapacityEvidence, Observed, Seen } from '../../src/diagnosis/evidence.ts';
import { batchesOf, gapOf, joined, readList } from './reading.ts';
import { next } from './staged.ts';

/** DescribeContainerInstances takes 100 ids. */
const HOSTS_PER_CALL = 100;
const GROUPS_MAX = 5;
const INSTANCES_MAX = 50;
const ACTIVITIES_READ = 20;

/** All container instances of the cluster, up to 500; a list that was cut says so. */
export async function readContainerInstances(
  aws: Aws,
  cluster: string,
): Promise<Seen<Ecs.ContainerInstance>> {
  const arns = await readList(aws, {
    action: 'ecs:ListContainerInstances',
    input: { cluster, maxResults: HOSTS_PER_CALL },
    what: 'the container instances of the cluster',
    path: '$.containerInstanceArns',
    items: (output) => output.containerInstanceArns,
  });
  const ids = arns.items.map(({ value }) => value);
  const seen = joined(
    await Promise.all(
      batchesOf(ids, HOSTS_PER_CALL).map((some) => describeContainerInstances(next(aws), cluster, some)),
    ),
  );
  return { items: seen.items, gaps: [...arns.gaps, ...seen.gaps] };
}

/** These container instances, at most 100. */
export function describeContainerInstances(
  aws: Aws,
  cluster: string,
  containerInstances: string[],
): Promise<Seen<Ecs.ContainerInstance>> {
  return readList(aws, {
    action: 'ecs:DescribeContainerInstances',
    input: { cluster, containerInstances },
    what: 'the container instances of the cluster',
    path: '$.containerInstances',
    items: (output) => output.containerInstances,
  });
}

/** The EC2 instances of these ids that there are; ids of external instances are left out. */
export async function readInstances(aws: Aws, ids: readonly string[]): Promise<Seen<Ec2.Instance>> {
  const known = [...new Set(ids)].filter((id) => id.startsWith('i-'));
  const wanted = known.slice(0, INSTANCES_MAX);
  const rest = {
    what: 'the rest of the instances',
    missingAction: 'ec2:DescribeInstances',
    kind: 'other',
  } as const;
  if (wanted.length === 0) return { items: [], gaps: [] };
  try {
    const { output, evidence } = await aws.call('ec2:DescribeInstances', {
      Filters: [{ Name: 'instance-id', Values: wanted }],
    });
    const items: Observed<Ec2.Instance>[] = (output.Reservations ?? []).flatMap((reservation, outer) =>
      (reservation.Instances ?? []).map((value, inner) => ({
        value,
        at: { id: evidence, path: `$.Reservations[${outer}].Instances[${inner}]` },
      })),
    );
    return { items, gaps: known.length > wanted.length ? [rest] : [] };
  } catch (thrown) {
    return { items: [], gaps: [gapOf(thrown, 'the instances', 'ec2:DescribeInstances')] };
  }
}

/** All auto scaling groups of the region; which belong to the cluster is decided by what they hold. */
export function readHostGroups(aws: Aws): Promise<Seen<Groups.AutoScalingGroup>> {
  return readList(aws, {
    action: 'autoscaling:DescribeAutoScalingGroups',
    input: { MaxRecords: 100 },
    what: 'the auto scaling groups',
    path: '$.AutoScalingGroups',
    items: (output) => output.AutoScalingGroups,
  });
}

/** The newest activities of each group; older pages say nothing about now. */
export async function readGroupActivities(
  aws: Aws,
  names: readonly string[],
): Promise<Seen<Groups.Activity>> {
  const lists = await Promise.all(
    names.slice(0, GROUPS_MAX).map(async (AutoScalingGroupName) => {
      const list = await readList(aws, {
        action: 'autoscaling:DescribeScalingActivities',
        input: { AutoScalingGroupName, MaxRecords: ACTIVITIES_READ },
        what: `what the auto scaling group ${AutoScalingGroupName} did lately`,
        path: '$.Activities',
        items: (output) => output.Activities,
        pages: 1,
      });
      return { ...list, gaps: list.gaps.filter((gap) => !gap.what.startsWith('the rest of')) };
    }),
  );
  return joined(lists);
}

/** The capacity providers of the account. */
export function readCapacityProviders(aws: Aws): Promise<CapacityEvidence['capacityProviders']> {
  return readList(aws, {
    action: 'ecs:DescribeCapacityProviders',
    input: {},
    what: 'the capacity providers',
    path: '$.capacityProviders',
    items: (output) => output.capacityProviders,
  });
}
