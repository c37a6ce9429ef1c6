// A whole incident as a hub would tell it, event by event: question, findings, log, proposal, decision, watch, recovery.
// Used by the view-model tests and by the stand-in hub. Numbers are invented; shapes are the contract's.

import { proposalDigest } from '../../../src/approval/signed-bytes.ts';
import type { AwsCall, ToolResult } from '../../../src/contract/call.ts';
import type { ChatEvent, ChatEventDraft, WatchView } from '../../../src/contract/chat.ts';
import type { Finding, NetworkPath } from '../../../src/contract/finding.ts';
import type { ProposalDocument, ProposalView } from '../../../src/contract/proposal.ts';
import type { Json } from '../../../src/kernel/canonical-json.ts';

export const conversationId = 'conv_01KB3T0000000000000000000A';
export const proposalId = 'prop_01KB3W0000000000000000000A';
export const nodeId = 'node_01KB3A0000000000000000000A';
const watchId = 'watch_01KB3X0000000000000000000A';
const mira = { id: 'person_mira', name: 'Mira' };

/** Numbers events and gives them times, as the store does. */
export function numbered(drafts: readonly ChatEventDraft[], from: { seq: number; at: number }): ChatEvent[] {
  // The draft has every field of its event but the two that are added here.
  return drafts.map((draft, at) => ({ ...draft, seq: from.seq + at, at: from.at + at * 7 }) as ChatEvent);
}

const reads: readonly [
  stage: string,
  cli: string,
  action: string,
  offset: number,
  ms: number,
  status: AwsCall['status'],
][] = [
  [
    'the service and its tasks',
    'aws ecs describe-services --cluster production-cluster --services my-web-service',
    'ecs:DescribeServices',
    0,
    41,
    'ok',
  ],
  [
    'the service and its tasks',
    'aws ecs list-tasks --cluster production-cluster --service-name my-web-service --desired-status STOPPED',
    'ecs:ListTasks',
    0,
    34,
    'ok',
  ],
  [
    'what the tasks ran',
    'aws ecs describe-tasks --cluster production-cluster --tasks 5d1c77f29e',
    'ecs:DescribeTasks',
    44,
    46,
    'ok',
  ],
  [
    'what the tasks ran',
    'aws ecs describe-task-definition --task-definition my-web-service:42',
    'ecs:DescribeTaskDefinition',
    44,
    29,
    'ok',
  ],
  [
    'the network around them',
    'aws logs get-log-events --log-group-name /ecs/my-web-service --log-stream-name web/web/5d1c77f29e',
    'logs:GetLogEvents',
    94,
    72,
    'ok',
  ],
  [
    'the network around them',
    'aws ec2 describe-security-groups --group-ids sg-0a41f7c2 sg-0d55e093',
    'ec2:DescribeSecurityGroups',
    94,
    51,
    'ok',
  ],
  [
    'the network around them',
    'aws ec2 describe-route-tables --filters Name=association.subnet-id,Values=subnet-0b7a',
    'ec2:DescribeRouteTables',
    94,
    47,
    'ok',
  ],
  [
    'the network around them',
    'aws ec2 describe-network-acls --filters Name=association.subnet-id,Values=subnet-0b7a',
    'ec2:DescribeNetworkAcls',
    94,
    55,
    'ok',
  ],
  [
    'the network around them',
    'aws kms describe-key --key-id alias/orders-db',
    'kms:DescribeKey',
    94,
    21,
    'denied',
  ],
];

/** The evidence of the nth read of the diagnosis. */
export function evidenceId(n: number): string {
  return `ev_01KB3T00000000000000000${String(n).padStart(3, '0')}`;
}

/** The diagnosis' AWS calls: first as they start, then as they end. */
export function diagnosisCalls(at: number): { started: ChatEventDraft[]; finished: ChatEventDraft[] } {
  const calls = reads.map(
    ([stage, cli, action, offset, ms, status], n): AwsCall => ({
      id: `aws_${n}`,
      call: 'call_diagnose',
      action,
      cli,
      stage,
      startedAt: at + offset,
      status,
      ms,
      evidence: status === 'ok' ? evidenceId(n) : null,
      error:
        status === 'denied'
          ? { code: 'AccessDeniedException', message: 'User is not authorized to perform: kms:DescribeKey' }
          : null,
    }),
  );
  return {
    started: calls.map((aws) => ({
      type: 'aws.started',
      turn: 'turn_1',
      aws: { ...aws, status: 'started', ms: null, evidence: null, error: null },
    })),
    finished: calls.map((aws) => ({ type: 'aws.finished', turn: 'turn_1', aws })),
  };
}

const open = (
  check: NetworkPath['hops'][number]['check'],
  direction: 'out' | 'in' | 'return',
  resource: string,
  because: string,
): NetworkPath['hops'][number] => ({
  check,
  direction,
  resource,
  verdict: 'open',
  because,
  rules: [],
  evidence: [],
});

export const networkPath: NetworkPath = {
  from: {
    task: '5d1c77f29e',
    address: '10.0.12.47',
    subnets: ['subnet-0b7a', 'subnet-03e1'],
    securityGroups: ['sg-0a41f7c2'],
  },
  to: {
    host: 'db.production.internal',
    address: '10.0.40.18',
    name: 'orders-db',
    port: 5432,
    protocol: 'tcp',
    securityGroups: ['sg-0d55e093'],
  },
  verdict: 'blocked',
  hops: [
    open('dns', 'out', '10.0.40.18', 'The name resolves.'),
    {
      check: 'security-group-egress',
      direction: 'out',
      resource: 'sg-0a41f7c2',
      verdict: 'blocked',
      because: '2 outbound rules, and neither matches tcp/5432 to 10.0.40.18',
      rules: [
        { protocol: 'tcp', ports: '443', peer: '0.0.0.0/0', description: 'HTTPS', matches: false },
        { protocol: 'tcp', ports: '6379', peer: 'sg-0c77b1d8', description: 'session-cache', matches: false },
      ],
      missing: { protocol: 'tcp', ports: '5432', peer: 'sg-0d55e093' },
      evidence: [{ id: evidenceId(5), path: '$.SecurityGroups[0].IpPermissionsEgress' }],
    },
    open('network-acl-egress', 'out', 'acl-07c2aa', 'Rule 100 allows it.'),
    open('route', 'out', '10.0.0.0/16', 'The local route.'),
    open('network-acl-ingress', 'in', 'acl-0b1977', 'Rule 100 allows it.'),
    open('security-group-ingress', 'in', 'sg-0d55e093', 'It allows tcp/5432 from sg-0a41f7c2.'),
  ],
};

export const finding: Finding = {
  class: 'task-sg-egress-blocked',
  verdict: 'proven',
  title: 'New tasks cannot reach their database: no egress rule for tcp/5432.',
  explanation: `Security group sg-0a41f7c2 lets tcp/443 and tcp/6379 out, and nothing else. [${evidenceId(5)}] Tasks of revision 42 time out on db.production.internal:5432, [${evidenceId(4)}] fail their health check and are stopped. [${evidenceId(2)}]`,
  evidence: [
    {
      id: evidenceId(5),
      path: '$.SecurityGroups[0].IpPermissionsEgress',
      note: 'sg-0a41f7c2 outbound rules',
    },
    { id: evidenceId(4), path: '$.events[3].message', note: 'log of task 5d1c77f29e' },
    { id: evidenceId(2), path: '$.tasks[0].stoppedReason', note: '3 stopped tasks' },
  ],
  culprits: ['sg-0a41f7c2'],
  ruledOut: [
    { class: 'lb-sg-ingress-missing', because: 'The rule is open; the check fails inside the application.' },
    { class: 'nacl-blocked', because: 'Rule 100 allows it both ways.' },
    { class: 'oom-killed', because: 'The peak is 312 of 512 MiB.' },
  ],
  cannotVerify: [{ what: 'The encryption key of the database.', missingAction: 'kms:DescribeKey' }],
  fixes: [],
  paths: [networkPath],
};

const ok = (output: Json, text: string): ToolResult => ({ status: 'ok', output, text, evidence: [] });

/** Turn 1: the status question, from its message to its answer. */
export function statusTurn(at: number): { before: ChatEventDraft[]; after: ChatEventDraft[] } {
  const calls = diagnosisCalls(at);
  const service = {
    cluster: 'production-cluster',
    service: 'my-web-service',
    status: 'ACTIVE',
    desired: 4,
    running: 3,
    pending: 0,
    deployments: [
      { status: 'PRIMARY', taskDefinition: 'my-web-service:42', rolloutState: 'IN_PROGRESS', failedTasks: 3 },
    ],
  };
  return {
    before: [
      {
        type: 'turn.started',
        turn: 'turn_1',
        text: "Show me the status of the 'my-web-service' in the 'production-cluster'.",
        person: mira,
        channel: 'web',
        planner: 'playbook',
      },
      {
        type: 'call.started',
        turn: 'turn_1',
        call: { id: 'call_diagnose', tool: 'diagnose_service', input: {} },
        title: 'Diagnose my-web-service',
        risk: 'reveal',
        node: nodeId,
      },
      ...calls.started,
      ...calls.finished.slice(0, 4),
    ],
    after: [
      ...calls.finished.slice(4),
      // A finding is JSON; its type only lacks the index signature.
      {
        type: 'call.finished',
        turn: 'turn_1',
        call: 'call_diagnose',
        tool: 'diagnose_service',
        ms: 166,
        result: ok({ service, findings: [finding] } as unknown as Json, 'found'),
      },
      {
        type: 'answer',
        turn: 'turn_1',
        text: `my-web-service is **ACTIVE**, desired 4, running **3**, pending 0. Deployment of revision 42 is IN_PROGRESS. [${evidenceId(0)}] A task failed its health check and stopped 5 minutes ago, [${evidenceId(2)}] and the cause is proven.`,
        suggestions: [
          'Show me the logs from the failed task.',
          'Check if the security group allows outbound traffic to the database port.',
        ],
      },
      {
        type: 'turn.ended',
        turn: 'turn_1',
        status: 'answered',
        error: null,
        usage: null,
        audit: { from: 12, to: 41 },
      },
    ],
  };
}

/** Turn 2: the log. */
export function logTurn(at: number): ChatEventDraft[] {
  const lines = [
    { at: at - 330_000, level: 'info', text: 'starting my-web-service build 42 on :8080' },
    {
      at: at - 329_600,
      level: 'info',
      text: 'pool: connecting as [secret:dsn:9f31] to db.production.internal:5432',
    },
    {
      at: at - 319_600,
      level: 'warn',
      text: 'pool: no connection after 10 s, trying again',
      repeated: 2,
      note: 'every 10 s',
    },
    {
      at: at - 299_600,
      level: 'error',
      text: 'Database connection timeout after 30 seconds',
      repeated: 14,
      note: 'in 3 tasks',
    },
    {
      at: at - 299_590,
      level: 'error',
      text: 'Failed to connect to db.production.internal:5432',
      repeated: 14,
      note: 'in 3 tasks',
    },
    { at: at - 290_000, level: 'warn', text: 'SIGTERM received, shutting down' },
  ];
  return [
    {
      type: 'turn.started',
      turn: 'turn_2',
      text: 'Yes, show me the logs from the failed task.',
      person: mira,
      channel: 'web',
      planner: 'playbook',
    },
    {
      type: 'call.started',
      turn: 'turn_2',
      call: { id: 'call_logs', tool: 'task_logs', input: {} },
      title: 'Logs of task 5d1c77f29e',
      risk: 'reveal',
      node: nodeId,
    },
    {
      type: 'call.finished',
      turn: 'turn_2',
      call: 'call_logs',
      tool: 'task_logs',
      ms: 80,
      result: ok(
        {
          group: '/ecs/my-web-service',
          stream: 'web/web/5d1c77f29e',
          task: '5d1c77f29e',
          container: 'web',
          lines,
        },
        'lines',
      ),
    },
    {
      type: 'answer',
      turn: 'turn_2',
      text: 'The task could not connect to its database before it was stopped.',
      suggestions: [],
    },
    { type: 'turn.ended', turn: 'turn_2', status: 'answered', error: null, usage: null, audit: null },
  ];
}

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
    display: {
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
    },
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
  const done: ProposalView = { ...view, state: 'done', outcome: { ...outcome, state: 'done' } };
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

/** Everything up to the wait for an approval, numbered. */
export function waitingIncident(at: number): { events: ChatEvent[]; view: ProposalView } {
  const turn = statusTurn(at);
  const view = proposal(at);
  return {
    view,
    events: numbered([...turn.before, ...turn.after, ...logTurn(at), ...changeTurn(view)], { seq: 1, at }),
  };
}
