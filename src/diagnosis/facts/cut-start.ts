// Starts that the container's own check ended, though the same check of the revision that runs waits longer.

import type * as Ecs from '@aws-sdk/client-ecs';
import type { EvidenceRef } from '../../contract/finding.ts';
import type { Facts } from './facts.ts';
import { listeningOf } from './listening.ts';
import { differs, type Earlier, workingRevision } from './revisions.ts';
import type { ContainerFacts, TaskFacts } from './tasks.ts';
import { livedMs, placesDiffer, startingLine } from './unfinished-start.ts';

export interface CutStart {
  readonly task: TaskFacts;
  /** How many tasks were ended so. */
  readonly count: number;
  readonly container: ContainerFacts;
  readonly earlier: Earlier;
  readonly nowMs: number;
  readonly beforeMs: number;
  /** The last line before the end, of a log that shows a start and nothing else. */
  readonly line: EvidenceRef;
}

/** Undefined unless the check became more impatient, asks the same as before, and ended a start that the former one would have let go on. */
export function cutStart(facts: Facts, killed: readonly TaskFacts[]): CutStart | undefined {
  const ended = killed.filter(({ kind }) => kind === 'container-health');
  const [task] = ended;
  const container = task === undefined ? undefined : checkedContainer(task);
  if (task === undefined || container === undefined) return undefined;
  const earlier = workingRevision(facts, task, container);
  const now = container.definition?.value;
  const then = earlier?.container;
  const [nowMs, beforeMs] = [checkPatienceMs(now), checkPatienceMs(then)];
  if (earlier === undefined || nowMs === undefined || beforeMs === undefined || beforeMs <= nowMs)
    return undefined;
  if (differs(now?.healthCheck?.command, then?.healthCheck?.command) || placesDiffer(now, then))
    return undefined;
  const arns = new Set(ended.map(({ arn }) => arn));
  const ready = listeningOf(facts).some((one) => arns.has(one.taskArn) && one.container === container.name);
  if (ready) return undefined;
  if (!ended.every((one) => livedMs(one) < beforeMs)) return undefined;
  const line = startingLine(facts, task, container.name);
  return line === undefined
    ? undefined
    : { task, count: ended.length, container, earlier, nowMs, beforeMs, line };
}

/** The container whose check failed, as far as ECS says which; else the one that has a check. */
export function checkedContainer({ containers }: TaskFacts): ContainerFacts | undefined {
  const checked = containers.filter(({ definition }) => definition?.value.healthCheck !== undefined);
  return checked.find(({ healthStatus }) => healthStatus === 'UNHEALTHY') ?? checked[0];
}

/** Defaults as in the API reference of ECS, HealthCheck: interval 30 s, 3 retries, no start period. */
export function checkPatienceMs(container: Ecs.ContainerDefinition | undefined): number | undefined {
  const check = container?.healthCheck;
  if (check === undefined) return undefined;
  return ((check.startPeriod ?? 0) + (check.interval ?? 30) * (check.retries ?? 3)) * 1_000;
}
