// What the runtime does before it runs a program: mounts, limits, devices, the working directory. It says "not permitted" and "no such file"
// of these too, and neither the command nor a file system is at fault then.

import type { SnapshotTaskDefinition } from '../../src/contract/snapshot.ts';
import type { World } from './base.ts';
import { changed, type ToldCase } from './case.ts';
import { clumsyPeople, oldPullTimeouts } from './decoys.ts';
import { failedToStart, failingRollOut } from './incident.ts';
import { mountFiles } from './storage.ts';
import type { ContainerDefinition } from './workload.ts';

const at = {
  region: 'us-west-2',
  account: '330044550090',
  cluster: 'quay',
  service: 'scanner',
  net: 171,
  launch: 'EC2',
} as const;

const DAEMON = 'Error response from daemon: ';
const INIT = `CannotStartContainerError: ${DAEMON}failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: `;

type Definition = SnapshotTaskDefinition;

/** The new revision has `change`, and the runtime answers `words` before the program runs. */
function stops(w: World, words: string, change: (one: ContainerDefinition, all: Definition) => void): void {
  failingRollOut(
    w,
    (definition) => {
      const [container] = definition.containerDefinitions ?? [];
      if (container !== undefined) change(container, definition);
    },
    { code: failedToStart, reason: 'Task failed to start', why: words },
  );
}

const mounts = (
  one: ContainerDefinition,
  all: Definition,
  places: readonly (readonly [string, string])[],
) => {
  all.volumes = places.map(([sourcePath], index) => ({ name: `v${index}`, host: { sourcePath } }));
  one.mountPoints = places.map(([, containerPath], index) => ({ sourceVolume: `v${index}`, containerPath }));
};

const wrong = ['efs-unreachable', 'efs-access-denied', 'entrypoint-invalid'] as const;
const refused = { class: 'invalid-task-definition', verdicts: ['proven'], neverClass: wrong } as const;

export const toldSteps: readonly ToldCase[] = [
  {
    ...refused,
    name: 'before the program runs: two mounts at one place',
    says: () => ['mountPoints', '/var/lib/scans', 'scanner:42'],
    never: [/mount target/],
    account: () =>
      changed(at, [
        oldPullTimeouts,
        (w) =>
          stops(w, `CannotCreateContainerError: ${DAEMON}Duplicate mount point: /var/lib/scans`, (one, all) =>
            mounts(one, all, [
              ['/opt/a', '/var/lib/scans'],
              ['/opt/b', '/var/lib/scans'],
            ]),
          ),
      ]),
  },
  {
    ...refused,
    name: 'before the program runs: two mounts at one place, beside a file system that is well',
    says: () => ['mountPoints'],
    account: () =>
      changed(at, [
        mountFiles,
        (w) =>
          stops(w, `CannotCreateContainerError: ${DAEMON}Duplicate mount point: /opt/scans`, (one, all) => {
            all.volumes?.push({ name: 'more', host: { sourcePath: '/opt/b' } });
            one.mountPoints?.push({ sourceVolume: 'more', containerPath: '/opt/scans' });
          }),
      ]),
  },
  {
    ...refused,
    name: 'before the program runs: a place that the host does not have',
    says: () => ['/opt/rules', /hosts/],
    account: () =>
      changed(at, [
        clumsyPeople,
        (w) =>
          stops(
            w,
            `CannotCreateContainerError: ${DAEMON}invalid mount config for type "bind": bind source path does not exist: /opt/rules`,
            (one, all) => mounts(one, all, [['/opt/rules', '/etc/rules']]),
          ),
      ]),
  },
  {
    ...refused,
    name: 'before the program runs: more open files than the host gives',
    says: () => ['ulimits', /nofile/],
    account: () =>
      changed(at, [
        (w) =>
          stops(
            w,
            `${INIT}error setting rlimits: error setting rlimit type 7: operation not permitted: unknown`,
            (one) => {
              one.ulimits = [
                { name: 'core', softLimit: 0, hardLimit: 0 },
                { name: 'nofile', softLimit: 1_048_576, hardLimit: 9_000_000 },
              ];
            },
          ),
      ]),
  },
  {
    ...refused,
    name: 'before the program runs: a device that the host does not have',
    says: () => ['devices', '/dev/ttyUSB3'],
    neverClass: [...wrong, 'container-runtime-failure'],
    account: () =>
      changed(at, [
        (w) =>
          stops(
            w,
            `CannotStartContainerError: ${DAEMON}error gathering device information while adding custom device "/dev/ttyUSB3": no such file or directory`,
            (one) => {
              one.linuxParameters = { devices: [{ hostPath: '/dev/ttyUSB3' }] };
            },
          ),
      ]),
  },
  {
    ...refused,
    name: 'before the program runs: a working directory that is a file',
    says: () => ['workingDirectory', '/srv/start'],
    account: () =>
      changed(at, [
        (w) =>
          stops(w, `${INIT}mkdir /srv/start: not a directory: unknown`, (one) => {
            one.workingDirectory = '/srv/start';
          }),
      ]),
  },
  {
    name: 'the program itself, which may not be executed, in a definition with limits and mounts',
    class: 'entrypoint-invalid',
    verdicts: ['proven', 'likely'],
    neverClass: ['invalid-task-definition', 'efs-unreachable'],
    account: () =>
      changed(at, [
        (w) =>
          stops(w, `${INIT}exec: "/srv/start": permission denied: unknown`, (one, all) => {
            mounts(one, all, [['/opt/rules', '/srv/start']]);
            one.ulimits = [{ name: 'nofile', softLimit: 1_024, hardLimit: 4_096 }];
            one.command = ['/srv/start'];
          }),
      ]),
  },
];
