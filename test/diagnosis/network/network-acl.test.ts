import type * as Ec2 from '@aws-sdk/client-ec2';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressSet } from '../../../src/diagnosis/network/address-set.ts';
import { judgeAcl } from '../../../src/diagnosis/network/network-acl.ts';
import { acl, aclEntry } from '../support/vpc.ts';

function judge(
  entries: Ec2.NetworkAclEntry[],
  addresses: string[],
  ports: { from: number; to: number },
  egress = true,
) {
  const at = { id: 'ev_test', path: '$.NetworkAcls[0]' };
  return judgeAcl(
    { value: acl('acl-1', [], entries), at },
    { egress, addresses: addressSet(addresses), protocol: 'tcp', ports },
  );
}

/** What AWS documents, for one packet: rules by number, the first that matches decides, none means deny. */
function passes(
  entries: readonly Ec2.NetworkAclEntry[],
  address: string,
  port: number,
  egress: boolean,
): boolean {
  const sorted = entries
    .filter((one) => one.Egress === egress)
    .sort((a, b) => (a.RuleNumber ?? 0) - (b.RuleNumber ?? 0));
  const inBlock = (cidr: string) => {
    const [base = '', bits = '32'] = cidr.split('/');
    const number = (text: string) => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
    const size = 2 ** (32 - Number(bits));
    return Math.floor(number(base) / size) === Math.floor(number(address) / size);
  };
  const first = sorted.find(
    (one) =>
      (one.Protocol === '-1' || one.Protocol === '6') &&
      (one.PortRange === undefined ||
        ((one.PortRange.From ?? 0) <= port && port <= (one.PortRange.To ?? 0))) &&
      inBlock(one.CidrBlock ?? ''),
  );
  return first?.RuleAction === 'allow';
}

const entry = fc
  .record({
    RuleNumber: fc.integer({ min: 1, max: 20 }),
    Protocol: fc.constantFrom('-1', '6', '17'),
    RuleAction: fc.constantFrom<'allow' | 'deny'>('allow', 'deny'),
    Egress: fc.boolean(),
    CidrBlock: fc.constantFrom('0.0.0.0/0', '10.0.0.0/30', '10.0.0.0/31', '10.0.0.2/32', '10.0.0.4/30'),
    ports: fc.constantFrom(undefined, { From: 5, To: 6 }, { From: 0, To: 9 }, { From: 6, To: 6 }),
  })
  .map(
    ({ ports, ...rest }): Ec2.NetworkAclEntry =>
      ports === undefined || rest.Protocol === '-1' ? rest : { ...rest, PortRange: ports },
  );
const entries = fc.uniqueArray(entry, { maxLength: 8, selector: (one) => `${one.Egress} ${one.RuleNumber}` });

describe('network ACLs', () => {
  it('agree with a packet-by-packet reading for every set of addresses and ports', () => {
    fc.assert(
      fc.property(
        entries,
        fc.constantFrom('10.0.0.0/30', '10.0.0.2/32', '10.0.0.0/29'),
        fc.tuple(fc.integer({ min: 4, max: 7 }), fc.integer({ min: 0, max: 2 })),
        fc.boolean(),
        (rules, block, [from, size], egress) => {
          const count = block.endsWith('/32')
            ? [2]
            : block.endsWith('/30')
              ? [0, 1, 2, 3]
              : [0, 1, 2, 3, 4, 5, 6, 7];
          const packets = count.flatMap((last) =>
            Array.from({ length: size + 1 }, (_, n) => passes(rules, `10.0.0.${last}`, from + n, egress)),
          );
          const expected = packets.every(Boolean) ? 'open' : packets.some(Boolean) ? 'unknown' : 'blocked';
          expect(judge(rules, [block], { from, to: from + size }, egress).verdict).toBe(expected);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('let the first matching rule decide, whatever comes later', () => {
    const deny = aclEntry({
      RuleNumber: 90,
      RuleAction: 'deny',
      Egress: true,
      Protocol: '6',
      PortRange: { From: 5432, To: 5432 },
    });
    const allow = aclEntry({ RuleNumber: 100, Egress: true });
    expect(judge([allow, deny], ['10.0.2.20'], { from: 5432, to: 5432 }).verdict).toBe('blocked');
    expect(
      judge([allow, { ...deny, RuleNumber: 110 }], ['10.0.2.20'], { from: 5432, to: 5432 }).verdict,
    ).toBe('open');
  });

  it('point at the rule that decided', () => {
    const answer = judge(
      [
        aclEntry({ RuleNumber: 5, Egress: false }),
        aclEntry({ RuleNumber: 90, RuleAction: 'deny', Egress: true }),
      ],
      ['10.0.2.20'],
      { from: 443, to: 443 },
    );
    expect(answer.evidence).toEqual([{ id: 'ev_test', path: '$.NetworkAcls[0].Entries[1]' }]);
    expect(answer.because).toBe('Rule 90 denies outbound tcp/443.');
  });
});
