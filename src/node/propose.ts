// A change call becomes a proposal: the state is read, the change is worked out against it, and the node writes down and
// signs exactly what would run. Nothing is changed here, and nothing in the document comes from the model but the input.

import { randomBytes } from 'node:crypto';
import { type PreparedProposal, ProposalUnreadable, signProposal } from '../approval/document.ts';
import { type AwsAction, isReadAction } from '../contract/aws.ts';
import { fail } from '../contract/errors.ts';
import { type ApprovalLevel, approvalLevels, type ProposalDocument } from '../contract/proposal.ts';
import { type AwsRequest, type ChangeTool, isChangeTool, type PreparedChange } from '../contract/tool.ts';
import { invariant } from '../kernel/assert.ts';
import type { Json } from '../kernel/canonical-json.ts';
import { harmless } from '../kernel/harmless.ts';
import { newId } from '../kernel/ids.ts';
import { limits } from '../kernel/limits.ts';
import type { AdmittedCall } from './admission.ts';
import { clip, toJson } from './bounded-json.ts';
import type { CallResult } from './calls.ts';
import { createGateway } from './gateway.ts';
import type { Ledger } from './ledger.ts';
import type { NodeParts } from './parts.ts';
import { writtenState } from './written-state.ts';

const NONCE_BYTES = 32;
const LIST_MAX = 100;
const TEXT_CHARS = 2_000;

export interface Proposing {
  readonly parts: NodeParts;
  readonly ledger: Ledger;
  /** Ends proposals whose time is over. */
  onExpiry(id: string): void;
}

/** Prepares, signs and keeps the proposal of a change call. Throws what the tool throws, or `account-locked`, `change-unsafe`. */
export async function proposeChange(
  room: Proposing,
  admitted: AdmittedCall,
  signal: AbortSignal,
): Promise<CallResult> {
  const { parts, ledger } = room;
  const { frame, tool, place, input } = admitted;
  invariant(isChangeTool(tool), 'only a change is proposed');
  const { conversation } = frame.origin;
  const limit = limits.node.pendingProposalsPerConversation;
  if (ledger.pendingOf(conversation) >= limit) throw fail('account-locked', { limit });
  const gateway = createGateway(parts, { call: frame.call, tool, place, signal });
  const context = { nowMs: parts.clock.now(), stage: gateway.stage, wait: gateway.wait };
  const state = toJson(await tool.observe(input, gateway.aws, context));
  const change = await tool.prepare(input, state, gateway.aws, context);
  checkCall(tool, change.call);
  const pre = writtenState(parts, state);
  const prepared = sign(parts, documentOf(parts, { admitted, tool, pre, change }));
  signal.throwIfAborted();
  await parts.failpoint('before-prepared');
  await ledger.add(prepared, room.onExpiry);
  await parts.failpoint('after-prepared');
  await supersede(ledger, frame.supersedes, { by: prepared.document.proposal, conversation });
  return { status: 'prepared', proposal: prepared.document.proposal, signed: prepared.signed };
}

/** A tool may only propose what it declares, and only a change. */
function checkCall(tool: ChangeTool, call: AwsRequest): void {
  if (!tool.actions.includes(call.action) || isReadAction(call.action)) {
    throw fail('action-not-declared', { tool: tool.name, action: call.action });
  }
}

function sign(parts: NodeParts, document: ProposalDocument): PreparedProposal {
  try {
    return signProposal(document, parts.key);
  } catch (error) {
    if (!(error instanceof ProposalUnreadable)) throw error;
    const advice = 'Propose a smaller change.';
    throw fail(
      'change-unsafe',
      { detail: `it cannot be written down exactly (${error.message})`, advice },
      error,
    );
  }
}

interface Worked {
  readonly admitted: AdmittedCall;
  readonly tool: ChangeTool;
  readonly pre: ProposalDocument['pre'];
  readonly change: PreparedChange;
}

function documentOf(parts: NodeParts, worked: Worked): ProposalDocument {
  const { admitted, tool, pre, change } = worked;
  const { frame, place, decision } = admitted;
  const nowMs = Math.trunc(parts.clock.now());
  const approvals = Math.max(1, frame.approvals, decision.approvals);
  return {
    v: 1,
    typ: 'approve',
    proposal: newId('prop', nowMs),
    aud: { node: parts.key.thumbprint, nodeKey: parts.key.publicKey, bootEpoch: parts.bootEpoch },
    account: place.account,
    region: place.region,
    executionRole: place.identity,
    endpoint: parts.clients.endpoint,
    tool: tool.name,
    toolSchemaSha256: parts.toolSchemaSha256(tool),
    nodeBuild: parts.build,
    args: frame.input,
    call: requestOf(parts, change.call, place.region),
    targets: [...change.targets],
    pre,
    idempotency: change.idempotency,
    risk: tool.risk,
    // More than one approval means more than one pair of eyes, and those of whoever asked do not count.
    quorum: { approvals, exclude: approvals > 1 ? [frame.origin.person] : [] },
    assuranceMin: strongest(frame.level, decision.level),
    conversation: frame.origin.conversation,
    callId: frame.call,
    requester: { person: frame.origin.person, agent: frame.origin.agent },
    supersedes: frame.supersedes,
    policySha256: decision.policySha256,
    nonce: randomBytes(NONCE_BYTES).toString('base64url'),
    iat: nowMs,
    exp: nowMs + limits.proposal.lifeMs,
    display: displayOf(parts, change, place.region),
  };
}

/** What people read: without secrets, and with control and direction characters made visible. */
function displayOf(parts: NodeParts, change: PreparedChange, region: string): ProposalDocument['display'] {
  const shown = (text: string): string => clip(harmless(parts.redact.text(text).text), TEXT_CHARS);
  return {
    title: shown(change.title),
    diff: {
      caption: shown(change.diff.caption),
      // A row too many is refused by the document's shape rather than left out: people approve what they see.
      rows: change.diff.rows.map(({ sign: mark, cells }) => ({ sign: mark, cells: cells.map(shown) })),
    },
    blastRadius: {
      summary: shown(change.blastRadius.summary),
      items: shortened(change.blastRadius.items, shown),
    },
    opens: change.opens.map(shown),
    inverse: inverseOf(parts, change, { region, shown }),
    success: change.success,
    warnings: change.warnings.map(shown),
  };
}

function requestOf(parts: NodeParts, request: AwsRequest, region: string): ProposalDocument['call'] {
  const action: AwsAction = request.action;
  const input = toJson(request.input);
  invariant(typeof input === 'object' && input !== null && !Array.isArray(input), 'a request is an object');
  // The line above leaves only an object of JSON values.
  const fields = input as Readonly<Record<string, Json>>;
  return { action, input: fields, cli: parts.renderCli(action, fields, { region }) };
}

interface Shown {
  readonly region: string;
  shown(text: string): string;
}

/** The undo is written down as it would run, so one that would hold a secret of the account (a description, say) is not. */
function inverseOf(
  parts: NodeParts,
  { inverse }: PreparedChange,
  { region, shown }: Shown,
): ProposalDocument['display']['inverse'] {
  if ('none' in inverse) return { none: shown(inverse.none) };
  const call = requestOf(parts, inverse.call, region);
  if (parts.redact.json(call.input).count === 0) return { call };
  return {
    none: 'The request that would undo it holds what looks like a secret, which is not written down here. Note the state before the change.',
  };
}

function shortened(items: readonly string[], shown: (text: string) => string): string[] {
  if (items.length <= LIST_MAX) return items.map(shown);
  const kept = items.slice(0, LIST_MAX - 1).map(shown);
  return [...kept, `… and ${items.length - kept.length} more`];
}

function strongest(a: ApprovalLevel, b: ApprovalLevel): ApprovalLevel {
  return approvalLevels.indexOf(a) >= approvalLevels.indexOf(b) ? a : b;
}

/** A newer proposal of the same conversation takes the place of an undecided older one. */
async function supersede(
  ledger: Ledger,
  older: string | null,
  newer: { readonly by: string; readonly conversation: string },
): Promise<void> {
  if (older === null) return;
  await ledger.exclusive(older, async () => {
    const entry = ledger.get(older);
    if (entry?.state !== 'pending' || entry.document.conversation !== newer.conversation) return;
    await ledger.move(older, 'superseded', {
      detail: `A newer proposal (${newer.by}) took its place. Nothing ran.`,
    });
  });
}
