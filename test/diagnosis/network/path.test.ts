import type * as Ec2 from '@aws-sdk/client-ec2';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NetworkEvidence } from '../../../src/diagnosis/evidence.ts';
import { addressSet, publicInternet } from '../../../src/diagnosis/network/address-set.ts';
import { type PathSource, solvePath, solvePaths } from '../../../src/diagnosis/network/path.ts';
import type { PathDestination } from '../../../src/diagnosis/network/peer.ts';
import {
  APP_ADDRESS,
  APP_GROUP,
  APP_SUBNET,
  acl,
  aclEntry,
  DATA_ADDRESS,
  DATA_GROUP,
  DATA_SUBNET,
  group,
  seen,
  tcp,
  toCidr,
  toGroup,
  VPC,
  vpc,
} from '../support/vpc.ts';

const source: PathSource = {
  subnetId: APP_SUBNET,
  securityGroups: [APP_GROUP],
  address: APP_ADDRESS,
  publicAddress: false,
};
const database: PathDestination = {
  port: 5432,
  protocol: 'tcp',
  addresses: addressSet([DATA_ADDRESS]),
  address: DATA_ADDRESS,
  securityGroups: [DATA_GROUP],
  subnetId: DATA_SUBNET,
};
const internet: PathDestination = {
  port: 443,
  protocol: 'tcp',
  addresses: publicInternet,
  securityGroups: [],
};
const outbound443 = [group(APP_GROUP, { out: [tcp(443, toCidr('0.0.0.0/0'))] })];

const blockedChecks = (network: NetworkEvidence, to = database, from = source) =>
  solvePath(network, from, to)
    .path.hops.filter((hop) => hop.verdict === 'blocked')
    .map((hop) => hop.check);
const verdict = (network: NetworkEvidence, to = database, from = source) =>
  solvePath(network, from, to).path.verdict;

describe('a sender that is a host', () => {
  const host: PathSource = {
    subnetId: 'subnet-of-hosts',
    securityGroups: [APP_GROUP],
    address: '10.0.9.5',
    publicAddress: false,
    host: 'i-0a',
    vpcId: VPC,
  };

  it('in a subnet nobody read is judged by the main table of its VPC', () => {
    const network = vpc({ acls: [acl('acl-all', [APP_SUBNET, DATA_SUBNET, 'subnet-of-hosts'])] });
    expect(solvePath(network, host, database).path).toMatchObject({
      verdict: 'reachable',
      from: { host: 'i-0a', subnets: ['subnet-of-hosts'] },
    });
    const { vpcId: _, ...lost } = host;
    expect(verdict(network, database, lost)).toBe('unknown');
  });

  it('whose groups are not known is neither let through nor stopped by rules for groups', () => {
    const unknown = { ...host, subnetId: APP_SUBNET, securityGroups: [] };
    expect(verdict(vpc(), database, unknown)).toBe('unknown');
    expect(blockedChecks(vpc(), database, unknown)).toEqual([]);
  });

  it('whose groups are not known is stopped by a route all the same', () => {
    const unknown = { ...host, subnetId: APP_SUBNET, securityGroups: [] };
    expect(blockedChecks(vpc(), internet, unknown)).toEqual(['route']);
  });
});

describe('the path to a database in the VPC', () => {
  it('is reachable when every gate is open', () => {
    expect(verdict(vpc())).toBe('reachable');
  });

  it('is blocked by a missing egress rule and names it', () => {
    const network = vpc({
      groups: [
        group(APP_GROUP, { out: [tcp(443, toCidr('0.0.0.0/0'))] }),
        group(DATA_GROUP, { in: [tcp(5432, toGroup(APP_GROUP))] }),
      ],
    });
    const { path } = solvePath(network, source, database);
    expect(path.verdict).toBe('blocked');
    const gate = path.hops.find((hop) => hop.check === 'security-group-egress');
    expect(gate?.missing).toEqual({ protocol: 'tcp', ports: '5432', peer: DATA_GROUP });
    expect(gate?.rules).toEqual([
      { protocol: 'tcp', ports: '443', peer: '0.0.0.0/0', description: '', matches: false },
    ]);
  });

  it('goes on behind the first closed gate, so that both missing rules are named', () => {
    const network = vpc({ groups: [group(APP_GROUP, {}), group(DATA_GROUP, {})] });
    expect(blockedChecks(network)).toEqual(['security-group-egress', 'security-group-ingress']);
  });

  it('is blocked by a network ACL in each of the four directions', () => {
    const open = [aclEntry({ Egress: false }), aclEntry({ Egress: true })];
    const deny = (egress: boolean, from: number, to: number) =>
      aclEntry({
        RuleNumber: 10,
        RuleAction: 'deny',
        Egress: egress,
        Protocol: '6',
        PortRange: { From: from, To: to },
      });
    const cases: [string, Ec2.NetworkAcl[], string][] = [
      [
        'out of the task subnet',
        [acl('acl-a', [APP_SUBNET], [...open, deny(true, 5432, 5432)]), acl('acl-d', [DATA_SUBNET])],
        'network-acl-egress',
      ],
      [
        'into the data subnet',
        [acl('acl-a', [APP_SUBNET]), acl('acl-d', [DATA_SUBNET], [...open, deny(false, 5432, 5432)])],
        'network-acl-ingress',
      ],
      [
        'reply out of the data subnet',
        [acl('acl-a', [APP_SUBNET]), acl('acl-d', [DATA_SUBNET], [...open, deny(true, 1024, 65_535)])],
        'network-acl-return',
      ],
      [
        'reply into the task subnet',
        [acl('acl-a', [APP_SUBNET], [...open, deny(false, 1024, 65_535)]), acl('acl-d', [DATA_SUBNET])],
        'network-acl-return',
      ],
    ];
    for (const [name, acls, check] of cases) expect(blockedChecks(vpc({ acls })), name).toEqual([check]);
  });

  it('asks no network ACL inside one subnet', () => {
    const closed = acl('acl-closed', [APP_SUBNET, DATA_SUBNET], []);
    expect(verdict(vpc({ acls: [closed] }))).toBe('blocked');
    expect(verdict(vpc({ acls: [closed] }), { ...database, subnetId: APP_SUBNET })).toBe('reachable');
  });

  it('is unknown, never open or closed, when something deciding was not seen', () => {
    const gap = { what: 'x', missingAction: 'ec2:X', kind: 'denied' as const };
    const hidden = { items: [], gaps: [gap] };
    expect(verdict({ ...vpc(), networkAcls: hidden })).toBe('unknown');
    expect(verdict({ ...vpc(), routeTables: hidden })).toBe('unknown');
    expect(verdict({ ...vpc(), securityGroups: hidden })).toBe('unknown');
    expect(verdict(vpc(), { ...database, securityGroups: undefined })).toBe('unknown');
  });

  it('does not take the main table for a subnet whose own table may be hidden', () => {
    const gap = { what: 'the rest', missingAction: 'ec2:DescribeRouteTables', kind: 'denied' as const };
    const network = vpc();
    expect(verdict({ ...network, routeTables: { ...network.routeTables, gaps: [gap] } })).toBe('unknown');
  });

  it('is judged for IPv4 alone when the task subnet has IPv6 too', () => {
    const network = vpc();
    const subnets = network.subnets.items.map((one) => ({
      ...one,
      value: { ...one.value, Ipv6CidrBlockAssociationSet: [{ Ipv6CidrBlock: 'fd00:1::/64' }] },
    }));
    const { address: _, ...anywhereInSubnet } = source;
    expect(
      verdict({ ...network, subnets: { ...network.subnets, items: subnets } }, database, anywhereInSubnet),
    ).toBe('reachable');
  });
});

describe('the path to the internet', () => {
  const igw: Ec2.Route = { DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1', State: 'active' };
  const nat: Ec2.Route = { DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-1', State: 'active' };
  const tables = (natSubnetRoutes: Ec2.Route[]): Ec2.RouteTable[] => [
    { RouteTableId: 'rtb-app', VpcId: VPC, Associations: [{ SubnetId: APP_SUBNET }], Routes: [nat] },
    {
      RouteTableId: 'rtb-public',
      VpcId: VPC,
      Associations: [{ SubnetId: DATA_SUBNET }],
      Routes: natSubnetRoutes,
    },
  ];
  const gateway = (State: 'available' | 'failed'): Ec2.NatGateway[] => [
    { NatGatewayId: 'nat-1', State, SubnetId: DATA_SUBNET, VpcId: VPC, ConnectivityType: 'public' },
  ];

  it('needs a route', () => {
    expect(blockedChecks(vpc({ groups: outbound443 }), internet)).toEqual(['route']);
    expect(verdict(vpc({ groups: outbound443, routes: [{ ...nat, State: 'blackhole' }] }), internet)).toBe(
      'blocked',
    );
  });

  it('needs a public address behind an internet gateway', () => {
    const network = vpc({ groups: outbound443, routes: [igw] });
    expect(solvePath(network, source, internet).route.reason).toBe('no-public-address');
    expect(verdict(network, internet, { ...source, publicAddress: true })).toBe('reachable');
    const { publicAddress: _, ...unsure } = source;
    expect(verdict(network, internet, unsure)).toBe('unknown');
  });

  it('is not half open because S3 has an endpoint', () => {
    const s3: Ec2.Route = {
      DestinationPrefixListId: 'pl-s3',
      GatewayId: 'vpce-s3',
      State: 'active',
    };
    const through = (routes: Ec2.Route[]): NetworkEvidence => ({
      ...vpc({ routes: [...routes, s3], groups: outbound443 }),
      prefixLists: seen('$.Entries', [
        { id: 'pl-s3', name: 'com.amazonaws.eu-central-1.s3', cidrs: ['52.216.0.0/15', '3.5.0.0/19'] },
      ]),
    });
    const igw: Ec2.Route = { DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1', State: 'active' };
    expect(blockedChecks(through([igw]), internet)).toEqual(['route']);
    expect(verdict(through([igw]), internet, { ...source, publicAddress: true })).toBe('reachable');
    expect(blockedChecks(through([]), internet)).toEqual(['route']);
    const object: PathDestination = {
      ...internet,
      addresses: addressSet(['52.216.10.1']),
      address: '52.216.10.1',
    };
    expect(verdict(through([]), object)).toBe('reachable');
  });

  it('needs a NAT gateway that is available and can itself get out', () => {
    const network = (routes: Ec2.Route[], state: 'available' | 'failed') =>
      vpc({ groups: outbound443, tables: tables(routes), nats: gateway(state) });
    expect(verdict(network([igw], 'available'), internet)).toBe('reachable');
    expect(verdict(network([], 'available'), internet)).toBe('blocked');
    expect(verdict(network([nat], 'available'), internet)).toBe('blocked');
    expect(verdict(network([igw], 'failed'), internet)).toBe('blocked');
    expect(verdict(vpc({ groups: outbound443, tables: tables([igw]) }), internet)).toBe('unknown');
  });

  it('cannot be concluded through a transit gateway', () => {
    expect(
      verdict(
        vpc({
          groups: outbound443,
          routes: [{ DestinationCidrBlock: '0.0.0.0/0', TransitGatewayId: 'tgw-1', State: 'active' }],
        }),
        internet,
      ),
    ).toBe('unknown');
  });

  it('takes the longest prefix', () => {
    const to: PathDestination = {
      ...internet,
      addresses: addressSet(['203.0.113.5']),
      address: '203.0.113.5',
    };
    const narrow: Ec2.Route = {
      DestinationCidrBlock: '203.0.113.0/24',
      GatewayId: 'igw-1',
      State: 'blackhole',
    };
    expect(
      verdict(vpc({ groups: outbound443, routes: [igw, narrow] }), to, { ...source, publicAddress: true }),
    ).toBe('blocked');
  });

  it('is told per group of subnets that look alike', () => {
    const network = vpc({ groups: outbound443, tables: tables([igw]), nats: gateway('available') });
    const from = [source, { ...source, subnetId: DATA_SUBNET, address: '10.0.2.30' }];
    const { paths } = solvePaths(network, from, internet);
    expect(paths.map((path) => [path.from.subnets, path.verdict])).toEqual([
      [[APP_SUBNET], 'reachable'],
      [[DATA_SUBNET], 'blocked'],
    ]);
    expect(solvePaths(vpc(), from, database).paths.length).toBeLessThanOrEqual(2);
  });
});

describe('names', () => {
  const named: PathDestination = { ...database, host: 'db.internal' };
  it('do not resolve without DNS support', () => {
    const off = vpc({ dns: { enableDnsSupport: false, enableDnsHostnames: true } });
    expect(blockedChecks(off, named)).toEqual(['dns']);
    expect(blockedChecks(off, { ...named, resolves: true })).toEqual([]);
    expect(blockedChecks(off)).toEqual([]);
  });
  it('that were seen to fail stay unknown when the attributes are on', () => {
    expect(verdict(vpc(), { ...named, resolves: false })).toBe('unknown');
  });
});

describe('the solver and a packet-by-packet model of the same VPC', () => {
  const permission = fc.constantFrom<Ec2.IpPermission>(
    tcp(5432, toGroup(DATA_GROUP)),
    tcp(5432, toGroup(APP_GROUP)),
    tcp(5432, toCidr('10.0.2.0/24')),
    tcp(5432, toCidr('10.0.1.0/24')),
    tcp(443, toCidr('0.0.0.0/0')),
    { IpProtocol: '-1', ...toCidr('10.0.0.0/16') },
    { IpProtocol: 'tcp', FromPort: 5000, ToPort: 6000, ...toCidr('10.0.2.20/32') },
  );
  const entries = fc.array(
    fc.record({
      RuleNumber: fc.integer({ min: 1, max: 50 }),
      RuleAction: fc.constantFrom<'allow' | 'deny'>('allow', 'allow', 'deny'),
      Egress: fc.boolean(),
      Protocol: fc.constantFrom('-1', '6'),
      CidrBlock: fc.constantFrom('0.0.0.0/0', '10.0.1.0/24', '10.0.2.0/24'),
    }),
    { maxLength: 6 },
  );

  it('agree whenever everything is known', () => {
    fc.assert(
      fc.property(
        fc.array(permission, { maxLength: 3 }),
        fc.array(permission, { maxLength: 3 }),
        entries,
        entries,
        (out, into, appAcl, dataAcl) => {
          const network = vpc({
            groups: [group(APP_GROUP, { out }), group(DATA_GROUP, { in: into })],
            acls: [acl('acl-a', [APP_SUBNET], appAcl), acl('acl-d', [DATA_SUBNET], dataAcl)],
          });
          const expected =
            out.some((one) => admits(one, DATA_GROUP, DATA_ADDRESS)) &&
            into.some((one) => admits(one, APP_GROUP, APP_ADDRESS)) &&
            aclPasses(appAcl, true, DATA_ADDRESS) &&
            aclPasses(dataAcl, false, APP_ADDRESS) &&
            aclPasses(dataAcl, true, APP_ADDRESS) &&
            aclPasses(appAcl, false, DATA_ADDRESS);
          expect(verdict(network)).toBe(expected ? 'reachable' : 'blocked');
        },
      ),
      { numRuns: 1_000 },
    );
  });

  function within(address: string, cidr: string): boolean {
    const [base = '', bits = '32'] = cidr.split('/');
    const parts = Math.floor(Number(bits) / 8);
    return address.split('.').slice(0, parts).join('.') === base.split('.').slice(0, parts).join('.');
  }
  function admits(rule: Ec2.IpPermission, peerGroup: string, peerAddress: string): boolean {
    const port = rule.IpProtocol === '-1' || ((rule.FromPort ?? 0) <= 5432 && 5432 <= (rule.ToPort ?? 0));
    const peer =
      rule.UserIdGroupPairs?.some((pair) => pair.GroupId === peerGroup) === true ||
      rule.IpRanges?.some((range) => within(peerAddress, range.CidrIp ?? '')) === true;
    return port && peer;
  }
  function aclPasses(rules: readonly Ec2.NetworkAclEntry[], egress: boolean, far: string): boolean {
    const sorted = [...rules].sort((a, b) => (a.RuleNumber ?? 0) - (b.RuleNumber ?? 0));
    return (
      sorted.find((one) => one.Egress === egress && within(far, one.CidrBlock ?? ''))?.RuleAction === 'allow'
    );
  }
});
