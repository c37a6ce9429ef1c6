// Works out a change of one security group rule: what it is called, what differs, who is touched, what opens and how to
// undo it. Shared by the four tools that allow or remove a rule in either direction.

import type { Aws, AwsAction } from '../../src/contract/aws.ts';
import { fail } from '../../src/contract/errors.ts';
import type { AwsRequest, DiffRow, PreparedChange } from '../../src/contract/tool.ts';
import { lastPart } from '../arn.ts';
import { steadySuccess } from '../ecs/steady-success.ts';
import { managerWarnings } from '../managed-by.ts';
import { ruleOf, type SecurityGroupRuleInput } from './security-group-input.ts';
import { groupNames } from './security-group-names.ts';
import { opensOf } from './security-group-reach.ts';
import {
  covers,
  type Direction,
  isSameRule,
  permissionOf,
  portsText,
  type SecurityGroupRule,
} from './security-group-rule.ts';
import { requireSafe } from './security-group-safety.ts';
import type { SecurityGroupState } from './security-group-state.ts';
import { blastRadiusOf, type GroupUse, usersActions, usersOf } from './security-group-users.ts';

export type Verb = 'authorize' | 'revoke';

/** Every action a change of a rule needs besides the change itself. */
export const ruleChangeReads = [
  'ec2:DescribeSecurityGroups',
  ...usersActions,
] as const satisfies readonly AwsAction[];

/** A proposal is a document of at most 64 KiB (limits.proposal.bytes), which the state and the shown rules share. */
const STATE_CHARS_MAX = 36_000;
const ROWS_CHARS_MAX = 12_000;
const ROWS_MAX = 150;

/** Throws `change-unneeded` when the rule is there already or not there at all, `change-unsafe` for what is not prepared. */
export async function prepareRuleChange(
  verb: Verb,
  { input, state, aws }: { input: SecurityGroupRuleInput; state: SecurityGroupState; aws: Aws },
): Promise<PreparedChange> {
  const wanted = ruleOf(input);
  const { direction } = state;
  const existing = state.rules.find((rule) => isSameRule(rule, wanted));
  const rule =
    verb === 'revoke' ? requireExisting(existing, wanted, state) : requireNew(existing, wanted, state);
  if (verb === 'authorize') requireSafe(rule, direction);
  requireShowable(state);
  const [names, use, success] = await Promise.all([
    groupNames([...state.rules, rule], aws),
    usersOf(state.group.id, aws),
    steadySuccess(input.heals, aws),
  ]);
  const own = ownName(input, use, state.group.name);
  const peer = state.peer?.name ?? peerText(rule, names);
  const opens = await opensOf({ verb, rule, state, use, own, peer, aws });
  return {
    title: titleOf(verb, { rule, direction, own, peer }),
    call: requestOf(verb, { direction, groupId: state.group.id, rule, describe: verb === 'authorize' }),
    targets: [state.group.id],
    diff: {
      caption: `${direction === 'egress' ? 'Outbound' : 'Inbound'} rules of ${state.group.id} ${state.group.name}`,
      rows: diffRows(verb, { state, rule, names }),
    },
    blastRadius: blastRadiusOf(use),
    opens: opens.sentences,
    inverse: {
      call: requestOf(verb === 'authorize' ? 'revoke' : 'authorize', {
        direction,
        groupId: state.group.id,
        rule,
        describe: verb === 'revoke',
      }),
    },
    success,
    warnings: [...managerWarnings('security group', state.group.tags), ...opens.warnings],
    idempotency: 'declarative',
  };
}

/** The tasks that are healed give the group its name for people only where they carry it: it may be the one at their other end. */
function ownName({ heals }: SecurityGroupRuleInput, { services }: GroupUse, groupName: string): string {
  const carries = services.some(
    ({ cluster, service }) => service === heals?.service && cluster === lastPart(heals.cluster),
  );
  return heals !== undefined && carries ? `${heals.service} tasks` : groupName;
}

/** A group with more rules than a person can be shown is not changed from here. */
function requireShowable(state: SecurityGroupState): void {
  if (JSON.stringify(state).length <= STATE_CHARS_MAX) return;
  throw fail('change-unsafe', {
    detail: `${state.group.id} has ${state.rules.length} ${state.direction} rules, more than a proposal can hold`,
    advice: 'Make the change where this group is managed.',
  });
}

function requireNew(
  existing: SecurityGroupRule | undefined,
  wanted: SecurityGroupRule,
  state: SecurityGroupState,
) {
  const broader = existing ?? state.rules.find((rule) => covers(rule, wanted));
  if (broader === undefined) return wanted;
  const detail =
    existing === undefined
      ? `${state.group.id} already allows this with the rule ${portsText(broader)} ${broader.peer.id}`
      : `${state.group.id} already has the ${state.direction} rule ${portsText(wanted)} ${wanted.peer.id}`;
  throw fail('change-unneeded', { detail });
}

function requireExisting(
  existing: SecurityGroupRule | undefined,
  wanted: SecurityGroupRule,
  state: SecurityGroupState,
) {
  if (existing !== undefined) return existing;
  const broader = state.rules.find((rule) => covers(rule, wanted));
  const hint =
    broader === undefined
      ? ''
      : `; the broader rule ${portsText(broader)} ${broader.peer.id} would still allow it`;
  throw fail('change-unneeded', {
    detail: `${state.group.id} has no ${state.direction} rule ${portsText(wanted)} ${wanted.peer.id}${hint}`,
  });
}

interface RequestParts {
  readonly direction: Direction;
  readonly groupId: string;
  readonly rule: SecurityGroupRule;
  readonly describe: boolean;
}

function requestOf(verb: Verb, { direction, groupId, rule, describe }: RequestParts): AwsRequest {
  const input = { GroupId: groupId, IpPermissions: [permissionOf(rule, { describe })] };
  if (verb === 'authorize') {
    return direction === 'egress'
      ? { action: 'ec2:AuthorizeSecurityGroupEgress', input }
      : { action: 'ec2:AuthorizeSecurityGroupIngress', input };
  }
  return direction === 'egress'
    ? { action: 'ec2:RevokeSecurityGroupEgress', input }
    : { action: 'ec2:RevokeSecurityGroupIngress', input };
}

interface TitleParts {
  readonly rule: SecurityGroupRule;
  readonly direction: Direction;
  readonly own: string;
  readonly peer: string;
}

function titleOf(verb: Verb, { rule, direction, own, peer }: TitleParts): string {
  const [from, to] = direction === 'egress' ? [own, peer] : [peer, own];
  return `${verb === 'authorize' ? 'Allow' : 'Stop allowing'} ${portsText(rule)} from ${from} to ${to}`;
}

interface DiffParts {
  readonly state: SecurityGroupState;
  readonly rule: SecurityGroupRule;
  readonly names: ReadonlyMap<string, string>;
}

/** The whole rule list with the one rule that comes or goes; a very long list is cut around it. */
function diffRows(verb: Verb, { state, rule, names }: DiffParts): DiffRow[] {
  const row = (sign: DiffRow['sign'], one: SecurityGroupRule): DiffRow => ({
    sign,
    cells: [portsText(one), peerText(one, names), one.description],
  });
  const kept = state.rules.filter((one) => !isSameRule(one, rule));
  const shown: DiffRow[] = [];
  let chars = 0;
  for (const one of kept.slice(0, ROWS_MAX)) {
    const next = row(' ', one);
    chars += JSON.stringify(next).length;
    if (chars > ROWS_CHARS_MAX) break;
    shown.push(next);
  }
  const left = kept.length - shown.length;
  const cut: DiffRow[] = left > 0 ? [{ sign: ' ', cells: [`and ${left} more`, '', ''] }] : [];
  return [...shown, ...cut, row(verb === 'authorize' ? '+' : '-', rule)];
}

function peerText(rule: SecurityGroupRule, names: ReadonlyMap<string, string>): string {
  const name = names.get(rule.peer.id);
  return name === undefined || name === rule.peer.id ? rule.peer.id : `${rule.peer.id} ${name}`;
}
