// A file of Fargate prices that a person gives, for regions the built-in table does not have: JSON text in, rows out. Where two rows are for the
// same region and architecture, the later one counts; a row of the file goes before the built-in one.

import { z } from 'zod';
import type { Architecture, FargatePrice } from './fargate-price-table.ts';

/** https://aws.amazon.com/fargate/pricing/ is where such prices stand; hundreds of dollars an hour are a slip of the decimal point. */
const dollars = z.number().positive().max(100);
const row = z.strictObject({
  region: z.string().regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'a region such as eu-central-1'),
  architecture: z.enum(['X86_64', 'ARM64']).default('X86_64'),
  asOf: z.string().regex(/^\d{4}-\d{2}(?:-\d{2})?$/, 'a month or day such as 2026-06'),
  perVcpuHour: dollars,
  perGbHour: dollars,
});
const file = z.strictObject({ currency: z.literal('USD'), prices: z.array(row).min(1).max(200) });

/** One price of a file, dated by whoever wrote it. */
export type GivenPrice = z.infer<typeof row>;

/** The rows of a price file, or the first thing that is wrong with it. */
export function pricesIn(
  text: string,
): readonly GivenPrice[] | { readonly where: string; readonly detail: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { where: 'the file', detail: 'it is not JSON' };
  }
  const read = file.safeParse(value);
  if (read.success) return read.data.prices;
  const [issue] = read.error.issues;
  return { where: issue?.path.join('.') || 'the file', detail: issue?.message ?? 'another shape is wanted' };
}

/** The given price of a region and architecture; undefined when the file has none. */
export function givenPrice(
  rows: readonly GivenPrice[],
  region: string,
  architecture: Architecture,
): FargatePrice | undefined {
  const found = rows.findLast((one) => one.region === region && one.architecture === architecture);
  if (found === undefined) return undefined;
  const { asOf, perVcpuHour, perGbHour } = found;
  return { region, asOf: `${asOf}, from the file of prices`, currency: 'USD', perVcpuHour, perGbHour };
}
