// The demo account's network: one VPC over two zones with public, private and data subnets, a NAT gateway, an S3
// endpoint, open network ACLs, and security groups of which one lacks the way to the database.

import type { SnapshotInput } from '../../contract/snapshot.ts';
import { demoInterfaces } from './interfaces.ts';
import { ACCOUNT, groups, idOf, REGION, S3_PREFIX_LIST, subnets, VPC, zones } from './names.ts';

type Network = NonNullable<SnapshotInput['ec2']>;
type Permission = NonNullable<NonNullable<Network['SecurityGroups']>[number]['IpPermissions']>[number];

// EC2 answers this word in lower case, although the SDK's enumeration spells it differently.
const AVAILABLE = 'available' as 'Available';

/** All of EC2 except the interfaces of tasks. */
export function demoNetwork(): Network {
  return {
    Vpcs: [
      {
        VpcId: VPC,
        CidrBlock: '10.0.0.0/16',
        State: 'available',
        IsDefault: false,
        OwnerId: ACCOUNT,
        Tags: [{ Key: 'Name', Value: 'production' }],
      },
    ],
    VpcAttributes: { [VPC]: { enableDnsSupport: true, enableDnsHostnames: true } },
    Subnets: [
      ...subnets.public.map((id, index) => subnet(id, index, { cidr: `10.0.${index}.0/24`, name: 'public' })),
      ...subnets.private.map((id, index) =>
        subnet(id, index, { cidr: `10.0.${10 + index}.0/24`, name: 'private' }),
      ),
      ...subnets.data.map((id, index) =>
        subnet(id, index, { cidr: `10.0.${20 + index}.0/24`, name: 'data' }),
      ),
    ],
    RouteTables: routeTables(),
    SecurityGroups: securityGroups(),
    NetworkAcls: [openAcl()],
    NetworkInterfaces: demoInterfaces(),
    ...gateways(),
    ManagedPrefixLists: [
      {
        PrefixListId: S3_PREFIX_LIST,
        PrefixListName: `com.amazonaws.${REGION}.s3`,
        OwnerId: 'AWS',
        AddressFamily: 'IPv4',
        Entries: [{ Cidr: '52.216.0.0/15' }, { Cidr: '54.231.0.0/16' }, { Cidr: '3.5.0.0/19' }],
      },
    ],
  };
}

/** The ways out: the S3 endpoint, the NAT gateway and the internet gateway. */
function gateways(): Pick<Network, 'VpcEndpoints' | 'NatGateways' | 'InternetGateways'> {
  return {
    VpcEndpoints: [
      {
        VpcEndpointId: 'vpce-0f9a3c71b52d8e604',
        VpcEndpointType: 'Gateway',
        VpcId: VPC,
        State: AVAILABLE,
        OwnerId: ACCOUNT,
        ServiceName: `com.amazonaws.${REGION}.s3`,
        RouteTableIds: ['rtb-0c3e8d17f6a2b9054'],
        SubnetIds: [],
        Groups: [],
        NetworkInterfaceIds: [],
        PolicyDocument:
          '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}',
      },
    ],
    NatGateways: [
      {
        NatGatewayId: 'nat-0d6b2f8e41c7a9350',
        VpcId: VPC,
        SubnetId: subnets.public[0],
        State: 'available',
        ConnectivityType: 'public',
        NatGatewayAddresses: [
          {
            AllocationId: 'eipalloc-04c8e1d7b3f6a2590',
            NetworkInterfaceId: idOf('eni', 'nat'),
            PrivateIp: '10.0.0.20',
            PublicIp: '198.51.100.20',
            Status: 'succeeded',
          },
        ],
      },
    ],
    InternetGateways: [
      {
        InternetGatewayId: 'igw-0a7f4d2c9e1b83560',
        OwnerId: ACCOUNT,
        Attachments: [{ VpcId: VPC, State: 'attached' }],
      },
    ],
  };
}

function subnet(id: string, zone: number, { cidr, name }: { cidr: string; name: string }) {
  return {
    SubnetId: id,
    VpcId: VPC,
    CidrBlock: cidr,
    AvailabilityZone: zones[zone],
    AvailabilityZoneId: `use1-az${zone + 1}`,
    State: 'available' as const,
    AvailableIpAddressCount: 240,
    MapPublicIpOnLaunch: name === 'public',
    DefaultForAz: false,
    OwnerId: ACCOUNT,
    SubnetArn: `arn:aws:ec2:${REGION}:${ACCOUNT}:subnet/${id}`,
    Tags: [{ Key: 'Name', Value: `production-${name}-${zones[zone]?.slice(-2)}` }],
  };
}

function routeTables(): NonNullable<Network['RouteTables']> {
  const local = {
    DestinationCidrBlock: '10.0.0.0/16',
    GatewayId: 'local',
    Origin: 'CreateRouteTable' as const,
    State: 'active' as const,
  };
  const route = { Origin: 'CreateRoute' as const, State: 'active' as const };
  const table = (
    id: string,
    name: string,
    parts: { subnets: readonly string[]; routes: object[]; main?: boolean },
  ) => ({
    RouteTableId: id,
    VpcId: VPC,
    OwnerId: ACCOUNT,
    PropagatingVgws: [],
    Tags: [{ Key: 'Name', Value: `production-${name}` }],
    Routes: [local, ...parts.routes],
    Associations: [
      ...(parts.main === true
        ? [
            {
              Main: true,
              RouteTableId: id,
              RouteTableAssociationId: idOf('rtbassoc', id),
              AssociationState: { State: 'associated' as const },
            },
          ]
        : []),
      ...parts.subnets.map((SubnetId) => ({
        Main: false,
        RouteTableId: id,
        SubnetId,
        RouteTableAssociationId: idOf('rtbassoc', SubnetId),
        AssociationState: { State: 'associated' as const },
      })),
    ],
  });
  return [
    table('rtb-0e1d5b9a72c3f8460', 'main', { subnets: [], routes: [], main: true }),
    table('rtb-08a4f7c2d6e1b3950', 'public', {
      subnets: subnets.public,
      routes: [{ ...route, DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-0a7f4d2c9e1b83560' }],
    }),
    table('rtb-0c3e8d17f6a2b9054', 'private', {
      subnets: subnets.private,
      routes: [
        { ...route, DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-0d6b2f8e41c7a9350' },
        { ...route, DestinationPrefixListId: S3_PREFIX_LIST, GatewayId: 'vpce-0f9a3c71b52d8e604' },
      ],
    }),
    table('rtb-05f2b8e6d93a1c740', 'data', { subnets: subnets.data, routes: [] }),
  ];
}

function securityGroups(): NonNullable<Network['SecurityGroups']> {
  const anywhere = (port: number): Permission => ({ ...tcp(port), IpRanges: [{ CidrIp: '0.0.0.0/0' }] });
  const from = (port: number, group: string, text: string): Permission => ({
    ...tcp(port),
    UserIdGroupPairs: [{ GroupId: group, UserId: ACCOUNT, Description: text }],
  });
  const all: Permission = {
    IpProtocol: '-1',
    IpRanges: [{ CidrIp: '0.0.0.0/0' }],
    Ipv6Ranges: [],
    PrefixListIds: [],
    UserIdGroupPairs: [],
  };
  const group = (
    id: string,
    name: string,
    rules: { in: Permission[]; out: Permission[]; about: string },
  ) => ({
    GroupId: id,
    GroupName: name,
    Description: rules.about,
    VpcId: VPC,
    OwnerId: ACCOUNT,
    IpPermissions: rules.in,
    IpPermissionsEgress: rules.out,
    SecurityGroupArn: `arn:aws:ec2:${REGION}:${ACCOUNT}:security-group/${id}`,
    Tags: [{ Key: 'Name', Value: name }],
  });
  return [
    group(groups.app, 'production-app-tasks', {
      about: 'Tasks behind the production load balancer',
      in: [from(8080, groups.balancer, 'load balancer')],
      out: [anywhere(443), from(6379, groups.cache, 'cache')],
    }),
    group(groups.database, 'production-database', {
      about: 'PostgreSQL',
      in: [from(5432, groups.app, 'application tasks')],
      out: [all],
    }),
    group(groups.cache, 'production-cache', {
      about: 'Redis',
      in: [from(6379, groups.app, 'application tasks')],
      out: [all],
    }),
    group(groups.balancer, 'production-alb', {
      about: 'Load balancer',
      in: [anywhere(80), anywhere(443)],
      out: [all],
    }),
    group(groups.worker, 'production-workers', { about: 'Tasks that serve nobody', in: [], out: [all] }),
  ];
}

function tcp(port: number): Permission {
  return {
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    IpRanges: [],
    Ipv6Ranges: [],
    PrefixListIds: [],
    UserIdGroupPairs: [],
  };
}

function openAcl(): NonNullable<Network['NetworkAcls']>[number] {
  const id = 'acl-0d5e7b3c91f8a2640';
  const entry = (Egress: boolean, RuleNumber: number, RuleAction: 'allow' | 'deny') => ({
    Egress,
    RuleNumber,
    RuleAction,
    Protocol: '-1',
    CidrBlock: '0.0.0.0/0',
  });
  const all = [...subnets.public, ...subnets.private, ...subnets.data];
  return {
    NetworkAclId: id,
    VpcId: VPC,
    IsDefault: true,
    OwnerId: ACCOUNT,
    Tags: [],
    Associations: all.map((SubnetId) => ({
      NetworkAclAssociationId: idOf('aclassoc', SubnetId),
      NetworkAclId: id,
      SubnetId,
    })),
    Entries: [
      entry(true, 100, 'allow'),
      entry(true, 32_767, 'deny'),
      entry(false, 100, 'allow'),
      entry(false, 32_767, 'deny'),
    ],
  };
}
