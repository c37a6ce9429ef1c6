// A container's end by itself. An essential one takes its task with it; ECS replaces the task at once, since only tasks
// that never ran make it wait. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html

import type { SnapshotTask } from '../../contract/snapshot.ts';
import { type Application, isEssential } from './application.ts';
import { stopTask } from './task-stop.ts';
import { containerRun, type World } from './world.ts';

export interface ContainerEnd {
  readonly code: number;
  /** What ECS says beside the exit code. */
  readonly reason?: string;
}

export const OUT_OF_MEMORY: ContainerEnd = {
  code: 137,
  reason: 'OutOfMemoryError: Container killed due to memory usage',
};

/** Ends the container; does nothing when it has ended already. */
export function endContainer(
  world: World,
  task: SnapshotTask,
  { application, end }: { application: Application; end: ContainerEnd },
): void {
  const run = containerRun(world, task, application.container.name);
  if (run.phase !== 'running') return;
  Object.assign(run, { phase: 'exited', ready: false, listening: false });
  const shown = task.containers?.find((one) => one.name === application.container.name);
  if (shown !== undefined) {
    Object.assign(shown, { lastStatus: 'STOPPED', exitCode: end.code });
    if (end.reason !== undefined) shown.reason = end.reason;
  }
  if (!isEssential(application.container)) return;
  stopTask(world, task, {
    code: 'EssentialContainerExited',
    reason: 'Essential container in task exited',
    failed: task.startedAt === undefined,
    crashed: true,
  });
}
