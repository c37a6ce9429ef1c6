// JSON values as zod sees them; everything that crosses a process is made of these.

import { z } from 'zod';
import type { Json } from '../kernel/canonical-json.ts';

export const json: z.ZodType<Json> = z.json();
export const sha256Text = z.string().regex(/^[0-9a-f]{64}$/);
export const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/);
/** Milliseconds since the epoch. */
export const instantMs = z.number().int().nonnegative();

/** The first issue of a zod error as `{where, detail}` for `input-invalid` and its like. */
export function firstIssue(error: z.ZodError): { where: string; detail: string } {
  const issue = error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? 'the top' : issue.path.map(String).join('.');
  return { where, detail: issue?.message ?? 'not valid' };
}
