// A small account as tools report it: my-web-service lacks one task because no egress rule lets tcp/5432 out.
// Outputs have the shape of the real tools; the stories run the same conversation against the simulated account.

import type { ToolCall, ToolResult } from '../../src/contract/call.ts';
import { fail } from '../../src/contract/errors.ts';
import type { ProposalView } from '../../src/contract/proposal.ts';
import type { Json } from '../../src/kernel/canonical-json.ts';

export const NOW_MS = Date.UTC(2026, 10, 20, 3, 5, 0);
export const TASK_GROUP = 'sg-0a41f7c2d9e0b1a23';
export const DATABASE_GROUP = 'sg-0d55e0931c2b4a567';
export const FAILED_TASK = '5d1c0000aaaabbbbccccddddeeee9e01';

interface FakeService {
  readonly desired: number;
  readonly running: number;
  readonly revision: number;
  readonly older?: number;
}

const clusters: Readonly<Record<string, Readonly<Record<string, FakeService>>>> = {
  'production-cluster': {
    'my-web-service': { desired: 4, running: 3, revision: 42, older: 41 },
    checkout: { desired: 6, running: 6, revision: 117 },
    billing: { desired: 2, running: 2, revision: 9 },
  },
  'staging-cluster': {
    'my-web-service-staging': { desired: 1, running: 1, revision: 43 },
    checkout: { desired: 1, running: 1, revision: 118 },
  },
};

/** Answers one call the way the node would. */
export function accountAnswer(call: ToolCall): ToolResult {
  const answer = answers[call.tool];
  if (answer === undefined) return failed('tool-unknown', { tool: call.tool });
  return answer(call);
}

const answers: Readonly<Record<string, (call: ToolCall) => ToolResult>> = {
  ecs_list_clusters: () =>
    ok('ev_clusters', {
      clusters: Object.keys(clusters).map((name) => ({ name, arn: `arn:${name}` })),
      more: false,
    }),
  ecs_list_services: ({ input }) => {
    const cluster = String(input.cluster);
    const services = clusters[cluster];
    if (services === undefined) return failed('cluster-unknown', unknownCluster(cluster));
    return ok('ev_services', {
      cluster,
      services: Object.keys(services).map((name) => ({ name, arn: `arn:${name}` })),
      more: false,
    });
  },
  ecs_describe_services: ({ input }) => {
    const cluster = String(input.cluster);
    const names = input.services as readonly string[];
    const found = names.flatMap((name) => describe(cluster, name) ?? []);
    if (found.length === 0) {
      return failed('service-unknown', {
        service: names[0] ?? '',
        cluster,
        nearest: ' The nearest is checkout.',
      });
    }
    return ok('ev_describe', { services: found, missing: [], evidence: ['ev_describe'] });
  },
  ecs_list_tasks: ({ input }) =>
    ok('ev_tasks', {
      cluster: input.cluster ?? '',
      desiredStatus: input.desired_status ?? 'RUNNING',
      tasks: input.desired_status === 'STOPPED' ? [{ id: FAILED_TASK, arn: 'arn:task' }] : [],
      more: false,
    }),
  ecs_describe_tasks: () =>
    ok('ev_task_details', {
      tasks: [
        {
          id: FAILED_TASK,
          taskDefinition: 'my-web-service:42',
          lastStatus: 'STOPPED',
          healthStatus: 'UNHEALTHY',
          stoppedReason: 'Task failed container health checks',
          stoppedAt: new Date(NOW_MS - 300_000).toISOString(),
        },
      ],
      missing: [],
    }),
  compare_service: ({ input }) =>
    ok('ev_compared', {
      service: String(input.service),
      revisions: {
        before: String(input.revision ?? 'my-web-service:41'),
        after: 'my-web-service:42',
        basis: input.revision === undefined ? 'running' : 'named',
        differences: [
          { kind: 'size', what: 'task, memory', before: '1024', after: '512' },
          {
            kind: 'environment',
            what: 'container web, environment MODE',
            before: 'a value',
            after: 'another value',
          },
        ],
      },
      tasks: null,
      cannotVerify: [],
    }),
  service_cost: ({ input }) =>
    ok('ev_cost', {
      service: String(input.service),
      tasks: { fargate: 4, spot: 0, ec2: 0 },
      requested: { cpu: 1024, memory: 2048 },
      cpu: { average: 10, peak: 15, hours: 168 },
      memory: { average: 20, peak: 30, hours: 168 },
      verdict: 'oversized',
      because: 'the busiest task in its worst hour used 15 % of its CPU and 30 % of its memory',
      suggested: { cpu: 256, memory: 1024 },
      monthly: 140.16,
      monthlySuggested: 40.88,
      scaling: {
        changes: 12,
        turns: 10,
        turnsPerDay: 10,
        minutesBetweenTurns: 20,
        oscillates: true,
        reasons: ['cpu has a scale-in cooldown of 30 s'],
      },
      basis: ['Use: by the hour over 7 days.'],
      cannotVerify: [],
    }),
  ecs_describe_task_definition: ({ input }) => {
    const name = String(input.task_definition);
    const revision = Number(name.split(':')[1]);
    return ok(`ev_definition_${revision}`, {
      taskDefinition: name,
      family: name.split(':')[0] ?? '',
      revision,
      cpu: '256',
      memory: revision > 41 ? '512' : '1024',
      containers: [{ name: 'web', image: `repo/web:${revision}` }],
    });
  },
  diagnose_service: ({ input }) => diagnose(input),
  task_logs: () =>
    ok('ev_logs', {
      group: '/ecs/my-web-service',
      stream: `web/web/${FAILED_TASK}`,
      task: FAILED_TASK,
      container: 'web',
      lines: [
        {
          at: NOW_MS - 400_000,
          level: 'error',
          text: 'Database connection timeout after 30 seconds',
          repeated: 14,
        },
        { at: NOW_MS - 399_000, level: 'error', text: 'Failed to connect to db.production.internal:5432' },
        { at: NOW_MS - 398_000, level: 'info', text: 'GET /healthz 503' },
      ],
    }),
  check_network_path: ({ input }) => ok('ev_path', { paths: [networkPath(Number(input.port ?? 5432))] }),
  service_steadiness: ({ input }) => {
    const service = clusters[String(input.cluster)]?.[String(input.service)];
    const running = service?.running ?? 0;
    const desired = service?.desired ?? 0;
    return ok('ev_look', {
      desired,
      running,
      pending: 0,
      healthy: running,
      rolloutState: 'COMPLETED',
      steady: running === desired,
    });
  },
  sts_get_caller_identity: () =>
    ok('ev_me', { account: '123456789012', arn: 'arn:aws:sts::123456789012:assumed-role/node/i-1' }),
  ec2_authorize_security_group_egress: (call) =>
    proposed(call, 'Allow tcp/5432 from my-web-service tasks to orders-db'),
  ec2_authorize_security_group_ingress: (call) => proposed(call, 'Allow inbound traffic'),
  ec2_revoke_security_group_egress: (call) => proposed(call, 'Remove tcp/5432 to orders-db'),
  ecs_update_service: (call) => proposed(call, 'Update the service'),
  ecs_stop_task: (call) => proposed(call, 'Stop one task'),
};

function diagnose(input: ToolCall['input']): ToolResult {
  const service = String(input.service);
  const holders = Object.keys(clusters).filter((name) => clusters[name]?.[service] !== undefined);
  const cluster = input.cluster === undefined ? holders[0] : String(input.cluster);
  if (input.cluster !== undefined && clusters[String(input.cluster)] === undefined) {
    return failed('cluster-unknown', unknownCluster(String(input.cluster)));
  }
  if (input.cluster === undefined && holders.length > 1) {
    return failed('name-ambiguous', { name: service, candidates: holders.join(', ') });
  }
  const described = cluster === undefined ? null : describe(cluster, service);
  if (described === null) return failed('service-unknown', { service, cluster: cluster ?? '', nearest: '' });
  const broken = service === 'my-web-service';
  return {
    status: 'ok',
    output: {
      service: described as unknown as Json,
      findings: broken ? [finding()] : [healthy()],
      stopped: broken
        ? [
            {
              kind: 'container-health',
              reason: 'Task failed container health checks',
              count: 1,
              failed: true,
              newest: {
                task: FAILED_TASK,
                stoppedAt: new Date(NOW_MS - 300_000).toISOString(),
                container: 'web',
                exitCode: null,
                evidence: 'ev_stopped',
              },
            },
          ]
        : [],
    },
    text: 'diagnosis',
    evidence: ['ev_service', 'ev_stopped', 'ev_groups'],
  };
}

function describe(cluster: string, name: string) {
  const service = clusters[cluster]?.[name];
  if (service === undefined) return null;
  const { desired, running, revision, older } = service;
  const deployment = {
    desired,
    pending: 0,
    failedTasks: 0,
    createdAt: new Date(NOW_MS - 1_260_000).toISOString(),
  };
  return {
    name,
    cluster,
    status: 'ACTIVE',
    desired,
    running,
    pending: 0,
    taskDefinition: `${name}:${revision}`,
    securityGroups: [TASK_GROUP],
    deployments: [
      {
        ...deployment,
        id: 'ecs-svc/1',
        status: 'PRIMARY',
        rolloutState: older === undefined ? 'COMPLETED' : 'IN_PROGRESS',
        taskDefinition: `${name}:${revision}`,
        running: older === undefined ? running : 0,
      },
      ...(older === undefined
        ? []
        : [
            {
              ...deployment,
              id: 'ecs-svc/0',
              status: 'ACTIVE',
              rolloutState: 'COMPLETED',
              taskDefinition: `${name}:${older}`,
              running,
            },
          ]),
    ],
    events: [
      {
        at: new Date(NOW_MS - 300_000).toISOString(),
        message: `(service ${name}) (task 5d1c) failed container health checks.`,
      },
    ],
  };
}

function finding(): Json {
  return {
    class: 'task-sg-egress-blocked',
    verdict: 'proven',
    title: 'New tasks cannot reach their database: no egress rule for tcp/5432.',
    explanation: `Security group ${TASK_GROUP} lets tcp/443 and tcp/6379 out, and nothing else.`,
    evidence: [{ id: 'ev_groups', path: '.SecurityGroups[0].IpPermissionsEgress' }],
    culprits: [TASK_GROUP],
    ruledOut: [{ class: 'nacl-blocked', because: 'Rule 100 allows.' }],
    cannotVerify: [],
    fixes: [
      {
        tool: 'ec2_authorize_security_group_egress',
        input: {
          group_id: TASK_GROUP,
          protocol: 'tcp',
          from_port: 5432,
          to_port: 5432,
          peer: { group_id: DATABASE_GROUP },
          description: 'PostgreSQL to orders-db',
          heals: { cluster: 'production-cluster', service: 'my-web-service' },
        },
        why: 'One egress rule for tcp/5432 to the database group is the smallest change that opens the path.',
        counterfactual: { flips: true, alsoOpens: [] },
      },
    ],
    paths: [networkPath(5432)],
  };
}

function healthy(): Json {
  return {
    class: 'healthy',
    verdict: 'proven',
    title: 'The service is healthy.',
    explanation: 'Every task it wants is running.',
    evidence: [{ id: 'ev_service', path: '.services[0]' }],
    culprits: [],
    ruledOut: [],
    cannotVerify: [],
    fixes: [],
    paths: [],
  };
}

function networkPath(port: number): Json {
  const blocked = port === 5432;
  const hop = (check: string, direction: string, resource: string) => ({
    check,
    direction,
    resource,
    verdict: 'open',
    because: 'A rule allows it.',
    rules: [],
    evidence: [{ id: 'ev_path', path: '$' }],
  });
  return {
    from: { task: FAILED_TASK, subnets: ['subnet-0b7a'], securityGroups: [TASK_GROUP] },
    to: {
      host: 'db.production.internal',
      name: 'orders-db',
      address: '10.0.40.18',
      securityGroups: [DATABASE_GROUP],
      port,
      protocol: 'tcp',
    },
    verdict: blocked ? 'blocked' : 'reachable',
    hops: [
      hop('dns', 'out', 'db.production.internal'),
      {
        ...hop('security-group-egress', 'out', TASK_GROUP),
        verdict: blocked ? 'blocked' : 'open',
        because: blocked ? 'None of its outbound rules matches tcp/5432.' : 'A rule allows it.',
        rules: [
          { protocol: 'tcp', ports: '443', peer: '0.0.0.0/0', description: 'HTTPS', matches: false },
          {
            protocol: 'tcp',
            ports: '6379',
            peer: 'sg-0c77b1d8',
            description: 'session-cache',
            matches: false,
          },
        ],
        ...(blocked ? { missing: { protocol: 'tcp', ports: '5432', peer: DATABASE_GROUP } } : {}),
      },
      hop('route', 'out', 'rtb-0aa'),
      hop('security-group-ingress', 'in', DATABASE_GROUP),
    ],
  };
}

function unknownCluster(cluster: string) {
  return {
    cluster,
    account: '123456789012',
    region: 'us-east-1',
    nearest: ' The nearest is production-cluster.',
  };
}

function ok(evidence: string, output: Json): ToolResult {
  return { status: 'ok', output, text: JSON.stringify(output).slice(0, 500), evidence: [evidence] };
}

function failed(code: Parameters<typeof fail>[0], params: Record<string, string>): ToolResult {
  const error = fail(code, params).toJSON();
  return { status: 'failed', error, text: error.message };
}

/** A waiting proposal for a call, as the hub stores it. */
export function proposalFor(call: ToolCall, title: string): ProposalView {
  const heals = call.input.heals as { cluster: string; service: string } | undefined;
  const digest = 'a'.repeat(64);
  const awsRequest = { action: 'ec2:Any', input: {}, cli: `aws any --of ${call.tool}` };
  return {
    id: `prop_${call.id}`,
    conversation: 'conv_1',
    turn: 'turn_1',
    call: call.id,
    node: 'node_1',
    state: 'pending',
    digest,
    document: {
      v: 1,
      typ: 'approve',
      proposal: `prop_${call.id}`,
      aud: { node: 'node_1', nodeKey: 'k', bootEpoch: 'b' },
      account: '123456789012',
      region: 'us-east-1',
      executionRole: 'arn:aws:iam::123456789012:role/node',
      endpoint: null,
      tool: call.tool,
      toolSchemaSha256: digest,
      nodeBuild: 'test',
      args: call.input,
      call: awsRequest,
      targets: [TASK_GROUP],
      pre: { state: { service: { desired: 6, taskDefinition: 'checkout:117' } }, sha256: digest },
      idempotency: 'declarative',
      risk: 'change',
      quorum: { approvals: 1, exclude: [] },
      assuranceMin: 'click',
      conversation: 'conv_1',
      callId: call.id,
      requester: { person: 'person_1', agent: 'agent' },
      supersedes: null,
      policySha256: digest,
      nonce: 'n',
      iat: NOW_MS,
      exp: NOW_MS + 900_000,
      display: {
        title,
        diff: { caption: 'Outbound rules', rows: [{ sign: '+', cells: ['tcp/5432', DATABASE_GROUP] }] },
        blastRadius: { summary: '2 services, 10 tasks use this group.', items: [] },
        opens: ['Nothing else opens.'],
        inverse: { call: awsRequest },
        success:
          heals === undefined
            ? { kind: 'none', because: 'No service was named.' }
            : { kind: 'service-steady', ...heals, running: 4, withinMs: 600_000 },
        warnings: [],
      },
    },
    signed: { bytes: 'AA', nodeKey: 'k', signature: 's' },
    outcome: null,
    decisions: [],
    createdAt: NOW_MS,
  };
}

function proposed(call: ToolCall, title: string): ToolResult {
  return { status: 'proposed', proposal: proposalFor(call, title), text: 'waits' };
}
