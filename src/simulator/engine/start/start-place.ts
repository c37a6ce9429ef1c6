// Where a task starts: which interface ECS's own requests leave by, and whose role they carry.

import type { SnapshotTask } from '../../../contract/snapshot.ts';
import { definitionOf } from '../application.ts';
import { instanceOf, instanceRoleOf, platformInterface } from '../task-interface.ts';
import type { World } from '../world.ts';
import type { StartAttempt } from './start-attempt.ts';

/** Undefined when the task's definition is not in the account. */
export function attemptOf(world: World, task: SnapshotTask): StartAttempt | undefined {
  const definition = definitionOf(world, task);
  if (definition === undefined) return undefined;
  return {
    world,
    task,
    definition,
    fargate: task.launchType !== 'EC2' && task.launchType !== 'EXTERNAL',
    from: platformInterface(world, task),
    instanceRole: instanceRoleOf(world, instanceOf(world, task)),
  };
}
