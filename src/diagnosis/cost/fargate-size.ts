// The sizes Fargate offers, and the smallest that holds a need.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html "Task CPU and memory"

/** CPU in units (1024 are one vCPU), memory in MiB. */
export interface TaskSize {
  readonly cpu: number;
  readonly memory: number;
}

interface Offer {
  readonly cpu: number;
  readonly least: number;
  readonly most: number;
  readonly step: number;
}

const GIB = 1_024;
const offers: readonly Offer[] = [
  { cpu: 512, least: 1 * GIB, most: 4 * GIB, step: GIB },
  { cpu: 1_024, least: 2 * GIB, most: 8 * GIB, step: GIB },
  { cpu: 2_048, least: 4 * GIB, most: 16 * GIB, step: GIB },
  { cpu: 4_096, least: 8 * GIB, most: 30 * GIB, step: GIB },
  { cpu: 8_192, least: 16 * GIB, most: 60 * GIB, step: 4 * GIB },
  { cpu: 16_384, least: 32 * GIB, most: 120 * GIB, step: 8 * GIB },
];
/** A quarter of a vCPU comes with steps of its own. */
const smallest: readonly TaskSize[] = [512, 1_024, 2_048].map((memory) => ({ cpu: 256, memory }));

/** All sizes, the smaller CPU first. */
export function fargateSizes(): TaskSize[] {
  return [
    ...smallest,
    ...offers.flatMap(({ cpu, least, most, step }) =>
      Array.from({ length: (most - least) / step + 1 }, (_, n) => ({ cpu, memory: least + n * step })),
    ),
  ];
}

/** The cheapest size that holds `need`, by `cost`; undefined when none is large enough. */
export function fittingSize(need: TaskSize, cost: (size: TaskSize) => number): TaskSize | undefined {
  const fitting = fargateSizes().filter(({ cpu, memory }) => cpu >= need.cpu && memory >= need.memory);
  return fitting.reduce<TaskSize | undefined>(
    (best, one) => (best === undefined || cost(one) < cost(best) ? one : best),
    undefined,
  );
}
