// Works out a corrected revision: the whole request that registers it, with everything that is not corrected carried over.
// A request is shown, signed and stored as it is, so a revision whose own values look like secrets is not prepared.

import { randomBytes } from 'node:crypto';
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { Aws } from '../../src/contract/aws.ts';
import { fail } from '../../src/contract/errors.ts';
import type { PreparedChange } from '../../src/contract/tool.ts';
import { fargateMemory } from '../../src/diagnosis/facts/fargate-sizes.ts';
import type { Json } from '../../src/kernel/canonical-json.ts';
import { createRedactor } from '../../src/kernel/redact.ts';
import { type Setting, settingRows } from '../diff-rows.ts';
import { counted } from '../text-lines.ts';
import type { DefinitionInput } from './definition-input.ts';
import { type DefinitionState, digestOf, type Registration, registrationOf } from './definition-state.ts';
import { readRevision } from './service-state.ts';

/** Throws `change-unneeded` and `change-unsafe`. */
export async function prepareRevision(
  { input, state }: { input: DefinitionInput; state: DefinitionState },
  aws: Aws,
): Promise<PreparedChange> {
  const { base, newest } = state;
  const name = `${base.family}:${base.revision}`;
  const before = registrationOf((await readRevision(base.arn, aws)).found);
  const after = corrected(before, input, name);
  const digest = digestOf(after);
  if (digest === base.sha256) throw fail('change-unneeded', { detail: `${name} has these settings already` });
  if (digest === newest.sha256)
    throw fail('change-unneeded', { detail: `${newest.family}:${newest.revision} is exactly this revision` });
  requireSize(after);
  requireNoSecrets(after, name);
  const settings = differences([before, after], input.container);
  const changed = settings.filter(({ before: was, after: is }) => is !== undefined && is !== was);
  return {
    title: `Register ${base.family} with ${changed.map((one) => `${one.name} ${one.after}`).join(', ')}`,
    call: { action: 'ecs:RegisterTaskDefinition', input: after },
    targets: [base.arn],
    diff: { caption: `${name} and the revision after ${newest.revision}`, rows: settingRows(settings) },
    blastRadius: {
      summary: 'Nothing runs it yet: a service changes only when it is moved to the new revision.',
      items: [base.arn],
    },
    opens: ['Nothing becomes reachable that was not.'],
    inverse: {
      none: 'A revision that nothing runs changes nothing; it can be deregistered when it is not wanted.',
    },
    success: {
      kind: 'none',
      because: 'A revision runs nothing by itself. Moving the service to it is the next change.',
    },
    warnings: warningsOf(after),
    idempotency: 'none',
  };
}

/** The registration with the corrections made. Throws `change-unsafe` when the container is not in it. */
function corrected(before: Registration, input: DefinitionInput, name: string): Registration {
  const after: Registration = structuredClone(before);
  if (input.cpu !== undefined) after.cpu = String(input.cpu);
  if (input.memory !== undefined) after.memory = String(input.memory);
  if (input.ephemeral_storage_gib !== undefined)
    after.ephemeralStorage = { sizeInGiB: input.ephemeral_storage_gib };
  if (input.cpu_architecture !== undefined)
    after.runtimePlatform = { ...after.runtimePlatform, cpuArchitecture: input.cpu_architecture };
  if (input.container === undefined) return after;
  const container = after.containerDefinitions?.find((one) => one.name === input.container);
  if (container === undefined)
    throw fail('change-unsafe', {
      detail: `${name} has no container ${input.container}`,
      advice: `Its containers are ${(after.containerDefinitions ?? []).map((one) => one.name).join(', ')}.`,
    });
  correct(container, input);
  return after;
}

function correct(container: ContainerDefinition, input: DefinitionInput): void {
  if (input.container_memory !== undefined) container.memory = input.container_memory;
  if (input.container_memory_reservation !== undefined)
    container.memoryReservation = input.container_memory_reservation;
  if (input.command !== undefined) container.command = input.command;
  if (input.entry_point !== undefined) container.entryPoint = input.entry_point;
  if (input.stop_timeout_seconds !== undefined) container.stopTimeout = input.stop_timeout_seconds;
  if (input.image_tag !== undefined)
    // A registry may have a port, so a tag begins after the last slash.
    container.image = `${(container.image ?? '').replace(/@.*$/, '').replace(/:[^/:]*$/, '')}:${input.image_tag}`;
  if (input.log_group !== undefined)
    container.logConfiguration = {
      logDriver: 'awslogs',
      ...container.logConfiguration,
      options: { ...container.logConfiguration?.options, 'awslogs-group': input.log_group },
    };
  const check = {
    ...(input.health_check_command === undefined ? {} : { command: input.health_check_command }),
    ...(input.health_check_start_period === undefined
      ? {}
      : { startPeriod: input.health_check_start_period }),
    ...(input.health_check_interval === undefined ? {} : { interval: input.health_check_interval }),
    ...(input.health_check_timeout === undefined ? {} : { timeout: input.health_check_timeout }),
    ...(input.health_check_retries === undefined ? {} : { retries: input.health_check_retries }),
  };
  if (Object.keys(check).length === 0) return;
  const command = input.health_check_command ?? container.healthCheck?.command;
  if (command === undefined)
    throw fail('change-unsafe', {
      detail: `container ${container.name} has no health check to correct`,
      advice: 'Name its command too.',
    });
  container.healthCheck = { ...container.healthCheck, ...check, command };
}

/** Throws `change-unsafe` for sizes that AWS would refuse. */
function requireSize(after: Registration): void {
  const refuse = (detail: string, advice: string) => fail('change-unsafe', { detail, advice });
  const memory = Number(after.memory ?? Number.POSITIVE_INFINITY);
  const sizes = fargateMemory(Number(after.cpu));
  if (after.requiresCompatibilities?.includes('FARGATE') && !sizes.includes(memory))
    throw refuse(
      `Fargate runs no task with ${after.cpu} CPU units and ${after.memory} MiB`,
      sizes.length === 0
        ? 'CPU units are 256, 512, 1024, 2048, 4096, 8192 or 16384.'
        : `With ${after.cpu} CPU units it has ${sizes[0]} to ${sizes.at(-1)} MiB.`,
    );
  for (const { name, memory: hard, memoryReservation: soft } of after.containerDefinitions ?? []) {
    if ((hard ?? soft ?? 0) > memory)
      throw refuse(
        `container ${name} may use ${hard ?? soft} MiB and the task has ${memory}`,
        'Raise the memory of the task too.',
      );
    if (hard !== undefined && soft !== undefined && soft > hard)
      throw refuse(`container ${name} reserves ${soft} MiB and may use ${hard}`, 'Raise its limit too.');
  }
}

/** Throws `change-unsafe`, naming where the values are and not what they are. */
function requireNoSecrets(after: Registration, name: string): void {
  const redactor = createRedactor({ key: randomBytes(32) });
  const { containerDefinitions = [], ...task } = after;
  // A registration is JSON; the round trip drops members without a value.
  const holds = (value: unknown) => redactor.json(JSON.parse(JSON.stringify(value)) as Json).count > 0;
  const variables = containerDefinitions.flatMap((one) =>
    // Under another name than `environment`, whose values a redactor drops without a look.
    (one.environment ?? []).filter((pair) => holds({ pair })).map((pair) => pair.name ?? ''),
  );
  const elsewhere = containerDefinitions.some(({ environment: _, ...rest }) => holds(rest)) || holds(task);
  if (variables.length === 0 && !elsewhere) return;
  throw fail('change-unsafe', {
    detail: `${name} holds what looks like a secret${variables.length > 0 ? ` in ${variables.slice(0, 5).join(', ')}` : ''}, and a proposal is shown and stored with its whole request`,
    advice: 'Move it to Secrets Manager or Parameter Store, or register the revision where it is managed.',
  });
}

function differences(
  [before, after]: readonly [Registration, Registration],
  container: string | undefined,
): Setting[] {
  const pick = (one: Registration) => one.containerDefinitions?.find(({ name }) => name === container);
  const [was, is] = [pick(before), pick(after)];
  const text = (value: unknown): string =>
    value === undefined ? 'none' : typeof value === 'string' ? value : JSON.stringify(value);
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['CPU', before.cpu, after.cpu],
    ['memory', mib(before.memory), mib(after.memory)],
    ['disk', before.ephemeralStorage?.sizeInGiB, after.ephemeralStorage?.sizeInGiB],
    ['architecture', before.runtimePlatform?.cpuArchitecture, after.runtimePlatform?.cpuArchitecture],
    ['container memory', mib(was?.memory), mib(is?.memory)],
    ['container reservation', mib(was?.memoryReservation), mib(is?.memoryReservation)],
    ['image', was?.image, is?.image],
    ['command', was?.command, is?.command],
    ['entry point', was?.entryPoint, is?.entryPoint],
    ['health check', was?.healthCheck, is?.healthCheck],
    ['stop timeout', was?.stopTimeout, is?.stopTimeout],
    ['log options', was?.logConfiguration?.options, is?.logConfiguration?.options],
  ];
  return pairs.flatMap(([name, one, two]) =>
    one === undefined && two === undefined
      ? []
      : [{ name, before: text(one).slice(0, 1_500), after: text(two).slice(0, 1_500) }],
  );
}

function mib(value: string | number | undefined): string | undefined {
  return value === undefined ? undefined : `${value} MiB`;
}

function warningsOf(after: Registration): string[] {
  const roles = [after.executionRoleArn, after.taskRoleArn].filter((role) => role !== undefined);
  const values = (after.containerDefinitions ?? []).reduce(
    (sum, one) => sum + (one.environment ?? []).length,
    0,
  );
  return [
    ...(roles.length > 0
      ? [
          `AWS asks for iam:PassRole on ${roles.join(' and ')}, which the node's role does not have by default; without it the request is refused.`,
        ]
      : []),
    ...(values > 0
      ? [
          `The request holds the ${counted(values, 'environment variable')} of the revision with their values.`,
        ]
      : []),
    'Tags of the revision are not carried over.',
  ];
}
