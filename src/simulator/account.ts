// The simulated account: one mutable snapshot, its time, and the ids it hands out. Handlers and the engine share it;
// whoever changes the state records the change, so that CloudTrail and the engine hear of it.

import { createHash } from 'node:crypto';
import type { Snapshot } from '../contract/snapshot.ts';
import { isoTime } from '../kernel/clock.ts';

/** A change made through the API. */
export interface AccountChange {
  /** IAM prefix of the service, such as `ec2`. */
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** What was changed, for CloudTrail. */
  readonly resources: readonly { ResourceType: string; ResourceName: string }[];
}

/** Who was refused, and how AWS said so. */
export interface RefusedRequest {
  /** The role and the name of its session. */
  readonly by: { readonly arn: string; readonly session: string };
  readonly code: string;
  readonly message: string;
}

/** A query of Logs Insights that was started. */
export interface LogQuery {
  /** How often it was asked for its results; the first look finds it at work. */
  looks: number;
  readonly rows: { field: string; value: string }[][];
  readonly matched: number;
  readonly scanned: number;
  readonly bytes: number;
  cancelled: boolean;
}

export interface SimulatedAccount {
  readonly id: string;
  readonly region: string;
  readonly state: Snapshot;
  /** Queries of Logs Insights by their ids. */
  readonly logQueries: Map<string, LogQuery>;
  /** Simulated time in epoch milliseconds. */
  now(): number;
  /** `length` hexadecimal digits that were not handed out before; the same sequence for the same seed. */
  newHex(length: number): string;
  /** Adds the change to CloudTrail, by whoever calls the API or `by`, and tells the engine. Called after the state was changed. */
  changed(change: AccountChange, by?: RefusedRequest['by']): void;
  /** Adds a request that was refused to CloudTrail; nothing has changed. */
  refused(change: AccountChange, refusal: RefusedRequest): void;
}

export interface AccountOptions {
  readonly state: Snapshot;
  readonly now: () => number;
  /** Makes ids differ between two simulators in one test; any text. */
  readonly seed: string;
  /** Told after each change; must not throw. */
  readonly onChange: (change: AccountChange) => void;
}

/** The name CloudTrail gives to whoever calls the simulated API. */
export const CALLER_SESSION = 'lockkeeper';

export function createAccount({ state, now, seed, onChange }: AccountOptions): SimulatedAccount {
  const newHex = hexSequence(seed);
  const { id, region } = state.account;
  const record = (change: AccountChange, by: RefusedRequest['by'], more: Record<string, unknown>) =>
    state.cloudtrail.events.push({
      EventId: uuidFrom(newHex(32)),
      EventTime: isoTime(now()),
      EventName: change.operation,
      EventSource: `${change.service}.amazonaws.com`,
      Username: by.session,
      ReadOnly: 'false',
      Resources: [...change.resources],
      CloudTrailEvent: {
        eventName: change.operation,
        eventSource: `${change.service}.amazonaws.com`,
        awsRegion: region,
        userIdentity: { type: 'AssumedRole', arn: by.arn, accountId: id },
        requestParameters: structuredClone(change.input),
        ...more,
      },
    });
  return {
    id,
    region,
    state,
    logQueries: new Map(),
    now,
    newHex,
    changed: (change, by = { arn: callerArn(id), session: CALLER_SESSION }) => {
      record(change, by, {});
      onChange(change);
    },
    refused: (change, { by, code, message }) => {
      record(change, by, { errorCode: code, errorMessage: message });
    },
  };
}

/** The ARN that GetCallerIdentity answers. */
export function callerArn(accountId: string): string {
  return `arn:aws:sts::${accountId}:assumed-role/LockkeeperNode/${CALLER_SESSION}`;
}

/** 32 hexadecimal digits in the usual groups, marked as random as in AWS's ids (version 4 of RFC 9562). */
export function uuidFrom(hex: string): string {
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

function hexSequence(seed: string): (length: number) => string {
  let count = 0;
  return (length) => {
    count += 1;
    return createHash('sha256').update(`${seed}:${count}`).digest('hex').slice(0, length);
  };
}
