// The EC2 side of the base account: three container instances in an auto scaling group behind a capacity provider.

import type { SnapshotContainerInstance } from '../../src/contract/snapshot.ts';
import { found, type World, type Zone, zones } from './base.ts';
import { addInterface, address, subnetId } from './base-network.ts';

export const hostAttributes = [
  'com.amazonaws.ecs.capability.logging-driver.awslogs',
  'com.amazonaws.ecs.capability.logging-driver.json-file',
  'com.amazonaws.ecs.capability.docker-remote-api.1.19',
  'com.amazonaws.ecs.capability.docker-remote-api.1.44',
  'com.amazonaws.ecs.capability.ecr-auth',
  'com.amazonaws.ecs.capability.task-iam-role',
  'ecs.capability.execution-role-awslogs',
  'ecs.capability.execution-role-ecr-pull',
  'ecs.capability.secrets.asm.environment-variables',
  'ecs.capability.secrets.ssm.environment-variables',
  'ecs.capability.task-eni',
  'ecs.capability.container-health-check',
  'ecs.capability.container-ordering',
] as const;

export const instanceMemory = 7_796;
export const instanceCpu = 2_048;

export function hostArn(w: World, zone: Zone): string {
  return w.arn('ecs', `container-instance/${w.place.cluster}/${w.hex(`host-${zone}`, 32)}`);
}

export function theHost(w: World, zone: Zone): SnapshotContainerInstance {
  return found(
    w.snapshot.ecs.containerInstances.find((one) => one.containerInstanceArn === hostArn(w, zone)),
    `host ${zone}`,
  );
}

export function addHosts(w: World): void {
  const { autoscaling, ec2, ecs } = w.snapshot;
  const name = `${w.place.cluster}-ecs-hosts`;
  const group = `arn:aws:autoscaling:${w.place.region}:${w.place.account}:autoScalingGroup:${w.hex('asg', 8)}-0000-4000-8000-${w.hex('asg', 12)}:autoScalingGroupName/${name}`;
  for (const zone of zones) addHost(w, zone);
  autoscaling.AutoScalingGroups.push({
    AutoScalingGroupName: name,
    AutoScalingGroupARN: group,
    MinSize: 3,
    MaxSize: 9,
    DesiredCapacity: 3,
    DefaultCooldown: 300,
    AvailabilityZones: zones.map((zone) => `${w.place.region}${zone}`),
    VPCZoneIdentifier: zones.map((zone) => subnetId(w, 'private', zone)).join(','),
    HealthCheckType: 'EC2',
    CreatedTime: w.ago(9_000_000),
    Instances: zones.map((zone) => ({
      InstanceId: w.id('i', zone),
      AvailabilityZone: `${w.place.region}${zone}`,
      LifecycleState: 'InService',
      HealthStatus: 'Healthy',
      ProtectedFromScaleIn: false,
      InstanceType: 'm5.large',
    })),
  });
  ecs.capacityProviders.push({
    capacityProviderArn: w.arn('ecs', `capacity-provider/${w.place.cluster}-hosts`),
    name: `${w.place.cluster}-hosts`,
    status: 'ACTIVE',
    autoScalingGroupProvider: {
      autoScalingGroupArn: group,
      managedScaling: { status: 'ENABLED', targetCapacity: 100, minimumScalingStepSize: 1 },
      managedTerminationProtection: 'DISABLED',
    },
  });
  ec2.InstanceTypes.push({
    InstanceType: 'm5.large',
    VCpuInfo: { DefaultVCpus: 2 },
    MemoryInfo: { SizeInMiB: 8192 },
    NetworkInfo: { MaximumNetworkInterfaces: 3, Ipv4AddressesPerInterface: 10 },
    ProcessorInfo: { SupportedArchitectures: ['x86_64'] },
  });
}

export function resources(cpu: number, memory: number, ports: readonly number[] = []) {
  const base = ['22', '2375', '2376', '51678', '51679'];
  return [
    { name: 'CPU', type: 'INTEGER', integerValue: cpu },
    { name: 'MEMORY', type: 'INTEGER', integerValue: memory },
    { name: 'PORTS', type: 'STRINGSET', stringSetValue: [...base, ...ports.map(String)] },
    { name: 'PORTS_UDP', type: 'STRINGSET', stringSetValue: [] },
  ];
}

function addHost(w: World, zone: Zone): void {
  w.snapshot.ec2.Instances.push({
    InstanceId: w.id('i', zone),
    InstanceType: 'm5.large',
    State: { Code: 16, Name: 'running' },
    LaunchTime: w.ago(800_000),
    VpcId: w.id('vpc', 'main'),
    SubnetId: subnetId(w, 'private', zone),
    PrivateIpAddress: address(w, 'private', zone, 20),
    SecurityGroups: [{ GroupId: w.id('sg', 'hosts'), GroupName: `${w.place.cluster}-hosts` }],
    IamInstanceProfile: { Arn: `arn:aws:iam::${w.place.account}:instance-profile/ecsInstanceRole` },
    Placement: { AvailabilityZone: `${w.place.region}${zone}`, Tenancy: 'default' },
    Tags: [{ Key: 'aws:autoscaling:groupName', Value: `${w.place.cluster}-ecs-hosts` }],
  });
  addInterface(w, {
    name: `host-${zone}`,
    tier: 'private',
    zone,
    last: 20,
    group: 'hosts',
    description: 'Primary network interface',
  });
  w.snapshot.ecs.containerInstances.push({
    containerInstanceArn: hostArn(w, zone),
    ec2InstanceId: w.id('i', zone),
    capacityProviderName: `${w.place.cluster}-hosts`,
    status: 'ACTIVE',
    agentConnected: true,
    version: 8412,
    versionInfo: { agentVersion: '1.86.3', agentHash: 'a27a5a2c', dockerVersion: 'DockerVersion: 25.0.6' },
    registeredAt: w.ago(799_000),
    runningTasksCount: 2,
    pendingTasksCount: 0,
    registeredResources: resources(instanceCpu, instanceMemory),
    remainingResources: resources(1_024, 4_724),
    attachments: [],
    attributes: [
      ...hostAttributes.map((name) => ({ name })),
      { name: 'ecs.availability-zone', value: `${w.place.region}${zone}` },
      { name: 'ecs.instance-type', value: 'm5.large' },
      { name: 'ecs.os-type', value: 'linux' },
      { name: 'ecs.cpu-architecture', value: 'x86_64' },
      { name: 'ecs.vpc-id', value: w.id('vpc', 'main') },
      { name: 'ecs.subnet-id', value: subnetId(w, 'private', zone) },
    ],
  });
}
