// The pure parts under the tools: address blocks, rules of security groups, nearest names, pages and batches.

import { BlockList } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseArn, requireOwn } from '../../tools/arn.ts';
import { contains, hasAddress, isInternet, parseCidr } from '../../tools/ec2/cidr.ts';
import {
  covers,
  isSameRule,
  permissionOf,
  portsText,
  rulesOf,
  type SecurityGroupRule,
} from '../../tools/ec2/security-group-rule.ts';
import { managerWarnings } from '../../tools/managed-by.ts';
import { nearest, nearestSentence } from '../../tools/nearest.ts';
import { batches, collectPages } from '../../tools/pagination.ts';
import { oneLine, textOf } from '../../tools/text-lines.ts';

const ipv4 = fc.ipV4();
const cidr4 = fc.tuple(ipv4, fc.integer({ min: 0, max: 32 }));

describe('address blocks', () => {
  test('a block is taken exactly when it has no host bits', () => {
    fc.assert(
      fc.property(cidr4, ([address, prefix]) => {
        const value = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
        const hasHostBits = value % 2 ** (32 - prefix) !== 0;
        expect(parseCidr(`${address}/${prefix}`) === undefined).toBe(hasHostBits);
      }),
    );
  });

  test('the first address of every IPv6 block is taken, and the next one is not', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 65_535 }), { minLength: 4, maxLength: 4 }), (groups) => {
        const network = groups.map((group) => group.toString(16)).join(':');
        expect(parseCidr(`${network}::/64`)).toMatchObject({ family: 'ipv6', prefix: 64 });
        expect(parseCidr(`${network}::1/64`)).toBeUndefined();
      }),
    );
  });

  test.each([
    '10.0.0.0',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '10.0.0/8',
    '010.0.0.0/8',
    '::ffff:10.0.0.0/104',
    '::/129',
    '10.0.0.0/8 ',
    '10.0.0.0/-1',
    'x/8',
  ])('%j is no block', (text) => {
    expect(parseCidr(text)).toBeUndefined();
  });

  test('an address is in a block exactly when the platform says so', () => {
    fc.assert(
      fc.property(cidr4, ipv4, ([base, prefix], address) => {
        const list = new BlockList();
        list.addSubnet(base, prefix, 'ipv4');
        expect(hasAddress({ family: 'ipv4', address: base, prefix }, address)).toBe(
          list.check(address, 'ipv4'),
        );
      }),
    );
  });

  test('the internet is anything wider than the largest private block', () => {
    const wide = (text: string) => isInternet(parseCidr(text) ?? { family: 'ipv4', address: '', prefix: 32 });
    expect(['0.0.0.0/0', '128.0.0.0/1', '::/0', '2000::/3'].map(wide)).toEqual([true, true, true, true]);
    expect(['10.0.0.0/8', '10.1.0.0/16', 'fd00::/16', '2001:db8::/32'].map(wide)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  test('containment is reflexive and follows the prefix', () => {
    const ten = parseCidr('10.0.0.0/8');
    const sixteen = parseCidr('10.1.0.0/16');
    if (ten === undefined || sixteen === undefined) throw new Error('these are blocks');
    expect([contains(ten, sixteen), contains(sixteen, ten), contains(ten, ten)]).toEqual([true, false, true]);
  });
});

const ports = fc
  .tuple(fc.integer({ min: 0, max: 65_535 }), fc.integer({ min: 0, max: 65_535 }))
  .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
const peer = fc.oneof(
  fc
    .constantFrom('sg-0000000000000000a', 'sg-0000000000000000b')
    .map((id) => ({ kind: 'group' as const, id })),
  fc
    .constantFrom('10.0.0.0/8', '10.1.0.0/16', '0.0.0.0/0', '::/0')
    .map((id) => ({ kind: 'cidr' as const, id })),
  fc.constantFrom('pl-0000000a').map((id) => ({ kind: 'prefix-list' as const, id })),
);
const rule: fc.Arbitrary<SecurityGroupRule> = fc.oneof(
  fc
    .record({ protocol: fc.constantFrom('tcp', 'udp'), ports, peer, description: fc.constantFrom('', 'why') })
    .map(({ ports: [fromPort, toPort], ...rest }) => ({ ...rest, fromPort, toPort })),
  fc
    .record({ peer, description: fc.constant('') })
    .map((rest) => ({ ...rest, protocol: '-1', fromPort: null, toPort: null })),
);

describe('rules of security groups', () => {
  test('a rule that is written as a permission and read back is the same rule', () => {
    fc.assert(
      fc.property(rule, (one) => {
        expect(rulesOf([permissionOf(one, { describe: true })])).toEqual([one]);
      }),
    );
  });

  test('the order AWS lists permissions in does not matter', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 8 }), (rules) => {
        const permissions = rules.map((one) => permissionOf(one, { describe: true }));
        expect(rulesOf([...permissions].reverse())).toEqual(rulesOf(permissions));
      }),
    );
  });

  test('a rule covers itself, whatever its description, and covering goes one way unless both are the same', () => {
    fc.assert(
      fc.property(rule, rule, (left, right) => {
        expect(covers(left, { ...left, description: 'other' })).toBe(true);
        if (covers(left, right) && covers(right, left)) expect(isSameRule(left, right)).toBe(true);
      }),
    );
  });

  test('a protocol given as a number is the one with that name', () => {
    const numbered = rulesOf([
      { IpProtocol: '6', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
    ]);
    expect(numbered[0]?.protocol).toBe('tcp');
  });

  test.each([
    [{ protocol: '-1', fromPort: null, toPort: null }, 'all traffic'],
    [{ protocol: 'tcp', fromPort: 5432, toPort: 5432 }, 'tcp/5432'],
    [{ protocol: 'udp', fromPort: 1, toPort: 9 }, 'udp/1-9'],
    [{ protocol: 'tcp', fromPort: 0, toPort: 65_535 }, 'tcp/all ports'],
    [{ protocol: 'icmp', fromPort: -1, toPort: -1 }, 'icmp'],
    [{ protocol: 'icmp', fromPort: 8, toPort: -1 }, 'icmp type 8'],
    [{ protocol: '50', fromPort: null, toPort: null }, '50'],
  ])('%j reads as %s', (one, text) => {
    expect(portsText(one)).toBe(text);
  });
});

describe('nearest names', () => {
  const names = ['production-cluster', 'staging-cluster', 'prod-eu', 'batch'];
  test('a typing error finds its name first', () => {
    expect(nearest('prodcution-cluster', names)[0]).toBe('production-cluster');
    expect(nearest('batc', names)).toEqual(['batch']);
  });
  test('a part of a name finds the names that have it', () => {
    expect(nearest('prod', names)).toEqual(['prod-eu', 'production-cluster']);
  });
  test('something else finds nothing', () => {
    expect(nearest('zzzzzzzzz', names)).toEqual([]);
    expect(nearestSentence('zzzzzzzzz', names)).toBe('');
    expect(nearestSentence('a', [])).toBe(' There are none at all.');
  });
  test('an existing name is always the nearest to itself, in any case', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9-]{2,20}$/), { minLength: 1, maxLength: 8 }),
        (some) => {
          expect(nearest((some[0] ?? '').toUpperCase(), some)[0]).toBe(some[0]);
        },
      ),
    );
  });
});

describe('pages', () => {
  const pageOf = (pages: readonly (readonly number[])[]) => async (token: string | undefined) => {
    const index = Number(token ?? '0');
    return {
      items: pages[index] ?? [],
      next: index + 1 < pages.length ? String(index + 1) : undefined,
      evidence: `ev_${index}`,
    };
  };

  test('are read to the end, empty ones too', async () => {
    expect(await collectPages(100, pageOf([[1, 2], [], [3]]))).toEqual({
      items: [1, 2, 3],
      more: false,
      evidence: ['ev_0', 'ev_1', 'ev_2'],
    });
  });
  test('stop at the bound and say that there is more', async () => {
    expect(await collectPages(2, pageOf([[1, 2], [3]]))).toMatchObject({
      items: [1, 2],
      more: true,
      evidence: ['ev_0'],
    });
    expect(await collectPages(2, pageOf([[1, 2, 3]]))).toMatchObject({ items: [1, 2], more: true });
    expect(await collectPages(3, pageOf([[1, 2, 3]]))).toMatchObject({ items: [1, 2, 3], more: false });
  });
  test('that repeat their token for ever come to an end', async () => {
    const endless = async () => ({ items: [] as number[], next: 'again', evidence: 'ev' });
    const { more, evidence } = await collectPages(10, endless);
    expect([more, evidence.length]).toEqual([true, 50]);
  });
  test('batches hold everything once and none is too large', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 10 }), (items, size) => {
        const groups = batches(items, size);
        expect(groups.flat()).toEqual(items);
        expect(groups.every((group) => group.length > 0 && group.length <= size)).toBe(true);
      }),
    );
  });
});

describe('ARNs', () => {
  const own = { account: '123456789012', region: 'us-east-1' };
  test('of this account and region, and plain names, pass', () => {
    requireOwn(own, ['web', undefined, 'arn:aws:ecs:us-east-1:123456789012:cluster/prod']);
  });
  test.each([
    'arn:aws:ecs:us-east-1:999999999999:cluster/prod',
    'arn:aws:ecs:eu-west-1:123456789012:cluster/prod',
    'arn:aws:iam::123456789012:role/x',
  ])('%s is refused', (arn) => {
    expect(() => requireOwn(own, ['web', arn])).toThrow('which this node serves');
  });
  test('are taken apart, other text is not', () => {
    expect(parseArn('arn:aws-cn:ecs:cn-north-1:123456789012:task/a/b')).toMatchObject({
      partition: 'aws-cn',
      resource: 'task/a/b',
    });
    expect(parseArn('arn:aws:ecs')).toBeUndefined();
  });
});

describe('managers', () => {
  test.each([
    [{ 'managed-by': 'terraform' }, 'terraform'],
    [{ ManagedBy: 'Pulumi' }, 'pulumi'],
    [{ terraform: 'true' }, 'terraform'],
    [{ 'aws:cloudformation:stack-name': 'net' }, 'CloudFormation stack net'],
  ])('%j is noticed', (tags, text) => {
    expect(managerWarnings('security group', tags)[0]).toContain(text);
  });
  test.each([{}, { Name: 'terraform' }, { 'managed-by': 'Ann' }, { terraform: 'false' }])(
    '%j says nothing',
    (tags) => {
      expect(managerWarnings('security group', tags)).toEqual([]);
    },
  );
});

test('text for the planner is bounded, says what it left out and keeps the evidence', () => {
  const text = textOf(
    Array.from({ length: 2_000 }, (_, index) => `line ${index} ${'x'.repeat(50)}`),
    ['ev_1'],
  );
  expect(text.length).toBeLessThanOrEqual(12_000);
  expect(text).toMatch(/… \d+ more lines were left out.*\nEvidence: \[ev_1\]$/);
});

test('text from the account becomes one line without control characters', () => {
  expect(oneLine('a\r\n\u001b[31mb\u202e\u0000c\u200b')).toBe('a [31mb c');
  expect(oneLine('x'.repeat(400))).toHaveLength(300);
});
