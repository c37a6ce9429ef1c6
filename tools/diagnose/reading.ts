// Reading lists for an investigation: all pages, in parallel where nothing depends on anything, and a refused read becomes a gap that
// says what could not be seen. A read that was stopped on our own side ends the investigation instead.

import {
  type Aws,
  type AwsAction,
  AwsCallError,
  type AwsFailureKind,
  type AwsInput,
  type AwsOutput,
} from '../../src/contract/aws.ts';
import type { Gap, Observed, Seen } from '../../src/diagnosis/evidence.ts';
import { type Asked, asked } from '../../src/diagnosis/resources.ts';
import { next } from './staged.ts';

export interface ListRead<A extends AwsAction, T> {
  readonly action: A;
  readonly input: AwsInput<A>;
  /** What is missing when the read fails, such as "the network ACLs of vpc-1". */
  readonly what: string;
  /** JSON path of the list inside the answer, such as `$.NetworkAcls`. */
  readonly path: string;
  readonly items: (output: AwsOutput<A>) => readonly T[] | undefined;
  /** Pages read at most; a list that goes on leaves a gap. Only for actions with tokens. */
  readonly pages?: number;
}

const PAGES_MAX = 5;

/** Reads a whole list. Never throws for a request AWS refused; what is missing is in `gaps`. */
export async function readList<A extends AwsAction, T>(aws: Aws, read: ListRead<A, T>): Promise<Seen<T>> {
  const items: Observed<T>[] = [];
  let input = read.input;
  let gate = aws;
  for (let page = 0; page < (read.pages ?? PAGES_MAX); page += 1) {
    try {
      const { output, evidence } = await gate.call(read.action, input);
      for (const [index, value] of (read.items(output) ?? []).entries())
        items.push({ value, at: { id: evidence, path: `${read.path}[${index}]` } });
      const more = nextInput(read.input, output as object);
      if (more === undefined) return { items, gaps: [] };
      input = more;
      gate = next(gate);
    } catch (thrown) {
      return { items, gaps: [gapOf(thrown, read.what, read.action)] };
    }
  }
  return { items, gaps: [{ what: `the rest of ${read.what}`, missingAction: read.action, kind: 'other' }] };
}

export interface ThingRead<A extends AwsAction, T> {
  readonly action: A;
  readonly input: AwsInput<A>;
  /** Name under which the facts look the thing up. */
  readonly key: string;
  readonly what: string;
  /** JSON path of the thing inside the answer, such as `$.Role`. */
  readonly path: string;
  /** Undefined when the answer itself says that there is none. */
  readonly thing: (output: AwsOutput<A>) => T | undefined;
}

/** Asks for one thing by its name. AWS's "not found" is an answer; a refused or failed read leaves a gap about that name. */
export async function askFor<A extends AwsAction, T>(
  aws: Aws,
  { action, input, key, what, path, thing }: ThingRead<A, T>,
): Promise<Seen<Asked<T>>> {
  try {
    const { output, evidence } = await aws.call(action, input);
    return { items: [asked(key, thing(output), { id: evidence, path })], gaps: [] };
  } catch (thrown) {
    const gap = gapOf(thrown, what, action);
    if (gap.kind !== 'not-found') return { items: [], gaps: [{ ...gap, about: key }] };
    return { items: [asked<T>(key, undefined, { id: evidenceOf(thrown), path: '$' })], gaps: [] };
  }
}

/** The stored answer of a failed request; empty when it was not stored. */
export function evidenceOf(thrown: unknown): string {
  return thrown instanceof AwsCallError ? (thrown.failure.evidence ?? '') : '';
}

/** The gap a failed read leaves. Throws on what is not an answer of AWS or its absence. */
export function gapOf(thrown: unknown, what: string, action: AwsAction): Gap {
  if (!(thrown instanceof AwsCallError)) throw thrown;
  const { kind, code } = thrown.failure;
  // Whatever names another account is not sent; that is no reason to end a look into this one.
  if (kind === 'stopped' && code === 'input-invalid')
    return { what: `${what}, which is not of this account`, missingAction: action, kind: 'other' };
  if (kind === 'stopped') throw thrown;
  const because = unanswered[kind];
  return { what: because === undefined ? what : `${what} (${because})`, missingAction: action, kind };
}

/** Failures other than a missing permission: asking again may help, another policy would not. */
const unanswered: Partial<Record<AwsFailureKind, string>> = {
  timeout: 'AWS did not answer in time',
  throttled: 'AWS throttled the read',
  unreachable: 'AWS could not be reached',
};

/** Several lists of one kind as one. */
export function joined<T>(lists: readonly Seen<T>[]): Seen<T> {
  return { items: lists.flatMap((list) => list.items), gaps: lists.flatMap((list) => list.gaps) };
}

export function batchesOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/** The request for the next page, or undefined: ECS and Logs spell the token `nextToken`, EC2 `NextToken`, ELB and IAM `Marker`. */
export function nextInput<A extends AwsAction>(input: AwsInput<A>, output: object): AwsInput<A> | undefined {
  const { nextToken, NextToken, NextMarker, Marker, IsTruncated } = output as {
    nextToken?: string;
    NextToken?: string;
    NextMarker?: string;
    Marker?: string;
    IsTruncated?: boolean;
  };
  const token = nextToken
    ? { nextToken }
    : NextToken
      ? { NextToken }
      : NextMarker
        ? { Marker: NextMarker }
        : // EFS repeats the marker of the request; only IAM says with it that there is more.
          Marker && IsTruncated === true
          ? { Marker }
          : undefined;
  // The field that came back names the one to send; the rest of the request stays as it was.
  return token === undefined ? undefined : ({ ...(input as object), ...token } as AwsInput<A>);
}
