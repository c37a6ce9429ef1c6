// The VPC of a made-up account: subnets in every zone, ways out by plan, security groups as narrow as careful people make them.

import type { Snapshot, SnapshotInput, SnapshotNetworkInterface } from '../../contract/snapshot.ts';
import { hasInterface } from './fleet-plan.ts';
import { endpointGroupId, prefixListId } from './names.ts';
import { type Permission, permission } from './permission.ts';
import type { AccountPlan, DatabasePlan, ServicePlan, ZonePlan } from './plan.ts';

type Network = NonNullable<SnapshotInput['ec2']>;

export const subnetBlock = (plan: AccountPlan, third: number) => `10.${plan.second}.${third}.0/24`;

/** Subnets, attributes and ACLs: everything with an address and nothing with a route. */
export function networkOf(plan: AccountPlan): Network {
  return {
    Vpcs: [
      {
        VpcId: plan.vpc,
        CidrBlock: `10.${plan.second}.0.0/16`,
        State: 'available',
        IsDefault: false,
        OwnerId: plan.account,
        Tags: [{ Key: 'Name', Value: plan.cluster }],
      },
    ],
    VpcAttributes: { [plan.vpc]: { enableDnsSupport: true, enableDnsHostnames: true } },
    Subnets: plan.zones.flatMap((zone) =>
      (['public', 'tasks', 'data'] as const).map((kind) => subnet(plan, zone, kind)),
    ),
    SecurityGroups: securityGroups(plan),
    NetworkAcls: [openAcl(plan)],
  };
}

function subnet(plan: AccountPlan, zone: ZonePlan, kind: 'public' | 'tasks' | 'data') {
  return {
    SubnetId: zone.subnets[kind],
    VpcId: plan.vpc,
    CidrBlock: subnetBlock(plan, zone.third[kind]),
    AvailabilityZone: zone.name,
    AvailabilityZoneId: zone.id,
    State: 'available' as const,
    AvailableIpAddressCount: plan.random.int(180, 248),
    MapPublicIpOnLaunch: kind === 'public',
    DefaultForAz: false,
    OwnerId: plan.account,
    SubnetArn: `arn:aws:ec2:${plan.region}:${plan.account}:subnet/${zone.subnets[kind]}`,
    Tags: [{ Key: 'Name', Value: `${plan.cluster}-${kind}-${zone.name}` }],
  };
}

function securityGroups(plan: AccountPlan): NonNullable<Network['SecurityGroups']> {
  const group = (id: string, name: string, rules: { in: Permission[]; out: Permission[] }) => ({
    GroupId: id,
    GroupName: name,
    Description: name,
    VpcId: plan.vpc,
    OwnerId: plan.account,
    IpPermissions: rules.in,
    IpPermissionsEgress: rules.out,
    SecurityGroupArn: `arn:aws:ec2:${plan.region}:${plan.account}:security-group/${id}`,
    Tags: [{ Key: 'Name', Value: name }],
  });
  const everything = permission('-1', { cidr: '0.0.0.0/0' });
  const tasks = hasInterface(plan) ? plan.services.map((service) => service.group) : [];
  const hosts = plan.fleet === undefined ? [] : [plan.fleet.group];
  const outbound = (databases: ReadonlySet<DatabasePlan>) => [
    permission(443, { cidr: '0.0.0.0/0' }),
    permission(443, { prefixList: prefixListId(plan) }),
    ...[...databases].map((database) => permission(database.port, { group: database.group })),
  ];
  return [
    ...servicesWithGroups(plan).map((service) =>
      group(service.group, `${plan.cluster}-${service.name}`, {
        in: service.balanced ? [permission(service.port, { group: plan.balancer.group })] : [],
        out: outbound(new Set(service.database === undefined ? [] : [service.database])),
      }),
    ),
    ...hostGroup(plan, (id, name, rules) =>
      group(id, name, { in: rules, out: outbound(new Set(hasInterface(plan) ? [] : plan.databases)) }),
    ),
    ...plan.databases.map((database) =>
      group(database.group, `${plan.cluster}-${database.name}`, {
        in: clientsOf(plan, database).map((id) => permission(database.port, { group: id })),
        out: [everything],
      }),
    ),
    group(plan.balancer.group, plan.balancer.name, {
      in: [permission(443, { cidr: '0.0.0.0/0' }), permission(80, { cidr: '0.0.0.0/0' })],
      out: [everything],
    }),
    ...(plan.wayOut === 'endpoints'
      ? [
          group(endpointGroupId(plan), `${plan.cluster}-endpoints`, {
            in: [...tasks, ...hosts].map((id) => permission(443, { group: id })),
            out: [everything],
          }),
        ]
      : []),
  ];
}

/** In bridge mode tasks have their host's group, and none of their own. */
function servicesWithGroups(plan: AccountPlan): readonly ServicePlan[] {
  return hasInterface(plan) ? plan.services : [];
}

/** The groups that a database lets in. */
function clientsOf(plan: AccountPlan, database: DatabasePlan): string[] {
  const own = servicesWithGroups(plan).filter((service) => service.database === database);
  return hasInterface(plan) || plan.fleet === undefined
    ? own.map((service) => service.group)
    : [plan.fleet.group];
}

/** Load balancers reach the ports that docker hands out. */
function hostGroup<Group>(
  plan: AccountPlan,
  group: (id: string, name: string, rules: Permission[]) => Group,
): Group[] {
  if (plan.fleet === undefined) return [];
  const dynamic = {
    ...permission(32_768, { group: plan.balancer.group }),
    ToPort: 65_535,
  };
  return [group(plan.fleet.group, plan.fleet.name, hasInterface(plan) ? [] : [dynamic])];
}

function openAcl(plan: AccountPlan): Snapshot['ec2']['NetworkAcls'][number] {
  const id = plan.random.id('acl');
  const entry = (Egress: boolean, RuleNumber: number, RuleAction: 'allow' | 'deny') => ({
    Egress,
    RuleNumber,
    RuleAction,
    Protocol: '-1',
    CidrBlock: '0.0.0.0/0',
  });
  return {
    NetworkAclId: id,
    VpcId: plan.vpc,
    IsDefault: true,
    OwnerId: plan.account,
    Tags: [],
    Associations: plan.zones
      .flatMap((zone) => Object.values(zone.subnets))
      .map((SubnetId) => ({
        NetworkAclAssociationId: plan.random.id('aclassoc'),
        NetworkAclId: id,
        SubnetId,
      })),
    Entries: [true, false].flatMap((egress) => [entry(egress, 100, 'allow'), entry(egress, 32_767, 'deny')]),
  };
}

export interface InterfacePlace {
  readonly zone: ZonePlan;
  readonly kind: keyof ZonePlan['subnets'];
  readonly address: string;
  readonly groups: readonly string[];
  readonly publicAddress?: string;
}

/** A network interface that is in use, before whoever owns it says what it is for. */
export function plainInterface(
  plan: AccountPlan,
  id: string,
  place: InterfacePlace,
): SnapshotNetworkInterface {
  return {
    NetworkInterfaceId: id,
    SubnetId: place.zone.subnets[place.kind],
    VpcId: plan.vpc,
    AvailabilityZone: place.zone.name,
    OwnerId: plan.account,
    InterfaceType: 'interface',
    Status: 'in-use',
    PrivateIpAddress: place.address,
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: place.address }],
    PrivateDnsName: `ip-${place.address.replaceAll('.', '-')}.${plan.region}.compute.internal`,
    SourceDestCheck: true,
    RequesterManaged: true,
    Groups: place.groups.map((GroupId) => ({ GroupId, GroupName: GroupId })),
    TagSet: [],
    ...(place.publicAddress === undefined ? {} : { Association: { PublicIp: place.publicAddress } }),
  };
}

/** The interfaces of databases and load balancers. */
export function standingInterfaces(plan: AccountPlan): SnapshotNetworkInterface[] {
  const [first] = plan.zones;
  const databases =
    first === undefined
      ? []
      : plan.databases.map((database) => ({
          ...plainInterface(plan, plan.random.id('eni'), {
            zone: first,
            kind: 'data',
            address: database.address,
            groups: [database.group],
          }),
          Description: 'RDSNetworkInterface',
          RequesterId: 'amazon-rds',
        }));
  const balancers = plan.zones.map((zone, index) => ({
    ...plainInterface(plan, plan.random.id('eni'), {
      zone,
      kind: 'public',
      address: `10.${plan.second}.${zone.third.public}.50`,
      groups: [plan.balancer.group],
      publicAddress: `198.51.100.${50 + index}`,
    }),
    Description: `ELB app/${plan.balancer.name}/${plan.balancer.id}`,
    RequesterId: 'amazon-elb',
  }));
  return [...databases, ...balancers];
}
