// Collects the evidence about one task, whether a service, a schedule or a person started it: the task, what it ran and where, then the
// logs and the network as for a service. The revision, the groups and the subnet are those of the task itself.

import type * as Ecs from '@aws-sdk/client-ecs';
import { type Aws, AwsCallError } from '../../src/contract/aws.ts';
import { fail } from '../../src/contract/errors.ts';
import type { EvidenceBundle, NetworkEvidence, Observed, Seen } from '../../src/diagnosis/evidence.ts';
import { factsOf } from '../../src/diagnosis/facts/facts.ts';
import { standInService } from '../../src/diagnosis/facts/standalone.ts';
import { lastPart, parseArn, requireOwn } from '../arn.ts';
import { withKnownCluster } from '../ecs/unknown-names.ts';
import { bundleOf, type CollectOptions, collectActions } from './collect.ts';
import { readDefinitions } from './collect-definitions.ts';
import { filter, readInterfaces, readSubnets } from './collect-network.ts';
import { deepen } from './deepen.ts';
import { clusterNames } from './find-clusters.ts';
import { readList } from './reading.ts';

export const collectTaskActions = collectActions;

export interface TaskEvidence {
  readonly cluster: string;
  /** Null for a task that no service started. */
  readonly service: string | null;
  readonly bundle: EvidenceBundle;
}

/** Looking through more clusters than this takes too many requests; then the cluster has to be named. */
const CLUSTERS_MAX = 25;

/**
 * All evidence for a question about one task. Without a cluster it is taken from the ARN, else every cluster is looked through.
 * Throws `resource-unknown`, `cluster-unknown`, `input-invalid` or `AwsCallError`.
 */
export async function collectTask(
  aws: Aws,
  wanted: { readonly cluster?: string | undefined; readonly task: string },
  options: CollectOptions,
): Promise<TaskEvidence> {
  requireOwn(aws, [wanted.cluster, wanted.task]);
  options.context.stage('task');
  const task = await findTask(aws, wanted);
  options.context.stage('task definition, service and interface');
  const bundle = await aroundTask(aws, task, options.context.nowMs);
  const service = serviceNameOf(task.value) ?? null;
  const cluster = bundle.cluster;
  if (factsOf(bundle).condition !== 'troubled') return { cluster, service, bundle };
  return { cluster, service, bundle: await deepen(aws, bundle, options) };
}

/** The service in a task's group; undefined for a task that no service started. */
export function serviceNameOf(task: Ecs.Task): string | undefined {
  return /^service:(.+)$/.exec(task.group ?? '')?.[1];
}

/** The bundle in which only `tasks` are judged, with what they ran and where, and nothing deeper yet. */
async function aroundTask(aws: Aws, task: Observed<Ecs.Task>, nowMs: number): Promise<EvidenceBundle> {
  const { value } = task;
  const cluster = lastPart(value.clusterArn ?? '');
  const name = serviceNameOf(value);
  const detail = attachmentOf(value);
  const eni = value.lastStatus === 'STOPPED' ? undefined : detail('networkInterfaceId');
  const subnet = detail('subnetId');
  const [taskDefinitions, service, interfaces, subnets] = await Promise.all([
    readDefinitions(aws, value.taskDefinitionArn === undefined ? [] : [value.taskDefinitionArn]),
    name === undefined ? nothing<Ecs.Service>() : readService(aws, cluster, name),
    eni === undefined
      ? undefined
      : readInterfaces(aws, [filter('network-interface-id', [eni])], 'the interface of the task'),
    subnet === undefined ? undefined : readSubnets(aws, [subnet]),
  ]);
  const [owner] = service.items;
  const groups =
    owner?.value.networkConfiguration?.awsvpcConfiguration?.securityGroups ?? groupsOf(interfaces);
  const observed =
    owner === undefined
      ? standInService({
          name: value.group ?? `family ${familyOf(value)}`,
          clusterArn: value.clusterArn ?? '',
          launchType: value.launchType,
          subnets: subnet === undefined ? [] : [subnet],
          securityGroups: groups,
          publicAddress:
            interfaces?.items[0] && interfaces.items[0].value.Association?.PublicIp !== undefined,
        })
      : withoutEvents(owner);
  const base = bundleOf(
    aws,
    { cluster, observed },
    { nowMs, tasks: { items: [task], gaps: service.gaps }, taskDefinitions },
  );
  return { ...base, subject: 'tasks', network: withSeen(base.network, { subnets, interfaces }) };
}

interface SeenNetwork {
  readonly subnets: NetworkEvidence['subnets'] | undefined;
  readonly interfaces: NetworkEvidence['networkInterfaces'] | undefined;
}

function withSeen(network: NetworkEvidence, seen: SeenNetwork): NetworkEvidence {
  return {
    ...network,
    ...(seen.subnets === undefined ? {} : { subnets: seen.subnets }),
    ...(seen.interfaces === undefined ? {} : { networkInterfaces: seen.interfaces }),
  };
}

/** What the scheduler says is about the service, not about this one task. */
function withoutEvents(service: Observed<Ecs.Service>): Observed<Ecs.Service> {
  return { ...service, value: { ...service.value, events: [] } };
}

function readService(aws: Aws, cluster: string, name: string): Promise<Seen<Ecs.Service>> {
  return readList(aws, {
    action: 'ecs:DescribeServices',
    input: { cluster, services: [name] },
    what: `the service ${name}`,
    path: '$.services',
    items: (output) => output.services,
  });
}

function groupsOf(interfaces: NetworkEvidence['networkInterfaces'] | undefined): string[] {
  return (interfaces?.items ?? []).flatMap(({ value }) =>
    (value.Groups ?? []).flatMap((group) => (group.GroupId === undefined ? [] : [group.GroupId])),
  );
}

function attachmentOf(task: Ecs.Task): (name: string) => string | undefined {
  const found = task.attachments?.find((one) => one.type === 'ElasticNetworkInterface' || one.type === 'eni');
  return (name) => found?.details?.find((detail) => detail.name === name)?.value;
}

function familyOf(task: Ecs.Task): string {
  return lastPart(task.taskDefinitionArn ?? '').replace(/:\d+$/, '');
}

function nothing<T>(): Seen<T> {
  return { items: [], gaps: [] };
}

async function findTask(
  aws: Aws,
  wanted: { readonly cluster?: string | undefined; readonly task: string },
): Promise<Observed<Ecs.Task>> {
  const cluster = wanted.cluster ?? clusterInArn(wanted.task);
  const found =
    cluster === undefined
      ? await findEverywhere(aws, wanted.task)
      : await withKnownCluster(aws, cluster, () => describe(aws, lastPart(cluster), wanted.task));
  if (found !== undefined) return found;
  throw fail('resource-unknown', {
    kind: 'task',
    id: lastPart(wanted.task),
    account: aws.account,
    region: aws.region,
    nearest: `${cluster === undefined ? '' : ` It is not in cluster ${lastPart(cluster)}.`} AWS forgets stopped tasks after about an hour.`,
  });
}

async function findEverywhere(aws: Aws, task: string): Promise<Observed<Ecs.Task> | undefined> {
  const clusters = await clusterNames(aws, CLUSTERS_MAX);
  const found = await Promise.all(clusters.map((cluster) => describe(aws, cluster, task).catch(absentOnly)));
  return found.find((one) => one !== undefined);
}

/** A cluster that vanished meanwhile holds nothing; a refused read must not look like an absent task. */
function absentOnly(thrown: unknown): undefined {
  if (thrown instanceof AwsCallError && thrown.failure.kind === 'not-found') return undefined;
  throw thrown;
}

async function describe(aws: Aws, cluster: string, task: string): Promise<Observed<Ecs.Task> | undefined> {
  const { output, evidence } = await aws.call('ecs:DescribeTasks', { cluster, tasks: [task] });
  const value = output.tasks?.[0];
  return value === undefined ? undefined : { value, at: { id: evidence, path: '$.tasks[0]' } };
}

/** The cluster in the long form of a task's ARN: `task/cluster/id`. */
function clusterInArn(task: string): string | undefined {
  return /^task\/([^/]+)\/[^/]+$/.exec(parseArn(task)?.resource ?? '')?.[1];
}
