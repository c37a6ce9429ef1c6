// The second half of the incident: the proposal, its approval and the watch after it.

import { proposalDigest } from '../../../src/approval/signed-bytes.ts';
import type { ChatEventDraft, WatchView } from '../../../src/contract/chat.ts';
import type { ProposalDocument, ProposalView } from '../../../src/contract/proposal.ts';
import { conversationId, mira, nodeId, proposalId } from './ids.ts';

const watchId = 'watch_01KB3X0000000000000000000A';

/** The proposal, valid for 15 minutes from `at`. */
export function proposal(at: number, changes: Partial<ProposalDocument> = {}): ProposalView {
  const cli =
    "aws ec2 authorize-security-group-egress --group-id sg-0a41f7c2 --ip-permissions IpProtocol=tcp,FromPort=5432,ToPort=5432,UserIdGroupPairs='[{GroupId=sg-0d55e093}]'";
  const sha = 'a'.repeat(64);
  const document: ProposalDocument = {
    v: 1,
    typ: 'approve',
    proposal: proposalId,
    aud: { node: nodeId, nodeKey: 'a2V5', bootEpoch: 'boot_1' },
    account: '123456789012',
    region: 'us-east-1',
    executionRole: 'arn:aws:sts::123456789012:assumed-role/ops/node',
    endpoint: null,
    tool: 'ec2_authorize_security_group_egress',
    toolSchemaSha256: sha,
    nodeBuild: '0.1.0',
    args: {},
    call: { action: 'ec2:AuthorizeSecurityGroupEgress', input: {}, cli },
    targets: ['sg-0a41f7c2'],
    pre: { state: {}, sha256: sha },
    idempotency: 'declarative',
    risk: 'change',
    quorum: { approvals: 1, exclude: [] },
    assuranceMin: 'click',
    conversation: conversationId,
    callId: 'call_change',
    requester: { person: mira.id, agent: 'service-doctor' },
    supersedes: null,
    policySha256: sha,
    nonce: 'bm9uY2U',
    iat: at,
    exp: at + 15 * 60_000,
    display: displayOf(cli),
    ...changes,
  };
  const bytes = Buffer.from(JSON.stringify(document), 'utf8');
  return {
    id: proposalId,
    conversation: conversationId,
    turn: 'turn_3',
    call: 'call_change',
    node: nodeId,
    state: 'pending',
    digest: proposalDigest(bytes),
    document,
    signed: { bytes: bytes.toString('base64url'), nodeKey: 'a2V5', signature: 'c2ln' },
    outcome: null,
    decisions: [],
    createdAt: at,
  };
}

/** Turn 3 up to the wait for an approval. */
export function changeTurn(view: ProposalView): ChatEventDraft[] {
  return [
    {
      type: 'turn.started',
      turn: 'turn_3',
      text: 'Yes, add a rule to allow outbound PostgreSQL traffic to the database security group.',
      person: mira,
      channel: 'web',
      planner: 'playbook',
    },
    {
      type: 'planner.step',
      turn: 'turn_3',
      text: 'This is the change. Nothing runs until it is approved.',
      calls: [{ id: 'call_change', tool: 'ec2_authorize_security_group_egress', input: {} }],
      raw: null,
    },
    {
      type: 'call.started',
      turn: 'turn_3',
      call: { id: 'call_change', tool: 'ec2_authorize_security_group_egress', input: {} },
      title: 'Allow tcp/5432',
      risk: 'change',
      node: nodeId,
    },
    { type: 'proposal.created', turn: 'turn_3', proposal: view },
    { type: 'turn.ended', turn: 'turn_3', status: 'waiting', error: null, usage: null, audit: null },
  ];
}

/** The approval and what follows it, up to the watch. */
export function approvedEvents(view: ProposalView, at: number): ChatEventDraft[] {
  const outcome = {
    proposal: view.id,
    at,
    detail: 'Ran once.',
    awsRequestId: '4f0cd2',
    error: null,
    approvals: 1,
  } as const;
  const done: ProposalView = {
    ...view,
    state: 'done',
    outcome: { ...outcome, state: 'done' },
    decisions: [{ decision: 'approve', person: mira.id, at, reason: null, via: 'web' }],
  };
  return [
    {
      type: 'proposal.decided',
      turn: 'turn_3',
      proposal: view.id,
      decision: 'approve',
      person: mira,
      reason: null,
    },
    { type: 'proposal.moved', turn: 'turn_3', outcome: { ...outcome, state: 'claimed' } },
    { type: 'proposal.moved', turn: 'turn_3', outcome: { ...outcome, state: 'done' } },
    { type: 'turn.resumed', turn: 'turn_3', because: 'the proposal was approved' },
    {
      type: 'call.finished',
      turn: 'turn_3',
      call: 'call_change',
      tool: 'ec2_authorize_security_group_egress',
      ms: 412,
      result: { status: 'changed', proposal: done, text: 'done' },
    },
    {
      type: 'answer',
      turn: 'turn_3',
      text: 'The rule is added. I watch until 4 of 4 tasks are running and healthy.',
      suggestions: [],
    },
    { type: 'turn.ended', turn: 'turn_3', status: 'answered', error: null, usage: null, audit: null },
    { type: 'watch.started', turn: 'turn_3', watch: watch(at, 'watching', [3]) },
  ];
}

/** A watch with a look every 20 seconds, `running[n]` of 4 each. */
export function watch(at: number, state: WatchView['state'], running: readonly number[]): WatchView {
  return {
    id: watchId,
    proposal: proposalId,
    test: {
      kind: 'service-steady',
      cluster: 'production-cluster',
      service: 'my-web-service',
      running: 4,
      withinMs: 600_000,
    },
    state,
    looks: running.map((n, look) => ({
      at: at + look * 20_000,
      running: n,
      pending: 4 - n,
      desired: 4,
      healthy: n,
      note: '',
    })),
    startedAt: at,
    endsBy: at + 600_000,
    detail:
      state === 'succeeded'
        ? '4/4 tasks running and passed health checks.'
        : state === 'failed'
          ? 'It has not recovered: 3 of 4 running after 10 minutes.'
          : '',
  };
}

function displayOf(cli: string): ProposalDocument['display'] {
  return {
    title: 'Allow tcp/5432 from my-web-service tasks to orders-db',
    diff: {
      caption: 'Outbound rules of sg-0a41f7c2 my-web-service-tasks',
      rows: [
        { sign: ' ', cells: ['tcp/443', '0.0.0.0/0', 'HTTPS'] },
        { sign: ' ', cells: ['tcp/6379', 'sg-0c77b1d8', 'session-cache'] },
        { sign: '+', cells: ['tcp/5432', 'sg-0d55e093', 'orders-db'] },
      ],
    },
    blastRadius: {
      summary: '2 services, 10 tasks use this group:',
      items: ['my-web-service (4)', 'checkout (6)'],
    },
    opens: ['Both services reach 2 network interfaces of orders-db on tcp/5432.', 'Nothing else opens.'],
    inverse: {
      call: { action: 'ec2:RevokeSecurityGroupEgress', input: {}, cli: cli.replace('authorize', 'revoke') },
    },
    success: {
      kind: 'service-steady',
      cluster: 'production-cluster',
      service: 'my-web-service',
      running: 4,
      withinMs: 600_000,
    },
    warnings: [
      'The group is tagged managed-by: terraform; the next apply removes the rule unless it is added there.',
    ],
  };
}
