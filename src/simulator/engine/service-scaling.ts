// Application Auto Scaling for services: target tracking over the same metrics that CloudWatch shows. It scales out after
// three minutes above the target and in after fifteen below, never past its bounds, and not in while a deployment runs.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html

import { createHash } from 'node:crypto';
import type { Snapshot, SnapshotService } from '../../contract/snapshot.ts';
import { uuidFrom } from '../account.ts';
import { primaryOf } from '../deployment.ts';
import { recordServiceEvent } from './trail.ts';
import { clusterName, isoNow, type World } from './world.ts';

type Policy = Snapshot['applicationAutoscaling']['ScalingPolicies'][number];
type ScalableTarget = Snapshot['applicationAutoscaling']['ScalableTargets'][number];

const OUT_MINUTES = 3;
const IN_MINUTES = 15;
/** Target tracking scales in only well below its target. */
const IN_SHARE = 0.9;
const COOLDOWN_MS = { out: 180_000, in: 300_000 } as const;
const METRICS: Readonly<Record<string, string>> = {
  ECSServiceAverageCPUUtilization: 'CPUUtilization',
  ECSServiceAverageMemoryUtilization: 'MemoryUtilization',
};

/** Looks at every policy once; called each minute after the metrics were written. */
export function scaleServices(world: World): void {
  const { ScalableTargets, ScalingPolicies } = world.account.state.applicationAutoscaling;
  for (const target of ScalableTargets) {
    const service = world.account.state.ecs.services.find(
      (one) => target.ResourceId === `service/${clusterName(one)}/${one.serviceName}`,
    );
    if (service === undefined || service.status !== 'ACTIVE') continue;
    const wishes = ScalingPolicies.filter((one) => one.ResourceId === target.ResourceId)
      .map((policy) => ({ policy, count: wishOf(world, service, policy) }))
      .filter((wish) => wish.count !== undefined);
    // With several policies the largest wish counts.
    const wish = wishes.sort((left, right) => (right.count ?? 0) - (left.count ?? 0))[0];
    if (wish?.count !== undefined) scale(world, { service, target, policy: wish.policy, count: wish.count });
  }
}

/** How many tasks the policy asks for; undefined when it is content. */
function wishOf(world: World, service: SnapshotService, policy: Policy): number | undefined {
  const configuration = policy.TargetTrackingScalingPolicyConfiguration;
  const name = METRICS[configuration?.PredefinedMetricSpecification?.PredefinedMetricType ?? ''];
  const aim = configuration?.TargetValue;
  if (name === undefined || aim === undefined || aim <= 0) return undefined;
  const metric = world.account.state.cloudwatch.metrics.find(
    (one) =>
      one.Namespace === 'AWS/ECS' &&
      one.MetricName === name &&
      one.Dimensions.some((dimension) => dimension.Value === service.serviceName) &&
      one.Dimensions.some((dimension) => dimension.Value === clusterName(service)),
  );
  const values = (metric?.points ?? []).slice(-IN_MINUTES).map(([, value]) => value);
  const desired = service.desiredCount ?? 0;
  const recent = values.slice(-OUT_MINUTES);
  if (recent.length === OUT_MINUTES && recent.every((value) => value > aim))
    return Math.ceil((desired * Math.max(...recent)) / aim);
  const quiet = values.length === IN_MINUTES && values.every((value) => value < aim * IN_SHARE);
  if (!quiet || configuration?.DisableScaleIn === true) return undefined;
  return Math.max(1, Math.ceil((desired * Math.max(...values)) / aim));
}

function scale(
  world: World,
  {
    service,
    target,
    policy,
    count,
  }: { service: SnapshotService; target: ScalableTarget; policy: Policy; count: number },
): void {
  const desired = service.desiredCount ?? 0;
  const bounded = Math.min(target.MaxCapacity ?? count, Math.max(target.MinCapacity ?? 0, count));
  const direction = bounded > desired ? 'out' : 'in';
  const suspended = target.SuspendedState;
  if (bounded === desired || (direction === 'out') !== count > desired) return;
  if (direction === 'in' && primaryOf(service)?.rolloutState === 'IN_PROGRESS') return;
  if (direction === 'out' ? suspended?.DynamicScalingOutSuspended : suspended?.DynamicScalingInSuspended)
    return;
  const memory = world.memoryOf(service);
  if (world.now() - memory.scaledAt < COOLDOWN_MS[direction]) return;
  memory.scaledAt = world.now();
  service.desiredCount = bounded;
  // A policy keeps its alarms: their names stay the same from one activity to the next.
  const kind = direction === 'out' ? 'High' : 'Low';
  const digest = createHash('sha256').update(`${target.ResourceId} ${kind}`).digest('hex');
  const alarm = `TargetTracking-${target.ResourceId}-Alarm${kind}-${uuidFrom(digest)}`;
  world.account.state.applicationAutoscaling.ScalingActivities.push({
    ActivityId: uuidFrom(world.account.newHex(32)),
    ServiceNamespace: 'ecs',
    ResourceId: target.ResourceId,
    ScalableDimension: 'ecs:service:DesiredCount',
    Description: `Setting desired count to ${bounded}.`,
    Cause: `monitor alarm ${alarm} in state ALARM triggered policy ${policy.PolicyName}`,
    StartTime: isoNow(world),
    EndTime: isoNow(world),
    StatusCode: 'Successful',
    StatusMessage: `Successfully set desired count to ${bounded}. Change successfully fulfilled by ecs.`,
  });
  recordServiceEvent(world, {
    source: 'ecs',
    name: 'UpdateService',
    invokedBy: 'ecs.application-autoscaling.amazonaws.com',
    session: 'AutoScaling-UpdateDesiredCapacity',
    roleArn: target.RoleARN,
    input: { cluster: clusterName(service), service: service.serviceName, desiredCount: bounded },
    resource: { ResourceType: 'AWS::ECS::Service', ResourceName: service.serviceName },
  });
  world.reconcile(service);
}
