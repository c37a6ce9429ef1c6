// The simulated network: every hop on its own, and what must hold for any network.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { groups, subnets, VPC } from '../../src/simulator/demo/names.ts';
import { demoSnapshot } from '../../src/simulator/demo-account.ts';
import { addressNumber, addressText, blockOf, isInBlock } from '../../src/simulator/physics/address.ts';
import { resolveName } from '../../src/simulator/physics/names.ts';
import { reach } from '../../src/simulator/physics/reach.ts';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const DATABASE = '10.0.20.15';
const INTERNET = '192.0.2.10';
const S3 = '52.216.1.1';
type Network = Snapshot['ec2'];

function network(change: (network: Network) => void = () => {}): Network {
  const { ec2 } = demoSnapshot(NOW);
  change(ec2);
  return ec2;
}

const group = (net: Network, id: string) => net.SecurityGroups.find((one) => one.GroupId === id)!;
const permit = (peer: object, port = 5432) => ({ IpProtocol: 'tcp', FromPort: port, ToPort: port, ...peer });
const openDatabase = (net: Network) =>
  group(net, groups.app).IpPermissionsEgress!.push(
    permit({ UserIdGroupPairs: [{ GroupId: groups.database }] }),
  );
const task = (net: Network, zone = 0) =>
  net.NetworkInterfaces.find(
    (one) => one.SubnetId === subnets.private[zone] && one.Groups?.[0]?.GroupId === groups.app,
  )!;
const attempt = (net: Network, to: string, port: number) => reach(net, { from: task(net), to, port });
const acl = (net: Network) => net.NetworkAcls[0]!;
const deny = (Egress: boolean, more: object) => ({
  Egress,
  RuleNumber: 50,
  RuleAction: 'deny' as const,
  Protocol: '6',
  CidrBlock: '0.0.0.0/0',
  ...more,
});

describe('a connection inside the VPC', () => {
  it('needs egress on one side and ingress on the other', () => {
    expect(attempt(network(), DATABASE, 5432)).toEqual({ open: false, obstacle: 'group-egress' });
    expect(attempt(network(openDatabase), DATABASE, 5432)).toEqual({ open: true });
    const closed = network((net) => {
      openDatabase(net);
      group(net, groups.database).IpPermissions = [];
    });
    expect(attempt(closed, DATABASE, 5432)).toEqual({ open: false, obstacle: 'group-ingress' });
  });
  it('takes a block, a group or a prefix list as peer, and only the right one', () => {
    const with_ = (peer: object) =>
      attempt(
        network((net) => group(net, groups.app).IpPermissionsEgress!.push(permit(peer))),
        DATABASE,
        5432,
      ).open;
    expect(with_({ IpRanges: [{ CidrIp: '10.0.20.0/24' }] })).toBe(true);
    expect(with_({ IpRanges: [{ CidrIp: '10.0.21.0/24' }] })).toBe(false);
    expect(with_({ UserIdGroupPairs: [{ GroupId: groups.cache }] })).toBe(false);
    expect(with_({ PrefixListIds: [{ PrefixListId: 'pl-63a5400a' }] })).toBe(false);
  });
  it('meets the ACLs of both subnets in both directions', () => {
    const with_ = (entry: object) =>
      attempt(
        network((net) => {
          openDatabase(net);
          acl(net).Entries!.push(entry);
        }),
        DATABASE,
        5432,
      ).obstacle;
    expect(with_(deny(true, { PortRange: { From: 5432, To: 5432 } }))).toBe('acl-egress');
    expect(with_(deny(false, { PortRange: { From: 5432, To: 5432 } }))).toBe('acl-ingress');
    expect(with_(deny(true, { PortRange: { From: 40_000, To: 65_535 }, CidrBlock: '10.0.10.0/23' }))).toBe(
      'acl-return',
    );
    expect(with_(deny(false, { PortRange: { From: 60_000, To: 60_999 } }))).toBe('acl-return');
    expect(with_(deny(true, { PortRange: { From: 1, To: 1023 } }))).toBeUndefined();
    expect(with_({ ...deny(true, {}), RuleNumber: 101 })).toBeUndefined();
  });
  it('finds nobody at an address that no interface has', () => {
    const net = network((one) =>
      group(one, groups.app).IpPermissionsEgress!.push(permit({ IpRanges: [{ CidrIp: '10.0.0.0/16' }] })),
    );
    expect(attempt(net, '10.0.20.99', 5432).obstacle).toBe('no-host');
  });
});

describe('a connection out of the VPC', () => {
  it('goes through the NAT gateway while that works', () => {
    expect(attempt(network(), INTERNET, 443)).toMatchObject({ open: true });
    const broken = (change: (net: Network) => void) => attempt(network(change), INTERNET, 443).obstacle;
    expect(
      broken((net) => {
        net.NatGateways[0]!.State = 'failed';
      }),
    ).toBe('gateway-down');
    expect(
      broken((net) => {
        net.NatGateways[0]!.SubnetId = subnets.private[0];
      }),
    ).toBe('no-route');
    expect(
      broken((net) => {
        net.InternetGateways[0]!.Attachments = [];
      }),
    ).toBe('gateway-down');
    expect(
      broken((net) => {
        net.RouteTables.find((one) => one.Routes?.some((route) => route.NatGatewayId))!.Routes!.find(
          (route) => route.NatGatewayId,
        )!.State = 'blackhole';
      }),
    ).toBe('blackhole');
    expect(
      broken((net) => {
        net.RouteTables.find((one) => one.Routes?.some((route) => route.NatGatewayId))!.Routes = [];
      }),
    ).toBe('no-route');
  });
  it('needs a public address in a public subnet', () => {
    const toPublic = (association: object | undefined) => (net: Network) =>
      Object.assign(task(net), { SubnetId: subnets.public[0] }, association);
    const from = (change: (net: Network) => void) => {
      const net = network();
      const source = task(net);
      change(net);
      return reach(net, { from: source, to: INTERNET, port: 443 });
    };
    expect(from(toPublic(undefined)).obstacle).toBe('no-public-address');
    expect(from(toPublic({ Association: { PublicIp: '198.51.100.7' } })).open).toBe(true);
  });
  it('takes the S3 endpoint by its longer prefix, even without NAT', () => {
    const withoutNat = (net: Network) => {
      net.NatGateways[0]!.State = 'deleted';
    };
    expect(attempt(network(withoutNat), S3, 443).open).toBe(true);
    expect(attempt(network(withoutNat), INTERNET, 443).open).toBe(false);
  });
});

describe('names', () => {
  it('resolves tagged interfaces, databases and public hosts, and nothing private that it does not know', () => {
    const state = demoSnapshot(NOW);
    expect(resolveName(state, 'db.production.internal', VPC)).toBe(DATABASE);
    expect(resolveName(state, 'production-db.c4kq2wzx81ab.us-east-1.rds.amazonaws.com', VPC)).toBe(DATABASE);
    expect(resolveName(state, 'api.example.com', VPC)).toBe(INTERNET);
    expect(isInBlock(resolveName(state, 'bucket.s3.us-east-1.amazonaws.com', VPC)!, '52.216.0.0/15')).toBe(
      true,
    );
    expect(resolveName(state, 'nope.production.internal', VPC)).toBeUndefined();
    state.ec2.VpcAttributes[VPC] = { enableDnsSupport: false };
    expect(resolveName(state, 'db.production.internal', VPC)).toBeUndefined();
    expect(resolveName(state, '10.1.2.3', VPC)).toBe('10.1.2.3');
  });
});

describe('what holds for any network', () => {
  const address = fc.integer({ min: 0, max: 2 ** 32 - 1 }).map(addressText);
  const port = fc.integer({ min: 0, max: 65_535 });
  const cidr = fc
    .tuple(address, fc.integer({ min: 0, max: 32 }))
    .map(([text, length]) => `${text}/${length}`);
  const permission = fc.record({
    IpProtocol: fc.constantFrom('tcp', 'udp', '-1'),
    FromPort: port,
    ToPort: port,
    IpRanges: fc.array(
      cidr.map((CidrIp) => ({ CidrIp })),
      { maxLength: 2 },
    ),
    UserIdGroupPairs: fc.array(
      fc.constantFrom(...Object.values(groups)).map((GroupId) => ({ GroupId })),
      { maxLength: 1 },
    ),
  });
  const rules = fc.array(permission, { maxLength: 4 });

  it('an address is the same after it was a number, and belongs to every block made of it', () => {
    fc.assert(
      fc.property(address, fc.integer({ min: 0, max: 32 }), (text, length) => {
        expect(addressText(addressNumber(text)!)).toBe(text);
        expect(isInBlock(text, `${text}/${length}`)).toBe(true);
        expect(blockOf(`${text}/${length}`)!.size).toBe(2 ** (32 - length));
      }),
    );
  });
  it('one more rule never closes a connection that was open', () => {
    fc.assert(
      fc.property(
        rules,
        rules,
        permission,
        fc.constantFrom(DATABASE, '10.0.20.40', INTERNET, S3),
        port,
        (out, into, extra, to, toPort) => {
          const net = network((one) => {
            group(one, groups.app).IpPermissionsEgress = out;
            group(one, groups.database).IpPermissions = into;
          });
          const before = attempt(net, to, toPort).open;
          group(net, groups.app).IpPermissionsEgress!.push(extra);
          group(net, groups.database).IpPermissions!.push(extra);
          expect(!before || attempt(net, to, toPort).open).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });
  it('one more denying ACL entry never opens a connection that was closed', () => {
    fc.assert(
      fc.property(
        rules,
        cidr,
        fc.boolean(),
        fc.integer({ min: 1, max: 99 }),
        port,
        (out, CidrBlock, Egress, RuleNumber, toPort) => {
          const net = network((one) => {
            group(one, groups.app).IpPermissionsEgress = out;
          });
          const before = attempt(net, DATABASE, toPort).open;
          acl(net).Entries!.push({ ...deny(Egress, { CidrBlock }), RuleNumber });
          expect(before || !attempt(net, DATABASE, toPort).open).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });
  it('without any egress rule nothing leaves, and without a route nothing leaves either', () => {
    fc.assert(
      fc.property(address, port, (to, toPort) => {
        const mute = network((net) => {
          group(net, groups.app).IpPermissionsEgress = [];
        });
        expect(attempt(mute, to, toPort).obstacle).toBe('group-egress');
        const routeless = network((net) => {
          group(net, groups.app).IpPermissionsEgress = [
            { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
          ];
          for (const table of net.RouteTables) table.Routes = [];
        });
        expect(attempt(routeless, to, toPort).obstacle).toBe('no-route');
      }),
      { numRuns: 30 },
    );
  });
});
