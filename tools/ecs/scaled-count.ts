// What automatic scaling makes of a desired count that is set by hand: its bounds are read and said, and what could not be read is said too.

import { z } from 'zod';
import { type Aws, AwsCallError } from '../../src/contract/aws.ts';
import { readTarget, type ScaledService } from '../application-autoscaling/scalable-target.ts';

/** `none` when nothing scales the service; `unread` when that could not be found out. */
export const scaledCount = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('unread'), why: z.string() }),
  z.strictObject({ kind: z.literal('scaled'), min: z.number().int(), max: z.number().int() }),
]);
export type ScaledCount = z.infer<typeof scaledCount>;

/** The bounds of the service's scalable target. A failed read is an answer of its own: it never hinders the change. */
export async function readScaledCount(scaled: ScaledService, aws: Aws): Promise<ScaledCount> {
  try {
    const target = await readTarget(scaled, aws);
    const { DynamicScalingInSuspended: inPaused, DynamicScalingOutSuspended: outPaused } =
      target?.SuspendedState ?? {};
    // What is paused sets no number back.
    if (target === undefined || (inPaused === true && outPaused === true)) return { kind: 'none' };
    return { kind: 'scaled', min: target.MinCapacity ?? 0, max: target.MaxCapacity ?? 0 };
  } catch (thrown) {
    if (thrown instanceof AwsCallError && thrown.failure.kind !== 'stopped')
      return { kind: 'unread', why: thrown.failure.code };
    throw thrown;
  }
}

/** How many tasks are there once scaling has had its say about `desired` set by hand: never fewer or more than its bounds. */
export function countKept(desired: number, scaled: ScaledCount | null): number {
  return scaled?.kind === 'scaled' ? Math.min(Math.max(desired, scaled.min), scaled.max) : desired;
}

/** What to expect of `desired` set by hand; nothing when nothing scales the service. */
export function scaledCountWarnings(desired: number, scaled: ScaledCount | null): string[] {
  if (scaled === null || scaled.kind === 'none') return [];
  if (scaled.kind === 'unread')
    return [
      `Whether the service scales automatically could not be read (${scaled.why}; application-autoscaling:DescribeScalableTargets): if it does, that may set this number back.`,
    ];
  const { min, max } = scaled;
  const bounds = `The service scales automatically between ${min} and ${max} tasks`;
  if (desired < min)
    return [
      `${bounds}, and ${desired} is below that: scaling will set it back to ${min} or more when it next acts.`,
    ];
  if (desired > max)
    return [
      `${bounds}, and ${desired} is above that: scaling will set it back to ${max} or fewer when it next acts.`,
    ];
  return [`${bounds}: it may set this number back when its policies compute another one.`];
}
