// Accounts in which the first thing one thinks of is wrong: the text says one cause, the state another.

import type { CauseClass } from '../../src/contract/finding.ts';
import { found, type World, zones } from './base.ts';
import { everything, theNetwork } from './base-network.ts';
import { allow, policy } from './base-roles.ts';
import { changed } from './case.ts';
import { isolate } from './endpoints.ts';
import { role } from './iam.ts';
import { essentialExited, exited, failedToStart, failing, failingRollOut } from './incident.ts';
import { clientLibraryTimesOut } from './network-peers.ts';
import { mountFiles } from './storage.ts';
import { addStopped } from './tasks.ts';
import { imageOf, theContainer, theDefinition, theService } from './workload.ts';

export interface LookAlike {
  readonly name: string;
  readonly account: () => World;
  /** Classes the first finding may have. */
  readonly classes: readonly CauseClass[];
  /** Classes that may be neither proven nor likely. */
  readonly never: readonly CauseClass[];
}

const at = {
  region: 'eu-west-1',
  account: '787878121212',
  cluster: 'mirror',
  service: 'twin',
  net: 130,
} as const;
const onHosts = { ...at, launch: 'EC2' } as const;

const networkClasses: readonly CauseClass[] = [
  'no-egress-route',
  'public-subnet-no-public-ip',
  'task-sg-egress-blocked',
  'nacl-blocked',
  'missing-vpc-endpoint',
  's3-path-blocked',
  'vpc-dns-misconfig',
  'dependency-unreachable',
];

const kmsDenied = (w: World) =>
  `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${w.arn('secretsmanager', `secret:${w.place.cluster}/database-Ab3dE9`)} from secrets manager: AccessDeniedException: Access to KMS is not allowed status code: 400, request id: 1f2e`;

export const lookAlikes: readonly LookAlike[] = [
  {
    name: 'a library that gives up after 200 ms while the network is open',
    classes: ['app-config-error', 'unknown'],
    never: networkClasses,
    account: () => changed(at, [clientLibraryTimesOut]),
  },
  {
    name: 'a group that lets nothing out beside one that lets everything out',
    classes: ['secret-reference-invalid'],
    never: ['task-sg-egress-blocked'],
    account: () => changed(at, [twoGroups]),
  },
  {
    name: '403 in the log, given to users of the application',
    classes: ['app-config-error'],
    never: ['task-role-denied'],
    account: () =>
      changed(at, [
        (w) =>
          failing(w, {
            code: exited,
            reason: essentialExited,
            lived: 14,
            exit: 1,
            log: [
              'WARN AccessDenied: user 5512 is not authorized to perform: orders.delete on resource: order/77',
              'GET /admin 403',
              'FATAL config: PAYMENT_PROVIDER must be set',
            ],
          }),
      ]),
  },
  {
    name: 'killed with 137 by a person who stopped the tasks',
    // That SIGTERM was not heeded is true as well; nothing else is wrong.
    classes: ['healthy', 'graceful-shutdown-gap'],
    never: ['oom-killed', 'infrastructure-interruption', 'app-config-error'],
    account: () =>
      changed(at, [
        (w) =>
          void addStopped(w, {
            count: 2,
            last: 1_200,
            code: 'UserInitiated',
            reason: 'Task stopped by user',
            lived: 9_000,
            stopping: 31,
            exit: 137,
          }),
      ]),
  },
  {
    name: 'a NAT gateway deleted in a zone that the service does not use',
    classes: ['healthy'],
    never: networkClasses,
    account: () => changed(at, [deadZoneC]),
  },
  {
    name: 'a repository that "does not exist" for a role that may not see it',
    classes: ['exec-role-ecr-denied'],
    never: ['image-not-found', 'private-registry-auth'],
    account: () => changed(onHosts, [hiddenRepository]),
  },
  {
    name: 'an essential sidecar without its key, and an application that only ends with it',
    classes: ['app-config-error'],
    never: ['graceful-shutdown-gap', 'app-clean-exit', 'oom-killed'],
    account: () => changed(at, [sidecarEnds]),
  },
  {
    name: 'an endpoint whose policy admits other repositories only',
    classes: ['missing-vpc-endpoint'],
    never: ['exec-role-ecr-denied', 'image-not-found'],
    account: () => changed(at, [endpointRefuses]),
  },
  {
    name: 'egress by prefix list and endpoint group, which is enough, and a tag that is not there',
    classes: ['image-not-found'],
    never: networkClasses,
    account: () => changed(at, [narrowButOpen, missingTag]),
  },
  {
    name: 'an explicit deny beside a broad allow',
    classes: ['exec-role-secret-denied'],
    never: ['secret-reference-invalid'],
    account: () => changed(at, [deniedOutright]),
  },
  {
    name: 'a secret that may be read, under a key that may not be used',
    classes: ['exec-role-secret-denied'],
    never: ['secret-reference-invalid'],
    account: () => changed(at, [keyRefuses]),
  },
  {
    name: 'a mount target that admits the networks of two zones out of three',
    classes: ['efs-unreachable'],
    never: ['efs-access-denied', 'dependency-unreachable', 'task-sg-egress-blocked'],
    account: () => changed(at, [filesClosedInC]),
  },
  {
    name: 'roles under a path, and a tag that is not there',
    classes: ['image-not-found'],
    never: ['role-assume-failed', 'exec-role-ecr-denied'],
    account: () => changed(at, [rolesUnderPath, missingTag]),
  },
  {
    name: 'an architecture named in the log, and a missing file',
    classes: ['app-config-error', 'entrypoint-invalid'],
    never: ['platform-mismatch'],
    account: () =>
      changed(at, [
        (w) =>
          failing(w, {
            code: exited,
            reason: essentialExited,
            lived: 3,
            exit: 1,
            log: [
              'running on linux/amd64; arm64 builds may raise exec format error',
              'Error: Cannot find module /srv/dist/main.js',
            ],
          }),
      ]),
  },
];

function twoGroups(w: World): void {
  theNetwork(w).group('app').IpPermissionsEgress = [];
  w.snapshot.ec2.SecurityGroups.push({
    GroupId: w.id('sg', 'egress'),
    GroupName: 'egress',
    VpcId: w.id('vpc', 'main'),
    IpPermissions: [],
    IpPermissionsEgress: [everything],
  });
  Object.assign(theService(w).networkConfiguration?.awsvpcConfiguration ?? {}, {
    securityGroups: [w.id('sg', 'app'), w.id('sg', 'egress')],
  });
  const missing = w.arn('secretsmanager', 'secret:mirror/gone-Aa1Bb2');
  failingRollOut(
    w,
    (definition) => definition.containerDefinitions?.[0]?.secrets?.push({ name: 'GONE', valueFrom: missing }),
    {
      code: failedToStart,
      reason: `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${missing} from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.`,
    },
  );
}

function deadZoneC(w: World): void {
  const subnets = (['a', 'b'] as const).map((zone) => theNetwork(w).subnet('private', zone).SubnetId);
  Object.assign(theService(w).networkConfiguration?.awsvpcConfiguration ?? {}, { subnets });
  theNetwork(w).nat('c').State = 'deleted';
  for (const route of theNetwork(w).table('private-c').Routes ?? [])
    if (route.NatGatewayId !== undefined) route.State = 'blackhole';
  w.snapshot.ecs.tasks = w.snapshot.ecs.tasks.filter(
    (one) => one.group !== 'service:twin' || !one.availabilityZone?.endsWith('c'),
  );
  Object.assign(theService(w), { desiredCount: 2, runningCount: 2 });
  for (const one of theService(w).deployments ?? []) Object.assign(one, { desiredCount: 2, runningCount: 2 });
}

function hiddenRepository(w: World): void {
  role(w, 'execution').policies = [
    policy('logs', allow(['logs:CreateLogStream', 'logs:PutLogEvents', 'ecr:GetAuthorizationToken'])),
    ...role(w, 'execution').policies.filter((one) => one.PolicyName === 'read-secrets'),
  ];
  failing(w, {
    code: failedToStart,
    reason: 'Task failed to start',
    why: `CannotPullContainerError: Error response from daemon: pull access denied for ${imageOf(w, 'twin', '2.14.0').split(':')[0]}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`,
  });
}

function sidecarEnds(w: World): void {
  const app = theContainer(w);
  theDefinition(w).containerDefinitions?.unshift({
    name: 'datadog-agent',
    image: 'public.ecr.aws/datadog/agent:7.52.0',
    essential: true,
    ...(app.logConfiguration === undefined
      ? {}
      : { logConfiguration: structuredClone(app.logConfiguration) }),
  });
  failing(w, {
    code: exited,
    reason: essentialExited,
    lived: 20,
    exit: 1,
    log: [
      'AGENT 7.52.0',
      'CRITICAL | You must set an DD_API_KEY environment variable to run the Datadog Agent container',
      'exiting',
    ],
    change: (task, index) => {
      task.containers?.unshift({
        containerArn: w.arn('ecs', `container/mirror/${w.hex(`twin-${index}`, 32)}`),
        name: 'twin',
        lastStatus: 'STOPPED',
        exitCode: 143,
      });
    },
  });
}

function endpointRefuses(w: World): void {
  isolate(w);
  theNetwork(w).endpoint('ecr.dkr').PolicyDocument = JSON.stringify({
    Statement: [
      { Effect: 'Allow', Principal: '*', Action: 'ecr:*', Resource: w.arn('ecr', 'repository/platform/*') },
    ],
  });
  failing(w, {
    code: failedToStart,
    reason: `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${imageOf(w, 'twin', '2.14.0')}: pulling from host ${w.place.account}.dkr.ecr.eu-west-1.amazonaws.com failed with status code [manifests 2.14.0]: 403 Forbidden`,
  });
}

function narrowButOpen(w: World): void {
  isolate(w);
  theNetwork(w).group('app').IpPermissionsEgress = [
    {
      IpProtocol: 'tcp',
      FromPort: 443,
      ToPort: 443,
      UserIdGroupPairs: [{ GroupId: w.id('sg', 'endpoints') }],
    },
    { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, PrefixListIds: [{ PrefixListId: w.id('pl', 's3') }] },
    {
      IpProtocol: 'tcp',
      FromPort: 5432,
      ToPort: 5432,
      UserIdGroupPairs: [{ GroupId: w.id('sg', 'database') }],
    },
  ];
}

function missingTag(w: World): void {
  const wanted = imageOf(w, 'twin', 'release-77');
  failingRollOut(
    w,
    (definition) => Object.assign(definition.containerDefinitions?.[0] ?? {}, { image: wanted }),
    {
      code: failedToStart,
      reason: `CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref ${wanted}: ${wanted}: not found`,
    },
  );
}

function deniedOutright(w: World): void {
  const secret = w.arn('secretsmanager', 'secret:mirror/database-Ab3dE9');
  role(w, 'execution').policies = [
    policy('broad', allow(['ecr:*', 'logs:*', 'ssm:*', 'secretsmanager:*'])),
    policy('guard', { Effect: 'Deny', Action: 'secretsmanager:GetSecretValue', Resource: secret }),
  ];
  failing(w, {
    code: failedToStart,
    reason: `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${secret} from secrets manager: AccessDeniedException: User: arn:aws:sts::${w.place.account}:assumed-role/mirror-execution/a1b2 is not authorized to perform: secretsmanager:GetSecretValue on resource: ${secret} with an explicit deny in an identity-based policy`,
  });
}

function keyRefuses(w: World): void {
  const secret = found(w.snapshot.secretsmanager.secrets[0], 'secret');
  secret['KmsKeyId'] = w.arn('kms', 'key/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0');
  failing(w, { code: failedToStart, reason: kmsDenied(w) });
}

function filesClosedInC(w: World): void {
  mountFiles(w);
  theNetwork(w).group('files').IpPermissions = [
    {
      IpProtocol: 'tcp',
      FromPort: 2049,
      ToPort: 2049,
      IpRanges: (['a', 'b'] as const).map((zone) => ({
        CidrIp: theNetwork(w).subnet('private', zone).CidrBlock ?? '',
      })),
    },
  ];
  failing(w, {
    code: failedToStart,
    zones: zones.filter((zone) => zone === 'c'),
    reason:
      "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: Mount attempt 1/3 failed due to timeout after 15 sec, wait 0 sec before next attempt. Mount attempt 2/3 failed due to timeout after 15 sec, wait 0 sec before next attempt. b'mount.nfs4: mount point...",
  });
}

function rolesUnderPath(w: World): void {
  for (const one of w.snapshot.iam.Roles) {
    const moved = one.Arn.replace(':role/', ':role/service-role/');
    for (const definition of w.snapshot.ecs.taskDefinitions) {
      if (definition.executionRoleArn === one.Arn) definition.executionRoleArn = moved;
      if (definition.taskRoleArn === one.Arn) definition.taskRoleArn = moved;
    }
    Object.assign(one, { Arn: moved, Path: '/service-role/' });
  }
}
