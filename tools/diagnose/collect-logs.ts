// Where a container's log is, from the task definition the task itself ran, and its last lines. A group or stream that AWS says does not
// exist is a fact; one that may not be read is a gap. Neither is "the application is silent".

import type * as Ecs from '@aws-sdk/client-ecs';
import { type Aws, AwsCallError } from '../../src/contract/aws.ts';
import type { ContainerLog, Gap, LogPresence } from '../../src/diagnosis/evidence.ts';
import { gapOf } from './reading.ts';

export interface LogPlace {
  readonly taskArn: string;
  readonly taskId: string;
  readonly container: string;
  readonly group: string;
  readonly stream: string;
}

export type LogPlaceProblem = { readonly problem: string; readonly advice: string };

export interface LogRead {
  readonly log: ContainerLog | undefined;
  readonly presence: LogPresence | undefined;
  readonly gap: Gap | undefined;
}

/** Stream of the awslogs driver: `prefix/container/task id` (Amazon ECS Developer Guide, "awslogs-stream-prefix"). */
export function logPlace(
  task: { readonly arn: string; readonly id: string },
  container: Ecs.ContainerDefinition,
  region: string,
): LogPlace | LogPlaceProblem {
  const configuration = container.logConfiguration;
  const name = container.name ?? '';
  if (configuration === undefined)
    return {
      problem: `container ${name} has no log configuration`,
      advice: 'Add the awslogs driver to its task definition.',
    };
  if (configuration.logDriver !== 'awslogs')
    return {
      problem: `container ${name} logs with the ${configuration.logDriver ?? 'unknown'} driver`,
      advice: 'Look where that driver sends its lines.',
    };
  const options = configuration.options ?? {};
  const group = options['awslogs-group'];
  const prefix = options['awslogs-stream-prefix'];
  if (group === undefined)
    return { problem: `container ${name} names no log group`, advice: 'Set awslogs-group.' };
  if (options['awslogs-region'] !== undefined && options['awslogs-region'] !== region)
    return {
      problem: `container ${name} logs to ${options['awslogs-region']}`,
      advice: 'Ask a node of that region.',
    };
  if (prefix === undefined)
    return {
      problem: `container ${name} has no awslogs-stream-prefix, so its stream is named by a container id that is gone`,
      advice: `Search the log group ${group}.`,
    };
  return {
    taskArn: task.arn,
    taskId: task.id,
    container: name,
    group,
    stream: `${prefix}/${name}/${task.id}`,
  };
}

/** The last `limit` lines of a stream, or the first ones, oldest first. */
export async function readLog(
  aws: Aws,
  place: LogPlace,
  ...[limit, end = 'tail']: [limit: number, end?: 'head' | 'tail']
): Promise<LogRead> {
  const presence = (state: LogPresence['state'], evidence: string): LogPresence => ({
    group: place.group,
    stream: place.stream,
    state,
    evidence,
  });
  try {
    const { output, evidence } = await aws.call('logs:GetLogEvents', {
      logGroupName: place.group,
      logStreamName: place.stream,
      limit,
      startFromHead: end === 'head',
    });
    const lines = (output.events ?? []).map((event, index) => ({
      atMs: event.timestamp ?? 0,
      text: event.message ?? '',
      path: `$.events[${index}]`,
    }));
    const { taskArn, container, group, stream } = place;
    return {
      log: { taskArn, container, group, stream, evidence, lines },
      presence: presence('there', evidence),
      gap: undefined,
    };
  } catch (thrown) {
    if (thrown instanceof AwsCallError && thrown.failure.kind === 'not-found') {
      const streamOnly = /log stream/i.test(thrown.failure.message);
      return {
        log: undefined,
        presence: presence(streamOnly ? 'stream-absent' : 'group-absent', thrown.failure.evidence ?? ''),
        gap: undefined,
      };
    }
    return {
      log: undefined,
      presence: undefined,
      gap: gapOf(thrown, `the log of ${place.container}`, 'logs:GetLogEvents'),
    };
  }
}
