// Tasks that are killed for memory: whether memory grew until the kill, and what ran before them.

import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { addTasks, allFail, exits, NOW_MS, rollOut, theService } from '../support/account-builder.ts';
import { iso } from './support/cause-case.ts';
import { look } from './support/look.ts';

const OUT_OF_MEMORY = 'OutOfMemoryError: Container killed due to memory usage';

/** Four tasks of the newest revision, killed after these lives one after the other, and the metric of the service minute by minute. */
function killed(s: Snapshot, how: { lives: readonly number[]; memory?: readonly number[] }): void {
  rollOut(s);
  const tasks = allFail(s, { revision: 8, ...exits(137, OUT_OF_MEMORY) });
  for (const [index, task] of tasks.entries()) {
    const stopped = Date.parse(task.stoppingAt ?? '');
    task.startedAt = new Date(stopped - (how.lives[index] ?? 0) * 1_000).toISOString();
    task.createdAt = new Date(stopped - (how.lives[index] ?? 0) * 1_000 - 20_000).toISOString();
  }
  const [first] = theService(s).deployments ?? [];
  theService(s).deployments = first === undefined ? [] : [first];
  if (how.memory === undefined) return;
  s.cloudwatch.metrics.push({
    Namespace: 'AWS/ECS',
    MetricName: 'MemoryUtilization',
    Dimensions: [
      { Name: 'ClusterName', Value: 'prod' },
      { Name: 'ServiceName', Value: 'api' },
    ],
    points: how.memory.map((value, minute) => [
      new Date(NOW_MS - 60_000 * (how.memory?.length ?? 0) + 60_000 * minute).toISOString(),
      value,
    ]),
  });
}

/** Two tasks of the former revision that this roll-out replaced, `days` after they started. */
function replaced(s: Snapshot, days: number): void {
  for (const task of addTasks(s, {
    count: 2,
    secondsAgo: 900,
    stop: {
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: 'Scaling activity initiated by (deployment ecs-svc/8)',
    },
    container: { exitCode: 143 },
  }))
    task.startedAt = iso(900 + days * 86_400);
}

const LEAK = { lives: [300, 310, 295, 305], memory: [14, 30, 52, 71, 93, 12, 33, 51, 74, 96] };

describe('tasks that are killed for memory', () => {
  it('are said to leak when memory rises from the start until the kill', async () => {
    const [finding] = (await look((s) => killed(s, LEAK))).findings;
    expect(finding).toMatchObject({ class: 'oom-killed', verdict: 'proven' });
    expect(finding?.explanation).toMatch(/Memory rose from 1\d % to 9\d %/);
    expect(finding?.explanation).toContain('lived for about 303 s');
    expect(finding?.explanation).toContain('a leak');
  });

  it('are not when memory goes up and down', async () => {
    const uneven = { lives: [300, 20, 900, 60], memory: [60, 40, 61, 38, 62, 41, 99, 40, 61, 39] };
    const [finding] = (await look((s) => killed(s, uneven))).findings;
    expect(finding).toMatchObject({ class: 'oom-killed', verdict: 'proven' });
    expect(finding?.explanation).not.toMatch(/leak|lived for about/);
  });

  it('are killed for memory all the same when the metric may not be read', async () => {
    const [finding] = (await look((s) => killed(s, LEAK), ['cloudwatch:GetMetricData'])).findings;
    expect(finding).toMatchObject({ class: 'oom-killed', verdict: 'proven' });
    expect(finding?.explanation).not.toContain('leak');
  });

  it('get the revision back that ran before, and then one with more memory', async () => {
    const [finding] = (
      await look((s) => {
        killed(s, LEAK);
        replaced(s, 3);
      })
    ).findings;
    expect(finding?.fixes.map(({ tool, input }) => [tool, input.task_definition])).toEqual([
      ['ecs_update_service', 'api:7'],
      ['ecs_register_task_definition', 'api:8'],
    ]);
  });

  it('do not get a revision back that never ran for long', async () => {
    const [finding] = (
      await look((s) => {
        killed(s, LEAK);
        replaced(s, 0);
      })
    ).findings;
    expect(finding?.fixes.map(({ tool }) => tool)).toEqual(['ecs_register_task_definition']);
  });
});

describe('tasks that end with exit code 137 and no reason', () => {
  const unexplained = (memory: readonly number[]) => (s: Snapshot) => {
    killed(s, { lives: [300, 310, 295, 305], memory });
    for (const task of s.ecs.tasks) for (const one of task.containers ?? []) delete one.reason;
  };

  it('were killed for memory when the metric was at its limit', async () => {
    const [finding] = (await look(unexplained([20, 60, 99, 30, 70, 99, 20, 50, 80, 99]))).findings;
    expect(finding).toMatchObject({ class: 'oom-killed', verdict: 'proven' });
  });

  it('were not when it stayed far below', async () => {
    const { findings } = await look(unexplained([20, 30, 31, 30, 29, 31, 30, 29, 30, 31]));
    expect(findings.map((one) => one.class)).not.toContain('oom-killed');
  });
});
