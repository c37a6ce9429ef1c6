// Tasks of the base account, running and stopped, with what AWS leaves of each: interface, target, log stream, timestamps.

import type { SnapshotTask } from '../../src/contract/snapshot.ts';
import { found, type World, type Zone, zones } from './base.ts';
import { hostArn } from './base-hosts.ts';
import { address, subnetId } from './base-network.ts';
import {
  type Container,
  clusterArn,
  clusterOf,
  definitionArn,
  deploymentId,
  isAwsvpc,
  isDynamic,
  targetGroupArn,
  theContainer,
  theService,
} from './workload.ts';

export interface Run {
  readonly name?: string;
  readonly revision?: number;
  readonly zone?: Zone;
  readonly startedAgo?: number;
  /** State of the target it is, if the service has a target group. */
  readonly target?: NonNullable<World['snapshot']['elbv2']['TargetHealth'][string]>[number]['TargetHealth'];
  readonly health?: Container['healthStatus'];
  readonly log?: readonly string[];
}

/** A running task, counted by its service and deployment and registered as a target. */
export function addRunning(w: World, run: Run): SnapshotTask {
  const { name = w.place.service, revision = 41, zone = 'a', startedAgo = 84_000, health = 'UNKNOWN' } = run;
  const task = makeTask(w, { name, revision, zone });
  Object.assign(task, {
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
    connectivity: 'CONNECTED',
    healthStatus: health,
    createdAt: w.ago(startedAgo + 42),
    connectivityAt: w.ago(startedAgo + 38),
    pullStartedAt: w.ago(startedAgo + 30),
    pullStoppedAt: w.ago(startedAgo + 12),
    startedAt: w.ago(startedAgo),
  });
  for (const container of task.containers ?? [])
    Object.assign(container, { lastStatus: 'RUNNING', healthStatus: health });
  const service = theService(w, name);
  const deployed = service.deployments?.find((one) => one.id === task.startedBy);
  service.runningCount = (service.runningCount ?? 0) + 1;
  if (deployed !== undefined) deployed.runningCount = (deployed.runningCount ?? 0) + 1;
  addTaskInterface(w, task, name);
  registerTarget(w, task, name, run.target);
  addLog(
    w,
    task,
    run.log ?? [`listening on 0.0.0.0:${portOf(w, name)}`, 'GET /healthz 200 3ms'],
    startedAgo - 4,
  );
  return task;
}

function portOf(w: World, name: string): number {
  return theContainer(w, name).portMappings?.[0]?.containerPort ?? 0;
}

/** A bare task on Fargate or on a host, with its interface where it has one. */
export function makeTask(
  w: World,
  one: { readonly name: string; readonly revision: number; readonly zone: Zone },
): SnapshotTask {
  const { ecs } = w.snapshot;
  const number = w.nextTask();
  const id = w.hex(`task-${number}`, 32);
  const cluster = clusterOf(w, one.name);
  const container = theContainer(w, one.name);
  const task: SnapshotTask = {
    taskArn: w.arn('ecs', `task/${cluster}/${id}`),
    clusterArn: clusterArn(w, cluster),
    taskDefinitionArn: definitionArn(w, one.name, one.revision),
    group: `service:${one.name}`,
    startedBy: deploymentId(w, one.name, one.revision),
    availabilityZone: `${w.place.region}${one.zone}`,
    ...(w.place.launch === 'FARGATE'
      ? {
          launchType: 'FARGATE' as const,
          platformVersion: '1.4.0',
          platformFamily: 'Linux',
          cpu: '512',
          memory: '1024',
        }
      : { launchType: 'EC2' as const, containerInstanceArn: hostArn(w, one.zone) }),
    enableExecuteCommand: false,
    attachments: [],
    containers: [
      {
        containerArn: w.arn('ecs', `container/${cluster}/${id}/${w.hex(`container-${number}`, 32)}`),
        name: container.name ?? one.name,
        image: container.image ?? '',
        networkInterfaces: [],
        networkBindings: [],
      },
    ],
    version: 5,
  };
  if (isAwsvpc(w)) attach(w, task, one.zone, number);
  ecs.tasks.push(task);
  return task;
}

function attach(w: World, task: SnapshotTask, zone: Zone, number: number): void {
  const ip = address(w, 'private', zone, 100 + (number % 99));
  task.attachments = [
    {
      id: w.hex(`attachment-${number}`, 32),
      type: 'ElasticNetworkInterface',
      status: 'ATTACHED',
      details: [
        { name: 'subnetId', value: subnetId(w, 'private', zone) },
        { name: 'networkInterfaceId', value: w.id('eni', `task-${number}`) },
        { name: 'macAddress', value: '0a:58:a9:fe:ac:02' },
        { name: 'privateDnsName', value: `ip-${ip.replaceAll('.', '-')}.${w.place.region}.compute.internal` },
        { name: 'privateIPv4Address', value: ip },
      ],
    },
  ];
}

/** The interface of a running task; AWS deletes it when the task stops. */
function addTaskInterface(w: World, task: SnapshotTask, name: string): void {
  const details = new Map((task.attachments?.[0]?.details ?? []).map((one) => [one.name, one.value]));
  const PrivateIpAddress = details.get('privateIPv4Address');
  const groups = theService(w, name).networkConfiguration?.awsvpcConfiguration?.securityGroups ?? [];
  if (PrivateIpAddress === undefined) return;
  w.snapshot.ec2.NetworkInterfaces.push({
    NetworkInterfaceId: details.get('networkInterfaceId') ?? '',
    VpcId: w.id('vpc', 'main'),
    SubnetId: details.get('subnetId') ?? '',
    AvailabilityZone: task.availabilityZone ?? '',
    PrivateIpAddress,
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress }],
    Status: 'in-use',
    Description:
      task.attachments?.[0] === undefined
        ? ''
        : `arn:aws:ecs:${w.place.region}:${w.place.account}:attachment/${task.attachments[0].id}`,
    InterfaceType: 'interface',
    Groups: groups.map((GroupId) => ({ GroupId })),
  });
}

function registerTarget(w: World, task: SnapshotTask, name: string, health: Run['target']): void {
  const targets = w.snapshot.elbv2.TargetHealth[targetGroupArn(w, name)];
  if (targets === undefined) return;
  const ip = task.attachments?.[0]?.details?.find((one) => one.name === 'privateIPv4Address')?.value;
  const zone = found(
    zones.find((one) => task.availabilityZone?.endsWith(one)),
    'zone',
  );
  const hostPort = isDynamic(w) ? 32_768 + targets.length : portOf(w, name);
  const container = task.containers?.[0];
  if (ip === undefined && container !== undefined)
    container.networkBindings = [
      { bindIP: '0.0.0.0', containerPort: portOf(w, name), hostPort, protocol: 'tcp' },
    ];
  if (ip !== undefined && container !== undefined)
    container.networkInterfaces = [{ attachmentId: task.attachments?.[0]?.id ?? '', privateIpv4Address: ip }];
  targets.push({
    Target:
      ip === undefined
        ? { Id: w.id('i', zone), Port: hostPort }
        : { Id: ip, Port: portOf(w, name), AvailabilityZone: task.availabilityZone ?? '' },
    HealthCheckPort: String(ip === undefined ? hostPort : portOf(w, name)),
    TargetHealth: health ?? { State: 'healthy' },
  });
}

/** Lines of a task's stream, two seconds apart, the first so many seconds ago. */
export function addLog(
  w: World,
  task: SnapshotTask,
  lines: readonly string[],
  secondsAgo: number,
  container?: string,
): void {
  const family = task.taskDefinitionArn?.split('/')[1]?.split(':')[0] ?? '';
  const revision = w.snapshot.ecs.taskDefinitions.find(
    (one) => one.taskDefinitionArn === task.taskDefinitionArn,
  );
  const defined = revision?.containerDefinitions?.find(
    (one) => one.name === (container ?? revision.containerDefinitions?.[0]?.name),
  );
  const group = w.snapshot.logs.logGroups.find(
    (one) => one.logGroupName === defined?.logConfiguration?.options?.['awslogs-group'],
  );
  group?.streams.push({
    logStreamName: `ecs/${defined?.name ?? family}/${task.taskArn.split('/').at(-1)}`,
    creationTime: w.nowMs - secondsAgo * 1000,
    events: lines.map((message, line) => ({
      timestamp: w.nowMs - secondsAgo * 1000 + line * 350,
      message,
      ingestionTime: w.nowMs - secondsAgo * 1000 + line * 350 + 900,
    })),
  });
}

/** No task of the service runs any more: counts, targets and interfaces are gone with them. */
export function noneRuns(w: World, name = w.place.service): void {
  const { ecs, ec2, elbv2 } = w.snapshot;
  const group = `service:${name}`;
  const gone = ecs.tasks.filter((task) => task.group === group && task.lastStatus !== 'STOPPED');
  const interfaces = new Set(
    gone.flatMap((task) =>
      (task.attachments ?? []).flatMap((one) => (one.details ?? []).map((detail) => detail.value)),
    ),
  );
  ecs.tasks = ecs.tasks.filter((task) => !gone.includes(task));
  ec2.NetworkInterfaces = ec2.NetworkInterfaces.filter((one) => !interfaces.has(one.NetworkInterfaceId));
  if (elbv2.TargetHealth[targetGroupArn(w, name)] !== undefined)
    elbv2.TargetHealth[targetGroupArn(w, name)] = [];
  const service = theService(w, name);
  service.runningCount = 0;
  for (const one of service.deployments ?? []) one.runningCount = 0;
}

export interface Stop {
  readonly name?: string;
  readonly revision?: number;
  readonly count?: number;
  readonly zones?: readonly Zone[];
  /** Seconds since the newest of them stopped, and between two of them. */
  readonly last?: number;
  readonly every?: number;
  /** Seconds it ran; without it the task never started. */
  readonly lived?: number;
  readonly code: NonNullable<SnapshotTask['stopCode']>;
  readonly reason: string;
  readonly exit?: number;
  /** The container's own reason. */
  readonly why?: string;
  /** Seconds between the order to stop and the end. */
  readonly stopping?: number;
  readonly health?: Container['healthStatus'];
  readonly log?: readonly string[];
  readonly change?: (task: SnapshotTask, index: number) => void;
}

/** Tasks that ended, newest last in the list as often as not. */
export function addStopped(w: World, stop: Stop): SnapshotTask[] {
  const {
    name = w.place.service,
    revision = 41,
    count = 4,
    last = 75,
    every = 210,
    lived,
    stopping = 3,
  } = stop;
  const spread = stop.zones ?? zones;
  return Array.from({ length: count }, (_, index) => {
    const zone = found(spread[index % spread.length], 'zone');
    const ended = last + index * every;
    const task = makeTask(w, { name, revision, zone });
    const started = ended + stopping + (lived ?? 0);
    Object.assign(task, {
      lastStatus: 'STOPPED',
      desiredStatus: 'STOPPED',
      healthStatus: stop.health ?? 'UNKNOWN',
      stopCode: stop.code,
      stoppedReason: stop.reason,
      createdAt: w.ago(started + 45),
      pullStartedAt: w.ago(started + 20),
      pullStoppedAt: w.ago(started + 8),
      ...(lived === undefined ? {} : { startedAt: w.ago(started) }),
      stoppingAt: w.ago(ended + stopping),
      executionStoppedAt: w.ago(ended + 1),
      stoppedAt: w.ago(ended),
    });
    for (const one of task.attachments ?? []) one.status = 'DELETED';
    for (const container of task.containers ?? [])
      Object.assign(container, {
        lastStatus: 'STOPPED',
        healthStatus: stop.health ?? 'UNKNOWN',
        ...(stop.exit === undefined ? {} : { exitCode: stop.exit }),
        ...(stop.why === undefined ? {} : { reason: stop.why }),
      });
    stop.change?.(task, index);
    if (stop.log !== undefined) addLog(w, task, stop.log, started - 1);
    return task;
  });
}
