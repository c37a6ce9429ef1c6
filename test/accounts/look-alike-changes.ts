// What makes the look-alikes ill: each change breaks one thing and leaves another looking broken.

import { found, type World, zones } from './base.ts';
import { everything, theNetwork } from './base-network.ts';
import { allow, policy } from './base-roles.ts';
import { isolate } from './endpoints.ts';
import { role } from './iam.ts';
import {
  essentialExited,
  event,
  exited,
  failedToStart,
  failing,
  failingRollOut,
  rollOut,
} from './incident.ts';
import { mountFiles } from './storage.ts';
import { imageOf, theContainer, theDefinition, theService } from './workload.ts';

const kmsDenied = (w: World) =>
  `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${w.arn('secretsmanager', `secret:${w.place.cluster}/database-Ab3dE9`)} from secrets manager: AccessDeniedException: Access to KMS is not allowed status code: 400, request id: 1f2e`;

export function twoGroups(w: World): void {
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

export function deadZoneC(w: World): void {
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

export function hiddenRepository(w: World): void {
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

export function sidecarEnds(w: World): void {
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

export function endpointRefuses(w: World): void {
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

/** The endpoint of Secrets Manager lets other secrets through alone; the role itself may read this one. */
export function endpointRefusesSecret(w: World): void {
  isolate(w);
  const secret = w.arn('secretsmanager', `secret:${w.place.cluster}/database-Ab3dE9`);
  theNetwork(w).endpoint('secretsmanager').PolicyDocument = JSON.stringify({
    Statement: [
      {
        Effect: 'Allow',
        Principal: '*',
        Action: 'secretsmanager:*',
        Resource: w.arn('secretsmanager', 'secret:platform/*'),
      },
    ],
  });
  failing(w, {
    code: failedToStart,
    reason: `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${secret} from secrets manager: AccessDeniedException: User: arn:aws:sts::${w.place.account}:assumed-role/mirror-execution/a1b2 is not authorized to perform: secretsmanager:GetSecretValue on resource: ${secret} because no VPC endpoint policy allows the secretsmanager:GetSecretValue action`,
  });
}

/** The endpoint of CloudWatch Logs denies making streams; the role itself may make them. */
export function endpointRefusesLogs(w: World): void {
  isolate(w);
  theNetwork(w).endpoint('logs').PolicyDocument = JSON.stringify({
    Statement: [
      { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' },
      { Effect: 'Deny', Principal: '*', Action: 'logs:CreateLogStream', Resource: '*' },
    ],
  });
  const stream = w.arn('logs', `log-group:/ecs/${w.place.cluster}/${w.place.service}:log-stream:ecs/app/1`);
  failing(w, {
    code: failedToStart,
    reason: `ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: AccessDeniedException: User: arn:aws:sts::${w.place.account}:assumed-role/mirror-execution/a1b2 is not authorized to perform: logs:CreateLogStream on resource: ${stream} with an explicit deny in a VPC endpoint policy : exit status 1`,
  });
}

export function narrowButOpen(w: World): void {
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

export function missingTag(w: World): void {
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

export function deniedOutright(w: World): void {
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

export function keyRefuses(w: World): void {
  const secret = found(w.snapshot.secretsmanager.secrets[0], 'secret');
  secret['KmsKeyId'] = w.arn('kms', 'key/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0');
  failing(w, { code: failedToStart, reason: kmsDenied(w) });
}

export function filesClosedInC(w: World): void {
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

export function rolesUnderPath(w: World): void {
  for (const one of w.snapshot.iam.Roles) {
    const moved = one.Arn.replace(':role/', ':role/service-role/');
    for (const definition of w.snapshot.ecs.taskDefinitions) {
      if (definition.executionRoleArn === one.Arn) definition.executionRoleArn = moved;
      if (definition.taskRoleArn === one.Arn) definition.taskRoleArn = moved;
    }
    Object.assign(one, { Arn: moved, Path: '/service-role/' });
  }
}

/** ECS says only that it could not place the task; why is in the revision itself. */
export function sizeNobodySells(w: World): void {
  const revision = rollOut(w, (definition) => Object.assign(definition, { cpu: '512', memory: '512' }), {
    name: w.place.service,
  });
  for (const container of revision.containerDefinitions ?? [])
    Object.assign(container, { cpu: 0, memory: 256 });
  event(w, 200, `(service ${w.place.service}) was unable to place a task.`);
}
