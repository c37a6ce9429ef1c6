// The beginning and the end of a service: CreateService and DeleteService. A service that is deleted drains first, and its name is free
// again only when its last task is gone.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html

import type * as Ecs from '@aws-sdk/client-ecs';
import type { SnapshotService } from '../../contract/snapshot.ts';
import { isoTime } from '../../kernel/clock.ts';
import { beginDeployment } from '../deployment.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import { clusterNamed, findService, findTaskDefinition, serviceNamed } from './ecs-names.ts';
import { checkFit } from './ecs-service-checks.ts';
import type { Handler } from './handler.ts';

/** Begins to drain a service. Throws InvalidParameterException unless it is forced or wants no task. */
export const deleteService: Handler<Ecs.DeleteServiceCommandInput, Ecs.DeleteServiceCommandOutput> = (
  input,
  account,
) => {
  const service = serviceNamed(account, clusterNamed(account, input.cluster), input.service);
  if (input.force !== true && (service.desiredCount ?? 0) > 0)
    throw new AwsFault(
      'InvalidParameterException',
      'The service cannot be stopped while it is scaled above 0.',
    );
  Object.assign(service, { status: 'DRAINING', desiredCount: 0 });
  account.changed({
    service: 'ecs',
    operation: 'DeleteService',
    input: { ...input },
    resources: [{ ResourceType: 'AWS::ECS::Service', ResourceName: service.serviceName }],
  });
  return { service };
};

/** Makes a service. Throws InvalidParameterException for a name that is in use, ClientException for a revision that is not there. */
export const createService: Handler<Ecs.CreateServiceCommandInput, Ecs.CreateServiceCommandOutput> = (
  input,
  account,
) => {
  const cluster = clusterNamed(account, input.cluster);
  const known = findService(account, cluster, input.serviceName ?? '');
  if (known?.status === 'DRAINING')
    throw new AwsFault('InvalidParameterException', 'Unable to Start a service that is still Draining.');
  if (known !== undefined && known.status !== 'INACTIVE')
    throw new AwsFault('InvalidParameterException', 'Creation of service was not idempotent.');
  const definition = findTaskDefinition(account, input.taskDefinition ?? '');
  if (definition === undefined || definition.status === 'INACTIVE')
    throw new AwsFault('ClientException', 'TaskDefinition is inactive');
  checkFit(account, {
    definition,
    networkConfiguration: input.networkConfiguration,
    loadBalancers: input.loadBalancers ?? [],
  });
  const { cluster: _, clientToken: __, serviceName = '', tags, ...settings } = input;
  const nowIso = isoTime(account.now());
  // What was sent is kept as it is; the members ECS adds come after it.
  const service = {
    ...structuredClone(settings),
    serviceArn: `arn:aws:ecs:${account.region}:${account.id}:service/${cluster.clusterName ?? ''}/${serviceName}`,
    serviceName,
    clusterArn: cluster.clusterArn,
    status: 'ACTIVE',
    taskDefinition: definition.taskDefinitionArn,
    desiredCount: input.desiredCount ?? 0,
    runningCount: 0,
    pendingCount: 0,
    createdAt: nowIso,
    events: [],
    deployments: [],
    tags: structuredClone(tags ?? []),
  } as SnapshotService;
  account.state.ecs.services = account.state.ecs.services.filter((one) => one !== known);
  account.state.ecs.services.push(service);
  beginDeployment(account, service, nowIso);
  account.changed({
    service: 'ecs',
    operation: 'CreateService',
    input: { ...input },
    resources: [{ ResourceType: 'AWS::ECS::Service', ResourceName: serviceName }],
  });
  return { service };
};
