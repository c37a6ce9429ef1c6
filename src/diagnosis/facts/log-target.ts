// Where the containers of a task log to, as far as the awslogs driver is concerned, and whether this region can see it.

import type { EvidenceRef } from '../../contract/finding.ts';
import { below } from '../evidence.ts';
import type { ContainerFacts, TaskFacts } from './tasks.ts';

export interface LogTarget {
  readonly container: string;
  readonly group: string;
  readonly region: string;
  /** False when the group is in a region that is not looked at. */
  readonly here: boolean;
  /** Whether the driver makes the group itself when it is missing. */
  readonly creates: boolean;
  readonly at: EvidenceRef;
}

/** A group and its streams as ARNs: AWS has matched both in more than one spelling over the years. */
export function logArns(
  { region, group }: LogTarget,
  account: string,
): { group: string[]; stream: string[] } {
  const arn = `arn:aws:logs:${region}:${account}:log-group:${group}`;
  return {
    group: [`${arn}:*`, arn, `${arn}:log-stream:`],
    stream: [`${arn}:log-stream:ecs/task`, `${arn}:*`],
  };
}

/** The log groups of the task's containers. */
export function logTargets(task: TaskFacts): LogTarget[] {
  const own = task.arn.split(':')[3] ?? '';
  return task.containers.flatMap(({ name, definition }) => {
    const log = definition?.value.logConfiguration;
    const group = log?.options?.['awslogs-group'];
    if (definition === undefined || log?.logDriver !== 'awslogs' || group === undefined) return [];
    const region = log.options?.['awslogs-region'] ?? own;
    return [
      {
        container: name,
        group,
        region,
        here: region === own,
        creates: log.options?.['awslogs-create-group'] === 'true',
        at: below(definition, '.logConfiguration.options'),
      },
    ];
  });
}

/** The log driver of the container that a start failed for, where the text is its own; undefined when that was not seen. */
export function speakingDriver(containers: readonly ContainerFacts[]): string | undefined {
  const own = containers.find(({ reason }) => LOGGER.test(reason))?.definition?.value.logConfiguration;
  if (own !== undefined) return own.logDriver;
  const drivers = new Set(
    containers.flatMap((one) => one.definition?.value.logConfiguration?.logDriver ?? []),
  );
  return drivers.size === 1 ? [...drivers][0] : undefined;
}

const LOGGER = /logging driver|logger args|log (?:stream|group)/i;
