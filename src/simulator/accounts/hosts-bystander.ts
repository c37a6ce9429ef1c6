// An instance beside the cluster that is in none and is not meant to be, with an Auto Scaling group of its own.

import type { SnapshotInput } from '../../contract/snapshot.ts';
import type { FleetPlan } from './fleet-plan.ts';
import { groupArn, minutesAgo } from './names.ts';
import type { AccountPlan } from './plan.ts';

type Instance = NonNullable<NonNullable<SnapshotInput['ec2']>['Instances']>[number];
type Group = NonNullable<NonNullable<SnapshotInput['autoscaling']>['AutoScalingGroups']>[number];

const DAY_MINUTES = 1_440;

const bastionId = (fleet: FleetPlan) => `i-0${fleet.group.slice(-16)}`;

/** An instance that is in no cluster and is not meant to be. */
export function bastion(plan: AccountPlan, fleet: FleetPlan): Instance {
  const [zone] = plan.zones;
  return {
    InstanceId: bastionId(fleet),
    InstanceType: 't3.micro',
    State: { Code: 16, Name: 'running' },
    LaunchTime: minutesAgo(plan, 90 * DAY_MINUTES),
    VpcId: plan.vpc,
    SubnetId: zone?.subnets.public,
    PrivateIpAddress: `10.${plan.second}.${zone?.third.public ?? 0}.61`,
    SecurityGroups: [],
    Placement: { AvailabilityZone: zone?.name, Tenancy: 'default' },
    Tags: [{ Key: 'Name', Value: 'bastion' }],
  };
}

/** Its group holds one instance at most and is no concern of the cluster. */
export function bastionGroup(plan: AccountPlan, fleet: FleetPlan): Group {
  const [zone] = plan.zones;
  return {
    AutoScalingGroupName: 'bastion',
    AutoScalingGroupARN: groupArn(plan, 'bastion'),
    MinSize: 1,
    MaxSize: 1,
    DesiredCapacity: 1,
    DefaultCooldown: 300,
    AvailabilityZones: zone === undefined ? [] : [zone.name],
    VPCZoneIdentifier: zone?.subnets.public ?? '',
    HealthCheckType: 'EC2',
    HealthCheckGracePeriod: 300,
    CreatedTime: minutesAgo(plan, 500 * DAY_MINUTES),
    Instances: [
      {
        InstanceId: bastionId(fleet),
        InstanceType: 't3.micro',
        AvailabilityZone: zone?.name ?? '',
        LifecycleState: 'InService',
        HealthStatus: 'Healthy',
        ProtectedFromScaleIn: false,
      },
    ],
    Tags: [],
  };
}
