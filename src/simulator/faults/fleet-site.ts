// What people do with the hosts of a made-up account: change the group they come from, and ask for more than they hold.

import type { Snapshot } from '../../contract/snapshot.ts';
import type { FleetPlan } from '../accounts/fleet-plan.ts';
import { groupArn, hostArn } from '../accounts/names.ts';
import type { FaultSite } from './fault.ts';
import { recordChange, serviceAt } from './people.ts';
import { roomFor } from './room.ts';

/** The hosts of an account that has some. */
export function fleetOf({ plan }: FaultSite): FleetPlan {
  if (plan.fleet === undefined) throw new RangeError('the account has no hosts');
  return plan.fleet;
}

/** Names of every host: of its container instance and of the machine. */
export function hostsOf(site: FaultSite): string[] {
  return fleetOf(site).hosts.flatMap(({ id, instanceId }) => [hostArn(site.plan, id), instanceId]);
}

/** The Auto Scaling group that the hosts come from. */
export function groupAt(site: FaultSite): Snapshot['autoscaling']['AutoScalingGroups'][number] {
  const { name } = fleetOf(site);
  const found = site.account.state.autoscaling.AutoScalingGroups.find(
    (one) => one.AutoScalingGroupName === name,
  );
  if (found === undefined) throw new RangeError(`the account has no group ${name}`);
  return found;
}

/** Changes the group as UpdateAutoScalingGroup does. */
export function changeGroup(
  site: FaultSite,
  change: { MaxSize?: number; VPCZoneIdentifier?: string; DesiredCapacity?: number },
): void {
  const { name } = fleetOf(site);
  Object.assign(groupAt(site), change);
  recordChange(
    site,
    'autoscaling:UpdateAutoScalingGroup',
    { autoScalingGroupName: name, ...lowerCased(change) },
    { type: 'AWS::AutoScaling::AutoScalingGroup', name: groupArn(site.plan, name) },
  );
}

/** CloudTrail writes the names of parameters with a small first letter. */
function lowerCased(change: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(change).map(([name, value]) => [`${name.charAt(0).toLowerCase()}${name.slice(1)}`, value]),
  );
}

/** Gives the service another desired count. */
export function scaleTo(site: FaultSite, desiredCount: number): void {
  serviceAt(site).desiredCount = desiredCount;
  recordChange(
    site,
    'ecs:UpdateService',
    { cluster: site.plan.cluster, service: site.service.name, desiredCount },
    { type: 'AWS::ECS::Service', name: site.service.name },
  );
}

/** Scales the service past what the hosts hold, and the group with it where nothing else does that. */
export function needAnotherHost(site: FaultSite): void {
  scaleTo(site, site.service.desired + roomFor(site.plan, site.service).bySize + 2);
  const { provider, hosts, maxSize } = fleetOf(site);
  if (provider === undefined) changeGroup(site, { DesiredCapacity: Math.min(maxSize, hosts.length + 1) });
}
