// What CloudTrail holds of callers that ask all the time: the requests of the last minute, newest first, of which those that found no token
// were refused. Older ones would be the same again.

import type { SnapshotCloudTrailEvent } from '../../contract/snapshot.ts';
import { isoTime } from '../../kernel/clock.ts';
import type { SimulatedAccount } from '../account.ts';
import { askedPerSecond, MUTATING_PER_SECOND } from '../physics/api-rate.ts';
import { sessionArn } from '../physics/roles.ts';

const SHOWN_SECONDS = 60;

export function callerEvents(account: SimulatedAccount): SnapshotCloudTrailEvent[] {
  const { callers } = account.state.cloudtrail;
  return callers.flatMap(({ role, session, action, perSecond }) => {
    const [service = '', name = ''] = action.split(':');
    const taken = Math.min(1, MUTATING_PER_SECOND / askedPerSecond(callers, action));
    return Array.from({ length: Math.round(perSecond * SHOWN_SECONDS) }, (_, index) => {
      const EventTime = isoTime(account.now() - Math.floor(((index + 1) * 1000) / perSecond));
      // Tokens come evenly, so every so many requests one is taken.
      const isTaken = Math.floor((index + 1) * taken) > Math.floor(index * taken);
      return {
        EventId: `${String(index).padStart(8, '0')}-5d1f-4c0b-9e57-${account.id}`,
        EventName: name,
        EventSource: `${service}.amazonaws.com`,
        EventTime,
        Username: session,
        ReadOnly: 'false',
        Resources: [],
        CloudTrailEvent: {
          awsRegion: account.region,
          userIdentity: { type: 'AssumedRole', arn: sessionArn(role, session), accountId: account.id },
          ...(isTaken
            ? {}
            : { errorCode: 'Client.RequestLimitExceeded', errorMessage: 'Request limit exceeded.' }),
        },
      };
    });
  });
}
