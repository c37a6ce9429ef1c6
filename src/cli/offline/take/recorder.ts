// The gate to AWS of whoever takes a snapshot: every answer that passes is filed, whoever asked and whatever for. What was refused is
// written down as refused, so that nobody reads its absence as "there is none"; what is not there stays out; and any other failure ends
// the taking, because a file cannot say "unknown".

import { nextInput } from '../../../../tools/diagnose/reading.ts';
import {
  type Aws,
  type AwsAction,
  type AwsAnswer,
  AwsCallError,
  type AwsFailure,
  type AwsInput,
  type AwsOutput,
} from '../../../contract/aws.ts';
import { fail } from '../../../contract/errors.ts';
import type { Stored } from '../../../contract/snapshot.ts';
import { toJson } from '../../../node/bounded-json.ts';
import type { Draft } from './draft.ts';
import { type Filing, textIn } from './filing.ts';
import { filings, followers, provenBy, workedOut } from './filings.ts';

/** Asked again after these pauses; CloudTrail for one takes two requests a second. */
const PAUSES_MS = [1_000, 2_000] as const;

export interface Recorder {
  /** The gate `aws`, recorded. The same request is sent once; `wait` passes the time before one that was throttled goes out again. */
  through(aws: Aws, wait: (ms: number) => Promise<void>): Aws;
  /** Actions that were refused, and those that could not even be tried because of it, sorted. */
  denied(): string[];
  /** Says that something was left out. */
  note(sentence: string): void;
  /** What was left out, one sentence each. */
  notes(): string[];
}

/** After `signal` nothing is asked any more. */
export function createRecorder(draft: Draft, signal: AbortSignal): Recorder {
  const answers = new Map<string, Promise<AwsAnswer<AwsAction>>>();
  const stopped = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  );
  // Whoever waits for an answer hears of it; with nobody waiting it says nothing.
  stopped.catch(() => {});
  const ledger = createLedger(draft);
  /** Pages that an answer says there are, by their requests, and what is on them. */
  const pages = new Map<string, string>();

  async function send<A extends AwsAction>(
    aws: Aws,
    action: A,
    input: AwsInput<A>,
    wait: (ms: number) => Promise<void>,
  ) {
    const answer = await persistently(() => aws.call(action, input), wait).catch((thrown: unknown) => {
      throw thrown instanceof AwsCallError ? ledger.failed(thrown, input) : thrown;
    });
    ledger.answered(action);
    const next = nextInput<A>(input, answer.output as object);
    const service = textIn(input, 'serviceName');
    if (next !== undefined)
      pages.set(keyOf(action, next), `${wordsOf(action)}${service === '' ? '' : ` of ${service}`}`);
    file(draft, action, answer.output, input);
    return answer;
  }

  return {
    through: (aws, wait) => ({
      account: aws.account,
      region: aws.region,
      call: async <A extends AwsAction>(action: A, input: AwsInput<A>) => {
        signal.throwIfAborted();
        const key = keyOf(action, input);
        const answer = answers.get(key) ?? send(aws, action, input, wait);
        answers.set(key, answer);
        // Under this key is what this very action was answered.
        return (await Promise.race([answer, stopped])) as AwsAnswer<A>;
      },
    }),
    denied: ledger.denied,
    note: ledger.note,
    notes: () => {
      const unread = [...pages].filter(([key]) => !answers.has(key));
      return [
        ...new Set([...ledger.notes(), ...unread.map(([, words]) => `Left out: the rest of the ${words}.`)]),
      ];
    },
  };
}

interface Ledger extends Pick<Recorder, 'denied' | 'note' | 'notes'> {
  answered(action: AwsAction): void;
  /** What whoever asked is told: the failure as it is, or that the taking ends. */
  failed(thrown: AwsCallError, input: unknown): Error;
}

/** What became of every action. */
function createLedger(draft: Draft): Ledger {
  const answered = new Set<AwsAction>();
  const denied = new Set<AwsAction>();
  const invalid = new Set<AwsAction>();
  const notes = new Set<string>();
  return {
    answered: (action) => void answered.add(action),
    failed: (thrown, input) => {
      const { kind, action, code } = thrown.failure;
      if (kind === 'stopped') return thrown;
      if (kind === 'not-found') provenBy(draft, thrown.failure, input);
      // ECS says so of a task definition that was deleted.
      else if (action === 'ecs:DescribeTaskDefinition' && code === 'ClientException')
        notes.add(`Not there any more: task definition ${textIn(input, 'taskDefinition')}.`);
      else if (kind === 'denied') denied.add(action);
      // What AWS takes no name for cannot be there, unless it never takes one.
      else if (kind === 'invalid') {
        invalid.add(action);
        notes.add(`Not in the file: what AWS did not take for a ${wordsOf(action)} (${code}).`);
      } else return broken(thrown.failure);
      return thrown;
    },
    denied: () => {
      const all = new Set([...denied, ...[...invalid].filter((action) => !answered.has(action))]);
      // A set that grows while it is gone through is gone through to its end.
      for (const action of all)
        for (const follower of followers[action] ?? [])
          if (workedOut.has(follower) || !answered.has(follower)) all.add(follower);
      return [...all].sort();
    },
    note: (sentence) => void notes.add(sentence),
    notes: () => [...notes],
  };
}

function keyOf<A extends AwsAction>(action: A, input: AwsInput<A>): string {
  return `${action} ${JSON.stringify(input)}`;
}

async function persistently<T>(send: () => Promise<T>, wait: (ms: number) => Promise<void>): Promise<T> {
  for (const pause of PAUSES_MS) {
    try {
      return await send();
    } catch (thrown) {
      if (!(thrown instanceof AwsCallError) || thrown.failure.kind !== 'throttled') throw thrown;
      await wait(pause);
    }
  }
  return send();
}

function file<A extends AwsAction>(draft: Draft, action: A, output: AwsOutput<A>, input: AwsInput<A>): void {
  const filing: Filing<A> | undefined = filings[action];
  const { $metadata: _metadata, ...answer } = output as object & { $metadata?: unknown };
  // Dates became text, which is all that storing changes.
  filing?.(draft, toJson(answer) as Stored<AwsOutput<A>>, input);
}

function broken({ action, code, message }: AwsFailure): Error {
  return fail('aws-failed', {
    action,
    code,
    detail: `the ${wordsOf(action)} could not be read: ${message}`,
    advice: 'Nothing was written; try again.',
  });
}

/** `ec2:DescribeRouteTables` → `route tables`. */
function wordsOf(action: AwsAction): string {
  return action
    .replace(/^.*:(?:BatchGet|Describe|Get|List|Lookup)?/, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase();
}
