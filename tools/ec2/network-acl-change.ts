// Works out one entry of a network ACL that comes or goes: where it stands among the others, whether it decides anything, who
// sits behind the ACL, and how to undo it. Shared by the two tools that change entries.

import type { Aws } from '../../src/contract/aws.ts';
import { fail } from '../../src/contract/errors.ts';
import type { AwsRequest, DiffRow, PreparedChange } from '../../src/contract/tool.ts';
import { freeRuleNumber } from '../../src/diagnosis/network/acl-number.ts';
import { addressSet } from '../../src/diagnosis/network/address-set.ts';
import { type AclQuestion, judgeAcl } from '../../src/diagnosis/network/network-acl.ts';
import { unlessDenied } from '../ecs/service-use.ts';
import { managerWarnings } from '../managed-by.ts';
import { collectPages } from '../pagination.ts';
import { counted } from '../text-lines.ts';
import {
  type AclEntry,
  LAST_ENTRY,
  type NetworkAclState,
  sdkEntry,
  trafficText,
} from './network-acl-state.ts';

/** AWS's default quota of entries for each direction; it can be raised to 40. */
const ROWS_MAX = 60;
const INTERFACES_MAX = 1_000;

/** The entry as it is asked for; without a number it gets one that takes effect. */
export interface WantedEntry extends Omit<AclEntry, 'number' | 'action'> {
  readonly number: number | undefined;
}

/** The entry with the number it will have. Throws `change-unneeded` and `change-unsafe`. */
export function placedEntry(wanted: WantedEntry, state: NetworkAclState): AclEntry {
  const question = questionOf(wanted);
  if (verdictOf(state.entries, question) === 'open')
    throw fail('change-unneeded', {
      detail: `${state.id} lets ${trafficText({ ...wanted, number: 0, action: 'allow' })} pass already`,
    });
  const number = wanted.number ?? freeRuleNumber(state.entries.map(sdkEntry), question);
  if (number === undefined)
    throw fail('change-unsafe', {
      detail: `${state.id} has no free number before the entry that denies this`,
      advice: 'Renumber its entries where the network ACL is managed.',
    });
  const entry: AclEntry = { ...wanted, number, action: 'allow' };
  if (state.entries.some((one) => one.egress === entry.egress && one.number === number))
    throw fail('change-unsafe', {
      detail: `${state.id} has an entry ${number} already`,
      advice: 'Leave rule_number out; then a free one is chosen.',
    });
  if (verdictOf([...state.entries, entry], question) !== 'open')
    throw fail('change-unsafe', {
      detail: `entry ${number} would take no effect: an entry with a lower number denies the same`,
      advice: 'Leave rule_number out; then one before it is chosen.',
    });
  return entry;
}

/** The change that lets `entry` come or go. */
export async function entryChange(
  sign: '+' | '-',
  { entry, state, aws }: { entry: AclEntry; state: NetworkAclState; aws: Aws },
): Promise<Omit<PreparedChange, 'success'>> {
  const way = entry.egress ? 'out of' : 'into';
  const far = `${entry.egress ? 'to' : 'from'} ${entry.cidr}`;
  const subnets = counted(state.subnets.length, 'subnet');
  const opens = (sign === '+') === (entry.action === 'allow');
  const use = await behind(state, aws);
  const [call, back] = [createOf(state, entry), deleteOf(state, entry)];
  return {
    title:
      sign === '+'
        ? `Let ${trafficText(entry)} ${way} the subnets of ${state.id} ${far}`
        : `Delete entry ${entry.number} of ${state.id}, which ${entry.action === 'allow' ? 'allows' : 'denies'} ${trafficText(entry)} ${far}`,
    call: sign === '+' ? call : back,
    targets: [state.id],
    diff: {
      caption: `${entry.egress ? 'Outbound' : 'Inbound'} entries of ${state.id}, in the order they are tried`,
      rows: rowsOf(sign, entry, state),
    },
    blastRadius: use,
    opens: opens
      ? [
          `${trafficText(entry)} passes ${way} ${subnets} ${far}, as far as security groups and routes let it.`,
          'Nothing else opens.',
        ]
      : [`${trafficText(entry)} no longer passes ${way} ${subnets} ${far} by this entry.`],
    inverse: { call: sign === '+' ? back : call },
    warnings: [
      ...managerWarnings('network ACL', state.tags),
      ...(sign === '+'
        ? ['A network ACL remembers nothing: replies need an entry of their own in the other direction.']
        : []),
    ],
    idempotency: 'declarative',
  };
}

function createOf(state: NetworkAclState, entry: AclEntry): AwsRequest {
  return { action: 'ec2:CreateNetworkAclEntry', input: { NetworkAclId: state.id, ...numbered(entry) } };
}

/** EC2 requires the members of an entry that its own description leaves open. */
function numbered(entry: AclEntry) {
  const { RuleNumber, Egress, RuleAction, Protocol, ...rest } = sdkEntry(entry);
  return { RuleNumber, Egress, RuleAction, Protocol, ...rest };
}

function deleteOf(state: NetworkAclState, entry: AclEntry): AwsRequest {
  return {
    action: 'ec2:DeleteNetworkAclEntry',
    input: { NetworkAclId: state.id, RuleNumber: entry.number, Egress: entry.egress },
  };
}

function questionOf(entry: WantedEntry): AclQuestion {
  return {
    egress: entry.egress,
    addresses: addressSet([entry.cidr]),
    protocol: entry.protocol === '17' ? 'udp' : 'tcp',
    ports: { from: entry.fromPort ?? 0, to: entry.toPort ?? 65_535 },
  };
}

function verdictOf(entries: readonly AclEntry[], question: AclQuestion) {
  const value = { Entries: entries.map(sdkEntry) };
  return judgeAcl({ value, at: { id: '', path: '$' } }, question).verdict;
}

/** Who sits behind the ACL: its subnets and the interfaces in them. */
async function behind(state: NetworkAclState, aws: Aws): Promise<PreparedChange['blastRadius']> {
  const unseen: string[] = [];
  const found =
    state.subnets.length === 0
      ? { items: [], more: false }
      : await unlessDenied(unseen, () =>
          collectPages(INTERFACES_MAX, async (NextToken) => {
            const { output, evidence } = await aws.call('ec2:DescribeNetworkInterfaces', {
              Filters: [{ Name: 'subnet-id', Values: state.subnets.slice(0, 200) }],
              MaxResults: 1_000,
              ...(NextToken === undefined ? {} : { NextToken }),
            });
            return { items: output.NetworkInterfaces ?? [], next: output.NextToken, evidence };
          }),
        );
  const count =
    found === null
      ? `how many network interfaces are in them cannot be seen: ${unseen.join('; ')}`
      : `${found.more ? 'at least ' : ''}${counted(found.items.length, 'network interface')} in them`;
  return {
    summary: `It guards ${counted(state.subnets.length, 'subnet')} of ${state.vpc}, with ${count}.`,
    items: state.subnets,
  };
}

function rowsOf(sign: '+' | '-', entry: AclEntry, state: NetworkAclState): DiffRow[] {
  const others = state.entries.filter((one) => one.egress === entry.egress && one.number !== entry.number);
  return [...others.map((one) => ({ sign: ' ' as const, one })), { sign, one: entry }]
    .sort((left, right) => left.one.number - right.one.number)
    .slice(0, ROWS_MAX)
    .map(({ sign: mark, one }) => ({
      sign: mark,
      cells: [one.number === LAST_ENTRY ? '*' : String(one.number), one.action, trafficText(one), one.cidr],
    }));
}
