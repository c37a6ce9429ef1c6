// How an answer of AWS goes into the sections of a snapshot: one function for each action, typed by what the SDK says it answers.

import type { AwsAction, AwsInput, AwsOutput } from '../../../contract/aws.ts';
import type { JsonDocument, Stored } from '../../../contract/snapshot.ts';
import type { Draft } from './draft.ts';

export type Filing<A extends AwsAction> = (
  draft: Draft,
  output: Stored<AwsOutput<A>>,
  input: AwsInput<A>,
) => void;

export type Filings = { readonly [A in AwsAction]?: Filing<A> };

/** For what only lists names or sums up: what stands behind it is described by other actions. */
export const namesOnly = (): void => {};

/** A policy or another document that AWS sends as JSON text, IAM percent-encoded; undefined when it is none. */
export function documentIn(text: string | undefined): JsonDocument | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text.startsWith('%') ? decodeURIComponent(text) : text);
    // An object that JSON.parse made has text as keys.
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonDocument)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The text that a request has under `key`; empty when there is none. */
export function textIn(input: unknown, key: string): string {
  const value: unknown = typeof input === 'object' && input !== null ? Reflect.get(input, key) : undefined;
  return typeof value === 'string' ? value : '';
}
