// What CloudWatch keeps of the services: CPU and memory of each service and the healthy targets of each group, once a
// minute. Only the last few hours are kept, and a service that runs nothing has no points, as in AWS.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-metrics.html

import type { SnapshotMetric, SnapshotService, SnapshotTask } from '../../contract/snapshot.ts';
import { applicationsOf, definitionOf } from './application.ts';
import { type Invocations, runSchedules } from './schedules.ts';
import { scaleServices } from './service-scaling.ts';
import { recheckService } from './target-health.ts';
import { cpuPercent, isBusy, memoryUsedMiB } from './utilization.ts';
import { clusterName, isoNow, tasksOf, type World } from './world.ts';

const MINUTE_MS = 60_000;
const POINTS_MAX = 360;

/** Writes a point for everything at each full minute from now on. */
export function keepMetrics(world: World): void {
  const known = new Map(world.account.state.cloudwatch.metrics.map((metric) => [keyOf(metric), metric]));
  const minute = () => {
    const at = new Date(world.now() - MINUTE_MS).toISOString();
    for (const point of pointsNow(world)) addPoint(world, { known, at, ...point });
    for (const service of world.account.state.ecs.services)
      if (tasksOf(world, service).some((task) => isBusy(world, task))) recheckService(world, service);
    scaleServices(world);
    for (const point of runSchedules(world).flatMap(schedulePoints))
      addPoint(world, { known, at: isoNow(world), ...point });
    world.after(MINUTE_MS, minute);
  };
  world.after(MINUTE_MS - (world.now() % MINUTE_MS), minute);
}

interface Point {
  readonly metric: Omit<SnapshotMetric, 'points'>;
  readonly value: number;
}

function pointsNow(world: World): Point[] {
  const { ecs, elbv2 } = world.account.state;
  return [
    ...ecs.services.flatMap((service) => servicePoints(world, service)),
    ...elbv2.TargetGroups.flatMap((group) => {
      const targets = elbv2.TargetHealth[group.TargetGroupArn] ?? [];
      const healthy = targets.filter((one) => one.TargetHealth?.State === 'healthy').length;
      const unhealthy = targets.filter((one) => one.TargetHealth?.State === 'unhealthy').length;
      const Dimensions = [
        { Name: 'TargetGroup', Value: group.TargetGroupArn.split(':').at(-1) ?? '' },
        { Name: 'LoadBalancer', Value: (group.LoadBalancerArns?.[0] ?? '').split(':loadbalancer/')[1] ?? '' },
      ];
      const Namespace = Dimensions[1]?.Value.startsWith('net/') ? 'AWS/NetworkELB' : 'AWS/ApplicationELB';
      return [
        { metric: { Namespace, MetricName: 'HealthyHostCount', Dimensions }, value: healthy },
        { metric: { Namespace, MetricName: 'UnHealthyHostCount', Dimensions }, value: unhealthy },
      ];
    }),
  ];
}

function schedulePoints({ rule, failed, all }: Invocations): Point[] {
  const Dimensions = [{ Name: 'RuleName', Value: rule }];
  const metric = (MetricName: string) => ({ Namespace: 'AWS/Events', MetricName, Dimensions });
  return [
    { metric: metric('Invocations'), value: all },
    ...(failed > 0 ? [{ metric: metric('FailedInvocations'), value: failed }] : []),
  ];
}

function servicePoints(world: World, service: SnapshotService): Point[] {
  const running = tasksOf(world, service).filter((task) => task.lastStatus === 'RUNNING');
  if (running.length === 0) return [];
  const Dimensions = [
    { Name: 'ClusterName', Value: clusterName(service) },
    { Name: 'ServiceName', Value: service.serviceName },
  ];
  const mean = (value: (task: SnapshotTask) => number) =>
    Math.round((running.reduce((sum, task) => sum + value(task), 0) / running.length) * 100) / 100;
  const metric = (MetricName: string) => ({ Namespace: 'AWS/ECS', MetricName, Dimensions });
  return [
    { metric: metric('CPUUtilization'), value: mean((task) => cpuPercent(world, task)) },
    { metric: metric('MemoryUtilization'), value: mean((task) => memoryPercent(world, task)) },
  ];
}

/** Of what the task reserves, which is its own memory or that of its containers. */
function memoryPercent(world: World, task: SnapshotTask): number {
  const applications = applicationsOf(world, task);
  const used = applications.reduce((sum, one) => sum + memoryUsedMiB(world, task, one), 0);
  const reserved = applications.reduce(
    (sum, { container }) => sum + (container.memoryReservation ?? container.memory ?? 0),
    0,
  );
  const total = Number(definitionOf(world, task)?.memory ?? reserved) || 512;
  return (used / total) * 100;
}

function addPoint(
  world: World,
  { known, at, metric, value }: Point & { known: Map<string, SnapshotMetric>; at: string },
): void {
  const key = keyOf(metric);
  let found = known.get(key);
  if (found === undefined) {
    found = { ...metric, points: [] };
    known.set(key, found);
    world.account.state.cloudwatch.metrics.push(found);
  }
  found.points.push([at, value]);
  if (found.points.length > POINTS_MAX) found.points.splice(0, found.points.length - POINTS_MAX);
}

function keyOf({ Namespace, MetricName, Dimensions }: Omit<SnapshotMetric, 'points'>): string {
  return [Namespace, MetricName, ...Dimensions.map((one) => `${one.Name}=${one.Value}`)].join(' ');
}
