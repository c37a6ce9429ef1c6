// The awslogs driver: makes the container's log stream before the container starts, and its group first where it is told to.
// On EC2 in non-blocking mode a container starts without its log; on Fargate it never does.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html

import { type ApiAnswer, type Caller, callApi } from '../../physics/aws-api.ts';
import type { Container } from '../application.ts';
import { dialError } from './registry.ts';
import {
  containerFailed,
  containersOf,
  executionCaller,
  NO_ANSWER_MS,
  preparationFailed,
  REFUSED_MS,
  type StartAttempt,
  type StartFailure,
  type StartStep,
} from './start-attempt.ts';

export const openLogs: StartStep = (attempt) => {
  for (const container of containersOf(attempt)) {
    const failure = openOne(attempt, container);
    if (failure !== undefined) return failure;
  }
  return undefined;
};

function openOne(attempt: StartAttempt, container: Container): StartFailure | undefined {
  const { logDriver, options = {} } = container.logConfiguration ?? {};
  const name = options['awslogs-group'];
  if (logDriver !== 'awslogs' || name === undefined) return undefined;
  const { account } = attempt.world;
  const region = options['awslogs-region'] ?? account.region;
  const groups = account.state.logs.logGroups;
  const ask = (action: string) =>
    callApi(account.state, loggingCaller(attempt), {
      host: `logs.${region}.amazonaws.com`,
      action,
      resource: `arn:aws:logs:${region}:${account.id}:log-group:${name}:log-stream:`,
    });
  const fails = (what: 'group' | 'stream', answer: ApiAnswer) =>
    answer.kind === 'done' ? undefined : failureOf(attempt, container, { what, answer, region });
  const here = region === account.region;
  if (here && !groups.some((group) => group.logGroupName === name)) {
    if (options['awslogs-create-group'] !== 'true') {
      const reached = ask('logs:CreateLogStream');
      const missing = {
        kind: 'denied',
        message: 'ResourceNotFoundException: The specified log group does not exist.',
      } as const;
      return failureOf(attempt, container, {
        what: 'stream',
        answer: reached.kind === 'done' ? missing : reached,
        region,
      });
    }
    const failure = fails('group', ask('logs:CreateLogGroup'));
    if (failure !== undefined) return failure;
    groups.push({ logGroupName: name, creationTime: attempt.world.now(), streams: [] });
  }
  return fails('stream', ask('logs:CreateLogStream'));
}

/** On EC2 the daemon itself talks to CloudWatch Logs, as the instance. */
function loggingCaller(attempt: StartAttempt): Caller {
  const caller = executionCaller(attempt);
  return attempt.fargate ? caller : { ...caller, roleArn: attempt.instanceRole ?? caller.roleArn };
}

function failureOf(
  attempt: StartAttempt,
  container: Container,
  {
    what,
    answer,
    region,
  }: { what: 'group' | 'stream'; answer: Exclude<ApiAnswer, { kind: 'done' }>; region: string },
): StartFailure | undefined {
  const answered = answer.kind === 'denied';
  const error = answered
    ? answer.message.startsWith('ResourceNotFound')
      ? answer.message
      : `AccessDeniedException: ${answer.message}`
    : `RequestError: send request failed caused by: Post "https://logs.${region}.amazonaws.com/": ${dialError(`logs.${region}.amazonaws.com`, answer)}`;
  const tookMs = answered ? REFUSED_MS : NO_ANSWER_MS;
  if (attempt.fargate) {
    const times = answered ? 1 : 5;
    return preparationFailed(
      `failed to validate logger args: create stream has been retried ${times} times: failed to create Cloudwatch log ${what}: ${error} : exit status 1`,
      tookMs,
    );
  }
  if (container.logConfiguration?.options?.mode === 'non-blocking') return undefined;
  return containerFailed(attempt, container, {
    reason: `CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to create Cloudwatch log ${what}: ${error}`,
    tookMs,
  });
}
