// What AWS asks for Fargate, on demand, as published. Only prices that were looked up are here; for any other region the person says them,
// because a price of another region is not one. https://aws.amazon.com/fargate/pricing/

export type Architecture = 'X86_64' | 'ARM64';

export interface FargatePrice {
  readonly region: string;
  /** When the price was looked up, or "given" for one a person said. */
  readonly asOf: string;
  readonly currency: 'USD';
  readonly perVcpuHour: number;
  readonly perGbHour: number;
}

interface PriceRow {
  readonly region: string;
  readonly asOf: string;
  readonly prices: Readonly<
    Record<Architecture, { readonly perVcpuHour: number; readonly perGbHour: number }>
  >;
}

const rows: readonly PriceRow[] = [
  {
    region: 'us-east-1',
    asOf: '2026-06',
    prices: {
      X86_64: { perVcpuHour: 0.04048, perGbHour: 0.004445 },
      ARM64: { perVcpuHour: 0.03238, perGbHour: 0.00356 },
    },
  },
];

/** Linux on demand in this region; undefined when the table does not have it. */
export function listedPrice(region: string, architecture: Architecture): FargatePrice | undefined {
  const row = rows.find((one) => one.region === region);
  return row === undefined
    ? undefined
    : { region, asOf: row.asOf, currency: 'USD', ...row.prices[architecture] };
}

/** The regions of the table. */
export const listedRegions: readonly string[] = rows.map(({ region }) => region);
