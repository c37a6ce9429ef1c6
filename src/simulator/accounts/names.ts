// ARNs and other names of a made-up account, so that its parts agree on them.

import type { AccountPlan, ServicePlan } from './plan.ts';

export const arn = (plan: AccountPlan, service: string, resource: string) =>
  `arn:aws:${service}:${plan.region}:${plan.account}:${resource}`;
export const clusterArn = (plan: AccountPlan) => arn(plan, 'ecs', `cluster/${plan.cluster}`);
export const serviceArn = (plan: AccountPlan, name: string) =>
  arn(plan, 'ecs', `service/${plan.cluster}/${name}`);
export const definitionArn = (plan: AccountPlan, family: string, revision: number) =>
  arn(plan, 'ecs', `task-definition/${family}:${revision}`);
export const targetGroupArn = (plan: AccountPlan, service: ServicePlan) =>
  arn(plan, 'elasticloadbalancing', `targetgroup/${service.name.slice(0, 32)}/${service.group.slice(-16)}`);
export const balancerArn = (plan: AccountPlan) =>
  arn(plan, 'elasticloadbalancing', `loadbalancer/app/${plan.balancer.name}/${plan.balancer.id}`);
export const listenerArn = (plan: AccountPlan) =>
  arn(
    plan,
    'elasticloadbalancing',
    `listener/app/${plan.balancer.name}/${plan.balancer.id}/${plan.vpc.slice(-16)}`,
  );
export const roleArn = (plan: AccountPlan, name: string) => `arn:aws:iam::${plan.account}:role/${name}`;
export const secretArn = (plan: AccountPlan, name: string) =>
  arn(plan, 'secretsmanager', `secret:${name}-${plan.vpc.slice(-6)}`);
/** Of a container instance; `id` is its last part. */
export const hostArn = (plan: AccountPlan, id: string) =>
  `${arn(plan, 'ecs', 'container-instance')}/${plan.cluster}/${id}`;
export const imageOf = (plan: AccountPlan, repository: string, tag: string) =>
  `${plan.account}.dkr.ecr.${plan.region}.amazonaws.com/${repository}:${tag}`;
/** What the container of a service is called in the streams of its log group. */
export const streamName = (service: ServicePlan, taskId: string) => `ecs/${service.container}/${taskId}`;

/** The list of the addresses of S3. */
export const prefixListId = (plan: AccountPlan) => `pl-${plan.vpc.slice(-8)}`;
/** The group that interface endpoints have. */
export const endpointGroupId = (plan: AccountPlan) => `sg-0${plan.vpc.slice(-16)}`;

/** The id of the deployment of a revision. */
export function deploymentId(service: ServicePlan, revision: number): string {
  const base = BigInt(`0x${service.group.slice(-14)}`) + 1_000_000_000_000_000_000n;
  return `ecs-svc/${base + BigInt(revision)}`;
}

/** ISO-8601 text for a moment `minutes` before the account's now. */
export const minutesAgo = (plan: AccountPlan, minutes: number) =>
  new Date(plan.nowMs - Math.round(minutes * 60_000)).toISOString();

/** Of an Auto Scaling group; the middle part is an id that AWS makes. */
export const groupArn = (plan: AccountPlan, name: string) =>
  `${arn(plan, 'autoscaling', 'autoScalingGroup')}:${plan.vpc.slice(-8)}-8d1c-4f3a-9c55-${plan.vpc.slice(-12)}:autoScalingGroupName/${name}`;
