// Tasks that the load balancer ends before they were ready: nobody saw how long the start takes, and what the former revision and the log
// say decides whether it is the start that is slow.

import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { addTasks, rollOut, theDefinition } from '../support/account-builder.ts';
import { balanced } from './support/balanced-account.ts';
import { complains } from './support/cause-case.ts';
import { look } from './support/look.ts';

const STARTING = ['api 4.2.0 starting, pid 1', 'loading price tables'];

/** A roll-out whose tasks live for `livedSeconds`, with 30 s of grace and three checks ten seconds apart; the former revision is well. */
function killedAtStart(s: Snapshot, how: { livedSeconds?: number; log?: readonly string[] } = {}): void {
  const { livedSeconds = 61, log = STARTING } = how;
  balanced(s, { State: 'healthy' });
  const service = rollOut(s, { failed: 4 });
  service.healthCheckGracePeriodSeconds = 30;
  for (const definition of s.ecs.taskDefinitions)
    for (const container of definition.containerDefinitions ?? [])
      container.portMappings = [{ containerPort: 8080 }];
  const tasks = addTasks(s, {
    count: 4,
    revision: 8,
    stop: {
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: `Task failed ELB health checks in (target-group ${s.elbv2.TargetGroups[0]?.TargetGroupArn})`,
    },
    container: { exitCode: 143 },
    log,
  });
  for (const task of tasks) {
    const started = Date.parse(task.stoppingAt ?? '') - livedSeconds * 1_000;
    task.startedAt = new Date(started).toISOString();
    task.createdAt = new Date(started - 20_000).toISOString();
  }
}

const sureOf = async (change: (s: Snapshot) => void, denied: readonly string[] = []) =>
  (await look(change, denied)).findings
    .filter(({ verdict }) => verdict === 'proven' || verdict === 'likely')
    .map((one) => one.class);

describe('tasks ended by the load balancer before they were ready', () => {
  it('are likely to start too slowly when the former revision answers the same check', async () => {
    const [finding] = (await look(killedAtStart)).findings;
    expect(finding).toMatchObject({ class: 'slow-start-grace', verdict: 'likely' });
    expect(finding?.explanation).toContain('61 s');
    expect(finding?.fixes.map(({ input }) => input)).toMatchObject([
      { health_check_grace_seconds: 180 },
      { task_definition: 'api:7' },
    ]);
    // 30 s of grace and three checks ten seconds apart, three times.
    expect(finding?.fixes[0]?.why).toContain(
      '180 s are 3 times the 60 s it has now (grace period 30 s, then 3 checks 10 s apart), rounded up to full 30 s',
    );
  });

  it('are so behind instances too, when tasks beside them on the same hosts are reached', async () => {
    const onHosts = (s: Snapshot, other: string, reason?: string) => {
      killedAtStart(s);
      if (reason !== undefined)
        complains(
          s,
          `(port 32768) is unhealthy in (target-group arn:aws:elasticloadbalancing:eu-central-1:210987654321:targetgroup/api/1) due to (reason ${reason})`,
        );
      for (const group of s.elbv2.TargetGroups) group.TargetType = 'instance';
      const hostArn = (name: string) =>
        `arn:aws:ecs:eu-central-1:210987654321:container-instance/prod/${name}`;
      for (const task of s.ecs.tasks) {
        task.launchType = 'EC2';
        task.containerInstanceArn = hostArn(task.lastStatus === 'STOPPED' ? other : 'host-a');
      }
    };
    expect(await sureOf((s) => onHosts(s, 'host-a'))).toContain('slow-start-grace');
    expect(await sureOf((s) => onHosts(s, 'host-b'))).not.toContain('slow-start-grace');
    // Refused is reached; what timed out may have been dropped on its way.
    expect(await sureOf((s) => onHosts(s, 'host-b', 'Health checks failed'))).toContain('slow-start-grace');
    expect(await sureOf((s) => onHosts(s, 'host-b', 'Request timed out'))).not.toContain('slow-start-grace');
  });

  it('are not when their log reports an error', async () => {
    const log = [...STARTING, 'ERROR could not load price tables: connection closed'];
    expect(await sureOf((s) => killedAtStart(s, { log }))).not.toContain('slow-start-grace');
  });

  it('are not when they answered requests', async () => {
    const log = [...STARTING, '"GET /orders HTTP/1.1" 200'];
    expect(await sureOf((s) => killedAtStart(s, { log }))).not.toContain('slow-start-grace');
  });

  it('are not when they ran for long after their patience was over', async () => {
    expect(await sureOf((s) => killedAtStart(s, { livedSeconds: 900 }))).not.toContain('slow-start-grace');
  });

  it('are not when the newest revision listens elsewhere than the one that works', async () => {
    const moved = (s: Snapshot) => {
      killedAtStart(s);
      const [container] = theDefinition(s).containerDefinitions ?? [];
      container?.environment?.push({ name: 'PORT', value: '8080' });
    };
    expect(await sureOf(moved)).not.toContain('slow-start-grace');
  });

  it('are not when nothing else answers the check', async () => {
    const alone = (s: Snapshot) => {
      killedAtStart(s);
      s.elbv2.TargetHealth = {};
    };
    expect(await sureOf(alone)).not.toContain('slow-start-grace');
  });

  it('are not when their log may not be read', async () => {
    expect(await sureOf(killedAtStart, ['logs:GetLogEvents'])).not.toContain('slow-start-grace');
  });
});

/** A roll-out whose container check gives 40 s where the former revision's gave 150 s; the tasks live for `livedSeconds`. */
function cutByCheck(
  s: Snapshot,
  how: { livedSeconds?: number; log?: readonly string[]; before?: number; sameImage?: boolean } = {},
): void {
  const { livedSeconds = 42, log = STARTING, before = 120, sameImage = false } = how;
  rollOut(s, { failed: 4 });
  const check = { command: ['CMD-SHELL', 'wget -qO- http://localhost:8080/health || exit 1'] };
  for (const { revision, containerDefinitions } of s.ecs.taskDefinitions)
    for (const container of containerDefinitions ?? []) {
      const startPeriod = revision === 8 ? 10 : before;
      container.healthCheck = { ...check, interval: 10, timeout: 5, retries: 3, startPeriod };
      if (!sameImage) container.image = `${container.image}-${revision}`;
    }
  const tasks = addTasks(s, {
    count: 4,
    revision: 8,
    stop: {
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: 'Task failed container health checks',
      healthStatus: 'UNHEALTHY',
    },
    container: { exitCode: 143, healthStatus: 'UNHEALTHY' },
    log,
  });
  for (const task of tasks) {
    const started = Date.parse(task.stoppingAt ?? '') - livedSeconds * 1_000;
    task.startedAt = new Date(started).toISOString();
    task.createdAt = new Date(started - 20_000).toISOString();
  }
}

describe("tasks ended by their container's own check before they were ready", () => {
  it('are likely to start too slowly when the check of the former revision waits longer', async () => {
    for (const sameImage of [false, true]) {
      const [finding] = (await look((s) => cutByCheck(s, { sameImage }))).findings;
      expect(finding).toMatchObject({ class: 'slow-start-grace', verdict: 'likely' });
      expect(finding?.explanation).toMatch(/stopped 42 s after the start.* now gives it 40 s .* gives 150 s/);
      expect(finding?.fixes.map(({ input }) => input)).toMatchObject([{ task_definition: 'api:7' }]);
    }
  });

  it('are not when the former check was no more patient', async () => {
    expect(await sureOf((s) => cutByCheck(s, { before: 10 }))).not.toContain('slow-start-grace');
  });

  it('are not when they ran longer than the former check waits', async () => {
    expect(await sureOf((s) => cutByCheck(s, { livedSeconds: 400 }))).not.toContain('slow-start-grace');
  });

  it('are not when their log reports an error, an answer, or that they listen', async () => {
    for (const last of [
      'ERROR cannot load tables',
      '"GET /health HTTP/1.1" 503',
      'listening on 0.0.0.0:8080',
    ])
      expect(await sureOf((s) => cutByCheck(s, { log: [...STARTING, last] }))).not.toContain(
        'slow-start-grace',
      );
  });
});
