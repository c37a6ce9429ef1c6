import { describe, expect, it } from 'vitest';
import type { Snapshot, SnapshotTask } from '../../../src/contract/snapshot.ts';
import { type DiagnoseTaskOutput, diagnoseTask } from '../../../tools/diagnose/diagnose-task.ts';
import {
  addTasks,
  exits,
  failStart,
  healthyAccount,
  ids,
  NOW_MS,
  theGroup,
} from '../../support/account-builder.ts';
import { type SimulatedAws, simulatedAws } from '../../support/simulated-aws.ts';

const context = { nowMs: NOW_MS, stage: () => {}, wait: async () => {} };

async function withAccount<T>(snapshot: Snapshot, use: (aws: SimulatedAws) => Promise<T>): Promise<T> {
  const aws = await simulatedAws(snapshot);
  try {
    return await use(aws);
  } finally {
    await aws.close();
  }
}

const idOf = (task: SnapshotTask | undefined) => task?.taskArn.split('/').at(-1) ?? '';

function look(snapshot: Snapshot, task: string, cluster?: string): Promise<DiagnoseTaskOutput> {
  return withAccount(snapshot, async (aws) =>
    diagnoseTask.output.parse(
      await diagnoseTask.run({ task, ...(cluster === undefined ? {} : { cluster }) }, aws, context),
    ),
  );
}

/** A task that RunTask started: it belongs to no service. */
function runByHand(snapshot: Snapshot, options: Omit<Parameters<typeof addTasks>[1], 'count'>): SnapshotTask {
  const [task] = addTasks(snapshot, { count: 1, ...options });
  if (task === undefined) throw new Error('no task was added');
  Object.assign(task, { group: 'family:api', startedBy: 'nightly' });
  return task;
}

describe('diagnose_task', () => {
  it('explains a task that no service started by what it logged', async () => {
    const snapshot = healthyAccount();
    const task = runByHand(snapshot, {
      ...exits(1),
      log: ['Error: missing required environment variable ORDERS_BUCKET'],
    });
    const out = await look(snapshot, idOf(task), 'prod');
    expect(out.findings[0]).toMatchObject({ class: 'app-config-error' });
    expect(out.task).toMatchObject({
      service: null,
      failed: true,
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ name: 'app', exitCode: 1, first: true }],
    });
  });

  it('points to no answer that was never given, since a task without a service has no service to point to', async () => {
    const snapshot = healthyAccount();
    const task = runByHand(snapshot, {
      ...exits(137, 'OutOfMemoryError: Container killed due to memory usage'),
    });
    const out = await look(snapshot, idOf(task), 'prod');
    expect(out.findings[0]).toMatchObject({ class: 'oom-killed' });
    expect(out.findings.flatMap((one) => one.evidence).every((ref) => ref.id.startsWith('ev_'))).toBe(true);
  });

  it('calls a run that ended with 0 what it was meant to be', async () => {
    const snapshot = healthyAccount();
    const task = runByHand(snapshot, { ...exits(0) });
    const out = await look(snapshot, idOf(task), 'prod');
    expect(out.findings[0]).toMatchObject({ class: 'healthy', verdict: 'proven' });
    expect(out.task.failed).toBe(false);
  });

  it('calls the same end of a task of a service a failure', async () => {
    const snapshot = healthyAccount();
    const [task] = addTasks(snapshot, { count: 1, ...exits(0) });
    const out = await look(snapshot, idOf(task), 'prod');
    expect(out.findings[0]).toMatchObject({ class: 'app-clean-exit' });
    expect(out.task).toMatchObject({ service: 'api', failed: true });
  });

  it('judges the task by itself, although its service is well again', async () => {
    const snapshot = healthyAccount();
    const [task] = addTasks(snapshot, {
      count: 1,
      secondsAgo: 3_000,
      ...exits(137, 'OutOfMemoryError: Container killed due to memory usage'),
    });
    const out = await look(snapshot, idOf(task), 'prod');
    expect(out.findings[0]).toMatchObject({ class: 'oom-killed' });
  });

  it.each([
    [
      'ServiceSchedulerInitiated',
      'Scaling activity initiated by (deployment ecs-svc/7)',
      /on purpose by its service/,
    ],
    ['UserInitiated', 'Task stopped by user', /on request/],
  ])('does not call a %s stop a failure', async (stopCode, stoppedReason, title) => {
    const snapshot = healthyAccount();
    const [task] = addTasks(snapshot, {
      count: 1,
      stop: { stopCode, stoppedReason } as Partial<SnapshotTask>,
    });
    const out = await look(snapshot, idOf(task), 'prod');
    expect(out.findings[0]?.class).toBe('healthy');
    expect(out.findings[0]?.title).toMatch(title);
  });

  it('cannot prove a closed security group when it does not know which groups the task had', async () => {
    const snapshot = healthyAccount();
    theGroup(snapshot, ids.groups.app).IpPermissionsEgress = [];
    const task = runByHand(snapshot, {
      ...failStart(
        'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request failed caused by: Post "https://api.ecr.eu-central-1.amazonaws.com/": dial tcp 1.2.3.4:443: i/o timeout',
      ),
    });
    const out = await look(snapshot, idOf(task), 'prod');
    expect(out.findings.filter(({ verdict }) => verdict === 'proven')).toEqual([]);
  });

  it('proves it for a task of a service, whose groups are known', async () => {
    const snapshot = healthyAccount();
    theGroup(snapshot, ids.groups.app).IpPermissionsEgress = [];
    const [task] = addTasks(snapshot, {
      count: 1,
      ...failStart(
        'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request failed caused by: Post "https://api.ecr.eu-central-1.amazonaws.com/": dial tcp 1.2.3.4:443: i/o timeout',
      ),
    });
    const out = await look(snapshot, idOf(task), 'prod');
    expect(out.findings[0]).toMatchObject({ class: 'task-sg-egress-blocked', verdict: 'proven' });
  });

  it('finds the cluster by itself, and says it when the task is gone', async () => {
    const snapshot = healthyAccount();
    const [task] = addTasks(snapshot, { count: 1, ...exits(0) });
    expect((await look(snapshot, idOf(task))).task.cluster).toBe('prod');
    await expect(look(snapshot, 'f'.repeat(32), 'prod')).rejects.toMatchObject({ code: 'resource-unknown' });
    await expect(look(snapshot, 'f'.repeat(32), 'prd')).rejects.toMatchObject({ code: 'cluster-unknown' });
  });

  it('tells the story of the task in order', async () => {
    const snapshot = healthyAccount();
    const task = runByHand(snapshot, { ...exits(1), log: ['boom'] });
    const { timeline } = await look(snapshot, idOf(task), 'prod');
    expect(timeline.map(({ what }) => what.replace(/[0-9a-f]{32}/, 'x'))).toEqual([
      'Task x started.',
      'Task x of api:7 stopped: "Essential container in task exited".',
    ]);
  });
});
