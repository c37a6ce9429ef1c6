// What a container's application is like, read from its task definition: where it logs, what it depends on, how its
// health is checked. Variables DB_HOST and DB_PORT, or DATABASE_URL, make it an application that needs a database.

import type * as Ecs from '@aws-sdk/client-ecs';
import type { SnapshotTask, SnapshotTaskDefinition, Stored } from '../../contract/snapshot.ts';
import { parseImage } from '../physics/image-reference.ts';
import { type Behaviour, behaviourOf } from './application-behaviour.ts';
import type { World } from './world.ts';

export type Container = Stored<Ecs.ContainerDefinition>;

export interface Application {
  readonly container: Container;
  readonly name: string;
  readonly version: string;
  /** The port it listens on. */
  readonly port: number;
  readonly database: { readonly host: string; readonly port: number } | undefined;
  /** In milliseconds where it is a time; undefined when ECS checks nothing. */
  readonly healthCheck:
    | {
        readonly intervalMs: number;
        readonly retries: number;
        readonly startPeriodMs: number;
        readonly command: readonly string[];
      }
    | undefined;
  readonly behaviour: Behaviour;
}

const POSTGRES_PORT = 5432;

export function definitionOf(world: World, task: SnapshotTask): SnapshotTaskDefinition | undefined {
  return world.index.definition(task.taskDefinitionArn ?? '');
}

/** The applications of all containers of a task. */
export function applicationsOf(world: World, task: SnapshotTask): readonly Application[] {
  const arn = task.taskDefinitionArn ?? '';
  const known = world.applications.get(arn) ?? applicationsIn(definitionOf(world, task));
  world.applications.set(arn, known);
  return known;
}

function applicationsIn(definition: SnapshotTaskDefinition | undefined): Application[] {
  return (definition?.containerDefinitions ?? []).map((container) => ({
    container,
    name: definition?.family ?? '',
    version: versionOf(container),
    port: behaviourOf(container).port ?? container.portMappings?.[0]?.containerPort ?? 8080,
    database: databaseOf(container),
    healthCheck: healthCheckOf(container),
    behaviour: behaviourOf(container),
  }));
}

export function isEssential(container: Container): boolean {
  return container.essential !== false;
}

function versionOf(container: Container): string {
  const { tag, digest } = parseImage(container.image ?? '');
  return tag ?? digest?.slice(0, 'sha256:'.length + 12) ?? 'latest';
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
    command: check.command ?? [],
  };
}
