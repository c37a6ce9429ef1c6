// ECS reads about what surrounds tasks: attributes, account settings and protection from being scaled in.

import type * as Ecs from '@aws-sdk/client-ecs';
import type { SimulatedAccount } from '../account.ts';
import { callerArn } from '../account.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import { arnOf, checkBatch, clusterNamed, findTask, lastPart, missing } from './ecs-names.ts';
import type { Handler } from './handler.ts';
import { invalidNextToken, pageOf, tokenAs } from './page.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_GetTaskProtection.html */
const PROTECTED_TASKS_MAX = 100;

/** What an account has that never set anything. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html */
const defaultSettings: Readonly<Record<string, string>> = {
  awsvpcTrunking: 'disabled',
  containerInsights: 'disabled',
  containerInstanceLongArnFormat: 'enabled',
  defaultLogDriverMode: 'non-blocking',
  dualStackIPv6: 'enabled',
  fargateFIPSMode: 'disabled',
  fargateTaskRetirementWaitPeriod: '7',
  guardDutyActivate: 'off',
  serviceLongArnFormat: 'enabled',
  tagResourceAuthorization: 'off',
  taskLongArnFormat: 'enabled',
};

/** Attributes of container instances in a cluster, by name and value. Throws ClusterNotFoundException. */
export const listAttributes: Handler<Ecs.ListAttributesCommandInput, Ecs.ListAttributesCommandOutput> = (
  input,
  account,
) => {
  const cluster = clusterNamed(account, input.cluster);
  if (input.targetType !== 'container-instance')
    throw new AwsFault('InvalidParameterException', 'The target type must be container-instance.');
  const attributes = account.state.ecs.containerInstances
    .filter((instance) => instance.containerInstanceArn.split('/').at(-2) === cluster.clusterName)
    .flatMap((instance) =>
      (instance.attributes ?? []).map((attribute) => ({
        ...attribute,
        targetType: 'container-instance' as const,
        targetId: instance.containerInstanceArn,
      })),
    )
    .filter(
      (attribute) =>
        (input.attributeName === undefined || attribute.name === input.attributeName) &&
        (input.attributeValue === undefined || attribute.value === input.attributeValue),
    );
  const page = pageOf(attributes, {
    token: input.nextToken,
    limit: input.maxResults,
    defaultLimit: 100,
    maxLimit: 100,
    scope: `ListAttributes ${cluster.clusterName} ${input.attributeName ?? ''} ${input.attributeValue ?? ''}`,
    invalidToken: invalidNextToken,
  });
  return { attributes: page.items, ...tokenAs('nextToken', page) };
};

/** Settings of the caller; with `effectiveSettings` also those that nobody set. */
export const listAccountSettings: Handler<
  Ecs.ListAccountSettingsCommandInput,
  Ecs.ListAccountSettingsCommandOutput
> = (input, account) => {
  const own = new Map(account.state.ecs.accountSettings.map((setting) => [setting.name, setting.value]));
  const all = input.effectiveSettings === true ? new Map([...Object.entries(defaultSettings), ...own]) : own;
  const wanted = [...all].filter(
    ([name, value]) =>
      (input.name === undefined || name === input.name) &&
      (input.value === undefined || value === input.value),
  );
  const page = pageOf(wanted, {
    token: input.nextToken,
    limit: input.maxResults,
    defaultLimit: 10,
    maxLimit: 100,
    scope: `ListAccountSettings ${input.name ?? ''} ${input.value ?? ''} ${input.effectiveSettings === true}`,
    invalidToken: invalidNextToken,
  });
  return {
    settings: page.items.map(([name, value]) => ({
      // A setting that is newer than the SDK's list of names is answered under its own name as well.
      name: name as Ecs.SettingName,
      value,
      principalArn: own.has(name) ? `arn:aws:iam::${account.id}:root` : callerArn(account.id),
      type: 'user' as const,
    })),
    ...tokenAs('nextToken', page),
  };
};

/** Protection of up to 100 tasks, or of all that are protected; what is not there is in `failures[]`. */
export const getTaskProtection: Handler<
  Ecs.GetTaskProtectionCommandInput,
  Ecs.GetTaskProtectionCommandOutput
> = (input, account) => {
  const cluster = clusterNamed(account, input.cluster);
  const names =
    input.tasks === undefined
      ? account.state.ecs.tasks
          .filter((task) => task.clusterArn === cluster.clusterArn && isProtected(account, task.taskArn))
          .map((task) => task.taskArn)
      : checkBatch(input.tasks, 'Tasks', PROTECTED_TASKS_MAX);
  const found = names.map((name) => ({ name, task: findTask(account, cluster, name) }));
  return {
    protectedTasks: found.flatMap(({ task }) =>
      task === undefined
        ? []
        : [
            account.state.ecs.taskProtections.find((one) => one.taskArn === task.taskArn) ?? {
              taskArn: task.taskArn,
              protectionEnabled: false,
            },
          ],
    ),
    failures: found
      .filter(({ task }) => task === undefined)
      .map(({ name }) =>
        missing(
          arnOf(account, 'task', name.startsWith('arn:') ? name : `${cluster.clusterName}/${lastPart(name)}`),
        ),
      ),
  };
};

function isProtected({ state }: SimulatedAccount, arn: string): boolean {
  return state.ecs.taskProtections.some((one) => one.taskArn === arn && one.protectionEnabled === true);
}
