// The hub as witness of a node's journal: it remembers how far the journal went and what its last record was. A journal only
// grows, so one that ends earlier, or has another record at that place, had entries taken away or changed.

import type { FrameOf, NodeFrame } from '../contract/wire.ts';
import { isoTime } from '../kernel/clock.ts';
import type { WitnessedJournal } from '../store/port.ts';

export interface Witnessed {
  /** What is to be remembered from now on. */
  readonly journal: WitnessedJournal;
  /** What is wrong when the journal is not a continuation of the one that was seen; null when it is. */
  readonly setBack: string | null;
}

/** Holds the head that a node tells against `before`, the one that is remembered; `welcomed` is the one its welcome named. */
export function witness(
  head: FrameOf<NodeFrame, 'journal.head'>,
  {
    before,
    welcomed,
    nowMs,
  }: { before: WitnessedJournal | null; welcomed: WitnessedJournal | null; nowMs: number },
): Witnessed {
  const setBack = setBackOf(head, before, welcomed);
  const problem = setBack === null ? (before?.problem ?? null) : `since ${isoTime(nowMs)} ${setBack}`;
  return { journal: { seq: head.seq, hash: head.hash, problem }, setBack };
}

function setBackOf(
  head: FrameOf<NodeFrame, 'journal.head'>,
  before: WitnessedJournal | null,
  welcomed: WitnessedJournal | null,
): string | null {
  if (before === null) return null;
  if (head.seq < before.seq)
    return `the journal ends at record ${head.seq}, but the hub had seen it up to record ${before.seq}`;
  const other = (seq: number) => `record ${seq} of the journal is another one than the hub had seen`;
  if (head.seq === before.seq && head.hash !== before.hash) return other(head.seq);
  if (head.earlier !== undefined && welcomed !== null && head.earlier !== welcomed.hash)
    return other(welcomed.seq);
  return null;
}
