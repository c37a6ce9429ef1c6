// One incident per cause as a change of a small healthy account: what proves it, what only looks like it, and what is refused to be read.

import type { CauseClass } from '../../../src/contract/finding.ts';
import type { Snapshot } from '../../../src/contract/snapshot.ts';
import {
  addTasks,
  allFail,
  ids,
  NOW_MS,
  rollOut,
  theDefinition,
  theService,
} from '../../support/account-builder.ts';

export interface CauseCase {
  readonly class: CauseClass;
  readonly verdict: 'proven' | 'likely';
  readonly ill: (s: Snapshot) => void;
  /** Looks like it and is not. */
  readonly decoy: (s: Snapshot) => void;
  /** Reads that are refused; then the class must not be proven. Left out for causes that the service itself shows. */
  readonly denied?: readonly string[];
  readonly fix?: string;
}

const iso = (secondsAgo: number) => new Date(NOW_MS - secondsAgo * 1_000).toISOString();
const BALANCER =
  'arn:aws:elasticloadbalancing:eu-central-1:210987654321:loadbalancer/app/front/0123456789abcdef';
const TARGETS = 'arn:aws:elasticloadbalancing:eu-central-1:210987654321:targetgroup/api/0123456789abcdef';
const BALANCER_GROUP = 'sg-0eeee5555ffff6666';
const cluster = (s: Snapshot) => s.ecs.clusters[0]?.clusterArn ?? '';

/** The scheduler's words in the service's events, and nothing runs. */
export function complains(s: Snapshot, text: string, secondsAgo = 120): void {
  const service = theService(s);
  service.events = [{ id: 'e1', createdAt: iso(secondsAgo), message: `(service api) ${text}` }];
}

function short(s: Snapshot): void {
  Object.assign(theService(s), { runningCount: 1 });
  s.ecs.tasks.pop();
}

const noPlace = (why: string) =>
  `was unable to place a task because no container instance met all of its requirements. The closest matching container-instance 0a1b2c3d ${why}`;

interface Host {
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

function fixedPort(s: Snapshot): void {
  const [container] = theDefinition(s).containerDefinitions ?? [];
  if (container !== undefined) container.portMappings = [{ containerPort: 8080, hostPort: 8080 }];
}

/** An auto scaling group behind a capacity provider of the service. */
function grouped(s: Snapshot, group: { max: number; instances: readonly string[] }, failure?: string): void {
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

/** A load balancer in front, whose targets are in this state. */
export function balanced(
  s: Snapshot,
  health: object,
  options: { open?: boolean; healthPort?: string } = {},
): void {
  const service = theService(s);
  service.loadBalancers = [{ targetGroupArn: TARGETS, containerName: 'app', containerPort: 8080 }];
  service.healthCheckGracePeriodSeconds = 0;
  const [container] = theDefinition(s).containerDefinitions ?? [];
  if (container !== undefined) container.portMappings = [{ containerPort: 8080 }];
  s.elbv2.LoadBalancers = [
    {
      LoadBalancerArn: BALANCER,
      LoadBalancerName: 'front',
      Type: 'application',
      Scheme: 'internet-facing',
      SecurityGroups: [BALANCER_GROUP],
      AvailabilityZones: [{ ZoneName: 'eu-central-1a', SubnetId: ids.subnets.data }],
    },
  ];
  s.elbv2.TargetGroups = [
    {
      TargetGroupArn: TARGETS,
      TargetGroupName: 'api',
      TargetType: 'ip',
      Protocol: 'HTTP',
      Port: 8080,
      HealthCheckProtocol: 'HTTP',
      HealthCheckPort: options.healthPort ?? 'traffic-port',
      HealthCheckPath: '/health',
      HealthCheckIntervalSeconds: 10,
      UnhealthyThresholdCount: 3,
      Matcher: { HttpCode: '200' },
      LoadBalancerArns: [BALANCER],
    },
  ];
  s.elbv2.TargetHealth[TARGETS] = s.ecs.tasks
    .filter((task) => task.lastStatus === 'RUNNING')
    .map((task) => ({
      Target: {
        Id: task.attachments?.[0]?.details?.find((one) => one.name === 'privateIPv4Address')?.value ?? '',
        Port: 8080,
      },
      TargetHealth: health,
    }));
  s.ec2.SecurityGroups.push({
    GroupId: BALANCER_GROUP,
    GroupName: 'front',
    VpcId: ids.vpc,
    IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
  });
  const app = s.ec2.SecurityGroups.find((group) => group.GroupId === ids.groups.app);
  if (options.open !== false && app !== undefined)
    app.IpPermissions = [
      { IpProtocol: 'tcp', FromPort: 8080, ToPort: 8080, UserIdGroupPairs: [{ GroupId: BALANCER_GROUP }] },
    ];
}

const unhealthy = (Reason: string, Description = '') => ({ State: 'unhealthy', Reason, Description });
const killedByBalancer = {
  stop: {
    stopCode: 'ServiceSchedulerInitiated' as const,
    stoppedReason: `Task failed ELB health checks in (target-group ${TARGETS})`,
  },
};

/** Tasks the load balancer ended, ready this long after their start. */
function killedAfter(s: Snapshot, readySeconds: number): void {
  balanced(s, unhealthy('Target.FailedHealthChecks'));
  const tasks = allFail(s, {
    ...killedByBalancer,
    container: { exitCode: 143 },
    log: ['booting', 'listening on 0.0.0.0:8080'],
  });
  s.elbv2.TargetHealth[TARGETS] = [];
  for (const task of tasks) {
    const started = Date.parse(task.startedAt ?? '') - 200_000;
    task.startedAt = new Date(started).toISOString();
    task.createdAt = new Date(started - 20_000).toISOString();
    const stream = s.logs.logGroups[0]?.streams.find((one) =>
      one.logStreamName.endsWith(task.taskArn.split('/').at(-1) ?? ''),
    );
    if (stream !== undefined)
      stream.events = [
        { timestamp: started + 1_000, message: 'booting' },
        { timestamp: started + readySeconds * 1_000, message: 'listening on 0.0.0.0:8080' },
      ];
  }
}

/** Two tasks that were stopped on purpose, `seconds` after they were asked to. */
function stoppedOnPurpose(s: Snapshot, seconds: number, container: object): void {
  const tasks = addTasks(s, {
    count: 2,
    secondsAgo: 200,
    stop: {
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: 'Scaling activity initiated by (deployment ecs-svc/7)',
    },
    container,
  });
  for (const task of tasks) {
    const end = Date.parse(task.stoppedAt ?? '');
    task.stoppingAt = new Date(end - seconds * 1_000).toISOString();
    task.executionStoppedAt = new Date(end).toISOString();
  }
}

function scaled(s: Snapshot, counts: readonly number[]): void {
  const service = theService(s);
  service.events = [0, 1, 2, 3, 4, 5].map((index) => ({
    id: `e${index}`,
    createdAt: iso(300 + index * 600),
    message:
      index % 2 === 0
        ? '(service api) has started 2 tasks: (task a).'
        : '(service api) has stopped 2 running tasks: (task b).',
  }));
  const about = {
    ServiceNamespace: 'ecs' as const,
    ResourceId: 'service/prod/api',
    ScalableDimension: 'ecs:service:DesiredCount' as const,
  };
  s.applicationAutoscaling.ScalableTargets = [
    {
      ...about,
      MinCapacity: 1,
      MaxCapacity: 10,
      RoleARN: 'arn:aws:iam::210987654321:role/scaling',
      CreationTime: iso(900_000),
    },
  ];
  s.applicationAutoscaling.ScalingActivities = counts.map((count, index) => ({
    ...about,
    ActivityId: `a${index}`,
    Description: `Setting desired count to ${count}.`,
    Cause: 'monitor alarm cpu in state ALARM triggered policy cpu',
    StartTime: iso(5_000 - index * 600),
    StatusCode: 'Successful',
  }));
}

function dependsOn(s: Snapshot, exitCode: number): void {
  const definition = theDefinition(s);
  const [app] = definition.containerDefinitions ?? [];
  if (app !== undefined) app.dependsOn = [{ containerName: 'migrate', condition: 'SUCCESS' }];
  definition.containerDefinitions?.push({ name: 'migrate', image: 'migrate:1', essential: false });
  for (const task of allFail(s, {
    stop: { stopCode: 'TaskFailedToStart', stoppedReason: 'Task failed to start' },
  }))
    task.containers?.push({ name: 'migrate', lastStatus: 'STOPPED', exitCode });
}

export const causeCases: readonly CauseCase[] = [
  {
    class: 'insufficient-cluster-resources',
    verdict: 'proven',
    ill: (s) => (
      onHosts(s, [{ memory: 100 }, { memory: 200 }]),
      short(s),
      complains(s, noPlace('has insufficient memory available.'))
    ),
    decoy: (s) => (
      onHosts(s, [{ memory: 100 }, {}]), short(s), complains(s, noPlace('has insufficient memory available.'))
    ),
    denied: ['ecs:ListContainerInstances'],
  },
  {
    class: 'host-port-conflict',
    verdict: 'proven',
    ill: (s) => (
      onHosts(s, [{ ports: ['22', '8080'] }]),
      fixedPort(s),
      short(s),
      complains(s, noPlace('is already using a port required by your task.'))
    ),
    decoy: (s) => (
      onHosts(s, [{ ports: ['22', '8080'] }, {}]),
      fixedPort(s),
      short(s),
      complains(s, noPlace('is already using a port required by your task.'))
    ),
    denied: ['ecs:DescribeContainerInstances'],
  },
  {
    class: 'placement-constraint-unmet',
    verdict: 'proven',
    ill: (s) => {
      onHosts(s, [{}]);
      theService(s).placementConstraints = [
        { type: 'memberOf', expression: 'attribute:ecs.instance-type =~ g4dn.*' },
      ];
      short(s);
      complains(s, noPlace('is missing an attribute required by your task.'));
    },
    decoy: (s) => {
      onHosts(s, [{ attributes: [{ name: 'ecs.instance-type', value: 'g4dn.xlarge' }] }]);
      theService(s).placementConstraints = [
        { type: 'memberOf', expression: 'attribute:ecs.instance-type =~ g4dn.*' },
      ];
      short(s);
      complains(s, noPlace('is missing an attribute required by your task.'));
    },
    denied: ['ecs:ListContainerInstances'],
  },
  {
    class: 'agent-disconnected',
    verdict: 'proven',
    ill: (s) => (
      onHosts(s, [{ connected: false }]), short(s), complains(s, noPlace('encountered error "AGENT".'))
    ),
    decoy: (s) => (
      onHosts(s, [{ connected: false }, {}]), short(s), complains(s, noPlace('encountered error "AGENT".'))
    ),
    denied: ['ecs:DescribeContainerInstances'],
  },
  {
    class: 'asg-capacity-failure',
    verdict: 'proven',
    ill: (s) => (
      onHosts(s, []),
      short(s),
      grouped(
        s,
        { max: 3, instances: [] },
        'You have requested more vCPU capacity than your current vCPU limit allows.',
      ),
      complains(
        s,
        'was unable to place a task because no container instance met all of its requirements. Reason: No Container Instances were found in your capacity provider.',
      )
    ),
    decoy: (s) => (
      onHosts(s, [{}]),
      short(s),
      grouped(s, { max: 1, instances: ['i-0aaaa1111bbbb2220'] }),
      complains(s, noPlace('has insufficient memory available.'))
    ),
    denied: ['autoscaling:DescribeAutoScalingGroups'],
  },
  {
    class: 'instance-registration-failed',
    verdict: 'proven',
    ill: (s) => (
      onHosts(s, []),
      short(s),
      grouped(s, { max: 2, instances: ['i-0bbbb1111bbbb2220'] }),
      complains(
        s,
        'was unable to place a task because no container instance met all of its requirements. Reason: No Container Instances were found in your cluster.',
      )
    ),
    decoy: (s) => (
      onHosts(s, [{ memory: 10 }]),
      short(s),
      grouped(s, { max: 1, instances: ['i-0aaaa1111bbbb2220'] }),
      complains(s, noPlace('has insufficient memory available.'))
    ),
    denied: ['ecs:ListContainerInstances'],
  },
  {
    class: 'subnet-ip-exhaustion',
    verdict: 'proven',
    ill: (s) => {
      for (const subnet of s.ec2.Subnets) subnet.AvailableIpAddressCount = 0;
      allFail(s, {
        stop: {
          stopCode: 'TaskFailedToStart',
          stoppedReason:
            'Unexpected EC2 error while attempting to Create Network Interface: InsufficientFreeAddressesInSubnet',
        },
      });
    },
    decoy: (s) =>
      void allFail(s, {
        stop: {
          stopCode: 'TaskFailedToStart',
          stoppedReason:
            'Unexpected EC2 error while attempting to Create Network Interface: InsufficientFreeAddressesInSubnet',
        },
      }),
    denied: ['ec2:DescribeSubnets'],
  },
  {
    class: 'fargate-capacity-unavailable',
    verdict: 'likely',
    ill: (s) => (
      short(s),
      complains(
        s,
        'was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone',
      )
    ),
    decoy: (s) =>
      complains(
        s,
        'was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone',
        3_000,
      ),
  },
  {
    class: 'fargate-quota',
    verdict: 'likely',
    ill: (s) => (
      short(s),
      complains(
        s,
        "was unable to place a task. Reason: You've reached the limit on the number of tasks you can run concurrently.",
      )
    ),
    decoy: (s) => (
      short(s),
      complains(
        s,
        "was unable to place a task. Reason: You've reached the limit on the number of tasks you can run concurrently.",
        9 * 3_600,
      )
    ),
  },
  {
    class: 'api-throttling',
    verdict: 'likely',
    ill: (s) => (short(s), complains(s, 'operations are being throttled. Will try again later.')),
    decoy: (s) => complains(s, 'operations are being throttled. Will try again later.'),
  },
  {
    class: 'infrastructure-interruption',
    verdict: 'proven',
    ill: (s) =>
      void allFail(s, {
        stop: { stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' },
      }),
    decoy: (s) =>
      void addTasks(s, {
        count: 1,
        secondsAgo: 1_000,
        stop: { stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' },
      }),
  },
  {
    class: 'deployment-settings',
    verdict: 'proven',
    ill: (s) => {
      rollOut(s).deploymentConfiguration = { minimumHealthyPercent: 100, maximumPercent: 120 };
      theService(s).desiredCount = 2;
    },
    decoy: (s) => {
      rollOut(s).deploymentConfiguration = { minimumHealthyPercent: 50, maximumPercent: 100 };
    },
  },
  {
    class: 'deployment-controller-mismatch',
    verdict: 'proven',
    ill: (s) => {
      theService(s).deploymentController = { type: 'CODE_DEPLOY' };
      short(s);
      complains(
        s,
        'Unable to update network parameters on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.',
      );
    },
    decoy: (s) => {
      theService(s).deploymentController = { type: 'CODE_DEPLOY' };
    },
  },
  {
    class: 'stale-or-wrong-reference',
    verdict: 'proven',
    ill: (s) => {
      const network = theService(s).networkConfiguration?.awsvpcConfiguration;
      if (network !== undefined) network.securityGroups = ['sg-0dead0000dead0000'];
      short(s);
      complains(
        s,
        'failed to launch a task with (error The security group sg-0dead0000dead0000 does not exist).',
      );
    },
    decoy: (s) => (
      short(s),
      complains(
        s,
        'failed to launch a task with (error The security group sg-0dead0000dead0000 does not exist).',
      )
    ),
    denied: ['ec2:DescribeSecurityGroups'],
  },
  {
    class: 'service-lifecycle-conflict',
    verdict: 'likely',
    ill: (s) => {
      theService(s).status = 'DRAINING';
    },
    decoy: (s) => complains(s, 'Unable to Start a service that is still Draining.', 200),
  },
  {
    class: 'autoscaling-conflict',
    verdict: 'proven',
    ill: (s) => scaled(s, [6, 6, 6]),
    decoy: (s) => scaled(s, [2, 4, 6]),
    denied: ['application-autoscaling:DescribeScalingActivities'],
  },
  {
    class: 'lb-attachment-invalid',
    verdict: 'proven',
    ill: (s) => {
      balanced(s, {
        State: 'unused',
        Reason: 'Target.NotInUse',
        Description: 'Target group is not configured to receive traffic from the load balancer',
      });
      for (const group of s.elbv2.TargetGroups) group.LoadBalancerArns = [];
    },
    decoy: (s) => balanced(s, { State: 'healthy' }),
    denied: ['elasticloadbalancing:DescribeTargetGroups', 'elasticloadbalancing:DescribeTargetHealth'],
  },
  {
    class: 'network-mode-mismatch',
    verdict: 'proven',
    ill: (s) => {
      balanced(s, unhealthy('Target.Timeout'));
      for (const group of s.elbv2.TargetGroups) group.TargetType = 'instance';
    },
    decoy: (s) => balanced(s, unhealthy('Target.Timeout')),
    denied: ['elasticloadbalancing:DescribeTargetGroups'],
  },
  {
    class: 'lb-sg-ingress-missing',
    verdict: 'proven',
    ill: (s) => balanced(s, unhealthy('Target.Timeout'), { healthPort: '5000' }),
    decoy: (s) => balanced(s, unhealthy('Target.Timeout')),
    denied: ['elasticloadbalancing:DescribeLoadBalancers'],
    fix: 'ec2_authorize_security_group_ingress',
  },
  {
    class: 'lb-healthcheck-misconfig',
    verdict: 'proven',
    ill: (s) =>
      balanced(s, unhealthy('Target.ResponseCodeMismatch', 'Health checks failed with these codes: [301]')),
    decoy: (s) =>
      balanced(s, unhealthy('Target.ResponseCodeMismatch', 'Health checks failed with these codes: [503]')),
    denied: ['elasticloadbalancing:DescribeTargetHealth'],
  },
  {
    class: 'slow-start-grace',
    verdict: 'likely',
    ill: (s) => killedAfter(s, 90),
    decoy: (s) => killedAfter(s, 3),
    denied: ['logs:GetLogEvents'],
    fix: 'ecs_update_service',
  },
  {
    class: 'app-bind-address',
    verdict: 'likely',
    ill: (s) => {
      killedAfter(s, 3);
      for (const stream of s.logs.logGroups[0]?.streams ?? [])
        for (const event of stream.events) event.message = event.message.replace('0.0.0.0', '127.0.0.1');
    },
    decoy: (s) => killedAfter(s, 3),
    denied: ['logs:GetLogEvents'],
  },
  {
    class: 'container-healthcheck-invalid',
    verdict: 'proven',
    ill: (s) => checked(s, ['CMD', 'curl -f http://localhost:8080/ || exit 1']),
    decoy: (s) => checked(s, ['CMD-SHELL', 'curl -f http://localhost:8080/ || exit 1']),
    denied: ['ecs:DescribeTaskDefinition'],
  },
  {
    class: 'graceful-shutdown-gap',
    verdict: 'proven',
    ill: (s) => stoppedOnPurpose(s, 31, { exitCode: 137 }),
    decoy: (s) =>
      stoppedOnPurpose(s, 31, {
        exitCode: 137,
        reason: 'OutOfMemoryError: Container killed due to memory usage',
      }),
  },
  {
    class: 'container-dependency-failed',
    verdict: 'proven',
    ill: (s) => dependsOn(s, 3),
    decoy: (s) => dependsOn(s, 0),
    denied: ['ecs:DescribeTaskDefinition'],
  },
];

function checked(s: Snapshot, command: string[]): void {
  const [container] = theDefinition(s).containerDefinitions ?? [];
  if (container !== undefined) container.healthCheck = { command };
  allFail(s, {
    stop: { stopCode: 'ServiceSchedulerInitiated', stoppedReason: 'Task failed container health checks' },
    container: { exitCode: 143, healthStatus: 'UNHEALTHY' },
    log: ['listening on 0.0.0.0:8080'],
  });
}
