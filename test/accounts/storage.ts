// Storage causes: disks without room, file systems out of reach or closed.

import type { World } from './base.ts';
import { theNetwork } from './base-network.ts';
import { cause } from './case.ts';
import {
  clumsyPeople,
  deadRouteElsewhere,
  everydayStops,
  oddSettings,
  oldOutOfMemory,
  oldPullTimeouts,
  scaryLines,
  storefrontWithoutImage,
  workerOutOfMemory,
  workerShutIn,
} from './decoys.ts';
import { breakerTripped, essentialExited, exited, failedToStart, failing } from './incident.ts';
import { theContainer, theDefinition } from './workload.ts';

export const storage = [
  cause('disk-full', {
    verdict: 'likely',
    why: 'how full a disk is, is in no API that everybody has',
    denied: ['ecs:DescribeTasks'],
    at: {
      region: 'us-east-1',
      account: '447720017722',
      cluster: 'fat',
      service: 'models',
      net: 112,
      launch: 'EC2',
    },
    ill: (w) =>
      failing(w, {
        code: failedToStart,
        reason: 'Task failed to start',
        why: 'CannotPullContainerError: failed to register layer: Error processing tar file(exit status 1): write /opt/models/large.bin: no space left on device',
        zones: ['b'],
      }),
    decoysAt: {
      region: 'eu-west-1',
      account: '318830028844',
      cluster: 'tmp',
      service: 'unzipper',
      net: 113,
      count: 2,
    },
    again: (w) =>
      failing(w, {
        code: exited,
        reason: essentialExited,
        lived: 260,
        exit: 1,
        log: [
          'extracting 41 GB archive to /tmp/work',
          "OSError: [Errno 28] No space left on device: '/tmp/work/part-0031'",
        ],
      }),
    decoys: [workerOutOfMemory, oldOutOfMemory, deadRouteElsewhere, oddSettings],
  }),
  cause('efs-unreachable', {
    denied: ['ec2:DescribeSecurityGroups'],
    at: {
      region: 'us-west-2',
      account: '763310017799',
      cluster: 'wp',
      service: 'wordpress',
      net: 114,
      count: 2,
    },
    ill: (w) => {
      mountFiles(w);
      theNetwork(w).group('files').IpPermissions = [
        {
          IpProtocol: 'tcp',
          FromPort: 2049,
          ToPort: 2049,
          UserIdGroupPairs: [{ GroupId: w.id('sg', 'worker') }],
        },
      ];
      failing(w, {
        code: failedToStart,
        reason:
          "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: Connection timed out' Warning: config file does not have fall_back_to_mount_target_ip_address_enabled item in section mount.. You should be able to find a new config file in the same folder as current config file /etc/amazon/efs/efs-utils.conf. : unsuccessful EFS utils command execution; code: 32",
      });
    },
    decoysAt: {
      region: 'us-west-1',
      account: '528860028811',
      cluster: 'jenkins',
      service: 'controller',
      net: 115,
      count: 3,
    },
    again: (w) => {
      // No mount target in one of the service's zones.
      mountFiles(w);
      const { efs } = w.snapshot;
      efs.MountTargets = efs.MountTargets.filter((one) => one['MountTargetId'] !== w.id('fsmt', 'c'));
      failing(w, {
        code: failedToStart,
        reason: `ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: Failed to resolve "${w.id('fs', 'shared')}.efs.us-west-1.amazonaws.com" - check that your file system ID is correct, and ensure that the VPC has an EFS mount target for this file system ID. See https://docs.aws.amazon.com/console/efs/mount-dns-name for more detail. Attempting to lookup mount target ip address using bot...`,
        zones: ['c'],
      });
    },
    decoys: [workerShutIn, oldPullTimeouts, storefrontWithoutImage, oddSettings],
  }),
  cause('efs-access-denied', {
    denied: ['elasticfilesystem:*'],
    at: {
      region: 'eu-central-1',
      account: '905550017733',
      cluster: 'dms',
      service: 'documents',
      net: 116,
      count: 2,
    },
    ill: (w) => {
      mountFiles(w);
      w.snapshot.efs.policies[w.id('fs', 'shared')] = {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: w.role(`${w.place.cluster}-backup`) },
            Action: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'],
            Resource: w.arn('elasticfilesystem', `file-system/${w.id('fs', 'shared')}`),
          },
        ],
      };
      failing(w, {
        code: failedToStart,
        reason:
          "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: access denied by server while mounting 127.0.0.1:/' : unsuccessful EFS utils command execution; code: 32",
      });
    },
    decoysAt: {
      region: 'ap-southeast-1',
      account: '262270028899',
      cluster: 'directus',
      service: 'assets',
      net: 117,
      count: 2,
    },
    again: (w) => {
      // The access point that the definition names was deleted with the stack of long ago.
      mountFiles(w, 'fsap-0123456789abcdef0');
      failing(w, {
        code: failedToStart,
        reason:
          "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: access denied by server while mounting 127.0.0.1:/' : unsuccessful EFS utils command execution; code: 32",
      });
      breakerTripped(w);
    },
    decoys: [workerOutOfMemory, clumsyPeople, everydayStops, scaryLines],
  }),
];

/** The definition mounts the shared file system, through its access point unless another is named. */
export function mountFiles(w: World, accessPointId = w.id('fsap', 'shared')): void {
  theDefinition(w).volumes = [
    {
      name: 'shared',
      efsVolumeConfiguration: {
        fileSystemId: w.id('fs', 'shared'),
        transitEncryption: 'ENABLED',
        authorizationConfig: { accessPointId, iam: 'ENABLED' },
      },
    },
  ];
  theContainer(w).mountPoints = [{ sourceVolume: 'shared', containerPath: '/data', readOnly: false }];
}
