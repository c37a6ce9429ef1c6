// A snapshot of a real account: what concerns one cluster or one service, bounded, without the values of environment
// variables and without secrets, in the form in which AWS answered. What may not be read is listed as refused.

import type * as Ecs from '@aws-sdk/client-ecs';
import { networkActions } from '../../../tools/diagnose/collect-network.ts';
import type { AwsAction } from '../../contract/aws.ts';
import { parseSnapshot, SNAPSHOT_FORMAT, type Snapshot } from '../../contract/snapshot.ts';
import { isoTime } from '../../kernel/clock.ts';
import { toJson } from '../../node/bounded-json.ts';
import type { OfflineAccount } from './account.ts';
import type { Investigation } from './investigation.ts';
import { takeNetwork } from './take-network.ts';
import { createTakeReader, type TakeReader } from './take-reader.ts';
import {
  TAKE_MAX,
  type TakenService,
  type TakenStream,
  takeCluster,
  takeLogs,
  takeService,
  takeServices,
  takeTaskDefinitions,
} from './take-services.ts';
import { type TakenMovement, takeBalancing, takeHosts, takeMovement } from './take-surroundings.ts';
import { takeTrail } from './take-trail.ts';

const asker = {
  name: 'snapshot take',
  actions: [
    ...networkActions,
    'ecs:ListClusters',
    'ecs:DescribeClusters',
    'ecs:ListServices',
    'ecs:DescribeServices',
    'ecs:ListTasks',
    'ecs:DescribeTasks',
    'ecs:DescribeTaskDefinition',
    'elasticloadbalancing:DescribeTargetGroups',
    'elasticloadbalancing:DescribeTargetHealth',
    'elasticloadbalancing:DescribeTargetGroupAttributes',
    'elasticloadbalancing:DescribeLoadBalancers',
    'elasticloadbalancing:DescribeListeners',
    'elasticloadbalancing:DescribeRules',
    'ecs:ListContainerInstances',
    'ecs:DescribeContainerInstances',
    'ecs:DescribeCapacityProviders',
    'ecs:ListServiceDeployments',
    'ecs:DescribeServiceDeployments',
    'ec2:DescribeInstances',
    'autoscaling:DescribeAutoScalingGroups',
    'autoscaling:DescribeScalingActivities',
    'application-autoscaling:DescribeScalableTargets',
    'application-autoscaling:DescribeScalingPolicies',
    'application-autoscaling:DescribeScalingActivities',
    'logs:GetLogEvents',
    'cloudtrail:LookupEvents',
  ] satisfies AwsAction[],
};

/** Requests of one question are bounded, so many definitions are asked for in several questions. */
const DEFINITIONS_AT_ONCE = 50;

export interface TakeOptions {
  readonly account: OfflineAccount;
  readonly cluster: string;
  readonly service: string | undefined;
  /** Told what is read, in words. */
  readonly onProgress: (words: string) => void;
}

export interface Taken {
  readonly snapshot: Snapshot;
  /** What was left out for its size, one sentence each. */
  readonly notes: readonly string[];
}

/** Reads the account. Throws `cluster-unknown`, `service-unknown` or `aws-failed`. */
export async function takeSnapshot(investigation: Investigation, options: TakeOptions): Promise<Taken> {
  const { account, cluster, service, onProgress } = options;
  const reader = createTakeReader();
  const { found, services } = await investigation.ask(asker, async (aws) => {
    const known = await takeCluster(aws, reader, cluster);
    return { found: known, services: await takeServices(aws, reader, { cluster, service }) };
  });
  onProgress(`${services.length} services of ${found.clusterName ?? cluster}`);
  const taken: TakenService[] = [];
  const movements: TakenMovement[] = [];
  for (const one of services) {
    taken.push(await investigation.ask(asker, (aws) => takeService(aws, reader, one)));
    movements.push(await investigation.ask(asker, (aws) => takeMovement(aws, reader, one)));
    onProgress(`tasks of ${one.serviceName ?? ''}: ${taken.at(-1)?.tasks.length ?? 0}`);
  }
  const definitions = await readDefinitions(investigation, reader, definitionArns(taken));
  onProgress(`${definitions.length} task definitions`);
  const streams: TakenStream[] = [];
  for (const { tasks } of taken)
    streams.push(...(await investigation.ask(asker, (aws) => takeLogs(aws, reader, { tasks, definitions }))));
  onProgress(`${streams.length} log streams`);
  const subnets = taken.flatMap(
    ({ service: one }) => one.networkConfiguration?.awsvpcConfiguration?.subnets ?? [],
  );
  const network = await investigation.ask(asker, (aws) => takeNetwork(aws, reader, [...new Set(subnets)]));
  onProgress(`${network.Subnets.length} subnets, ${network.SecurityGroups.length} security groups, network`);
  const targetGroups = distinct(
    taken.flatMap((one) => one.targetGroups),
    (group) => group.TargetGroupArn,
  );
  const balancing = await investigation.ask(asker, (aws) => takeBalancing(aws, reader, targetGroups));
  const hosts = await investigation.ask(asker, (aws) => takeHosts(aws, reader, found));
  onProgress(`${balancing.LoadBalancers.length} load balancers, ${hosts.containerInstances.length} hosts`);
  const trail = await investigation.ask(asker, (aws) => takeTrail(aws, reader, account.clock.now()));
  onProgress(`${trail.length} changes on record in CloudTrail`);
  const { account: id, region } = account.place;
  const { Instances, AutoScalingGroups, Activities, ...capacity } = hosts;
  const whole = {
    format: SNAPSHOT_FORMAT,
    takenAt: isoTime(account.clock.now()),
    account: { id, region },
    ecs: {
      clusters: [found],
      services: taken.map((one) => one.service),
      tasks: taken.flatMap((one) => one.tasks),
      taskDefinitions: definitions,
      serviceDeployments: movements.flatMap((one) => one.serviceDeployments),
      ...capacity,
    },
    ec2: { ...network, Instances },
    logs: { logGroups: groupsOf(streams) },
    elbv2: {
      TargetGroups: targetGroups,
      TargetHealth: Object.assign({}, ...taken.map((one) => one.targetHealth)),
      ...balancing,
    },
    applicationAutoscaling: {
      ScalableTargets: movements.flatMap((one) => one.ScalableTargets),
      ScalingPolicies: movements.flatMap((one) => one.ScalingPolicies),
      ScalingActivities: movements.flatMap((one) => one.ScalingActivities),
    },
    autoscaling: { AutoScalingGroups, Activities },
    cloudtrail: { events: trail },
    denied: reader.denied(),
  };
  return {
    snapshot: parseSnapshot(investigation.redact.json(toJson(whole)).value),
    notes: reader.notes(),
  };
}

function definitionArns(taken: readonly TakenService[]): string[] {
  const arns = taken.flatMap(({ service, tasks }) => [
    service.taskDefinition,
    ...(service.deployments ?? []).map((one) => one.taskDefinition),
    ...tasks.map((task) => task.taskDefinitionArn),
  ]);
  return [...new Set(arns)].flatMap((arn) => (arn === undefined ? [] : [arn]));
}

async function readDefinitions(
  investigation: Investigation,
  reader: TakeReader,
  arns: readonly string[],
): Promise<Ecs.TaskDefinition[]> {
  if (arns.length > TAKE_MAX.taskDefinitions)
    reader.note(`Left out: ${arns.length - TAKE_MAX.taskDefinitions} of the task definitions.`);
  const definitions: Ecs.TaskDefinition[] = [];
  const wanted = arns.slice(0, TAKE_MAX.taskDefinitions);
  for (let start = 0; start < wanted.length; start += DEFINITIONS_AT_ONCE) {
    const some = wanted.slice(start, start + DEFINITIONS_AT_ONCE);
    definitions.push(...(await investigation.ask(asker, (aws) => takeTaskDefinitions(aws, reader, some))));
  }
  return definitions;
}

/** Streams under their groups; a group without the stream that was looked for is still a group. */
function groupsOf(streams: readonly TakenStream[]): object[] {
  const names = [...new Set(streams.map(({ group }) => group))];
  return names.map((logGroupName) => ({
    logGroupName,
    streams: distinct(
      streams.filter(({ group }) => group === logGroupName),
      ({ stream }) => stream,
    ).flatMap(({ stream, events }) => (events === null ? [] : [{ logStreamName: stream, events }])),
  }));
}

function distinct<T>(items: readonly T[], keyOf: (item: T) => string | undefined): T[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}
