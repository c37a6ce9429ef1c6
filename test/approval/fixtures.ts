// A proposal and a decision over it, both valid, from which each test takes one step away.

import { signApproval } from '../../src/approval/approval.ts';
import { type PreparedProposal, signProposal } from '../../src/approval/document.ts';
import type { StoredProposal, VerificationContext } from '../../src/approval/verify.ts';
import type { Approval, ProposalDocument, SignedApproval } from '../../src/contract/proposal.ts';
import { generateSigningKey } from '../../src/kernel/keys.ts';

export const nodeKey = generateSigningKey();
export const hubKey = generateSigningKey();

export function documentWith(overrides: Partial<ProposalDocument> = {}): ProposalDocument {
  return {
    v: 1,
    typ: 'approve',
    proposal: 'prop_1',
    aud: { node: nodeKey.thumbprint, nodeKey: nodeKey.publicKey, bootEpoch: 'boot_1' },
    account: '123456789012',
    region: 'us-east-1',
    executionRole: 'arn:aws:sts::123456789012:assumed-role/keeper/one',
    endpoint: null,
    tool: 'ecs_stop_task',
    toolSchemaSha256: 'a'.repeat(64),
    nodeBuild: 'test',
    args: { cluster: 'c', task: 't' },
    call: {
      action: 'ecs:StopTask',
      input: { cluster: 'c', task: 't' },
      cli: 'aws ecs stop-task --cluster c --task t',
    },
    targets: ['t'],
    pre: { state: { task: 't' }, sha256: 'b'.repeat(64) },
    idempotency: 'none',
    risk: 'change',
    quorum: { approvals: 1, exclude: [] },
    assuranceMin: 'click',
    conversation: 'conv_1',
    callId: 'call_1',
    requester: { person: 'person_1', agent: 'keeper' },
    supersedes: null,
    policySha256: 'c'.repeat(64),
    nonce: 'n'.repeat(43),
    iat: 1_000,
    exp: 901_000,
    display: {
      title: 'Stop task t',
      diff: { caption: 'task', rows: [{ sign: '-', cells: ['t'] }] },
      blastRadius: { summary: 'one task', items: [] },
      opens: [],
      inverse: { none: 'A stopped task does not come back.' },
      success: { kind: 'none', because: 'nothing to wait for' },
      warnings: [],
    },
    ...overrides,
  };
}

export function prepared(overrides: Partial<ProposalDocument> = {}): PreparedProposal {
  return signProposal(documentWith(overrides), nodeKey);
}

export function approvalWith(digest: string, overrides: Partial<Approval> = {}): Approval {
  return {
    v: 1,
    typ: 'approval',
    id: 'appr_1',
    decision: 'approve',
    level: 'click',
    proposal: 'prop_1',
    digest,
    person: { id: 'person_2', name: 'Ada' },
    reason: null,
    at: 2_000,
    ...overrides,
  };
}

export interface Scene {
  readonly signed: SignedApproval;
  readonly context: VerificationContext;
}

export interface SceneOptions {
  readonly document?: Partial<ProposalDocument>;
  readonly stored?: Partial<StoredProposal>;
  readonly approval?: Partial<Approval>;
  readonly context?: Partial<VerificationContext>;
  readonly key?: typeof hubKey;
}

/** Everything that `verifyApproval` takes; without options it passes. */
export function scene(options: SceneOptions = {}): Scene {
  const { document, bytes, digest } = prepared(options.document);
  const stored: StoredProposal = { document, bytes, state: 'pending', counted: [], ...options.stored };
  return {
    signed: signApproval(approvalWith(digest, options.approval), options.key ?? hubKey),
    context: {
      hubKey: hubKey.publicKey,
      nodeKey: nodeKey.publicKey,
      bootEpoch: 'boot_1',
      stored,
      ageMs: 1_000,
      ...options.context,
    },
  };
}
