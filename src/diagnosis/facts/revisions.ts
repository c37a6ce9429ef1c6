// What changed with the failing revision: the same container in the revision that still runs, or ran before. A difference in the setting that
// the failure is about is state; a revision that fails alike clears the change.

import type * as Ecs from '@aws-sdk/client-ecs';
import type { Observed } from '../evidence.ts';
import type { Facts } from './facts.ts';
import { revisionOf } from './service.ts';
import type { ContainerFacts, TaskFacts } from './tasks.ts';

export interface Earlier {
  /** `family:revision` of the revision that works. */
  readonly revision: string;
  readonly definition: Observed<Ecs.TaskDefinition>;
  readonly container: Ecs.ContainerDefinition | undefined;
}

/** The revision that runs while `task`'s fails, when there is one and its definition was read. */
export function workingRevision(
  { service, bundle, failed, tasks }: Pick<Facts, 'service' | 'bundle' | 'failed' | 'tasks'>,
  task: TaskFacts,
  container?: ContainerFacts,
): Earlier | undefined {
  const failing = new Set(failed.map(({ revision }) => revision));
  const running = [
    ...service.deployments.filter((one) => one.running > 0).map((one) => one.taskDefinitionArn),
    ...tasks
      .filter((one) => one.lastStatus === 'RUNNING')
      .map((one) => one.observed.value.taskDefinitionArn ?? ''),
  ];
  const arn = running.find(
    (one) => one !== '' && !failing.has(revisionOf(one)) && revisionOf(one) !== task.revision,
  );
  const definition = bundle.taskDefinitions.items.find(({ value }) => value.taskDefinitionArn === arn);
  if (arn === undefined || definition === undefined) return undefined;
  return {
    revision: revisionOf(arn),
    definition,
    container: definition.value.containerDefinitions?.find(({ name }) => name === container?.name),
  };
}

/** True when both are there and differ. */
export function differs(one: unknown, other: unknown): boolean {
  return JSON.stringify(one ?? null) !== JSON.stringify(other ?? null);
}
