// Whether the desired count of the service is fought over. Scaling says what it set and when; when it has to set the same number again,
// somebody else changed it in between, and when it turns round again and again, its own policies disagree.

import type * as Scaling from '@aws-sdk/client-application-auto-scaling';
import type { EvidenceBundle, Observed, ScalingEvidence } from '../evidence.ts';
import { countsWritten, type RequestRecord } from './requests.ts';

export interface Contest {
  readonly how: 'reset' | 'swing' | 'taken-back' | 'overruled' | 'outside';
  readonly sentence: string;
  readonly activities: readonly Observed<Scaling.ScalingActivity>[];
  readonly target: Observed<Scaling.ScalableTarget> | undefined;
  /** Requests of somebody else that set the count, newest first. */
  readonly writes: readonly Write[];
  /** Whether CloudTrail told who else sets it, if anybody. */
  readonly isTold: boolean;
}

type Write = RequestRecord & { readonly desiredCount: number };

const WINDOW_MS = 2 * 3_600_000;
/** Deployments that take back what scaling set come hours apart. */
const DAY_MS = 24 * 3_600_000;
/** Once may have been meant. */
const TAKEN_BACK_MIN = 2;
/** Two turns can be one peak of load; this many cannot. */
const TURNS_MIN = 4;

/** How the desired count is fought over, when it is. */
export function contestOf(bundle: EvidenceBundle): Contest | undefined {
  const { scaling, requests } = bundle;
  if (scaling === undefined) return undefined;
  const fight = fightOf(bundle, scaling);
  if (fight === undefined) return undefined;
  const isTold = requests !== undefined && requests.gaps.length === 0;
  return { ...fight, target: scaling.targets.items[0], isTold, writes: writesOfOthers(bundle) };
}

type Fight = Pick<Contest, 'how' | 'sentence' | 'activities'>;

function fightOf(bundle: EvidenceBundle, scaling: ScalingEvidence): Fight | undefined {
  const settled = settledCounts(scaling.activities.items, bundle.nowMs - WINDOW_MS);
  const overruled = overruledBy(bundle, scaling);
  const resets = settled.filter((one, index) => index > 0 && settled[index - 1]?.count === one.count);
  const [reset] = resets;
  if (reset !== undefined)
    return {
      how: 'reset',
      sentence: `Scaling had to set the desired count to ${reset.count} ${resets.length + 1} times in two hours: in between, something else changed it.${overruled === undefined ? '' : ` ${boundsBroken(overruled)}`}`,
      activities: settled.filter((one) => one.count === reset.count).map((one) => one.activity),
    };
  if (overruled !== undefined)
    return {
      how: 'overruled',
      sentence: `${boundsBroken(overruled)} So it is ${bundle.service.value.desiredCount ?? 0} again.`,
      activities: overruled.activities,
    };
  const turns = turnsOf(settled.map((one) => one.count));
  if (turns >= TURNS_MIN)
    return {
      how: 'swing',
      sentence: `Scaling turned round ${turns} times in two hours, between ${Math.min(...settled.map((one) => one.count))} and ${Math.max(...settled.map((one) => one.count))} tasks.`,
      activities: settled.map((one) => one.activity),
    };
  const [target] = scaling.targets.items;
  const taken = takenBack(bundle);
  if (target !== undefined && taken.length >= TAKEN_BACK_MIN)
    return {
      how: 'taken-back',
      sentence: `Scaling set the desired count ${taken.length} times in the last day, and each time somebody else set another afterwards.`,
      activities: taken.flatMap(({ activity }) => activity ?? []).reverse(),
    };
  const desired = bundle.service.value.desiredCount ?? 0;
  const { MinCapacity: min, MaxCapacity: max } = target?.value ?? {};
  if (target !== undefined && min !== undefined && max !== undefined && (desired < min || desired > max))
    return {
      how: 'outside',
      sentence: `The desired count is ${desired}, but scaling keeps it between ${min} and ${max}.`,
      activities: [],
    };
  return undefined;
}

interface Overruled {
  readonly write: Write;
  readonly min: number;
  readonly max: number;
  /** What scaling did after it; empty when nothing is recorded. */
  readonly activities: Fight['activities'];
}

/** The newest request of somebody else, where it asked for a count that scaling does not allow and that is gone again. */
function overruledBy(
  bundle: EvidenceBundle,
  { targets, activities }: ScalingEvidence,
): Overruled | undefined {
  const { MinCapacity: min, MaxCapacity: max } = targets.items[0]?.value ?? {};
  const write = unmet(bundle);
  if (write === undefined || min === undefined || max === undefined) return undefined;
  const desired = bundle.service.value.desiredCount ?? 0;
  const isOutside = write.desiredCount < min || write.desiredCount > max;
  if (!isOutside || desired < min || desired > max) return undefined;
  const after = settledCounts(activities.items, write.atMs).filter(({ count }) => count === desired);
  return { write, min, max, activities: after.map(({ activity }) => activity) };
}

function boundsBroken({ write, min, max }: Overruled): string {
  return `${write.who} asked for ${write.desiredCount} tasks, and scaling allows ${min === max ? `only ${max}` : `${min} to ${max}`}.`;
}

/** The newest request of somebody else in a day that set the count, where the count is another now. */
export function unmet(bundle: EvidenceBundle): Write | undefined {
  const [newest] = writesOfOthers(bundle);
  return newest?.desiredCount === (bundle.service.value.desiredCount ?? 0) ? undefined : newest;
}

/** Whether scaling itself set the present count since then. */
export function setByScaling(bundle: EvidenceBundle, sinceMs: number): boolean {
  const desired = bundle.service.value.desiredCount ?? 0;
  return (
    settledCounts(bundle.scaling?.activities.items ?? [], sinceMs).some(({ count }) => count === desired) ||
    countsWritten(bundle, bundle.nowMs - sinceMs).some((one) => one.byScaling && one.desiredCount === desired)
  );
}

function writesOfOthers(bundle: EvidenceBundle): Write[] {
  return countsWritten(bundle, DAY_MS).filter(({ byScaling }) => !byScaling);
}

interface TakenBack {
  readonly write: Write;
  readonly activity: Observed<Scaling.ScalingActivity> | undefined;
}

/** Requests of others that came right after scaling had set another count, newest first. What scaling set stands in CloudTrail or in its own record. */
function takenBack(bundle: EvidenceBundle): TakenBack[] {
  const activities = bundle.scaling?.activities.items ?? [];
  const all = [
    ...countsWritten(bundle, DAY_MS).map((write) => ({ ...write, write, activity: undefined })),
    ...settledCounts(activities, bundle.nowMs - DAY_MS).map(({ count, activity }) => ({
      atMs: activity.value.StartTime?.getTime() ?? 0,
      desiredCount: count,
      byScaling: true,
      write: undefined,
      activity,
    })),
  ].sort((a, b) => b.atMs - a.atMs);
  return all.flatMap(({ write, byScaling, desiredCount }, index) => {
    const earlier = all[index + 1];
    const isOther = earlier?.byScaling === true && earlier.desiredCount !== desiredCount;
    return byScaling || write === undefined || !isOther ? [] : [{ write, activity: earlier.activity }];
  });
}

/** True when tasks were started and stopped on purpose again and again: worth asking scaling about. */
export function looksContested(bundle: EvidenceBundle): boolean {
  const written = countsWritten(bundle, WINDOW_MS).filter(({ byScaling }) => !byScaling);
  if (written.length >= 2 || takenBack(bundle).length >= TAKEN_BACK_MIN) return true;
  // None runs though somebody asked for some; elsewhere one request is not worth the look, since scaling in is its everyday work.
  if ((bundle.service.value.desiredCount ?? 0) === 0 && unmet(bundle) !== undefined) return true;
  const recent = (bundle.service.value.events ?? []).filter(
    ({ createdAt }) => createdAt !== undefined && bundle.nowMs - createdAt.getTime() <= WINDOW_MS,
  );
  const count = (pattern: RegExp) => recent.filter(({ message }) => pattern.test(message ?? '')).length;
  return (
    count(/has started \d+ tasks/i) >= 2 &&
    count(/has stopped \d+ running tasks|has begun draining connections/i) >= 2
  );
}

interface Settled {
  readonly count: number;
  readonly activity: Observed<Scaling.ScalingActivity>;
}

/** What scaling set, oldest first. The count is in the description, which AWS writes ("Setting desired count to 4."). */
function settledCounts(activities: readonly Observed<Scaling.ScalingActivity>[], sinceMs: number): Settled[] {
  return activities
    .flatMap((activity) => {
      const { StartTime, StatusCode, Description = '', StatusMessage = '' } = activity.value;
      const text = /desired count to (\d+)/i.exec(`${Description} ${StatusMessage}`)?.[1];
      const recent = StartTime !== undefined && StartTime.getTime() >= sinceMs;
      const done = StatusCode === undefined || StatusCode === 'Successful' || StatusCode === 'Overridden';
      return text === undefined || !recent || !done ? [] : [{ count: Number(text), activity }];
    })
    .sort(
      (a, b) => (a.activity.value.StartTime?.getTime() ?? 0) - (b.activity.value.StartTime?.getTime() ?? 0),
    );
}

function turnsOf(counts: readonly number[]): number {
  let turns = 0;
  let direction = 0;
  for (let index = 1; index < counts.length; index += 1) {
    const step = Math.sign((counts[index] ?? 0) - (counts[index - 1] ?? 0));
    if (step !== 0 && direction !== 0 && step !== direction) turns += 1;
    if (step !== 0) direction = step;
  }
  return turns;
}
