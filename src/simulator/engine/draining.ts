// A service that is being deleted: it starts nothing, its tasks are stopped as their targets drain, and it is INACTIVE when the last is gone.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html

import type { SnapshotService } from '../../contract/snapshot.ts';
import { addEvent } from './service-events.ts';
import { stopTask } from './task-stop.ts';
import { tasksOf, type World } from './world.ts';

/** Takes the next steps of a deletion. Calling it again at the same moment changes nothing. */
export function drainService(world: World, service: SnapshotService): void {
  const left = tasksOf(world, service).filter((task) => task.lastStatus !== 'STOPPED');
  const chosen = left.filter((task) => !world.runOf(task).stopping);
  if (chosen.length > 0 && (service.loadBalancers ?? []).length > 0)
    addEvent(world, service, `has begun draining connections on ${chosen.length} tasks.`);
  for (const task of chosen)
    stopTask(world, task, {
      code: 'ServiceSchedulerInitiated',
      reason: `Scaling activity initiated by (deployment ${task.startedBy ?? ''})`,
      failed: false,
    });
  if (left.length === 0) Object.assign(service, { status: 'INACTIVE', deployments: [] });
}
