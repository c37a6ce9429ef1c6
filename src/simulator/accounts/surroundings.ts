// What stands around the services of a made-up account: load balancer, repositories, roles, secrets, databases, hosts.

import type { Snapshot, SnapshotInput } from '../../contract/snapshot.ts';
import { hasInterface } from './fleet-plan.ts';
import { arn, balancerArn, listenerArn, minutesAgo, roleArn, secretArn, targetGroupArn } from './names.ts';
import type { AccountPlan, ServicePlan } from './plan.ts';
import { digestOf, hostPortOf, type PlacedTask } from './running-tasks.ts';

const YEAR_MINUTES = 525_600;

/** One load balancer with a rule and a target group for each balanced service; every task is a healthy target. */
export function balancingOf(
  plan: AccountPlan,
  placed: readonly PlacedTask[],
): NonNullable<SnapshotInput['elbv2']> {
  const balanced = plan.services.filter((service) => service.balanced);
  const forward = (service: ServicePlan) => [
    { Type: 'forward' as const, TargetGroupArn: targetGroupArn(plan, service), Order: 1 },
  ];
  return {
    LoadBalancers: [balancerOf(plan)],
    Listeners: [
      {
        ListenerArn: listenerArn(plan),
        LoadBalancerArn: balancerArn(plan),
        Port: 80,
        Protocol: 'HTTP',
        DefaultActions: balanced[0] === undefined ? [] : forward(balanced[0]),
      },
    ],
    Rules: balanced.map((service, index) => ({
      RuleArn: `${listenerArn(plan).replace(':listener/', ':listener-rule/')}/${service.group.slice(-16)}`,
      Priority: index === 0 ? 'default' : String(index * 10),
      IsDefault: index === 0,
      Conditions: index === 0 ? [] : [{ Field: 'path-pattern', Values: [`/${service.name}*`] }],
      Actions: forward(service),
    })),
    TargetGroups: balanced.map((service) => targetGroupOf(plan, service)),
    TargetGroupAttributes: Object.fromEntries(
      balanced.map((service) => [
        targetGroupArn(plan, service),
        [{ Key: 'deregistration_delay.timeout_seconds', Value: '30' }],
      ]),
    ),
    LoadBalancerAttributes: { [balancerArn(plan)]: [{ Key: 'idle_timeout.timeout_seconds', Value: '60' }] },
    TargetHealth: Object.fromEntries(
      balanced.map((service) => [
        targetGroupArn(plan, service),
        placed
          .filter((task) => task.service === service)
          .map((task) => ({
            Target: { ...targetOf(plan, task), AvailabilityZone: task.zone.name },
            HealthCheckPort: String(targetOf(plan, task).Port),
            TargetHealth: { State: 'healthy' as const },
          })),
      ]),
    ),
  };
}

/** A task with an address of its own is that address; any other is its host at a port of the host. */
function targetOf(plan: AccountPlan, task: PlacedTask): { Id: string; Port: number } {
  return hasInterface(plan) || task.host === undefined
    ? { Id: task.address, Port: task.service.port }
    : { Id: task.host.instanceId, Port: hostPortOf(task) };
}

function balancerOf(plan: AccountPlan): Snapshot['elbv2']['LoadBalancers'][number] {
  return {
    LoadBalancerArn: balancerArn(plan),
    LoadBalancerName: plan.balancer.name,
    DNSName: `${plan.balancer.name}-${plan.vpc.slice(-9)}.${plan.region}.elb.amazonaws.com`,
    Type: 'application',
    Scheme: 'internet-facing',
    State: { Code: 'active' },
    VpcId: plan.vpc,
    SecurityGroups: [plan.balancer.group],
    IpAddressType: 'ipv4',
    AvailabilityZones: plan.zones.map((zone) => ({
      ZoneName: zone.name,
      SubnetId: zone.subnets.public,
      LoadBalancerAddresses: [],
    })),
  };
}

function targetGroupOf(plan: AccountPlan, service: ServicePlan): Snapshot['elbv2']['TargetGroups'][number] {
  return {
    TargetGroupArn: targetGroupArn(plan, service),
    TargetGroupName: service.name.slice(0, 32),
    Protocol: 'HTTP',
    ProtocolVersion: 'HTTP1',
    Port: service.port,
    VpcId: plan.vpc,
    TargetType: hasInterface(plan) ? 'ip' : 'instance',
    HealthCheckProtocol: 'HTTP',
    HealthCheckPort: 'traffic-port',
    HealthCheckEnabled: true,
    HealthCheckPath: service.healthPath,
    HealthCheckIntervalSeconds: 15,
    HealthCheckTimeoutSeconds: 5,
    HealthyThresholdCount: 2,
    UnhealthyThresholdCount: 3,
    Matcher: { HttpCode: '200' },
    LoadBalancerArns: [balancerArn(plan)],
    IpAddressType: 'ipv4',
  };
}

export function repositoryOf(
  plan: AccountPlan,
  service: ServicePlan,
): Snapshot['ecr']['repositories'][number] {
  const tags = [service.tag, `${service.tag}-rc1`];
  return {
    repositoryName: service.name,
    registryId: plan.account,
    repositoryArn: arn(plan, 'ecr', `repository/${service.name}`),
    repositoryUri: `${plan.account}.dkr.ecr.${plan.region}.amazonaws.com/${service.name}`,
    images: tags.map((tag, index) => ({
      imageDigest: digestOf(service, tag),
      imageTags: [tag],
      imagePushedAt: minutesAgo(plan, (index + 3) * 1_440 + 12),
      architecture: service.architecture === 'ARM64' ? 'arm64' : 'amd64',
    })),
  };
}

/** The two roles of a service: what starts its tasks, and what its program may do. */
export function rolesOf(plan: AccountPlan, service: ServicePlan): Snapshot['iam']['Roles'] {
  const statement = (Action: string | string[], Resource: string | string[]) => ({
    Effect: 'Allow',
    Action,
    Resource,
  });
  const start = [
    statement('ecr:GetAuthorizationToken', '*'),
    statement(
      ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
      arn(plan, 'ecr', `repository/${service.name}`),
    ),
    statement(
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
      arn(plan, 'logs', `log-group:${service.logGroup}:*`),
    ),
    ...(service.secret === undefined
      ? []
      : [statement('secretsmanager:GetSecretValue', secretArn(plan, service.secret))]),
  ];
  return [
    roleOf(plan, service.executionRole, start),
    roleOf(plan, service.taskRole, [statement('s3:GetObject', `arn:aws:s3:::${plan.cluster}-assets/*`)]),
  ];
}

function roleOf(plan: AccountPlan, RoleName: string, Statement: object[]): Snapshot['iam']['Roles'][number] {
  return {
    RoleName,
    Arn: roleArn(plan, RoleName),
    CreateDate: minutesAgo(plan, YEAR_MINUTES),
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    },
    policies: [{ PolicyName: RoleName, Document: { Version: '2012-10-17', Statement } }],
  };
}

export function databaseOf(
  plan: AccountPlan,
  database: AccountPlan['databases'][number],
): Snapshot['rds']['DBInstances'][number] {
  return {
    DBInstanceIdentifier: database.name,
    DBInstanceStatus: 'available',
    Engine: database.engine,
    MultiAZ: false,
    PubliclyAccessible: false,
    Endpoint: { Address: database.host, Port: database.port },
    VpcSecurityGroups: [{ VpcSecurityGroupId: database.group, Status: 'active' }],
    DBSubnetGroup: {
      VpcId: plan.vpc,
      Subnets: plan.zones.map((zone) => ({ SubnetIdentifier: zone.subnets.data })),
    },
  };
}

export const secretsOf = (plan: AccountPlan): Snapshot['secretsmanager']['secrets'] =>
  plan.services.flatMap(({ secret }) =>
    secret === undefined ? [] : [{ ARN: secretArn(plan, secret), Name: secret }],
  );
