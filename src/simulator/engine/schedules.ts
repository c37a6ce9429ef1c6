// Scheduled tasks: EventBridge runs them as its rule's role. When that role may not, nothing shows in ECS at all, only a
// failed invocation in CloudWatch and the refused call in CloudTrail.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/CWE_IAM_role.html

import type { Snapshot, SnapshotTaskDefinition } from '../../contract/snapshot.ts';
import { mayAssume, roleMay, sessionArn } from '../physics/roles.ts';
import { placeTask } from './placement/place.ts';
import { isDue } from './schedule-expression.ts';
import type { TaskOrder } from './task-order.ts';
import { startTask } from './task-start.ts';
import { recordServiceEvent } from './trail.ts';
import type { World } from './world.ts';

type Rule = Snapshot['events']['rules'][number];

/** Invocations of one rule in one minute. */
export interface Invocations {
  readonly rule: string;
  readonly failed: number;
  readonly all: number;
}

const EVENTS = 'events.amazonaws.com';

/** Runs what is due in this minute. */
export function runSchedules(world: World): Invocations[] {
  return world.account.state.events.rules
    .filter((rule) => (rule.State ?? 'ENABLED') === 'ENABLED')
    .filter(
      (rule) => typeof rule.ScheduleExpression === 'string' && isDue(rule.ScheduleExpression, world.now()),
    )
    .map((rule) => {
      const targets = recordsIn(rule.Targets).filter((target) => isRecord(target.EcsParameters));
      const failed = targets.filter((target) => !invoke(world, rule, target)).length;
      return { rule: rule.Name, failed, all: targets.length };
    })
    .filter((one) => one.all > 0);
}

/** Calls RunTask for one target; false when that fails. */
function invoke(world: World, rule: Rule, target: Record<string, unknown>): boolean {
  const parameters = isRecord(target.EcsParameters) ? target.EcsParameters : {};
  const roleArn = textIn(target.RoleArn);
  const taskDefinition = textIn(parameters.TaskDefinitionArn) ?? '';
  const definition = definitionNamed(world, taskDefinition);
  const input = { cluster: textIn(target.Arn), taskDefinition, startedBy: `events-rule/${rule.Name}` };
  const record = (error?: { code: string; message: string }) =>
    recordServiceEvent(world, {
      source: 'ecs',
      name: 'RunTask',
      invokedBy: EVENTS,
      session: rule.Name,
      roleArn,
      input,
      resource: { ResourceType: 'AWS::ECS::TaskDefinition', ResourceName: taskDefinition },
      ...(error === undefined ? {} : { error }),
    });
  const { state } = world.account;
  // A role that EventBridge cannot assume never gets as far as a call.
  if (roleArn === undefined || !mayAssume(state, roleArn, EVENTS)) return false;
  const denied = refusal(world, { roleArn, session: rule.Name, taskDefinition, definition });
  if (denied !== undefined) {
    record({ code: 'AccessDenied', message: denied });
    return false;
  }
  if (definition === undefined || definition.status === 'INACTIVE') {
    record({ code: 'InvalidParameterException', message: 'TaskDefinition is inactive' });
    return false;
  }
  const placement = placeTask(world, undefined, orderOf(rule, target, definition));
  record();
  if (!placement.placed) return false;
  startTask(world, placement.order);
  return true;
}

function orderOf(rule: Rule, target: Record<string, unknown>, definition: SnapshotTaskDefinition): TaskOrder {
  const parameters = isRecord(target.EcsParameters) ? target.EcsParameters : {};
  const network = isRecord(parameters.NetworkConfiguration) ? parameters.NetworkConfiguration : {};
  const vpc = isRecord(network.awsvpcConfiguration) ? network.awsvpcConfiguration : {};
  const launchType = textIn(parameters.LaunchType);
  return {
    clusterArn: textIn(target.Arn) ?? '',
    taskDefinitionArn: definition.taskDefinitionArn,
    group: textIn(parameters.Group) ?? `family:${definition.family}`,
    startedBy: `events-rule/${rule.Name}`,
    launchType: launchType === 'EC2' || launchType === 'EXTERNAL' ? launchType : 'FARGATE',
    network: {
      subnets: textsIn(vpc.Subnets),
      securityGroups: textsIn(vpc.SecurityGroups),
      assignPublicIp: vpc.AssignPublicIp === 'ENABLED' ? 'ENABLED' : 'DISABLED',
    },
    enableExecuteCommand: false,
  };
}

/** RunTask itself, and handing over each role that the definition names. */
function refusal(
  world: World,
  {
    roleArn,
    session,
    taskDefinition,
    definition,
  }: {
    roleArn: string;
    session: string;
    taskDefinition: string;
    definition: SnapshotTaskDefinition | undefined;
  },
): string | undefined {
  const asks = [
    { action: 'ecs:RunTask', resource: taskDefinition },
    ...[definition?.taskRoleArn, definition?.executionRoleArn]
      .filter((arn) => arn !== undefined)
      .map((resource) => ({
        action: 'iam:PassRole',
        resource,
        context: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
      })),
  ];
  for (const ask of asks) {
    const permission = roleMay(world.account.state, roleArn, ask);
    if (!permission.allowed)
      return `User: ${sessionArn(roleArn, session)} is not authorized to perform: ${ask.action} on resource: ${ask.resource} because ${permission.refusal} the ${ask.action} action`;
  }
  return undefined;
}

/** A revision, or a family of which the newest active revision is meant. */
function definitionNamed(world: World, arn: string): SnapshotTaskDefinition | undefined {
  const exact = world.index.definition(arn);
  if (exact !== undefined || /:\d+$/.test(arn)) return exact;
  return world.account.state.ecs.taskDefinitions
    .filter((one) => one.taskDefinitionArn.startsWith(`${arn}:`) && one.status !== 'INACTIVE')
    .sort((left, right) => (right.revision ?? 0) - (left.revision ?? 0))[0];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function recordsIn(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
