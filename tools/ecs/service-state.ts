// What a change of an ECS service is worked out against: its settings, and the revision it would move to. Running and pending
// counts, deployments and events move by themselves and are left out.

import type { Service, TaskDefinition } from '@aws-sdk/client-ecs';
import { z } from 'zod';
import { type Aws, AwsCallError } from '../../src/contract/aws.ts';
import { fail } from '../../src/contract/errors.ts';
import { familyRevision, lastPart, requireOwn } from '../arn.ts';
import { readScaledCount, scaledCount } from './scaled-count.ts';
import { serviceUnknown, withKnownCluster } from './unknown-names.ts';

const revision = z.strictObject({
  arn: z.string(),
  family: z.string(),
  revision: z.number().int(),
  status: z.string(),
  images: z.array(z.string()),
});

export const serviceState = z.strictObject({
  cluster: z.string(),
  service: z.string(),
  arn: z.string(),
  status: z.string(),
  controller: z.string(),
  scheduling: z.string(),
  desired: z.number().int(),
  taskDefinition: z.string(),
  graceSeconds: z.number().int(),
  minimumHealthyPercent: z.number().int(),
  maximumPercent: z.number().int(),
  /** The rest of the deployment configuration, as ECS gave it: alarms, strategy and what else is set. */
  deployment: z.record(z.string(), z.json()),
  hasLoadBalancer: z.boolean(),
  circuitBreaker: z.boolean(),
  rollback: z.boolean(),
  /** Sorted; null for tasks without network interfaces of their own. */
  network: z
    .strictObject({
      subnets: z.array(z.string()),
      securityGroups: z.array(z.string()),
      publicIp: z.boolean(),
    })
    .nullable(),
  launchType: z.string(),
  /** True when every task runs on Fargate. */
  fargate: z.boolean(),
  /** Empty when the service has a launch type instead. */
  strategy: z.array(
    z.strictObject({ capacityProvider: z.string(), weight: z.number().int(), base: z.number().int() }),
  ),
  executeCommand: z.boolean(),
  tags: z.record(z.string(), z.string()),
  /** The revision the change names; null when it names none. */
  wanted: revision.nullable(),
  /** What scales the desired count; null when the change leaves the count as it is. */
  scaled: scaledCount.nullable(),
});
export type ServiceState = z.infer<typeof serviceState>;

export interface ServiceQuestion {
  readonly cluster: string;
  readonly service: string;
  readonly task_definition?: string | undefined;
  readonly desired_count?: number | undefined;
}

/** Throws `cluster-unknown`, `service-unknown` or `resource-unknown`. */
export async function observeService(question: ServiceQuestion, aws: Aws): Promise<ServiceState> {
  const { cluster, service, task_definition: wanted } = question;
  requireOwn(aws, [cluster, service, wanted]);
  const [found, revisionFound, scaled] = await Promise.all([
    readService(cluster, service, aws),
    wanted === undefined ? null : readRevision(wanted, aws).then(({ found }) => found),
    question.desired_count === undefined ? null : readScaledCount({ cluster, service }, aws),
  ]);
  return {
    cluster: lastPart(found.clusterArn ?? cluster),
    service: found.serviceName ?? lastPart(service),
    arn: found.serviceArn ?? '',
    status: found.status ?? '',
    controller: found.deploymentController?.type ?? 'ECS',
    scheduling: found.schedulingStrategy ?? 'REPLICA',
    desired: found.desiredCount ?? 0,
    taskDefinition: familyRevision(found.taskDefinition ?? ''),
    graceSeconds: found.healthCheckGracePeriodSeconds ?? 0,
    ...deploymentOf(found),
    hasLoadBalancer: (found.loadBalancers ?? []).length > 0,
    ...placementOf(found),
    executeCommand: found.enableExecuteCommand ?? false,
    tags: Object.fromEntries((found.tags ?? []).map(({ key, value }) => [key ?? '', value ?? '']).sort()),
    wanted:
      revisionFound === null
        ? null
        : {
            arn: revisionFound.taskDefinitionArn ?? '',
            family: revisionFound.family ?? '',
            revision: revisionFound.revision ?? 0,
            status: revisionFound.status ?? '',
            images: (revisionFound.containerDefinitions ?? []).map(({ image }) => image ?? ''),
          },
    scaled,
  };
}

/** Defaults as in the API reference of ECS, DeploymentConfiguration. */
function deploymentOf(found: Service) {
  const daemon = found.schedulingStrategy === 'DAEMON';
  const {
    minimumHealthyPercent = daemon ? 0 : 100,
    maximumPercent = daemon ? 100 : 200,
    deploymentCircuitBreaker: breaker,
    ...rest
  } = found.deploymentConfiguration ?? {};
  return {
    minimumHealthyPercent,
    maximumPercent,
    circuitBreaker: breaker?.enable ?? false,
    rollback: breaker?.rollback ?? false,
    // Members without a value are left out, as JSON leaves them out.
    deployment: JSON.parse(JSON.stringify(rest)) as ServiceState['deployment'],
  };
}

function placementOf(found: Service) {
  const network = found.networkConfiguration?.awsvpcConfiguration;
  const strategy = (found.capacityProviderStrategy ?? []).map(({ capacityProvider, weight, base }) => ({
    capacityProvider: capacityProvider ?? '',
    weight: weight ?? 0,
    base: base ?? 0,
  }));
  const launchType = found.launchType ?? (strategy.length > 0 ? '' : 'EC2');
  return {
    network:
      network === undefined
        ? null
        : {
            subnets: [...(network.subnets ?? [])].sort(),
            securityGroups: [...(network.securityGroups ?? [])].sort(),
            publicIp: network.assignPublicIp === 'ENABLED',
          },
    launchType,
    fargate:
      strategy.length > 0
        ? strategy.every(({ capacityProvider }) => /^FARGATE(?:_SPOT)?$/.test(capacityProvider))
        : launchType === 'FARGATE',
    strategy,
  };
}

/** The service, which exists and is not deleted. */
export async function readService(cluster: string, service: string, aws: Aws): Promise<Service> {
  const { output } = await withKnownCluster(aws, cluster, () =>
    aws.call('ecs:DescribeServices', { cluster, services: [service], include: ['TAGS'] }),
  );
  const found = output.services?.find((one) => one.status !== 'INACTIVE');
  if (found === undefined) throw await serviceUnknown(aws, lastPart(cluster), lastPart(service));
  return found;
}

/** Throws `resource-unknown` for a revision that does not exist. */
export async function readRevision(
  taskDefinition: string,
  aws: Aws,
): Promise<{ found: TaskDefinition; evidence: string }> {
  const unknown = (cause?: unknown) =>
    fail(
      'resource-unknown',
      { kind: 'task definition', id: taskDefinition, account: aws.account, region: aws.region, nearest: '' },
      cause,
    );
  try {
    const { output, evidence } = await aws.call('ecs:DescribeTaskDefinition', { taskDefinition });
    if (output.taskDefinition === undefined) throw unknown();
    return { found: output.taskDefinition, evidence };
  } catch (thrown) {
    // ECS answers an unknown revision with ClientException "Unable to describe task definition."
    const missing =
      thrown instanceof AwsCallError && /unable to describe task definition/i.test(thrown.failure.message);
    throw missing ? unknown(thrown) : thrown;
  }
}
