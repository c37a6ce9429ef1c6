// One compact look at a service, repeated by a watch until it is steady: few calls, few numbers, one decision.

import type * as Ecs from '@aws-sdk/client-ecs';
import { z } from 'zod';
import type { Aws } from '../../src/contract/aws.ts';
import { defineReadTool } from '../../src/contract/tool.ts';
import type { Seen } from '../../src/diagnosis/evidence.ts';
import { stopKindOf } from '../../src/diagnosis/facts/tasks.ts';
import { clusterField, serviceField } from '../fields.ts';
import { oneLine, textOf } from '../text-lines.ts';
import { type FoundService, findService, findServiceActions } from './find-service.ts';
import { batchesOf, joined, readList } from './reading.ts';

const output = z.object({
  cluster: z.string(),
  service: z.string(),
  desired: z.number().int(),
  running: z.number().int(),
  pending: z.number().int(),
  /** Tasks of the newest deployment that run and pass every health check they have. */
  healthy: z.number().int(),
  rolloutState: z.string().nullable(),
  steady: z.boolean(),
  newestFailure: z
    .object({ task: z.string(), at: z.string().nullable(), reason: z.string(), evidence: z.string() })
    .nullable(),
  /** Reads that were refused; `steady` is then never true because of what was not seen. */
  cannotVerify: z.array(z.object({ what: z.string(), missingAction: z.string() })).max(10),
  evidence: z.array(z.string()).max(20),
});
export type ServiceSteadiness = z.infer<typeof output>;

const TASKS_PER_CALL = 100;

export const serviceSteadiness = defineReadTool({
  name: 'service_steadiness',
  summary:
    'One quick look whether an ECS service is steady: desired, running and healthy tasks of the newest deployment, its rollout state, and the newest failure. For following up after a change; use diagnose_service to find a cause.',
  risk: 'read',
  actions: [
    ...findServiceActions,
    'ecs:ListTasks',
    'ecs:DescribeTasks',
    'ecs:DescribeTaskDefinition',
    'elasticloadbalancing:DescribeTargetHealth',
  ],
  input: z.strictObject({ cluster: clusterField, service: serviceField }),
  output,
  target: ({ cluster, service }) => ({ cluster, service, resources: [] }),
  run: async (input, aws, context) => {
    context.stage('service and tasks');
    const [found, running, stopped] = await Promise.all([
      findService(aws, input),
      listTasks(aws, input, 'RUNNING'),
      listTasks(aws, input, 'STOPPED'),
    ]);
    context.stage('task and target health');
    const groups = (found.observed.value.loadBalancers ?? []).flatMap((one) =>
      one.targetGroupArn === undefined ? [] : [one.targetGroupArn],
    );
    const arns = [...running.items, ...stopped.items].map(({ value }) => value);
    const [definition, tasks, targets] = await Promise.all([
      readPrimaryDefinition(aws, found.observed.value),
      Promise.all(batchesOf(arns, TASKS_PER_CALL).map((batch) => describeTasks(aws, found.cluster, batch))),
      Promise.all(groups.slice(0, 5).map((arn) => readTargets(aws, arn))),
    ]);
    const lists = { running, stopped, definition, tasks: joined(tasks), targets };
    return lookOf(found, lists);
  },
  text: (look) =>
    textOf(
      [
        `${look.service}: ${look.steady ? 'steady' : 'not steady'}, ${look.healthy} of ${look.desired} healthy on the newest deployment, running ${look.running}, pending ${look.pending}, rollout ${look.rolloutState ?? 'unknown'}`,
        ...(look.newestFailure === null
          ? []
          : [
              `Newest failure: task ${look.newestFailure.task}, "${look.newestFailure.reason}", ${look.newestFailure.at ?? 'time unknown'} [${look.newestFailure.evidence}]`,
            ]),
        ...look.cannotVerify.map((gap) => `Cannot verify: ${gap.what} (needs ${gap.missingAction})`),
      ],
      look.evidence,
    ),
});

interface Lists {
  readonly running: Seen<string>;
  readonly stopped: Seen<string>;
  readonly definition: Seen<Ecs.TaskDefinition>;
  readonly tasks: Seen<Ecs.Task>;
  readonly targets: readonly Seen<{ readonly id: string; readonly state: string }>[];
}

function lookOf(
  found: FoundService,
  { running, stopped, definition, tasks, targets }: Lists,
): ServiceSteadiness {
  const service = found.observed.value;
  const primary = service.deployments?.find((one) => one.status === 'PRIMARY');
  const unhealthyTargets = new Map(
    targets.flatMap((list) => list.items.map(({ value }): [string, string] => [value.id, value.state])),
  );
  const hasTargets = targets.length > 0;
  // ECS answers UNKNOWN both for "no check" and for "not checked yet"; only the task definition tells them apart.
  const checked = definition.items.some(({ value }) =>
    value.containerDefinitions?.some((one) => one.healthCheck !== undefined),
  );
  const healthy = tasks.items.filter(
    ({ value }) =>
      value.lastStatus === 'RUNNING' &&
      isOfDeployment(value, primary) &&
      (value.healthStatus === 'HEALTHY' || (!checked && value.healthStatus !== 'UNHEALTHY')) &&
      (!hasTargets || isTargetHealthy(value, unhealthyTargets)),
  ).length;
  const desired = service.desiredCount ?? 0;
  const gaps = [running, definition, tasks, ...targets].flatMap((list) => list.gaps);
  const complete = primary?.rolloutState === undefined || primary.rolloutState === 'COMPLETED';
  return {
    cluster: found.cluster,
    service: found.service,
    desired,
    running: service.runningCount ?? 0,
    pending: service.pendingCount ?? 0,
    healthy,
    rolloutState: primary?.rolloutState ?? null,
    steady:
      service.status === 'ACTIVE' &&
      gaps.length === 0 &&
      healthy >= desired &&
      (service.pendingCount ?? 0) === 0 &&
      complete,
    newestFailure: newestFailure(tasks),
    cannotVerify: [...gaps, ...stopped.gaps]
      .slice(0, 10)
      .map(({ what, missingAction }) => ({ what, missingAction })),
    evidence: [...new Set([found.observed.at.id, ...tasks.items.map((one) => one.at.id)])].slice(0, 20),
  };
}

/** Targets of awsvpc tasks are their addresses; a task whose address is not among the targets is judged without them. */
function isTargetHealthy(task: Ecs.Task, states: ReadonlyMap<string, string>): boolean {
  const address = task.attachments
    ?.flatMap((attachment) => attachment.details ?? [])
    .find((detail) => detail.name === 'privateIPv4Address')?.value;
  if (address === undefined)
    return [...states.values()].every((state) => state === 'healthy' || state === 'draining');
  return states.get(address) === 'healthy';
}

function newestFailure(tasks: Seen<Ecs.Task>): ServiceSteadiness['newestFailure'] {
  const failed = tasks.items
    .filter(
      ({ value }) =>
        value.lastStatus === 'STOPPED' &&
        !['scheduled', 'user'].includes(stopKindOf(value.stopCode ?? '', value.stoppedReason ?? '')),
    )
    .sort((a, b) => (b.value.stoppedAt?.getTime() ?? 0) - (a.value.stoppedAt?.getTime() ?? 0));
  const newest = failed[0];
  if (newest === undefined) return null;
  return {
    task: newest.value.taskArn?.split('/').at(-1) ?? '',
    at: newest.value.stoppedAt?.toISOString() ?? null,
    reason: oneLine(newest.value.stoppedReason ?? newest.value.stopCode ?? ''),
    evidence: newest.at.id,
  };
}

function isOfDeployment(task: Ecs.Task, primary: Ecs.Deployment | undefined): boolean {
  if (primary === undefined) return true;
  return task.startedBy?.startsWith('ecs-svc/') === true
    ? task.startedBy === primary.id
    : task.taskDefinitionArn === primary.taskDefinition;
}

function readPrimaryDefinition(aws: Aws, service: Ecs.Service): Promise<Seen<Ecs.TaskDefinition>> {
  const arn =
    service.deployments?.find((one) => one.status === 'PRIMARY')?.taskDefinition ?? service.taskDefinition;
  if (arn === undefined) return Promise.resolve({ items: [], gaps: [] });
  return readList(aws, {
    action: 'ecs:DescribeTaskDefinition',
    input: { taskDefinition: arn },
    what: 'the task definition',
    path: '$.taskDefinition',
    items: (output) => (output.taskDefinition === undefined ? [] : [output.taskDefinition]),
  });
}

function listTasks(
  aws: Aws,
  { cluster, service }: { cluster: string; service: string },
  status: 'RUNNING' | 'STOPPED',
): Promise<Seen<string>> {
  return readList(aws, {
    action: 'ecs:ListTasks',
    input: { cluster, serviceName: service, desiredStatus: status },
    what: `the ${status.toLowerCase()} tasks`,
    path: '$.taskArns',
    items: (output) => output.taskArns,
    pages: 2,
  });
}

function describeTasks(aws: Aws, cluster: string, tasks: string[]): Promise<Seen<Ecs.Task>> {
  return readList(aws, {
    action: 'ecs:DescribeTasks',
    input: { cluster, tasks },
    what: 'the tasks',
    path: '$.tasks',
    items: (output) => output.tasks,
  });
}

function readTargets(aws: Aws, targetGroupArn: string): Promise<Seen<{ id: string; state: string }>> {
  return readList(aws, {
    action: 'elasticloadbalancing:DescribeTargetHealth',
    input: { TargetGroupArn: targetGroupArn },
    what: 'the health of the targets',
    path: '$.TargetHealthDescriptions',
    items: (output) =>
      output.TargetHealthDescriptions?.map((one) => ({
        id: one.Target?.Id ?? '',
        state: one.TargetHealth?.State ?? '',
      })),
  });
}
