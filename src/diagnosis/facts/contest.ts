// Whether the desired count of the service is fought over. Scaling says what it set and when; when it has to set the same number again,
// somebody else changed it in between, and when it turns round again and again, its own policies disagree.

import type * as Scaling from '@aws-sdk/client-application-auto-scaling';
import type { EvidenceBundle, Observed } from '../evidence.ts';
import { requestsAbout } from './requests.ts';

export interface Contest {
  readonly how: 'reset' | 'swing' | 'outside';
  readonly sentence: string;
  readonly activities: readonly Observed<Scaling.ScalingActivity>[];
  readonly target: Observed<Scaling.ScalableTarget> | undefined;
}

const WINDOW_MS = 2 * 3_600_000;
/** Two turns can be one peak of load; this many cannot. */
const TURNS_MIN = 4;

/** How the desired count is fought over, when it is. */
export function contestOf(bundle: EvidenceBundle): Contest | undefined {
  const { scaling } = bundle;
  if (scaling === undefined) return undefined;
  const target = scaling.targets.items[0];
  const settled = settledCounts(scaling.activities.items, bundle.nowMs);
  const resets = settled.filter((one, index) => index > 0 && settled[index - 1]?.count === one.count);
  const [reset] = resets;
  if (reset !== undefined)
    return {
      how: 'reset',
      sentence: `Scaling had to set the desired count to ${reset.count} ${resets.length + 1} times in two hours: in between, something else changed it.`,
      activities: settled.filter((one) => one.count === reset.count).map((one) => one.activity),
      target,
    };
  const turns = turnsOf(settled.map((one) => one.count));
  if (turns >= TURNS_MIN)
    return {
      how: 'swing',
      sentence: `Scaling turned round ${turns} times in two hours, between ${Math.min(...settled.map((one) => one.count))} and ${Math.max(...settled.map((one) => one.count))} tasks.`,
      activities: settled.map((one) => one.activity),
      target,
    };
  const desired = bundle.service.value.desiredCount ?? 0;
  const { MinCapacity: min, MaxCapacity: max } = target?.value ?? {};
  if (target !== undefined && min !== undefined && max !== undefined && (desired < min || desired > max))
    return {
      how: 'outside',
      sentence: `The desired count is ${desired}, but scaling keeps it between ${min} and ${max}.`,
      activities: [],
      target,
    };
  return undefined;
}

/** True when tasks were started and stopped on purpose again and again: worth asking scaling about. */
export function looksContested(bundle: EvidenceBundle): boolean {
  const written = requestsAbout(bundle).filter(
    ({ name, desiredCount, errorCode, invokedBy }) =>
      name === 'UpdateService' &&
      desiredCount !== undefined &&
      errorCode === undefined &&
      !invokedBy.includes('autoscaling'),
  );
  if (written.length >= 2) return true;
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
function settledCounts(activities: readonly Observed<Scaling.ScalingActivity>[], nowMs: number): Settled[] {
  return activities
    .flatMap((activity) => {
      const { StartTime, StatusCode, Description = '', StatusMessage = '' } = activity.value;
      const text = /desired count to (\d+)/i.exec(`${Description} ${StatusMessage}`)?.[1];
      const recent = StartTime !== undefined && nowMs - StartTime.getTime() <= WINDOW_MS;
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
