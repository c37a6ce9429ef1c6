// The audit log's closed list of events. Codes are stable and never reused; docs/reference/audit-events.md is generated from here.
// Areas: 1 hub and audit · 2 people · 3 nodes · 4 conversations · 5 calls · 6 proposals and changes · 7 watches. I info, W warning, E error.

import { z } from 'zod';
import { instantMs, json, sha256Text } from './json.ts';

const table = {
  'hub.started': {
    code: 'LK1001I',
    about: 'The hub started; which version, data folder, policies and planner.',
  },
  'hub.stopped': { code: 'LK1002I', about: 'The hub stopped in an orderly way.' },
  'endpoint.overridden': {
    code: 'LK1003W',
    about: 'AWS requests of a node go to an address other than AWS.',
  },
  'audit.resumed': { code: 'LK1004W', about: 'The log is written again after it could not be.' },
  'audit.exported': { code: 'LK1005I', about: 'Records were exported: by whom and which.' },
  'policy.loaded': { code: 'LK1006I', about: 'Policies were loaded; their digest.' },
  'demo.switched': {
    code: 'LK1007I',
    about: 'The demo was told to show another incident: by whom, from which to which.',
  },
  'link.created': { code: 'LK2001I', about: 'A one-time sign-in link was made.' },
  'person.signed-in': { code: 'LK2002I', about: 'A person signed in.' },
  'person.refused': { code: 'LK2003W', about: 'A sign-in or a request was refused.' },
  'join-token.created': { code: 'LK3001I', about: 'A single-use join token for a node was made.' },
  'node.enrolled': { code: 'LK3002I', about: 'A node joined; its key, account and region.' },
  'node.connected': { code: 'LK3003I', about: 'A node connected and proved its key.' },
  'node.disconnected': { code: 'LK3004I', about: "A node's connection ended." },
  'node.refused': { code: 'LK3005W', about: 'A connection was refused: bad token, key or frame.' },
  'node.journal-set-back': {
    code: 'LK3006W',
    about:
      "A node's journal is shorter than the hub has seen it, or another one: entries were taken away or changed.",
  },
  'conversation.created': { code: 'LK4001I', about: 'A conversation was started.' },
  'turn.started': { code: 'LK4002I', about: 'A person sent a message.' },
  'turn.ended': {
    code: 'LK4003I',
    about: 'The answer to a message was complete, or it waits, or it failed.',
  },
  'turn.resumed': { code: 'LK4004I', about: 'A turn went on after a restart or a decision.' },
  'call.refused': { code: 'LK5001W', about: 'A call was refused by policy or as invalid; the reason.' },
  'call.started': { code: 'LK5002I', about: 'A call was allowed and is about to be sent to the node.' },
  'call.finished': { code: 'LK5003I', about: 'A call ended; its status.' },
  'aws.started': { code: 'LK5004I', about: 'An AWS request is about to be sent: its command line.' },
  'aws.finished': { code: 'LK5005I', about: 'An AWS request ended: status, duration, evidence.' },
  'proposal.created': {
    code: 'LK6001I',
    about: 'A node prepared and signed a change; its digest and command line.',
  },
  'proposal.approved': { code: 'LK6002I', about: 'A person approved a proposal: digest, level, signature.' },
  'proposal.denied': { code: 'LK6003I', about: 'A person denied a proposal, and why.' },
  'approval.refused': {
    code: 'LK6004W',
    about: 'A decision was refused: late, twice, altered, or by somebody without the right.',
  },
  'proposal.expired': { code: 'LK6005I', about: 'Nobody decided in time.' },
  'proposal.stale': { code: 'LK6006W', about: 'The account changed after the proposal; nothing ran.' },
  'proposal.voided': { code: 'LK6007I', about: 'The node restarted or withdrew the proposal; nothing ran.' },
  'proposal.superseded': { code: 'LK6008I', about: 'A newer proposal took its place.' },
  'change.claimed': {
    code: 'LK6009I',
    about: 'The node claimed an approved proposal; the AWS request follows.',
  },
  'change.done': { code: 'LK6010I', about: 'The change was made; the AWS request id.' },
  'change.failed': { code: 'LK6011E', about: 'AWS refused the change, or it was not sent; nothing changed.' },
  'change.unknown': {
    code: 'LK6012E',
    about: 'Whether the change was made is not known; what the state says.',
  },
  'watch.started': { code: 'LK7001I', about: 'A watch for a success test began.' },
  'watch.ended': { code: 'LK7002I', about: 'The success test held, or did not in time.' },
} as const;

export type AuditEventName = keyof typeof table;
export const auditEvents: Readonly<
  Record<AuditEventName, { readonly code: string; readonly about: string }>
> = table;
// `Object.keys` of a non-empty literal: zod asks for a tuple with at least one name.
export const auditEventName = z.enum(Object.keys(table) as [AuditEventName, ...AuditEventName[]]);

export const auditActor = z.strictObject({
  kind: z.enum(['person', 'agent', 'node', 'hub']),
  id: z.string(),
  name: z.string().optional(),
});
export type AuditActor = z.infer<typeof auditActor>;

/** What is written: the body of a record. `data` is already redacted. */
export const auditBody = z.strictObject({
  v: z.literal(1),
  at: instantMs,
  event: auditEventName,
  code: z.string(),
  actor: auditActor,
  conversation: z.string().nullable(),
  turn: z.string().nullable(),
  call: z.string().nullable(),
  node: z.string().nullable(),
  /** The `aws …` line, where there is one. */
  cli: z.string().nullable(),
  data: z.record(z.string(), json),
});
export type AuditBody = z.infer<typeof auditBody>;

/** An event on its way into the log: time and code are filled in by the log. */
export interface AuditEntry {
  readonly event: AuditEventName;
  readonly actor: AuditActor;
  readonly conversation?: string | undefined;
  readonly turn?: string | undefined;
  readonly call?: string | undefined;
  readonly node?: string | undefined;
  readonly cli?: string | undefined;
  readonly data?: z.infer<typeof auditBody>['data'] | undefined;
}

/** A stored record: `body` is the exact text that was hashed. */
export const auditRecord = z.strictObject({
  seq: z.number().int().positive(),
  prev: sha256Text,
  hash: sha256Text,
  body: z.string(),
});
export type AuditRecord = z.infer<typeof auditRecord>;
