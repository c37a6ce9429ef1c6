// What keeps a task from starting: for each cause the words AWS uses, the times that are set and those that are not, a
// look-alike fix that does not help, and the one that does.

import { describe, expect, it } from 'vitest';
import type { Snapshot, SnapshotTask } from '../../src/contract/snapshot.ts';
import { ACCOUNT, groups, REGION, subnets, VPC } from '../../src/simulator/demo/names.ts';
import { allowing, container, definition, group, live, MINUTE_MS, oneMore } from './live-account.ts';

const SERVICE = 'payments-api';
const role = (state: Snapshot, name = 'ecsTaskExecutionRole') =>
  state.iam.Roles.find((one) => one.RoleName === name)!;
const repository = (state: Snapshot) => state.ecr.repositories.find((one) => one.repositoryName === SERVICE)!;
const closeEgress = (state: Snapshot) => {
  group(state, groups.worker).IpPermissionsEgress = [];
};
const set = (task: SnapshotTask) => ({
  pullStarted: task.pullStartedAt !== undefined,
  pullStopped: task.pullStoppedAt !== undefined,
  started: task.startedAt !== undefined,
});
const NOTHING = { pullStarted: false, pullStopped: false, started: false };
const PULLED = { pullStarted: true, pullStopped: true, started: false };

interface Trial {
  readonly fault: (state: Snapshot) => void;
  readonly says: RegExp;
  readonly times: typeof NOTHING;
  readonly wrong?: (state: Snapshot) => void;
  readonly right: (state: Snapshot) => void;
}

/** Plays the fault, the wrong fix and the right one; returns the first task that failed. */
async function trial({ fault, says, times, wrong, right }: Trial): Promise<SnapshotTask> {
  const scene = await live(fault);
  scene.change(oneMore(SERVICE));
  scene.clock.advance(4 * MINUTE_MS);
  const [first] = scene.stopped(SERVICE);
  expect(first?.stoppedReason).toMatch(says);
  expect(first).toMatchObject({ stopCode: 'TaskFailedToStart', lastStatus: 'STOPPED' });
  expect(set(first!)).toEqual(times);
  expect(first!.containers!.every((one) => one.exitCode === undefined)).toBe(true);
  if (wrong !== undefined) {
    scene.change(wrong);
    scene.clock.advance(20 * MINUTE_MS);
    expect(scene.service(SERVICE).runningCount).toBe(2);
  }
  scene.change(right);
  scene.clock.advance(20 * MINUTE_MS);
  expect(scene.service(SERVICE).runningCount).toBe(3);
  return first!;
}

describe('the registry', () => {
  it('does not answer without a way out, and does once there is one', async () => {
    await trial({
      fault: closeEgress,
      says: /^ResourceInitializationError: unable to pull secrets or registry auth: .*ecr registry auth: service call has been retried 3 time\(s\): RequestError: send request failed caused by: Post "https:\/\/api\.ecr\.us-east-1\.amazonaws\.com\/": dial tcp 192\.0\.2\.10:443: i\/o timeout/,
      times: NOTHING,
      wrong: (state) => void role(state).policies.push(allowing('*')),
      right: (state) => {
        group(state, groups.worker).IpPermissionsEgress = [
          { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
        ];
      },
    });
  });
  it('refuses a role that may not ask for a token', async () => {
    await trial({
      fault: (state) => {
        role(state).policies = [allowing('logs:*')];
      },
      says: /AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role\/ecsTaskExecutionRole\/[0-9a-f]{32} is not authorized to perform: ecr:GetAuthorizationToken on resource: \* because no identity-based policy allows the ecr:GetAuthorizationToken action/,
      times: NOTHING,
      wrong: (state) => void role(state, `${SERVICE}-task`).policies.push(allowing('ecr:*')),
      right: (state) => void role(state).policies.push(allowing('ecr:*')),
    });
  });
  it('refuses the manifest to a role that may only have a token', async () => {
    const first = await trial({
      fault: (state) => {
        role(state).policies = [allowing('ecr:GetAuthorizationToken', 'logs:*')];
      },
      says: /^CannotPullContainerError: pull image manifest has been retried 1 time\(s\): failed to resolve ref .*payments-api:3\.0\.1(@sha256:[0-9a-f]{64})?: unexpected status from HEAD request to https:\/\/.*: 403 Forbidden$/,
      times: PULLED,
      right: (state) =>
        void role(state).policies.push(allowing('ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer')),
    });
    expect(first.containers?.[0]?.reason).toBe(first.stoppedReason);
  });
  it('obeys the policy of the repository', async () => {
    const denying = { Statement: [{ Effect: 'Deny', Principal: '*', Action: 'ecr:BatchGetImage' }] };
    await trial({
      fault: (state) => {
        repository(state).policy = denying;
      },
      says: /403 Forbidden$/,
      times: PULLED,
      wrong: (state) => void role(state).policies.push(allowing('*')),
      right: (state) => {
        repository(state).policy = { Statement: [] };
      },
    });
  });
  it('does not have a tag that nobody pushed', async () => {
    await trial({
      fault: (state) => {
        container(state, SERVICE).image = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${SERVICE}:9.9.9`;
      },
      says: /failed to resolve ref .*:9\.9\.9: .*:9\.9\.9: not found$/,
      times: PULLED,
      wrong: closeNothing,
      right: (state) =>
        void repository(state).images.push({ imageDigest: `sha256:${'a'.repeat(64)}`, imageTags: ['9.9.9'] }),
    });
  });
  it('does not have a repository that nobody made', async () => {
    let gone: Snapshot['ecr']['repositories'] = [];
    await trial({
      fault: (state) => {
        gone = state.ecr.repositories.splice(2, 1);
      },
      says: /name unknown: The repository with name 'payments-api' does not exist in the registry with id '123456789012'$/,
      times: PULLED,
      right: (state) => void state.ecr.repositories.push(...gone),
    });
  });
  it('keeps the layers in S3, which is a path of its own', async () => {
    const toS3 = (state: Snapshot) => state.ec2.VpcEndpoints[0]!;
    await trial({
      fault: (state) => {
        toS3(state).PolicyDocument =
          '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::mine/*"}]}';
      },
      says: /^CannotPullContainerError: ref pull has been retried 5 time\(s\): failed to copy: httpReadSeeker: failed open: unexpected status code https:\/\/prod-us-east-1-starport-layer-bucket\.s3\./,
      times: PULLED,
      wrong: (state) => void role(state).policies.push(allowing('s3:*')),
      right: (state) => {
        toS3(state).PolicyDocument = '';
      },
    });
  });
  it('gives every task of a deployment the image that the first one got', async () => {
    const scene = await live();
    scene.change(oneMore(SERVICE));
    scene.clock.advance(MINUTE_MS);
    scene.change((state) => {
      for (const one of repository(state).images) one.imageDigest = `sha256:${'b'.repeat(64)}`;
    });
    scene.change(oneMore(SERVICE));
    scene.clock.advance(MINUTE_MS);
    expect(scene.stopped(SERVICE)[0]?.stoppedReason).toMatch(/3\.0\.1@sha256:[0-9a-f]{64}: not found$/);
  });
  it('refuses a platform that an index does not hold', async () => {
    await trial({
      fault: (state) =>
        Object.assign(repository(state).images[0]!, {
          imageManifestMediaType: 'application/vnd.oci.image.index.v1+json',
          architecture: 'arm64',
        }),
      says: /image Manifest does not contain descriptor matching platform 'linux\/amd64'$/,
      times: PULLED,
      right: (state) => {
        repository(state).images[0]!.architecture = ['amd64', 'arm64'];
      },
    });
  });
  it('is pulled from an index of which nobody recorded the platforms', async () => {
    const scene = await live();
    scene.change((state) => {
      for (const one of repository(state).images) {
        one.imageManifestMediaType = 'application/vnd.oci.image.index.v1+json';
        delete one.architecture;
      }
    });
    scene.change(oneMore(SERVICE));
    scene.clock.advance(2 * MINUTE_MS);
    expect(scene.stopped(SERVICE)).toEqual([]);
  });
  it('of somebody else needs a way to the internet', async () => {
    await trial({
      fault: (state) => {
        container(state, SERVICE).image = 'nginx:1.27';
        state.ec2.NatGateways[0]!.State = 'deleted';
      },
      says: /failed to resolve ref docker\.io\/library\/nginx:1\.27: failed to do request: Head "https:\/\/registry-1\.docker\.io\/v2\/library\/nginx\/manifests\/1\.27": dial tcp .*: i\/o timeout$/,
      times: PULLED,
      right: (state) => {
        state.ec2.NatGateways[0]!.State = 'available';
      },
    });
  });
});

function closeNothing(): void {}

describe('interface endpoints', () => {
  const names = ['ecr.api', 'ecr.dkr', 'logs'];
  const withEndpoints = (state: Snapshot) => {
    state.ec2.NatGateways[0]!.State = 'deleted';
    for (const name of names) {
      state.ec2.VpcEndpoints.push({
        VpcEndpointId: `vpce-${name}`,
        VpcEndpointType: 'Interface',
        VpcId: VPC,
        State: 'available' as 'Available',
        ServiceName: `com.amazonaws.${REGION}.${name}`,
        PrivateDnsEnabled: true,
        SubnetIds: [...subnets.private],
        Groups: [{ GroupId: groups.cache }],
      });
    }
    group(state, groups.cache).IpPermissions = [
      { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.0.0.0/16' }] },
    ];
  };
  it('replace the way out, as long as each of them is there', async () => {
    const scene = await live(withEndpoints);
    scene.change(oneMore(SERVICE));
    scene.clock.advance(2 * MINUTE_MS);
    expect(scene.service(SERVICE).runningCount).toBe(3);
    await trial({
      fault: (state) => {
        withEndpoints(state);
        state.ec2.VpcEndpoints = state.ec2.VpcEndpoints.filter(
          (one) => !one.ServiceName?.endsWith('ecr.dkr'),
        );
      },
      says: /^CannotPullContainerError: pull image manifest has been retried 5 time\(s\): .*dial tcp .*: i\/o timeout$/,
      times: PULLED,
      right: (state) => {
        state.ec2.NatGateways[0]!.State = 'available';
      },
    });
  });
  it('let nobody in whom their group does not', async () => {
    await trial({
      fault: (state) => {
        withEndpoints(state);
        group(state, groups.cache).IpPermissions = [];
      },
      says: /dial tcp 10\.0\.1[01]\.250:443: i\/o timeout/,
      times: NOTHING,
      wrong: (state) => {
        state.ec2.NatGateways[0]!.State = 'available';
      },
      right: (state) => {
        group(state, groups.cache).IpPermissions = [
          { IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.0/16' }] },
        ];
      },
    });
  });
  it('are not found by name without private DNS', async () => {
    await trial({
      fault: (state) => {
        withEndpoints(state);
        for (const one of state.ec2.VpcEndpoints) one.PrivateDnsEnabled = false;
      },
      says: /api\.ecr\..*i\/o timeout/,
      times: NOTHING,
      right: (state) => {
        for (const one of state.ec2.VpcEndpoints) one.PrivateDnsEnabled = true;
      },
    });
  });
});

describe('secrets', () => {
  const ARN = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:db-Qz81Lm`;
  const uses = (valueFrom: string) => (state: Snapshot) => {
    container(state, SERVICE).secrets = [{ name: 'PASSWORD', valueFrom }];
    role(state).policies.push(allowing('secretsmanager:GetSecretValue', 'ssm:GetParameters'));
  };
  const listed =
    (more: object = {}) =>
    (state: Snapshot) =>
      void state.secretsmanager.secrets.push({ ARN, Name: 'db', ...more });
  const words =
    'unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve';

  it('that do not exist', async () => {
    await trial({
      fault: uses(ARN),
      says: new RegExp(
        `^ResourceInitializationError: ${words} secret from asm: service call has been retried 1 time\\(s\\): failed to fetch secret ${ARN} from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret`,
      ),
      times: NOTHING,
      wrong: (state) => void role(state).policies.push(allowing('*')),
      right: listed(),
    });
  });
  it('that the execution role may not read, whatever the task role may', async () => {
    await trial({
      fault: (state) => {
        uses(ARN)(state);
        listed()(state);
        role(state).policies.pop();
      },
      says: /is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:.*:secret:db-Qz81Lm because no identity-based policy allows/,
      times: NOTHING,
      wrong: (state) => void role(state, `${SERVICE}-task`).policies.push(allowing('secretsmanager:*')),
      right: (state) => void role(state).policies.push(allowing('secretsmanager:GetSecretValue')),
    });
  });
  it('under a key of their own, which is a permission of its own', async () => {
    await trial({
      fault: (state) => {
        uses(ARN)(state);
        listed({ KmsKeyId: `arn:aws:kms:${REGION}:${ACCOUNT}:key/1f0a` })(state);
      },
      says: /AccessDeniedException: Access to KMS is not allowed status code: 400/,
      times: NOTHING,
      wrong: (state) => void role(state).policies.push(allowing('secretsmanager:*')),
      right: (state) => void role(state).policies.push(allowing('kms:Decrypt')),
    });
  });
  it('that are marked for deletion, or lack the name that is asked for', async () => {
    await trial({
      fault: (state) => {
        uses(ARN)(state);
        listed({ DeletedDate: '2026-11-19T00:00:00Z' })(state);
      },
      says: /InvalidRequestException: You can't perform this operation on the secret because it was marked for deletion/,
      times: NOTHING,
      right: (state) => void delete state.secretsmanager.secrets[0]!.DeletedDate,
    });
    await trial({
      fault: (state) => {
        uses(`${ARN}:password::`)(state);
        listed({ JsonKeys: ['user'] })(state);
      },
      says: /did not contain json key password$/,
      times: NOTHING,
      right: (state) => {
        state.secretsmanager.secrets[0]!.JsonKeys = ['user', 'password'];
      },
    });
  });
  it('from Parameter Store', async () => {
    await trial({
      fault: uses('/app/password'),
      says: new RegExp(
        `${words} secrets from ssm: service call has been retried 1 time\\(s\\): invalid parameters: /app/password$`,
      ),
      times: NOTHING,
      right: (state) => void state.ssm.parameters.push({ Name: '/app/password', Type: 'SecureString' }),
    });
  });
});

describe('what else is set up before a container starts', () => {
  it('environment files are read from S3 by the execution role', async () => {
    await trial({
      fault: (state) => {
        container(state, SERVICE).environmentFiles = [{ type: 's3', value: 'arn:aws:s3:::config/app.env' }];
      },
      says: /^ResourceInitializationError: failed to download env files: .*AccessDenied: Access Denied status code: 403/,
      times: NOTHING,
      wrong: (state) => void role(state, `${SERVICE}-task`).policies.push(allowing('s3:*')),
      right: (state) => void role(state).policies.push(allowing('s3:GetObject')),
    });
  });
  it('a log group is made only where the task definition says so and the role may', async () => {
    const first = await trial({
      fault: (state) => {
        state.logs.logGroups = state.logs.logGroups.filter((one) => one.logGroupName !== `/ecs/${SERVICE}`);
        container(state, SERVICE).logConfiguration!.options!['awslogs-create-group'] = 'true';
      },
      says: /^ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log group: AccessDeniedException: .*logs:CreateLogGroup/,
      times: PULLED,
      right: (state) => void role(state).policies.push(allowing('logs:CreateLogGroup')),
    });
    expect(first.containers?.[0]?.reason).toBeUndefined();
  });
  it('a command line in the place of a program is not found', async () => {
    await trial({
      fault: (state) => {
        container(state, SERVICE).command = ['npm start'];
      },
      says: /^CannotStartContainerError: .*exec: "npm start": executable file not found in \$PATH: unknown$/,
      times: PULLED,
      right: (state) => {
        container(state, SERVICE).command = ['npm', 'start'];
      },
    });
  });
  it('a subnet without addresses gives no interface', async () => {
    await trial({
      fault: (state) => {
        for (const one of state.ec2.Subnets) one.AvailableIpAddressCount = 0;
      },
      says: /InsufficientFreeAddressesInSubnet$/,
      times: NOTHING,
      wrong: closeNothing,
      right: (state) => {
        for (const one of state.ec2.Subnets) one.AvailableIpAddressCount = 10;
      },
    });
  });
});

describe('an EFS volume', () => {
  const mounted = (state: Snapshot) => {
    definition(state, SERVICE).volumes = [
      {
        name: 'data',
        efsVolumeConfiguration: {
          fileSystemId: 'fs-1',
          transitEncryption: 'ENABLED',
          authorizationConfig: { iam: 'ENABLED' },
        },
      },
    ];
    state.efs.FileSystems.push({ FileSystemId: 'fs-1' });
    for (const [zone, SubnetId] of subnets.private.entries())
      state.efs.MountTargets.push({
        MountTargetId: `fsmt-${zone}`,
        FileSystemId: 'fs-1',
        SubnetId,
        IpAddress: `10.0.1${zone}.240`,
        LifeCycleState: 'available',
        SecurityGroups: [groups.database],
      });
    group(state, groups.database).IpPermissions!.push({
      IpProtocol: 'tcp',
      FromPort: 2049,
      ToPort: 2049,
      IpRanges: [{ CidrIp: '10.0.0.0/16' }],
    });
  };
  const words = 'failed to invoke EFS utils commands to set up EFS volumes: stderr:';
  it('is mounted when everything is there', async () => {
    const scene = await live(mounted);
    scene.change(oneMore(SERVICE));
    scene.clock.advance(2 * MINUTE_MS);
    expect(scene.service(SERVICE).runningCount).toBe(3);
  });
  it('has no name where its zone has no mount target', async () => {
    await trial({
      fault: (state) => {
        mounted(state);
        for (const one of state.efs.MountTargets) one.LifeCycleState = 'creating';
      },
      says: new RegExp(`${words} Failed to resolve "fs-1\\.efs\\.us-east-1\\.amazonaws\\.com"`),
      times: PULLED,
      right: (state) => {
        for (const one of state.efs.MountTargets) one.LifeCycleState = 'available';
      },
    });
  });
  it('is not reached without port 2049', async () => {
    await trial({
      fault: (state) => {
        mounted(state);
        group(state, groups.database).IpPermissions!.pop();
      },
      says: /mount\.nfs4: Connection timed out/,
      times: PULLED,
      wrong: (state) => void role(state, `${SERVICE}-task`).policies.push(allowing('elasticfilesystem:*')),
      right: (state) =>
        void group(state, groups.database).IpPermissions!.push({
          IpProtocol: 'tcp',
          FromPort: 2049,
          ToPort: 2049,
          UserIdGroupPairs: [{ GroupId: groups.worker }],
        }),
    });
  });
  it('lets in whom its policy lets in', async () => {
    await trial({
      fault: (state) => {
        mounted(state);
        state.efs.policies['fs-1'] = { Statement: [] };
      },
      says: /mount\.nfs4: access denied by server while mounting 127\.0\.0\.1:\//,
      times: PULLED,
      wrong: (state) => void role(state).policies.push(allowing('elasticfilesystem:*')),
      right: (state) =>
        void role(state, `${SERVICE}-task`).policies.push(allowing('elasticfilesystem:ClientMount')),
    });
  });
});

describe('a role that ECS cannot assume', () => {
  it('makes no task, only an event, until its trust is right', async () => {
    const scene = await live((state) => {
      role(state, `${SERVICE}-task`).AssumeRolePolicyDocument = {
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ],
      };
    });
    scene.change(oneMore(SERVICE));
    scene.clock.advance(2 * MINUTE_MS);
    expect(scene.fresh(SERVICE)).toEqual([]);
    expect(scene.messages(SERVICE)[0]).toBe(
      `(service ${SERVICE}) failed to launch a task with (error ECS was unable to assume the role 'arn:aws:iam::${ACCOUNT}:role/${SERVICE}-task' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.).`,
    );
    scene.change((state) => {
      role(state, `${SERVICE}-task`).AssumeRolePolicyDocument = role(state).AssumeRolePolicyDocument!;
    });
    scene.clock.advance(20 * MINUTE_MS);
    expect(scene.service(SERVICE).runningCount).toBe(3);
  });
});
