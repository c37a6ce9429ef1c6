// Scaling that goes up and down without end: how often the desired count turned round, and what in the policies lets it.
// https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scaling-activities.html

import type * as Scaling from '@aws-sdk/client-application-auto-scaling';

export interface ScalingSwings {
  /** Changes of the desired count, oldest first. */
  readonly changes: readonly { readonly atMs: number; readonly to: number; readonly cause: string }[];
  /** How often a rise followed a fall or the reverse. */
  readonly turns: number;
  /** Per day of the time that the activities span, at least one day. */
  readonly turnsPerDay: number;
  /** Median of the times between two turns; undefined with fewer than two. */
  readonly betweenTurnsMs: number | undefined;
  readonly oscillates: boolean;
  /** What in the policies lets it, in words. */
  readonly reasons: readonly string[];
}

const DAY_MS = 24 * 3_600_000;
/** A working day has one rise and one fall; this many turns are no rhythm of the day. */
const TURNS_PER_DAY = 6;
const QUICK_TURN_MS = 60 * 60_000;
/** Below this a scale-in follows the scale-out before its effect is measured: new tasks take minutes to take load. */
const SHORT_COOLDOWN_S = 120;
const CAUSE_CHARS = 200;

export function scalingSwings(
  activities: readonly Scaling.ScalingActivity[],
  policies: readonly Scaling.ScalingPolicy[],
): ScalingSwings {
  const changes = activities
    .filter(({ StatusCode }) => StatusCode === undefined || StatusCode === 'Successful')
    .flatMap(({ StartTime, Description, Cause }) => {
      const to = /set(?:ting)? desired count to (\d{1,6})/i.exec(Description ?? '')?.[1];
      return StartTime === undefined || to === undefined
        ? []
        : [{ atMs: StartTime.getTime(), to: Number(to), cause: (Cause ?? '').slice(0, CAUSE_CHARS) }];
    })
    .sort((a, b) => a.atMs - b.atMs);
  const turns = turnsOf(changes);
  const days = Math.max(1, ((changes.at(-1)?.atMs ?? 0) - (changes[0]?.atMs ?? 0)) / DAY_MS);
  const gaps = turns.slice(1).map((atMs, index) => atMs - (turns[index] ?? atMs));
  const betweenTurnsMs = gaps.length === 0 ? undefined : median(gaps);
  const turnsPerDay = turns.length / days;
  const oscillates =
    turnsPerDay >= TURNS_PER_DAY && betweenTurnsMs !== undefined && betweenTurnsMs <= QUICK_TURN_MS;
  return {
    changes,
    turns: turns.length,
    turnsPerDay,
    betweenTurnsMs,
    oscillates,
    reasons: oscillates ? reasonsOf(policies) : [],
  };
}

function turnsOf(changes: readonly { atMs: number; to: number }[]): number[] {
  const turns: number[] = [];
  let direction = 0;
  for (const [index, { atMs, to }] of changes.entries()) {
    const before = changes[index - 1];
    if (before === undefined || before.to === to) continue;
    const now = Math.sign(to - before.to);
    if (direction !== 0 && now !== direction) turns.push(atMs);
    direction = now;
  }
  return turns;
}

function reasonsOf(policies: readonly Scaling.ScalingPolicy[]): string[] {
  const reasons = policies.flatMap((policy) => {
    const name = policy.PolicyName ?? 'a policy';
    const tracking = policy.TargetTrackingScalingPolicyConfiguration;
    const cooldowns: readonly (readonly [string, number | undefined])[] = [
      ['scale-in', tracking?.ScaleInCooldown],
      ['scale-out', tracking?.ScaleOutCooldown],
      ['step', policy.StepScalingPolicyConfiguration?.Cooldown],
    ];
    return cooldowns.flatMap(([kind, seconds]) =>
      seconds !== undefined && seconds < SHORT_COOLDOWN_S
        ? [
            `${name} has a ${kind} cooldown of ${seconds} s, less than the ${SHORT_COOLDOWN_S} s a new task takes to take load`,
          ]
        : [],
    );
  });
  const metrics = new Set(policies.map(({ PolicyName }) => PolicyName ?? ''));
  if (metrics.size > 1)
    reasons.push(`${metrics.size} policies move the same count; each can undo what another did`);
  return reasons;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
