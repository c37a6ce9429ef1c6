// A large account for the bench: copies of two of the demo's services with their tasks, interfaces, target groups and logs.
// One in ten of the services is in trouble, each tenth in another way, so that the engine has something to do.

import type { Snapshot, SnapshotService } from '../../src/contract/snapshot.ts';
import { subnets, targetGroupArn } from '../../src/simulator/demo/names.ts';
import { demoSnapshot } from '../../src/simulator/demo-account.ts';

const TROUBLES = ['exits=1@40', 'memory=300,leaks=200', 'starts-after=900', 'floods=600', 'binds=loopback'];

/** The demo account as of `nowMs` with `services` more services of `tasksEach` running tasks. */
export function largeAccount(nowMs: number, services: number, tasksEach: number): Snapshot {
  const state = demoSnapshot(nowMs);
  const pattern = (name: string) =>
    state.ecs.services.find((one) => one.serviceName === name) as SnapshotService;
  for (const id of subnets.private) {
    const subnet = state.ec2.Subnets.find((one) => one.SubnetId === id);
    if (subnet !== undefined)
      Object.assign(subnet, {
        CidrBlock: subnet.CidrBlock?.replace(/\.0\/24$/, '.0/17'),
        AvailableIpAddressCount: 30_000,
      });
  }
  for (let index = 0; index < services; index++)
    addService(state, pattern(index % 2 === 0 ? 'checkout' : 'payments-api'), { index, tasksEach });
  return state;
}

function addService(
  state: Snapshot,
  pattern: SnapshotService,
  { index, tasksEach }: { index: number; tasksEach: number },
): void {
  const name = `service-${index}`;
  const renamed = <T>(value: T): T =>
    JSON.parse(JSON.stringify(value).replaceAll(pattern.serviceName, name)) as T;
  const service = renamed(pattern);
  const tasks = state.ecs.tasks.filter((task) => task.group === `service:${pattern.serviceName}`);
  Object.assign(service, { desiredCount: tasksEach, runningCount: tasksEach });
  service.deployments = (service.deployments ?? []).map((one) => ({
    ...one,
    desiredCount: tasksEach,
    id: `${one.id}${index}`,
  }));
  state.ecs.services.push(service);
  for (const definition of state.ecs.taskDefinitions.filter((one) => one.family === pattern.serviceName)) {
    const copy = renamed(definition);
    const trouble = TROUBLES[(index / 10) % TROUBLES.length];
    if (index % 10 === 0)
      copy.containerDefinitions?.[0]?.environment?.push({ name: 'SIMULATE', value: trouble ?? '' });
    state.ecs.taskDefinitions.push(copy);
  }
  for (const role of state.iam.Roles.filter((one) => one.RoleName === `${pattern.serviceName}-task`))
    state.iam.Roles.push(renamed(role));
  for (const repository of state.ecr.repositories.filter((one) => one.repositoryName === pattern.serviceName))
    state.ecr.repositories.push(renamed(repository));
  state.logs.logGroups.push({ logGroupName: `/ecs/${name}`, streams: [] });
  const group = state.elbv2.TargetGroups.find(
    (one) => one.TargetGroupArn === targetGroupArn(pattern.serviceName),
  );
  const arn = group === undefined ? undefined : `${group.TargetGroupArn}${index}`;
  if (group !== undefined && arn !== undefined) {
    state.elbv2.TargetGroups.push({ ...group, TargetGroupArn: arn, TargetGroupName: name });
    state.elbv2.TargetHealth[arn] = [];
    service.loadBalancers = [
      { targetGroupArn: arn, containerName: pattern.loadBalancers?.[0]?.containerName, containerPort: 8080 },
    ];
  }
  for (let count = 0; count < tasksEach; count++)
    addTask(state, { pattern: tasks[count % tasks.length], service, arn, renamed, count, index });
}

function addTask(
  state: Snapshot,
  facts: {
    pattern: Snapshot['ecs']['tasks'][number] | undefined;
    service: SnapshotService;
    arn: string | undefined;
    renamed: <T>(value: T) => T;
    count: number;
    index: number;
  },
): void {
  const { pattern, service, arn, renamed, count, index } = facts;
  if (pattern === undefined) return;
  const hex = (index * 1000 + count).toString(16).padStart(32, '0');
  const eni = `eni-1${hex.slice(-16)}`;
  const zone = count % 2;
  const serial = index * 20 + Math.floor(count / 2);
  const address = `10.0.${(zone === 0 ? 0 : 128) + 30 + Math.floor(serial / 200)}.${20 + (serial % 200)}`;
  const task = renamed(pattern);
  task.taskArn = task.taskArn.replace(/[0-9a-f]{32}$/, hex);
  task.startedBy = service.deployments?.[0]?.id;
  for (const detail of task.attachments?.[0]?.details ?? []) {
    if (detail.name === 'networkInterfaceId') detail.value = eni;
    if (detail.name === 'privateIPv4Address') detail.value = address;
  }
  state.ecs.tasks.push(task);
  const model = state.ec2.NetworkInterfaces.find((one) => one.Description?.includes(':attachment/'));
  state.ec2.NetworkInterfaces.push({
    ...structuredClone(model),
    NetworkInterfaceId: eni,
    SubnetId: subnets.private[zone],
    PrivateIpAddress: address,
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: address }],
  });
  if (arn !== undefined)
    state.elbv2.TargetHealth[arn]?.push({
      Target: { Id: address, Port: 8080 },
      HealthCheckPort: '8080',
      TargetHealth: { State: 'healthy' },
    });
}
