// Corners of file systems: whom an access point makes of everybody, and the directory it begins at.

import { found, type World } from './base.ts';
import { type Corner, corner } from './corner.ts';
import { essentialExited, exited, failedToStart, failing } from './incident.ts';
import { mountFiles } from './storage.ts';
import { theContainer, theDefinition } from './workload.ts';

const point = (w: World) => found(w.snapshot.efs.AccessPoints[0], 'access point');

const noPath = (w: World) =>
  failing(w, {
    code: failedToStart,
    reason: `ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: mounting ${w.id('fs', 'shared')}.efs.${w.place.region}.amazonaws.com:/ failed, reason given by server: No such file or directory' : unsuccessful EFS utils command execution; code: 32`,
  });

const mayNotWrite = (w: World, path = '/data/uploads') =>
  failing(w, {
    code: exited,
    reason: essentialExited,
    lived: 6,
    exit: 1,
    log: ['starting', `Error: EACCES: permission denied, mkdir '${path}'`, '  errno: -13'],
  });

/** What the directory of an access point was made with. */
const made = (OwnerUid: number, Permissions: string) => ({ OwnerUid, OwnerGid: OwnerUid, Permissions });

export const fileCorners: readonly Corner[] = [
  corner('an access point that begins where nothing is, and does not make it', {
    class: 'efs-access-denied',
    verdicts: ['proven'],
    says: /\/shared/,
    never: ['efs-unreachable'],
    ill: (w) => {
      mountFiles(w);
      noPath(w);
    },
  }),
  corner('a root directory of the volume that is not there', {
    class: 'efs-access-denied',
    verdicts: ['likely'],
    says: /\/exports\/shop/,
    never: ['efs-unreachable'],
    ill: (w) => {
      mountFiles(w);
      theDefinition(w).volumes = [
        {
          name: 'shared',
          efsVolumeConfiguration: { fileSystemId: w.id('fs', 'shared'), rootDirectory: '/exports/shop' },
        },
      ];
      noPath(w);
    },
  }),
  corner('an access point that makes everybody a user who may not write', {
    class: 'efs-access-denied',
    verdicts: ['proven'],
    says: /1000/,
    never: ['app-config-error'],
    ill: (w) => {
      mountFiles(w);
      point(w).RootDirectory = { Path: '/shared', CreationInfo: made(0, '0755') };
      mayNotWrite(w);
    },
  }),
  corner('an access point whose directory belongs to the user it makes, and whose files do not', {
    class: 'efs-access-denied',
    verdicts: ['likely'],
    says: /owns|user/,
    ill: (w) => {
      mountFiles(w);
      point(w).RootDirectory = { Path: '/shared', CreationInfo: made(1000, '0750') };
      mayNotWrite(w);
    },
  }),
  corner('a container that runs as a user who may not write, behind an access point that changes nobody', {
    class: 'efs-access-denied',
    verdicts: ['proven'],
    says: /2000/,
    never: ['app-config-error'],
    ill: (w) => {
      mountFiles(w);
      delete point(w).PosixUser;
      point(w).RootDirectory = { Path: '/shared', CreationInfo: made(1000, '0755') };
      theContainer(w).user = '2000:2000';
      mayNotWrite(w);
    },
  }),
  corner('a volume that the container may only read', {
    class: 'app-config-error',
    verdicts: ['proven', 'likely'],
    says: /read-only|readOnly/i,
    never: ['efs-access-denied'],
    ill: (w) => {
      mountFiles(w);
      theContainer(w).mountPoints = [{ sourceVolume: 'shared', containerPath: '/data', readOnly: true }];
      failing(w, {
        code: exited,
        reason: essentialExited,
        lived: 6,
        exit: 1,
        log: ['starting', "Error: EROFS: read-only file system, mkdir '/data/uploads'"],
      });
    },
  }),
];
