// How packets leave a made-up VPC: route tables, NAT gateways, the internet gateway, endpoints.

import { createHash } from 'node:crypto';
import type { Snapshot, SnapshotInput, SnapshotNetworkInterface } from '../../contract/snapshot.ts';
import { endpointGroupId, prefixListId } from './names.ts';
import { plainInterface } from './network.ts';
import type { AccountPlan, ZonePlan } from './plan.ts';

type Network = NonNullable<SnapshotInput['ec2']>;

// EC2 answers these words in lower case, although the SDK's enumeration spells them differently.
const AVAILABLE = 'available' as 'Available';
const NAT_INTERFACE = 'nat_gateway' as 'natGateway';

/** What tasks in subnets without any other way out need; S3 comes by its gateway endpoint. */
const TASK_SERVICES = ['ecr.api', 'ecr.dkr', 'logs', 'secretsmanager', 'ssm'];
/** What the agent on a host needs besides. */
const AGENT_SERVICES = ['ecs', 'ecs-agent', 'ecs-telemetry'];
const servicesOf = ({ fleet }: AccountPlan) =>
  fleet === undefined ? TASK_SERVICES : [...TASK_SERVICES, ...AGENT_SERVICES];
const OPEN_POLICY =
  '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}';

const internetGatewayId = (plan: AccountPlan) => `igw-0${plan.vpc.slice(-16)}`;
const s3EndpointId = (plan: AccountPlan) => `vpce-0${plan.vpc.slice(-16)}`;
const tableId = (plan: AccountPlan, name: string) =>
  `rtb-0${createHash('sha256').update(`${plan.vpc}${name}`).digest('hex').slice(0, 16)}`;
const natId = (zone: ZonePlan) => `nat-0${zone.subnets.public.slice(-16)}`;

/** Route tables, gateways, endpoints, prefix lists, and the interfaces that belong to them. */
export function waysOut(plan: AccountPlan): Network {
  const nats = natZones(plan);
  const endpoints = plan.wayOut === 'endpoints' ? servicesOf(plan).map((name) => endpoint(plan, name)) : [];
  return {
    RouteTables: routeTables(plan),
    InternetGateways: [
      {
        InternetGatewayId: internetGatewayId(plan),
        OwnerId: plan.account,
        Attachments: [{ VpcId: plan.vpc, State: 'attached' }],
      },
    ],
    NatGateways: nats.map((zone, index) => natGateway(plan, zone, index)),
    VpcEndpoints: [s3Endpoint(plan), ...endpoints.map((one) => one.endpoint)],
    ManagedPrefixLists: [
      {
        PrefixListId: prefixListId(plan),
        PrefixListName: `com.amazonaws.${plan.region}.s3`,
        OwnerId: 'AWS',
        AddressFamily: 'IPv4',
        Entries: [{ Cidr: '52.216.0.0/15' }, { Cidr: '54.231.0.0/16' }, { Cidr: '3.5.0.0/19' }],
      },
    ],
    NetworkInterfaces: [
      ...nats.map((zone, index) => natInterface(plan, zone, index)),
      ...endpoints.flatMap((one) => one.interfaces),
    ],
  };
}

function natZones(plan: AccountPlan): readonly ZonePlan[] {
  if (plan.wayOut === 'nat-per-zone') return plan.zones;
  return plan.wayOut === 'one-nat' ? plan.zones.slice(0, 1) : [];
}

function natGateway(plan: AccountPlan, zone: ZonePlan, index: number) {
  return {
    NatGatewayId: natId(zone),
    VpcId: plan.vpc,
    SubnetId: zone.subnets.public,
    State: 'available' as const,
    ConnectivityType: 'public' as const,
    NatGatewayAddresses: [
      {
        AllocationId: `eipalloc-0${zone.subnets.public.slice(-16)}`,
        NetworkInterfaceId: `eni-0${zone.subnets.public.slice(-16)}`,
        PrivateIp: `10.${plan.second}.${zone.third.public}.20`,
        PublicIp: `198.51.100.${20 + index}`,
        Status: 'succeeded' as const,
      },
    ],
  };
}

function natInterface(plan: AccountPlan, zone: ZonePlan, index: number): SnapshotNetworkInterface {
  return {
    ...plainInterface(plan, `eni-0${zone.subnets.public.slice(-16)}`, {
      zone,
      kind: 'public',
      address: `10.${plan.second}.${zone.third.public}.20`,
      groups: [],
      publicAddress: `198.51.100.${20 + index}`,
    }),
    InterfaceType: NAT_INTERFACE,
    Description: `Interface for NAT Gateway ${natId(zone)}`,
    RequesterId: 'amazon-nat',
  };
}

function s3Endpoint(plan: AccountPlan): Snapshot['ec2']['VpcEndpoints'][number] {
  return {
    VpcEndpointId: s3EndpointId(plan),
    VpcEndpointType: 'Gateway',
    VpcId: plan.vpc,
    State: AVAILABLE,
    OwnerId: plan.account,
    ServiceName: `com.amazonaws.${plan.region}.s3`,
    RouteTableIds: taskTables(plan),
    SubnetIds: [],
    Groups: [],
    NetworkInterfaceIds: [],
    PolicyDocument: OPEN_POLICY,
  };
}

function endpoint(plan: AccountPlan, name: string) {
  const interfaces = plan.zones.map((zone) => ({
    ...plainInterface(plan, plan.random.id('eni'), {
      zone,
      kind: 'tasks',
      address: `10.${plan.second}.${zone.third.tasks}.${200 + servicesOf(plan).indexOf(name)}`,
      groups: [endpointGroupId(plan)],
    }),
    InterfaceType: 'vpc_endpoint' as 'vpc_endpoint',
    Description: `VPC Endpoint Interface ${name}`,
  }));
  return {
    interfaces,
    endpoint: {
      VpcEndpointId: plan.random.id('vpce'),
      VpcEndpointType: 'Interface' as const,
      VpcId: plan.vpc,
      State: AVAILABLE,
      OwnerId: plan.account,
      ServiceName: `com.amazonaws.${plan.region}.${name}`,
      PrivateDnsEnabled: true,
      SubnetIds: plan.zones.map((zone) => zone.subnets.tasks),
      Groups: [{ GroupId: endpointGroupId(plan), GroupName: `${plan.cluster}-endpoints` }],
      NetworkInterfaceIds: interfaces.map((one) => one.NetworkInterfaceId),
      RouteTableIds: [],
      PolicyDocument: OPEN_POLICY,
    },
  };
}

/** The tables of the subnets that tasks run in. */
function taskTables(plan: AccountPlan): string[] {
  if (plan.wayOut === 'public') return [tableId(plan, 'public')];
  return plan.wayOut === 'nat-per-zone'
    ? plan.zones.map((zone) => tableId(plan, zone.name))
    : [tableId(plan, 'tasks')];
}

function routeTables(plan: AccountPlan): NonNullable<Network['RouteTables']> {
  const created = { Origin: 'CreateRoute' as const, State: 'active' as const };
  const internet = { ...created, DestinationCidrBlock: '0.0.0.0/0', GatewayId: internetGatewayId(plan) };
  const s3 = { ...created, DestinationPrefixListId: prefixListId(plan), GatewayId: s3EndpointId(plan) };
  const through = (zone: ZonePlan | undefined) =>
    zone === undefined ? [] : [{ ...created, DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: natId(zone) }];
  const publicSubnets = plan.zones.map((zone) => zone.subnets.public);
  const taskSubnets = plan.zones.map((zone) => zone.subnets.tasks);
  const isPublic = plan.wayOut === 'public';
  return [
    table(plan, { name: 'main', subnets: [], routes: [], main: true }),
    table(plan, {
      name: 'public',
      subnets: isPublic ? [...publicSubnets, ...taskSubnets] : publicSubnets,
      routes: isPublic ? [internet, s3] : [internet],
    }),
    ...(plan.wayOut === 'nat-per-zone'
      ? plan.zones.map((zone) =>
          table(plan, { name: zone.name, subnets: [zone.subnets.tasks], routes: [...through(zone), s3] }),
        )
      : []),
    ...(plan.wayOut === 'one-nat' || plan.wayOut === 'endpoints'
      ? [
          table(plan, {
            name: 'tasks',
            subnets: taskSubnets,
            routes: [...through(natZones(plan)[0]), s3],
          }),
        ]
      : []),
  ];
}

function table(
  plan: AccountPlan,
  parts: { name: string; subnets: readonly string[]; routes: readonly object[]; main?: boolean },
) {
  const id = tableId(plan, parts.name);
  const association = (more: object) => ({
    RouteTableId: id,
    RouteTableAssociationId: plan.random.id('rtbassoc'),
    AssociationState: { State: 'associated' as const },
    ...more,
  });
  return {
    RouteTableId: id,
    VpcId: plan.vpc,
    OwnerId: plan.account,
    PropagatingVgws: [],
    Tags: [{ Key: 'Name', Value: `${plan.cluster}-${parts.name}` }],
    Routes: [
      {
        DestinationCidrBlock: `10.${plan.second}.0.0/16`,
        GatewayId: 'local',
        Origin: 'CreateRouteTable' as const,
        State: 'active' as const,
      },
      ...parts.routes,
    ],
    Associations: [
      ...(parts.main === true ? [association({ Main: true })] : []),
      ...parts.subnets.map((SubnetId) => association({ Main: false, SubnetId })),
    ],
  };
}
