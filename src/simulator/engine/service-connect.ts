// The proxy of Service Connect: a container that ECS adds to every task of a deployment that uses it. It lives on the memory that the task's
// containers leave, and takes the task with it when that is too little.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html

import type { SnapshotTask, SnapshotTaskDefinition } from '../../contract/snapshot.ts';
import { OUT_OF_MEMORY } from './container-exit.ts';
import { stopTask } from './task-stop.ts';
import type { World } from './world.ts';

type ShownContainer = NonNullable<SnapshotTask['containers']>[number];

const PREFIX = 'ecs-service-connect-';
/** AWS asks to leave it this much. */
const NEEDS_MIB = 64;
/** It takes as long to fill what little it has. */
const STARVES_MS = 25_000;

/** The proxy as a task shows it, made like `container` of the same task. */
export function proxyContainer(container: ShownContainer, id: string): ShownContainer {
  const { image: _, ...rest } = structuredClone(container);
  return { ...rest, name: `${PREFIX}${id}`, containerArn: container.containerArn?.replace(/[^/]*$/, id) };
}

/** Runs the proxy of a task that has one. */
export function runProxy(
  world: World,
  task: SnapshotTask,
  definition: SnapshotTaskDefinition | undefined,
): void {
  const proxy = task.containers?.find((one) => one.name?.startsWith(PREFIX));
  if (proxy === undefined) return;
  Object.assign(proxy, { lastStatus: 'RUNNING', healthStatus: 'HEALTHY' });
  if (memoryLeftMiB(definition) >= NEEDS_MIB) return;
  world.after(STARVES_MS, () => {
    if (world.runOf(task).stopping) return;
    Object.assign(proxy, {
      lastStatus: 'STOPPED',
      healthStatus: 'UNHEALTHY',
      exitCode: OUT_OF_MEMORY.code,
      reason: OUT_OF_MEMORY.reason,
    });
    stopTask(world, task, {
      code: 'EssentialContainerExited',
      reason: 'Essential container in task exited',
      failed: task.startedAt === undefined,
      crashed: true,
    });
  });
}

/** Only what a container may take at most is kept from the proxy; what has no limit is shared. */
function memoryLeftMiB(definition: SnapshotTaskDefinition | undefined): number {
  const whole = Number(definition?.memory ?? Number.NaN);
  const taken = (definition?.containerDefinitions ?? []).reduce((sum, one) => sum + (one.memory ?? 0), 0);
  return Number.isFinite(whole) ? whole - taken : Number.POSITIVE_INFINITY;
}
