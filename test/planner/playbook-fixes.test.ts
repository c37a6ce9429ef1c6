// "Fix it" for every kind of change a finding proposes: the playbook asks for exactly that call, and for its undo afterwards.

import { describe, expect, it } from 'vitest';
import type { ToolCall, ToolResult } from '../../src/contract/call.ts';
import type { ProposalView } from '../../src/contract/proposal.ts';
import type { Json } from '../../src/kernel/canonical-json.ts';
import { createPlaybookPlanner } from '../../src/planner/playbook/planner.ts';
import { allTools } from '../../tools/index.ts';
import { accountAnswer, NOW_MS, proposalFor } from './account.ts';
import { Conversation } from './conversation.ts';

type Fields = Readonly<Record<string, Json>>;

interface FixKind {
  readonly tool: string;
  readonly input: Fields;
  /** The request the node sends and the state it read before, as far as the undo looks at them. */
  readonly sent?: Fields;
  readonly before?: Json;
  /** The call that takes it back; null when there is none. */
  readonly undo: { readonly tool: string; readonly input: Fields } | null;
}

const service = { cluster: 'production-cluster', service: 'my-web-service' };
const TARGETS = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/0123456789abcdef';
const acl = { network_acl_id: 'acl-0aaaa1111bbbb2222', direction: 'ingress' };

const kinds: readonly FixKind[] = [
  {
    tool: 'ec2_create_network_acl_entry',
    input: {
      ...acl,
      protocol: 'tcp',
      from_port: 32_768,
      to_port: 60_999,
      cidr: '10.0.20.0/24',
      heals: service,
    },
    sent: { NetworkAclId: acl.network_acl_id, RuleNumber: 25, Egress: false },
    undo: { tool: 'ec2_delete_network_acl_entry', input: { ...acl, rule_number: 25 } },
  },
  {
    tool: 'ec2_modify_vpc_attribute',
    input: { vpc_id: 'vpc-0aaaa1111bbbb2222', attribute: 'enable_dns_support', value: true, heals: service },
    undo: {
      tool: 'ec2_modify_vpc_attribute',
      input: { vpc_id: 'vpc-0aaaa1111bbbb2222', attribute: 'enable_dns_support', value: false },
    },
  },
  {
    tool: 'ec2_create_vpc_endpoint',
    input: {
      vpc_id: 'vpc-0aaaa1111bbbb2222',
      service: 's3',
      type: 'Gateway',
      route_table_ids: ['rtb-0aaaa1111bbbb2222'],
      heals: service,
    },
    undo: null,
  },
  {
    tool: 'ecs_update_service',
    input: { ...service, assign_public_ip: true },
    before: { network: { publicIp: false, subnets: [], securityGroups: [] } },
    undo: { tool: 'ecs_update_service', input: { ...service, assign_public_ip: false } },
  },
  {
    tool: 'ecs_update_service',
    input: { ...service, maximum_percent: 150, circuit_breaker: 'roll-back' },
    before: { maximumPercent: 100, circuitBreaker: false, rollback: false },
    undo: { tool: 'ecs_update_service', input: { ...service, maximum_percent: 100, circuit_breaker: 'off' } },
  },
  {
    tool: 'ecs_update_service',
    input: { ...service, health_check_grace_seconds: 300 },
    before: { graceSeconds: 60 },
    undo: { tool: 'ecs_update_service', input: { ...service, health_check_grace_seconds: 60 } },
  },
  {
    tool: 'elbv2_modify_target_group',
    input: { target_group_arn: TARGETS, path: '/healthz', heals: service },
    before: { path: '/health', port: 'traffic-port' },
    undo: { tool: 'elbv2_modify_target_group', input: { target_group_arn: TARGETS, path: '/health' } },
  },
  { tool: 'logs_create_log_group', input: { log_group: '/ecs/web', heals: service }, undo: null },
  { tool: 'ecs_register_task_definition', input: { task_definition: 'web:7', memory: 1_024 }, undo: null },
  {
    tool: 'application_autoscaling_register_scalable_target',
    input: { ...service, max_capacity: 8 },
    before: { min: 2, max: 4 },
    undo: {
      tool: 'application_autoscaling_register_scalable_target',
      input: { ...service, max_capacity: 4 },
    },
  },
];

/** The account of the other tests, whose finding proposes this change. */
function answering({ tool, input, sent = {}, before = {}, undo }: FixKind) {
  return (call: ToolCall): ToolResult => {
    if (call.tool === 'diagnose_service') {
      const result = accountAnswer(call);
      if (result.status !== 'ok') return result;
      const output = structuredClone(result.output) as { findings: { fixes: Json[] }[] };
      for (const finding of output.findings)
        finding.fixes = [
          { tool, input, why: 'The smallest change.', counterfactual: { flips: true, alsoOpens: [] } },
        ];
      return { ...result, output: output as unknown as Json };
    }
    if (call.tool !== tool && call.tool !== undo?.tool) return accountAnswer(call);
    return {
      status: 'proposed',
      proposal: withState(proposalFor(call, 'The change'), { sent, before, undo }),
      text: '',
    };
  };
}

function withState(
  proposal: ProposalView,
  { sent, before, undo }: { sent: Fields; before: Json; undo: FixKind['undo'] },
): ProposalView {
  const { document } = proposal;
  const display =
    undo === null ? { ...document.display, inverse: { none: 'It cannot be taken back.' } } : document.display;
  return {
    ...proposal,
    document: {
      ...document,
      display,
      call: { ...document.call, input: sent },
      pre: { ...document.pre, state: before },
    },
  };
}

const clock = { now: () => NOW_MS, monotonic: () => 0, after: () => ({ cancel: () => {} }) };

describe.each(kinds)('$tool', (kind) => {
  const begin = async () => {
    const talk = new Conversation({ planner: createPlaybookPlanner(), answer: answering(kind), clock });
    await talk.say("Show me the status of the 'my-web-service' in the 'production-cluster'.");
    const outcome = await talk.say('Fix it.');
    return { talk, outcome };
  };

  it('is asked for as it stands in the finding, and waits for a person', async () => {
    const { talk, outcome } = await begin();
    expect(outcome.status).toBe('waiting');
    expect(talk.executed.at(-1)).toMatchObject({ tool: kind.tool, input: kind.input });
  });

  it('is undone by a change of its own, or says that it cannot be', async () => {
    const { talk } = await begin();
    const created = talk.events.findLast((event) => event.type === 'proposal.created');
    const proposal = created?.type === 'proposal.created' ? created.proposal.id : '';
    await talk.settle({ proposal, state: 'done', detail: '' });
    const calls = talk.executed.length;
    await talk.say('undo that');
    if (kind.undo === null) {
      expect(talk.executed).toHaveLength(calls);
      expect(talk.answer).toContain('There is no undo');
    } else expect(talk.executed.at(-1)).toMatchObject(kind.undo);
  });

  it('and its undo are inputs that the tools take', () => {
    const parses = ({ tool, input }: { tool: string; input: Fields }) =>
      allTools.find(({ name }) => name === tool)?.input.safeParse(input).success;
    expect(parses(kind)).toBe(true);
    if (kind.undo !== null) expect(parses(kind.undo)).toBe(true);
  });
});
