// Starts and ends of tasks in less usual words.

import { hostArn } from './base-hosts.ts';
import { changed, type ToldCase } from './case.ts';
import { essentialExited, exited, failedToStart, failing } from './incident.ts';
import { wants } from './placement.ts';
import { mountFiles } from './storage.ts';
import { addStopped } from './tasks.ts';
import { theContainer } from './workload.ts';

const at = {
  region: 'eu-west-1',
  account: '919112347890',
  cluster: 'dock',
  service: 'crane',
  net: 161,
} as const;
const onHosts = { ...at, launch: 'EC2' } as const;
const noSpace =
  'CannotPullContainerError: ref pull has been retried 1 time(s): failed to extract layer sha256:7c524a8642865c29df8d3973cefe8430653ba7fea85bd386e24e522601c30227: write /var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/86/fs/usr/lib/x.so: no space left on device: unknown';

export const toldStarts: readonly ToldCase[] = [
  {
    name: 'a disk that is full, told in a long sentence',
    class: 'disk-full',
    verdicts: ['likely'],
    says: () => [/no space left on device/],
    account: () => changed(at, [(w) => failing(w, { code: failedToStart, reason: noSpace, why: noSpace })]),
  },
  {
    name: 'a disk that is full on one host, while the revision runs on others',
    class: 'disk-full',
    verdicts: ['proven'],
    says: (w) => [hostArn(w, 'c')],
    account: () =>
      changed(onHosts, [
        (w) => {
          wants(w, 4);
          addStopped(w, {
            zones: ['c'],
            code: failedToStart,
            reason: 'Task failed to start',
            why: 'CannotPullContainerError: failed to register layer: write /usr/lib/libx.so: no space left on device',
          });
        },
      ]),
  },
  {
    name: 'a disk that is full on Windows',
    class: 'disk-full',
    verdicts: ['likely', 'proven'],
    account: () =>
      changed(onHosts, [
        (w) =>
          failing(w, {
            code: failedToStart,
            reason: 'Task failed to start',
            why: String.raw`CannotPullContainerError: failed to register layer: re-exec error: exit status 1: output: ProcessUtilityVMImage \\?\C:\ProgramData\docker\windowsfilter\8a7f\UtilityVM: There is not enough space on the disk. (0x70)`,
          }),
      ]),
  },
  {
    name: 'a script whose interpreter is not in the image',
    class: 'entrypoint-invalid',
    verdicts: ['likely'],
    says: () => [/\/entrypoint\.sh/],
    account: () =>
      changed(at, [
        (w) => {
          theContainer(w).entryPoint = ['/entrypoint.sh'];
          failing(w, {
            code: exited,
            reason: essentialExited,
            lived: 1,
            exit: 255,
            log: ['exec /entrypoint.sh: no such file or directory'],
          });
        },
      ]),
  },
  {
    name: 'a mount helper that speaks of a dependency of its own',
    class: 'efs-unreachable',
    verdicts: ['proven'],
    neverClass: ['container-dependency-failed'],
    account: () =>
      changed(at, [
        (w) => {
          mountFiles(w);
          w.snapshot.efs.MountTargets = [];
          failing(w, {
            code: failedToStart,
            reason: `ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: Failed to resolve "${w.id('fs', 'shared')}.efs.${w.place.region}.amazonaws.com" - check that your file system ID is correct, and ensure that the VPC has an EFS mount target for this file system ID. Attempting to lookup mount target ip address using botocore. Failed to import necessary dependency botocore, please install botocore first. : unsuccessful EFS utils command execution; code: 1`,
          });
        },
      ]),
  },
];
