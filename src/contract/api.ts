// The HTTP API under /api/v1: what the web page, the CLI and scripts send and receive.
//
// POST   /session                 sessionRequest      sign in with a one-time code; sets the cookie (browser). CLI sends `Authorization: Bearer <operator token>`
// GET    /me                      meResponse
// GET    /status                  statusResponse      nodes, planner, audit head
// GET    /conversations?cursor=   conversationPage
// POST   /conversations           messageRequest   →  messageAccepted      starts a conversation with its first message
// GET    /conversations/:id       conversationDetail (summary + events so far)
// POST   /conversations/:id/messages   messageRequest → messageAccepted
// POST   /conversations/:id/stop
// GET    /conversations/:id/events     SSE of ChatEvent (id = seq; resumes after Last-Event-ID or ?after=) and ChatDelta (no id)
// GET    /evidence/:id            evidence
// GET    /proposals?state=pending proposalPage
// GET    /proposals/:id           proposalView
// POST   /proposals/:id/decision  decisionRequest  →  proposalView
// GET    /nodes                   nodePage
// POST   /nodes/tokens            joinTokenResponse
// GET    /audit?before=&q=&event=&conversation=&from=&to=&limit=   auditPage (newest first)
// GET    /audit/:seq              auditRecord
// POST   /audit/verify            auditVerifyResponse
// GET    /audit/export?format=jsonl|csv
// GET    /tools                   toolPage
// GET    /openapi.json
// Errors: { error: { code, message, next } } with the status of contract/errors.ts.

import { z } from 'zod';
import { auditRecord } from './audit-event.ts';
import { errorBody } from './call.ts';
import { chatEvent, conversationSummary } from './chat.ts';
import { instantMs, json, sha256Text } from './json.ts';
import { proposalView } from './proposal.ts';
import { nodeInventory } from './wire.ts';

/** Text that can be stored and hashed: half a surrogate pair has no bytes in UTF-8. */
const wholeText = z.string().refine((text) => text.isWellFormed(), 'half a character (a lone surrogate)');

export const errorResponse = z.object({ error: errorBody });
export const sessionRequest = z.strictObject({ code: z.string().max(200) });
export const person = z.object({ id: z.string(), name: z.string(), roles: z.array(z.string()) });
export type Person = z.infer<typeof person>;
export const meResponse = z.object({ person, csrf: z.string().nullable() });

export const messageRequest = z.strictObject({
  text: wholeText
    .trim()
    .min(1, 'the message is empty')
    .max(8_000, {
      // A text by the time its length is looked at.
      error: ({ input }) => `the message is ${String(input).length} characters long; at most 8000 are taken`,
    }),
  channel: z.enum(['web', 'slack', 'cli']).default('web'),
});
export const messageAccepted = z.object({
  conversation: z.string(),
  turn: z.string(),
  /** Events after this seq belong to the turn. */ after: z.number().int(),
});
export const conversationPage = z.object({
  items: z.array(conversationSummary),
  next: z.string().nullable(),
});
export const conversationDetail = z.object({ conversation: conversationSummary, events: z.array(chatEvent) });
export type ConversationDetail = z.infer<typeof conversationDetail>;

/** `digest` names the bytes the person saw; a decision over other bytes is refused. */
export const decisionRequest = z.strictObject({
  decision: z.enum(['approve', 'deny']),
  digest: sha256Text,
  reason: wholeText.max(1_024).nullable().default(null),
});
export const proposalPage = z.object({ items: z.array(proposalView), next: z.string().nullable() });

export const nodeView = z.object({
  id: z.string(),
  inventory: nodeInventory,
  connected: z.boolean(),
  /** Set when the node's journal once was shorter than the hub had seen it, or another one: since when, and how. */
  journalProblem: z.string().nullable(),
  connectedAt: instantMs.nullable(),
  lastSeenAt: instantMs.nullable(),
  enrolledAt: instantMs,
});
export type NodeView = z.infer<typeof nodeView>;
export const nodePage = z.object({ items: z.array(nodeView) });
export const joinTokenResponse = z.object({ token: z.string(), command: z.string(), expiresAt: instantMs });

export const statusResponse = z.object({
  version: z.string(),
  hub: z.object({ key: z.string(), startedAt: instantMs }),
  planner: z.object({ name: z.string(), model: z.string().nullable() }),
  nodes: z.array(nodeView),
  /** Set when a node's requests go to an address that is not AWS. */
  endpoints: z.array(z.object({ node: z.string(), endpoint: z.string() })),
  demo: z.boolean(),
  audit: z.object({ seq: z.number().int(), hash: z.string(), writable: z.boolean() }),
  pendingProposals: z.number().int(),
});
export type StatusResponse = z.infer<typeof statusResponse>;

/** The incidents of a demo. */
export const scenarioList = z.object({
  current: z.object({ name: z.string(), questions: z.array(z.string()) }),
  scenarios: z.array(z.object({ name: z.string(), about: z.string() })),
});
export type ScenarioList = z.infer<typeof scenarioList>;

export const auditPage = z.object({
  items: z.array(auditRecord),
  next: z.number().int().nullable(),
  total: z.number().int(),
});
export const auditVerifyResponse = z.object({
  ok: z.boolean(),
  records: z.number().int(),
  ms: z.number(),
  problem: z.object({ seq: z.number().int(), detail: z.string() }).nullable(),
});
export type AuditVerifyResponse = z.infer<typeof auditVerifyResponse>;
export const toolView = z.object({
  name: z.string(),
  summary: z.string(),
  risk: z.string(),
  actions: z.array(z.string()),
  inputSchema: json,
});
export const toolPage = z.object({ items: z.array(toolView) });
