// How requests to CloudWatch Logs name groups and streams; what is not there gives the service's own errors.

import type { SnapshotLogGroup, SnapshotLogStream } from '../../contract/snapshot.ts';
import type { SimulatedAccount } from '../account.ts';
import { AwsFault } from '../wire/aws-fault.ts';

/** The group by name or ARN. Throws ResourceNotFoundException. */
export function groupNamed(
  account: SimulatedAccount,
  input: { logGroupName?: string | undefined; logGroupIdentifier?: string | undefined },
): SnapshotLogGroup {
  const name = input.logGroupName ?? input.logGroupIdentifier;
  if (name === undefined)
    throw new AwsFault(
      'InvalidParameterException',
      'Either logGroupName or logGroupIdentifier must be specified.',
    );
  const group = account.state.logs.logGroups.find(
    (candidate) =>
      candidate.logGroupName === name || groupArn(account, candidate) === name.replace(/:\*$/, ''),
  );
  if (group === undefined)
    throw new AwsFault('ResourceNotFoundException', 'The specified log group does not exist.');
  return group;
}

export function streamNamed(group: SnapshotLogGroup, name: string): SnapshotLogStream {
  const stream = group.streams.find((candidate) => candidate.logStreamName === name);
  if (stream === undefined)
    throw new AwsFault('ResourceNotFoundException', 'The specified log stream does not exist.');
  return stream;
}

export function groupArn(account: SimulatedAccount, group: SnapshotLogGroup): string {
  return `arn:aws:logs:${account.region}:${account.id}:log-group:${group.logGroupName}`;
}
