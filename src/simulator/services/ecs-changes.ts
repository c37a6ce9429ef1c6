// ECS changes: UpdateService and StopTask. They change what is wanted; the engine does the rest over time.

import type * as Ecs from '@aws-sdk/client-ecs';
import type { SnapshotService } from '../../contract/snapshot.ts';
import { isoTime } from '../../kernel/clock.ts';
import type { SimulatedAccount } from '../account.ts';
import { beginDeployment, primaryOf } from '../deployment.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import { clusterNamed, findTask, findTaskDefinition, serviceNamed } from './ecs-names.ts';
import { checkController, checkFit } from './ecs-service-checks.ts';
import type { Handler } from './handler.ts';

/**
 * Changes what a service asks for. Another revision or network, or force, begins a deployment.
 * Throws ServiceNotFoundException, ServiceNotActiveException, ClientException, InvalidParameterException.
 */
export const updateService: Handler<Ecs.UpdateServiceCommandInput, Ecs.UpdateServiceCommandOutput> = (
  input,
  account,
) => {
  const cluster = clusterNamed(account, input.cluster);
  const service = serviceNamed(account, cluster, input.service);
  if (service.status !== 'ACTIVE') throw new AwsFault('ServiceNotActiveException', 'Service was not ACTIVE.');
  checkCounts(input);
  const taskDefinition =
    input.taskDefinition === undefined ? undefined : taskDefinitionNamed(account, input.taskDefinition);
  if (input.networkConfiguration !== undefined) checkNetwork(account, input.networkConfiguration);
  if (input.capacityProviderStrategy !== undefined && input.forceNewDeployment !== true)
    throw new AwsFault(
      'InvalidParameterException',
      'A new deployment must be forced to update the capacity provider strategy of a service.',
    );
  checkController(service, {
    revision: taskDefinition !== undefined,
    force: input.forceNewDeployment === true,
  });
  const definition = findTaskDefinition(account, taskDefinition ?? service.taskDefinition ?? '');
  if (definition !== undefined && (taskDefinition !== undefined || input.loadBalancers !== undefined))
    checkFit(account, {
      definition,
      networkConfiguration: input.networkConfiguration ?? service.networkConfiguration,
      loadBalancers: input.loadBalancers ?? service.loadBalancers ?? [],
    });
  const rolls =
    input.forceNewDeployment === true ||
    input.networkConfiguration !== undefined ||
    input.loadBalancers !== undefined ||
    (taskDefinition !== undefined && taskDefinition !== service.taskDefinition);
  applySettings(service, input);
  if (taskDefinition !== undefined) service.taskDefinition = taskDefinition;
  const nowIso = isoTime(account.now());
  if (rolls) beginDeployment(account, service, nowIso);
  const primary = primaryOf(service);
  if (primary !== undefined) primary.desiredCount = service.desiredCount;
  account.changed({
    service: 'ecs',
    operation: 'UpdateService',
    input: { ...input },
    resources: [{ ResourceType: 'AWS::ECS::Service', ResourceName: service.serviceName }],
  });
  return { service };
};

/** Marks a task to be stopped; stopping it takes the engine's time. Throws InvalidParameterException. */
export const stopTask: Handler<Ecs.StopTaskCommandInput, Ecs.StopTaskCommandOutput> = (input, account) => {
  const cluster = clusterNamed(account, input.cluster);
  const task = findTask(account, cluster, input.task ?? '');
  if (task === undefined)
    throw new AwsFault('InvalidParameterException', 'The referenced task was not found.');
  if (task.desiredStatus !== 'STOPPED') {
    task.desiredStatus = 'STOPPED';
    task.stopCode = 'UserInitiated';
    task.stoppedReason = input.reason ?? 'Task stopped by user';
    account.changed({
      service: 'ecs',
      operation: 'StopTask',
      input: { ...input },
      resources: [{ ResourceType: 'AWS::ECS::Task', ResourceName: task.taskArn }],
    });
  }
  return { task };
};

function applySettings(service: SnapshotService, input: Ecs.UpdateServiceCommandInput): void {
  if (input.desiredCount !== undefined) service.desiredCount = input.desiredCount;
  if (input.networkConfiguration !== undefined)
    service.networkConfiguration = structuredClone(input.networkConfiguration);
  if (input.loadBalancers !== undefined) service.loadBalancers = structuredClone(input.loadBalancers);
  if (input.healthCheckGracePeriodSeconds !== undefined)
    service.healthCheckGracePeriodSeconds = input.healthCheckGracePeriodSeconds;
  if (input.enableExecuteCommand !== undefined) service.enableExecuteCommand = input.enableExecuteCommand;
  if (input.capacityProviderStrategy !== undefined) {
    service.capacityProviderStrategy = structuredClone(input.capacityProviderStrategy);
    // ECS leaves the launch type out of a service that has a strategy.
    if (input.capacityProviderStrategy.length > 0) delete service.launchType;
    else service.launchType ??= 'FARGATE';
  }
  if (input.deploymentConfiguration !== undefined) {
    service.deploymentConfiguration = {
      ...service.deploymentConfiguration,
      ...withoutDates(input.deploymentConfiguration),
    };
  }
}

/** The one part of a deployment configuration that is not JSON is not simulated. */
function withoutDates(
  configuration: Ecs.DeploymentConfiguration,
): NonNullable<SnapshotService['deploymentConfiguration']> {
  const { deploymentCircuitBreaker, maximumPercent, minimumHealthyPercent } = configuration;
  const bounds = `minimumHealthyPercent ${minimumHealthyPercent}, maximumPercent ${maximumPercent}`;
  if ((minimumHealthyPercent ?? 0) < 0 || (maximumPercent ?? 100) < (minimumHealthyPercent ?? 0))
    throw new AwsFault('InvalidParameterException', `Deployment configuration is not valid: ${bounds}.`);
  return {
    ...(deploymentCircuitBreaker === undefined ? {} : { deploymentCircuitBreaker }),
    ...(maximumPercent === undefined ? {} : { maximumPercent }),
    ...(minimumHealthyPercent === undefined ? {} : { minimumHealthyPercent }),
  };
}

function checkCounts(input: Ecs.UpdateServiceCommandInput): void {
  if (input.desiredCount !== undefined && input.desiredCount < 0)
    throw new AwsFault('InvalidParameterException', 'desiredCount must be greater than or equal to 0');
  const grace = input.healthCheckGracePeriodSeconds;
  if (grace !== undefined && (grace < 0 || grace > 2_147_483_647))
    throw new AwsFault(
      'InvalidParameterException',
      'Health check grace period must be between 0 and 2147483647.',
    );
}

function taskDefinitionNamed(account: SimulatedAccount, name: string): string {
  const definition = findTaskDefinition(account, name);
  if (definition === undefined) throw new AwsFault('ClientException', 'TaskDefinition not found.');
  if (definition.status === 'INACTIVE') throw new AwsFault('ClientException', 'TaskDefinition is inactive');
  return definition.taskDefinitionArn;
}

function checkNetwork(account: SimulatedAccount, configuration: Ecs.NetworkConfiguration): void {
  const { subnets = [], securityGroups = [] } = configuration.awsvpcConfiguration ?? {};
  const { ec2 } = account.state;
  if (subnets.length === 0) throw new AwsFault('InvalidParameterException', 'subnets can not be empty.');
  const subnet = subnets.find((id) => !ec2.Subnets.some((one) => one.SubnetId === id));
  if (subnet !== undefined) {
    throw new AwsFault(
      'InvalidParameterException',
      `Error retrieving subnet information for [${subnet}]: The subnet ID '${subnet}' does not exist (ErrorCode: InvalidSubnetID.NotFound)`,
    );
  }
  const group = securityGroups.find((id) => !ec2.SecurityGroups.some((one) => one.GroupId === id));
  if (group !== undefined) {
    throw new AwsFault(
      'InvalidParameterException',
      `Error retrieving security group information for [${group}]: The security group '${group}' does not exist (ErrorCode: InvalidGroup.NotFound)`,
    );
  }
}
