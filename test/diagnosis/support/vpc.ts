// A small VPC built by hand for solver tests: two subnets, everything open unless a test closes it.

import type * as Ec2 from '@aws-sdk/client-ec2';
import { type NetworkEvidence, type Seen, unreadNetwork } from '../../../src/diagnosis/evidence.ts';

export const VPC = 'vpc-1';
export const APP_SUBNET = 'subnet-app';
export const DATA_SUBNET = 'subnet-data';
export const APP_GROUP = 'sg-app';
export const DATA_GROUP = 'sg-data';
export const APP_ADDRESS = '10.0.1.10';
export const DATA_ADDRESS = '10.0.2.20';

export function seen<T>(path: string, items: readonly T[]): Seen<T> {
  return {
    items: items.map((value, index) => ({ value, at: { id: 'ev_test', path: `${path}[${index}]` } })),
    gaps: [],
  };
}

export function tcp(port: number, peer: Partial<Ec2.IpPermission>): Ec2.IpPermission {
  return { IpProtocol: 'tcp', FromPort: port, ToPort: port, ...peer };
}

export const toGroup = (id: string): Partial<Ec2.IpPermission> => ({ UserIdGroupPairs: [{ GroupId: id }] });
export const toCidr = (cidr: string): Partial<Ec2.IpPermission> => ({ IpRanges: [{ CidrIp: cidr }] });

export function group(
  id: string,
  rules: { in?: Ec2.IpPermission[]; out?: Ec2.IpPermission[] },
): Ec2.SecurityGroup {
  return {
    GroupId: id,
    GroupName: id,
    VpcId: VPC,
    IpPermissions: rules.in ?? [],
    IpPermissionsEgress: rules.out ?? [],
  };
}

export function aclEntry(entry: Partial<Ec2.NetworkAclEntry>): Ec2.NetworkAclEntry {
  return {
    RuleNumber: 100,
    Protocol: '-1',
    RuleAction: 'allow',
    Egress: false,
    CidrBlock: '0.0.0.0/0',
    ...entry,
  };
}

export function acl(id: string, subnets: string[], entries?: Ec2.NetworkAclEntry[]): Ec2.NetworkAcl {
  return {
    NetworkAclId: id,
    VpcId: VPC,
    Associations: subnets.map((SubnetId) => ({ SubnetId })),
    Entries: entries ?? [aclEntry({ Egress: false }), aclEntry({ Egress: true })],
  };
}

export interface VpcParts {
  readonly groups?: Ec2.SecurityGroup[];
  readonly acls?: Ec2.NetworkAcl[];
  readonly routes?: Ec2.Route[];
  readonly tables?: Ec2.RouteTable[];
  readonly nats?: Ec2.NatGateway[];
  readonly endpoints?: Ec2.VpcEndpoint[];
  readonly dns?: { enableDnsSupport: boolean; enableDnsHostnames: boolean };
}

const local: Ec2.Route = { DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', State: 'active' };

export function vpc(parts: VpcParts = {}): NetworkEvidence {
  return {
    ...unreadNetwork(),
    subnets: seen('$.Subnets', [
      { SubnetId: APP_SUBNET, VpcId: VPC, CidrBlock: '10.0.1.0/24' },
      { SubnetId: DATA_SUBNET, VpcId: VPC, CidrBlock: '10.0.2.0/24' },
    ]),
    securityGroups: seen(
      '$.SecurityGroups',
      parts.groups ?? [
        group(APP_GROUP, { out: [tcp(5432, toGroup(DATA_GROUP))] }),
        group(DATA_GROUP, { in: [tcp(5432, toGroup(APP_GROUP))] }),
      ],
    ),
    networkAcls: seen('$.NetworkAcls', parts.acls ?? [acl('acl-all', [APP_SUBNET, DATA_SUBNET])]),
    routeTables: seen(
      '$.RouteTables',
      parts.tables ?? [
        {
          RouteTableId: 'rtb-main',
          VpcId: VPC,
          Associations: [{ Main: true }],
          Routes: [local, ...(parts.routes ?? [])],
        },
      ],
    ),
    networkInterfaces: seen('$.NetworkInterfaces', []),
    natGateways: seen('$.NatGateways', parts.nats ?? []),
    vpcEndpoints: seen('$.VpcEndpoints', parts.endpoints ?? []),
    vpcAttributes: seen('$', [
      { vpcId: VPC, ...(parts.dns ?? { enableDnsSupport: true, enableDnsHostnames: true }) },
    ]),
    prefixLists: seen('$.Entries', []),
  };
}
