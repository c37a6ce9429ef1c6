// A conversation is a list of events, numbered from 1, that only grows. The web page, Slack and the CLI render it;
// the planner's history is derived from it; a restart resumes from it.
//
// One turn:  turn.started → (call.started → aws.started → aws.finished … → call.finished)* → answer → turn.ended
// A change:  call.started → proposal.created → turn.ended{waiting} … proposal.moved … → turn.resumed → call.finished → answer → turn.ended

import { z } from 'zod';
import { awsCall, errorBody, toolCall, toolResult } from './call.ts';
import { instantMs, json } from './json.ts';
import { proposalOutcome, proposalView, successTest } from './proposal.ts';

const base = { seq: z.number().int().positive(), at: instantMs, turn: z.string() };

export const usage = z.object({
  planner: z.string(),
  model: z.string().nullable(),
  roundTrips: z.number().int(),
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
  cacheReadTokens: z.number().int(),
  costUsd: z.number().nullable(),
});
export type Usage = z.infer<typeof usage>;

export const watchView = z.object({
  id: z.string(),
  proposal: z.string(),
  test: successTest,
  state: z.enum(['watching', 'succeeded', 'failed']),
  /** One look after the other: running tasks over time. */
  looks: z.array(
    z.object({
      at: instantMs,
      running: z.number().int(),
      pending: z.number().int(),
      desired: z.number().int(),
      healthy: z.number().int(),
      note: z.string(),
    }),
  ),
  startedAt: instantMs,
  endsBy: instantMs,
  detail: z.string(),
});
export type WatchView = z.infer<typeof watchView>;

export const chatEvent = z.discriminatedUnion('type', [
  z.object({
    ...base,
    type: z.literal('turn.started'),
    text: z.string(),
    person: z.object({ id: z.string(), name: z.string() }),
    channel: z.enum(['web', 'slack', 'cli']),
    planner: z.string(),
  }),
  /** What the planner said in one step: text, the calls it asks for, and its own raw form for replay to a model (never sent to browsers). */
  z.object({
    ...base,
    type: z.literal('planner.step'),
    text: z.string(),
    calls: z.array(toolCall),
    raw: json,
  }),
  z.object({
    ...base,
    type: z.literal('call.started'),
    call: toolCall,
    title: z.string(),
    risk: z.enum(['read', 'reveal', 'change', 'destroy']),
    node: z.string().nullable(),
  }),
  z.object({ ...base, type: z.literal('aws.started'), aws: awsCall }),
  z.object({ ...base, type: z.literal('aws.finished'), aws: awsCall }),
  z.object({
    ...base,
    type: z.literal('call.finished'),
    call: z.string(),
    tool: z.string(),
    ms: z.number(),
    result: toolResult,
  }),
  z.object({ ...base, type: z.literal('proposal.created'), proposal: proposalView }),
  z.object({
    ...base,
    type: z.literal('proposal.decided'),
    proposal: z.string(),
    decision: z.enum(['approve', 'deny']),
    person: z.object({ id: z.string(), name: z.string() }),
    reason: z.string().nullable(),
  }),
  z.object({ ...base, type: z.literal('proposal.moved'), outcome: proposalOutcome }),
  z.object({ ...base, type: z.literal('watch.started'), watch: watchView }),
  z.object({ ...base, type: z.literal('watch.looked'), watch: watchView }),
  z.object({ ...base, type: z.literal('watch.ended'), watch: watchView }),
  /** The answer in Markdown without links or images; `[ev_…]` marks a citation of evidence. */
  z.object({
    ...base,
    type: z.literal('answer'),
    text: z.string(),
    /** Follow-ups offered as buttons. */ suggestions: z.array(z.string()).max(4),
    /** The code of contract/error-table.ts when the answer is that something was not found or is not clear. */
    problem: z.string().optional(),
  }),
  z.object({ ...base, type: z.literal('turn.resumed'), because: z.string() }),
  z.object({
    ...base,
    type: z.literal('turn.ended'),
    status: z.enum(['answered', 'waiting', 'failed', 'stopped']),
    error: errorBody.nullable(),
    usage: usage.nullable(),
    audit: z.object({ from: z.number().int(), to: z.number().int() }).nullable(),
  }),
]);
export type ChatEvent = z.infer<typeof chatEvent>;
export type ChatEventType = ChatEvent['type'];
// Distributes over the union so that each member loses the two numbered fields.
type Unnumbered<E> = E extends ChatEvent ? Omit<E, 'seq' | 'at'> : never;
/** An event before the store numbers it. */
export type ChatEventDraft = Unnumbered<ChatEvent>;

/** Sent over SSE without an id and never stored: text as it streams. `offset` counts characters since the step began. */
export const chatDelta = z.object({
  type: z.literal('answer.delta'),
  turn: z.string(),
  offset: z.number().int(),
  text: z.string(),
});
export type ChatDelta = z.infer<typeof chatDelta>;

export const conversationState = z.enum(['working', 'waiting', 'watching', 'answered', 'failed']);
export const conversationSummary = z.object({
  id: z.string(),
  title: z.string(),
  state: conversationState,
  /** A few words under the title, such as "production-cluster · waiting for approval". */
  subtitle: z.string(),
  person: z.string(),
  createdAt: instantMs,
  updatedAt: instantMs,
});
export type ConversationSummary = z.infer<typeof conversationSummary>;
