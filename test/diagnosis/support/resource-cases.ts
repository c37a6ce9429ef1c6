// Cases of causes that lie in roles, images, secrets, log groups and file systems: what is there, what looks the same, what is refused.

import type { Snapshot } from '../../../src/contract/snapshot.ts';
import { allFail, exits, failStart, ids, theDefinition } from '../../support/account-builder.ts';
import { type CauseCase, complains, iso, short } from './cause-case.ts';

const ACCOUNT = '210987654321';
const REGION = 'eu-central-1';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/api-execution`;
const TASK_ROLE = `arn:aws:iam::${ACCOUNT}:role/api-task`;
const SECRET = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:db-AbCdEf`;
const REGISTRY = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`;
const DIGEST = `sha256:${'a'.repeat(64)}`;
const OTHER_DIGEST = `sha256:${'b'.repeat(64)}`;

const allow = (Action: string | string[], Resource: string | string[] = '*') => ({
  Effect: 'Allow',
  Action,
  Resource,
});
const trust = (Service: string) => ({
  Statement: [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }],
});

function role(
  s: Snapshot,
  arn: string,
  statements: readonly object[],
  service = 'ecs-tasks.amazonaws.com',
): void {
  s.iam.Roles.push({
    RoleName: arn.split('/').at(-1) ?? '',
    Arn: arn,
    CreateDate: '2024-01-01T00:00:00Z',
    AssumeRolePolicyDocument: trust(service),
    policies: [{ PolicyName: 'inline', Document: { Statement: statements } }],
  });
}

function container(s: Snapshot) {
  const [app] = theDefinition(s).containerDefinitions ?? [];
  if (app === undefined) throw new Error('the built account no longer has this');
  return app;
}

function secretStart(s: Snapshot, answer: string, statements: readonly object[]): void {
  container(s).secrets = [{ name: 'DB', valueFrom: SECRET }];
  s.secretsmanager.secrets = [{ ARN: SECRET, Name: 'db' }];
  role(s, ROLE, statements);
  allFail(
    s,
    failStart(
      `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${SECRET} from secrets manager: ${answer}`,
    ),
  );
}

const DENIED = `AccessDeniedException: User: arn:aws:sts::${ACCOUNT}:assumed-role/api-execution/x is not authorized to perform: secretsmanager:GetSecretValue on resource: ${SECRET} because no identity-based policy allows the secretsmanager:GetSecretValue action`;
const ABSENT = "ResourceNotFoundException: Secrets Manager can't find the specified secret.";
const pullRights = [
  allow('ecr:GetAuthorizationToken'),
  allow(['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer']),
];

function pullStart(
  s: Snapshot,
  answer: string,
  {
    images = [],
    statements = pullRights,
  }: {
    images?: { imageDigest: string; imageTags: string[]; architecture?: string }[];
    statements?: readonly object[];
  },
): void {
  s.ecr.repositories = [{ repositoryName: 'api', images }];
  role(s, ROLE, statements);
  allFail(
    s,
    failStart(
      `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${answer}`,
    ),
  );
}
const tagged = { imageDigest: OTHER_DIGEST, imageTags: ['7'] };
const pinned = `${REGISTRY}/api:7@${DIGEST}: unexpected status from HEAD request to https://${REGISTRY}/v2/api/manifests/${DIGEST}: 403 Forbidden`;
const plain403 = `${REGISTRY}/api:7: unexpected status from HEAD request to https://${REGISTRY}/v2/api/manifests/7: 403 Forbidden`;
const plain404 = `${REGISTRY}/api:7: ${REGISTRY}/api:7: not found`;

function loggerStart(
  s: Snapshot,
  answer: string,
  {
    there,
    creates = false,
    statements,
  }: { there: boolean; creates?: boolean; statements: readonly object[] },
): void {
  if (!there) s.logs.logGroups = [];
  const { options } = container(s).logConfiguration ?? {};
  if (creates && options !== undefined) options['awslogs-create-group'] = 'true';
  role(s, ROLE, statements);
  allFail(
    s,
    failStart(
      `ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ${answer} : exit status 1`,
    ),
  );
}
const logDenied = `AccessDeniedException: User: arn:aws:sts::${ACCOUNT}:assumed-role/api-execution/x is not authorized to perform: logs:CreateLogStream on resource: arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/ecs/api:log-stream:ecs/app/x because no identity-based policy allows it`;
const noGroup = 'ResourceNotFoundException: The specified log group does not exist.';
const logRights = [allow(['logs:CreateLogStream', 'logs:PutLogEvents'])];

const assume = `failed to launch a task with (error ECS was unable to assume the role '${ROLE}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions.).`;

function refusedCall(s: Snapshot, statements: readonly object[]): void {
  theDefinition(s).taskRoleArn = TASK_ROLE;
  role(s, TASK_ROLE, statements);
  allFail(s, {
    ...exits(1),
    log: [
      `AccessDenied: User: arn:aws:sts::${ACCOUNT}:assumed-role/api-task/0123 is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::orders/a.csv" because no identity-based policy allows the s3:GetObject action`,
    ],
  });
}

function noCredentials(s: Snapshot, environment: { name: string; value: string }[]): void {
  theDefinition(s).taskRoleArn = TASK_ROLE;
  role(s, TASK_ROLE, [allow('*')]);
  container(s).environment = environment;
  allFail(s, {
    ...exits(1),
    log: ['CredentialsProviderError: Get "http://169.254.170.2/v2/credentials": i/o timeout'],
  });
}

const FILES = 'fs-0aaaa1111bbbb2222';
const FILE_GROUP = 'sg-0ffff7777aaaa8888';

function mount(
  s: Snapshot,
  answer: string,
  options: { zones?: readonly ('a' | 'b')[]; open?: boolean; policy?: object; point?: boolean } = {},
): void {
  const { zones = ['a', 'b'], open = true, policy, point } = options;
  theDefinition(s).volumes = [
    {
      name: 'data',
      efsVolumeConfiguration: {
        fileSystemId: FILES,
        ...(point === undefined
          ? {}
          : {
              transitEncryption: 'ENABLED' as const,
              authorizationConfig: { accessPointId: 'fsap-0aaaa1111bbbb2222' },
            }),
      },
    },
  ];
  s.efs.FileSystems = [{ FileSystemId: FILES }] as Snapshot['efs']['FileSystems'];
  s.efs.MountTargets = zones.map((zone) => ({
    MountTargetId: `fsmt-0${zone}`,
    FileSystemId: FILES,
    SubnetId: ids.subnets[zone],
    LifeCycleState: 'available' as const,
    IpAddress: `10.1.${zone === 'a' ? 10 : 11}.200`,
    AvailabilityZoneName: `${REGION}${zone}`,
    SecurityGroups: [FILE_GROUP],
  }));
  if (point === true) s.efs.AccessPoints = [{ AccessPointId: 'fsap-0aaaa1111bbbb2222', FileSystemId: FILES }];
  if (policy !== undefined) s.efs.policies = { [FILES]: policy as Record<string, unknown> };
  s.ec2.SecurityGroups.push({
    GroupId: FILE_GROUP,
    GroupName: 'files',
    VpcId: ids.vpc,
    IpPermissions: open
      ? [{ IpProtocol: 'tcp', FromPort: 2049, ToPort: 2049, UserIdGroupPairs: [{ GroupId: ids.groups.app }] }]
      : [],
  });
  allFail(s, {
    ...failStart(
      `ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: ${answer} : unsuccessful EFS utils command execution; code: 32`,
    ),
    zone: 'b',
  });
}
const unresolved = `Failed to resolve "${FILES}.efs.${REGION}.amazonaws.com" - check that your file system ID is correct.`;
const byServer = "b'mount.nfs4: access denied by server while mounting 127.0.0.1:/'";

function refusedRequest(s: Snapshot, more: readonly object[] = []): void {
  short(s);
  s.cloudtrail.events = [
    ...more,
    {
      EventId: '1',
      EventName: 'UpdateService',
      EventTime: iso(600),
      EventSource: 'ecs.amazonaws.com',
      Username: 'ci',
      CloudTrailEvent: {
        errorCode: 'AccessDenied',
        errorMessage: `User: arn:aws:sts::${ACCOUNT}:assumed-role/ci/x is not authorized to perform: iam:PassRole on resource: ${ROLE} because no identity-based policy allows the iam:PassRole action`,
        requestParameters: { service: 'api', cluster: 'prod' },
      },
    },
  ] as Snapshot['cloudtrail']['events'];
}

function fullDisk(s: Snapshot, used: number): void {
  allFail(s, { ...exits(1), log: ['write /tmp/cache: no space left on device'] });
  s.cloudwatch.metrics = [
    ['EphemeralStorageUtilized', used],
    ['EphemeralStorageReserved', 21.5],
  ].map(([MetricName, value]) => ({
    Namespace: 'ECS/ContainerInsights',
    MetricName: String(MetricName),
    Dimensions: [
      { Name: 'ClusterName', Value: 'prod' },
      { Name: 'ServiceName', Value: 'api' },
    ],
    points: [[iso(300), Number(value)]],
  }));
}

export const resourceCases: readonly CauseCase[] = [
  {
    class: 'exec-role-secret-denied',
    verdict: 'proven',
    ill: (s) => secretStart(s, DENIED, []),
    decoy: (s) => secretStart(s, DENIED, [allow('secretsmanager:*')]),
  },
  {
    class: 'secret-reference-invalid',
    verdict: 'proven',
    ill: (s) => {
      secretStart(s, ABSENT, [allow('*')]);
      s.secretsmanager.secrets = [];
    },
    decoy: (s) => secretStart(s, ABSENT, [allow('*')]),
    denied: ['secretsmanager:DescribeSecret'],
  },
  {
    class: 'image-not-found',
    verdict: 'proven',
    ill: (s) => pullStart(s, pinned, { images: [tagged] }),
    decoy: (s) =>
      pullStart(s, pinned, { images: [{ imageDigest: DIGEST, imageTags: ['7'] }], statements: [] }),
    denied: ['ecr:DescribeImages'],
  },
  {
    class: 'exec-role-ecr-denied',
    verdict: 'proven',
    ill: (s) =>
      pullStart(s, plain403, { images: [tagged], statements: [allow('ecr:GetAuthorizationToken')] }),
    decoy: (s) => pullStart(s, plain404, { images: [] }),
    denied: ['iam:GetRolePolicy'],
  },
  {
    class: 'log-group-missing',
    verdict: 'proven',
    fix: 'logs_create_log_group',
    ill: (s) => loggerStart(s, noGroup, { there: false, statements: logRights }),
    decoy: (s) => loggerStart(s, logDenied, { there: true, statements: [] }),
    denied: ['logs:DescribeLogGroups'],
  },
  {
    class: 'exec-role-logs-denied',
    verdict: 'proven',
    ill: (s) => loggerStart(s, logDenied, { there: true, statements: [] }),
    decoy: (s) => loggerStart(s, noGroup, { there: false, statements: [] }),
    denied: ['iam:GetRolePolicy', 'iam:ListRolePolicies'],
  },
  {
    class: 'role-assume-failed',
    verdict: 'proven',
    ill: (s) => (short(s), complains(s, assume), role(s, ROLE, [], 'ec2.amazonaws.com')),
    decoy: (s) => (short(s), complains(s, assume), role(s, ROLE, [])),
    denied: ['iam:GetRole'],
  },
  {
    class: 'passrole-denied',
    verdict: 'proven',
    ill: (s) => refusedRequest(s),
    decoy: (s) =>
      refusedRequest(s, [
        {
          EventId: '2',
          EventName: 'UpdateService',
          EventTime: iso(300),
          EventSource: 'ecs.amazonaws.com',
          Username: 'ci',
          CloudTrailEvent: { requestParameters: { service: 'api', cluster: 'prod' } },
        },
      ]),
    denied: ['cloudtrail:LookupEvents'],
  },
  {
    class: 'task-role-denied',
    verdict: 'proven',
    ill: (s) => refusedCall(s, []),
    decoy: (s) => refusedCall(s, [allow('s3:*')]),
    denied: ['iam:GetRolePolicy'],
  },
  {
    class: 'task-credentials-unavailable',
    verdict: 'proven',
    ill: (s) => noCredentials(s, [{ name: 'HTTP_PROXY', value: 'http://proxy:3128' }]),
    decoy: (s) => refusedCall(s, []),
  },
  {
    class: 'efs-unreachable',
    verdict: 'proven',
    ill: (s) => mount(s, unresolved, { zones: ['a'] }),
    decoy: (s) => mount(s, byServer, { point: false }),
    denied: ['elasticfilesystem:DescribeMountTargets'],
  },
  {
    class: 'efs-unreachable',
    verdict: 'proven',
    fix: 'ec2_authorize_security_group_ingress',
    ill: (s) => mount(s, 'mount.nfs4: Connection timed out', { open: false }),
    decoy: (s) => mount(s, 'mount.nfs4: Connection timed out'),
    denied: ['ec2:DescribeSecurityGroups'],
  },
  {
    class: 'efs-access-denied',
    verdict: 'proven',
    ill: (s) => mount(s, byServer, { point: false }),
    decoy: (s) => mount(s, unresolved, { zones: ['a'] }),
    denied: ['elasticfilesystem:DescribeAccessPoints'],
  },
  {
    class: 'efs-access-denied',
    verdict: 'proven',
    ill: (s) =>
      mount(s, byServer, {
        policy: {
          Statement: [
            {
              Effect: 'Allow',
              Principal: '*',
              Action: '*',
              Resource: '*',
              Condition: { Bool: { 'aws:SecureTransport': 'true' } },
            },
          ],
        },
      }),
    decoy: (s) => mount(s, 'mount.nfs4: Connection timed out', { open: false }),
    denied: ['elasticfilesystem:DescribeFileSystemPolicy'],
  },
  {
    class: 'disk-full',
    verdict: 'proven',
    ill: (s) => fullDisk(s, 21.4),
    decoy: (s) => fullDisk(s, 4),
    denied: ['cloudwatch:GetMetricData'],
  },
];
