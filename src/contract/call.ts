// Calls: one use of a tool by a planner, the AWS calls it makes, and what comes back.

import { z } from 'zod';
import { instantMs, json } from './json.ts';
import { proposalView } from './proposal.ts';

export const errorBody = z.object({ code: z.string(), message: z.string(), next: z.string() });
export type ErrorBody = z.infer<typeof errorBody>;

export const toolCall = z.object({ id: z.string(), tool: z.string(), input: z.record(z.string(), json) });
export type ToolCall = z.infer<typeof toolCall>;

/** One AWS request made by a tool, as it is shown and stored. */
export const awsCall = z.object({
  id: z.string(),
  call: z.string(),
  action: z.string(),
  /** The `aws …` line that does the same. */
  cli: z.string(),
  stage: z.string(),
  startedAt: instantMs,
  status: z.enum(['started', 'ok', 'denied', 'failed']),
  ms: z.number().nonnegative().nullable(),
  evidence: z.string().nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type AwsCall = z.infer<typeof awsCall>;

/** An AWS call's stored, redacted answer. `body` is JSON text. */
export const evidence = z.object({
  id: z.string(),
  aws: z.string(),
  call: z.string(),
  action: z.string(),
  cli: z.string(),
  at: instantMs,
  body: z.string(),
  truncated: z.boolean(),
  redactions: z.number().int(),
});
export type Evidence = z.infer<typeof evidence>;

/**
 * What the planner gets back. `ok` carries structured output and compact text; `refused` never reached AWS for a reason
 * that stays true; `failed` may work when tried again; `proposed` waits for people; `changed` is an approved change that
 * has ended one way or another.
 */
export const toolResult = z.discriminatedUnion('status', [
  z.object({ status: z.literal('ok'), output: json, text: z.string(), evidence: z.array(z.string()) }),
  z.object({ status: z.literal('refused'), error: errorBody, text: z.string() }),
  z.object({ status: z.literal('failed'), error: errorBody, text: z.string() }),
  z.object({ status: z.literal('proposed'), proposal: proposalView, text: z.string() }),
  z.object({ status: z.literal('changed'), proposal: proposalView, text: z.string() }),
]);
export type ToolResult = z.infer<typeof toolResult>;
