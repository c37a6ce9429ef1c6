// Auto scaling groups: they launch instances until they have as many as they want, and each new one tries to join its
// cluster. A launch fails for want of addresses or of quota, or where the group's tag `simulate` = `no-capacity` says that
// its type is sold out. An instance that cannot reach ECS, or whose role may not register, runs and never joins.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/CHAP_Troubleshooting.html

import type { Snapshot, SnapshotContainerInstance } from '../../../contract/snapshot.ts';
import { uuidFrom } from '../../account.ts';
import { callApi } from '../../physics/aws-api.ts';
import { keepAgent } from '../agent-connection.ts';
import { freeAddress, hostInterface, instanceRoleOf } from '../task-interface.ts';
import { isoNow, type World } from '../world.ts';

type Group = Snapshot['autoscaling']['AutoScalingGroups'][number];
type Machine = Snapshot['ec2']['Instances'][number];
type Activity = Snapshot['autoscaling']['Activities'][number];

const LAUNCH_MS = 30_000;
const BOOT_MS = 60_000;
const RETRY_MS = 60_000;
/** "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", in vCPUs. */
const STANDARD_QUOTA = 'L-1216C47A';
const DEFAULT_VCPUS = 2;
const DEFAULT_MEMORY_MIB = 7_680;
const CPU_UNITS = 1024;

/** Asks the group behind a capacity provider for one more instance; ECS does so only where managed scaling is on. */
export function requestInstance(world: World, providerName: string | undefined): void {
  const { ecs } = world.account.state;
  const provider = ecs.capacityProviders.find((one) => one.name === providerName)?.autoScalingGroupProvider;
  const group = groupOf(world, provider?.autoScalingGroupArn);
  if (group === undefined || provider?.managedScaling?.status !== 'ENABLED') return;
  const wanted = group.DesiredCapacity ?? 0;
  const here = (group.Instances ?? []).length;
  if (wanted > here || wanted >= (group.MaxSize ?? 0)) return;
  group.DesiredCapacity = wanted + 1;
  fillGroup(world, group);
}

/** Launches what the groups lack. */
export function fillGroups(world: World): void {
  for (const group of world.account.state.autoscaling.AutoScalingGroups) fillGroup(world, group);
}

function fillGroup(world: World, group: Group): void {
  // A snapshot without the list of instances does not say how many there are.
  if (group.Instances === undefined || world.launching.has(group.AutoScalingGroupName)) return;
  if ((group.DesiredCapacity ?? 0) <= group.Instances.length) return;
  if (group.SuspendedProcesses?.some((one) => one.ProcessName === 'Launch') === true) return;
  world.launching.add(group.AutoScalingGroupName);
  const activity = beginActivity(world, group);
  world.after(LAUNCH_MS, () => {
    const obstacle = launchObstacle(world, group);
    Object.assign(activity, {
      EndTime: isoNow(world),
      Progress: 100,
      StatusCode: obstacle === undefined ? 'Successful' : 'Failed',
      ...(obstacle === undefined ? {} : { StatusMessage: `${obstacle} Launching EC2 instance failed.` }),
    });
    if (obstacle === undefined) launch(world, group, activity);
    world.after(obstacle === undefined ? 0 : RETRY_MS, () => {
      world.launching.delete(group.AutoScalingGroupName);
      fillGroup(world, group);
    });
  });
}

function beginActivity(world: World, group: Group): Activity {
  const from = (group.Instances ?? []).length;
  const activity: Activity = {
    ActivityId: uuidFrom(world.account.newHex(32)),
    AutoScalingGroupName: group.AutoScalingGroupName,
    Description: 'Launching a new EC2 instance',
    Cause: `At ${isoNow(world).replace('.000Z', 'Z')} an instance was started in response to a difference between desired and actual capacity, increasing the capacity from ${from} to ${from + 1}.`,
    StartTime: isoNow(world),
    StatusCode: 'InProgress',
    Progress: 0,
  };
  world.account.state.autoscaling.Activities.push(activity);
  return activity;
}

function launchObstacle(world: World, group: Group): string | undefined {
  const { ec2, servicequotas } = world.account.state;
  const type = typeOf(world, group);
  const subnet = subnetFor(world, group);
  if ((group.Tags ?? []).some((tag) => tag.Key === 'simulate' && tag.Value === 'no-capacity'))
    return `We currently do not have sufficient ${type} capacity in the Availability Zone you requested (${subnet?.AvailabilityZone ?? ''}). Our system will be working on provisioning additional capacity.`;
  if (subnet !== undefined && subnet.AvailableIpAddressCount === 0)
    return `There are not enough free addresses in subnet '${subnet.SubnetId}' to satisfy the requested number of instances.`;
  const quota = servicequotas.quotas.find((one) => one.QuotaCode === STANDARD_QUOTA);
  const vcpus = (name: string | undefined) =>
    ec2.InstanceTypes.find((one) => one.InstanceType === name)?.VCpuInfo?.DefaultVCpus ?? DEFAULT_VCPUS;
  const running = ec2.Instances.filter((one) => (one.State?.Name ?? 'running') === 'running');
  const used = running.reduce((sum, one) => sum + vcpus(one.InstanceType), 0);
  if (quota?.Value !== undefined && used + vcpus(type) > quota.Value)
    return `You have requested more vCPU capacity than your current vCPU limit of ${quota.Value} allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.`;
  return undefined;
}

function launch(world: World, group: Group, activity: Activity): void {
  const { account } = world;
  const subnet = subnetFor(world, group);
  const model = modelOf(world, group);
  // The SDK's union of instance types grows with every release; a group's own word for its type is one of them.
  const InstanceType = typeOf(world, group) as Machine['InstanceType'];
  const machine: Machine = {
    ...model,
    InstanceId: `i-0${account.newHex(16)}`,
    InstanceType,
    SubnetId: subnet?.SubnetId,
    VpcId: subnet?.VpcId,
    PrivateIpAddress: subnet === undefined ? undefined : freeAddress(world, subnet),
    Placement: { AvailabilityZone: subnet?.AvailabilityZone },
    State: { Code: 16, Name: 'running' },
    LaunchTime: isoNow(world),
    NetworkInterfaces: [],
  };
  account.state.ec2.Instances.push(machine);
  if (subnet !== undefined) subnet.AvailableIpAddressCount = (subnet.AvailableIpAddressCount ?? 1) - 1;
  activity.Description = `Launching a new EC2 instance: ${machine.InstanceId}`;
  group.Instances?.push({
    InstanceId: machine.InstanceId,
    InstanceType,
    AvailabilityZone: subnet?.AvailabilityZone,
    LifecycleState: 'InService',
    HealthStatus: 'Healthy',
    LaunchTemplate: group.LaunchTemplate,
    ProtectedFromScaleIn: false,
  });
  world.after(BOOT_MS, () => join(world, group, machine));
}

/** The agent registers over the network, as the instance's role. */
function join(world: World, group: Group, machine: Machine): void {
  const { account } = world;
  const host = `ecs.${account.region}.amazonaws.com`;
  const answer = callApi(
    account.state,
    {
      from: hostInterface(world, machine),
      roleArn: instanceRoleOf(world, machine),
      session: machine.InstanceId,
    },
    { host, action: 'ecs:RegisterContainerInstance', resource: '*' },
  );
  if (answer.kind !== 'done') return;
  const { ecs, ec2 } = account.state;
  const provider = ecs.capacityProviders.find(
    (one) => one.autoScalingGroupProvider?.autoScalingGroupArn === group.AutoScalingGroupARN,
  );
  const sibling = ecs.containerInstances.find((one) =>
    (group.Instances ?? []).some((other) => other.InstanceId === one.ec2InstanceId),
  );
  const cluster =
    sibling?.containerInstanceArn.split('/').at(-2) ??
    ecs.clusters.find((one) => provider !== undefined && one.capacityProviders?.includes(provider.name))
      ?.clusterName;
  if (cluster === undefined) return;
  const info = ec2.InstanceTypes.find((one) => one.InstanceType === machine.InstanceType);
  const resources = sibling?.registeredResources ?? [
    {
      name: 'CPU',
      type: 'INTEGER',
      integerValue: (info?.VCpuInfo?.DefaultVCpus ?? DEFAULT_VCPUS) * CPU_UNITS,
    },
    {
      name: 'MEMORY',
      type: 'INTEGER',
      integerValue: Math.floor((info?.MemoryInfo?.SizeInMiB ?? DEFAULT_MEMORY_MIB) * 0.95),
    },
    { name: 'PORTS', type: 'STRINGSET', stringSetValue: ['22', '2375', '2376', '51678', '51679'] },
  ];
  const joined: SnapshotContainerInstance = {
    containerInstanceArn: `arn:aws:ecs:${account.region}:${account.id}:container-instance/${cluster}/${account.newHex(32)}`,
    ec2InstanceId: machine.InstanceId,
    ...(provider === undefined ? {} : { capacityProviderName: provider.name }),
    status: 'ACTIVE',
    agentConnected: true,
    runningTasksCount: 0,
    pendingTasksCount: 0,
    registeredAt: isoNow(world),
    registeredResources: structuredClone(resources),
    remainingResources: structuredClone(resources),
    attributes: (sibling?.attributes ?? []).map((one) =>
      one.name === 'ecs.availability-zone' ? { ...one, value: machine.Placement?.AvailabilityZone } : one,
    ),
    attachments: [],
    tags: [],
  };
  ecs.containerInstances.push(joined);
  keepAgent(world, joined, 0);
  for (const service of ecs.services) world.reconcile(service);
}

function groupOf(world: World, arn: string | undefined): Group | undefined {
  return world.account.state.autoscaling.AutoScalingGroups.find(
    (one) =>
      arn !== undefined && (one.AutoScalingGroupARN === arn || arn.endsWith(`/${one.AutoScalingGroupName}`)),
  );
}

function subnetFor(world: World, group: Group) {
  const ids = (group.VPCZoneIdentifier ?? '').split(',').map((id) => id.trim());
  const subnets = world.account.state.ec2.Subnets.filter((one) => ids.includes(one.SubnetId));
  const here = (zone: string | undefined) =>
    (group.Instances ?? []).filter((one) => one.AvailabilityZone === zone).length;
  return subnets.sort((left, right) => here(left.AvailabilityZone) - here(right.AvailabilityZone))[0];
}

/** An instance that the group has, as the pattern for the next one. */
function modelOf(world: World, group: Group): Partial<Machine> {
  const ids = new Set((group.Instances ?? []).map((one) => one.InstanceId));
  return world.account.state.ec2.Instances.find((one) => ids.has(one.InstanceId)) ?? {};
}

function typeOf(world: World, group: Group): string {
  return (
    modelOf(world, group).InstanceType ??
    group.MixedInstancesPolicy?.LaunchTemplate?.Overrides?.[0]?.InstanceType ??
    world.account.state.ec2.InstanceTypes[0]?.InstanceType ??
    'm5.large'
  );
}
