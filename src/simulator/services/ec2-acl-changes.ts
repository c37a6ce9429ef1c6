// EC2 changes of network ACLs: a numbered entry is created or deleted, with EC2's validation and DryRun.

import type * as Ec2 from '@aws-sdk/client-ec2';
import type { SnapshotNetworkAcl } from '../../contract/snapshot.ts';
import type { SimulatedAccount } from '../account.ts';
import { blockOf } from '../physics/address.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import { dryRun } from './ec2-dry-run.ts';
import type { Handler } from './handler.ts';

/** AWS's default quota for each direction. https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const ENTRIES_MAX = 20;
/** The last number an entry can have; 32767 is the implicit last entry. */
const NUMBER_MAX = 32_766;
const LAST_ENTRY = 32_767;
/** Protocols that are told apart by ports. */
const WITH_PORTS: ReadonlySet<string> = new Set(['6', '17']);
const NUMBERS: Readonly<Record<string, string>> = { tcp: '6', udp: '17', icmp: '1', all: '-1' };

/** Throws InvalidNetworkAclID.NotFound, NetworkAclEntryAlreadyExists, NetworkAclEntryLimitExceeded and validation errors. */
export const createNetworkAclEntry: Handler<
  Ec2.CreateNetworkAclEntryCommandInput,
  Ec2.CreateNetworkAclEntryCommandOutput
> = (input, account) => {
  const acl = aclNamed(account, input.NetworkAclId);
  const entry = checkedEntry(input);
  const same = (acl.Entries ?? []).filter((one) => one.Egress === entry.Egress);
  if (same.some((one) => one.RuleNumber === entry.RuleNumber))
    throw new AwsFault(
      'NetworkAclEntryAlreadyExists',
      `The network acl entry identified by ${entry.RuleNumber} already exists.`,
    );
  if (same.filter((one) => one.RuleNumber !== LAST_ENTRY).length >= ENTRIES_MAX)
    throw new AwsFault(
      'NetworkAclEntryLimitExceeded',
      'The maximum number of network acl entries has been reached.',
    );
  if (input.DryRun === true) throw dryRun();
  acl.Entries = [...(acl.Entries ?? []), entry];
  note(account, 'CreateNetworkAclEntry', { input, acl });
  return {};
};

/** Throws InvalidNetworkAclID.NotFound and InvalidNetworkAclEntry.NotFound. */
export const deleteNetworkAclEntry: Handler<
  Ec2.DeleteNetworkAclEntryCommandInput,
  Ec2.DeleteNetworkAclEntryCommandOutput
> = (input, account) => {
  const acl = aclNamed(account, input.NetworkAclId);
  const isIt = (entry: NonNullable<SnapshotNetworkAcl['Entries']>[number]) =>
    entry.Egress === (input.Egress ?? false) && entry.RuleNumber === input.RuleNumber;
  if (input.RuleNumber === LAST_ENTRY || !(acl.Entries ?? []).some(isIt))
    throw new AwsFault(
      'InvalidNetworkAclEntry.NotFound',
      `The network acl entry identified by ${input.RuleNumber} does not exist.`,
    );
  if (input.DryRun === true) throw dryRun();
  acl.Entries = (acl.Entries ?? []).filter((entry) => !isIt(entry));
  note(account, 'DeleteNetworkAclEntry', { input, acl });
  return {};
};

function checkedEntry(
  input: Ec2.CreateNetworkAclEntryCommandInput,
): NonNullable<SnapshotNetworkAcl['Entries']>[number] {
  const { RuleNumber, RuleAction, CidrBlock, Ipv6CidrBlock, PortRange } = input;
  if (RuleNumber === undefined || RuleNumber < 1 || RuleNumber > NUMBER_MAX)
    throw new AwsFault(
      'InvalidParameterValue',
      `Value (${RuleNumber}) for parameter ruleNumber is invalid. Must be between 1 and ${NUMBER_MAX}`,
    );
  if (RuleAction !== 'allow' && RuleAction !== 'deny')
    throw new AwsFault('InvalidParameterValue', 'Value for parameter ruleAction is invalid.');
  const Protocol = NUMBERS[input.Protocol ?? ''] ?? input.Protocol ?? '';
  if (!/^-?\d+$/.test(Protocol)) throw new AwsFault('InvalidParameterValue', `Invalid protocol: ${Protocol}`);
  if ((CidrBlock === undefined) === (Ipv6CidrBlock === undefined))
    throw new AwsFault(
      'MissingParameter',
      'The request must contain the parameter cidrBlock or ipv6CidrBlock',
    );
  if (CidrBlock !== undefined && blockOf(CidrBlock) === undefined)
    throw new AwsFault('InvalidParameterValue', `CIDR block ${CidrBlock} is malformed`);
  const ports = PortRange === undefined ? {} : { PortRange: { ...PortRange } };
  if (WITH_PORTS.has(Protocol) && (PortRange?.From === undefined || PortRange.To === undefined))
    throw new AwsFault('MissingParameter', 'The request must contain the parameter portRange');
  if ((PortRange?.From ?? 0) > (PortRange?.To ?? 65_535))
    throw new AwsFault('InvalidParameterValue', 'Invalid TCP/UDP port range');
  return {
    RuleNumber,
    RuleAction,
    Egress: input.Egress ?? false,
    Protocol,
    ...(CidrBlock === undefined ? {} : { CidrBlock }),
    ...(Ipv6CidrBlock === undefined ? {} : { Ipv6CidrBlock }),
    ...ports,
  };
}

function aclNamed(account: SimulatedAccount, id: string | undefined): SnapshotNetworkAcl {
  const acl = account.state.ec2.NetworkAcls.find((one) => one.NetworkAclId === id);
  if (acl === undefined)
    throw new AwsFault('InvalidNetworkAclID.NotFound', `The networkAcl ID '${id ?? ''}' does not exist`);
  return acl;
}

function note(
  account: SimulatedAccount,
  operation: string,
  { input, acl }: { input: object; acl: SnapshotNetworkAcl },
): void {
  account.changed({
    service: 'ec2',
    operation,
    input: { ...input },
    resources: [{ ResourceType: 'AWS::EC2::NetworkAcl', ResourceName: acl.NetworkAclId }],
  });
}
