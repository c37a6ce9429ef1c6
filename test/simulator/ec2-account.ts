// A cluster of EC2 instances for tests of placement: three hosts in two zones, one auto scaling group behind a capacity
// provider, one service in bridge mode, in the demo account's network.

import type { Snapshot, SnapshotContainerInstance } from '../../src/contract/snapshot.ts';
import {
  ACCOUNT,
  clusterArn,
  groups,
  REGION,
  roleArn,
  subnets,
  VPC,
  zones,
} from '../../src/simulator/demo/names.ts';
import { demoSnapshot } from '../../src/simulator/demo-account.ts';
import { definition, NOW } from './live-account.ts';

export const CLUSTER = 'hosts';
export const SERVICE = 'batch';
export const PROVIDER = 'hosts-provider';
export const GROUP = 'hosts-asg';

const resources = (
  cpu: number,
  memory: number,
): NonNullable<SnapshotContainerInstance['remainingResources']> => [
  { name: 'CPU', type: 'INTEGER', integerValue: cpu },
  { name: 'MEMORY', type: 'INTEGER', integerValue: memory },
  { name: 'PORTS', type: 'STRINGSET', stringSetValue: ['22', '51678'] },
];
export const hostArn = (index: number) =>
  `arn:aws:ecs:${REGION}:${ACCOUNT}:container-instance/${CLUSTER}/${String(index).repeat(32)}`;

/** The demo account with the cluster added; the service wants one task and has none. */
export function withHosts(change: (state: Snapshot) => void = () => {}): Snapshot {
  const state = demoSnapshot(NOW);
  state.ecs.services = [];
  state.ecs.tasks = [];
  state.ecs.clusters.push({
    clusterArn: clusterArn(CLUSTER),
    clusterName: CLUSTER,
    status: 'ACTIVE',
    capacityProviders: [PROVIDER],
  });
  for (const index of [1, 2, 3]) addHost(state, index);
  const arn = `arn:aws:autoscaling:${REGION}:${ACCOUNT}:autoScalingGroup:1:autoScalingGroupName/${GROUP}`;
  state.ecs.capacityProviders.push({
    name: PROVIDER,
    autoScalingGroupProvider: {
      autoScalingGroupArn: arn,
      managedScaling: { status: 'ENABLED', targetCapacity: 100 },
    },
  });
  state.autoscaling.AutoScalingGroups.push({
    AutoScalingGroupName: GROUP,
    AutoScalingGroupARN: arn,
    MinSize: 0,
    MaxSize: 4,
    DesiredCapacity: 3,
    DefaultCooldown: 300,
    AvailabilityZones: [...zones],
    HealthCheckType: 'EC2',
    CreatedTime: '2026-01-01T00:00:00Z',
    VPCZoneIdentifier: subnets.private.join(','),
    Instances: [1, 2, 3].map((index) => ({
      InstanceId: `i-${index}`,
      InstanceType: 'm5.large',
      AvailabilityZone: zones[index % 2]!,
      LifecycleState: 'InService',
      HealthStatus: 'Healthy',
      ProtectedFromScaleIn: false,
    })),
  });
  addService(state);
  change(state);
  return state;
}

export function addHost(state: Snapshot, index: number): void {
  const zone = index % 2;
  state.ec2.Instances.push({
    InstanceId: `i-${index}`,
    InstanceType: 'm5.large',
    VpcId: VPC,
    SubnetId: subnets.private[zone]!,
    PrivateIpAddress: `10.0.1${zone}.${60 + index}`,
    Placement: { AvailabilityZone: zones[zone]! },
    State: { Code: 16, Name: 'running' },
    SecurityGroups: [{ GroupId: groups.worker, GroupName: 'production-workers' }],
    IamInstanceProfile: { Arn: `arn:aws:iam::${ACCOUNT}:instance-profile/hosts`, Id: 'AIPA' },
  });
  state.ecs.containerInstances.push({
    containerInstanceArn: hostArn(index),
    ec2InstanceId: `i-${index}`,
    capacityProviderName: PROVIDER,
    status: 'ACTIVE',
    agentConnected: true,
    runningTasksCount: 0,
    registeredResources: resources(2048, 7600),
    remainingResources: resources(2048, 7600),
    attributes: [
      { name: 'ecs.availability-zone', value: zones[zone]! },
      { name: 'ecs.instance-type', value: 'm5.large' },
      { name: 'com.amazonaws.ecs.capability.logging-driver.awslogs' },
    ],
  });
  if (state.iam.Roles.some((role) => role.RoleName === 'hosts')) return;
  state.iam.Roles.push({
    RoleName: 'hosts',
    Arn: roleArn('hosts'),
    policies: [],
    AttachedManagedPolicies: [
      { PolicyArn: 'arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role' },
    ],
  });
}

function addService(state: Snapshot): void {
  const pattern = definition(state, 'payments-api');
  const taskDefinitionArn = `arn:aws:ecs:${REGION}:${ACCOUNT}:task-definition/${SERVICE}:1`;
  state.ecs.taskDefinitions.push({
    ...structuredClone(pattern),
    taskDefinitionArn,
    revision: 1,
    family: SERVICE,
    networkMode: 'bridge',
    requiresCompatibilities: ['EC2'],
    cpu: '1024',
    memory: '2048',
    requiresAttributes: [],
    containerDefinitions: [
      {
        ...structuredClone(pattern.containerDefinitions![0]!),
        portMappings: [{ containerPort: 8080, hostPort: 0, protocol: 'tcp' }],
      },
    ],
  });
  const shared = {
    taskDefinition: taskDefinitionArn,
    desiredCount: 1,
    runningCount: 0,
    pendingCount: 0,
    launchType: 'EC2' as const,
  };
  state.ecs.services.push({
    serviceArn: `arn:aws:ecs:${REGION}:${ACCOUNT}:service/${CLUSTER}/${SERVICE}`,
    serviceName: SERVICE,
    clusterArn: clusterArn(CLUSTER),
    status: 'ACTIVE',
    ...shared,
    schedulingStrategy: 'REPLICA',
    deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 200 },
    events: [],
    loadBalancers: [],
    placementConstraints: [],
    placementStrategy: [],
    deployments: [
      {
        id: 'ecs-svc/1',
        status: 'PRIMARY',
        createdAt: '2026-11-20T09:00:00Z',
        rolloutState: 'COMPLETED',
        ...shared,
      },
    ],
  });
}

export const batch = (state: Snapshot) => state.ecs.services.find((one) => one.serviceName === SERVICE)!;
export const batchDefinition = (state: Snapshot) => definition(state, SERVICE);
