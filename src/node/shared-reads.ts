// Reads that several calls ask for within moments go to AWS once: ten people who ask about the same service at the same time cost as
// much as one. Every asker still has its own journal entry, audit record and evidence; only the request to AWS is shared. A failure is
// shared with those who wait for it and never kept, a change empties everything, and what prepares or applies a change does not pass
// through here. One object belongs to one set of clients, so answers never cross from one identity to another.

import { type AwsAction, isReadAction } from '../contract/aws.ts';
import type { Clock } from '../kernel/clock.ts';
import type { AwsClients, RawAnswer } from './aws/clients.ts';

export interface SharedReads {
  /** Sends every request by itself. A change among them empties what is shared. */
  readonly clients: AwsClients;
  /** Shares reads. An answer that was shared says 0 attempts: this asker sent nothing. */
  readonly reads: AwsClients;
}

/** Long enough for people who ask together, too short for a stale answer to matter. */
const FRESH_MS = 3_000;
/** A revision of a task definition never changes, but it can be deregistered. */
const REVISION_MS = 5 * 60_000;
const ANSWERS_MAX = 200;
/** A query of logs belongs to who started it, and is asked for again and again until it is done: an earlier answer is the wrong one. */
const NEVER_SHARED: ReadonlySet<string> = new Set([
  'logs:StartQuery',
  'logs:GetQueryResults',
  'logs:StopQuery',
  'sts:GetCallerIdentity',
]);

interface Entry {
  readonly answer: Promise<RawAnswer>;
  readonly stop: AbortController;
  /** Askers that still wait. */
  waiting: number;
  /** On the clock; undefined while the request is under way. */
  freshUntilMs: number | undefined;
}

/** Wraps `clients`, which stay the caller's to close. */
export function shareReads(clients: AwsClients, { clock }: { readonly clock: Clock }): SharedReads {
  const known = new Map<string, Entry>();

  function start(key: string, action: AwsAction, input: object): Entry {
    const stop = new AbortController();
    const entry: Entry = {
      stop,
      waiting: 0,
      freshUntilMs: undefined,
      answer: clients.send(action, input, stop.signal),
    };
    known.set(key, entry);
    entry.answer.then(
      () => {
        entry.freshUntilMs = clock.monotonic() + lifeMs(action, input);
      },
      () => forget(known, key, entry),
    );
    return entry;
  }

  async function share(action: AwsAction, input: object, signal: AbortSignal): Promise<RawAnswer> {
    if (!isReadAction(action) || NEVER_SHARED.has(action)) return sendAlone(action, input, signal);
    signal.throwIfAborted();
    sweep(known, clock.monotonic());
    const key = `${action} ${JSON.stringify(input)}`;
    const before = known.get(key);
    const entry = before ?? start(key, action, input);
    const answer = await waitFor(entry, signal, () => forget(known, key, entry));
    return before === undefined ? answer : { ...answer, attempts: 0 };
  }

  async function sendAlone(action: AwsAction, input: object, signal: AbortSignal): Promise<RawAnswer> {
    if (isReadAction(action)) return clients.send(action, input, signal);
    // What is under way may show the state before or after the change, so nobody may join it either.
    known.clear();
    try {
      return await clients.send(action, input, signal);
    } finally {
      known.clear();
    }
  }

  const passing = {
    region: () => clients.region(),
    endpoint: clients.endpoint,
    close: () => clients.close(),
  };
  return { clients: { ...passing, send: sendAlone }, reads: { ...passing, send: share } };
}

/** The answer, unless the asker leaves first; when the last asker leaves, the request is stopped. */
function waitFor(entry: Entry, signal: AbortSignal, forgetIt: () => void): Promise<RawAnswer> {
  entry.waiting += 1;
  return new Promise((resolve, reject) => {
    const leave = () => {
      entry.waiting -= 1;
      if (entry.waiting === 0 && entry.freshUntilMs === undefined) {
        forgetIt();
        entry.stop.abort(signal.reason);
      }
      reject(signal.reason);
    };
    signal.addEventListener('abort', leave, { once: true });
    const end = () => signal.removeEventListener('abort', leave);
    entry.answer.then(
      (answer) => {
        end();
        resolve(answer);
      },
      (error) => {
        end();
        reject(error);
      },
    );
  });
}

function lifeMs(action: AwsAction, input: object): number {
  const isRevision =
    action === 'ecs:DescribeTaskDefinition' &&
    'taskDefinition' in input &&
    /^arn:.*:\d+$/.test(String(input.taskDefinition));
  return isRevision ? REVISION_MS : FRESH_MS;
}

function forget(known: Map<string, Entry>, key: string, entry: Entry): void {
  if (known.get(key) === entry) known.delete(key);
}

/** Drops what is no longer fresh, and the oldest when there is too much. */
function sweep(known: Map<string, Entry>, nowMs: number): void {
  for (const [key, entry] of known)
    if (entry.freshUntilMs !== undefined && entry.freshUntilMs <= nowMs) known.delete(key);
  for (const [key, entry] of known) {
    if (known.size < ANSWERS_MAX) return;
    if (entry.freshUntilMs !== undefined) known.delete(key);
  }
}
