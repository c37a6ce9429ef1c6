// A cluster, its services, and what belongs to one service alone: tasks, task definitions, deployments, scaling, alarms, last log lines.

import type * as Ecs from '@aws-sdk/client-ecs';
import { lastPart } from '../../../../tools/arn.ts';
import { readDefinitions } from '../../../../tools/diagnose/collect-definitions.ts';
import { logPlace, readLog } from '../../../../tools/diagnose/collect-logs.ts';
import { batchesOf, readList } from '../../../../tools/diagnose/reading.ts';
import { clusterUnknown, serviceUnknown, withKnownCluster } from '../../../../tools/ecs/unknown-names.ts';
import type { Aws } from '../../../contract/aws.ts';
import { fail } from '../../../contract/errors.ts';
import type { Snapshot } from '../../../contract/snapshot.ts';
import { distinct, listed, TAKE_MAX } from './bounds.ts';

const SERVICES_PER_CALL = 10;
const TASKS_PER_CALL = 100;
const ALARMS_PER_CALL = 100;
/** As far back as a diagnosis looks. */
const USE_WINDOW_MS = 3 * 3_600_000;

/** Throws `cluster-unknown`. */
export async function takeCluster(aws: Aws, cluster: string): Promise<void> {
  const { items, gaps } = await readList(aws, {
    action: 'ecs:DescribeClusters',
    input: { clusters: [cluster], include: ['SETTINGS', 'CONFIGURATIONS'] },
    what: 'the cluster',
    path: '$.clusters',
    items: (output) => output.clusters,
  });
  if (items.length === 0 && gaps.length === 0) throw await clusterUnknown(aws, lastPart(cluster));
}

/** The services of a cluster, or the one that is named. Throws `service-unknown`, `cluster-unknown` or `aws-failed`. */
export async function takeServices(
  aws: Aws,
  { cluster, service }: { readonly cluster: string; readonly service: string | undefined },
): Promise<Ecs.Service[]> {
  const names = service === undefined ? await serviceNames(aws, cluster) : [lastPart(service)];
  // A refused description is no gap here: without any service there is nothing to take.
  const answers = await withKnownCluster(aws, cluster, () =>
    Promise.all(
      batchesOf(names, SERVICES_PER_CALL).map((services) =>
        aws.call('ecs:DescribeServices', { cluster, services, include: ['TAGS'] }),
      ),
    ),
  );
  const found = answers.flatMap(({ output }) => output.services ?? []);
  if (service !== undefined && found.length === 0)
    throw await serviceUnknown(aws, lastPart(cluster), lastPart(service));
  return found;
}

async function serviceNames(aws: Aws, cluster: string): Promise<string[]> {
  const { items, gaps } = await readList(aws, {
    action: 'ecs:ListServices',
    input: { cluster, maxResults: 100 },
    what: 'the services',
    path: '$.serviceArns',
    items: (output) => output.serviceArns,
    pages: TAKE_MAX.services / 100,
  });
  if (gaps.some(({ kind }) => kind === 'not-found')) throw await clusterUnknown(aws, lastPart(cluster));
  if (gaps.some(({ kind }) => kind === 'denied'))
    throw fail('aws-failed', {
      action: 'ecs:ListServices',
      code: 'denied',
      detail: 'the services of the cluster may not be listed.',
      advice: 'Name one with --service.',
    });
  return items.map(({ value }) => lastPart(value));
}

/** What a diagnosis reads only where trouble points at it, and what belongs to the service besides. */
export async function takeService(
  aws: Aws,
  service: Ecs.Service,
  { cluster, nowMs }: { readonly cluster: string; readonly nowMs: number },
): Promise<void> {
  const name = service.serviceName ?? '';
  const [tasks] = await Promise.all([
    takeTasks(aws, cluster, { serviceName: name }),
    takeDeployments(aws, cluster, name),
    takeScaling(aws, cluster, service),
    takeTargetGroups(aws, service),
    takeUse(aws, { ClusterName: lastPart(cluster), ServiceName: name }, nowMs),
  ]);
  const running = tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING');
  await Promise.all([
    takeLogs(aws, tasks),
    ...batchesOf(running, TASKS_PER_CALL).map((some) =>
      listed(aws, {
        action: 'ecs:GetTaskProtection',
        input: { cluster, tasks: some.map(({ taskArn = '' }) => lastPart(taskArn)) },
      }),
    ),
  ]);
}

/** Tasks, running and stopped, of a service or of the whole cluster. */
export async function takeTasks(
  aws: Aws,
  cluster: string,
  of: { readonly serviceName?: string },
): Promise<Ecs.Task[]> {
  const most = of.serviceName === undefined ? TAKE_MAX.clusterTasks : TAKE_MAX.serviceTasks;
  const arns = await Promise.all(
    (['RUNNING', 'STOPPED'] as const).map((desiredStatus) =>
      listed(aws, {
        action: 'ecs:ListTasks',
        input: { cluster, ...of, desiredStatus },
        items: (output) => output.taskArns,
        pages: most / TASKS_PER_CALL,
      }),
    ),
  );
  const tasks = await Promise.all(
    batchesOf(arns.flat().map(lastPart), TASKS_PER_CALL).map((ids) =>
      listed(aws, {
        action: 'ecs:DescribeTasks',
        input: { cluster, tasks: ids },
        items: (output) => output.tasks,
      }),
    ),
  );
  return tasks.flat();
}

/** Whether the cluster runs tasks that are not in the snapshot: tasks that no service started, or more than were taken of one. */
export function runsOthers({ ecs: { clusters, tasks } }: Snapshot): boolean {
  const running = clusters[0]?.runningTasksCount;
  return running === undefined || running > tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length;
}

async function takeDeployments(aws: Aws, cluster: string, service: string): Promise<void> {
  const briefs = await listed(aws, {
    action: 'ecs:ListServiceDeployments',
    input: { cluster, service, maxResults: TAKE_MAX.deployments },
    items: (output) => output.serviceDeployments,
    pages: 1,
  });
  if (briefs.length === 0) return;
  const serviceDeploymentArns = distinct(briefs.map((one) => one.serviceDeploymentArn));
  const revisions = distinct(briefs.map((one) => one.targetServiceRevisionArn));
  await Promise.all([
    listed(aws, { action: 'ecs:DescribeServiceDeployments', input: { serviceDeploymentArns } }),
    ...batchesOf(revisions, TAKE_MAX.deployments).map((serviceRevisionArns) =>
      listed(aws, { action: 'ecs:DescribeServiceRevisions', input: { serviceRevisionArns } }),
    ),
  ]);
}

/** What scales the service, and the alarms that scaling and deployments follow. */
async function takeScaling(aws: Aws, cluster: string, service: Ecs.Service): Promise<void> {
  const ResourceId = `service/${lastPart(cluster)}/${service.serviceName ?? ''}`;
  const about = { ServiceNamespace: 'ecs', ResourceId } as const;
  const [policies] = await Promise.all([
    listed(aws, {
      action: 'application-autoscaling:DescribeScalingPolicies',
      input: about,
      items: (output) => output.ScalingPolicies,
    }),
    listed(aws, {
      action: 'application-autoscaling:DescribeScalableTargets',
      input: { ServiceNamespace: 'ecs', ResourceIds: [ResourceId] },
    }),
    listed(aws, {
      action: 'application-autoscaling:DescribeScalingActivities',
      input: { ...about, MaxResults: 50 },
      pages: 1,
    }),
  ]);
  const alarms = distinct([
    ...policies.flatMap(({ Alarms = [] }) => Alarms.map(({ AlarmName }) => AlarmName)),
    ...(service.deploymentConfiguration?.alarms?.alarmNames ?? []),
  ]);
  await Promise.all(
    batchesOf(alarms, ALARMS_PER_CALL).map((AlarmNames) =>
      listed(aws, {
        action: 'cloudwatch:DescribeAlarms',
        input: { AlarmNames, MaxRecords: ALARMS_PER_CALL },
      }),
    ),
  );
}

async function takeTargetGroups(aws: Aws, service: Ecs.Service): Promise<void> {
  const arns = distinct(
    (service.loadBalancers ?? []).flatMap((one) => [
      one.targetGroupArn,
      one.advancedConfiguration?.alternateTargetGroupArn,
    ]),
  );
  await Promise.all(
    arns.flatMap((TargetGroupArn) => [
      // By itself, since AWS refuses a whole list of which one is gone.
      listed(aws, {
        action: 'elasticloadbalancing:DescribeTargetGroups',
        input: { TargetGroupArns: [TargetGroupArn] },
      }),
      listed(aws, { action: 'elasticloadbalancing:DescribeTargetHealth', input: { TargetGroupArn } }),
      listed(aws, {
        action: 'elasticloadbalancing:DescribeTargetGroupAttributes',
        input: { TargetGroupArn },
      }),
    ]),
  );
}

/** The highest use of processors and memory in each minute of late: what decides whether tasks had enough. */
async function takeUse(aws: Aws, of: Readonly<Record<string, string>>, nowMs: number): Promise<void> {
  const Dimensions = Object.entries(of).map(([Name, Value]) => ({ Name, Value }));
  await listed(aws, {
    action: 'cloudwatch:GetMetricData',
    input: {
      MetricDataQueries: ['CPUUtilization', 'MemoryUtilization'].map((MetricName) => ({
        Id: MetricName.toLowerCase(),
        MetricStat: { Metric: { Namespace: 'AWS/ECS', MetricName, Dimensions }, Period: 60, Stat: 'Maximum' },
      })),
      StartTime: new Date(nowMs - USE_WINDOW_MS),
      EndTime: new Date(nowMs),
    },
  });
}

/** The last lines of the newest stopped tasks and of a few running ones. */
async function takeLogs(aws: Aws, tasks: readonly Ecs.Task[]): Promise<void> {
  const newest = [...tasks].sort((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0));
  const chosen = [
    ...newest.filter(({ lastStatus }) => lastStatus === 'STOPPED').slice(0, TAKE_MAX.failedLogs),
    ...newest.filter(({ lastStatus }) => lastStatus !== 'STOPPED').slice(0, TAKE_MAX.runningLogs),
  ];
  const { items: definitions } = await readDefinitions(
    aws,
    distinct(chosen.map((task) => task.taskDefinitionArn)),
  );
  await Promise.all(
    chosen.flatMap(({ taskArn = '', taskDefinitionArn }) => {
      const definition = definitions.find(({ value }) => value.taskDefinitionArn === taskDefinitionArn);
      return (definition?.value.containerDefinitions ?? []).map(async (container) => {
        const place = logPlace({ arn: taskArn, id: lastPart(taskArn) }, container, aws.region);
        if (!('problem' in place)) await readLog(aws, place, TAKE_MAX.logLines);
      });
    }),
  );
}
