// The agent of ECS Exec, which ECS puts into every container of a task that was started with it: it connects to Systems Manager over the
// task's own network as the task's role, and where it cannot it stops. The program beside it goes on all the same.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html

import type { SnapshotTask } from '../../contract/snapshot.ts';
import { callApi } from '../physics/aws-api.ts';
import { applicationsOf, type Container, definitionOf } from './application.ts';
import { attemptOf } from './start/start-place.ts';
import { containerInterface } from './task-interface.ts';
import { isoNow, taskId, type World } from './world.ts';

const NAME = 'ExecuteCommandAgent';
const CONNECTS_MS = 20_000;
const ACTIONS = [
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
] as const;

/** Starts the agent in every container of a task that runs. */
export function startExecAgents(world: World, task: SnapshotTask): void {
  if (task.enableExecuteCommand !== true) return;
  for (const shown of task.containers ?? []) {
    const container = applicationsOf(world, task).find((one) => one.container.name === shown.name)?.container;
    if (container === undefined) continue;
    shown.managedAgents = [{ name: NAME, lastStatus: 'PENDING' }];
    world.after(CONNECTS_MS, () => {
      if (world.runOf(task).stopping) return;
      shown.managedAgents = connects(world, task, container)
        ? [{ name: NAME, lastStatus: 'RUNNING', lastStartedAt: isoNow(world) }]
        : [{ name: NAME, lastStatus: 'STOPPED' }];
    });
  }
}

/** It writes to the root file system, and asks as the role of the task. */
function connects(world: World, task: SnapshotTask, container: Container): boolean {
  if (container.readonlyRootFilesystem === true) return false;
  const roleArn = definitionOf(world, task)?.taskRoleArn ?? attemptOf(world, task)?.instanceRole;
  if (roleArn === undefined) return false;
  const { account } = world;
  const caller = { from: containerInterface(world, task), roleArn, session: taskId(task) };
  const host = `ssmmessages.${account.region}.amazonaws.com`;
  return ACTIONS.every(
    (action) => callApi(account.state, caller, { host, action, resource: '*' }).kind === 'done',
  );
}
