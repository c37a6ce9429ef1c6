// Prices that a person gives in a file.

import { describe, expect, it } from 'vitest';
import { givenPrice, pricesIn } from '../../../src/diagnosis/cost/price-file.ts';

const frankfurt = { region: 'eu-central-1', asOf: '2026-06', perVcpuHour: 0.05, perGbHour: 0.005 };
const text = (prices: readonly object[]) => JSON.stringify({ currency: 'USD', prices });

describe('a file of prices', () => {
  it('gives the price of its region and architecture, with its date and where it is from', () => {
    const rows = pricesIn(text([frankfurt, { ...frankfurt, architecture: 'ARM64', perVcpuHour: 0.04 }]));
    if ('detail' in rows) throw new Error(rows.detail);
    expect(givenPrice(rows, 'eu-central-1', 'X86_64')).toMatchObject({
      asOf: '2026-06, from the file of prices',
      perVcpuHour: 0.05,
    });
    expect(givenPrice(rows, 'eu-central-1', 'ARM64')?.perVcpuHour).toBe(0.04);
    expect(givenPrice(rows, 'eu-west-1', 'X86_64')).toBeUndefined();
  });

  it('lets the later of two rows for one thing count', () => {
    const rows = pricesIn(text([frankfurt, { ...frankfurt, asOf: '2026-07', perVcpuHour: 0.06 }]));
    expect('detail' in rows ? undefined : givenPrice(rows, 'eu-central-1', 'X86_64')?.perVcpuHour).toBe(0.06);
  });

  it.each([
    ['no JSON', '{', 'the file'],
    ['no price at all', text([]), 'prices'],
    ['another currency', JSON.stringify({ currency: 'EUR', prices: [frankfurt] }), 'currency'],
    ['a price of nothing', text([{ ...frankfurt, perGbHour: 0 }]), 'prices.0.perGbHour'],
    ['a slip of the decimal point', text([{ ...frankfurt, perVcpuHour: 405 }]), 'prices.0.perVcpuHour'],
    ['no region', text([{ ...frankfurt, region: 'Frankfurt' }]), 'prices.0.region'],
    ['no date', text([{ ...frankfurt, asOf: 'now' }]), 'prices.0.asOf'],
    ['a member nobody knows', text([{ ...frankfurt, spot: 0.01 }]), 'prices.0'],
  ])('with %s is refused at its place', (_, content, where) => {
    expect(pricesIn(content)).toMatchObject({ where, detail: expect.any(String) });
  });
});
