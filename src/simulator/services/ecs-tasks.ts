// ECS reads about tasks and task definitions.

import type * as Ecs from '@aws-sdk/client-ecs';
import type { SnapshotCluster, SnapshotService, SnapshotTask } from '../../contract/snapshot.ts';
import type { SimulatedAccount } from '../account.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import { tokenOf } from './ecs-clusters.ts';
import {
  arnOf,
  checkBatch,
  clusterNamed,
  findTask,
  findTaskDefinition,
  lastPart,
  missing,
  serviceNamed,
} from './ecs-names.ts';
import type { Handler } from './handler.ts';
import { invalidNextToken, pageOf } from './page.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html */
const TASKS_MAX = 100;

/** ARNs of tasks; without `desiredStatus` those that shall run. Throws ClusterNotFoundException and ServiceNotFoundException. */
export const listTasks: Handler<Ecs.ListTasksCommandInput, Ecs.ListTasksCommandOutput> = (input, account) => {
  const cluster = clusterNamed(account, input.cluster);
  const all = account.state.ecs.tasks.filter(
    (task) => task.clusterArn === cluster.clusterArn && isListed(task, input),
  );
  const service =
    input.serviceName === undefined ? undefined : serviceNamed(account, cluster, input.serviceName);
  const wanted = service === undefined ? all : all.filter((task) => isOf(task, service));
  const { nextToken, maxResults, ...question } = input;
  const page = pageOf(wanted, {
    token: nextToken,
    limit: maxResults,
    defaultLimit: 100,
    maxLimit: 100,
    scope: `ListTasks ${JSON.stringify(question)}`,
    invalidToken: invalidNextToken,
  });
  return { taskArns: page.items.map((task) => task.taskArn), ...tokenOf(page) };
};

/** Up to 100 tasks by id or ARN; one that stopped over an hour ago is in `failures[]` as MISSING. */
export const describeTasks: Handler<Ecs.DescribeTasksCommandInput, Ecs.DescribeTasksCommandOutput> = (
  input,
  account,
) => {
  const cluster = clusterNamed(account, input.cluster);
  const names = checkBatch(input.tasks, 'Tasks', TASKS_MAX);
  const withTags = (input.include ?? []).includes('TAGS');
  const tasks: SnapshotTask[] = [];
  const failures: { arn: string; reason: string }[] = [];
  for (const name of new Set(names)) {
    const task = findTask(account, cluster, name);
    if (task === undefined) failures.push(missing(taskArn(account, cluster, name)));
    else {
      const { tags, ...rest } = task;
      tasks.push({ ...rest, ...(withTags ? { tags: tags ?? [] } : {}) });
    }
  }
  return { tasks, failures };
};

/** ARNs of revisions by family and status, oldest first unless sorted otherwise. */
export const listTaskDefinitions: Handler<
  Ecs.ListTaskDefinitionsCommandInput,
  Ecs.ListTaskDefinitionsCommandOutput
> = (input, account) => {
  const status = input.status ?? 'ACTIVE';
  const all = account.state.ecs.taskDefinitions
    .filter((definition) => (definition.status ?? 'ACTIVE') === status)
    .filter((definition) => input.familyPrefix === undefined || definition.family === input.familyPrefix)
    .sort(
      (left, right) =>
        left.family.localeCompare(right.family) || (left.revision ?? 0) - (right.revision ?? 0),
    );
  if (input.sort === 'DESC') all.reverse();
  const page = pageOf(all, {
    token: input.nextToken,
    limit: input.maxResults,
    defaultLimit: 100,
    maxLimit: 100,
    scope: `ListTaskDefinitions ${input.familyPrefix ?? ''} ${status} ${input.sort ?? ''}`,
    invalidToken: invalidNextToken,
  });
  return {
    taskDefinitionArns: page.items.map((definition) => definition.taskDefinitionArn),
    ...tokenOf(page),
  };
};

/** Families by prefix, with or without an active revision. */
export const listTaskDefinitionFamilies: Handler<
  Ecs.ListTaskDefinitionFamiliesCommandInput,
  Ecs.ListTaskDefinitionFamiliesCommandOutput
> = (input, account) => {
  const families = new Map<string, boolean>();
  for (const definition of account.state.ecs.taskDefinitions) {
    const active = (definition.status ?? 'ACTIVE') === 'ACTIVE';
    families.set(definition.family, active || (families.get(definition.family) ?? false));
  }
  const wanted = [...families]
    .filter(([family]) => family.startsWith(input.familyPrefix ?? ''))
    .filter(
      ([, active]) =>
        input.status === undefined || input.status === 'ALL' || active === (input.status === 'ACTIVE'),
    )
    .map(([family]) => family)
    .sort();
  const page = pageOf(wanted, {
    token: input.nextToken,
    limit: input.maxResults,
    defaultLimit: 100,
    maxLimit: 100,
    scope: `ListTaskDefinitionFamilies ${input.familyPrefix ?? ''} ${input.status ?? ''}`,
    invalidToken: invalidNextToken,
  });
  return { families: page.items, ...tokenOf(page) };
};

/** One revision by `family`, `family:revision` or ARN. Throws ClientException. */
export const describeTaskDefinition: Handler<
  Ecs.DescribeTaskDefinitionCommandInput,
  Ecs.DescribeTaskDefinitionCommandOutput
> = (input, account) => {
  const definition = findTaskDefinition(account, input.taskDefinition ?? '');
  if (definition === undefined) throw new AwsFault('ClientException', 'Unable to describe task definition.');
  const { tags, ...taskDefinition } = definition;
  return (input.include ?? []).includes('TAGS') ? { taskDefinition, tags: tags ?? [] } : { taskDefinition };
};

/** ListTasks shows tasks by what ECS wants of them: a task that is being stopped is already under STOPPED. */
/** A task names its service in `group`; one that was written down without it, by the deployment that started it. */
function isOf(task: SnapshotTask, service: SnapshotService): boolean {
  if (task.group !== undefined) return task.group === `service:${service.serviceName}`;
  return (service.deployments ?? []).some((one) => one.id !== undefined && one.id === task.startedBy);
}

function isListed(task: SnapshotTask, input: Ecs.ListTasksCommandInput): boolean {
  const desired = task.desiredStatus ?? (task.lastStatus === 'STOPPED' ? 'STOPPED' : 'RUNNING');
  if (desired !== (input.desiredStatus ?? 'RUNNING')) return false;
  if (input.family !== undefined && familyOf(task) !== input.family) return false;
  if (input.startedBy !== undefined && task.startedBy !== input.startedBy) return false;
  if (input.launchType !== undefined && task.launchType !== input.launchType) return false;
  if (input.containerInstance === undefined) return true;
  return (
    task.containerInstanceArn !== undefined &&
    lastPart(task.containerInstanceArn) === lastPart(input.containerInstance)
  );
}

function familyOf(task: SnapshotTask): string | undefined {
  return task.taskDefinitionArn === undefined ? undefined : lastPart(task.taskDefinitionArn).split(':')[0];
}

function taskArn(account: SimulatedAccount, cluster: SnapshotCluster, name: string): string {
  return arnOf(account, 'task', name.startsWith('arn:') ? name : `${cluster.clusterName}/${name}`);
}
