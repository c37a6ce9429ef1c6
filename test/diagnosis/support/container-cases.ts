// Cases of containers that end: for memory, with an error, with none, or because their program cannot be run.

import type { Snapshot } from '../../../src/contract/snapshot.ts';
import { addTasks, allFail, exits, rollOut, theDefinition } from '../../support/account-builder.ts';
import type { CauseCase } from './cause-case.ts';

const exit = (s: Snapshot, code: number, log: readonly string[], reason?: string) =>
  void allFail(s, { ...exits(code, reason), log });

/** Revision 8 fails like this beside revision 7, which runs. */
export function newRevisionFails(
  s: Snapshot,
  failure: { readonly code: number; readonly log?: readonly string[]; readonly reason?: string },
): void {
  rollOut(s, { failed: 4 });
  addTasks(s, {
    count: 4,
    revision: 8,
    secondsAgo: 100,
    ...exits(failure.code, failure.reason),
    log: failure.log ?? [],
  });
}

function setting(s: Snapshot, revision: number, name: string): void {
  const [container] =
    s.ecs.taskDefinitions.find((one) => one.revision === revision)?.containerDefinitions ?? [];
  container?.environment?.push({ name, value: 'something' });
}

const runc =
  'CannotStartContainerError: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "gunicornn": executable file not found in $PATH: unknown';

function neverRan(s: Snapshot, reason: string): void {
  allFail(s, {
    stop: { stopCode: 'TaskFailedToStart', stoppedReason: 'Task failed to start' },
    container: { reason },
  });
}

export const containerCases: readonly CauseCase[] = [
  {
    class: 'oom-killed',
    verdict: 'proven',
    ill: (s) => exit(s, 0, ['worker 3 started'], 'OutOfMemoryError: Container killed due to memory usage'),
    decoy: (s) => exit(s, 1, ['Error: cannot find module config']),
    denied: ['ecs:DescribeTasks'],
  },
  {
    class: 'oom-killed',
    verdict: 'likely',
    ill: (s) =>
      exit(s, 134, [
        'serving on :8080',
        'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
      ]),
    decoy: (s) =>
      exit(s, 134, ['serving on :8080', 'terminate called after throwing an instance of std::logic_error']),
  },
  {
    class: 'app-clean-exit',
    verdict: 'proven',
    ill: (s) => exit(s, 0, ['all 12 jobs done']),
    decoy: (s) => exit(s, 0, [], 'OutOfMemoryError: Container killed due to memory usage'),
    denied: ['ecs:DescribeTaskDefinition'],
  },
  {
    class: 'native-crash',
    verdict: 'proven',
    ill: (s) => exit(s, 139, ['booting', 'Segmentation fault (core dumped)']),
    decoy: (s) => exit(s, 143, ['SIGTERM received']),
    denied: ['ecs:DescribeTasks'],
  },
  {
    class: 'entrypoint-invalid',
    verdict: 'proven',
    ill: (s) => {
      const [container] = theDefinition(s).containerDefinitions ?? [];
      if (container !== undefined) container.command = ['gunicornn', 'app:main'];
      neverRan(s, runc);
    },
    decoy: (s) =>
      neverRan(
        s,
        'CannotStartContainerError: Error response from daemon: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error running hook #0: exit status 1, stderr: nvidia-container-cli: initialization error',
      ),
    denied: ['ecs:DescribeTaskDefinition'],
  },
  {
    class: 'entrypoint-invalid',
    verdict: 'likely',
    ill: (s) => exit(s, 127, ['/docker-entrypoint.sh: line 12: exec: gunicornn: not found']),
    decoy: (s) => exit(s, 1, ['listening on 0.0.0.0:8080', 'Error: read failed']),
  },
  {
    class: 'platform-mismatch',
    verdict: 'proven',
    ill: (s) => {
      newRevisionFails(s, { code: 255, log: ['exec /usr/local/bin/app: exec format error'] });
      const definition = s.ecs.taskDefinitions.find((one) => one.revision === 8);
      if (definition !== undefined) definition.runtimePlatform = { cpuArchitecture: 'ARM64' };
    },
    decoy: (s) => newRevisionFails(s, { code: 255, log: ['error: format of settings.yaml is wrong'] }),
    denied: ['logs:GetLogEvents'],
  },
  {
    class: 'app-config-error',
    verdict: 'proven',
    ill: (s) => {
      newRevisionFails(s, {
        code: 1,
        log: [
          'starting',
          'Error: environment variable PAYMENTS_URL is required',
          '    at main (/app/index.js:3:9)',
        ],
      });
      setting(s, 7, 'PAYMENTS_URL');
    },
    decoy: (s) => newRevisionFails(s, { code: 139, log: ['starting', 'Segmentation fault'] }),
    denied: ['logs:GetLogEvents'],
    fix: 'ecs_update_service',
    unverifiable: true,
  },
  {
    class: 'app-config-error',
    verdict: 'likely',
    ill: (s) => {
      newRevisionFails(s, { code: 1, log: ['fatal: cannot raise open file limit to 65552'] });
    },
    decoy: (s) => newRevisionFails(s, { code: 0, log: ['done'] }),
  },
];
