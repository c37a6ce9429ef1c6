// Two revisions of a task definition side by side: everything that can make one work and the other not.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html

import type * as Ecs from '@aws-sdk/client-ecs';
import type { Observed } from '../evidence.ts';
import { type Compared, type Difference, isSame, shown } from './difference.ts';

type Kind = Difference['kind'];
type Field<T> = readonly [kind: Kind, name: string, read: (from: T) => unknown];

const taskFields: readonly Field<Ecs.TaskDefinition>[] = [
  ['size', 'CPU', (one) => one.cpu],
  ['size', 'memory', (one) => one.memory],
  ['role', 'execution role', (one) => one.executionRoleArn],
  ['role', 'task role', (one) => one.taskRoleArn],
  ['network', 'network mode', (one) => one.networkMode],
  ['other', 'CPU architecture', (one) => one.runtimePlatform?.cpuArchitecture ?? 'X86_64'],
  ['other', 'operating system', (one) => one.runtimePlatform?.operatingSystemFamily ?? 'LINUX'],
  ['other', 'launch types', (one) => [...(one.requiresCompatibilities ?? [])].sort()],
  ['storage', 'ephemeral storage', (one) => one.ephemeralStorage?.sizeInGiB],
  ['other', 'process namespace', (one) => one.pidMode],
  ['other', 'proxy', (one) => one.proxyConfiguration],
];

const containerFields: readonly Field<Ecs.ContainerDefinition>[] = [
  ['image', 'image', (one) => one.image],
  ['command', 'command', (one) => one.command],
  ['command', 'entry point', (one) => one.entryPoint],
  ['command', 'working directory', (one) => one.workingDirectory],
  ['command', 'user', (one) => one.user],
  ['size', 'CPU', (one) => one.cpu || undefined],
  ['size', 'memory limit', (one) => one.memory],
  ['size', 'memory reservation', (one) => one.memoryReservation],
  ['network', 'ports', portsOf],
  ['health check', 'health check', (one) => one.healthCheck],
  ['logging', 'log driver', (one) => one.logConfiguration?.logDriver],
  ['secret', 'registry credentials', (one) => one.repositoryCredentials?.credentialsParameter],
  ['environment', 'environment files', (one) => one.environmentFiles?.map(({ value }) => value)],
  ['storage', 'mount points', (one) => emptyAsNone(one.mountPoints)],
  ['storage', 'read-only root', (one) => one.readonlyRootFilesystem ?? false],
  ['other', 'essential', (one) => one.essential ?? true],
  ['other', 'dependencies', (one) => emptyAsNone(one.dependsOn)],
  ['other', 'start time-out', (one) => one.startTimeout],
  ['other', 'stop time-out', (one) => one.stopTimeout],
  ['other', 'limits', (one) => emptyAsNone(one.ulimits)],
  ['other', 'Linux parameters', (one) => one.linuxParameters],
  ['other', 'restart policy', (one) => one.restartPolicy],
];

/** What `after` does differently from `before`, the task first, then each container. */
export function compareRevisions(
  before: Observed<Ecs.TaskDefinition>,
  after: Observed<Ecs.TaskDefinition>,
): Compared {
  const was = before.value;
  const is = after.value;
  const differences = [
    ...fieldsOf('task', { was, is }, taskFields),
    ...named('storage', 'volume', (was.volumes ?? []).map(volume), (is.volumes ?? []).map(volume)),
    ...containersOf(was.containerDefinitions ?? [], is.containerDefinitions ?? []),
  ];
  return { differences, before: before.at, after: after.at };
}

function containersOf(
  was: readonly Ecs.ContainerDefinition[],
  is: readonly Ecs.ContainerDefinition[],
): Difference[] {
  const names = [...new Set([...was, ...is].map(({ name }) => name ?? ''))];
  return names.flatMap((name) => {
    const old = was.find((one) => one.name === name);
    const now = is.find((one) => one.name === name);
    const what = `container ${name}`;
    if (old === undefined || now === undefined)
      return [{ kind: 'other' as const, what, before: shown(old?.image), after: shown(now?.image) }];
    return [
      ...fieldsOf(what, { was: old, is: now }, containerFields),
      ...environment(what, old, now),
      ...named('secret', `${what}, secret`, secretsOf(old), secretsOf(now)),
      ...named('logging', `${what}, log option`, logOptions(old), logOptions(now)),
    ];
  });
}

function fieldsOf<T>(
  what: string,
  { was, is }: { was: T; is: T },
  fields: readonly Field<T>[],
): Difference[] {
  return fields.flatMap(([kind, name, read]) => {
    const [before, after] = [read(was), read(is)];
    return isSame(before, after)
      ? []
      : [{ kind, what: `${what}, ${name}`, before: shown(before), after: shown(after) }];
  });
}

/** By name only: that a value differs is told, what it is is not. */
function environment(what: string, was: Ecs.ContainerDefinition, is: Ecs.ContainerDefinition): Difference[] {
  const before = new Map((was.environment ?? []).map(({ name, value }) => [name ?? '', value ?? '']));
  const after = new Map((is.environment ?? []).map(({ name, value }) => [name ?? '', value ?? '']));
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    if (before.get(name) === after.get(name)) return [];
    const word = (values: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): string =>
      !values.has(name) ? 'none' : other.has(name) ? 'another value' : 'set';
    return [
      {
        kind: 'environment' as const,
        what: `${what}, environment ${name}`,
        before: before.has(name) && after.has(name) ? 'a value' : word(before, after),
        after: word(after, before),
      },
    ];
  });
}

type Named = readonly [name: string, value: unknown];

function named(kind: Kind, what: string, was: readonly Named[], is: readonly Named[]): Difference[] {
  const before = new Map(was);
  const after = new Map(is);
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) =>
    isSame(before.get(name), after.get(name))
      ? []
      : [{ kind, what: `${what} ${name}`, before: shown(before.get(name)), after: shown(after.get(name)) }],
  );
}

function secretsOf({ secrets }: Ecs.ContainerDefinition): Named[] {
  return (secrets ?? []).map(({ name, valueFrom }) => [name ?? '', valueFrom]);
}

function logOptions({ logConfiguration }: Ecs.ContainerDefinition): Named[] {
  const secrets = (logConfiguration?.secretOptions ?? []).map(
    ({ name, valueFrom }): Named => [name ?? '', valueFrom],
  );
  return [...Object.entries(logConfiguration?.options ?? {}), ...secrets];
}

function volume({ name, ...rest }: Ecs.Volume): Named {
  return [name ?? '', rest];
}

function portsOf({ portMappings }: Ecs.ContainerDefinition): string[] {
  return (portMappings ?? []).map(
    ({ containerPort, hostPort, protocol, containerPortRange }) =>
      `${containerPortRange ?? containerPort ?? '?'}${hostPort === undefined || hostPort === containerPort ? '' : ` on ${hostPort}`}/${protocol ?? 'tcp'}`,
  );
}

function emptyAsNone<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list === undefined || list.length === 0 ? undefined : list;
}
