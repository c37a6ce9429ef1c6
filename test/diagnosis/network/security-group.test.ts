import type * as Ec2 from '@aws-sdk/client-ec2';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PrefixList, Seen } from '../../../src/diagnosis/evidence.ts';
import { addressSet } from '../../../src/diagnosis/network/address-set.ts';
import type { Peer } from '../../../src/diagnosis/network/peer.ts';
import { judgeGroups } from '../../../src/diagnosis/network/security-group.ts';
import { group, seen, tcp, toCidr, toGroup } from '../support/vpc.ts';

const noLists: Seen<PrefixList> = { items: [], gaps: [] };
const database: Peer = { addresses: addressSet(['10.0.2.20']), groups: ['sg-data'] };
const rank = { blocked: 0, unknown: 1, open: 2 } as const;

function judge(out: Ec2.IpPermission[], peer: Peer = database, lists: Seen<PrefixList> = noLists) {
  return judgeGroups(
    { side: 'egress', groups: ['sg-app'], peer, protocol: 'tcp', port: 5432 },
    seen('$.SecurityGroups', [group('sg-app', { out })]),
    lists,
  );
}

const rule: fc.Arbitrary<Ec2.IpPermission> = fc
  .record({
    protocol: fc.constantFrom('tcp', '6', '-1', 'udp', 'icmp'),
    from: fc.constantFrom(0, 80, 443, 5432, 6000),
    size: fc.constantFrom(0, 1, 6000),
    peer: fc.constantFrom<Partial<Ec2.IpPermission>>(
      toGroup('sg-data'),
      toGroup('sg-other'),
      toCidr('10.0.2.20/32'),
      toCidr('10.0.0.0/16'),
      toCidr('10.0.2.0/27'),
      toCidr('192.168.0.0/16'),
      { PrefixListIds: [{ PrefixListId: 'pl-1' }] },
    ),
  })
  .map(({ protocol, from, size, peer }) => ({
    IpProtocol: protocol,
    ...(protocol === '-1' ? {} : { FromPort: from, ToPort: from + size }),
    ...peer,
  }));
const peers = fc.constantFrom<Peer>(
  database,
  { addresses: addressSet(['10.0.2.0/24']), groups: undefined },
  { addresses: addressSet(['0.0.0.0/0']), groups: undefined },
  { addresses: addressSet(['52.0.0.1']), groups: [] },
);

describe('security groups', () => {
  it('never close when a rule is added', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 6 }), rule, peers, (rules, added, peer) => {
        expect(rank[judge([...rules, added], peer).verdict]).toBeGreaterThanOrEqual(
          rank[judge(rules, peer).verdict],
        );
      }),
      { numRuns: 400 },
    );
  });

  it('judge the same in any order of their rules', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 6 }), peers, fc.nat(), (rules, peer, seed) => {
        const turned = [
          ...rules.slice(seed % (rules.length + 1)),
          ...rules.slice(0, seed % (rules.length + 1)),
        ].reverse();
        expect(judge(turned, peer).verdict).toBe(judge(rules, peer).verdict);
      }),
      { numRuns: 400 },
    );
  });

  it('let through what names the group, the address, all traffic or a covering block', () => {
    for (const peer of [toGroup('sg-data'), toCidr('10.0.2.20/32'), toCidr('0.0.0.0/0')])
      expect(judge([tcp(5432, peer)]).verdict).toBe('open');
    expect(judge([{ IpProtocol: '-1', ...toCidr('10.0.0.0/8') }]).verdict).toBe('open');
    expect(judge([{ IpProtocol: 'tcp', FromPort: 5000, ToPort: 6000, ...toGroup('sg-data') }]).verdict).toBe(
      'open',
    );
  });

  it('block what names another port, protocol, group or block, and a group without rules', () => {
    expect(judge([]).verdict).toBe('blocked');
    expect(judge([tcp(5433, toGroup('sg-data'))]).verdict).toBe('blocked');
    expect(judge([{ ...tcp(5432, toGroup('sg-data')), IpProtocol: 'udp' }]).verdict).toBe('blocked');
    expect(judge([tcp(5432, toGroup('sg-cache')), tcp(5432, toCidr('10.0.3.0/24'))]).verdict).toBe('blocked');
  });

  it('join blocks that cover the destination only together', () => {
    const range: Peer = { addresses: addressSet(['10.0.2.0/24']), groups: undefined };
    expect(judge([tcp(5432, toCidr('10.0.2.0/25'))], range).verdict).toBe('unknown');
    expect(judge([tcp(5432, toCidr('10.0.2.0/25')), tcp(5432, toCidr('10.0.2.128/25'))], range).verdict).toBe(
      'open',
    );
  });

  it('prove a block for every address of the VPC at once when no rule names the port', () => {
    const anywhere: Peer = { addresses: addressSet(['10.0.0.0/16']), groups: undefined };
    expect(judge([tcp(443, toCidr('0.0.0.0/0')), tcp(6379, toGroup('sg-cache'))], anywhere).verdict).toBe(
      'blocked',
    );
    expect(judge([tcp(5432, toGroup('sg-cache'))], anywhere).verdict).toBe('unknown');
  });

  it('judge prefix lists by their entries and say unknown without them', () => {
    const byList = [tcp(5432, { PrefixListIds: [{ PrefixListId: 'pl-1' }] })];
    const list = (cidrs: string[]) => seen('$.Entries', [{ id: 'pl-1', name: 'mine', cidrs }]);
    expect(judge(byList).verdict).toBe('unknown');
    expect(judge(byList, database, list(['10.0.2.0/24'])).verdict).toBe('open');
    expect(judge(byList, database, list(['10.9.0.0/16'])).verdict).toBe('blocked');
    expect(judge(byList, { ...database, prefixList: 'pl-1' }).verdict).toBe('open');
  });

  it('are unknown, not closed, when one of several groups was not seen', () => {
    const answer = judgeGroups(
      { side: 'egress', groups: ['sg-app', 'sg-hidden'], peer: database, protocol: 'tcp', port: 5432 },
      seen('$.SecurityGroups', [group('sg-app', { out: [] })]),
      noLists,
    );
    expect(answer.verdict).toBe('unknown');
    expect(answer.unseen).toEqual(['sg-hidden']);
  });

  it('show descriptions on one line without control characters', () => {
    const hostile = judge([
      tcp(5432, { IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'a\u001b[31m\nb\u202e<script>' }] }),
    ]);
    expect(hostile.rules[0]?.description).toMatch(/^a \[31m b <script>$/);
  });
});
