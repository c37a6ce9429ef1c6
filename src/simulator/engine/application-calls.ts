// A call of AWS that an application makes itself: it first gets the credentials of its role from the address that ECS gives every task, and
// then sends the request over its own network, where the role's policies decide. What fails is told in the words of an AWS SDK.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html

import type { SnapshotTask } from '../../contract/snapshot.ts';
import { callApi } from '../physics/aws-api.ts';
import { type Application, definitionOf } from './application.ts';
import { deniedLine } from './application-log.ts';
import { attemptOf } from './start/start-place.ts';
import { containerInterface } from './task-interface.ts';
import { taskId, type World } from './world.ts';

interface Caller {
  readonly task: SnapshotTask;
  readonly application: Application;
}

const CREDENTIALS_ADDRESS = '169.254.170.2';

/** The lines a call leaves in the log when it fails; none when it succeeds. */
export function failedCall(
  world: World,
  caller: Caller,
  call: { readonly action: string; readonly resource: string },
): string[] {
  const { task } = caller;
  const roleArn = roleOf(world, task);
  const missing = withoutCredentials(caller, roleArn);
  if (missing !== undefined) return missing;
  const service = call.action.split(':')[0] ?? '';
  const answer = callApi(
    world.account.state,
    { from: containerInterface(world, task), roleArn, session: taskId(task) },
    { host: `${service}.${world.account.region}.amazonaws.com`, ...call },
  );
  if (answer.kind === 'denied') return [deniedLine(answer.message)];
  if (answer.kind === 'no-answer') return [`[ERROR] connect ETIMEDOUT ${answer.address}:443 (${service})`];
  return [];
}

/** Without a role of its own a task on an instance gets the instance's; on Fargate there is none. */
function roleOf(world: World, task: SnapshotTask): string | undefined {
  return definitionOf(world, task)?.taskRoleArn ?? attemptOf(world, task)?.instanceRole;
}

function withoutCredentials({ application }: Caller, roleArn: string | undefined): string[] | undefined {
  const none = '[ERROR] CredentialsProviderError: Could not load credentials from any providers';
  const environment = application.container.environment ?? [];
  const given = (name: RegExp) => environment.find((one) => name.test(one.name ?? ''))?.value;
  const override = given(/^AWS_CONTAINER_CREDENTIALS_(?:RELATIVE|FULL)_URI$/);
  if (override !== undefined)
    return [`[ERROR] GET http://${CREDENTIALS_ADDRESS}${override} failed: 404 Not Found`, none];
  const proxy = given(/^HTTP_PROXY$/i);
  if (proxy !== undefined && !isSpared(given(/^NO_PROXY$/i)))
    return [
      `[ERROR] GET http://${CREDENTIALS_ADDRESS}/v2/credentials through ${proxy}: 503 Service Unavailable`,
      none,
    ];
  return roleArn === undefined ? [none] : undefined;
}

/** Whether a proxy is not asked for the address of the credentials. */
function isSpared(list: string | undefined): boolean {
  return (list ?? '').split(',').some((one) => {
    const name = one.trim();
    return name === '*' || name === CREDENTIALS_ADDRESS || name.startsWith('169.254.170.');
  });
}
