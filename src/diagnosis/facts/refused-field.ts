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
    if (container.definition === undefined || !REFUSED.test(words) || isAboutElse(words)) continue;
    const field = shortMemory(words, container.definition.value) ?? named(words, container.definition.value);
    if (field === undefined) continue;
    const evidence = [
      below(container.observed, '.reason'),
      below(container.definition, field.path.replace(/\[\d+\]$/, '')),
    ];
    return { task, container, words, ...field, evidence };
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
    .filter(({ value }) => value.length >= VALUE_CHARS_MIN && repeats(words, value))
    .sort((a, b) => b.value.length - a.value.length);
  return best;
}

/** As a word of its own; Docker writes the prefix of a capability before its name. */
function repeats(words: string, value: string): boolean {
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
