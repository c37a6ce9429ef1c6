// A whole incident as a hub would tell it, event by event: question, findings, log, proposal, decision, watch, recovery.
// Used by the view-model tests and by the stand-in hub. Numbers are invented; shapes are the contract's.

import type { AwsCall, ToolResult } from '../../../src/contract/call.ts';
import type { ChatEvent, ChatEventDraft } from '../../../src/contract/chat.ts';
import type { ProposalView } from '../../../src/contract/proposal.ts';
import type { Json } from '../../../src/kernel/canonical-json.ts';
import { changeTurn, proposal } from './change.ts';
import { evidenceId, finding } from './findings.ts';
import { mira, nodeId } from './ids.ts';

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

/** Everything up to the wait for an approval, numbered. */
export function waitingIncident(at: number): { events: ChatEvent[]; view: ProposalView } {
  const turn = statusTurn(at);
  const view = proposal(at);
  return {
    view,
    events: numbered([...turn.before, ...turn.after, ...logTurn(at), ...changeTurn(view)], { seq: 1, at }),
  };
}
