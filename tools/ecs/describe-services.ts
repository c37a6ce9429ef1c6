// ecs_describe_services: the state of services as ECS reports it. Services that do not exist are named in `missing`;
// when none of those asked for exists, the error names the nearest ones.

import type { Service } from '@aws-sdk/client-ecs';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { familyRevision, lastPart, requireOwn } from '../arn.ts';
import { clusterField, listOf, serviceField } from '../fields.ts';
import { batches } from '../pagination.ts';
import { evidenceField, isoOrNull, oneLine, textOf } from '../text-lines.ts';
import { missingField, missingLines, missingOf } from './missing.ts';
import { serviceUnknown, withKnownCluster } from './unknown-names.ts';

/** DescribeServices takes at most ten names at once. */
const BATCH = 10;
const SERVICES_MAX = 50;
const EVENTS_MAX = 10;

const deployment = z.object({
  id: z.string(),
  status: z.string(),
  rolloutState: z.string().nullable(),
  rolloutStateReason: z.string().nullable(),
  taskDefinition: z.string(),
  desired: z.number(),
  running: z.number(),
  pending: z.number(),
  failedTasks: z.number(),
  createdAt: z.string().nullable(),
});

const service = z.object({
  name: z.string(),
  arn: z.string(),
  cluster: z.string(),
  status: z.string(),
  desired: z.number(),
  running: z.number(),
  pending: z.number(),
  taskDefinition: z.string(),
  launchType: z.string().nullable(),
  platformVersion: z.string().nullable(),
  deploymentController: z.string(),
  schedulingStrategy: z.string(),
  circuitBreaker: z.object({ enabled: z.boolean(), rollback: z.boolean() }).nullable(),
  minimumHealthyPercent: z.number().nullable(),
  maximumPercent: z.number().nullable(),
  healthCheckGracePeriodSeconds: z.number().nullable(),
  executeCommandEnabled: z.boolean(),
  subnets: z.array(z.string()),
  securityGroups: z.array(z.string()),
  assignPublicIp: z.string().nullable(),
  targetGroups: z.array(
    z.object({ arn: z.string(), container: z.string().nullable(), port: z.number().nullable() }),
  ),
  deployments: z.array(deployment),
  events: z.array(z.object({ at: z.string().nullable(), message: z.string() })).max(EVENTS_MAX),
});
type ServiceFacts = z.infer<typeof service>;

export const ecsDescribeServices = defineReadTool({
  name: 'ecs_describe_services',
  summary:
    'Describes ECS services: desired, running and pending counts, deployments with their rollout state, network settings, target groups and the newest service events. To find out why a service is unhealthy use diagnose_service instead.',
  risk: 'read',
  actions: ['ecs:DescribeServices', 'ecs:ListClusters', 'ecs:ListServices'],
  input: z.strictObject({
    cluster: clusterField,
    services: listOf(serviceField, SERVICES_MAX, 'Names of the services, at most 50.'),
  }),
  output: z.object({
    services: z.array(service).max(SERVICES_MAX),
    missing: missingField,
    evidence: evidenceField,
  }),
  target: ({ cluster, services }) => ({
    cluster: lastPart(cluster),
    ...(services.length === 1 && services[0] !== undefined ? { service: lastPart(services[0]) } : {}),
    resources: services,
  }),
  run: async ({ cluster, services }, aws) => {
    requireOwn(aws, [cluster, ...services]);
    const answers = await withKnownCluster(aws, cluster, () =>
      Promise.all(
        batches(services, BATCH).map((names) =>
          aws.call('ecs:DescribeServices', { cluster, services: names }),
        ),
      ),
    );
    const found = answers.flatMap(({ output }) => output.services ?? []).map(factsOf);
    const missing = answers.flatMap(({ output }) => missingOf(output.failures));
    const [first] = services;
    if (found.length === 0 && first !== undefined)
      throw await serviceUnknown(aws, lastPart(cluster), lastPart(first));
    return { services: found, missing, evidence: answers.map(({ evidence }) => evidence) };
  },
  text: ({ services, missing, evidence }) =>
    textOf([...services.flatMap(serviceLines), ...missingLines('service', missing)], evidence),
});

function factsOf(service: Service): ServiceFacts {
  const network = service.networkConfiguration?.awsvpcConfiguration;
  const breaker = service.deploymentConfiguration?.deploymentCircuitBreaker;
  return {
    name: service.serviceName ?? '',
    arn: service.serviceArn ?? '',
    cluster: lastPart(service.clusterArn ?? ''),
    status: service.status ?? 'UNKNOWN',
    desired: service.desiredCount ?? 0,
    running: service.runningCount ?? 0,
    pending: service.pendingCount ?? 0,
    taskDefinition: familyRevision(service.taskDefinition ?? ''),
    launchType: service.launchType ?? service.capacityProviderStrategy?.[0]?.capacityProvider ?? null,
    platformVersion: service.platformVersion ?? null,
    deploymentController: service.deploymentController?.type ?? 'ECS',
    schedulingStrategy: service.schedulingStrategy ?? 'REPLICA',
    circuitBreaker:
      breaker === undefined
        ? null
        : { enabled: breaker.enable ?? false, rollback: breaker.rollback ?? false },
    minimumHealthyPercent: service.deploymentConfiguration?.minimumHealthyPercent ?? null,
    maximumPercent: service.deploymentConfiguration?.maximumPercent ?? null,
    healthCheckGracePeriodSeconds: service.healthCheckGracePeriodSeconds ?? null,
    executeCommandEnabled: service.enableExecuteCommand ?? false,
    subnets: network?.subnets ?? [],
    securityGroups: network?.securityGroups ?? [],
    assignPublicIp: network?.assignPublicIp ?? null,
    targetGroups: (service.loadBalancers ?? []).flatMap((balancer) =>
      balancer.targetGroupArn === undefined
        ? []
        : [
            {
              arn: balancer.targetGroupArn,
              container: balancer.containerName ?? null,
              port: balancer.containerPort ?? null,
            },
          ],
    ),
    deployments: (service.deployments ?? []).map((deployment) => ({
      id: deployment.id ?? '',
      status: deployment.status ?? '',
      rolloutState: deployment.rolloutState ?? null,
      rolloutStateReason:
        deployment.rolloutStateReason === undefined ? null : oneLine(deployment.rolloutStateReason),
      taskDefinition: familyRevision(deployment.taskDefinition ?? ''),
      desired: deployment.desiredCount ?? 0,
      running: deployment.runningCount ?? 0,
      pending: deployment.pendingCount ?? 0,
      failedTasks: deployment.failedTasks ?? 0,
      createdAt: isoOrNull(deployment.createdAt),
    })),
    events: (service.events ?? [])
      .slice(0, EVENTS_MAX)
      .map((event) => ({ at: isoOrNull(event.createdAt), message: oneLine(event.message ?? '', 500) })),
  };
}

function serviceLines(service: ServiceFacts): string[] {
  const extras = [
    service.launchType,
    service.deploymentController === 'ECS' ? null : `controller ${service.deploymentController}`,
    service.circuitBreaker?.enabled === true
      ? `circuit breaker on${service.circuitBreaker.rollback ? ' with rollback' : ''}`
      : null,
    service.healthCheckGracePeriodSeconds === null
      ? null
      : `health-check grace ${service.healthCheckGracePeriodSeconds} s`,
  ].filter((part) => part !== null);
  return [
    `Service ${service.name} in ${service.cluster}: ${service.status}, desired ${service.desired}, running ${service.running}, pending ${service.pending}, ${service.taskDefinition}; ${extras.join(', ')}.`,
    ...service.deployments.map(
      (deployment) =>
        `  deployment ${deployment.id} ${deployment.status} ${deployment.rolloutState ?? ''} ${deployment.taskDefinition}: ${deployment.running}/${deployment.desired} running, ${deployment.pending} pending, ${deployment.failedTasks} failed, since ${deployment.createdAt ?? '?'}${deployment.rolloutStateReason === null ? '' : ` (${deployment.rolloutStateReason})`}`,
    ),
    `  network: subnets ${service.subnets.join(', ') || 'none'}; security groups ${service.securityGroups.join(', ') || 'none'}; public IP ${service.assignPublicIp ?? 'not applicable'}`,
    ...service.targetGroups.map(
      (group) => `  target group ${group.arn} → ${group.container ?? '?'}:${group.port ?? '?'}`,
    ),
    ...service.events.map((event) => `  event ${event.at ?? '?'} ${event.message}`),
  ];
}
