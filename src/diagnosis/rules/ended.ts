// Containers that ended, as rules look for them: the newest failed task with such a container, and in how many tasks it is so.

import type { Facts } from '../facts/facts.ts';
import type { ContainerFacts, TaskFacts } from '../facts/tasks.ts';

export interface Ended {
  readonly task: TaskFacts;
  readonly container: ContainerFacts;
  /** Tasks of which the same is true. */
  readonly alike: number;
}

/** The newest task with such a container. */
export function firstEnded(
  facts: Facts,
  test: (container: ContainerFacts, task: TaskFacts) => boolean,
): Ended | undefined {
  const hits = facts.failed.flatMap((task) => {
    const container = task.containers.find((one) => test(one, task));
    return container === undefined ? [] : [{ task, container }];
  });
  const newest = hits[0];
  return newest === undefined ? undefined : { ...newest, alike: hits.length };
}

/** `Container app ended with exit code 1`. */
export function ending({ name, exitCode }: ContainerFacts): string {
  return exitCode === undefined
    ? `Container ${name} never ran`
    : `Container ${name} ended with exit code ${exitCode}`;
}
