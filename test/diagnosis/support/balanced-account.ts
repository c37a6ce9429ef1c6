// A load balancer in front of the small account's service, and tasks it ended.

import type { Snapshot } from '../../../src/contract/snapshot.ts';
import { allFail, ids, theDefinition, theService } from '../../support/account-builder.ts';

const BALANCER =
  'arn:aws:elasticloadbalancing:eu-central-1:210987654321:loadbalancer/app/front/0123456789abcdef';
const TARGETS = 'arn:aws:elasticloadbalancing:eu-central-1:210987654321:targetgroup/api/0123456789abcdef';
const BALANCER_GROUP = 'sg-0eeee5555ffff6666';

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

/** What an unhealthy target says. */
export const unhealthy = (Reason: string, Description = '') => ({ State: 'unhealthy', Reason, Description });

const killedByBalancer = {
  stop: {
    stopCode: 'ServiceSchedulerInitiated' as const,
    stoppedReason: `Task failed ELB health checks in (target-group ${TARGETS})`,
  },
};

/** Tasks the load balancer ended, ready this long after their start. */
export function killedAfter(s: Snapshot, readySeconds: number): void {
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
