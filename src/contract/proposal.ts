// A proposal is a document the node writes, signs and keeps: the exact change, what it was worked out against,
// and what an approval of it must look like. Approvals are over the digest of those bytes and nothing else.

import { z } from 'zod';
import { base64url, instantMs, json, sha256Text } from './json.ts';

/** How strong an approval is. `click`: a signed-in person, signed by the hub. The others are verified by the node alone. */
export const approvalLevels = ['click', 'passkey', 'independent'] as const;
export const approvalLevel = z.enum(approvalLevels);
export type ApprovalLevel = z.infer<typeof approvalLevel>;

/**
 * pending → approved → claimed → done | failed | unknown; or denied, expired, superseded, stale, voided.
 * `claimed` is durable before AWS is called; `unknown` means the call may or may not have arrived.
 */
export const proposalStates = [
  'pending',
  'approved',
  'claimed',
  'done',
  'failed',
  'unknown',
  'denied',
  'expired',
  'superseded',
  'stale',
  'voided',
] as const;
export const proposalState = z.enum(proposalStates);
export type ProposalState = z.infer<typeof proposalState>;

/** What must become true after the change; the hub watches for it. */
export const successTest = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('service-steady'),
    cluster: z.string(),
    service: z.string(),
    running: z.number().int(),
    withinMs: z.number().int(),
  }),
  z.object({ kind: z.literal('none'), because: z.string() }),
]);
export type SuccessTest = z.infer<typeof successTest>;

export const awsRequest = z.object({
  action: z.string(),
  input: z.record(z.string(), json),
  cli: z.string(),
});

const displayText = z.string().max(2_000);

export const proposalDocument = z.strictObject({
  v: z.literal(1),
  typ: z.literal('approve'),
  proposal: z.string(),
  aud: z.strictObject({ node: z.string(), nodeKey: z.string(), bootEpoch: z.string() }),
  account: z.string(),
  region: z.string(),
  /** The identity that will make the call. */
  executionRole: z.string(),
  /** Where requests go when it is not AWS itself. */
  endpoint: z.string().nullable(),
  tool: z.string(),
  toolSchemaSha256: sha256Text,
  nodeBuild: z.string(),
  args: z.record(z.string(), json),
  call: awsRequest,
  targets: z.array(z.string()).min(1).max(50),
  /** The state the change was worked out against, with a keyed mark for each secret in it; read again before it runs. */
  pre: z.strictObject({ state: json, sha256: sha256Text }),
  idempotency: z.enum(['token', 'declarative', 'none']),
  risk: z.enum(['change', 'destroy']),
  quorum: z.strictObject({ approvals: z.number().int().min(1).max(5), exclude: z.array(z.string()) }),
  assuranceMin: approvalLevel,
  conversation: z.string(),
  callId: z.string(),
  requester: z.strictObject({ person: z.string(), agent: z.string() }),
  supersedes: z.string().nullable(),
  policySha256: sha256Text,
  nonce: base64url,
  iat: instantMs,
  exp: instantMs,
  display: z.strictObject({
    title: displayText,
    diff: z.strictObject({
      caption: displayText,
      rows: z
        .array(z.strictObject({ sign: z.enum([' ', '+', '-']), cells: z.array(displayText).max(8) }))
        .max(200),
    }),
    blastRadius: z.strictObject({ summary: displayText, items: z.array(displayText).max(100) }),
    opens: z.array(displayText).max(50),
    inverse: z.union([z.strictObject({ call: awsRequest }), z.strictObject({ none: displayText })]),
    success: successTest,
    warnings: z.array(displayText).max(20),
  }),
});
export type ProposalDocument = z.infer<typeof proposalDocument>;

/** The document's exact bytes (base64url of canonical JSON) with the node's signature over them. */
export const signedProposal = z.strictObject({ bytes: base64url, nodeKey: base64url, signature: base64url });
export type SignedProposal = z.infer<typeof signedProposal>;

/** A person's decision over a digest. At level `click` the hub signs for the signed-in person. */
export const approval = z.strictObject({
  v: z.literal(1),
  typ: z.literal('approval'),
  id: z.string(),
  decision: z.enum(['approve', 'deny']),
  level: approvalLevel,
  proposal: z.string(),
  digest: sha256Text,
  person: z.strictObject({ id: z.string(), name: z.string() }),
  reason: z.string().max(1_024).nullable(),
  at: instantMs,
});
export type Approval = z.infer<typeof approval>;

/** The approval's exact bytes (base64url of canonical JSON) with the signature the level asks for. */
export const signedApproval = z.strictObject({ bytes: base64url, key: base64url, signature: base64url });
export type SignedApproval = z.infer<typeof signedApproval>;

/** What happened to a proposal, as the node reports it. */
export const proposalOutcome = z.strictObject({
  proposal: z.string(),
  state: proposalState,
  at: instantMs,
  /** One sentence for people. */
  detail: z.string(),
  awsRequestId: z.string().nullable(),
  error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  /** Approvals counted so far. */
  approvals: z.number().int(),
});
export type ProposalOutcome = z.infer<typeof proposalOutcome>;

/** A proposal as the hub stores and shows it. `document` is parsed from `signed.bytes`. */
export const proposalView = z.object({
  id: z.string(),
  conversation: z.string(),
  turn: z.string(),
  call: z.string(),
  node: z.string(),
  state: proposalState,
  digest: sha256Text,
  document: proposalDocument,
  signed: signedProposal,
  outcome: proposalOutcome.nullable(),
  decisions: z.array(
    z.object({
      decision: z.enum(['approve', 'deny']),
      person: z.string(),
      at: instantMs,
      reason: z.string().nullable(),
      via: z.string(),
    }),
  ),
  createdAt: instantMs,
});
export type ProposalView = z.infer<typeof proposalView>;

/** States from which nothing more can happen. */
export const settledStates: ReadonlySet<ProposalState> = new Set([
  'done',
  'failed',
  'unknown',
  'denied',
  'expired',
  'superseded',
  'stale',
  'voided',
]);
