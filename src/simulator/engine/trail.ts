// What CloudTrail records of calls that AWS services make for the account, beside those that come in over the API.

import { uuidFrom } from '../account.ts';
import { sessionArn } from '../physics/roles.ts';
import { isoNow, type World } from './world.ts';

export interface ServiceCall {
  /** Such as `ecs`. */
  readonly source: string;
  readonly name: string;
  /** The service that calls, such as `events.amazonaws.com`. */
  readonly invokedBy: string;
  readonly session: string;
  readonly roleArn: string | undefined;
  readonly input: Readonly<Record<string, unknown>>;
  readonly resource: { readonly ResourceType: string; readonly ResourceName: string };
  readonly error?: { readonly code: string; readonly message: string };
}

export function recordServiceEvent(world: World, call: ServiceCall): void {
  const { account } = world;
  const arn = call.roleArn === undefined ? undefined : sessionArn(call.roleArn, call.session);
  account.state.cloudtrail.events.push({
    EventId: uuidFrom(account.newHex(32)),
    EventTime: isoNow(world),
    EventName: call.name,
    EventSource: `${call.source}.amazonaws.com`,
    Username: call.session,
    ReadOnly: 'false',
    Resources: [call.resource],
    CloudTrailEvent: {
      eventName: call.name,
      eventSource: `${call.source}.amazonaws.com`,
      eventTime: isoNow(world),
      awsRegion: account.region,
      sourceIPAddress: call.invokedBy,
      userIdentity: { type: 'AssumedRole', arn, accountId: account.id, invokedBy: call.invokedBy },
      requestParameters: structuredClone(call.input),
      ...(call.error === undefined ? {} : { errorCode: call.error.code, errorMessage: call.error.message }),
    },
  });
}
