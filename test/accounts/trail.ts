// Lines of CloudTrail, among them the calls that AWS refused.

import type { World } from './base.ts';

/** A line of CloudTrail; with `error`, a call that AWS refused. */
export function trail(
  w: World,
  secondsAgo: number,
  EventName: string,
  more: {
    readonly user?: string;
    readonly source?: string;
    readonly error?: readonly [code: string, message: string];
    readonly request?: object;
    readonly invokedBy?: string;
  } = {},
): void {
  const { user = 'deployer', source = 'ecs.amazonaws.com', error, request = {}, invokedBy } = more;
  const EventTime = w.ago(secondsAgo);
  const EventId = w.hex(`trail-${secondsAgo}-${EventName}`, 32);
  w.snapshot.cloudtrail.events.push({
    EventId,
    EventName,
    EventTime,
    EventSource: source,
    Username: 'GitHubActions',
    Resources: [],
    CloudTrailEvent: {
      eventVersion: '1.10',
      eventID: EventId,
      eventTime: EventTime,
      eventName: EventName,
      eventSource: source,
      awsRegion: w.place.region,
      userIdentity: {
        type: 'AssumedRole',
        arn: `arn:aws:sts::${w.place.account}:assumed-role/${user}/GitHubActions`,
        sessionContext: { sessionIssuer: { type: 'Role', arn: w.role(user), userName: user } },
        ...(invokedBy === undefined ? {} : { invokedBy }),
      },
      requestParameters: request,
      ...(error === undefined ? {} : { errorCode: error[0], errorMessage: error[1] }),
    },
  });
}
