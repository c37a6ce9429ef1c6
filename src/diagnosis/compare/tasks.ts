// Two tasks of one service side by side: where they run, what they run, and when. What differs between a failing and a healthy task of the same
// revision is not in the task definition.

import type * as Ecs from '@aws-sdk/client-ecs';
import type { TaskFacts } from '../facts/tasks.ts';
import { type Compared, type Difference, isSame, shown } from './difference.ts';

type Field = readonly [kind: Difference['kind'], name: string, read: (task: TaskFacts) => unknown];

const fields: readonly Field[] = [
  ['other', 'revision', (task) => task.revision],
  ['placement', 'zone', (task) => task.zone],
  ['placement', 'host', ({ observed }) => observed.value.containerInstanceArn?.split('/').at(-1)],
  ['network', 'subnet', (task) => task.subnetId],
  ['placement', 'platform version', ({ observed }) => observed.value.platformVersion],
  ['placement', 'platform', ({ observed }) => observed.value.platformFamily],
  ['placement', 'capacity provider', ({ observed }) => observed.value.capacityProviderName],
  ['placement', 'launch type', ({ observed }) => observed.value.launchType],
  ['size', 'CPU', ({ observed }) => observed.value.cpu],
  ['size', 'memory', ({ observed }) => observed.value.memory],
  ['storage', 'ephemeral storage', ({ observed }) => observed.value.ephemeralStorage?.sizeInGiB],
  ['role', 'overridden roles', ({ observed }) => rolesOf(observed.value)],
  ['environment', 'overridden environment', ({ observed }) => environmentNames(observed.value)],
  ['command', 'overridden command', ({ observed }) => commandsOf(observed.value)],
  ['other', 'started by', ({ observed }) => observed.value.startedBy],
];

/** What `other` has differently from `healthy`; the values of overridden variables are compared by name only. */
export function compareTasks(healthy: TaskFacts, other: TaskFacts): Compared {
  const differences = fields.flatMap(([kind, name, read]): Difference[] => {
    const [before, after] = [read(healthy), read(other)];
    return isSame(before, after) ? [] : [{ kind, what: name, before: shown(before), after: shown(after) }];
  });
  return {
    differences: [...differences, ...digests(healthy, other), ...times(healthy, other)],
    before: healthy.observed.at,
    after: other.observed.at,
  };
}

/** The image a tag pointed to when each task started: the same tag can be two images. */
function digests(healthy: TaskFacts, other: TaskFacts): Difference[] {
  return (other.observed.value.containers ?? []).flatMap(({ name, imageDigest }) => {
    const before = healthy.observed.value.containers?.find((one) => one.name === name)?.imageDigest;
    return before === undefined || imageDigest === undefined || before === imageDigest
      ? []
      : [{ kind: 'image', what: `container ${name}, image digest`, before, after: imageDigest }];
  });
}

function times(healthy: TaskFacts, other: TaskFacts): Difference[] {
  const iso = (ms: number | undefined): string =>
    ms === undefined ? 'never' : `${new Date(ms).toISOString().slice(0, 19)}Z`;
  return healthy.startedAtMs === other.startedAtMs
    ? []
    : [{ kind: 'time', what: 'started', before: iso(healthy.startedAtMs), after: iso(other.startedAtMs) }];
}

function rolesOf({ overrides }: Ecs.Task): unknown {
  const roles = [overrides?.executionRoleArn, overrides?.taskRoleArn].filter((one) => one !== undefined);
  return roles.length === 0 ? undefined : roles;
}

function environmentNames({ overrides }: Ecs.Task): unknown {
  const names = (overrides?.containerOverrides ?? []).flatMap(({ environment }) =>
    (environment ?? []).map(({ name }) => name ?? ''),
  );
  return names.length === 0 ? undefined : names.sort();
}

function commandsOf({ overrides }: Ecs.Task): unknown {
  const commands = (overrides?.containerOverrides ?? []).flatMap(({ command }) => command ?? []);
  return commands.length === 0 ? undefined : commands;
}
