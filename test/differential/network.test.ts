// Two ideas of the same network, written apart: the simulator walks one packet, the product judges every gate for all that may pass.
// On any network and for any connection they have to agree; where they do not, one of them is wrong.

import type * as Ec2 from '@aws-sdk/client-ec2';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseSnapshot, SNAPSHOT_FORMAT, type Snapshot } from '../../src/contract/snapshot.ts';
import { type NetworkEvidence, unreadNetwork } from '../../src/diagnosis/evidence.ts';
import { addressSet } from '../../src/diagnosis/network/address-set.ts';
import { solvePath } from '../../src/diagnosis/network/path.ts';
import { reach } from '../../src/simulator/physics/reach.ts';
import { seen } from '../diagnosis/support/vpc.ts';

const VPC = 'vpc-1';
const OUTSIDE = '93.184.216.34';
/** Of another network, which nothing leads to. */
const ELSEWHERE = '10.77.3.4';
const S3_ADDRESS = '52.217.10.20';
const subnets = [
  { SubnetId: 'subnet-a', VpcId: VPC, CidrBlock: '10.0.1.0/24' },
  { SubnetId: 'subnet-b', VpcId: VPC, CidrBlock: '10.0.2.0/24' },
  { SubnetId: 'subnet-public', VpcId: VPC, CidrBlock: '10.0.9.0/24' },
];
const cidr = fc.constantFrom(
  '0.0.0.0/0',
  '0.0.0.0/0',
  '0.0.0.0/0',
  '10.0.0.0/16',
  '10.0.1.0/24',
  '10.0.2.0/24',
  '10.0.9.0/24',
  '10.0.2.20/32',
  '93.184.0.0/16',
  '52.217.0.0/16',
  '172.16.0.0/12',
);
const ports = fc.constantFrom(
  [443, 443],
  [5432, 5432],
  [0, 65_535],
  [0, 65_535],
  [1_024, 65_535],
  [32_768, 60_999],
  [32_768, 65_535],
  [400, 500],
  [49_152, 65_535],
);
const groupId = fc.constantFrom('sg-1', 'sg-2', 'sg-3');

const permission: fc.Arbitrary<Ec2.IpPermission> = fc
  .tuple(
    fc.constantFrom('tcp', 'tcp', '6', '-1', 'udp', 'icmp'),
    ports,
    fc.oneof(
      cidr.map((CidrIp) => ({ IpRanges: [{ CidrIp }] })),
      groupId.map((GroupId) => ({ UserIdGroupPairs: [{ GroupId }] })),
      fc.constant('pl-s3').map((PrefixListId) => ({ PrefixListIds: [{ PrefixListId }] })),
    ),
  )
  .map(([IpProtocol, [FromPort, ToPort], peer]) => ({
    IpProtocol,
    ...(IpProtocol === '-1' ? {} : { FromPort, ToPort }),
    ...peer,
  }));

const group = (GroupId: string): fc.Arbitrary<Ec2.SecurityGroup> =>
  fc.record({
    GroupId: fc.constant(GroupId),
    GroupName: fc.constant(GroupId),
    VpcId: fc.constant(VPC),
    IpPermissions: fc.array(permission, { maxLength: 3 }),
    IpPermissionsEgress: fc.oneof(
      fc.constant('0.0.0.0/0').map((CidrIp) => [{ IpProtocol: '-1', IpRanges: [{ CidrIp }] }]),
      fc.array(permission, { maxLength: 3 }),
    ),
  });

const aclEntry: fc.Arbitrary<Ec2.NetworkAclEntry> = fc
  .tuple(
    fc.constantFrom('-1', '6', '6', '17'),
    ports,
    cidr,
    fc.boolean(),
    fc.constantFrom('allow', 'allow', 'deny'),
  )
  .map(([Protocol, [From, To], CidrBlock, Egress, RuleAction]) => ({
    Protocol,
    CidrBlock,
    Egress,
    RuleAction: RuleAction as Ec2.RuleAction,
    ...(Protocol === '-1' ? {} : { PortRange: { From, To } }),
  }));

const open: Ec2.NetworkAclEntry[] = [false, true].map((Egress) => ({
  Protocol: '-1',
  CidrBlock: '0.0.0.0/0',
  Egress,
  RuleAction: 'allow',
  RuleNumber: 30_000,
}));

const acl = (id: string, subnet: string): fc.Arbitrary<Ec2.NetworkAcl> =>
  fc.tuple(fc.array(aclEntry, { maxLength: 3 }), fc.integer({ min: 0, max: 9 })).map(([entries, closed]) => ({
    NetworkAclId: id,
    VpcId: VPC,
    IsDefault: false,
    Associations: [{ SubnetId: subnet }],
    Entries: [
      ...entries.map((entry, at) => ({ ...entry, RuleNumber: 100 + at })),
      ...(closed === 0 ? [] : open),
      { Protocol: '-1', CidrBlock: '0.0.0.0/0', Egress: true, RuleAction: 'deny', RuleNumber: 32_767 },
      { Protocol: '-1', CidrBlock: '0.0.0.0/0', Egress: false, RuleAction: 'deny', RuleNumber: 32_767 },
    ],
  }));

const onward: fc.Arbitrary<Ec2.Route[]> = fc.subarray(
  [
    { DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-1', State: 'active' },
    { DestinationPrefixListId: 'pl-s3', GatewayId: 'vpce-s3', State: 'active' },
    { DestinationCidrBlock: '93.184.0.0/16', GatewayId: 'igw-1', State: 'active' },
    { DestinationCidrBlock: '52.0.0.0/8', NatGatewayId: 'nat-gone', State: 'blackhole' },
  ],
  { minLength: 0 },
);

const table = (id: string, subnet: string, routes: Ec2.Route[]): Ec2.RouteTable => ({
  RouteTableId: id,
  VpcId: VPC,
  Associations: [{ SubnetId: subnet, Main: false }],
  Routes: [{ DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', State: 'active' }, ...routes],
});

interface Case {
  readonly ec2: Snapshot['ec2'];
  readonly from: Snapshot['ec2']['NetworkInterfaces'][number];
  readonly to: string;
  readonly port: number;
}

const cases: fc.Arbitrary<Case> = fc
  .record({
    groups: fc.tuple(group('sg-1'), group('sg-2'), group('sg-3')),
    acls: fc.tuple(acl('acl-a', 'subnet-a'), acl('acl-b', 'subnet-b'), acl('acl-public', 'subnet-public')),
    routes: fc.tuple(onward, onward),
    publicRoute: fc.integer({ min: 0, max: 5 }),
    fromGroups: fc.uniqueArray(groupId, { minLength: 1, maxLength: 2 }),
    toGroups: fc.uniqueArray(groupId, { minLength: 1, maxLength: 2 }),
    toSubnet: fc.constantFrom(0, 1, 1),
    publicAddress: fc.boolean(),
    natState: fc.constantFrom('available', 'available', 'available', 'failed'),
    listShown: fc.boolean(),
    to: fc.constantFrom('peer', 'peer', OUTSIDE, ELSEWHERE, S3_ADDRESS),
    port: fc.constantFrom(443, 5432),
  })
  .map((made) => {
    const peerAddress = made.toSubnet === 0 ? '10.0.1.20' : '10.0.2.20';
    const face = (id: string, address: string, subnet: string, groups: readonly string[]) => ({
      NetworkInterfaceId: id,
      PrivateIpAddress: address,
      SubnetId: subnet,
      VpcId: VPC,
      Groups: groups.map((GroupId) => ({ GroupId })),
    });
    const from = {
      ...face('eni-from', '10.0.1.10', 'subnet-a', made.fromGroups),
      ...(made.publicAddress ? { Association: { PublicIp: '54.1.2.3' } } : {}),
    };
    const raw = {
      format: SNAPSHOT_FORMAT,
      takenAt: '2026-11-20T10:00:00.000Z',
      account: { id: '123456789012', region: 'us-east-1' },
      ec2: {
        Vpcs: [{ VpcId: VPC, CidrBlock: '10.0.0.0/16' }],
        Subnets: subnets,
        SecurityGroups: made.groups,
        NetworkAcls: made.acls,
        RouteTables: [
          table('rtb-a', 'subnet-a', made.routes[0]),
          table('rtb-b', 'subnet-b', made.routes[1]),
          table(
            'rtb-public',
            'subnet-public',
            made.publicRoute === 0
              ? []
              : [{ DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1', State: 'active' }],
          ),
        ],
        NatGateways: [
          {
            NatGatewayId: 'nat-1',
            SubnetId: 'subnet-public',
            VpcId: VPC,
            State: made.natState,
            ConnectivityType: 'public',
          },
        ],
        InternetGateways: [{ InternetGatewayId: 'igw-1', Attachments: [{ VpcId: VPC, State: 'available' }] }],
        VpcEndpoints: [
          {
            VpcEndpointId: 'vpce-s3',
            VpcEndpointType: 'Gateway',
            ServiceName: 'com.amazonaws.us-east-1.s3',
            State: 'available',
            VpcId: VPC,
            RouteTableIds: ['rtb-a', 'rtb-b'],
          },
        ],
        ManagedPrefixLists: [
          {
            PrefixListId: 'pl-s3',
            PrefixListName: 'com.amazonaws.us-east-1.s3',
            Entries: made.listShown
              ? [{ Cidr: '52.217.0.0/16' }, { Cidr: '3.5.0.0/19' }]
              : [{ Cidr: '52.216.0.0/15' }],
          },
        ],
        NetworkInterfaces: [
          from,
          face('eni-to', peerAddress, made.toSubnet === 0 ? 'subnet-a' : 'subnet-b', made.toGroups),
        ],
      },
    };
    const { ec2 } = parseSnapshot(raw);
    const source = ec2.NetworkInterfaces.find((one) => one.NetworkInterfaceId === 'eni-from');
    if (source === undefined) throw new Error('the snapshot kept the interface');
    return { ec2, from: source, to: made.to === 'peer' ? peerAddress : made.to, port: made.port };
  });

/** Everything of the network, read. */
function evidence(ec2: Snapshot['ec2']): NetworkEvidence {
  return {
    ...unreadNetwork(),
    subnets: seen('$.Subnets', ec2.Subnets as Ec2.Subnet[]),
    securityGroups: seen('$.SecurityGroups', ec2.SecurityGroups as Ec2.SecurityGroup[]),
    routeTables: seen('$.RouteTables', ec2.RouteTables as Ec2.RouteTable[]),
    networkAcls: seen('$.NetworkAcls', ec2.NetworkAcls as Ec2.NetworkAcl[]),
    networkInterfaces: seen('$.NetworkInterfaces', ec2.NetworkInterfaces as Ec2.NetworkInterface[]),
    natGateways: seen('$.NatGateways', ec2.NatGateways as Ec2.NatGateway[]),
    vpcEndpoints: seen('$.VpcEndpoints', ec2.VpcEndpoints as Ec2.VpcEndpoint[]),
    vpcAttributes: seen('$', [{ vpcId: VPC, enableDnsSupport: true, enableDnsHostnames: true }]),
    prefixLists: seen(
      '$.PrefixLists',
      ec2.ManagedPrefixLists.map((list) => ({
        id: list.PrefixListId ?? '',
        name: list.PrefixListName ?? '',
        cidrs: list.Entries.map((entry) => entry.Cidr ?? ''),
      })),
    ),
  };
}

function judged({ ec2, from, to, port }: Case, network = evidence(ec2)) {
  const peer = ec2.NetworkInterfaces.find((one) => one.PrivateIpAddress === to);
  return solvePath(
    network,
    {
      subnetId: from.SubnetId ?? '',
      securityGroups: (from.Groups ?? []).map(({ GroupId }) => GroupId ?? ''),
      address: from.PrivateIpAddress ?? '',
      publicAddress: from.Association?.PublicIp !== undefined,
    },
    {
      port,
      protocol: 'tcp',
      addresses: addressSet([to]),
      address: to,
      securityGroups: (peer?.Groups ?? []).map(({ GroupId }) => GroupId ?? ''),
      ...(peer?.SubnetId === undefined ? {} : { subnetId: peer.SubnetId }),
      ...(to === S3_ADDRESS ? { prefixList: 'pl-s3' } : {}),
    },
  ).path;
}

it('agree on whether a connection is possible', () => {
  const told = { reachable: 0, blocked: 0, unknown: 0 };
  fc.assert(
    fc.property(cases, (one) => {
      const path = judged(one);
      const walked = reach(one.ec2, one);
      told[path.verdict] += 1;
      if (path.verdict === 'unknown') return;
      const because = `${JSON.stringify(walked)} but ${path.hops.map((hop) => `${hop.check} ${hop.verdict}`).join(', ')}`;
      expect(`${walked.open ? 'reachable' : 'blocked'}`, because).toBe(path.verdict);
    }),
    { numRuns: 4_000 },
  );
  // With everything read there is little to be in doubt about, and both answers have to occur for the agreement to mean something.
  expect(told.unknown).toBeLessThan(400);
  expect(told.reachable).toBeGreaterThan(400);
  expect(told.blocked).toBeGreaterThan(400);
});

it('never contradict each other when parts of the network could not be read', () => {
  const parts = fc.subarray([
    'subnets',
    'securityGroups',
    'routeTables',
    'networkAcls',
    'natGateways',
    'vpcEndpoints',
    'vpcAttributes',
    'prefixLists',
  ] as const);
  fc.assert(
    fc.property(cases, parts, (one, hidden) => {
      const nothing = unreadNetwork();
      const unread = Object.fromEntries(hidden.map((part) => [part, nothing[part]]));
      const { verdict } = judged(one, { ...evidence(one.ec2), ...unread });
      if (verdict !== 'unknown')
        expect(reach(one.ec2, one).open, hidden.join()).toBe(verdict === 'reachable');
    }),
    { numRuns: 3_000 },
  );
});
