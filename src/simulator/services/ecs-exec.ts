// ExecuteCommand: opens a session in a container whose agent is connected.

import type * as Ecs from '@aws-sdk/client-ecs';
import { AwsFault } from '../wire/aws-fault.ts';
import { clusterNamed, findTask } from './ecs-names.ts';
import type { Handler } from './handler.ts';

/** Throws InvalidParameterException for a task that is not there or without an agent that runs. Sessions themselves are not simulated. */
export const executeCommand: Handler<Ecs.ExecuteCommandCommandInput, Ecs.ExecuteCommandCommandOutput> = (
  input,
  account,
) => {
  const cluster = clusterNamed(account, input.cluster);
  const task = findTask(account, cluster, input.task ?? '');
  if (task === undefined)
    throw new AwsFault('InvalidParameterException', 'The referenced task was not found.');
  const container = (task.containers ?? []).find(
    (one) => input.container === undefined || one.name === input.container,
  );
  const runs = (container?.managedAgents ?? []).some(
    (agent) => agent.name === 'ExecuteCommandAgent' && agent.lastStatus === 'RUNNING',
  );
  if (task.enableExecuteCommand !== true || !runs)
    throw new AwsFault(
      'InvalidParameterException',
      'The execute command failed because execute command was not enabled when the task was run or the execute command agent isn’t running. Wait and try again or run a new task with execute command enabled and try again.',
    );
  return {
    clusterArn: cluster.clusterArn,
    taskArn: task.taskArn,
    containerArn: container?.containerArn,
    containerName: container?.name,
    interactive: input.interactive ?? false,
  };
};
