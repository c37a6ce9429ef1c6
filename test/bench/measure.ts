// Small statistics for the bench: medians of interleaved pairs, because machines drift and ratios hold.

export interface Row {
  readonly name: string;
  readonly value: string;
  readonly floor: string;
  readonly ratio: number | null;
  readonly target: string;
  readonly met: boolean;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Milliseconds of processor time of this process that `work` takes: what work that never waits costs, however busy the machine is. */
export async function worked(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** Runs the two in turn, A B A B …, after a warm-up of each, and returns the times of both. */
export async function interleave(
  runs: { readonly warmUp: number; readonly counted: number; readonly measure?: typeof timed },
  a: () => Promise<unknown>,
  b: () => Promise<unknown>,
): Promise<{ a: number[]; b: number[] }> {
  const times = { a: [] as number[], b: [] as number[] };
  const measure = runs.measure ?? timed;
  for (let run = 0; run < runs.warmUp + runs.counted; run++) {
    const [first, second] = [await measure(a), await measure(b)];
    if (run < runs.warmUp) continue;
    times.a.push(first);
    times.b.push(second);
  }
  return times;
}

export const ms = (value: number): string => `${value.toFixed(2)} ms`;
