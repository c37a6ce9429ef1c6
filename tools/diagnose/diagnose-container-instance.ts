// Is this host well? Its agent, its status, the machine behind it, what is left of its resources, and the tasks on it.

import type * as Ec2 from '@aws-sdk/client-ec2';
import type * as Ecs from '@aws-sdk/client-ecs';
import { z } from 'zod';
import type { Aws } from '../../src/contract/aws.ts';
import { fail } from '../../src/contract/errors.ts';
import { finding } from '../../src/contract/finding.ts';
import { defineReadTool } from '../../src/contract/tool.ts';
import type { Observed, Seen } from '../../src/diagnosis/evidence.ts';
import { failuresOn, type HostEvidence, judgeHost, resourcesOf } from '../../src/diagnosis/host.ts';
import { lastPart, requireOwn } from '../arn.ts';
import { clusterUnknown } from '../ecs/unknown-names.ts';
import { clusterField, containerInstanceField, instanceIdField } from '../fields.ts';
import { nearestSentence } from '../nearest.ts';
import { counted, oneLine, textOf } from '../text-lines.ts';
import { describeTasks } from './collect.ts';
import { readContainerInstances } from './collect-hosts.ts';
import { costLine, findingLines } from './diagnosis-text.ts';
import { clusterNames } from './find-clusters.ts';
import { measured, statsField } from './measured.ts';
import { batchesOf, gapOf, joined, readList } from './reading.ts';

const TASKS_SHOWN = 50;
const TASKS_PER_CALL = 100;
const CLUSTERS_MAX = 10;

const output = z.object({
  at: z.string(),
  host: z.object({
    id: z.string(),
    cluster: z.string(),
    instance: z.string().nullable(),
    instanceType: z.string().nullable(),
    machine: z.string().nullable(),
    zone: z.string().nullable(),
    status: z.string(),
    agentConnected: z.boolean().nullable(),
    agentVersion: z.string().nullable(),
    registeredAt: z.string().nullable(),
    capacityProvider: z.string().nullable(),
    resources: z.array(z.object({ name: z.string(), registered: z.number(), remaining: z.number() })).max(10),
    attributes: z.array(z.string()).max(60),
    evidence: z.string(),
  }),
  tasks: z
    .array(
      z.object({
        id: z.string(),
        group: z.string().nullable(),
        lastStatus: z.string(),
        reason: z.string().nullable(),
      }),
    )
    .max(TASKS_SHOWN),
  failedTasks: z.number().int(),
  findings: z.array(finding).max(10),
  stats: statsField,
});
export type DiagnoseContainerInstanceOutput = z.infer<typeof output>;

export const diagnoseContainerInstance = defineReadTool({
  name: 'diagnose_container_instance',
  summary:
    'Tells whether one host (container instance) of an ECS cluster is well: agent connected, status, state of the EC2 machine, remaining CPU and memory, attributes, the tasks on it and those that failed on it. Takes the id or ARN of the container instance, or the EC2 instance id.',
  risk: 'read',
  actions: [
    'ecs:ListClusters',
    'ecs:ListContainerInstances',
    'ecs:DescribeContainerInstances',
    'ecs:ListTasks',
    'ecs:DescribeTasks',
    'ec2:DescribeInstances',
  ],
  input: z.strictObject({
    cluster: clusterField
      .optional()
      .describe('Name of the ECS cluster; when left out, all clusters are looked through.'),
    container_instance: z
      .union([containerInstanceField, instanceIdField])
      .describe('Id or ARN of the container instance, or the id of the EC2 instance behind it (i-…).'),
  }),
  output,
  target: ({ cluster, container_instance }) => ({
    ...(cluster === undefined ? {} : { cluster: lastPart(cluster) }),
    resources: [container_instance],
  }),
  run: async (input, aws, context) => {
    const measure = measured(aws, context);
    measure.context.stage('container instance');
    const { cluster, host } = await findHost(measure.aws, input);
    measure.context.stage('machine and tasks');
    const [instances, tasks] = await Promise.all([
      readMachine(measure.aws, host.value.ec2InstanceId),
      readTasksOn(measure.aws, cluster, host.value.containerInstanceArn ?? ''),
    ]);
    const evidence: HostEvidence = { nowMs: context.nowMs, cluster, host, instances, tasks };
    return {
      at: new Date(context.nowMs).toISOString(),
      host: hostFields(cluster, host, instances.items[0]?.value),
      tasks: tasks.items.slice(0, TASKS_SHOWN).map(({ value }) => ({
        id: lastPart(value.taskArn ?? ''),
        group: value.group ?? null,
        lastStatus: value.lastStatus ?? '',
        reason: value.stoppedReason === undefined ? null : oneLine(value.stoppedReason),
      })),
      failedTasks: failuresOn(evidence).length,
      findings: judgeHost(evidence),
      stats: measure.stats(),
    };
  },
  text: (out) => {
    const { host } = out;
    const room = host.resources.map((one) => `${one.remaining} of ${one.registered} ${one.name} left`);
    return textOf(
      [
        `Host ${host.instance ?? host.id} in ${host.cluster}: ${host.status}, agent ${host.agentConnected === true ? 'connected' : 'not connected'}, machine ${host.machine ?? 'unknown'}${room.length === 0 ? '' : `, ${room.join(', ')}`} [${host.evidence}]`,
        ...out.findings.flatMap((one) => findingLines(one)),
        `${counted(out.tasks.length, 'task')} on it, ${out.failedTasks} of them failed`,
        ...out.tasks
          .filter(({ reason }) => reason !== null)
          .slice(0, 5)
          .map(
            (one) =>
              `Task ${one.id} (${one.group ?? 'no group'}): ${one.lastStatus}, "${(one.reason ?? '').slice(0, 160)}"`,
          ),
        costLine(out.stats),
      ],
      [],
    );
  },
});

interface FoundHost {
  readonly cluster: string;
  readonly host: Observed<Ecs.ContainerInstance>;
}

/** Throws `cluster-unknown`, `resource-unknown`, `input-invalid` or `AwsCallError`. */
async function findHost(
  aws: Aws,
  wanted: { readonly cluster?: string | undefined; readonly container_instance: string },
): Promise<FoundHost> {
  const { container_instance: name } = wanted;
  requireOwn(aws, [wanted.cluster, name]);
  const cluster = wanted.cluster ?? /:container-instance\/([^/]+)\/[^/]+$/.exec(name)?.[1];
  const clusters = cluster === undefined ? await clusterNames(aws, CLUSTERS_MAX) : [lastPart(cluster)];
  const lists = await Promise.all(
    clusters.map(async (one) => ({ cluster: one, seen: await readContainerInstances(aws, one) })),
  );
  for (const one of lists) {
    const host = one.seen.items.find(({ value }) => isCalled(value, name));
    if (host !== undefined) return { cluster: one.cluster, host };
  }
  const gap = lists.flatMap(({ seen }) => seen.gaps)[0];
  if (gap?.kind === 'not-found' && cluster !== undefined) throw await clusterUnknown(aws, lastPart(cluster));
  const known = lists.flatMap(({ seen }) => seen.items.map(({ value }) => value.ec2InstanceId ?? ''));
  throw fail('resource-unknown', {
    kind: 'container instance',
    id: lastPart(name),
    account: aws.account,
    region: aws.region,
    nearest:
      gap === undefined
        ? nearestSentence(lastPart(name), known)
        : ` ${oneLine(gap.what)} could not be read (needs ${gap.missingAction}).`,
  });
}

function isCalled(host: Ecs.ContainerInstance, name: string): boolean {
  return host.ec2InstanceId === name || lastPart(host.containerInstanceArn ?? '') === lastPart(name);
}

async function readMachine(aws: Aws, id: string | undefined): Promise<Seen<Ec2.Instance>> {
  if (id?.startsWith('i-') !== true) return { items: [], gaps: [] };
  try {
    const { output, evidence } = await aws.call('ec2:DescribeInstances', {
      Filters: [{ Name: 'instance-id', Values: [id] }],
    });
    const items = (output.Reservations ?? []).flatMap((reservation, outer) =>
      (reservation.Instances ?? []).map((value, inner) => ({
        value,
        at: { id: evidence, path: `$.Reservations[${outer}].Instances[${inner}]` },
      })),
    );
    return { items, gaps: [] };
  } catch (thrown) {
    return { items: [], gaps: [gapOf(thrown, 'the machine behind the host', 'ec2:DescribeInstances')] };
  }
}

async function readTasksOn(aws: Aws, cluster: string, containerInstance: string): Promise<Seen<Ecs.Task>> {
  const lists = await Promise.all(
    (['STOPPED', 'RUNNING'] as const).map((desiredStatus) =>
      readList(aws, {
        action: 'ecs:ListTasks',
        input: { cluster, containerInstance, desiredStatus },
        what: `the ${desiredStatus.toLowerCase()} tasks on the host`,
        path: '$.taskArns',
        items: (answer) => answer.taskArns,
        pages: 2,
      }),
    ),
  );
  const arns = joined(lists);
  const ids = arns.items.map(({ value }) => value);
  const tasks = joined(
    await Promise.all(batchesOf(ids, TASKS_PER_CALL).map((batch) => describeTasks(aws, cluster, batch))),
  );
  return { items: tasks.items, gaps: [...arns.gaps, ...tasks.gaps] };
}

function hostFields(
  cluster: string,
  { value, at }: Observed<Ecs.ContainerInstance>,
  machine: Ec2.Instance | undefined,
): DiagnoseContainerInstanceOutput['host'] {
  return {
    id: lastPart(value.containerInstanceArn ?? ''),
    cluster,
    instance: value.ec2InstanceId ?? null,
    instanceType: machine?.InstanceType ?? null,
    machine: machine?.State?.Name ?? null,
    zone: machine?.Placement?.AvailabilityZone ?? null,
    status: value.status ?? 'UNKNOWN',
    agentConnected: value.agentConnected ?? null,
    agentVersion: value.versionInfo?.agentVersion ?? null,
    registeredAt: value.registeredAt?.toISOString() ?? null,
    capacityProvider: value.capacityProviderName ?? null,
    resources: resourcesOf(value),
    attributes: (value.attributes ?? [])
      .slice(0, 60)
      .map((one) => (one.value === undefined ? (one.name ?? '') : `${one.name}=${one.value}`)),
    evidence: at.id,
  };
}
