// EFS volumes: the name of a file system is known where its zone has a mount target, port 2049 has to be open, and the
// file system's policy has to let the task in. Which folders a file system holds is in no snapshot; all are taken to be there.
// The mount is made in the network of the containers: on EC2 too that is the task's own interface where it has one.
// https://docs.aws.amazon.com/efs/latest/ug/mounting-fs-mount-cmd-dns-name.html
// https://github.com/aws/amazon-ecs-agent/pull/2372

import type * as Ecs from '@aws-sdk/client-ecs';
import type { Snapshot, SnapshotNetworkInterface } from '../../../contract/snapshot.ts';
import { judge } from '../../physics/policy.ts';
import { reach } from '../../physics/reach.ts';
import { roleMay } from '../../physics/roles.ts';
import { containerInterface } from '../task-interface.ts';
import {
  NO_ANSWER_MS,
  preparationFailed,
  REFUSED_MS,
  type StartAttempt,
  type StartFailure,
  type StartStep,
} from './start-attempt.ts';

type Volume = Ecs.EFSVolumeConfiguration;

const NFS = 2049;

export const mountVolumes: StartStep = (attempt) => {
  for (const volume of attempt.definition.volumes ?? []) {
    const efs = volume.efsVolumeConfiguration;
    const failure = efs === undefined ? undefined : mount(attempt, volume.name ?? '', efs);
    if (failure !== undefined) return failure;
  }
  return undefined;
};

function mount(attempt: StartAttempt, name: string, volume: Volume): StartFailure | undefined {
  const { region, state } = attempt.world.account;
  const id = volume.fileSystemId ?? '';
  const host = `${id}.efs.${region}.amazonaws.com`;
  const failed = (text: string, code: number, tookMs: number = REFUSED_MS) =>
    mountFailed(attempt, { name, text, code, tookMs });
  const from = containerInterface(attempt.world, attempt.task);
  const target = targetFor(state, from, id);
  if (target === undefined)
    return failed(
      `Failed to resolve "${host}" - check that your file system ID is correct, and ensure that the VPC has an EFS mount target for this file system ID.`,
      1,
    );
  if (
    from !== undefined &&
    !reach(state.ec2, { from, to: target.PrivateIpAddress ?? '', port: NFS, at: target }).open
  )
    return failed("b'mount.nfs4: Connection timed out'", 32, NO_ANSWER_MS);
  const point = volume.authorizationConfig?.accessPointId;
  if (
    point !== undefined &&
    !state.efs.AccessPoints.some((one) => one.AccessPointId === point && (one.FileSystemId ?? id) === id)
  )
    return failed(`b'mount.nfs4: access denied by server while mounting 127.0.0.1:/'`, 32);
  if (!letsIn(attempt, volume))
    return failed("b'mount.nfs4: access denied by server while mounting 127.0.0.1:/'", 32);
  return undefined;
}

/** On EC2 docker asks the volume plugin of ECS, and names the volume after the task's definition. */
function mountFailed(
  { fargate, definition, world }: StartAttempt,
  { name, text, code, tookMs }: { name: string; text: string; code: number; tookMs: number },
): StartFailure {
  if (!fargate) {
    const volume = `ecs-${definition.family ?? ''}-${definition.revision ?? 1}-${name}-${world.account.newHex(20)}`;
    const stoppedReason = `Error response from daemon: create ${volume}: VolumeDriver.Create: mounting volume failed: ${text}`;
    return { stoppedReason, tookMs };
  }
  return preparationFailed(
    `failed to invoke EFS utils commands to set up EFS volumes: stderr: ${text} : unsuccessful EFS utils command execution; code: ${code}`,
    tookMs,
  );
}

/** The mount target of the task's zone, as an interface. */
function targetFor(
  state: Snapshot,
  from: SnapshotNetworkInterface | undefined,
  fileSystem: string,
): SnapshotNetworkInterface | undefined {
  const vpc = state.ec2.VpcAttributes[from?.VpcId ?? ''];
  if (vpc?.enableDnsSupport === false || vpc?.enableDnsHostnames === false) return undefined;
  const zone = zoneOf(state, from?.SubnetId) ?? from?.AvailabilityZone;
  const targets = state.efs.MountTargets.filter(
    (one) => one.FileSystemId === fileSystem && (one.LifeCycleState ?? 'available') === 'available',
  );
  const found = targets.find(
    (one) => zone === undefined || (one.AvailabilityZoneName ?? zoneOf(state, one.SubnetId)) === zone,
  );
  if (found === undefined) return undefined;
  const groups: unknown[] = Array.isArray(found.SecurityGroups) ? found.SecurityGroups : [];
  return {
    NetworkInterfaceId: String(found.NetworkInterfaceId ?? found.MountTargetId),
    SubnetId: String(found.SubnetId ?? ''),
    VpcId: from?.VpcId,
    PrivateIpAddress: String(found.IpAddress ?? ''),
    Groups: groups.map((group) => ({ GroupId: String(group) })),
  };
}

function zoneOf(state: Snapshot, subnet: unknown): string | undefined {
  return state.ec2.Subnets.find((one) => one.SubnetId === subnet)?.AvailabilityZone;
}

/** Without a policy a file system lets everybody in who reaches it. */
function letsIn({ world, definition }: StartAttempt, volume: Volume): boolean {
  const { id, region, state } = world.account;
  const fileSystem = volume.fileSystemId ?? '';
  const resourcePolicy = state.efs.policies[fileSystem];
  if (resourcePolicy === undefined) return true;
  const point = volume.authorizationConfig?.accessPointId;
  const request = {
    action: 'elasticfilesystem:ClientMount',
    resource: `arn:aws:elasticfilesystem:${region}:${id}:file-system/${fileSystem}`,
    context: {
      'aws:SecureTransport': String(volume.transitEncryption === 'ENABLED'),
      'elasticfilesystem:AccessedViaMountTarget': 'true',
      ...(point === undefined
        ? {}
        : {
            'elasticfilesystem:AccessPointArn': `arn:aws:elasticfilesystem:${region}:${id}:access-point/${point}`,
          }),
    },
  };
  const role = definition.taskRoleArn;
  if (volume.authorizationConfig?.iam === 'ENABLED' && role !== undefined)
    return roleMay(state, role, { ...request, resourcePolicy }).allowed;
  const nobody = { arns: [], account: '' };
  return judge([resourcePolicy], { ...request, asker: nobody }) === 'allow';
}
