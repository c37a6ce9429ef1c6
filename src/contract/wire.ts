// Frames between hub and node: one JSON object per WebSocket message, one union, versioned, bounded by limits.wire.
//
//   node → hub  hello      who I am, my nonce
//   hub → node  challenge  who I am, my nonce, my signature over both
//   node → hub  proof      my signature over both, a join token the first time, what I serve
//   hub → node  welcome    accepted; from here on calls flow
//
// Frames that carry results have a `seq`; the hub acknowledges them and the node repeats what was not acknowledged.

import { z } from 'zod';
import type { Json } from '../kernel/canonical-json.ts';
import { awsCall, errorBody, evidence } from './call.ts';
import { base64url, instantMs, sha256Text } from './json.ts';
import { proposalOutcome, signedApproval, signedProposal } from './proposal.ts';

export const wireVersion = 1;

/** What both sides sign in the handshake, in this order, each followed by a zero byte. */
export const handshakeContext = { hub: 'lockkeeper/hub/v1', node: 'lockkeeper/node/v1' } as const;

/** A member that is there. A frame was parsed from JSON, so it is JSON; its shape is the tool's to check. */
const parsedJson = z.custom<Json>((value) => value !== undefined);

export const nodeInventory = z.strictObject({
  name: z.string().max(64),
  account: z.string(),
  region: z.string(),
  /** The identity behind the node's credentials, or null when they did not work; then `problem` says why. */
  identity: z.string().nullable(),
  problem: z.string().nullable(),
  /** Where AWS requests go when it is not AWS itself (AWS_ENDPOINT_URL). */
  endpoint: z.string().nullable(),
  build: z.string(),
  bootEpoch: z.string(),
  tools: z.array(z.strictObject({ name: z.string(), schemaSha256: sha256Text })).max(500),
});
export type NodeInventory = z.infer<typeof nodeInventory>;

const hello = z.strictObject({
  type: z.literal('hello'),
  v: z.literal(wireVersion),
  nodeKey: base64url,
  nonce: base64url,
});
const challenge = z.strictObject({
  type: z.literal('challenge'),
  v: z.literal(wireVersion),
  hubKey: base64url,
  nonce: base64url,
  signature: base64url,
});
const proof = z.strictObject({
  type: z.literal('proof'),
  signature: base64url,
  joinToken: z.string().max(200).nullable(),
  inventory: nodeInventory,
});
const journalPlace = { seq: z.number().int().nonnegative(), hash: sha256Text };
const welcome = z.strictObject({
  type: z.literal('welcome'),
  node: z.string(),
  lastSeq: z.number().int(),
  /** The head of the node's journal as the hub last heard of it. */
  journal: z.strictObject(journalPlace).nullable().optional(),
});
const bye = z.strictObject({ type: z.literal('bye'), code: z.string(), message: z.string() });

const origin = z.strictObject({
  conversation: z.string(),
  turn: z.string(),
  person: z.string(),
  agent: z.string(),
  roles: z.array(z.string()),
  level: z.enum(['none', 'read', 'propose']),
});
export type CallOrigin = z.infer<typeof origin>;

/** hub → node: run a read tool, or prepare the proposal of a change tool. */
const callRun = z.strictObject({
  type: z.literal('call.run'),
  call: z.string(),
  tool: z.string(),
  input: z.record(z.string(), parsedJson),
  origin,
  deadlineMs: z.number().int().positive(),
  /** For a change: what the hub's policy asks for. The node raises it by its own policy, never lowers it. */
  approvals: z.number().int().min(0),
  level: z.enum(['click', 'passkey', 'independent']),
  supersedes: z.string().nullable(),
});
const callCancel = z.strictObject({ type: z.literal('call.cancel'), call: z.string() });

/** node → hub: about to send this AWS request. Nothing is sent until the hub answers `aws.recorded`. */
const awsStarted = z.strictObject({ type: z.literal('aws.started'), aws: awsCall });
const awsRecorded = z.strictObject({ type: z.literal('aws.recorded'), id: z.string(), ok: z.boolean() });
const awsFinished = z.strictObject({
  type: z.literal('aws.finished'),
  aws: awsCall,
  evidence: evidence.nullable(),
});

/** node → hub: the end of a call. */
const callDone = z.strictObject({
  type: z.literal('call.done'),
  seq: z.number().int(),
  call: z.string(),
  result: z.discriminatedUnion('status', [
    z.strictObject({
      status: z.literal('ok'),
      output: parsedJson,
      evidence: z.array(z.string()),
    }),
    z.strictObject({ status: z.literal('refused'), error: errorBody }),
    z.strictObject({ status: z.literal('failed'), error: errorBody }),
    z.strictObject({ status: z.literal('prepared'), proposal: z.string(), signed: signedProposal }),
  ]),
});

/** hub → node: a person's decision over a proposal. The node verifies it against its own stored bytes. */
const approvalSubmit = z.strictObject({
  type: z.literal('approval.submit'),
  proposal: z.string(),
  approval: signedApproval,
});
/** node → hub: a proposal moved; also sent for every live or unreported proposal after a reconnect. */
const proposalMoved = z.strictObject({
  type: z.literal('proposal.moved'),
  seq: z.number().int(),
  outcome: proposalOutcome,
});
/** node → hub after welcome: the proposals that are still alive here. The hub treats every other one of this node as voided. */
const proposalList = z.strictObject({
  type: z.literal('proposal.list'),
  bootEpoch: z.string(),
  live: z.array(z.string()).max(1_000),
});
const ack = z.strictObject({ type: z.literal('ack'), seq: z.number().int() });

/** The node's own chain head, so that the hub holds a witness of its journal. */
const journalHead = z.strictObject({
  type: z.literal('journal.head'),
  ...journalPlace,
  at: instantMs,
  /** After a welcome that named a head: the hash that the journal has at that number. Left out when it has none, or it is too long ago to say. */
  earlier: sha256Text.optional(),
});

export const nodeFrame = z.discriminatedUnion('type', [
  hello,
  proof,
  bye,
  awsStarted,
  awsFinished,
  callDone,
  proposalMoved,
  proposalList,
  journalHead,
]);
export type NodeFrame = z.infer<typeof nodeFrame>;
export const hubFrame = z.discriminatedUnion('type', [
  challenge,
  welcome,
  bye,
  callRun,
  callCancel,
  awsRecorded,
  approvalSubmit,
  ack,
]);
export type HubFrame = z.infer<typeof hubFrame>;
export type FrameOf<F extends { type: string }, T extends F['type']> = Extract<F, { type: T }>;
