// The tool call that undoes another: worked out from the input that ran, the request that was sent and the state before it. Everything the
// change set has to go back, or there is no such call and the request of the document is run by hand.

import type { ProposalView } from '../../../contract/proposal.ts';
import type { Json } from '../../../kernel/canonical-json.ts';
import type { WantedCall } from '../view.ts';
import { isRecord } from '../words.ts';

type Fields = Readonly<Record<string, Json>>;

interface Ran {
  readonly tool: string;
  readonly args: Fields;
  readonly sent: Fields;
  /** What `observe` of the tool returned. */
  readonly before: Fields;
}

/** Null when no tool takes everything back. */
export function undoCall({ document }: ProposalView): WantedCall | null {
  const { state } = document.pre;
  const before = isRecord(state) ? (isRecord(state.service) ? state.service : state) : {};
  const ran: Ran = { tool: document.tool, args: document.args, sent: document.call.input, before };
  return ruleUndo(ran) ?? aclUndo(ran) ?? memberUndo(ran) ?? switchUndo(ran);
}

function ruleUndo({ tool, args }: Ran): WantedCall | null {
  const rule = /^ec2_(authorize|revoke)_security_group_(egress|ingress)$/.exec(tool);
  if (rule === null) return null;
  const { heals: _heals, ...input } = args;
  return {
    tool: `ec2_${rule[1] === 'authorize' ? 'revoke' : 'authorize'}_security_group_${rule[2]}`,
    input,
  };
}

/** The number of the entry stands in the request when the input left it open. */
function aclUndo({ tool, args, sent }: Ran): WantedCall | null {
  const number = sent.RuleNumber;
  if (tool !== 'ec2_create_network_acl_entry' || typeof number !== 'number') return null;
  const { network_acl_id: acl = '', direction = '' } = args;
  return {
    tool: 'ec2_delete_network_acl_entry',
    input: { network_acl_id: acl, direction, rule_number: number },
  };
}

type Back = (before: Fields) => Json | undefined;
const member =
  (name: string): Back =>
  (before) =>
    before[name];
const ofNetwork =
  (name: string): Back =>
  ({ network }) =>
    isRecord(network) ? network[name] : undefined;

/** Changes whose input names settings that the state before holds under a name of its own. */
const settings: Readonly<
  Record<string, { readonly keeps: readonly string[]; readonly back: Readonly<Record<string, Back>> }>
> = {
  ecs_update_service: {
    keeps: ['cluster', 'service'],
    back: {
      desired_count: (before) => before.desired ?? before.desiredCount,
      task_definition: member('taskDefinition'),
      health_check_grace_seconds: member('graceSeconds'),
      assign_public_ip: ofNetwork('publicIp'),
      subnets: ofNetwork('subnets'),
      security_groups: ofNetwork('securityGroups'),
      minimum_healthy_percent: member('minimumHealthyPercent'),
      maximum_percent: member('maximumPercent'),
      circuit_breaker: ({ circuitBreaker, rollback }) =>
        circuitBreaker === false ? 'off' : rollback === true ? 'roll-back' : 'stop',
      enable_execute_command: member('executeCommand'),
    },
  },
  elbv2_modify_target_group: {
    keeps: ['target_group_arn'],
    back: {
      path: member('path'),
      port: member('port'),
      codes: member('codes'),
      interval_seconds: member('interval'),
      timeout_seconds: member('timeout'),
      healthy_threshold: member('healthy'),
      unhealthy_threshold: member('unhealthy'),
    },
  },
  elbv2_modify_target_group_attributes: {
    keeps: ['target_group_arn'],
    back: { deregistration_delay_seconds: member('seconds') },
  },
  application_autoscaling_register_scalable_target: {
    keeps: ['cluster', 'service'],
    back: {
      min_capacity: member('min'),
      max_capacity: member('max'),
      pause_scale_in: member('scaleIn'),
      pause_scale_out: member('scaleOut'),
      pause_scheduled: member('scheduled'),
    },
  },
  autoscaling_update_group: { keeps: ['group'], back: { max_size: member('max') } },
};

function memberUndo({ tool, args, before }: Ran): WantedCall | null {
  const known = settings[tool];
  if (known === undefined) return null;
  const { force_new_deployment: _force, heals: _heals, ...asked } = args;
  const changed = Object.keys(asked).filter((name) => !known.keeps.includes(name));
  const back = changed.map((name) => [name, known.back[name]?.(before)] as const);
  if (back.length === 0 || back.some(([, value]) => value === undefined || value === null)) return null;
  // The line above leaves only members with a value.
  const values = Object.fromEntries(back) as Record<string, Json>;
  return {
    tool,
    input: { ...Object.fromEntries(known.keeps.map((name) => [name, args[name] ?? ''])), ...values },
  };
}

/** Changes between two states: the undo asks for the other one, for what really changed. */
function switchUndo({ tool, args, sent }: Ran): WantedCall | null {
  switch (tool) {
    case 'ec2_modify_vpc_attribute':
      return {
        tool,
        input: { vpc_id: args.vpc_id ?? '', attribute: args.attribute ?? '', value: args.value !== true },
      };
    case 'ecs_update_container_instances_state':
      return {
        tool,
        input: {
          cluster: args.cluster ?? '',
          container_instances: sent.containerInstances ?? [],
          status: args.status === 'DRAINING' ? 'ACTIVE' : 'DRAINING',
        },
      };
    case 'ecs_update_task_protection':
      return {
        tool,
        input: { cluster: args.cluster ?? '', tasks: sent.tasks ?? [], protect: args.protect !== true },
      };
    default:
      return null;
  }
}
