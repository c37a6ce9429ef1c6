// Small statistics for the bench: medians of interleaved pairs, because machines drift and ratios hold.

export interface Row {
  readonly name: string;
  readonly value: string;
  readonly floor: string;
  readonly ratio: number | null;
  readonly target: string;
  /** Null for a row that has no target and is there to compare with. */
  readonly met: boolean | null;
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

/** Runs each kind of work in turn, A B A B …, after a warm-up of each, and returns the times of each by its name. */
export async function interleave<Name extends string>(
  runs: { readonly warmUp: number; readonly counted: number; readonly measure?: typeof timed },
  works: Readonly<Record<Name, () => Promise<unknown>>>,
): Promise<Record<Name, number[]>> {
  const measure = runs.measure ?? timed;
  const names = Object.keys(works) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let run = 0; run < runs.warmUp + runs.counted; run++) {
    for (const name of names) {
      const took = await measure(works[name]);
      if (run >= runs.warmUp) times[name].push(took);
    }
  }
  return times;
}

export const ms = (value: number): string => `${value.toFixed(2)} ms`;
