// ECS changes of task definitions: a new revision is registered, with the checks ECS makes before it takes one.

import type * as Ecs from '@aws-sdk/client-ecs';
import type { SnapshotTaskDefinition } from '../../contract/snapshot.ts';
import { isoTime } from '../../kernel/clock.ts';
import { callerArn } from '../account.ts';
import { requiredAttributes } from '../physics/required-attributes.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import type { Handler } from './handler.ts';

/** Memory that goes with each CPU size, in MiB. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html */
const FARGATE: Readonly<
  Record<string, { min: number; max: number; step: number; also?: readonly number[] }>
> = {
  '256': { min: 1_024, max: 2_048, step: 1_024, also: [512] },
  '512': { min: 1_024, max: 4_096, step: 1_024 },
  '1024': { min: 2_048, max: 8_192, step: 1_024 },
  '2048': { min: 4_096, max: 16_384, step: 1_024 },
  '4096': { min: 8_192, max: 30_720, step: 1_024 },
  '8192': { min: 16_384, max: 61_440, step: 4_096 },
  '16384': { min: 32_768, max: 122_880, step: 8_192 },
};

/** Registers the next revision of a family. Throws ClientException, as ECS does for everything it does not take. */
export const registerTaskDefinition: Handler<
  Ecs.RegisterTaskDefinitionCommandInput,
  Ecs.RegisterTaskDefinitionCommandOutput
> = (input, account) => {
  const { family = '', tags, ...rest } = input;
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(family)) throw refused('Family contains invalid characters.');
  const containers = input.containerDefinitions ?? [];
  if (containers.length === 0) throw refused('Container list cannot be empty.');
  checkSize(input);
  for (const container of containers) checkContainer(container, input);
  const all = account.state.ecs.taskDefinitions.filter((one) => one.family === family);
  const revision = Math.max(0, ...all.map((one) => one.revision ?? 0)) + 1;
  // What was sent is kept as it is; the members ECS adds come after it.
  const made = {
    ...structuredClone(rest),
    taskDefinitionArn: `arn:aws:ecs:${account.region}:${account.id}:task-definition/${family}:${revision}`,
    family,
    revision,
    status: 'ACTIVE',
    requiresAttributes: requiredAttributes(input),
    compatibilities: [...new Set(['EC2', ...(input.requiresCompatibilities ?? [])])],
    registeredAt: isoTime(account.now()),
    registeredBy: callerArn(account.id),
    ...(tags === undefined ? {} : { tags: structuredClone(tags) }),
  } as SnapshotTaskDefinition;
  account.state.ecs.taskDefinitions.push(made);
  account.changed({
    service: 'ecs',
    operation: 'RegisterTaskDefinition',
    input: { ...input },
    resources: [{ ResourceType: 'AWS::ECS::TaskDefinition', ResourceName: made.taskDefinitionArn }],
  });
  const { tags: shown, ...taskDefinition } = made;
  return { taskDefinition, tags: shown ?? [] };
};

function checkSize(input: Ecs.RegisterTaskDefinitionCommandInput): void {
  if (!(input.requiresCompatibilities ?? []).includes('FARGATE')) return;
  const { cpu, memory } = input;
  if (cpu === undefined || memory === undefined)
    throw refused('Fargate requires task definition to have cpu and memory at the task level.');
  if (input.networkMode !== 'awsvpc') throw refused("Fargate only supports network mode 'awsvpc'.");
  const size = FARGATE[cpu];
  const mib = Number(memory);
  const fits =
    size !== undefined &&
    ((size.also ?? []).includes(mib) ||
      (mib >= size.min && mib <= size.max && (mib - size.min) % size.step === 0));
  if (!fits)
    throw refused(
      `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory. See the Amazon ECS documentation for the valid values.`,
    );
}

function checkContainer(
  container: Ecs.ContainerDefinition,
  input: Ecs.RegisterTaskDefinitionCommandInput,
): void {
  const { name = '', image = '', memory, memoryReservation } = container;
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(name)) throw refused('Container.name contains invalid characters.');
  if (image === '') throw refused('Container.image should not be null or empty.');
  if (memory === undefined && memoryReservation === undefined && input.memory === undefined)
    throw refused(
      `Invalid setting for container '${name}'. At least one of 'memory' or 'memoryReservation' must be specified.`,
    );
  if (memory !== undefined && memoryReservation !== undefined && memory < memoryReservation)
    throw refused(
      `Invalid 'memory' setting for container '${name}'. 'memory' must be greater than or equal to 'memoryReservation'.`,
    );
  const task = Number(input.memory ?? Number.POSITIVE_INFINITY);
  if ((memory ?? memoryReservation ?? 0) > task)
    throw refused(
      `Invalid setting for container '${name}'. The memory of a container must not exceed the memory of the task.`,
    );
}

function refused(message: string): AwsFault {
  return new AwsFault('ClientException', message);
}
