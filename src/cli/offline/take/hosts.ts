// The hosts below a cluster: container instances, their machines with type and role, and the auto scaling groups they come from.

import { lastPart } from '../../../../tools/arn.ts';
import { readContainerInstances, readHostGroups } from '../../../../tools/diagnose/collect-hosts.ts';
import { filter } from '../../../../tools/diagnose/collect-network.ts';
import { readRoles } from '../../../../tools/diagnose/collect-roles.ts';
import { batchesOf } from '../../../../tools/diagnose/reading.ts';
import type { Aws } from '../../../contract/aws.ts';
import type { Snapshot } from '../../../contract/snapshot.ts';
import { distinct, listed } from './bounds.ts';

const VALUES_PER_FILTER = 200;
const ACTIVITIES_PER_CALL = 100;
const PROFILES_PER_CALL = 1_000;

export async function takeHosts(aws: Aws, cluster: string): Promise<void> {
  const [{ items: hosts }] = await Promise.all([
    readContainerInstances(aws, cluster),
    readHostGroups(aws),
    listed(aws, { action: 'ecs:DescribeCapacityProviders', input: {} }),
  ]);
  const ids = distinct(hosts.map(({ value }) => value.ec2InstanceId)).filter((id) => id.startsWith('i-'));
  const machines = await Promise.all(
    batchesOf(ids, VALUES_PER_FILTER).map(async (some) => {
      const input = { Filters: [filter('instance-id', some)] };
      const [found] = await Promise.all([
        listed(aws, {
          action: 'ec2:DescribeInstances',
          input,
          items: ({ Reservations = [] }) => Reservations.flatMap(({ Instances = [] }) => Instances),
        }),
        listed(aws, { action: 'ec2:DescribeIamInstanceProfileAssociations', input }),
      ]);
      return found;
    }),
  );
  const instances = machines.flat();
  const types = distinct(instances.map(({ InstanceType }) => InstanceType));
  const profiles = new Set(
    distinct(instances.map(({ IamInstanceProfile: profile }) => profile?.Arn && lastPart(profile.Arn))),
  );
  await Promise.all([
    ...batchesOf(types, VALUES_PER_FILTER).map((Values) =>
      listed(aws, {
        action: 'ec2:DescribeInstanceTypes',
        input: { Filters: [{ Name: 'instance-type', Values }] },
      }),
    ),
    profiles.size === 0 ? undefined : takeRolesOf(aws, profiles),
  ]);
}

/** The roles behind instance profiles of these names. */
async function takeRolesOf(aws: Aws, profiles: ReadonlySet<string>): Promise<void> {
  const all = await listed(aws, {
    action: 'iam:ListInstanceProfiles',
    input: { MaxItems: PROFILES_PER_CALL },
    items: ({ InstanceProfiles }) => InstanceProfiles,
  });
  const used = all.filter(({ InstanceProfileName: name = '' }) => profiles.has(name));
  await readRoles(aws, distinct(used.flatMap(({ Roles = [] }) => Roles.map(({ RoleName }) => RoleName))));
}

/** Leaves out the auto scaling groups that have nothing to do with what was taken: AWS lists all of the region. */
export function keepGroupsOf(snapshot: Snapshot, cluster: string): void {
  const { ecs, autoscaling } = snapshot;
  const hosts = new Set(distinct(ecs.containerInstances.map(({ ec2InstanceId }) => ec2InstanceId)));
  const providers = ecs.capacityProviders.map((one) => one.autoScalingGroupProvider?.autoScalingGroupArn);
  const provided = new Set(distinct(providers).map(lastPart));
  autoscaling.AutoScalingGroups = autoscaling.AutoScalingGroups.filter(
    ({ AutoScalingGroupName: name, Instances = [], Tags = [] }) =>
      Instances.some(({ InstanceId = '' }) => hosts.has(InstanceId)) ||
      provided.has(name) ||
      name.includes(cluster) ||
      Tags.some(({ Value }) => Value === cluster),
  );
}

/** What a group did lately. */
export async function takeActivities(aws: Aws, AutoScalingGroupName: string): Promise<void> {
  await listed(aws, {
    action: 'autoscaling:DescribeScalingActivities',
    input: { AutoScalingGroupName, MaxRecords: ACTIVITIES_PER_CALL },
    pages: 1,
  });
}
