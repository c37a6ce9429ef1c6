// Hosts under the small account: container instances and the auto scaling group they come from.

import type { Snapshot } from '../../../src/contract/snapshot.ts';
import { theDefinition, theService } from '../../support/account-builder.ts';
import { iso } from './cause-case.ts';

const cluster = (s: Snapshot) => s.ecs.clusters[0]?.clusterArn ?? '';

export interface Host {
  readonly cpu?: number;
  readonly memory?: number;
  readonly ports?: readonly string[];
  readonly connected?: boolean;
  readonly attributes?: readonly { name: string; value?: string }[];
}

/** The service runs on instances of the account, of which these are registered. */
export function onHosts(s: Snapshot, hosts: readonly Host[]): void {
  theService(s).launchType = 'EC2';
  delete theService(s).networkConfiguration;
  theDefinition(s).networkMode = 'bridge';
  s.ecs.containerInstances = hosts.map((host, index) => ({
    containerInstanceArn: `${cluster(s).replace(':cluster/', ':container-instance/')}/${String(index).padStart(32, 'a')}`,
    ec2InstanceId: `i-0aaaa1111bbbb222${index}`,
    status: 'ACTIVE',
    agentConnected: host.connected ?? true,
    remainingResources: [
      { name: 'CPU', type: 'INTEGER', integerValue: host.cpu ?? 2_048 },
      { name: 'MEMORY', type: 'INTEGER', integerValue: host.memory ?? 4_096 },
      { name: 'PORTS', type: 'STRINGSET', stringSetValue: [...(host.ports ?? ['22'])] },
    ],
    attributes: [...(host.attributes ?? [{ name: 'ecs.os-type', value: 'linux' }])],
  }));
}

/** Its container wants port 8080 of the host. */
export function fixedPort(s: Snapshot): void {
  const [container] = theDefinition(s).containerDefinitions ?? [];
  if (container !== undefined) container.portMappings = [{ containerPort: 8080, hostPort: 8080 }];
}

/** An auto scaling group behind a capacity provider of the service. */
export function grouped(
  s: Snapshot,
  group: { max: number; instances: readonly string[] },
  failure?: string,
): void {
  const name = 'prod-hosts';
  const arn = `arn:aws:autoscaling:eu-central-1:210987654321:autoScalingGroup:1:autoScalingGroupName/${name}`;
  theService(s).capacityProviderStrategy = [{ capacityProvider: 'hosts', weight: 1 }];
  s.ecs.capacityProviders = [
    { name: 'hosts', status: 'ACTIVE', autoScalingGroupProvider: { autoScalingGroupArn: arn } },
  ];
  s.autoscaling.AutoScalingGroups = [
    {
      AutoScalingGroupName: name,
      AutoScalingGroupARN: arn,
      MinSize: 0,
      MaxSize: group.max,
      DesiredCapacity: group.max,
      DefaultCooldown: 300,
      AvailabilityZones: ['eu-central-1a'],
      HealthCheckType: 'EC2',
      CreatedTime: iso(900_000),
      Instances: group.instances.map((InstanceId) => ({
        InstanceId,
        AvailabilityZone: 'eu-central-1a',
        LifecycleState: 'InService',
        HealthStatus: 'Healthy',
        ProtectedFromScaleIn: false,
      })),
    },
  ];
  if (failure !== undefined)
    s.autoscaling.Activities = [
      {
        ActivityId: 'a1',
        AutoScalingGroupName: name,
        Cause: 'capacity',
        StartTime: iso(300),
        StatusCode: 'Failed',
        StatusMessage: failure,
      },
    ];
}

/** The scheduler's words when no host took the task. */
export const noPlace = (why: string) =>
  `was unable to place a task because no container instance met all of its requirements. The closest matching container-instance 0a1b2c3d ${why}`;
