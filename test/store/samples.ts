// Rows to put into a store. Every function returns a new one; what is not given does not matter to the test.

import type { AuditEntry } from '../../src/contract/audit-event.ts';
import type { Evidence } from '../../src/contract/call.ts';
import type { ChatEventDraft, ConversationSummary, WatchView } from '../../src/contract/chat.ts';
import type { ProposalView } from '../../src/contract/proposal.ts';
import type { StoredNode, Write } from '../../src/store/port.ts';

const ulid = (n: number): string => String(n).padStart(26, '0');
export const id = (kind: string, n: number): string => `${kind}_${ulid(n)}`;

export function conversation(n: number, more: Partial<ConversationSummary> = {}): ConversationSummary {
  const base = {
    id: id('conv', n),
    title: `question ${n}`,
    state: 'working',
    subtitle: '',
    person: 'person_1',
  } as const;
  return { ...base, createdAt: 1_000 + n, updatedAt: 1_000 + n, ...more };
}

export function said(turn: string, text: string): ChatEventDraft {
  return { type: 'answer', turn, text, suggestions: [] };
}

export function entry(more: Partial<AuditEntry> = {}): AuditEntry {
  return { event: 'hub.started', actor: { kind: 'hub', id: 'hub' }, ...more };
}

export function evidence(n: number, body = '{}'): Evidence {
  const base = {
    aws: 'aws_1',
    call: 'call_1',
    action: 'ecs:DescribeServices',
    cli: 'aws ecs describe-services',
  };
  return { ...base, id: id('ev', n), at: 5, body, truncated: false, redactions: 0 };
}

export function node(n: number, more: Partial<StoredNode> = {}): StoredNode {
  const inventory = {
    name: `node ${n}`,
    account: '123456789012',
    region: 'us-east-1',
    identity: null,
    problem: null,
    endpoint: null,
    build: 'b',
    bootEpoch: 'e',
    tools: [],
  };
  return {
    id: id('node', n),
    key: `key${n}`,
    inventory,
    enrolledAt: n,
    lastSeenAt: null,
    lastSeq: 0,
    journal: null,
    ...more,
  };
}

export function watch(n: number, state: WatchView['state']): Extract<Write, { kind: 'watch.save' }> {
  const test = { kind: 'none', because: 'x' } as const;
  const view: WatchView = {
    id: id('watch', n),
    proposal: 'p',
    test,
    state,
    looks: [],
    startedAt: n,
    endsBy: n + 1,
    detail: '',
  };
  return { kind: 'watch.save', watch: view, conversation: id('conv', 1), turn: 'turn_1' };
}

export function proposal(n: number, more: Partial<ProposalView> = {}): ProposalView {
  const hash = 'a'.repeat(64);
  const call = { action: 'ecs:UpdateService', input: {}, cli: 'aws ecs update-service' };
  return {
    id: id('prop', n),
    conversation: id('conv', 1),
    turn: 'turn_1',
    call: 'call_1',
    node: id('node', 1),
    state: 'pending',
    digest: hash,
    document: {
      v: 1,
      typ: 'approve',
      proposal: id('prop', n),
      aud: { node: id('node', 1), nodeKey: 'k', bootEpoch: 'e' },
      account: '1',
      region: 'r',
      executionRole: 'x',
      endpoint: null,
      tool: 't',
      toolSchemaSha256: hash,
      nodeBuild: 'b',
      args: {},
      call,
      targets: ['t'],
      pre: { state: null, sha256: hash },
      idempotency: 'none',
      risk: 'change',
      quorum: { approvals: 1, exclude: [] },
      assuranceMin: 'click',
      conversation: id('conv', 1),
      callId: 'call_1',
      requester: { person: 'p', agent: 'a' },
      supersedes: null,
      policySha256: hash,
      nonce: 'n',
      iat: 1,
      exp: 2,
      display: {
        title: 't',
        diff: { caption: '', rows: [] },
        blastRadius: { summary: '', items: [] },
        opens: [],
        inverse: { none: 'none' },
        success: { kind: 'none', because: 'x' },
        warnings: [],
      },
    },
    signed: { bytes: 'AA', nodeKey: 'k', signature: 's' },
    outcome: null,
    decisions: [],
    createdAt: 1_000 + n,
    ...more,
  };
}
