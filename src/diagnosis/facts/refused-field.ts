// Which field of a container definition the runtime refuses: Docker repeats the value it does not take ("unable to find user app"), or names a
// bound the definition stays below. Words of the runtime about anything else are no answer about the definition.

import type * as Ecs from '@aws-sdk/client-ecs';
import type { EvidenceRef } from '../../contract/finding.ts';
import { below } from '../evidence.ts';
import { aboutProgram, says } from './saying.ts';
import type { ContainerFacts, TaskFacts } from './tasks.ts';

export interface RefusedField {
  readonly task: TaskFacts;
  readonly container: ContainerFacts;
  /** Below the container definition, such as `.linuxParameters.capabilities.add[0]`. */
  readonly path: string;
  readonly value: string;
  /** True where it names something of the host, so that another host might take it. */
  readonly ofHost: boolean;
  /** The runtime's words, as AWS gives them. */
  readonly words: string;
  readonly evidence: readonly EvidenceRef[];
}

/** ECS's names for a container that Docker or containerd would not make or start. */
const REFUSED = /\bCannot(?:Create|Start)Container|Error response from daemon/i;
/** The bound of memory, in Docker's words: `Minimum memory limit allowed is 6MB`. */
const MEMORY_MIN = /minimum memory (?:limit|reservation)\b\D{0,40}(\d{1,6})\s?(?:MB|MiB|m)\b/i;
/** What other rules look at, or what is no setting of the runtime. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'name',
  'image',
  'command',
  'entryPoint',
  'healthCheck',
  'environment',
  'environmentFiles',
  'secrets',
  'logConfiguration',
  'firelensConfiguration',
  'portMappings',
  'mountPoints',
  'dependsOn',
  'repositoryCredentials',
]);
const VALUE_CHARS_MIN = 3;
const LEAVES_MAX = 500;

/** The field that a container of `task` was refused for; undefined when its reason names none of its definition. */
export function refusedField(task: TaskFacts): RefusedField | undefined {
  if (task.kind !== 'start') return undefined;
  for (const container of task.containers) {
    const words = container.reason;
    const { definition } = container;
    if (definition === undefined || !REFUSED.test(words)) continue;
    const field =
      ofStep(words, definition.value, task) ??
      (isAboutElse(words)
        ? undefined
        : (shortMemory(words, definition.value) ?? named(words, definition.value)));
    if (field === undefined) continue;
    const evidence = [
      below(container.observed, '.reason'),
      below(definition, field.path.replace(/\[\d+\]$/, '')),
      ...(field.volume === undefined || task.definition === undefined
        ? []
        : [below(task.definition, `.volumes[${field.volume}]`)]),
    ];
    return { task, container, words, ofHost: false, ...field, evidence };
  }
  return undefined;
}

function isAboutElse(words: string): boolean {
  return (
    aboutProgram(words) ||
    says(
      words,
      'runtimeHook',
      'runtimeTimeout',
      'runtimeFault',
      'daemonDown',
      'dockerPort',
      'addressInUse',
    ) ||
    says(words, 'pull', 'logger', 'efs', 'noSpace', 'execFormat', 'platform', 'openFiles')
  );
}

interface Field {
  readonly path: string;
  readonly value: string;
  readonly ofHost?: boolean;
  /** Index of the volume of the task that belongs to it. */
  readonly volume?: number;
}

/** Resource limits by the numbers of Linux (`<asm-generic/resource.h>`), in the names of ECS. */
const LIMITS =
  'cpu fsize data stack core rss nproc nofile memlock as locks sigpending msgqueue nice rtprio rttime'.split(
    ' ',
  );

/** What the runtime does before it runs the program, each of it told by its own words and by the setting it is done for. */
function ofStep(words: string, definition: Ecs.ContainerDefinition, task: TaskFacts): Field | undefined {
  if (/\bexec: /.test(words)) return undefined;
  if (/\b[ru]limit/i.test(words)) return limit(words, definition);
  if (/\b(?:custom|gathering) device/i.test(words)) {
    const at = (definition.linuxParameters?.devices ?? []).findIndex(({ hostPath = '' }) =>
      repeats(words, hostPath),
    );
    const value = definition.linuxParameters?.devices?.[at]?.hostPath;
    return value === undefined
      ? undefined
      : { path: `.linuxParameters.devices[${at}].hostPath`, value, ofHost: true };
  }
  if (/\bmount|\bbind source/i.test(words)) return mount(words, definition, task);
  const { workingDirectory: value = '' } = definition;
  return /\bmkdir |\bchdir |\bcwd\b|working directory/i.test(words) && repeats(words, value)
    ? { path: '.workingDirectory', value }
    : undefined;
}

function limit(words: string, { ulimits = [] }: Ecs.ContainerDefinition): Field | undefined {
  const number = /\brlimit type (\d{1,2})\b/i.exec(words)?.[1];
  const name = number === undefined ? undefined : LIMITS[Number(number)];
  const at = ulimits.findIndex((one) => one.name === name || repeats(words, one.name ?? ''));
  const one = ulimits[at] ?? (name === undefined && ulimits.length === 1 ? ulimits[0] : undefined);
  return one === undefined
    ? undefined
    : {
        path: `.ulimits[${Math.max(at, 0)}]`,
        value: `${one.name} ${one.softLimit}:${one.hardLimit}`,
        ofHost: true,
      };
}

/** A mount of the container, by its place in it or by the place on the host that is mounted there. */
function mount(words: string, definition: Ecs.ContainerDefinition, task: TaskFacts): Field | undefined {
  const volumes = task.definition?.value.volumes ?? [];
  for (const [index, { sourceVolume, containerPath = '' }] of (definition.mountPoints ?? []).entries()) {
    const volume = volumes.findIndex(({ name }) => name === sourceVolume);
    // What is no place on a host is mounted by somebody else, who has rules of its own.
    if (volumes[volume]?.efsVolumeConfiguration !== undefined) continue;
    const source = volumes[volume]?.host?.sourcePath ?? '';
    const value = [source, containerPath].find((place) => repeats(words, place));
    if (value === undefined) continue;
    const ofHost = value === source;
    return { path: `.mountPoints[${index}]`, value, ofHost, ...(ofHost ? { volume } : {}) };
  }
  return undefined;
}

function shortMemory(words: string, definition: Ecs.ContainerDefinition): Field | undefined {
  const least = Number(MEMORY_MIN.exec(words)?.[1] ?? Number.NaN);
  for (const key of ['memory', 'memoryReservation'] as const) {
    const value = definition[key];
    if (value !== undefined && value < least) return { path: `.${key}`, value: `${value} MiB` };
  }
  return undefined;
}

/** The longest value of the definition that the words repeat. */
function named(words: string, definition: Ecs.ContainerDefinition): Field | undefined {
  const settings = Object.fromEntries(Object.entries(definition).filter(([key]) => !ELSEWHERE.has(key)));
  const [best] = leavesOf(settings, '')
    .slice(0, LEAVES_MAX)
    .filter(({ value }) => repeats(words, value))
    .sort((a, b) => b.value.length - a.value.length);
  return best;
}

/** As a word of its own; Docker writes the prefix of a capability before its name. */
function repeats(words: string, value: string): boolean {
  if (value.length < VALUE_CHARS_MIN) return false;
  const at = words.replaceAll('CAP_', '').indexOf(value);
  const around = words.replaceAll('CAP_', '');
  return at !== -1 && !/\w/.test(around[at - 1] ?? '') && !/\w/.test(around[at + value.length] ?? '');
}

function leavesOf(value: unknown, path: string): Field[] {
  if (typeof value === 'string') return [{ path, value }];
  if (Array.isArray(value)) return value.flatMap((one, index) => leavesOf(one, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => leavesOf(one, `${path}.${key}`));
}
