// The VPC of the base account: public, private and data subnets in three zones, one NAT gateway a zone, the S3 gateway
// endpoint, security groups as a careful team writes them, and the interfaces of everything that is not a task.

import type { SnapshotSecurityGroup, SnapshotSubnet } from '../../src/contract/snapshot.ts';
import { found, type World, type Zone, zones } from './base.ts';

type Permission = NonNullable<SnapshotSecurityGroup['IpPermissions']>[number];

const third = { public: 0, private: 16, data: 32 } as const;
const zoneNumber = { a: 0, b: 1, c: 2 } as const;
type Tier = keyof typeof third;

export const everything: Permission = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };

export function tcpFrom(port: number, ...groupIds: readonly string[]): Permission {
  return {
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    UserIdGroupPairs: groupIds.map((GroupId) => ({ GroupId })),
  };
}

export function tcpTo(port: number, ...cidrs: readonly string[]): Permission {
  return {
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    IpRanges: cidrs.map((CidrIp) => ({ CidrIp })),
  };
}

export function address(w: World, tier: Tier, zone: Zone, last: number): string {
  return `10.${w.place.net}.${third[tier] + zoneNumber[zone]}.${last}`;
}

export function subnetId(w: World, tier: Tier, zone: Zone): string {
  return w.id('subnet', `${tier}-${zone}`);
}

/** The members of the network that cases change. */
export function theNetwork(w: World) {
  const { ec2 } = w.snapshot;
  return {
    group: (name: string) =>
      found(
        ec2.SecurityGroups.find((one) => one.GroupId === w.id('sg', name)),
        `group ${name}`,
      ),
    table: (name: string) =>
      found(
        ec2.RouteTables.find((one) => one.RouteTableId === w.id('rtb', name)),
        `table ${name}`,
      ),
    subnet: (tier: Tier, zone: Zone) =>
      found(
        ec2.Subnets.find((one) => one.SubnetId === subnetId(w, tier, zone)),
        'subnet',
      ),
    acl: () => found(ec2.NetworkAcls[0], 'network ACL'),
    nat: (zone: Zone) =>
      found(
        ec2.NatGateways.find((one) => one.NatGatewayId === w.id('nat', zone)),
        'NAT gateway',
      ),
    endpoint: (name: string) =>
      found(
        ec2.VpcEndpoints.find((one) => one.VpcEndpointId === w.id('vpce', name)),
        `endpoint ${name}`,
      ),
  };
}

export function addNetwork(w: World): void {
  const { ec2 } = w.snapshot;
  const VpcId = w.id('vpc', 'main');
  const CidrBlock = `10.${w.place.net}.0.0/16`;
  ec2.Vpcs.push({
    VpcId,
    CidrBlock,
    State: 'available',
    IsDefault: false,
    InstanceTenancy: 'default',
    CidrBlockAssociationSet: [{ CidrBlock, CidrBlockState: { State: 'associated' } }],
  });
  ec2.VpcAttributes[VpcId] = { enableDnsSupport: true, enableDnsHostnames: true };
  ec2.InternetGateways.push({
    InternetGatewayId: w.id('igw', 'main'),
    OwnerId: w.place.account,
    Attachments: [{ VpcId, State: 'attached' }],
  });
  for (const tier of ['public', 'private', 'data'] as const)
    for (const zone of zones) ec2.Subnets.push(subnet(w, tier, zone));
  for (const zone of zones) addNat(w, zone);
  addTables(w);
  addAcl(w);
  addGroups(w);
  addS3Endpoint(w);
}

function subnet(w: World, tier: Tier, zone: Zone): SnapshotSubnet {
  return {
    SubnetId: subnetId(w, tier, zone),
    VpcId: w.id('vpc', 'main'),
    CidrBlock: `${address(w, tier, zone, 0)}/24`,
    AvailabilityZone: `${w.place.region}${zone}`,
    AvailableIpAddressCount: 231 - zoneNumber[zone],
    MapPublicIpOnLaunch: tier === 'public',
    State: 'available',
    OwnerId: w.place.account,
    Tags: [{ Key: 'Name', Value: `${w.place.cluster}-${tier}-${zone}` }],
  };
}

function addNat(w: World, zone: Zone): void {
  w.snapshot.ec2.NatGateways.push({
    NatGatewayId: w.id('nat', zone),
    VpcId: w.id('vpc', 'main'),
    SubnetId: subnetId(w, 'public', zone),
    State: 'available',
    ConnectivityType: 'public',
    CreateTime: w.ago(20_000_000),
    NatGatewayAddresses: [
      { PrivateIp: address(w, 'public', zone, 9), PublicIp: `198.51.100.${zoneNumber[zone] + 11}` },
    ],
  });
}

function addTables(w: World): void {
  const VpcId = w.id('vpc', 'main');
  const local = {
    DestinationCidrBlock: `10.${w.place.net}.0.0/16`,
    GatewayId: 'local',
    State: 'active',
  } as const;
  const everywhere = { DestinationCidrBlock: '0.0.0.0/0', State: 'active', Origin: 'CreateRoute' } as const;
  const s3 = {
    DestinationPrefixListId: w.id('pl', 's3'),
    GatewayId: w.id('vpce', 's3'),
    State: 'active',
  } as const;
  const associations = (name: string, subnets: readonly string[]) =>
    subnets.map((SubnetId) => ({
      RouteTableAssociationId: w.id('rtbassoc', SubnetId),
      RouteTableId: w.id('rtb', name),
      SubnetId,
      Main: false,
      AssociationState: { State: 'associated' } as const,
    }));
  const tier = (name: Tier) => zones.map((zone) => subnetId(w, name, zone));
  const add = (
    name: string,
    subnets: readonly string[],
    Routes: (typeof w.snapshot.ec2.RouteTables)[number]['Routes'] & object,
  ) =>
    w.snapshot.ec2.RouteTables.push({
      RouteTableId: w.id('rtb', name),
      VpcId,
      Associations: associations(name, subnets),
      Routes,
      Tags: [{ Key: 'Name', Value: `${w.place.cluster}-${name}` }],
    });
  add('public', tier('public'), [local, { ...everywhere, GatewayId: w.id('igw', 'main') }]);
  for (const zone of zones)
    add(
      `private-${zone}`,
      [subnetId(w, 'private', zone)],
      [local, { ...everywhere, NatGatewayId: w.id('nat', zone) }, s3],
    );
  add('data', tier('data'), [local]);
  w.snapshot.ec2.RouteTables.push({
    RouteTableId: w.id('rtb', 'main'),
    VpcId,
    Associations: [
      { RouteTableAssociationId: w.id('rtbassoc', 'main'), RouteTableId: w.id('rtb', 'main'), Main: true },
    ],
    Routes: [local],
  });
}

function addAcl(w: World): void {
  const NetworkAclId = w.id('acl', 'main');
  const all = { Protocol: '-1', CidrBlock: '0.0.0.0/0' } as const;
  w.snapshot.ec2.NetworkAcls.push({
    NetworkAclId,
    VpcId: w.id('vpc', 'main'),
    IsDefault: true,
    OwnerId: w.place.account,
    Associations: w.snapshot.ec2.Subnets.map(({ SubnetId }) => ({
      NetworkAclAssociationId: w.id('aclassoc', SubnetId),
      NetworkAclId,
      SubnetId,
    })),
    Entries: [true, false].flatMap((Egress) => [
      { ...all, Egress, RuleNumber: 100, RuleAction: 'allow' as const },
      { ...all, Egress, RuleNumber: 32767, RuleAction: 'deny' as const },
    ]),
  });
}

function addGroups(w: World): void {
  const id = (name: string) => w.id('sg', name);
  const add = (name: string, IpPermissions: Permission[], IpPermissionsEgress: Permission[] = [everything]) =>
    w.snapshot.ec2.SecurityGroups.push({
      GroupId: id(name),
      GroupName: `${w.place.cluster}-${name}`,
      Description: `${name} of ${w.place.cluster}`,
      VpcId: w.id('vpc', 'main'),
      OwnerId: w.place.account,
      IpPermissions,
      IpPermissionsEgress,
    });
  add('alb', [tcpTo(443, '0.0.0.0/0'), tcpTo(80, '0.0.0.0/0')]);
  add('app', [tcpFrom(w.place.port, id('alb'))]);
  add('worker', []);
  add('storefront', [tcpFrom(3000, id('alb'))]);
  add('database', [tcpFrom(5432, id('app'), id('worker'), id('hosts'))], []);
  add('cache', [tcpFrom(6379, id('app'), id('worker'), id('hosts'))], []);
  add('files', [tcpFrom(2049, id('app'), id('worker'), id('hosts'))], []);
  add('endpoints', [tcpTo(443, `10.${w.place.net}.0.0/16`)], []);
  add('hosts', [
    { IpProtocol: 'tcp', FromPort: 32768, ToPort: 65535, UserIdGroupPairs: [{ GroupId: id('alb') }] },
  ]);
}

/** EC2 answers in small letters, whatever the SDK's own type says. */
// The cast is for that type; see the example output of `aws ec2 describe-vpc-endpoints`.
export const endpointAvailable = 'available' as string as 'Available';

function addS3Endpoint(w: World): void {
  const { ec2 } = w.snapshot;
  const { region } = w.place;
  ec2.VpcEndpoints.push({
    VpcEndpointId: w.id('vpce', 's3'),
    VpcEndpointType: 'Gateway',
    VpcId: w.id('vpc', 'main'),
    ServiceName: `com.amazonaws.${region}.s3`,
    State: endpointAvailable,
    PrivateDnsEnabled: false,
    RouteTableIds: zones.map((zone) => w.id('rtb', `private-${zone}`)),
    PolicyDocument: JSON.stringify({
      Version: '2008-10-17',
      Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
    }),
  });
  ec2.ManagedPrefixLists.push({
    PrefixListId: w.id('pl', 's3'),
    PrefixListName: `com.amazonaws.${region}.s3`,
    OwnerId: 'AWS',
    AddressFamily: 'IPv4',
    Entries: [{ Cidr: '52.216.0.0/15' }, { Cidr: '3.5.0.0/19' }],
  });
}

export function addInterface(
  w: World,
  one: {
    readonly name: string;
    readonly tier: Tier;
    readonly zone: Zone;
    readonly last: number;
    readonly group: string;
    readonly description: string;
    readonly requester?: string;
    readonly type?: 'interface' | 'vpc_endpoint';
  },
): void {
  const PrivateIpAddress = address(w, one.tier, one.zone, one.last);
  w.snapshot.ec2.NetworkInterfaces.push({
    NetworkInterfaceId: w.id('eni', one.name),
    VpcId: w.id('vpc', 'main'),
    SubnetId: subnetId(w, one.tier, one.zone),
    AvailabilityZone: `${w.place.region}${one.zone}`,
    PrivateIpAddress,
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress }],
    Status: 'in-use',
    Description: one.description,
    InterfaceType: one.type ?? 'interface',
    ...(one.requester === undefined ? {} : { RequesterId: one.requester, RequesterManaged: true }),
    Groups: [{ GroupId: w.id('sg', one.group), GroupName: `${w.place.cluster}-${one.group}` }],
  });
}
