// Reads beside the main one of a tool: what is not there is null, and what the identity may not read is named, so that
// "cannot verify" is never read as "empty".

import { z } from 'zod';
import { AwsCallError } from '../src/contract/aws.ts';

export const unverifiedField = z
  .array(z.string())
  .max(100)
  .describe('AWS actions that were denied: what they would have shown is unknown, not absent.');

export interface SideReads {
  /** Denied actions, each once. */
  readonly unverified: string[];
  /** The answer; null when AWS answers with one of the error names in `absent`, or denies. Throws everything else. */
  read<T>(read: () => Promise<T>, absent?: readonly string[]): Promise<T | null>;
}

/** The answer; null when AWS answers with one of the error names in `absent`. Throws everything else. */
export async function orAbsent<T>(absent: readonly string[], read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (thrown) {
    if (thrown instanceof AwsCallError && absent.includes(thrown.failure.code)) return null;
    throw thrown;
  }
}

export function createSideReads(): SideReads {
  const unverified: string[] = [];
  return {
    unverified,
    async read(read, absent = []) {
      try {
        return await orAbsent(absent, read);
      } catch (thrown) {
        if (!(thrown instanceof AwsCallError) || thrown.failure.kind !== 'denied') throw thrown;
        const { action } = thrown.failure;
        if (!unverified.includes(action)) unverified.push(action);
        return null;
      }
    },
  };
}

export function unverifiedLines(unverified: readonly string[]): string[] {
  return unverified.map((action) => `Cannot verify what ${action} would show: access denied.`);
}
