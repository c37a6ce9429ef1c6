// Services whose numbers look right between two failures, and those whose failures are really over.

import type { World } from './base.ts';
import { changed, type ToldCase } from './case.ts';
import { oldPullTimeouts, scaryLines, storefrontTargetsIll } from './decoys.ts';
import { essentialExited, event, exited, failedToStart, rollOut } from './incident.ts';
import { addRunning, addStopped, noneRuns, type Stop } from './tasks.ts';
import { primaryOf, theService } from './workload.ts';

const at = {
  region: 'eu-west-1',
  account: '919112347891',
  cluster: 'mill',
  service: 'grinder',
  net: 162,
  count: 1,
} as const;
const three = { ...at, count: 3, service: 'press', net: 163 } as const;

/** Tasks of the revision that ended again and again, and the one that has run since the last of them. */
function ended(w: World, stop: Partial<Stop>, startedAgo: number): void {
  noneRuns(w);
  addStopped(w, {
    count: 4,
    lived: 640,
    every: 700,
    last: startedAgo + 50,
    code: exited,
    reason: essentialExited,
    ...stop,
  });
  addRunning(w, { startedAgo });
}

const outOfMemory = { exit: 137, why: 'OutOfMemoryError: Container killed due to memory usage' } as const;

export const toldLoops: readonly ToldCase[] = [
  {
    name: 'killed for memory every quarter of an hour, asked about while the fifth task is young',
    class: 'oom-killed',
    verdicts: ['proven', 'likely'],
    account: () => changed(at, [(w) => ended(w, { ...outOfMemory, lived: 900, every: 960 }, 70)]),
  },
  {
    name: 'a crash every twenty minutes beside neighbours in trouble',
    class: 'native-crash',
    verdicts: ['proven'],
    account: () =>
      changed(at, [
        oldPullTimeouts,
        scaryLines,
        storefrontTargetsIll,
        (w) =>
          ended(w, { exit: 139, lived: 1_150, every: 1_220, count: 3, log: ['frame 8812 decoded'] }, 260),
      ]),
  },
  {
    name: 'two of three tasks end again and again, the third has run for a day',
    class: 'oom-killed',
    verdicts: ['proven', 'likely'],
    account: () =>
      changed(three, [
        (w) => {
          noneRuns(w);
          addRunning(w, { zone: 'a' });
          for (const [zone, startedAgo] of [
            ['b', 90],
            ['c', 400],
          ] as const) {
            addStopped(w, {
              ...outOfMemory,
              zones: [zone],
              count: 3,
              lived: 800,
              every: 860,
              last: startedAgo + 50,
              code: exited,
              reason: essentialExited,
            });
            addRunning(w, { zone, startedAgo });
          }
        },
      ]),
  },
  {
    name: 'failures until half an hour ago, and a task that has outlived them all since',
    class: 'healthy',
    verdicts: ['proven', 'likely'],
    says: () => [/tasks failed earlier/],
    account: () => changed(at, [(w) => ended(w, outOfMemory, 1_500)]),
  },
  {
    name: 'failures of the revision before, and a young task of the one that replaced it',
    class: 'healthy',
    verdicts: ['proven', 'likely'],
    account: () =>
      changed(at, [
        (w) => {
          noneRuns(w);
          addStopped(w, {
            ...outOfMemory,
            count: 4,
            lived: 640,
            every: 700,
            last: 400,
            code: exited,
            reason: essentialExited,
          });
          rollOut(w, (definition) => Object.assign(definition, { memory: '4096' }), { ago: 330 });
          addRunning(w, { revision: 42, startedAgo: 200 });
          Object.assign(primaryOf(w), { rolloutState: 'COMPLETED', rolloutStateReason: 'completed' });
          theService(w).deployments = [primaryOf(w)];
          event(w, 90, '(service grinder) (deployment ecs-svc/42) deployment completed.');
        },
      ]),
  },
  {
    name: 'two tasks that ran for days ended within the hour, each replaced since',
    class: 'healthy',
    verdicts: ['proven', 'likely'],
    account: () =>
      changed(three, [
        (w) => {
          noneRuns(w);
          addRunning(w, { zone: 'a' });
          addStopped(w, {
            exit: 1,
            count: 2,
            lived: 190_000,
            every: 1_400,
            last: 1_000,
            code: exited,
            reason: essentialExited,
            log: ['lost the lease, ending'],
          });
          for (const startedAgo of [940, 2_340]) addRunning(w, { zone: 'b', startedAgo });
        },
      ]),
  },
  {
    name: 'one network interface that came too late in a rollout that moves on',
    class: 'healthy',
    verdicts: ['proven', 'likely'],
    says: () => [/is being deployed/, /did not start/],
    account: () => changed(three, [(w) => movingOn(w, { zones: ['b'], reason: slowInterface })]),
  },
  {
    name: 'a pull that failed in one zone in a rollout that moves on in another',
    class: 'unknown',
    verdicts: ['unknown'],
    account: () =>
      changed(three, [(w) => movingOn(w, { zones: ['b'], reason: 'Task failed to start', why: slowPull })]),
  },
  {
    name: 'two network interfaces that came too late in a rollout',
    class: 'eni-allocation-failure',
    verdicts: ['likely'],
    account: () => changed(three, [(w) => movingOn(w, { count: 2, every: 60, reason: slowInterface })]),
  },
];

const slowInterface = 'Timeout waiting for network interface provisioning to complete.';
const slowPull =
  'CannotPullContainerError: failed to copy: httpReadSeeker: failed open: unexpected status code: 500 Internal Server Error';

/** Three minutes into a rollout; what failed stopped two minutes ago, and a task in another zone runs since. */
function movingOn(w: World, stop: Pick<Stop, 'reason'> & Partial<Stop>): void {
  rollOut(w, (definition) => Object.assign(definition, { cpu: '1024', memory: '2048' }), { ago: 260 });
  addStopped(w, { count: 1, last: 110, code: failedToStart, revision: 42, ...stop });
  Object.assign(primaryOf(w), { failedTasks: stop.count ?? 1 });
  addRunning(w, { revision: 42, zone: 'a', startedAgo: 40 });
}
