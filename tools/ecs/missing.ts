// `failures[]` of ECS Describe actions: what was asked for and is not there. Typed, so that "missing" is never read as "empty".

import type { Failure } from '@aws-sdk/client-ecs';
import { z } from 'zod';
import { oneLine } from '../text-lines.ts';

export const missingField = z
  .array(z.object({ id: z.string(), reason: z.string() }))
  .max(100)
  .describe('What was asked for but does not exist or cannot be described, with the reason AWS gives.');

export type Missing = z.infer<typeof missingField>;

export function missingOf(failures: readonly Failure[] | undefined): Missing {
  return (failures ?? []).map((failure) => ({
    id: failure.arn ?? '',
    reason: oneLine([failure.reason, failure.detail].filter((part) => part !== undefined).join(': ')),
  }));
}

export function missingLines(noun: string, missing: Missing): string[] {
  return missing.map(({ id, reason }) => `No ${noun} ${id}: ${reason}.`);
}
