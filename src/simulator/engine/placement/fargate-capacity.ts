// What keeps Fargate from taking a task: the account's vCPU quota, or zones without capacity. A subnet with the tag
// `simulate` = `no-fargate-capacity` lies in a zone that has none; a task goes to another of its subnets if there is one.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html

import type { Snapshot, SnapshotSubnet, SnapshotTask } from '../../../contract/snapshot.ts';
import { FARGATE_QUOTAS, vcpusInUse } from '../../physics/fargate-use.ts';
import type { TaskOrder } from '../task-order.ts';
import type { World } from '../world.ts';

type Quota = Snapshot['servicequotas']['quotas'][number];

const CPU_UNITS = 1024;

/** Why ECS cannot place the task on Fargate; undefined when it can. */
export function fargateRefusal(world: World, order: TaskOrder): string | undefined {
  const spot = order.capacityProviderName === 'FARGATE_SPOT';
  const quota = quotaFor(world, spot);
  const wanted = Number(world.index.definition(order.taskDefinitionArn ?? '')?.cpu ?? 0) / CPU_UNITS;
  if (
    quota?.Value !== undefined &&
    (vcpusInUse(world.account.state, spot ? 'FARGATE_SPOT' : 'FARGATE') ?? 0) + wanted > quota.Value
  )
    return `You've reached the limit on the number of ${spot ? 'Fargate Spot ' : ''}vCPUs you can run concurrently. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`;
  const subnets = (order.network?.subnets ?? [])
    .map((id) => world.account.state.ec2.Subnets.find((one) => one.SubnetId === id))
    .filter((one) => one !== undefined);
  if (subnets.length > 0 && subnets.every(lacksCapacity))
    return 'Capacity is unavailable at this time. Please try again later or in a different availability zone. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.';
  return undefined;
}

export function lacksCapacity(subnet: SnapshotSubnet): boolean {
  return (subnet.Tags ?? []).some((tag) => tag.Key === 'simulate' && tag.Value === 'no-fargate-capacity');
}

/** Keeps the quota's recorded usage in step with a task that begins (1) or is gone (-1). */
export function countUsage(world: World, task: SnapshotTask, sign: 1 | -1): void {
  if (task.launchType !== 'FARGATE') return;
  const quota = quotaFor(world, task.capacityProviderName === 'FARGATE_SPOT');
  if (typeof quota?.usage === 'number') quota.usage += (sign * Number(task.cpu ?? 0)) / CPU_UNITS;
}

function quotaFor(world: World, spot: boolean): Quota | undefined {
  const code = spot ? FARGATE_QUOTAS.FARGATE_SPOT : FARGATE_QUOTAS.FARGATE;
  return world.account.state.servicequotas.quotas.find((one) => one.QuotaCode === code);
}
