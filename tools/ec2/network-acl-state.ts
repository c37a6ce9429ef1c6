// What a change of a network ACL is worked out against: all its entries, and the subnets it guards.

import type { NetworkAcl, NetworkAclEntry } from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { type Aws, AwsCallError } from '../../src/contract/aws.ts';
import { fail } from '../../src/contract/errors.ts';

/** The number AWS gives to the implicit last entry. */
export const LAST_ENTRY = 32_767;

const aclEntry = z.strictObject({
  number: z.number().int(),
  egress: z.boolean(),
  action: z.enum(['allow', 'deny']),
  /** IANA number, -1 for all. */
  protocol: z.string(),
  fromPort: z.number().int().nullable(),
  toPort: z.number().int().nullable(),
  cidr: z.string(),
});
export type AclEntry = z.infer<typeof aclEntry>;

export const networkAclState = z.strictObject({
  id: z.string(),
  vpc: z.string(),
  subnets: z.array(z.string()),
  tags: z.record(z.string(), z.string()),
  /** In the order they are tried, each direction by itself. */
  entries: z.array(aclEntry),
});
export type NetworkAclState = z.infer<typeof networkAclState>;

/** Throws `resource-unknown`. */
export async function observeNetworkAcl(id: string, aws: Aws): Promise<NetworkAclState> {
  const found = await readAcl(id, aws);
  return {
    id,
    vpc: found.VpcId ?? '',
    subnets: (found.Associations ?? []).map(({ SubnetId }) => SubnetId ?? '').sort(),
    tags: Object.fromEntries((found.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
    entries: (found.Entries ?? []).map(entryOf).sort(byOrder),
  };
}

/** The entry as EC2 writes it, for whoever judges network ACLs. */
export function sdkEntry(entry: AclEntry): NetworkAclEntry {
  const { fromPort: From, toPort: To } = entry;
  return {
    RuleNumber: entry.number,
    Egress: entry.egress,
    RuleAction: entry.action,
    Protocol: entry.protocol,
    ...(entry.cidr.includes(':') ? { Ipv6CidrBlock: entry.cidr } : { CidrBlock: entry.cidr }),
    ...(From === null || To === null ? {} : { PortRange: { From, To } }),
  };
}

/** Such as "tcp/5432" or "all traffic". */
export function trafficText({ protocol, fromPort, toPort }: AclEntry): string {
  if (protocol === '-1') return 'all traffic';
  const name = { '6': 'tcp', '17': 'udp', '1': 'icmp' }[protocol] ?? `protocol ${protocol}`;
  if (fromPort === null || toPort === null) return name;
  return `${name}/${fromPort === toPort ? fromPort : `${fromPort}-${toPort}`}`;
}

async function readAcl(id: string, aws: Aws): Promise<NetworkAcl> {
  const unknown = (cause?: unknown) =>
    fail(
      'resource-unknown',
      { kind: 'network ACL', id, account: aws.account, region: aws.region, nearest: '' },
      cause,
    );
  try {
    const { output } = await aws.call('ec2:DescribeNetworkAcls', { NetworkAclIds: [id] });
    const found = output.NetworkAcls?.find(({ NetworkAclId }) => NetworkAclId === id);
    if (found === undefined) throw unknown();
    return found;
  } catch (thrown) {
    if (thrown instanceof AwsCallError && thrown.failure.code === 'InvalidNetworkAclID.NotFound')
      throw unknown(thrown);
    throw thrown;
  }
}

function entryOf(entry: NetworkAclEntry): AclEntry {
  return {
    number: entry.RuleNumber ?? LAST_ENTRY,
    egress: entry.Egress ?? false,
    action: entry.RuleAction === 'allow' ? 'allow' : 'deny',
    protocol: entry.Protocol ?? '-1',
    fromPort: entry.PortRange?.From ?? null,
    toPort: entry.PortRange?.To ?? null,
    cidr: entry.CidrBlock ?? entry.Ipv6CidrBlock ?? '',
  };
}

function byOrder(left: AclEntry, right: AclEntry): number {
  return Number(left.egress) - Number(right.egress) || left.number - right.number;
}
