// The hosts of the cluster against what one task of the service needs: processor, memory, ports, attributes. Every host is judged for
// every reason, so that "no host fits" also says why each does not.

import type * as Ecs from '@aws-sdk/client-ecs';
import type { Observed } from '../evidence.ts';
import type { Facts } from './facts.ts';

export interface HostFacts {
  readonly observed: Observed<Ecs.ContainerInstance>;
  readonly id: string;
  readonly active: boolean;
  readonly connected: boolean;
  readonly lacksCpu: boolean;
  readonly lacksMemory: boolean;
  /** The host registered fewer GPUs than one task asks for. How many are free AWS does not say plainly, so it takes a complaint to count. */
  readonly lacksGpu: boolean;
  /** The whole host is too small for one task. */
  readonly tooSmall: boolean;
  readonly takenPorts: readonly number[];
  readonly missingAttributes: readonly string[];
  /** It stands in none of the zones of the service's subnets, so that no interface of a task can be made there. */
  readonly outOfZone: boolean;
  /** It has the one task of a DAEMON service that it is to have. */
  readonly served: boolean;
}

export interface TaskNeeds {
  readonly definition: Observed<Ecs.TaskDefinition>;
  /** CPU units and MiB; undefined when the task definition does not say. */
  readonly cpu: number | undefined;
  readonly memory: number | undefined;
  readonly gpus: number;
  readonly ports: readonly number[];
  readonly attributes: readonly string[];
}

export interface Hosts {
  /** False when the list of hosts was refused or not asked for; then nothing can be said. */
  readonly complete: boolean;
  readonly all: readonly HostFacts[];
  readonly needs: TaskNeeds | undefined;
}

/** Every host of the cluster against what a task of the newest revision needs. */
export function hostsOf(facts: Pick<Facts, 'bundle' | 'service'>): Hosts {
  const { bundle } = facts;
  const seen = bundle.capacity?.containerInstances;
  const needs = needsOf(facts);
  const complete = seen !== undefined && seen.gaps.length === 0;
  const zones = zonesOf(facts, needs);
  return {
    complete,
    needs,
    all: (seen?.items ?? []).map((one) => ({
      ...hostOf(one, needs),
      outOfZone: isOutside(one.value, zones),
      served: hasDaemon(one.value, facts),
    })),
  };
}

/** The zones in which a task of the service can have an interface of its own; undefined where every zone does or not all are known. */
function zonesOf({ bundle, service }: Pick<Facts, 'bundle' | 'service'>, needs: TaskNeeds | undefined) {
  if (needs?.definition.value.networkMode !== 'awsvpc' || service.subnets.length === 0) return undefined;
  const seen = bundle.network.subnets.items.filter(({ value }) =>
    service.subnets.includes(value.SubnetId ?? ''),
  );
  const zones = seen.flatMap(({ value }) => value.AvailabilityZone ?? []);
  return zones.length < service.subnets.length ? undefined : new Set(zones);
}

function isOutside({ attributes = [] }: Ecs.ContainerInstance, zones: ReadonlySet<string> | undefined) {
  const zone = attributes.find(({ name }) => name === 'ecs.availability-zone')?.value;
  return zones !== undefined && zone !== undefined && !zones.has(zone);
}

function hasDaemon(
  { containerInstanceArn: arn }: Ecs.ContainerInstance,
  { bundle, service }: Pick<Facts, 'bundle' | 'service'>,
): boolean {
  return (
    service.observed.value.schedulingStrategy === 'DAEMON' &&
    bundle.tasks.items.some(
      ({ value }) => value.containerInstanceArn === arn && value.desiredStatus === 'RUNNING',
    )
  );
}

/** Room is only what is missing for the task: CPU and memory. */
export function hasRoom(host: HostFacts): boolean {
  return !host.lacksCpu && !host.lacksMemory;
}

/** True when another host of this size would have room for the task. */
export function fitsWhenEmpty(host: HostFacts): boolean {
  return !host.tooSmall;
}

/** True when nothing that was looked at keeps the task off the host. */
export function fits(host: HostFacts): boolean {
  return (
    host.active &&
    host.connected &&
    hasRoom(host) &&
    host.takenPorts.length === 0 &&
    host.missingAttributes.length === 0 &&
    !host.outOfZone &&
    !host.served
  );
}

function needsOf({ bundle, service }: Pick<Facts, 'bundle' | 'service'>): TaskNeeds | undefined {
  const definition =
    bundle.taskDefinitions.items.find(
      ({ value }) => value.taskDefinitionArn === service.primary?.taskDefinitionArn,
    ) ?? bundle.taskDefinitions.items[0];
  return definition && needsOfDefinition(definition);
}

/** What one task of a task definition needs of its host. */
export function needsOfDefinition(definition: Observed<Ecs.TaskDefinition>): TaskNeeds {
  const { value } = definition;
  const containers = value.containerDefinitions ?? [];
  return {
    definition,
    cpu: amount(value.cpu) ?? total(containers.map(({ cpu }) => cpu)),
    // The scheduler reserves the soft limit where there is one (API reference, ContainerDefinition.memoryReservation).
    memory:
      amount(value.memory) ??
      total(containers.map(({ memoryReservation, memory }) => memoryReservation ?? memory)),
    gpus: gpusOf(containers),
    ports: value.networkMode === 'awsvpc' ? [] : fixedPorts(value),
    attributes: (value.requiresAttributes ?? []).map(({ name, value: wanted }) =>
      wanted === undefined || wanted === '' ? (name ?? '') : `${name ?? ''}=${wanted}`,
    ),
  };
}

function gpusOf(containers: readonly Ecs.ContainerDefinition[]): number {
  return containers
    .flatMap(({ resourceRequirements = [] }) => resourceRequirements)
    .filter(({ type }) => type === 'GPU')
    .reduce((sum, { value }) => sum + Number(value ?? 0), 0);
}

/** Host ports the definition fixes; 0 or none lets docker choose. In host mode the container's port is the host's. */
function fixedPorts(definition: Ecs.TaskDefinition): number[] {
  const host = definition.networkMode === 'host';
  return (definition.containerDefinitions ?? [])
    .flatMap(({ portMappings = [] }) => portMappings)
    .map(({ hostPort, containerPort }) => (host ? (hostPort ?? containerPort ?? 0) : (hostPort ?? 0)))
    .filter((port) => port > 0);
}

function hostOf(
  observed: Observed<Ecs.ContainerInstance>,
  needs: TaskNeeds | undefined,
): Omit<HostFacts, 'outOfZone' | 'served'> {
  const { value } = observed;
  const left = (name: string) => value.remainingResources?.find((one) => one.name === name);
  const whole = (name: string) => value.registeredResources?.find((one) => one.name === name)?.integerValue;
  // GPUs are a string set of their ids (API reference, Resource); a host that lists no resources says nothing.
  const gpus = value.registeredResources?.find(({ name }) => name === 'GPU')?.stringSetValue?.length ?? 0;
  const lacksGpu = value.registeredResources !== undefined && gpus < (needs?.gpus ?? 0);
  const cpu = left('CPU')?.integerValue;
  const memory = left('MEMORY')?.integerValue;
  // Ports are listed as taken, not as left: a string set (API reference, Resource).
  const taken = new Set(
    [...(left('PORTS')?.stringSetValue ?? []), ...(left('PORTS_UDP')?.stringSetValue ?? [])].map(Number),
  );
  return {
    observed,
    id: (value.containerInstanceArn ?? '').split('/').at(-1) ?? '',
    active: (value.status ?? 'ACTIVE') === 'ACTIVE',
    connected: value.agentConnected !== false,
    lacksCpu: needs?.cpu !== undefined && cpu !== undefined && cpu < needs.cpu,
    lacksMemory: needs?.memory !== undefined && memory !== undefined && memory < needs.memory,
    lacksGpu,
    tooSmall: exceeds(needs?.cpu, whole('CPU')) || exceeds(needs?.memory, whole('MEMORY')),
    takenPorts: (needs?.ports ?? []).filter((port) => taken.has(port)),
    missingAttributes: missingAttributes(value, needs?.attributes ?? []),
  };
}

const exceeds = (needed: number | undefined, size: number | undefined) =>
  needed !== undefined && size !== undefined && needed > size;

/** A host whose attributes were not listed at all says nothing about them. */
function missingAttributes(host: Ecs.ContainerInstance, wanted: readonly string[]): string[] {
  if (host.attributes === undefined) return [];
  const has = new Set(host.attributes.flatMap(({ name = '', value }) => [name, `${name}=${value ?? ''}`]));
  return wanted.filter((one) => one !== '' && !has.has(one));
}

function amount(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const units = /^([\d.]+) ?vcpu$/i.exec(text)?.[1];
  if (units !== undefined) return Number(units) * 1_024;
  const gigabytes = /^([\d.]+) ?gb$/i.exec(text)?.[1];
  if (gigabytes !== undefined) return Number(gigabytes) * 1_024;
  const plain = Number(text);
  return Number.isFinite(plain) ? plain : undefined;
}

function total(parts: readonly (number | undefined)[]): number | undefined {
  const known = parts.filter((part) => part !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, part) => sum + part, 0);
}
