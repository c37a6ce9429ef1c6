// What keeps one target of a scheduled rule from running its task, read from the target and from what it names. Each defect is state: the
// field that is wrong, or AWS's answer that what is named does not exist. What could not be read is no defect.

import type * as Ecs from '@aws-sdk/client-ecs';
import type * as EventBridge from '@aws-sdk/client-eventbridge';
import type { EvidenceRef } from '../../contract/finding.ts';
import { below, type Observed, type Seen } from '../evidence.ts';
import { revisionOf } from '../facts/service.ts';
import type { ScheduleEvidence, ScheduleRole } from './evidence.ts';
import { assumable, neededPermissions } from './permission.ts';

export interface Defect {
  readonly title: string;
  readonly explanation: string;
  readonly evidence: readonly EvidenceRef[];
  readonly culprits: readonly string[];
}

type Target = Observed<EventBridge.Target>;

/** In the order in which an invocation meets them. */
export function targetDefects(target: Target, evidence: ScheduleEvidence): Defect[] {
  return [
    ...roleDefects(target, evidence),
    ...definitionDefects(target, evidence),
    ...clusterDefects(target, evidence),
    ...networkDefects(target, evidence),
    ...permissionDefects(target, evidence),
  ];
}

/** The task definition a target names; without a revision the newest ACTIVE one of the family. */
export function definitionOf(
  target: Target,
  { taskDefinitions }: ScheduleEvidence,
): Observed<Ecs.TaskDefinition> | undefined {
  const wanted = revisionOf(target.value.EcsParameters?.TaskDefinitionArn ?? '');
  const [family] = wanted.split(':');
  return taskDefinitions.items.find(({ value }) =>
    wanted.includes(':') ? revisionOf(value.taskDefinitionArn ?? '') === wanted : value.family === family,
  );
}

/** The role of a target as it was read. */
export function roleOf(target: Target, { roles }: ScheduleEvidence): Observed<ScheduleRole> | undefined {
  return roles.items.find(({ value }) => value.arn === target.value.RoleArn);
}

function roleDefects(target: Target, evidence: ScheduleEvidence): Defect[] {
  const { RoleArn: arn } = target.value;
  if (arn === undefined)
    return [
      {
        title: 'The target names no role, and EventBridge needs one to run a task.',
        explanation: 'An ECS target takes its RoleArn from the rule; without it nothing may call RunTask.',
        evidence: [target.at],
        culprits: [target.value.Id ?? ''],
      },
    ];
  const role = roleOf(target, evidence);
  if (role === undefined) return [];
  if (role.value.role === undefined)
    return [
      {
        title: `The role of the target does not exist: ${arn.split('/').at(-1)}.`,
        explanation: `The target names ${arn}, and IAM knows no such role, so EventBridge cannot call RunTask.`,
        evidence: [below(target, '.RoleArn'), role.at],
        culprits: [arn],
      },
    ];
  return assumable(role).allowed === 'no'
    ? [
        {
          title: `EventBridge may not assume the role of the target, ${arn.split('/').at(-1)}.`,
          explanation: 'Its trust policy does not let events.amazonaws.com call sts:AssumeRole.',
          evidence: [role.at, below(target, '.RoleArn')],
          culprits: [arn],
        },
      ]
    : [];
}

function definitionDefects(target: Target, evidence: ScheduleEvidence): Defect[] {
  const named = target.value.EcsParameters?.TaskDefinitionArn ?? '';
  const definition = definitionOf(target, evidence);
  const at = below(target, '.EcsParameters.TaskDefinitionArn');
  if (definition === undefined)
    return evidence.taskDefinitions.gaps.length > 0
      ? []
      : [
          {
            title: `The task definition of the target does not exist: ${revisionOf(named)}.`,
            explanation: `The target names ${named}, and ECS knows no such task definition.`,
            evidence: [at],
            culprits: [named],
          },
        ];
  if (definition.value.status !== 'INACTIVE') return [];
  return [
    {
      title: `The task definition of the target is INACTIVE: ${revisionOf(named)}.`,
      explanation: `${revisionOf(definition.value.taskDefinitionArn ?? named)} was deregistered, and RunTask refuses it. The target has to name an ACTIVE revision, or the family alone.`,
      evidence: [below(definition, '.status'), at],
      culprits: [named],
    },
  ];
}

function clusterDefects(target: Target, { clusters }: ScheduleEvidence): Defect[] {
  const arn = target.value.Arn ?? '';
  const name = arn.split('/').at(-1);
  const cluster = clusters.items.find(({ value }) => value.clusterArn === arn || value.clusterName === name);
  if (cluster === undefined && clusters.gaps.length > 0) return [];
  if (cluster !== undefined && cluster.value.status !== 'INACTIVE') return [];
  return [
    {
      title: `The cluster of the target ${cluster === undefined ? 'does not exist' : 'is INACTIVE'}: ${name}.`,
      explanation: `The target runs its task in ${arn}, ${cluster === undefined ? 'which ECS does not know' : 'which was deleted'}.`,
      evidence: [below(target, '.Arn'), ...(cluster === undefined ? [] : [below(cluster, '.status')])],
      culprits: [arn],
    },
  ];
}

function networkDefects(target: Target, evidence: ScheduleEvidence): Defect[] {
  const definition = definitionOf(target, evidence);
  const vpc = target.value.EcsParameters?.NetworkConfiguration?.awsvpcConfiguration;
  const mode = definition?.value.networkMode;
  if (mode === 'awsvpc' && vpc === undefined && definition !== undefined)
    return [
      {
        title: 'The target gives no network configuration, and its task needs one.',
        explanation: `${revisionOf(definition.value.taskDefinitionArn ?? '')} uses network mode awsvpc, so RunTask has to be given subnets and security groups.`,
        evidence: [below(definition, '.networkMode'), below(target, '.EcsParameters')],
        culprits: [target.value.Id ?? ''],
      },
    ];
  const at = below(target, '.EcsParameters.NetworkConfiguration');
  const gone = [
    ...absent(vpc?.Subnets, evidence.subnets, ({ SubnetId }) => SubnetId),
    ...absent(vpc?.SecurityGroups, evidence.securityGroups, ({ GroupId }) => GroupId),
  ];
  return [
    ...(gone.length === 0
      ? []
      : [
          {
            title: `The target names ${gone.join(', ')}, which ${gone.length === 1 ? 'does' : 'do'} not exist.`,
            explanation: 'RunTask cannot make the network interface of the task there.',
            evidence: [at],
            culprits: gone,
          },
        ]),
    ...launchDefects(target, definition),
  ];
}

/** The way the task is to be launched against what the definition was registered for. */
function launchDefects(target: Target, definition: Observed<Ecs.TaskDefinition> | undefined): Defect[] {
  const type = target.value.EcsParameters?.LaunchType;
  const able = definition?.value.compatibilities ?? definition?.value.requiresCompatibilities;
  if (definition === undefined || type === undefined || able === undefined || able.length === 0) return [];
  if (able.includes(type)) return [];
  return [
    {
      title: `The target launches its task on ${type}, for which the task definition is not made.`,
      explanation: `${revisionOf(definition.value.taskDefinitionArn ?? '')} is compatible with ${able.join(', ')} only.`,
      evidence: [below(target, '.EcsParameters.LaunchType'), below(definition, '.compatibilities')],
      culprits: [target.value.Id ?? ''],
    },
  ];
}

function permissionDefects(target: Target, evidence: ScheduleEvidence): Defect[] {
  const role = roleOf(target, evidence);
  if (role?.value.role === undefined) return [];
  const needed = {
    target: target.value,
    definition: definitionOf(target, evidence)?.value,
    account: evidence.account,
    region: evidence.region,
  };
  return neededPermissions(role, needed)
    .filter(({ allowed }) => allowed === 'no')
    .map(({ action, resource, at }) => ({
      title:
        action === 'iam:PassRole'
          ? `The role of the target may not pass ${resource.split('/').at(-1)} on to the task.`
          : `The role of the target may not call ${action}.`,
      explanation: `No policy of ${role.value.arn.split('/').at(-1)} allows ${action} on ${resource}, so EventBridge's RunTask is refused.`,
      evidence: [at, below(target, '.RoleArn')],
      culprits: [role.value.arn],
    }));
}

function absent<T>(
  ids: readonly string[] | undefined,
  seen: Seen<T>,
  idOf: (value: T) => string | undefined,
): string[] {
  if (seen.gaps.length > 0) return [];
  return (ids ?? []).filter((id) => !seen.items.some(({ value }) => idOf(value) === id));
}
