// Faults of what runs beside a service: sessions in its tasks, the proxy of Service Connect, jobs that EventBridge is to start.

import type { SnapshotTaskDefinition } from '../../contract/snapshot.ts';
import { isoTime } from '../../kernel/clock.ts';
import { hasInterface } from '../accounts/fleet-plan.ts';
import { arn, clusterArn, definitionArn, roleArn } from '../accounts/names.ts';
import type { AccountPlan, ServicePlan } from '../accounts/plan.ts';
import { primaryOf } from '../deployment.ts';
import { executeCommand } from '../services/ecs-exec.ts';
import { anywhere, type Fault, type FaultSite } from './fault.ts';
import { deployAgain, deployRevision, recordChange, serviceAt } from './people.ts';
import { ask, roleWith } from './requests.ts';

const jobOf = (service: ServicePlan) => `${service.name}-nightly`;
const whyNotRun = (_: AccountPlan, service: ServicePlan) =>
  `Why did the schedule '${jobOf(service)}' not run?`;
const whyNoSession = (plan: AccountPlan, service: ServicePlan) =>
  `Why can I not open a shell in the tasks of ${service.name} in ${plan.cluster}?`;
const SESSION_ACTIONS = [
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
];

export const runtimeFaults: readonly Fault[] = [
  {
    name: 'sessions-without-permission',
    class: 'ecs-exec-unavailable',
    about: 'sessions were switched on and deployed, and the task role may not connect them',
    fits: anywhere,
    runsOn: true,
    mendable: false,
    question: whyNoSession,
    again: { everyMinutes: 9, act: openShell },
    inject: (site) => {
      switchSessions(site);
      deployAgain(site);
      return [roleArn(site.plan, site.service.taskRole), serviceAt(site).taskDefinition ?? ''];
    },
  },
  {
    name: 'sessions-without-deployment',
    class: 'ecs-exec-unavailable',
    about: 'sessions were switched on, and the tasks that run were started before',
    fits: (plan) => plan.wayOut !== 'endpoints',
    runsOn: true,
    mendable: true,
    question: whyNoSession,
    again: { everyMinutes: 9, act: openShell },
    inject: (site) => {
      const role = site.account.state.iam.Roles.find((one) => one.RoleName === site.service.taskRole);
      role?.policies.push({
        PolicyName: 'sessions',
        Document: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: SESSION_ACTIONS, Resource: '*' }],
        },
      });
      switchSessions(site);
      return [serviceAt(site).serviceArn];
    },
  },
  {
    name: 'no-memory-for-proxy',
    class: 'service-connect-proxy-failure',
    about: 'Service Connect was switched on, and the containers leave its proxy no memory',
    fits: hasInterface,
    mendable: true,
    inject: (site) => {
      const revision = deployRevision(site, (_, container) => {
        container.memory = site.service.memoryMiB - site.random.pick([0, 16, 32]);
      });
      const primary = primaryOf(serviceAt(site));
      if (primary !== undefined)
        primary.serviceConnectConfiguration = { enabled: true, namespace: `${site.plan.cluster}.local` };
      return [revision, site.service.name];
    },
  },
  {
    name: 'schedule-may-not-pass-roles',
    class: 'schedule-invocation-failed',
    about: 'the role of a schedule may run the task and may not hand over the roles of its definition',
    fits: anywhere,
    runsOn: true,
    mendable: false,
    question: whyNotRun,
    inject: (site) => {
      const { role } = addSchedule(site, { mayPass: false });
      return [role, role.slice(role.lastIndexOf('/') + 1)];
    },
  },
  {
    name: 'schedule-role-not-for-events',
    class: 'schedule-invocation-failed',
    about: 'the role of a schedule trusts another service than EventBridge',
    fits: anywhere,
    runsOn: true,
    mendable: false,
    question: whyNotRun,
    inject: (site) => {
      const { role } = addSchedule(site, { trusted: 'scheduler.amazonaws.com' });
      return [role, role.slice(role.lastIndexOf('/') + 1)];
    },
  },
  {
    name: 'schedule-of-deregistered-revision',
    class: 'schedule-invocation-failed',
    about: 'a schedule names a revision that was deregistered when the next one was made',
    fits: anywhere,
    runsOn: true,
    mendable: false,
    question: whyNotRun,
    inject: (site) => {
      const { definition } = addSchedule(site, {});
      definition.status = 'INACTIVE';
      site.account.state.ecs.taskDefinitions.push({
        ...structuredClone(definition),
        taskDefinitionArn: definitionArn(site.plan, definition.family ?? '', 2),
        revision: 2,
        status: 'ACTIVE',
      });
      recordChange(
        site,
        'ecs:DeregisterTaskDefinition',
        { taskDefinition: `${definition.family ?? ''}:1` },
        { type: 'AWS::ECS::TaskDefinition', name: definition.taskDefinitionArn },
      );
      return [definition.taskDefinitionArn, jobOf(site.service)];
    },
  },
];

function switchSessions(site: FaultSite): void {
  serviceAt(site).enableExecuteCommand = true;
  recordChange(
    site,
    'ecs:UpdateService',
    { cluster: site.plan.cluster, service: site.service.name, enableExecuteCommand: true },
    { type: 'AWS::ECS::Service', name: site.service.name },
  );
}

/** Somebody tries to open a shell in one of the tasks. */
function openShell(site: FaultSite): void {
  const { account, plan, service } = site;
  const task = account.state.ecs.tasks.find(
    (one) => one.group === `service:${service.name}` && one.lastStatus === 'RUNNING',
  );
  if (task === undefined) return;
  ask(site, executeCommand, {
    operation: 'ecs:ExecuteCommand',
    input: {
      cluster: plan.cluster,
      task: task.taskArn,
      container: service.container,
      command: '/bin/sh',
      interactive: true,
    },
    resource: { type: 'AWS::ECS::Task', name: task.taskArn },
  });
}

/** A job beside the service that EventBridge starts every five minutes, of a family and with a role of its own. */
function addSchedule(
  site: FaultSite,
  { trusted = 'events.amazonaws.com', mayPass = true }: { trusted?: string; mayPass?: boolean },
): { role: string; definition: SnapshotTaskDefinition } {
  const { account, plan, service } = site;
  const name = jobOf(service);
  const own = account.state.ecs.taskDefinitions.filter((one) => one.family === service.name).at(-1);
  if (own === undefined) throw new RangeError(`the account has no task definition ${service.name}`);
  const definition: SnapshotTaskDefinition = {
    ...structuredClone(own),
    taskDefinitionArn: definitionArn(plan, name, 1),
    family: name,
    revision: 1,
    registeredAt: isoTime(account.now()),
  };
  account.state.ecs.taskDefinitions.push(definition);
  const { Arn: role } = roleWith(site, `${name}-events`, {
    trusted,
    statements: [
      { Effect: 'Allow', Action: 'ecs:RunTask', Resource: arn(plan, 'ecs', `task-definition/${name}:*`) },
      ...(mayPass
        ? [
            {
              Effect: 'Allow',
              Action: 'iam:PassRole',
              Resource: [roleArn(plan, service.executionRole), roleArn(plan, service.taskRole)],
            },
          ]
        : []),
    ],
  });
  const vpc = serviceAt(site).networkConfiguration?.awsvpcConfiguration;
  account.state.events.rules.push({
    Name: name,
    ScheduleExpression: 'rate(5 minutes)',
    State: 'ENABLED',
    Targets: [
      {
        Id: '1',
        Arn: clusterArn(plan),
        RoleArn: role,
        EcsParameters: {
          TaskDefinitionArn: definition.taskDefinitionArn,
          TaskCount: 1,
          LaunchType: service.launchType,
          ...(vpc === undefined
            ? {}
            : {
                NetworkConfiguration: {
                  awsvpcConfiguration: {
                    Subnets: vpc.subnets,
                    SecurityGroups: vpc.securityGroups,
                    AssignPublicIp: vpc.assignPublicIp,
                  },
                },
              }),
        },
      },
    ],
  });
  recordChange(site, 'events:PutTargets', { rule: name }, { type: 'AWS::Events::Rule', name });
  return { role, definition };
}
