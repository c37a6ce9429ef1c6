// Reads a whole cluster in two stages, however large it is: names, stopped tasks and the cluster itself, then every service and the
// stopped tasks. What runs well is never listed task by task, and a service is reduced to a glance as soon as its answer is there.

import type * as Ecs from '@aws-sdk/client-ecs';
import type { Aws } from '../../src/contract/aws.ts';
import type { ToolContext } from '../../src/contract/tool.ts';
import type { Gap, Seen } from '../../src/diagnosis/evidence.ts';
import {
  byUrgency,
  type FailedTasks,
  failedByOwner,
  glanceOf,
  type ServiceGlance,
  withUnwatched,
} from '../../src/diagnosis/overview.ts';
import { lastPart, requireOwn } from '../arn.ts';
import { clusterUnknown } from '../ecs/unknown-names.ts';
import { describeTasks } from './collect.ts';
import { readContainerInstances } from './collect-hosts.ts';
import { readUnwatched } from './collect-unwatched.ts';
import { batchesOf, joined, readList } from './reading.ts';
import { next } from './staged.ts';

export const collectClusterActions = [
  'ecs:ListClusters',
  'ecs:DescribeClusters',
  'ecs:ListServices',
  'ecs:DescribeServices',
  'ecs:ListTasks',
  'ecs:DescribeTasks',
  'ecs:ListContainerInstances',
  'ecs:DescribeContainerInstances',
] as const;

export interface HostsGlance {
  readonly total: number;
  readonly disconnected: readonly string[];
  readonly draining: readonly string[];
}

export interface ClusterOverview {
  readonly name: string;
  readonly status: string;
  readonly runningTasks: number;
  readonly pendingTasks: number;
  /** Every service, the most urgent first. */
  readonly services: readonly ServiceGlance[];
  /** Failures of tasks that no service started, the newest first. */
  readonly standalone: readonly FailedTasks[];
  readonly hosts: HostsGlance;
  readonly gaps: readonly Gap[];
}

/** DescribeServices takes 10 names, DescribeTasks 100. */
const SERVICES_PER_CALL = 10;
const TASKS_PER_CALL = 100;
const SERVICE_PAGES = 20;
const STOPPED_PAGES = 2;

/** Throws `cluster-unknown`, `input-invalid` or `AwsCallError` of a read that was stopped. */
export async function collectCluster(
  aws: Aws,
  wanted: string,
  context: ToolContext,
): Promise<ClusterOverview> {
  requireOwn(aws, [wanted]);
  const cluster = lastPart(wanted);
  context.stage('names, stopped tasks and the cluster');
  const [clusters, services, stopped] = await Promise.all([
    readCluster(aws, cluster),
    listServices(aws, cluster),
    listStopped(aws, cluster),
  ]);
  const [found] = clusters.items;
  const isGone = clusters.gaps.length === 0 && (found === undefined || found.value.status === 'INACTIVE');
  if (isGone || services.gaps.some((gap) => gap.kind === 'not-found'))
    throw await clusterUnknown(aws, cluster);
  context.stage('services and stopped tasks');
  const names = services.items.map(({ value }) => lastPart(value));
  const hasHosts = (found?.value.registeredContainerInstancesCount ?? 0) > 0;
  const described = describeStopped(aws, cluster, stopped);
  const failures = described.then(({ items }) => failedByOwner(items, context.nowMs));
  const registered = hasHosts
    ? readContainerInstances(aws, cluster)
    : Promise.resolve(nothing<Ecs.ContainerInstance>());
  const [tasks, hosts, glances, failed, unwatched] = await Promise.all([
    described,
    registered,
    Promise.all(
      batchesOf(names, SERVICES_PER_CALL).map((batch) =>
        glanceBatch(aws, batch, { cluster, nowMs: context.nowMs, failures }),
      ),
    ),
    failures,
    registered.then((seen) => readUnwatched(next(next(aws)), cluster, seen)),
  ]);
  return {
    name: cluster,
    status: found?.value.status ?? 'UNKNOWN',
    runningTasks: found?.value.runningTasksCount ?? 0,
    pendingTasks: found?.value.pendingTasksCount ?? 0,
    services: glances
      .flatMap((one) => one.services)
      .map((one) => withUnwatched(one, unwatched.services.get(one.name)))
      .sort(byUrgency),
    standalone: failed.filter(({ isService }) => !isService),
    hosts: hostsOf(hosts),
    gaps: [
      ...[clusters, services, stopped, tasks, hosts].flatMap((list) => list.gaps),
      ...glances.flatMap((one) => one.gaps),
      ...unwatched.gaps,
    ],
  };
}

interface GlanceInput {
  readonly cluster: string;
  readonly nowMs: number;
  readonly failures: Promise<readonly FailedTasks[]>;
}

/** The whole answers go as soon as they are judged: each holds a hundred events a service. */
async function glanceBatch(
  aws: Aws,
  services: string[],
  { cluster, nowMs, failures }: GlanceInput,
): Promise<{ services: ServiceGlance[]; gaps: readonly Gap[] }> {
  const [seen, failed] = await Promise.all([
    readList(aws, {
      action: 'ecs:DescribeServices',
      input: { cluster, services },
      what: `the services ${services.slice(0, 3).join(', ')} and others`,
      path: '$.services',
      items: (output) => output.services,
    }),
    failures,
  ]);
  return {
    gaps: seen.gaps,
    services: seen.items.map((service) =>
      glanceOf(service, {
        cluster,
        nowMs,
        failed: failed.find((one) => one.isService && one.owner === service.value.serviceName),
      }),
    ),
  };
}

function readCluster(aws: Aws, cluster: string): Promise<Seen<Ecs.Cluster>> {
  return readList(aws, {
    action: 'ecs:DescribeClusters',
    input: { clusters: [cluster] },
    what: 'the cluster',
    path: '$.clusters',
    items: (output) => output.clusters,
  });
}

function listServices(aws: Aws, cluster: string): Promise<Seen<string>> {
  return readList(aws, {
    action: 'ecs:ListServices',
    input: { cluster, maxResults: 100 },
    what: 'the services of the cluster',
    path: '$.serviceArns',
    items: (output) => output.serviceArns,
    pages: SERVICE_PAGES,
  });
}

function listStopped(aws: Aws, cluster: string): Promise<Seen<string>> {
  return readList(aws, {
    action: 'ecs:ListTasks',
    input: { cluster, desiredStatus: 'STOPPED', maxResults: TASKS_PER_CALL },
    what: 'the stopped tasks',
    path: '$.taskArns',
    items: (output) => output.taskArns,
    pages: STOPPED_PAGES,
  });
}

async function describeStopped(aws: Aws, cluster: string, arns: Seen<string>): Promise<Seen<Ecs.Task>> {
  const ids = arns.items.map(({ value }) => value);
  return joined(
    await Promise.all(batchesOf(ids, TASKS_PER_CALL).map((batch) => describeTasks(aws, cluster, batch))),
  );
}

function hostsOf({ items }: Seen<Ecs.ContainerInstance>): HostsGlance {
  const label = ({ value }: { value: Ecs.ContainerInstance }) =>
    value.ec2InstanceId ?? lastPart(value.containerInstanceArn ?? '');
  return {
    total: items.length,
    disconnected: items.filter(({ value }) => value.agentConnected === false).map(label),
    draining: items.filter(({ value }) => value.status === 'DRAINING').map(label),
  };
}

function nothing<T>(): Seen<T> {
  return { items: [], gaps: [] };
}
