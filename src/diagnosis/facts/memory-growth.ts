// Whether memory grew until the kill: tasks that live equally long, and a metric that rises from each start on. Both are numbers of AWS; together
// they tell a program that keeps what it takes from one that needs a lot at once.

import type { EvidenceRef } from '../../contract/finding.ts';
import type { Facts } from './facts.ts';
import { type Peak, pointsOf } from './metrics.ts';
import type { TaskFacts } from './tasks.ts';

export interface Growth {
  /** Between start and kill, where the tasks lived equally long. */
  readonly ageMs: number | undefined;
  /** The longest rise of the metric within the life of one task, in percent. */
  readonly rise: { readonly from: Peak; readonly to: Peak } | undefined;
  readonly evidence: readonly EvidenceRef[];
}

/** Lives that differ by no more than this share of their mean are equal. */
const EQUAL_SPREAD = 0.2;
const TASKS_MIN = 3;
/** What a start itself takes is no growth. */
const RISE_MIN_PERCENT = 20;
const POINTS_MIN = 3;
/** Shorter lives are a start that does not fit. */
const AGE_MIN_MS = 60_000;

/** How memory grew in the tasks that were killed; undefined when nothing shows that it did. */
export function memoryGrowth(facts: Pick<Facts, 'bundle'>, killed: readonly TaskFacts[]): Growth | undefined {
  const ageMs = equalAge(killed);
  const rise = longestRise(pointsOf(facts.bundle, 'MemoryUtilization'), killed);
  if (rise === undefined && ageMs === undefined) return undefined;
  return { ageMs, rise, evidence: rise === undefined ? [] : [rise.from.at, rise.to.at] };
}

function equalAge(killed: readonly TaskFacts[]): number | undefined {
  const ages = killed.flatMap((task) => lifeOf(task) ?? []).map(({ from, to }) => to - from);
  if (ages.length < TASKS_MIN) return undefined;
  const mean = ages.reduce((sum, one) => sum + one, 0) / ages.length;
  const even = Math.max(...ages) - Math.min(...ages) <= EQUAL_SPREAD * mean;
  return even && mean >= AGE_MIN_MS ? mean : undefined;
}

function longestRise(points: readonly Peak[], killed: readonly TaskFacts[]): Growth['rise'] {
  const rises = killed.flatMap((task) => {
    const life = lifeOf(task);
    if (life === undefined) return [];
    const inside = points.filter(({ atMs }) => atMs >= life.from - 60_000 && atMs <= life.to);
    // The minute of the kill is also the minute of the next start.
    const climbing = inside.slice(0, firstFall(inside));
    const [from, to] = [climbing[0], climbing.at(-1)];
    return from !== undefined && to !== undefined && climbing.length >= POINTS_MIN ? [{ from, to }] : [];
  });
  const [longest] = rises.sort((a, b) => b.to.value - b.from.value - (a.to.value - a.from.value));
  return longest !== undefined && longest.to.value - longest.from.value >= RISE_MIN_PERCENT
    ? longest
    : undefined;
}

function firstFall(points: readonly Peak[]): number {
  const at = points.findIndex((one, index) => index > 0 && one.value < (points[index - 1]?.value ?? 0));
  return at < 0 ? points.length : at;
}

function lifeOf({ startedAtMs, stoppedAtMs, observed }: TaskFacts): { from: number; to: number } | undefined {
  const end = observed.value.stoppingAt?.getTime() ?? stoppedAtMs;
  return startedAtMs === undefined || end === undefined ? undefined : { from: startedAtMs, to: end };
}
