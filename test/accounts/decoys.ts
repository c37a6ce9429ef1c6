// What stands beside the cause in a real account and is not it: neighbours with their own troubles, what was over hours ago,
// log lines that sound worse than they are, settings that look wrong and do no harm.

import type { World } from './base.ts';
import { everything, subnetId, tcpTo, theNetwork } from './base-network.ts';
import {
  byScheduler,
  essentialExited,
  event,
  exited,
  failedToStart,
  failing,
  startedEvent,
} from './incident.ts';
import { addLog, addStopped } from './tasks.ts';
import { trail } from './trail.ts';
import { imageOf, targetGroupArn, theContainer, theService } from './workload.ts';

const HOURS = 3_600;

/** The worker is killed for memory again and again. */
export function workerOutOfMemory(w: World): void {
  failing(w, {
    name: 'ledger-worker',
    code: exited,
    reason: essentialExited,
    lived: 340,
    exit: 137,
    why: 'OutOfMemoryError: Container killed due to memory usage',
    log: ['loading 4.1M ledger rows', 'java.lang.OutOfMemoryError: Java heap space'],
  });
}

/** The storefront names a tag that was never pushed. */
export function storefrontWithoutImage(w: World): void {
  theContainer(w, 'storefront').image = imageOf(w, 'storefront', '2.15.0-rc1');
  const text = `CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref ${imageOf(w, 'storefront', '2.15.0-rc1')}: ${imageOf(w, 'storefront', '2.15.0-rc1')}: not found`;
  failing(w, { name: 'storefront', code: failedToStart, reason: text, why: text });
}

/** The worker's own security group lets nothing out; nobody else uses it. */
export function workerShutIn(w: World): void {
  theNetwork(w).group('worker').IpPermissionsEgress = [];
  const text =
    'ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration. RequestError: send request failed caused by: Post "https://api.ecr.amazonaws.com/": dial tcp 52.94.224.10:443: i/o timeout';
  failing(w, { name: 'ledger-worker', code: failedToStart, reason: text });
}

/** The storefront runs well in the security group of the service that is asked about. */
export function storefrontSharesGroup(w: World): void {
  const awsvpc = theService(w, 'storefront').networkConfiguration?.awsvpcConfiguration;
  if (awsvpc !== undefined) awsvpc.securityGroups = [w.id('sg', 'app')];
}

/** An incident of the same service that ended three hours ago: killed for memory, then replaced. */
export function oldOutOfMemory(w: World): void {
  addStopped(w, {
    count: 3,
    last: 3.2 * HOURS,
    code: exited,
    reason: essentialExited,
    lived: 900,
    exit: 137,
    why: 'OutOfMemoryError: Container killed due to memory usage',
    log: ['cache warmed', 'fatal: heap limit reached'],
  });
  startedEvent(w, 3.1 * HOURS, 3);
  event(w, 3 * HOURS, `(service ${w.place.service}) has reached a steady state.`);
}

/** A registry outage three hours ago that ended by itself. */
export function oldPullTimeouts(w: World): void {
  addStopped(w, {
    count: 3,
    last: 4 * HOURS,
    code: failedToStart,
    reason:
      'CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref docker.io/library/nginx:1.27: failed to do request: Head "https://registry-1.docker.io/v2/library/nginx/manifests/1.27": dial tcp 54.198.86.24:443: i/o timeout',
  });
  event(
    w,
    4 * HOURS - 40,
    `(service ${w.place.service}) is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`,
  );
  event(w, 3.5 * HOURS, `(service ${w.place.service}) has reached a steady state.`);
}

/** Old lines of the service that sound terrible and were nothing. */
export function scaryLines(w: World): void {
  const task = w.snapshot.ecs.tasks.find((one) => one.group === `service:${w.place.service}`);
  if (task === undefined) return;
  addLog(
    w,
    task,
    [
      'INFO  registered handler for OutOfMemoryError (heap dump on)',
      'WARN  403 AccessDenied for user guest on /admin (expected, rate limiter)',
      'WARN  connect ECONNREFUSED 127.0.0.1:8126 - tracing disabled',
      'WARN  retrying 1/5: connect ETIMEDOUT 10.0.0.9:6379 - ok after 1 retry',
      'ERROR customer message: "no space left on device" could not be translated',
      'INFO  fallback to amd64 after exec format error in optional plugin wkhtml: plugin skipped',
      'DEBUG SIGKILL grace period configured as 30s; secret rotation: ResourceNotFoundException handled',
    ],
    20_000,
  );
}

/** Settings a reviewer would ask about and that change nothing here. */
export function oddSettings(w: World): void {
  const service = theService(w);
  const acl = theNetwork(w).acl();
  acl.Entries?.unshift({
    Egress: false,
    RuleNumber: 20,
    RuleAction: 'deny',
    Protocol: '6',
    PortRange: { From: 0, To: 65535 },
    CidrBlock: '203.0.113.0/24',
  });
  w.snapshot.ec2.SecurityGroups.push({
    GroupId: w.id('sg', 'quarantine'),
    GroupName: 'quarantine',
    VpcId: w.id('vpc', 'main'),
    IpPermissions: [],
    IpPermissionsEgress: [],
  });
  theNetwork(w).group('alb').IpPermissions?.push(tcpTo(8443, '0.0.0.0/0'));
  w.snapshot.secretsmanager.secrets.push({
    ARN: w.arn('secretsmanager', `secret:${w.place.cluster}/legacy-Zz9yX8`),
    Name: `${w.place.cluster}/legacy`,
    DeletedDate: w.ago(50_000),
  });
  service.tags = [{ key: 'todo', value: 'check the security group egress, see no-egress-route' }];
}

/** A default route of a subnet nobody uses is a black hole, and one NAT gateway of long ago failed. */
export function deadRouteElsewhere(w: World): void {
  const VpcId = w.id('vpc', 'main');
  w.snapshot.ec2.Subnets.push({
    SubnetId: w.id('subnet', 'legacy'),
    VpcId,
    CidrBlock: `10.${w.place.net}.240.0/24`,
    AvailabilityZone: `${w.place.region}a`,
    AvailableIpAddressCount: 0,
  });
  w.snapshot.ec2.RouteTables.push({
    RouteTableId: w.id('rtb', 'legacy'),
    VpcId,
    Associations: [
      {
        RouteTableAssociationId: w.id('rtbassoc', 'legacy'),
        RouteTableId: w.id('rtb', 'legacy'),
        SubnetId: w.id('subnet', 'legacy'),
        Main: false,
      },
    ],
    Routes: [
      { DestinationCidrBlock: `10.${w.place.net}.0.0/16`, GatewayId: 'local', State: 'active' },
      { DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: w.id('nat', 'legacy'), State: 'blackhole' },
    ],
  });
  w.snapshot.ec2.NatGateways.push({
    NatGatewayId: w.id('nat', 'legacy'),
    VpcId,
    SubnetId: subnetId(w, 'public', 'a'),
    State: 'failed',
    FailureCode: 'Gateway.NotAttached',
  });
}

/** A few tasks of the service that ended in the everyday way: scaled in, replaced by a deployment of yesterday. */
export function everydayStops(w: World): void {
  addStopped(w, {
    count: 2,
    last: 2.5 * HOURS,
    code: byScheduler,
    reason: `Scaling activity initiated by (deployment ecs-svc/${BigInt(`0x${w.hex('scaled', 15)}`)})`,
    lived: 40_000,
    exit: 143,
    log: ['SIGTERM received, draining', 'bye'],
  });
}

/** People try things in the same account. */
export function clumsyPeople(w: World): void {
  trail(w, 5_200, 'UpdateService', {
    user: 'SupportEngineer',
    error: [
      'AccessDenied',
      `User: arn:aws:sts::${w.place.account}:assumed-role/SupportEngineer/kim is not authorized to perform: ecs:UpdateService on resource: ${theService(w, 'storefront').serviceArn} because no identity-based policy allows the ecs:UpdateService action`,
    ],
    request: { cluster: w.place.cluster, service: 'storefront' },
  });
  trail(w, 4_000, 'DescribeServices', {
    user: 'SupportEngineer',
    request: { services: ['nonsense'], cluster: 'nonsense' },
    error: ['ClusterNotFoundException', 'Cluster not found.'],
  });
}

/** The storefront's targets fail their check with 404; the service that is asked about has its own target group. */
export function storefrontTargetsIll(w: World): void {
  const TargetGroupArn = targetGroupArn(w, 'storefront');
  w.snapshot.elbv2.TargetGroups.push({
    TargetGroupArn,
    TargetGroupName: 'storefront-tg',
    Protocol: 'HTTP',
    Port: 3000,
    VpcId: w.id('vpc', 'main'),
    TargetType: 'ip',
    HealthCheckPath: '/old-health',
    HealthCheckPort: 'traffic-port',
    HealthCheckProtocol: 'HTTP',
    Matcher: { HttpCode: '200' },
    LoadBalancerArns: [],
  });
  w.snapshot.elbv2.TargetHealth[TargetGroupArn] = [
    {
      Target: { Id: `10.${w.place.net}.16.99`, Port: 3000 },
      TargetHealth: {
        State: 'unhealthy',
        Reason: 'Target.ResponseCodeMismatch',
        Description: 'Health checks failed with these codes: [404]',
      },
    },
  ];
  event(w, 300, '(service storefront) (task 0f9e8d7c6b5a) failed ELB health checks.', 'storefront');
}

/** Somebody widened the worker's group yesterday, which is of no account to anybody else. */
export function workerWideOpen(w: World): void {
  theNetwork(w).group('worker').IpPermissions = [everything];
}
