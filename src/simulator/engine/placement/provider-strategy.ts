// Which capacity provider the next task of a service goes to: the base first, then by weight.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html

import type { SnapshotService, SnapshotTask } from '../../../contract/snapshot.ts';
import type { Deployment } from '../../deployment.ts';
import { orderOf, type TaskOrder } from '../task-order.ts';
import type { World } from '../world.ts';

const FARGATE = new Set(['FARGATE', 'FARGATE_SPOT']);

/** What the deployment asks for, for one more task beside `own`, the tasks it has. */
export function nextOrder(
  world: World,
  service: SnapshotService,
  { deployment, own }: { deployment: Deployment; own: readonly SnapshotTask[] },
): TaskOrder {
  const order = orderOf(service, deployment);
  const strategy = strategyOf(world, service, deployment);
  if (strategy.length === 0) return order;
  const counts = new Map<string, number>();
  for (const task of own) {
    const name = task.capacityProviderName ?? '';
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const countOf = (name: string | undefined) => counts.get(name ?? '') ?? 0;
  const based = strategy.find((item) => countOf(item.capacityProvider) < (item.base ?? 0));
  const weighted = strategy
    .filter((item) => (item.weight ?? 0) > 0)
    .map((item) => ({
      item,
      share: Math.max(0, countOf(item.capacityProvider) - (item.base ?? 0)) / (item.weight ?? 1),
    }))
    .sort((left, right) => left.share - right.share)[0]?.item;
  const provider = (based ?? weighted ?? strategy[0])?.capacityProvider;
  return {
    ...order,
    launchType: FARGATE.has(provider ?? '') ? 'FARGATE' : 'EC2',
    capacityProviderName: provider,
  };
}

/** A service without a launch type and without a strategy of its own follows its cluster's. */
function strategyOf(world: World, service: SnapshotService, deployment: Deployment) {
  const own = deployment.capacityProviderStrategy ?? service.capacityProviderStrategy ?? [];
  if (own.length > 0 || (deployment.launchType ?? service.launchType) !== undefined) return own;
  const cluster = world.account.state.ecs.clusters.find((one) => one.clusterArn === service.clusterArn);
  return cluster?.defaultCapacityProviderStrategy ?? [];
}
