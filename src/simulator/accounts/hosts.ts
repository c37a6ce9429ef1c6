// The hosts of a made-up account as AWS shows them: EC2 instances and their interfaces, container instances, the Auto Scaling group and
// the capacity provider they come from, their role, and beside them a group that has nothing to do with the cluster.

import type { Snapshot, SnapshotInput, SnapshotNetworkInterface } from '../../contract/snapshot.ts';
import { offeredAttributes } from '../physics/required-attributes.ts';
import { type FleetPlan, type HostPlan, registeredSize } from './fleet-plan.ts';
import { bastion, bastionGroup } from './hosts-bystander.ts';
import { arn, groupArn, hostArn, minutesAgo, roleArn } from './names.ts';
import { plainInterface } from './network.ts';
import type { AccountPlan } from './plan.ts';
import type { PlacedTask } from './running-tasks.ts';

const DAY_MINUTES = 1_440;
const HOSTS_DAYS = 20;
/** Ports that the host itself and its agent use. */
const OWN_PORTS = ['22', '2375', '2376', '51678', '51679'];

/** The part of the account that is there because tasks run on hosts. */
export interface HostParts {
  readonly containerInstances: Snapshot['ecs']['containerInstances'];
  readonly capacityProviders: Snapshot['ecs']['capacityProviders'];
  readonly instances: NonNullable<NonNullable<SnapshotInput['ec2']>['Instances']>;
  readonly instanceTypes: NonNullable<NonNullable<SnapshotInput['ec2']>['InstanceTypes']>;
  readonly interfaces: SnapshotNetworkInterface[];
  readonly groups: NonNullable<NonNullable<SnapshotInput['autoscaling']>['AutoScalingGroups']>;
  readonly activities: NonNullable<NonNullable<SnapshotInput['autoscaling']>['Activities']>;
  readonly roles: Snapshot['iam']['Roles'];
}

/** Everything of the fleet with `placed` running on it. */
export function hostParts(plan: AccountPlan, fleet: FleetPlan, placed: readonly PlacedTask[]): HostParts {
  return {
    containerInstances: fleet.hosts.map((host) => containerInstance(plan, fleet, { host, placed })),
    capacityProviders: fleet.provider === undefined ? [] : [providerOf(plan, fleet, fleet.provider)],
    instances: [...fleet.hosts.map((host) => instanceOf(plan, fleet, host)), bastion(plan, fleet)],
    instanceTypes: [
      {
        InstanceType: fleet.type.name as 'm5.large',
        VCpuInfo: { DefaultVCpus: fleet.type.vcpus },
        MemoryInfo: { SizeInMiB: fleet.type.memoryMiB },
        NetworkInfo: { MaximumNetworkInterfaces: fleet.type.interfaces, Ipv4AddressesPerInterface: 15 },
        ProcessorInfo: { SupportedArchitectures: ['x86_64'] },
      },
    ],
    interfaces: fleet.hosts.map((host) => hostInterface(plan, fleet, host)),
    groups: [groupOf(plan, fleet), bastionGroup(plan, fleet)],
    activities: launches(plan, fleet),
    roles: [hostRole(plan, fleet)],
  };
}

function containerInstance(
  plan: AccountPlan,
  fleet: FleetPlan,
  { host, placed }: { host: HostPlan; placed: readonly PlacedTask[] },
): Snapshot['ecs']['containerInstances'][number] {
  const own = placed.filter((task) => task.host === host);
  const { cpu, memoryMiB } = registeredSize(fleet.type);
  const resources = (used: { cpu: number; memoryMiB: number }) => [
    { name: 'CPU', type: 'INTEGER', integerValue: cpu - used.cpu },
    { name: 'MEMORY', type: 'INTEGER', integerValue: memoryMiB - used.memoryMiB },
    { name: 'PORTS', type: 'STRINGSET', stringSetValue: [...OWN_PORTS] },
    { name: 'PORTS_UDP', type: 'STRINGSET', stringSetValue: [] },
  ];
  const sum = (of: (task: PlacedTask) => number) => own.reduce((total, task) => total + of(task), 0);
  return {
    containerInstanceArn: hostArn(plan, host.id),
    ec2InstanceId: host.instanceId,
    ...(fleet.provider === undefined ? {} : { capacityProviderName: fleet.provider }),
    status: 'ACTIVE',
    agentConnected: true,
    version: 412,
    versionInfo: { agentVersion: '1.98.0', agentHash: '4b7f3f1d', dockerVersion: 'DockerVersion: 25.0.13' },
    runningTasksCount: own.length,
    pendingTasksCount: 0,
    registeredResources: resources({ cpu: 0, memoryMiB: 0 }),
    remainingResources: resources({
      cpu: sum((task) => task.service.cpu),
      memoryMiB: sum((task) => task.service.memoryMiB),
    }),
    attributes: [
      ...offeredAttributes.map((name) => ({ name })),
      { name: 'ecs.ami-id', value: fleet.imageId },
      { name: 'ecs.availability-zone', value: host.zone.name },
      { name: 'ecs.cpu-architecture', value: 'x86_64' },
      { name: 'ecs.instance-type', value: fleet.type.name },
      { name: 'ecs.os-family', value: 'LINUX' },
      { name: 'ecs.os-type', value: 'linux' },
      { name: 'ecs.subnet-id', value: host.zone.subnets.tasks },
      { name: 'ecs.vpc-id', value: plan.vpc },
      ...(fleet.trunking ? [{ name: 'ecs.awsvpc-trunk-id', value: trunkId(host) }] : []),
    ],
    attachments:
      fleet.networkMode === 'bridge'
        ? []
        : own.map((task) => ({ id: task.attachmentId, type: 'eni', status: 'ATTACHED', details: [] })),
    registeredAt: minutesAgo(plan, HOSTS_DAYS * DAY_MINUTES),
    tags: [],
  };
}

/** The trunk is an interface of its own beside the primary one. */
const trunkId = (host: HostPlan) => `eni-0${host.id.slice(0, 16)}`;

function instanceOf(plan: AccountPlan, fleet: FleetPlan, host: HostPlan): HostParts['instances'][number] {
  return {
    InstanceId: host.instanceId,
    InstanceType: fleet.type.name as 'm5.large',
    ImageId: fleet.imageId,
    State: { Code: 16, Name: 'running' },
    LaunchTime: minutesAgo(plan, HOSTS_DAYS * DAY_MINUTES + 2),
    VpcId: plan.vpc,
    SubnetId: host.zone.subnets.tasks,
    PrivateIpAddress: host.address,
    PrivateDnsName: `ip-${host.address.replaceAll('.', '-')}.${plan.region}.compute.internal`,
    SecurityGroups: [{ GroupId: fleet.group, GroupName: fleet.name }],
    IamInstanceProfile: { Arn: `arn:aws:iam::${plan.account}:instance-profile/${fleet.role}` },
    Placement: { AvailabilityZone: host.zone.name, Tenancy: 'default' },
    Tags: [
      { Key: 'Name', Value: fleet.name },
      { Key: 'aws:autoscaling:groupName', Value: fleet.name },
    ],
  };
}

function hostInterface(plan: AccountPlan, fleet: FleetPlan, host: HostPlan): SnapshotNetworkInterface {
  return {
    ...plainInterface(plan, host.interfaceId, {
      zone: host.zone,
      kind: 'tasks',
      address: host.address,
      groups: [fleet.group],
    }),
    RequesterManaged: false,
    Description: '',
    Attachment: {
      AttachmentId: `eni-attach-0${host.id.slice(-16)}`,
      InstanceId: host.instanceId,
      InstanceOwnerId: plan.account,
      DeviceIndex: 0,
      Status: 'attached',
      DeleteOnTermination: true,
    },
  };
}

function groupOf(plan: AccountPlan, fleet: FleetPlan): HostParts['groups'][number] {
  const template = {
    LaunchTemplateId: fleet.launchTemplate,
    LaunchTemplateName: fleet.name,
    Version: '$Latest',
  };
  return {
    AutoScalingGroupName: fleet.name,
    AutoScalingGroupARN: groupArn(plan, fleet.name),
    LaunchTemplate: template,
    MinSize: plan.zones.length,
    MaxSize: fleet.maxSize,
    DesiredCapacity: fleet.hosts.length,
    DefaultCooldown: 300,
    AvailabilityZones: plan.zones.map((zone) => zone.name),
    VPCZoneIdentifier: plan.zones.map((zone) => zone.subnets.tasks).join(','),
    HealthCheckType: 'EC2',
    HealthCheckGracePeriod: 0,
    CreatedTime: minutesAgo(plan, 300 * DAY_MINUTES),
    Instances: fleet.hosts.map((host) => ({
      InstanceId: host.instanceId,
      InstanceType: fleet.type.name,
      AvailabilityZone: host.zone.name,
      LifecycleState: 'InService' as const,
      HealthStatus: 'Healthy',
      LaunchTemplate: { ...template, Version: '7' },
      ProtectedFromScaleIn: false,
    })),
    Tags: [
      {
        Key: fleet.provider === undefined ? 'Cluster' : 'AmazonECSManaged',
        Value: fleet.provider === undefined ? plan.cluster : '',
        ResourceId: fleet.name,
        ResourceType: 'auto-scaling-group',
        PropagateAtLaunch: true,
      },
    ],
    SuspendedProcesses: [],
    TerminationPolicies: ['Default'],
  };
}

function launches(plan: AccountPlan, fleet: FleetPlan): HostParts['activities'] {
  return fleet.hosts.map((host, index) => ({
    ActivityId: `${host.id.slice(0, 8)}-${host.id.slice(8, 12)}-${host.id.slice(12, 16)}-${host.id.slice(16, 20)}-${host.id.slice(20)}`,
    AutoScalingGroupName: fleet.name,
    Description: `Launching a new EC2 instance: ${host.instanceId}`,
    Cause: `At ${minutesAgo(plan, HOSTS_DAYS * DAY_MINUTES + 3).replace('.000Z', 'Z')} an instance was started in response to a difference between desired and actual capacity, increasing the capacity from ${index} to ${index + 1}.`,
    StartTime: minutesAgo(plan, HOSTS_DAYS * DAY_MINUTES + 2),
    EndTime: minutesAgo(plan, HOSTS_DAYS * DAY_MINUTES + 1),
    StatusCode: 'Successful' as const,
    Progress: 100,
  }));
}

function providerOf(
  plan: AccountPlan,
  fleet: FleetPlan,
  name: string,
): HostParts['capacityProviders'][number] {
  return {
    capacityProviderArn: arn(plan, 'ecs', `capacity-provider/${name}`),
    name,
    status: 'ACTIVE',
    autoScalingGroupProvider: {
      autoScalingGroupArn: groupArn(plan, fleet.name),
      managedScaling: {
        status: 'ENABLED',
        targetCapacity: 100,
        minimumScalingStepSize: 1,
        maximumScalingStepSize: 10_000,
        instanceWarmupPeriod: 300,
      },
      managedTerminationProtection: 'DISABLED',
      managedDraining: 'ENABLED',
    },
    tags: [],
  };
}

function hostRole(plan: AccountPlan, fleet: FleetPlan): Snapshot['iam']['Roles'][number] {
  return {
    RoleName: fleet.role,
    Arn: roleArn(plan, fleet.role),
    CreateDate: minutesAgo(plan, 400 * DAY_MINUTES),
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
    policies: [],
    AttachedManagedPolicies: [
      {
        PolicyName: 'AmazonEC2ContainerServiceforEC2Role',
        PolicyArn: 'arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role',
      },
      {
        PolicyName: 'AmazonSSMManagedInstanceCore',
        PolicyArn: 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore',
      },
    ],
  };
}
