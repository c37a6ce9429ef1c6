// Small accounts for tests, built up from a healthy one: a service in two private subnets with a NAT gateway, a database
// in the same VPC. Only what an investigation needs is there; everything that AWS may leave out is left out.

import type { SnapshotService, SnapshotTask, SnapshotTaskDefinition } from '../../src/contract/snapshot.ts';
import { parseSnapshot, SNAPSHOT_FORMAT, type Snapshot } from '../../src/contract/snapshot.ts';

const ACCOUNT = '210987654321';
const REGION = 'eu-central-1';
const NOW = '2026-03-02T09:30:00Z';
export const NOW_MS = Date.parse(NOW);
export const CLUSTER = 'prod';
export const SERVICE = 'api';

export const ids = {
  vpc: 'vpc-0b1c2d3e4f506172',
  subnets: { a: 'subnet-0aaaa1111bbbb2222', b: 'subnet-0cccc3333dddd4444', data: 'subnet-0eeee5555ffff6666' },
  tables: { a: 'rtb-0aaaa1111bbbb2222', b: 'rtb-0cccc3333dddd4444' },
  groups: { app: 'sg-0aaaa1111bbbb2222', database: 'sg-0cccc3333dddd4444' },
  acl: 'acl-0aaaa1111bbbb2222',
  nat: 'nat-0aaaa1111bbbb2222',
  igw: 'igw-0aaaa1111bbbb2222',
  databaseAddress: '10.1.20.5',
} as const;

const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
const definitionArn = (revision: number) => arn('ecs', `task-definition/${SERVICE}:${revision}`);
const iso = (secondsAgo: number) => new Date(NOW_MS - secondsAgo * 1000).toISOString();

/** An account in which everything is well; tests change it before they use it. */
export function healthyAccount(): Snapshot {
  const snapshot = parseSnapshot({
    format: SNAPSHOT_FORMAT,
    takenAt: NOW,
    account: { id: ACCOUNT, region: REGION },
    ecs: {
      clusters: [{ clusterArn: arn('ecs', `cluster/${CLUSTER}`), clusterName: CLUSTER }],
      services: [healthyService()],
      taskDefinitions: [definition(7)],
    },
    ec2: network(),
    logs: { logGroups: [{ logGroupName: `/ecs/${SERVICE}`, streams: [] }] },
  });
  addTasks(snapshot, { count: 2 });
  return snapshot;
}

/** Tasks of the service; stopped ones when `stop` says how they ended. */
export function addTasks(
  snapshot: Snapshot,
  options: {
    readonly count: number;
    readonly revision?: number;
    readonly zone?: 'a' | 'b';
    readonly secondsAgo?: number;
    readonly stop?: Partial<SnapshotTask>;
    readonly container?: object;
    /** Lines each of them logged. */
    readonly log?: readonly string[];
  },
): SnapshotTask[] {
  const { revision = 7, secondsAgo = 60, stop, log } = options;
  return Array.from({ length: options.count }, (_, index) => {
    const number = snapshot.ecs.tasks.length + 1;
    const id = number.toString(16).padStart(32, '0');
    const zone = options.zone ?? (index % 2 === 0 ? 'a' : 'b');
    const ago = secondsAgo + index * 70;
    const task: SnapshotTask = {
      taskArn: arn('ecs', `task/${CLUSTER}/${id}`),
      clusterArn: arn('ecs', `cluster/${CLUSTER}`),
      taskDefinitionArn: definitionArn(revision),
      group: `service:${SERVICE}`,
      startedBy: `ecs-svc/${revision}`,
      launchType: 'FARGATE',
      lastStatus: stop === undefined ? 'RUNNING' : 'STOPPED',
      desiredStatus: stop === undefined ? 'RUNNING' : 'STOPPED',
      availabilityZone: `${REGION}${zone}`,
      createdAt: iso(ago + 60),
      ...(stop?.stopCode === 'TaskFailedToStart' ? {} : { startedAt: iso(ago + 40) }),
      ...(stop === undefined ? {} : { stoppingAt: iso(ago), stoppedAt: iso(ago), ...stop }),
      attachments: [
        {
          type: 'ElasticNetworkInterface',
          status: stop === undefined ? 'ATTACHED' : 'DELETED',
          details: [
            { name: 'subnetId', value: ids.subnets[zone] },
            { name: 'privateIPv4Address', value: `10.1.${zone === 'a' ? 10 : 11}.${number + 10}` },
          ],
        },
      ],
      containers: [
        { name: 'app', lastStatus: stop === undefined ? 'RUNNING' : 'STOPPED', ...options.container },
      ],
    };
    snapshot.ecs.tasks.push(task);
    if (log !== undefined)
      snapshot.logs.logGroups[0]?.streams.push({
        logStreamName: `ecs/app/${id}`,
        events: log.map((message, line) => ({ timestamp: NOW_MS - (ago + 20) * 1000 + line, message })),
      });
    return task;
  });
}

/** The service asks for two tasks of a newer revision and none of them lives. */
export function rollOut(
  snapshot: Snapshot,
  more: { running?: number; failed?: number } = {},
): SnapshotService {
  const service = theService(snapshot);
  snapshot.ecs.taskDefinitions.push(definition(8));
  service.taskDefinition = definitionArn(8);
  service.deployments = [
    {
      id: 'ecs-svc/8',
      status: 'PRIMARY',
      taskDefinition: definitionArn(8),
      desiredCount: 2,
      runningCount: more.running ?? 0,
      pendingCount: 0,
      failedTasks: more.failed ?? 0,
      rolloutState: 'IN_PROGRESS',
      createdAt: iso(600),
    },
    {
      id: 'ecs-svc/7',
      status: 'ACTIVE',
      taskDefinition: definitionArn(7),
      desiredCount: 2,
      runningCount: 2,
      pendingCount: 0,
      createdAt: iso(90_000),
    },
  ];
  return service;
}

/** No task lives any more; the given kind of failure repeats. */
export function allFail(
  snapshot: Snapshot,
  failure: Omit<Parameters<typeof addTasks>[1], 'count' | 'stop'> & { readonly stop: Partial<SnapshotTask> },
): SnapshotTask[] {
  snapshot.ecs.tasks = [];
  const service = theService(snapshot);
  Object.assign(service, { runningCount: 0, pendingCount: 0 });
  const [primary] = service.deployments ?? [];
  Object.assign(primary ?? {}, {
    runningCount: 0,
    failedTasks: 4,
    rolloutState: 'IN_PROGRESS',
    createdAt: iso(1_500),
  });
  return addTasks(snapshot, { count: 4, ...failure });
}

export function failStart(stoppedReason: string): { readonly stop: Partial<SnapshotTask> } {
  return { stop: { stopCode: 'TaskFailedToStart', stoppedReason } };
}

export function exits(
  exitCode: number,
  reason?: string,
): {
  readonly stop: Partial<SnapshotTask>;
  readonly container: object;
} {
  return {
    stop: { stopCode: 'EssentialContainerExited', stoppedReason: 'Essential container in task exited' },
    container: { exitCode, ...(reason === undefined ? {} : { reason }) },
  };
}

export function theService(snapshot: Snapshot): SnapshotService {
  return one(snapshot.ecs.services[0]);
}

export function theDefinition(snapshot: Snapshot): SnapshotTaskDefinition {
  return one(snapshot.ecs.taskDefinitions[0]);
}

export function theGroup(snapshot: Snapshot, id: string) {
  return one(snapshot.ec2.SecurityGroups.find((group) => group.GroupId === id));
}

function healthyService(): object {
  return {
    serviceArn: arn('ecs', `service/${CLUSTER}/${SERVICE}`),
    serviceName: SERVICE,
    clusterArn: arn('ecs', `cluster/${CLUSTER}`),
    status: 'ACTIVE',
    desiredCount: 2,
    runningCount: 2,
    pendingCount: 0,
    launchType: 'FARGATE',
    taskDefinition: definitionArn(7),
    deployments: [
      {
        id: 'ecs-svc/7',
        status: 'PRIMARY',
        taskDefinition: definitionArn(7),
        desiredCount: 2,
        runningCount: 2,
        pendingCount: 0,
        rolloutState: 'COMPLETED',
        createdAt: iso(90_000),
      },
    ],
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: [ids.subnets.a, ids.subnets.b],
        securityGroups: [ids.groups.app],
        assignPublicIp: 'DISABLED',
      },
    },
  };
}

function definition(revision: number): SnapshotTaskDefinition {
  return {
    taskDefinitionArn: definitionArn(revision),
    family: SERVICE,
    revision,
    networkMode: 'awsvpc',
    executionRoleArn: `arn:aws:iam::${ACCOUNT}:role/api-execution`,
    cpu: '256',
    memory: '512',
    containerDefinitions: [
      {
        name: 'app',
        image: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/api:${revision}`,
        essential: true,
        environment: [{ name: 'DATABASE_URL', value: 'postgres://api@orders.internal:5432/orders' }],
        logConfiguration: {
          logDriver: 'awslogs',
          options: {
            'awslogs-group': `/ecs/${SERVICE}`,
            'awslogs-region': REGION,
            'awslogs-stream-prefix': 'ecs',
          },
        },
      },
    ],
  };
}

function network(): object {
  const { vpc: VpcId, subnets, tables, groups, acl, nat, igw } = ids;
  const subnet = (SubnetId: string, CidrBlock: string, zone: string) => ({
    SubnetId,
    VpcId,
    CidrBlock,
    AvailabilityZone: `${REGION}${zone}`,
    AvailableIpAddressCount: 200,
  });
  const table = (RouteTableId: string, associated: readonly string[]) => ({
    RouteTableId,
    VpcId,
    Associations: associated.map((SubnetId) => ({ SubnetId, RouteTableId, Main: false })),
    Routes: [
      { DestinationCidrBlock: '10.1.0.0/16', GatewayId: 'local', State: 'active' },
      { DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: nat, State: 'active' },
    ],
  });
  const entry = (Egress: boolean) => ({
    Egress,
    RuleNumber: 100,
    RuleAction: 'allow',
    Protocol: '-1',
    CidrBlock: '0.0.0.0/0',
  });
  return {
    Vpcs: [{ VpcId, CidrBlock: '10.1.0.0/16' }],
    Subnets: [
      subnet(subnets.a, '10.1.10.0/24', 'a'),
      subnet(subnets.b, '10.1.11.0/24', 'b'),
      subnet(subnets.data, '10.1.20.0/24', 'a'),
    ],
    RouteTables: [table(tables.a, [subnets.a, subnets.data]), table(tables.b, [subnets.b])],
    NatGateways: [{ NatGatewayId: nat, VpcId, SubnetId: 'subnet-0bbbb0000bbbb0000', State: 'available' }],
    InternetGateways: [{ InternetGatewayId: igw, Attachments: [{ VpcId, State: 'available' }] }],
    NetworkAcls: [
      {
        NetworkAclId: acl,
        VpcId,
        IsDefault: true,
        Associations: Object.values(subnets).map((SubnetId) => ({ SubnetId, NetworkAclId: acl })),
        Entries: [entry(true), entry(false)],
      },
    ],
    SecurityGroups: [
      {
        GroupId: groups.app,
        GroupName: 'api-tasks',
        VpcId,
        IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
      },
      {
        GroupId: groups.database,
        GroupName: 'orders-database',
        VpcId,
        IpPermissions: [
          { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, UserIdGroupPairs: [{ GroupId: groups.app }] },
        ],
      },
    ],
    NetworkInterfaces: [
      {
        NetworkInterfaceId: 'eni-0aaaa1111bbbb2222',
        VpcId,
        SubnetId: subnets.data,
        PrivateIpAddress: ids.databaseAddress,
        RequesterId: 'amazon-rds',
        Description: 'RDSNetworkInterface',
        Groups: [{ GroupId: groups.database, GroupName: 'orders-database' }],
      },
    ],
  };
}

function one<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the built account no longer has this');
  return value;
}
