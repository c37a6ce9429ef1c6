// The compact text of a tool's output that a planner reads: one fact per line, bounded, with the evidence at the end.
// Text that comes from the account is put on one line and stripped of control characters; it is never interpreted.

import { z } from 'zod';
import { cutAtWord } from '../src/kernel/cut.ts';
import { limits } from '../src/kernel/limits.ts';

/** Ids of the stored answers the output was made from; every output has them. */
export const evidenceField = z.array(z.string()).max(limits.call.awsCallsMax);

/** True when AWS has more than was read. */
export const moreField = z.boolean();

/** Lines that fit the limit for planner text, then how many were left out, then the evidence. */
export function textOf(lines: readonly string[], evidence: readonly string[]): string {
  const tail =
    evidence.length === 0
      ? ''
      : `\nEvidence: ${evidence
          .slice(0, 20)
          .map((id) => `[${id}]`)
          .join(' ')}`;
  const room = limits.call.textChars - tail.length - 80;
  let text = '';
  for (const [index, line] of lines.entries()) {
    if (text.length + line.length + 1 > room) {
      return `${text}\n… ${lines.length - index} more lines were left out; ask for less at once.${tail}`;
    }
    text += index === 0 ? line : `\n${line}`;
  }
  return text + tail;
}

/** `text` on one line, at most `charsMax` characters, cut between words. */
export function oneLine(text: string, charsMax = 300): string {
  return cutAtWord(text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim(), charsMax);
}

/** "1 task", "3 tasks". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** ISO-8601 of a date an SDK client returned, or null. */
export function isoOrNull(date: Date | undefined): string | null {
  return date === undefined ? null : date.toISOString();
}

/** "(more exist than were read)" as lines: none or one. */
export function moreLine(more: boolean): string[] {
  return more ? ['More exist than were read.'] : [];
}
