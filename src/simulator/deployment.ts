// A service's deployments as ECS keeps them: one PRIMARY, older ones ACTIVE until their tasks are gone.
// Shared by the API, which begins deployments, and the engine, which completes or fails them.

import type { SnapshotService } from '../contract/snapshot.ts';
import type { SimulatedAccount } from './account.ts';

export type Deployment = NonNullable<SnapshotService['deployments']>[number];

/** Makes a new PRIMARY deployment of what the service now asks for; the former one becomes ACTIVE. */
export function beginDeployment(
  account: SimulatedAccount,
  service: SnapshotService,
  nowIso: string,
): Deployment {
  const id = `ecs-svc/${BigInt(`0x${account.newHex(15)}`)
    .toString()
    .padStart(19, '1')}`;
  const connect = primaryOf(service)?.serviceConnectConfiguration;
  const created: Deployment = {
    id,
    status: 'PRIMARY',
    taskDefinition: service.taskDefinition,
    desiredCount: service.desiredCount,
    pendingCount: 0,
    runningCount: 0,
    failedTasks: 0,
    createdAt: nowIso,
    updatedAt: nowIso,
    ...(service.launchType === undefined ? {} : { launchType: service.launchType }),
    ...(service.capacityProviderStrategy === undefined
      ? {}
      : { capacityProviderStrategy: structuredClone(service.capacityProviderStrategy) }),
    ...(service.platformFamily === undefined ? {} : { platformVersion: '1.4.0', platformFamily: 'Linux' }),
    networkConfiguration: structuredClone(service.networkConfiguration),
    // What a request does not speak of stays as it was.
    ...(connect === undefined ? {} : { serviceConnectConfiguration: structuredClone(connect) }),
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${id} in progress.`,
  };
  const older = (service.deployments ?? []).map((deployment) =>
    deployment.status === 'PRIMARY' ? { ...deployment, status: 'ACTIVE', updatedAt: nowIso } : deployment,
  );
  service.deployments = [created, ...older];
  account.state.ecs.serviceDeployments.push({
    serviceDeploymentArn: deploymentArn(account, service, id),
    serviceArn: service.serviceArn,
    clusterArn: service.clusterArn,
    createdAt: nowIso,
    startedAt: nowIso,
    updatedAt: nowIso,
    status: 'IN_PROGRESS',
    deploymentConfiguration: structuredClone(service.deploymentConfiguration),
  });
  return created;
}

/** Writes the outcome of a deployment where ECS shows it. */
export function endDeployment(
  account: SimulatedAccount,
  service: SnapshotService,
  end: {
    deployment: Deployment;
    state: 'COMPLETED' | 'FAILED';
    reason: string;
    nowIso: string;
    /** How the record of a failed one reads; `STOPPED` by default. */
    status?: 'ROLLBACK_IN_PROGRESS' | 'ROLLBACK_SUCCESSFUL';
  },
): void {
  const { deployment, state, reason, nowIso } = end;
  deployment.rolloutState = state;
  deployment.rolloutStateReason = reason;
  deployment.updatedAt = nowIso;
  const arn = deploymentArn(account, service, deployment.id ?? '');
  const record = account.state.ecs.serviceDeployments.find((one) => one.serviceDeploymentArn === arn);
  if (record !== undefined)
    Object.assign(record, {
      status: state === 'COMPLETED' ? 'SUCCESSFUL' : (end.status ?? 'STOPPED'),
      finishedAt: nowIso,
      updatedAt: nowIso,
    });
}

export function primaryOf(service: SnapshotService): Deployment | undefined {
  return (service.deployments ?? []).find((deployment) => deployment.status === 'PRIMARY');
}

function deploymentArn(account: SimulatedAccount, service: SnapshotService, id: string): string {
  const cluster = service.clusterArn.slice(service.clusterArn.lastIndexOf('/') + 1);
  return `arn:aws:ecs:${account.region}:${account.id}:service-deployment/${cluster}/${service.serviceName}/${id.slice('ecs-svc/'.length)}`;
}
