// The sizes of tasks that Fargate runs: which memory goes with which CPU.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html

const MIB = 1_024;

/** Memory in MiB, ascending, for a CPU size in units; empty for a size that Fargate does not run. */
export function fargateMemory(cpu: number): number[] {
  switch (cpu) {
    case 256:
      return [512, MIB, 2 * MIB];
    case 512:
      return steps(1, 4, 1);
    case 1_024:
      return steps(2, 8, 1);
    case 2_048:
      return steps(4, 16, 1);
    case 4_096:
      return steps(8, 30, 1);
    case 8_192:
      return steps(16, 60, 4);
    case 16_384:
      return steps(32, 120, 8);
    default:
      return [];
  }
}

/** The smallest size with at least this much memory, in MiB: with the same CPU when it can be, else with the next larger. */
export function fargateSize(
  cpu: number,
  atLeast: number,
): { readonly cpu: number; readonly memory: number } | undefined {
  for (let size = cpu; size <= 16_384; size *= 2) {
    const memory = fargateMemory(size).find((one) => one >= atLeast);
    if (memory !== undefined) return { cpu: size, memory };
  }
  return undefined;
}

/** GiB from `from` to `to`, in MiB. */
function steps(from: number, to: number, by: number): number[] {
  return Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, index) => (from + index * by) * MIB);
}
