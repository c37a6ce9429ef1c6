// The watch as a picture: running tasks over time rising to the line that the success test draws.
// Geometry only, in a box of 700 by 122, as the sketch of the console has it.

import type { WatchView } from '../../contract/chat.ts';
import { clockSeconds, duration } from './words.ts';

export interface WatchChart {
  readonly grid: readonly { readonly y: number; readonly label: string }[];
  readonly wantY: number;
  readonly area: string;
  readonly line: string;
  readonly dot: { readonly x: number; readonly y: number } | null;
  readonly pending: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  } | null;
  readonly note: string;
  readonly from: string;
  readonly to: string;
  /** The whole picture as one sentence. */
  readonly sentence: string;
}

const left = 60;
const right = 690;
const floor = 92;
const ceiling = 24;

/** Lays out the looks of a watch. */
export function watchChart(watch: WatchView): WatchChart {
  const { wanted, running: seen, pending: seenPending } = watchCounts(watch);
  const running = seen ?? 0;
  const pending = seenPending ?? 0;
  const top = Math.max(1, wanted, ...watch.looks.map((look) => look.running + look.pending));
  const y = (n: number): number => floor - (n / top) * (floor - ceiling);
  const last = seen === null ? undefined : watch.looks.at(-1);
  const end =
    watch.state === 'watching' ? watch.endsBy : Math.max(last?.at ?? watch.startedAt, watch.startedAt + 1);
  const x = (at: number): number => {
    const part = (at - watch.startedAt) / Math.max(1, end - watch.startedAt);
    return left + Math.min(1, Math.max(0, part)) * (right - left);
  };
  const steps = watch.looks.map((look, at) =>
    at === 0 ? `M${left} ${round(y(look.running))}` : `H${round(x(look.at))}V${round(y(look.running))}`,
  );
  const line = last === undefined ? '' : `${steps.join('')}H${round(x(last.at))}`;
  const sincePending =
    watch.looks.findLastIndex((look) => look.pending === 0 || look.running !== running) + 1;
  const pendingFrom = watch.looks[sincePending];
  return {
    grid: ticks(top).map((n) => ({ y: round(y(n)), label: String(n) })),
    wantY: round(y(wanted)),
    area:
      line === '' || last === undefined
        ? ''
        : `M${left} ${floor}V${line.slice(line.indexOf(' ') + 1)}V${floor}Z`,
    line,
    dot: last === undefined ? null : { x: round(x(last.at)), y: round(y(running)) },
    pending:
      watch.state === 'watching' && pending > 0 && last !== undefined && pendingFrom !== undefined
        ? {
            x: round(x(pendingFrom.at)),
            y: round(y(running + pending)),
            width: Math.max(4, round(x(last.at) - x(pendingFrom.at))),
            height: round(y(running) - y(running + pending)),
          }
        : null,
    note:
      last === undefined
        ? ''
        : watch.state === 'succeeded'
          ? `${running} of ${wanted} at ${clockSeconds(firstAt(watch, wanted) ?? last.at)}`
          : pending > 0
            ? `${pending} pending`
            : '',
    from: `${clockSeconds(watch.startedAt)} change made`,
    to:
      watch.state === 'watching'
        ? `gives up at ${clockSeconds(watch.endsBy)}`
        : clockSeconds(last?.at ?? watch.endsBy),
    sentence:
      seen === null
        ? `Running tasks since the change: not read yet. ${stateWords(watch)}`
        : `Running tasks since the change: ${running} of ${wanted}${pending > 0 ? `, ${pending} pending` : ''}. ${stateWords(watch)}`,
  };
}

/** The numbers of the newest look against the test. */
export function watchCounts(watch: WatchView): WatchCounts {
  const last = watch.looks.at(-1);
  const wanted = watch.test.kind === 'service-steady' ? watch.test.running : (last?.desired ?? 0);
  // A look that failed repeats the numbers before it. Before the first that saw something, they are nobody's numbers.
  if (last === undefined || watch.looks.every(({ note }) => note.startsWith(failedLook)))
    return { wanted, running: null, pending: null, healthy: null };
  return { wanted, running: last.running, pending: last.pending, healthy: last.healthy };
}

export interface WatchCounts {
  readonly wanted: number;
  /** Null until a look has seen the service, like the two below. */
  readonly running: number | null;
  readonly pending: number | null;
  /** On the newest deployment; tasks of older ones may run beside them. */
  readonly healthy: number | null;
}

// How the hub begins the note of a look that saw nothing (src/hub/watches.ts).
const failedLook = 'Could not look';

/** The lines under the chart: what the test asks for, one by one. */
export function watchTests(
  watch: WatchView,
): readonly { readonly done: boolean; readonly text: string; readonly when: string }[] {
  const { wanted, running, healthy } = watchCounts(watch);
  const reached = firstAt(watch, wanted);
  const last = watch.looks.at(-1);
  const over = watch.state !== 'watching';
  return [
    {
      done: running !== null && running >= wanted,
      text: `Running: ${ofWanted(running, wanted)}`,
      when: reached === null ? (over ? '' : 'looking') : clockSeconds(reached),
    },
    {
      done: watch.state === 'succeeded',
      text: `Healthy on the newest deployment, and steady: ${ofWanted(healthy, wanted)}`,
      when: watch.state === 'succeeded' ? clockSeconds(last?.at ?? watch.endsBy) : over ? '' : 'after that',
    },
  ];
}

function ofWanted(n: number | null, wanted: number): string {
  return n === null ? `not read yet, ${wanted} wanted` : `${n} of ${wanted}`;
}

/** Head of the card. */
export function stateWords(watch: WatchView): string {
  const { wanted } = watchCounts(watch);
  if (watch.state === 'succeeded') return 'Solved. The success test holds.';
  if (watch.state === 'failed') return 'Not recovered. The success test does not hold.';
  return `Watching until ${wanted} of ${wanted} are running and healthy`;
}

/** The sentence below the head. */
export function watchDetail(watch: WatchView): string {
  if (watch.detail !== '') return watch.detail;
  const spent = (watch.looks.at(-1)?.at ?? watch.startedAt) - watch.startedAt;
  if (watch.state === 'watching')
    return `Looks every few seconds, until ${clockSeconds(watch.endsBy)} at most.`;
  return `${duration(spent)} after the change.`;
}

/** Why the newest look saw nothing, or the newest failure it saw; empty when there is nothing to say. */
export function watchNote(watch: WatchView): string {
  const note = watch.looks.at(-1)?.note ?? '';
  if (watch.state === 'succeeded' || note === '') return '';
  return note.startsWith(failedLook) ? note : `Newest failure: ${note}`;
}

function firstAt(watch: WatchView, wanted: number): number | null {
  const since = watch.looks.findLastIndex((look) => look.running < wanted) + 1;
  return watch.looks[since]?.at ?? null;
}

// At most five lines, always 0 and the top.
function ticks(top: number): number[] {
  const step = Math.max(1, Math.ceil(top / 4));
  const all: number[] = [];
  for (let n = 0; n < top; n += step) all.push(n);
  return top - (all.at(-1) ?? 0) < step / 2 ? [...all.slice(0, -1), top] : [...all, top];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
