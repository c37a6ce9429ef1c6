// Lists for a snapshot. A refused action is written down as refused, so that nobody reads its absence as "there is none";
// what is not there is left out; any other failure ends the taking, because a file cannot say "unknown".

import { type ListRead, readList } from '../../../tools/diagnose/reading.ts';
import type { Aws, AwsAction } from '../../contract/aws.ts';
import { fail } from '../../contract/errors.ts';
import type { Gap } from '../../diagnosis/evidence.ts';

export interface TakeReader {
  /** The items of a list, all pages up to the bound. Throws `aws-failed`. */
  list<A extends AwsAction, T>(aws: Aws, read: ListRead<A, T>): Promise<T[]>;
  /** Takes up what a read left open. Throws `aws-failed` when it is neither refused nor absent. */
  gap(gap: Gap): void;
  /** Says that something was left out for its size. */
  note(what: string): void;
  /** Actions that were refused, sorted. */
  denied(): string[];
  notes(): readonly string[];
}

export function createTakeReader(): TakeReader {
  const denied = new Set<string>();
  const notes = new Set<string>();
  const gap = ({ kind, missingAction, what }: Gap): void => {
    if (kind === 'denied') denied.add(missingAction);
    else if (kind === 'other' && what.startsWith('the rest of ')) notes.add(`Left out: ${what}.`);
    // ECS answers ClientException for a task definition that was deleted.
    else if (kind === 'invalid' && missingAction === 'ecs:DescribeTaskDefinition')
      notes.add(`Not there any more: ${what}.`);
    else if (kind !== 'not-found' && kind !== 'unread')
      throw fail('aws-failed', {
        action: missingAction,
        code: kind,
        detail: `${what} could not be read.`,
        advice: 'Nothing was written; try again.',
      });
  };
  return {
    async list(aws, read) {
      const { items, gaps } = await readList(aws, read);
      gaps.forEach(gap);
      return items.map(({ value }) => value);
    },
    gap,
    note: (what) => void notes.add(what),
    denied: () => [...denied].sort(),
    notes: () => [...notes],
  };
}
