// Facts about the service itself: how many tasks it wants and has, and how its deployments stand.
// The PRIMARY deployment is the one being rolled out; an ACTIVE one is older and may carry the traffic alone.

import type * as Ecs from '@aws-sdk/client-ecs';
import type { EvidenceRef } from '../../contract/finding.ts';
import { below, type EvidenceBundle, type Observed } from '../evidence.ts';

export interface DeploymentFacts {
  readonly id: string;
  readonly status: string;
  readonly rolloutState: string | undefined;
  readonly rolloutStateReason: string;
  /** `family:revision` of its task definition. */
  readonly revision: string;
  readonly taskDefinitionArn: string;
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  readonly failedTasks: number;
  readonly createdAtMs: number | undefined;
  readonly at: EvidenceRef;
}

export interface ServiceFacts {
  readonly observed: Observed<Ecs.Service>;
  readonly name: string;
  readonly arn: string;
  readonly cluster: string;
  readonly status: string;
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  readonly launchType: string;
  readonly controller: string;
  readonly deployments: readonly DeploymentFacts[];
  readonly primary: DeploymentFacts | undefined;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  /** True and false as configured; undefined when the service has no awsvpc configuration. */
  readonly assignPublicIp: boolean | undefined;
  readonly events: readonly {
    readonly atMs: number | undefined;
    readonly message: string;
    readonly at: EvidenceRef;
  }[];
}

/** As many as AWS keeps: targets that come and go push what the scheduler could not do far down. */
const EVENTS_READ = 100;

/** Facts of the service object; the newest events first. */
export function serviceFacts(bundle: Pick<EvidenceBundle, 'service' | 'cluster'>): ServiceFacts {
  const { value: service } = bundle.service;
  const network = service.networkConfiguration?.awsvpcConfiguration;
  const deployments = (service.deployments ?? []).map((deployment, index) =>
    deploymentFacts(bundle.service, deployment, index),
  );
  return {
    observed: bundle.service,
    name: service.serviceName ?? '',
    arn: service.serviceArn ?? '',
    cluster: bundle.cluster,
    status: service.status ?? 'UNKNOWN',
    desired: service.desiredCount ?? 0,
    running: service.runningCount ?? 0,
    pending: service.pendingCount ?? 0,
    launchType: service.launchType ?? service.capacityProviderStrategy?.[0]?.capacityProvider ?? '',
    controller: service.deploymentController?.type ?? 'ECS',
    deployments,
    primary: deployments.find((deployment) => deployment.status === 'PRIMARY'),
    subnets: network?.subnets ?? [],
    securityGroups: network?.securityGroups ?? [],
    assignPublicIp: network === undefined ? undefined : network.assignPublicIp === 'ENABLED',
    events: (service.events ?? [])
      .map((event, index) => ({
        atMs: event.createdAt?.getTime(),
        message: event.message ?? '',
        at: below(bundle.service, `.events[${index}].message`),
      }))
      // AWS sends the newest first and promises no order; what came after what decides which complaints still stand.
      .sort((a, b) => (b.atMs ?? 0) - (a.atMs ?? 0))
      .slice(0, EVENTS_READ),
  };
}

/** `my-web-service:42` of a task definition ARN. */
export function revisionOf(taskDefinitionArn: string): string {
  return taskDefinitionArn.split('/').at(-1) ?? taskDefinitionArn;
}

function deploymentFacts(
  service: Observed<Ecs.Service>,
  deployment: Ecs.Deployment,
  index: number,
): DeploymentFacts {
  const arn = deployment.taskDefinition ?? '';
  return {
    id: deployment.id ?? '',
    status: deployment.status ?? '',
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.rolloutStateReason ?? '',
    revision: revisionOf(arn),
    taskDefinitionArn: arn,
    desired: deployment.desiredCount ?? 0,
    running: deployment.runningCount ?? 0,
    pending: deployment.pendingCount ?? 0,
    failedTasks: deployment.failedTasks ?? 0,
    createdAtMs: deployment.createdAt?.getTime(),
    at: below(service, `.deployments[${index}]`),
  };
}

/** ECS's event at the end of a rollout, "(service x) (deployment ecs-svc/1) deployment completed." */
const COMPLETED = /\bdeployment completed\b/i;

/** When the newest deployment was completed, as far back as events go. */
export function completedAtMs(service: ServiceFacts): number | undefined {
  return service.events.find(({ message }) => COMPLETED.test(message))?.atMs;
}
