// What a container's application is like, read from its task definition: where it logs, what it depends on, how its
// health is checked. Variables DB_HOST and DB_PORT, or DATABASE_URL, make it an application that needs a database.

import type * as Ecs from '@aws-sdk/client-ecs';
import type { SnapshotTask, SnapshotTaskDefinition, Stored } from '../../contract/snapshot.ts';
import type { World } from './world.ts';

export type Container = Stored<Ecs.ContainerDefinition>;

export interface Application {
  readonly container: Container;
  readonly name: string;
  readonly version: string;
  readonly port: number;
  readonly database: { readonly host: string; readonly port: number } | undefined;
  /** In milliseconds where it is a time; undefined when ECS checks nothing. */
  readonly healthCheck:
    | { readonly intervalMs: number; readonly retries: number; readonly startPeriodMs: number }
    | undefined;
}

const POSTGRES_PORT = 5432;

export function definitionOf(world: World, task: SnapshotTask): SnapshotTaskDefinition | undefined {
  return world.index.definition(task.taskDefinitionArn ?? '');
}

/** The application of the task's first essential container, the one that decides over its health. */
export function applicationOf(world: World, task: SnapshotTask): Application | undefined {
  const definition = definitionOf(world, task);
  const container = (definition?.containerDefinitions ?? []).find((one) => one.essential !== false);
  if (definition === undefined || container === undefined) return undefined;
  return {
    container,
    name: definition.family,
    version: container.image?.split(':')[1] ?? 'latest',
    port: container.portMappings?.[0]?.containerPort ?? 8080,
    database: databaseOf(container),
    healthCheck: healthCheckOf(container),
  };
}

function databaseOf(container: Container): Application['database'] {
  const value = (name: string) => container.environment?.find((one) => one.name === name)?.value;
  const host = value('DB_HOST');
  if (host !== undefined) return { host, port: Number(value('DB_PORT') ?? POSTGRES_PORT) };
  const url = value('DATABASE_URL');
  if (url === undefined || !URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  return { host: parsed.hostname, port: parsed.port === '' ? POSTGRES_PORT : Number(parsed.port) };
}

/** Defaults are those of https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
function healthCheckOf(container: Container): Application['healthCheck'] {
  const check = container.healthCheck;
  if (check === undefined || check.command?.[0] === 'NONE') return undefined;
  return {
    intervalMs: (check.interval ?? 30) * 1000,
    retries: check.retries ?? 3,
    startPeriodMs: (check.startPeriod ?? 0) * 1000,
  };
}
