// ECS changes beside services: container instances are drained or taken back, tasks are protected, a deployment is stopped.

import type * as Ecs from '@aws-sdk/client-ecs';
import type { SnapshotService, SnapshotServiceDeployment } from '../../contract/snapshot.ts';
import { isoTime } from '../../kernel/clock.ts';
import type { SimulatedAccount } from '../account.ts';
import { beginDeployment, primaryOf } from '../deployment.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import { arnOf, checkBatch, clusterNamed, findTask, lastPart, missing } from './ecs-names.ts';
import type { Handler } from './handler.ts';

const INSTANCES_MAX = 10;
const TASKS_MAX = 10;
const PROTECTION_MINUTES_MAX = 2_880;
const PROTECTION_MINUTES = 120;
/** States a deployment can be stopped in. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stop-service-deployment.html */
const STOPPABLE: ReadonlySet<string> = new Set([
  'PENDING',
  'IN_PROGRESS',
  'STOP_REQUESTED',
  'ROLLBACK_REQUESTED',
  'ROLLBACK_IN_PROGRESS',
]);

/** Drains instances or makes them ACTIVE. What is not there is in `failures[]`. Throws InvalidParameterException. */
export const updateContainerInstancesState: Handler<
  Ecs.UpdateContainerInstancesStateCommandInput,
  Ecs.UpdateContainerInstancesStateCommandOutput
> = (input, account) => {
  const cluster = clusterNamed(account, input.cluster);
  const names = checkBatch(input.containerInstances, 'Container instances', INSTANCES_MAX);
  if (input.status !== 'ACTIVE' && input.status !== 'DRAINING')
    throw new AwsFault(
      'InvalidParameterException',
      'Container instance status should be one of [ACTIVE,DRAINING]',
    );
  const found = account.state.ecs.containerInstances.filter(
    ({ containerInstanceArn: arn }) =>
      arn.split('/').at(-2) === cluster.clusterName && names.some((name) => lastPart(name) === lastPart(arn)),
  );
  for (const instance of found) instance.status = input.status;
  if (found.length > 0)
    account.changed({
      service: 'ecs',
      operation: 'UpdateContainerInstancesState',
      input: { ...input },
      resources: found.map(({ containerInstanceArn }) => ({
        ResourceType: 'AWS::ECS::ContainerInstance',
        ResourceName: containerInstanceArn,
      })),
    });
  const absent = names.filter(
    (name) => !found.some(({ containerInstanceArn }) => lastPart(containerInstanceArn) === lastPart(name)),
  );
  return {
    containerInstances: found,
    failures: absent.map((name) => missing(arnOf(account, 'container-instance', name))),
  };
};

/** Protects tasks of a service or ends their protection. Throws InvalidParameterException. */
export const updateTaskProtection: Handler<
  Ecs.UpdateTaskProtectionCommandInput,
  Ecs.UpdateTaskProtectionCommandOutput
> = (input, account) => {
  const cluster = clusterNamed(account, input.cluster);
  const names = checkBatch(input.tasks, 'Tasks', TASKS_MAX);
  const minutes = input.expiresInMinutes ?? PROTECTION_MINUTES;
  if (minutes < 1 || minutes > PROTECTION_MINUTES_MAX)
    throw new AwsFault(
      'InvalidParameterException',
      `expiresInMinutes must be between 1 and ${PROTECTION_MINUTES_MAX}`,
    );
  const tasks = names.map((name) => findTask(account, cluster, name));
  const able = tasks.filter((task) => task?.group?.startsWith('service:') === true);
  const { ecs } = account.state;
  for (const task of able) {
    const taskArn = task?.taskArn ?? '';
    ecs.taskProtections = ecs.taskProtections.filter((one) => one.taskArn !== taskArn);
    if (input.protectionEnabled === true)
      ecs.taskProtections.push({
        taskArn,
        protectionEnabled: true,
        expirationDate: isoTime(account.now() + minutes * 60_000),
      });
  }
  if (able.length > 0)
    account.changed({
      service: 'ecs',
      operation: 'UpdateTaskProtection',
      input: { ...input },
      resources: able.map((task) => ({ ResourceType: 'AWS::ECS::Task', ResourceName: task?.taskArn ?? '' })),
    });
  return {
    protectedTasks: able.map((task) => protectionOf(account, task?.taskArn ?? '')),
    failures: names
      .filter((_, index) => !able.includes(tasks[index]))
      .map((name, index) =>
        tasks[index] === undefined
          ? missing(arnOf(account, 'task', name))
          : { arn: arnOf(account, 'task', name), reason: 'TASK_NOT_VALID' },
      ),
  };
};

/** Goes back to the revision before. Throws ServiceDeploymentNotFoundException and ConflictException. */
export const stopServiceDeployment: Handler<
  Ecs.StopServiceDeploymentCommandInput,
  Ecs.StopServiceDeploymentCommandOutput
> = (input, account) => {
  const arn = input.serviceDeploymentArn ?? '';
  const record = account.state.ecs.serviceDeployments.find((one) => one.serviceDeploymentArn === arn);
  if (record === undefined)
    throw new AwsFault('ServiceDeploymentNotFoundException', 'Service deployment not found.');
  if (!STOPPABLE.has(record.status ?? ''))
    throw new AwsFault('ConflictException', `Service deployment is ${record.status ?? 'not in progress'}.`);
  if ((input.stopType ?? 'ROLLBACK') !== 'ROLLBACK')
    throw new AwsFault('InvalidParameterException', 'stopType must be ROLLBACK.');
  const service = account.state.ecs.services.find((one) => one.serviceArn === record.serviceArn);
  if (service !== undefined) rollBack(account, service, record);
  account.changed({
    service: 'ecs',
    operation: 'StopServiceDeployment',
    input: { ...input },
    resources: [{ ResourceType: 'AWS::ECS::ServiceDeployment', ResourceName: arn }],
  });
  return { serviceDeploymentArn: arn };
};

function rollBack(
  account: SimulatedAccount,
  service: SnapshotService,
  record: SnapshotServiceDeployment,
): void {
  const nowIso = isoTime(account.now());
  Object.assign(record, { status: 'ROLLBACK_REQUESTED', updatedAt: nowIso });
  const former = (service.deployments ?? []).find(({ status }) => status === 'ACTIVE');
  if (former?.taskDefinition === undefined) return;
  const failed = primaryOf(service);
  if (failed !== undefined)
    Object.assign(failed, { rolloutState: 'FAILED', rolloutStateReason: 'Service deployment was stopped.' });
  service.taskDefinition = former.taskDefinition;
  if (former.networkConfiguration !== undefined)
    service.networkConfiguration = structuredClone(former.networkConfiguration);
  beginDeployment(account, service, nowIso);
  Object.assign(record, { status: 'ROLLBACK_SUCCESSFUL', finishedAt: nowIso });
}

function protectionOf(account: SimulatedAccount, taskArn: string) {
  return (
    account.state.ecs.taskProtections.find((one) => one.taskArn === taskArn) ?? {
      taskArn,
      protectionEnabled: false,
    }
  );
}
