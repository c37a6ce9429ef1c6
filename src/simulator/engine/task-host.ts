// Tasks of a capacity provider wait in PROVISIONING until an instance has room for them; ECS gives up after half an hour.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/asg-capacity-providers.html

import type { SnapshotTask } from '../../contract/snapshot.ts';
import { reserve } from './placement/host-resources.ts';
import { requestInstance } from './placement/instance-groups.ts';
import { placeTask } from './placement/place.ts';
import type { TaskOrder } from './task-order.ts';
import { stopTask } from './task-stop.ts';
import { serviceOfTask, type World } from './world.ts';

const LOOK_MS = 15_000;
const WAIT_MS_MAX = 1_800_000;

/** Calls `arrived` once the task is on an instance; Fargate has one at once. */
export function awaitHost(
  world: World,
  { task, order, arrived }: { task: SnapshotTask; order: TaskOrder; arrived: () => void },
): void {
  if (order.launchType === 'FARGATE' || task.containerInstanceArn !== undefined) {
    reserve(world, task);
    arrived();
    return;
  }
  const since = world.now();
  const look = () => {
    const service = serviceOfTask(world, task);
    if (world.runOf(task).stopping) return;
    const placement = placeTask(world, service, order);
    if (placement.placed) {
      task.containerInstanceArn = placement.order.containerInstanceArn;
      reserve(world, task);
      arrived();
    } else if (world.now() - since >= WAIT_MS_MAX) {
      stopTask(world, task, { code: 'TaskFailedToStart', reason: 'Task failed to start', failed: true });
    } else {
      requestInstance(world, order.capacityProviderName);
      world.after(LOOK_MS, look);
    }
  };
  world.after(LOOK_MS, look);
}
