// CloudWatch Logs changes: a group is created, and how long its events are kept is set or unset.

import type * as Logs from '@aws-sdk/client-cloudwatch-logs';
import type { SnapshotLogGroup } from '../../contract/snapshot.ts';
import type { SimulatedAccount } from '../account.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import type { Handler } from './handler.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS: ReadonlySet<number> = new Set([
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
]);
const GROUP_NAME = /^[.\-_/#A-Za-z0-9]{1,512}$/;

/** Throws ResourceAlreadyExistsException and InvalidParameterException. */
export const createLogGroup: Handler<Logs.CreateLogGroupCommandInput, Logs.CreateLogGroupCommandOutput> = (
  input,
  account,
) => {
  const name = input.logGroupName ?? '';
  if (!GROUP_NAME.test(name))
    throw new AwsFault(
      'InvalidParameterException',
      `1 validation error detected: Value '${name}' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+`,
    );
  if (account.state.logs.logGroups.some((group) => group.logGroupName === name))
    throw new AwsFault('ResourceAlreadyExistsException', 'The specified log group already exists');
  account.state.logs.logGroups.push({ logGroupName: name, creationTime: account.now(), streams: [] });
  note(account, 'CreateLogGroup', input);
  return {};
};

/** Throws ResourceNotFoundException and InvalidParameterException. Events older than the new time go at once. */
export const putRetentionPolicy: Handler<
  Logs.PutRetentionPolicyCommandInput,
  Logs.PutRetentionPolicyCommandOutput
> = (input, account) => {
  const group = existing(account, input.logGroupName);
  const days = input.retentionInDays ?? 0;
  if (!RETENTION_DAYS.has(days))
    throw new AwsFault(
      'InvalidParameterException',
      `1 validation error detected: Value '${days}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${[...RETENTION_DAYS].join(', ')}]`,
    );
  group.retentionInDays = days;
  const oldest = account.now() - days * 86_400_000;
  for (const stream of group.streams)
    stream.events = stream.events.filter(({ timestamp }) => timestamp >= oldest);
  note(account, 'PutRetentionPolicy', input);
  return {};
};

/** Events are kept for ever again. Throws ResourceNotFoundException. */
export const deleteRetentionPolicy: Handler<
  Logs.DeleteRetentionPolicyCommandInput,
  Logs.DeleteRetentionPolicyCommandOutput
> = (input, account) => {
  delete existing(account, input.logGroupName).retentionInDays;
  note(account, 'DeleteRetentionPolicy', input);
  return {};
};

function existing(account: SimulatedAccount, name: string | undefined): SnapshotLogGroup {
  const group = account.state.logs.logGroups.find((one) => one.logGroupName === name);
  if (group === undefined)
    throw new AwsFault('ResourceNotFoundException', 'The specified log group does not exist.');
  return group;
}

function note(
  account: SimulatedAccount,
  operation: string,
  input: { logGroupName?: string | undefined },
): void {
  account.changed({
    service: 'logs',
    operation,
    input: { ...input },
    resources: [{ ResourceType: 'AWS::Logs::LogGroup', ResourceName: input.logGroupName ?? '' }],
  });
}
