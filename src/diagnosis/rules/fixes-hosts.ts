// Proposed calls for the hosts below a service: an Auto Scaling group that may have more of them, a host that no longer takes tasks.

import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { ProposedCall } from '../../contract/finding.ts';
import type { Facts } from '../facts/facts.ts';
import { hostsOf } from '../facts/hosts.ts';

export const groupSizeTool = 'autoscaling_update_group';
export const hostStateTool = 'ecs_update_container_instances_state';

/** A maximum that holds the tasks that are missing, where ECS itself asks the group for more (managed scaling of its capacity provider). */
export function largerGroupFix(facts: Facts, group: AutoScalingGroup): ProposedCall[] {
  const { AutoScalingGroupName: name = '', AutoScalingGroupARN: arn = '', MaxSize: max = 0 } = group;
  const provider = facts.bundle.capacity?.capacityProviders.items.find(({ value }) => {
    const behind = value.autoScalingGroupProvider?.autoScalingGroupArn ?? '';
    return behind === arn || behind.endsWith(`autoScalingGroupName/${name}`);
  });
  if (provider?.value.autoScalingGroupProvider?.managedScaling?.status !== 'ENABLED') return [];
  const { service } = facts;
  const more = Math.max(1, Math.ceil((service.desired - service.running) / tasksOnAHost(facts)));
  return [
    {
      tool: groupSizeTool,
      input: {
        group: name,
        max_size: max + more,
        heals: { cluster: service.cluster, service: service.name },
      },
      why: `Lets ${name} have ${max + more} instances instead of ${max}; capacity provider ${provider.value.name ?? ''} then asks for those that the waiting tasks need.`,
    },
  ];
}

/** Draining a host on which starts fail, where others are there to take the tasks. */
export function drainFix(facts: Facts, hostArn: string): ProposedCall[] {
  const hosts = hostsOf(facts);
  const sick = hosts.all.find(({ observed }) => observed.value.containerInstanceArn === hostArn);
  const others = hosts.all.filter((one) => one !== sick && one.active && one.connected);
  if (!hosts.complete || sick?.active !== true || others.length === 0) return [];
  return [
    {
      tool: hostStateTool,
      input: { cluster: facts.service.cluster, container_instances: [sick.id], status: 'DRAINING' },
      why: `Keeps new tasks off ${sick.id} and moves those of its services to the other hosts; replace it once it is empty.`,
    },
  ];
}

/** How many tasks an empty host of the smallest size takes, by processor and memory. */
function tasksOnAHost(facts: Facts): number {
  const { all, needs } = hostsOf(facts);
  const counts = all.map(({ observed }) => {
    const whole = (resource: string) =>
      observed.value.registeredResources?.find(({ name }) => name === resource)?.integerValue ??
      Number.POSITIVE_INFINITY;
    return Math.floor(Math.min(whole('CPU') / (needs?.cpu ?? 1), whole('MEMORY') / (needs?.memory ?? 1)));
  });
  const fewest = Math.min(...counts);
  return Number.isFinite(fewest) ? Math.max(1, fewest) : 1;
}
