// What the container runtime answers about a definition: a field it refuses, a fault of its own, and words nobody knows.

import type { World } from './base.ts';
import { changed, type ToldCase } from './case.ts';
import { clumsyPeople, oldPullTimeouts, workerOutOfMemory } from './decoys.ts';
import { failedToStart, failing, failingRollOut } from './incident.ts';
import { type ContainerDefinition, theContainer } from './workload.ts';

const at = {
  region: 'eu-central-1',
  account: '330044550078',
  cluster: 'yard',
  service: 'winch',
  net: 164,
  launch: 'EC2',
} as const;

/** The new revision has `change`, and the runtime answers `words`. */
function refused(w: World, change: Partial<ContainerDefinition>, words: string): void {
  failingRollOut(w, (one) => Object.assign(one.containerDefinitions?.[0] ?? {}, change), {
    code: failedToStart,
    reason: 'Task failed to start',
    why: words,
  });
}

const created = 'CannotCreateContainerError: Error response from daemon: ';

export const toldRuntime: readonly ToldCase[] = [
  {
    name: 'a capability the runtime does not know',
    class: 'invalid-task-definition',
    verdicts: ['proven'],
    says: () => ['winch:42', /linuxParameters\.capabilities\.add/, /invalid CapAdd/],
    fix: 'ecs_update_service',
    account: () =>
      changed(at, [
        (w) =>
          refused(
            w,
            { linuxParameters: { capabilities: { add: ['NET_ADMIM'] } } },
            `${created}invalid CapAdd: unknown capability: "CAP_NET_ADMIM"`,
          ),
      ]),
  },
  {
    name: 'a user the image does not have',
    class: 'invalid-task-definition',
    verdicts: ['proven'],
    says: () => [/\buser\b/, /no matching entries in passwd file/],
    account: () =>
      changed({ ...at, launch: 'FARGATE' }, [
        oldPullTimeouts,
        workerOutOfMemory,
        (w) =>
          refused(
            w,
            { user: 'winchman' },
            'CannotStartContainerError: Error response from daemon: unable to find user winchman: no matching entries in passwd file',
          ),
      ]),
  },
  {
    name: 'less memory than the runtime gives',
    class: 'invalid-task-definition',
    verdicts: ['proven'],
    says: () => [/memory/, /6 ?MB/, /\b5\b/],
    account: () =>
      changed(at, [
        clumsyPeople,
        (w) => {
          Object.assign(theContainer(w), { memory: 5, memoryReservation: undefined });
          failing(w, {
            code: failedToStart,
            reason: 'Task failed to start',
            why: `${created}Minimum memory limit allowed is 6MB`,
          });
        },
      ]),
  },
  {
    name: 'a fault of the runtime that happens to hold a word of the definition',
    class: 'container-runtime-failure',
    verdicts: ['likely', 'proven'],
    neverClass: ['invalid-task-definition'],
    account: () =>
      changed(at, [
        (w) =>
          refused(
            w,
            { user: 'root', workingDirectory: '/run' },
            `${created}failed to create shim task: OCI runtime create failed: error running prestart hook for root in /run: exit status 1`,
          ),
      ]),
  },
  {
    name: 'a container of the same name that is left over on the host',
    class: 'container-runtime-failure',
    verdicts: ['likely', 'proven'],
    account: () =>
      changed(at, [
        (w) =>
          refused(
            w,
            { user: 'winch' },
            `${created}Conflict. The container name "/ecs-winch-42-winch-e8d0" is already in use by container "77ab". You have to remove (or rename) that container to be able to reuse that name.`,
          ),
      ]),
  },
  {
    name: 'words of the runtime that nobody knows',
    class: 'unknown',
    verdicts: ['unknown'],
    says: () => [/fixture 7 of the cradle is not seated/],
    account: () =>
      changed(at, [
        (w) =>
          refused(
            w,
            { user: 'www-data' },
            'CannotStartContainerError: Error response from daemon: fixture 7 of the cradle is not seated',
          ),
      ]),
  },
];
