// The demo account's load balancer: one listener, one target group for each balanced service, healthy targets.

import type { Snapshot } from '../../contract/snapshot.ts';
import { BALANCER_ARN, groups, LISTENER_ARN, REGION, subnets, targetGroupArn, VPC, zones } from './names.ts';
import type { TaskFacts } from './tasks.ts';
import { TROUBLED, type Workload, workloads } from './workloads.ts';

/** The load balancer in front of the balanced services, with the tasks that `running` names as healthy targets. */
export function demoBalancing(
  running: readonly { workload: Workload; facts: TaskFacts }[],
): Partial<Snapshot['elbv2']> {
  const balanced = workloads.filter((workload) => workload.balanced);
  return {
    LoadBalancers: [
      {
        LoadBalancerArn: BALANCER_ARN,
        LoadBalancerName: 'production-alb',
        DNSName: `production-alb-1184519102.${REGION}.elb.amazonaws.com`,
        Type: 'application',
        Scheme: 'internet-facing',
        State: { Code: 'active' },
        VpcId: VPC,
        SecurityGroups: [groups.balancer],
        IpAddressType: 'ipv4',
        AvailabilityZones: subnets.public.map((SubnetId, zone) => ({
          ZoneName: zones[zone],
          SubnetId,
          LoadBalancerAddresses: [],
        })),
      },
    ],
    Listeners: [
      {
        ListenerArn: LISTENER_ARN,
        LoadBalancerArn: BALANCER_ARN,
        Port: 80,
        Protocol: 'HTTP',
        DefaultActions: forwardTo(TROUBLED),
      },
    ],
    Rules: rules(),
    TargetGroups: balanced.map(targetGroupOf),
    TargetGroupAttributes: Object.fromEntries(
      balanced.map(({ service }) => [
        targetGroupArn(service),
        [{ Key: 'deregistration_delay.timeout_seconds', Value: '10' }],
      ]),
    ),
    LoadBalancerAttributes: { [BALANCER_ARN]: [{ Key: 'idle_timeout.timeout_seconds', Value: '60' }] },
    TargetHealth: Object.fromEntries(
      balanced.map((workload) => [
        targetGroupArn(workload.service),
        running
          .filter((one) => one.workload === workload)
          .map(({ facts }) => ({
            Target: { Id: facts.address, Port: 8080, AvailabilityZone: zones[facts.zone] },
            HealthCheckPort: '8080',
            TargetHealth: { State: 'healthy' as const },
          })),
      ]),
    ),
  };
}

function targetGroupOf({ service }: Workload): Snapshot['elbv2']['TargetGroups'][number] {
  return {
    TargetGroupArn: targetGroupArn(service),
    TargetGroupName: service,
    Protocol: 'HTTP',
    ProtocolVersion: 'HTTP1',
    Port: 8080,
    VpcId: VPC,
    TargetType: 'ip',
    HealthCheckProtocol: 'HTTP',
    HealthCheckPort: 'traffic-port',
    HealthCheckEnabled: true,
    HealthCheckPath: '/health',
    HealthCheckIntervalSeconds: 10,
    HealthCheckTimeoutSeconds: 5,
    HealthyThresholdCount: 2,
    UnhealthyThresholdCount: 3,
    Matcher: { HttpCode: '200' },
    LoadBalancerArns: [BALANCER_ARN],
    IpAddressType: 'ipv4',
  };
}

function rules(): Snapshot['elbv2']['Rules'] {
  return [
    {
      RuleArn: `${LISTENER_ARN.replace(':listener/', ':listener-rule/')}/9683b2d02a6cabee`,
      Priority: '10',
      IsDefault: false,
      Conditions: [{ Field: 'path-pattern', Values: ['/checkout*'] }],
      Actions: forwardTo('checkout'),
    },
    {
      RuleArn: `${LISTENER_ARN.replace(':listener/', ':listener-rule/')}/0b7c1d9e55f4a2c8`,
      Priority: 'default',
      IsDefault: true,
      Conditions: [],
      Actions: forwardTo(TROUBLED),
    },
  ];
}

function forwardTo(name: string) {
  return [{ Type: 'forward' as const, TargetGroupArn: targetGroupArn(name), Order: 1 }];
}
