// The ECS side of a snapshot: the cluster, its services, their tasks, what those run, their targets and their last log lines.

import type * as Ecs from '@aws-sdk/client-ecs';
import type * as Elb from '@aws-sdk/client-elastic-load-balancing-v2';
import { lastPart } from '../../../tools/arn.ts';
import { type LogPlace, logPlace, readLog } from '../../../tools/diagnose/collect-logs.ts';
import { batchesOf } from '../../../tools/diagnose/reading.ts';
import { clusterUnknown, serviceUnknown, withKnownCluster } from '../../../tools/ecs/unknown-names.ts';
import type { Aws } from '../../contract/aws.ts';
import type { TakeReader } from './take-reader.ts';

/** Bounds of a snapshot: what goes beyond is left out and said. */
export const TAKE_MAX = {
  services: 200,
  taskDefinitions: 300,
  failedLogs: 10,
  runningLogs: 3,
  logLines: 300,
} as const;

export interface TakenService {
  readonly service: Ecs.Service;
  readonly tasks: readonly Ecs.Task[];
  readonly targetGroups: readonly Elb.TargetGroup[];
  readonly targetHealth: Readonly<Record<string, readonly Elb.TargetHealthDescription[]>>;
}

export interface TakenStream {
  readonly group: string;
  readonly stream: string;
  /** Null when there is a group but no such stream. */
  readonly events: readonly { readonly timestamp: number; readonly message: string }[] | null;
}

/** The cluster's own object. Throws `cluster-unknown`. */
export async function takeCluster(aws: Aws, reader: TakeReader, cluster: string): Promise<Ecs.Cluster> {
  const clusters = await reader.list(aws, {
    action: 'ecs:DescribeClusters',
    input: { clusters: [cluster], include: ['SETTINGS'] },
    what: 'the cluster',
    path: '$.clusters',
    items: (output) => output.clusters,
  });
  const [found] = clusters;
  if (found !== undefined) return found;
  if (!reader.denied().includes('ecs:DescribeClusters')) throw await clusterUnknown(aws, lastPart(cluster));
  const clusterName = lastPart(cluster);
  return {
    clusterName,
    clusterArn: `arn:aws:ecs:${aws.region}:${aws.account}:cluster/${clusterName}`,
    status: 'ACTIVE',
  };
}

/** The services of a cluster, or the one that is named. Throws `service-unknown`, `cluster-unknown` or `AwsCallError`. */
export async function takeServices(
  aws: Aws,
  reader: TakeReader,
  wanted: { readonly cluster: string; readonly service: string | undefined },
): Promise<Ecs.Service[]> {
  const { cluster, service } = wanted;
  const names = service === undefined ? await listServices(aws, reader, cluster) : [lastPart(service)];
  // A refused description is no gap here: without any service there is nothing to take.
  const answers = await withKnownCluster(aws, cluster, () =>
    Promise.all(
      batchesOf(names, 10).map((services) =>
        aws.call('ecs:DescribeServices', { cluster, services, include: ['TAGS'] }),
      ),
    ),
  );
  const found = answers.flatMap(({ output }) => output.services ?? []);
  if (service !== undefined && found.length === 0)
    throw await serviceUnknown(aws, lastPart(cluster), lastPart(service));
  return found;
}

async function listServices(aws: Aws, reader: TakeReader, cluster: string): Promise<string[]> {
  const arns = await reader.list(aws, {
    action: 'ecs:ListServices',
    input: { cluster, maxResults: 100 },
    what: 'the services',
    path: '$.serviceArns',
    items: (output) => output.serviceArns,
    pages: TAKE_MAX.services / 100,
  });
  return arns.slice(0, TAKE_MAX.services);
}

/** A service with its tasks, running and stopped, and its targets. */
export async function takeService(aws: Aws, reader: TakeReader, service: Ecs.Service): Promise<TakenService> {
  const cluster = service.clusterArn ?? '';
  const groups = (service.loadBalancers ?? []).flatMap((one) =>
    one.targetGroupArn === undefined ? [] : [one.targetGroupArn],
  );
  const [running, stopped, targets] = await Promise.all([
    listTasks(aws, reader, { service, status: 'RUNNING' }),
    listTasks(aws, reader, { service, status: 'STOPPED' }),
    Promise.all(groups.map((arn) => takeTargets(aws, reader, arn))),
  ]);
  const tasks = await Promise.all(
    batchesOf([...running, ...stopped], 100).map((ids) =>
      reader.list(aws, {
        action: 'ecs:DescribeTasks',
        input: { cluster, tasks: ids },
        what: `the tasks of ${service.serviceName ?? 'a service'}`,
        path: '$.tasks',
        items: (output) => output.tasks,
      }),
    ),
  );
  return {
    service,
    tasks: tasks.flat(),
    targetGroups: targets.flatMap((one) => one.groups),
    targetHealth: Object.fromEntries(targets.map((one) => [one.arn, one.health])),
  };
}

function listTasks(
  aws: Aws,
  reader: TakeReader,
  { service, status }: { service: Ecs.Service; status: 'RUNNING' | 'STOPPED' },
): Promise<string[]> {
  const name = service.serviceName ?? '';
  return reader.list(aws, {
    action: 'ecs:ListTasks',
    input: { cluster: service.clusterArn ?? '', serviceName: name, desiredStatus: status },
    what: `the ${status.toLowerCase()} tasks of ${name}`,
    path: '$.taskArns',
    items: (output) => output.taskArns,
    pages: 2,
  });
}

async function takeTargets(aws: Aws, reader: TakeReader, arn: string) {
  const [groups, health] = await Promise.all([
    reader.list(aws, {
      action: 'elasticloadbalancing:DescribeTargetGroups',
      input: { TargetGroupArns: [arn] },
      what: 'a target group',
      path: '$.TargetGroups',
      items: (output) => output.TargetGroups,
    }),
    reader.list(aws, {
      action: 'elasticloadbalancing:DescribeTargetHealth',
      input: { TargetGroupArn: arn },
      what: 'the health of targets',
      path: '$.TargetHealthDescriptions',
      items: (output) => output.TargetHealthDescriptions,
    }),
  ]);
  return { arn, groups, health };
}

/** The task definitions that services, deployments and tasks name. */
export async function takeTaskDefinitions(
  aws: Aws,
  reader: TakeReader,
  arns: readonly string[],
): Promise<Ecs.TaskDefinition[]> {
  const lists = await Promise.all(
    arns.map((taskDefinition) =>
      reader.list(aws, {
        action: 'ecs:DescribeTaskDefinition',
        input: { taskDefinition },
        what: lastPart(taskDefinition),
        path: '$.taskDefinition',
        items: (output) => (output.taskDefinition === undefined ? [] : [output.taskDefinition]),
      }),
    ),
  );
  return lists.flat();
}

/** The last lines of the newest stopped tasks and of a few running ones. */
export async function takeLogs(
  aws: Aws,
  reader: TakeReader,
  from: { readonly tasks: readonly Ecs.Task[]; readonly definitions: readonly Ecs.TaskDefinition[] },
): Promise<TakenStream[]> {
  const newest = (tasks: readonly Ecs.Task[]) =>
    [...tasks].sort((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0));
  const stopped = newest(from.tasks.filter((task) => task.lastStatus === 'STOPPED'));
  const running = newest(from.tasks.filter((task) => task.lastStatus !== 'STOPPED'));
  const places = [
    ...stopped.slice(0, TAKE_MAX.failedLogs),
    ...running.slice(0, TAKE_MAX.runningLogs),
  ].flatMap((task) => placesOf(task, { definitions: from.definitions, region: aws.region }));
  const reads = await Promise.all(
    places.map(async (place) => ({ place, read: await readLog(aws, place, TAKE_MAX.logLines) })),
  );
  return reads.flatMap(({ place, read }) => {
    if (read.gap !== undefined) reader.gap(read.gap);
    const { group, stream } = place;
    if (read.presence === undefined || read.presence.state === 'group-absent') return [];
    const events = read.log?.lines.map(({ atMs, text }) => ({ timestamp: atMs, message: text })) ?? null;
    return [{ group, stream, events }];
  });
}

function placesOf(
  task: Ecs.Task,
  { definitions, region }: { definitions: readonly Ecs.TaskDefinition[]; region: string },
): LogPlace[] {
  const arn = task.taskArn ?? '';
  const definition = definitions.find((one) => one.taskDefinitionArn === task.taskDefinitionArn);
  return (definition?.containerDefinitions ?? []).flatMap((container) => {
    const place = logPlace({ arn, id: lastPart(arn) }, container, region);
    return 'problem' in place ? [] : [place];
  });
}
