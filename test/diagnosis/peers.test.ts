// Mistakes that other tools for Amazon ECS make, each as an account in which making it would be seen.

import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { awsActions } from '../../src/contract/aws.ts';
import type { Snapshot, SnapshotTask } from '../../src/contract/snapshot.ts';
import { createRedactor } from '../../src/kernel/redact.ts';
import { diagnoseCluster } from '../../tools/diagnose/diagnose-cluster.ts';
import { diagnoseService } from '../../tools/diagnose/diagnose-service.ts';
import { diagnoseTask } from '../../tools/diagnose/diagnose-task.ts';
import { serviceSteadiness } from '../../tools/diagnose/service-steadiness.ts';
import { allTools } from '../../tools/index.ts';
import { logsFilterEvents } from '../../tools/logs/filter-events.ts';
import { taskLogs } from '../../tools/logs/task-logs.ts';
import {
  addTasks,
  allFail,
  exits,
  failStart,
  healthyAccount,
  NOW_MS,
  theDefinition,
  theService,
} from '../support/account-builder.ts';
import { type SimulatedAws, simulatedAws } from '../support/simulated-aws.ts';
import { balanced } from './support/balanced-account.ts';

const context = { nowMs: NOW_MS, stage: () => {}, wait: async () => {} };
const API = { cluster: 'prod', service: 'api' } as const;

async function asked<T>(snapshot: Snapshot, ask: (aws: SimulatedAws) => Promise<T>): Promise<T> {
  const aws = await simulatedAws(snapshot);
  try {
    return await ask(aws);
  } finally {
    await aws.close();
  }
}

const diagnosed = (snapshot: Snapshot) =>
  asked(snapshot, async (aws) => diagnoseService.output.parse(await diagnoseService.run(API, aws, context)));

const stoppedByScheduler = {
  stop: {
    stopCode: 'ServiceSchedulerInitiated' as const,
    stoppedReason: 'Scaling activity initiated by (deployment ecs-svc/7)',
  },
};

describe('stopped tasks', () => {
  it('keep their stop code and reason, without which a failed start cannot be told from an exit', async () => {
    const snapshot = healthyAccount();
    const reason =
      'ResourceInitializationError: unable to pull secrets or registry auth: AccessDeniedException';
    const [task] = allFail(snapshot, failStart(reason));
    const out = await asked(snapshot, async (aws) =>
      diagnoseTask.output.parse(
        await diagnoseTask.run(
          { cluster: 'prod', task: task?.taskArn.split('/').at(-1) ?? '' },
          aws,
          context,
        ),
      ),
    );
    expect(out.task).toMatchObject({ stopCode: 'TaskFailedToStart', stoppedReason: reason });
    expect(diagnoseTask.text(out)).toContain('TaskFailedToStart');
  });

  it('are read beyond the first hundred', async () => {
    const snapshot = healthyAccount();
    addTasks(snapshot, { count: 150, secondsAgo: 30_000, ...stoppedByScheduler });
    addTasks(snapshot, { count: 5, secondsAgo: 60, ...exits(137, 'OutOfMemoryError: container killed') });
    const out = await diagnosed(snapshot);
    expect(out.stopped.reduce((sum, group) => sum + group.count, 0)).toBe(155);
    expect(out.findings[0]?.class).toBe('oom-killed');
  });

  it('of other services do not count for this one', async () => {
    const snapshot = healthyAccount();
    for (const task of addTasks(snapshot, { count: 4, ...exits(1) })) task.group = 'service:other';
    const out = await diagnosed(snapshot);
    expect(out.stopped).toEqual([]);
    expect(out.findings[0]?.class).toBe('healthy');
  });

  it('that a deployment replaced are no failures', async () => {
    const snapshot = healthyAccount();
    addTasks(snapshot, { count: 6, ...stoppedByScheduler });
    const out = await diagnosed(snapshot);
    expect(out.findings[0]?.class).toBe('healthy');
    expect(out.stopped.every((group) => !group.failed)).toBe(true);
  });

  it('that may not be listed are said to be unseen, not to be none', async () => {
    const snapshot = healthyAccount();
    allFail(snapshot, { ...exits(1) });
    snapshot.denied = ['ecs:ListTasks', 'ecs:DescribeTasks'];
    const [first] = (await diagnosed(snapshot)).findings;
    expect(first?.class).toBe('unknown');
    expect(first?.cannotVerify.map((gap) => gap.missingAction)).toContain('ecs:ListTasks');
    expect(first?.explanation).not.toMatch(/no stopped task/i);
  });
});

describe('a service', () => {
  it('with 3 of 4 tasks and nothing pending is not called well between two launches of a crash loop', async () => {
    const snapshot = healthyAccount();
    addTasks(snapshot, { count: 1 });
    Object.assign(theService(snapshot), { desiredCount: 4, runningCount: 3, pendingCount: 0 });
    addTasks(snapshot, { count: 3, secondsAgo: 90, ...exits(1), log: ['panic: no config'] });
    const out = await diagnosed(snapshot);
    expect(out.findings[0]?.class).not.toBe('healthy');
    const cluster = await asked(snapshot, async (aws) =>
      diagnoseCluster.output.parse(await diagnoseCluster.run({ cluster: 'prod', deep: 0 }, aws, context)),
    );
    expect(cluster.sick).toMatchObject([{ name: 'api', sickness: 'short' }]);
  });

  it('is not steady because one of its tasks runs', async () => {
    const snapshot = healthyAccount();
    Object.assign(theService(snapshot), { desiredCount: 4, runningCount: 1, pendingCount: 3 });
    snapshot.ecs.tasks = snapshot.ecs.tasks.slice(0, 1);
    const look = await asked(snapshot, (aws) => serviceSteadiness.run(API, aws, context));
    expect(look).toMatchObject({ steady: false, healthy: 1, desired: 4 });
  });

  it('is found without being named, in the cluster it is in', async () => {
    const snapshot = healthyAccount();
    Object.assign(theService(snapshot), { runningCount: 0 });
    snapshot.ecs.tasks = [];
    const out = await asked(snapshot, async (aws) =>
      diagnoseCluster.output.parse(await diagnoseCluster.run({ cluster: 'prod', deep: 1 }, aws, context)),
    );
    expect(out.cluster.services).toBe(1);
    expect(out.sick.map(({ name }) => name)).toEqual(['api']);
  });

  it('whose target group has another port than its container is not ill for it, since ECS registers its own', async () => {
    const snapshot = healthyAccount();
    balanced(snapshot, { State: 'healthy' });
    for (const group of snapshot.elbv2.TargetGroups) group.Port = 80;
    expect((await diagnosed(snapshot)).findings.map((one) => one.class)).toEqual(['healthy']);
  });
});

describe('logs', () => {
  const failing = () => {
    const snapshot = healthyAccount();
    const [container] = theDefinition(snapshot).containerDefinitions ?? [];
    Object.assign(container?.logConfiguration?.options ?? {}, {
      'awslogs-group': '/company/checkout',
      'awslogs-stream-prefix': 'blue',
    });
    const tasks = allFail(snapshot, { ...exits(1) });
    snapshot.logs.logGroups = [
      {
        logGroupName: '/company/checkout',
        streams: tasks.map((task) => ({
          logStreamName: `blue/app/${task.taskArn.split('/').at(-1)}`,
          events: [
            { timestamp: NOW_MS - 90_000, message: 'INFO 0 failures, failover ready' },
            { timestamp: NOW_MS - 89_000, message: 'ERROR cannot open /etc/app.toml' },
          ],
        })),
      },
      { logGroupName: '/ecs/prod', streams: [] },
    ];
    return { snapshot, task: tasks[0] as SnapshotTask };
  };

  it('are found by the task definition of the task, not by guessing a group', async () => {
    const { snapshot } = failing();
    const out = await diagnosed(snapshot);
    expect(out.logs[0]).toMatchObject({ group: '/company/checkout', container: 'app' });
  });

  it('of one task are read from its own stream', async () => {
    const { snapshot, task } = failing();
    const id = task.taskArn.split('/').at(-1) ?? '';
    const out = await asked(snapshot, (aws) => taskLogs.run({ ...API, task: id }, aws, context));
    expect(out).toMatchObject({ group: '/company/checkout', stream: `blue/app/${id}` });
  });

  it('do not call a line an error because "fail" stands in it', async () => {
    const { snapshot } = failing();
    expect((await diagnosed(snapshot)).logs[0]?.counts).toEqual({ error: 1, warn: 0, info: 1 });
  });

  it('can be searched by a pattern', async () => {
    const { snapshot } = failing();
    const input = logsFilterEvents.input.parse({ log_group: '/company/checkout', pattern: 'ERROR' });
    const out = await asked(snapshot, (aws) => logsFilterEvents.run(input, aws, context));
    expect(out.events.every((event) => event.text.startsWith('ERROR'))).toBe(true);
    expect(out.events.length).toBeGreaterThan(0);
  });
});

describe('images', () => {
  it.each([
    'docker.io/library/nginx:1.27',
    'public.ecr.aws/nginx/nginx:1.27',
    'ghcr.io/company/team/app:7',
    `210987654321.dkr.ecr.eu-central-1.amazonaws.com/team/app:7`,
    `210987654321.dkr.ecr.eu-central-1.amazonaws.com/team/app@sha256:${'a'.repeat(64)}`,
  ])('such as %s are no suspects when nothing failed to be pulled', async (image) => {
    const snapshot = healthyAccount();
    const [container] = theDefinition(snapshot).containerDefinitions ?? [];
    Object.assign(container ?? {}, { image });
    addTasks(snapshot, { count: 3, ...exits(137, 'OutOfMemoryError: container killed') });
    const classes = (await diagnosed(snapshot)).findings.map((one) => one.class);
    expect(classes).toContain('oom-killed');
    expect(classes).not.toContain('image-not-found');
  });
});

describe('what leaves the node', () => {
  const redact = createRedactor({ key: randomBytes(32) });

  it.each([
    '10.0.0.0/16',
    '0.0.0.0/0',
    'sg-0aaaa1111bbbb2222',
    'arn:aws:ecs:eu-central-1:210987654321:service/prod/api',
    'tcp/5432 from 10.1.20.5 to 10.1.10.0/24',
    'lookup orders.internal on 10.1.0.2:53: no such host',
  ])('keeps %s readable', (text) => {
    expect(redact.text(text).text).toBe(text);
  });

  it.each([
    ['AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'wJalrXUtnFEMI'],
    ['connecting to postgres://api:hunter2hunter2@orders.internal:5432/orders', 'hunter2hunter2'],
    ['Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlLWxvbmc', 'eyJzdWIi'],
  ])('takes the secret out of the log line %s', (line, secret) => {
    expect(redact.text(line).text).not.toContain(secret);
  });

  it('holds no value of an environment variable of the task definition', async () => {
    const snapshot = healthyAccount();
    const [container] = theDefinition(snapshot).containerDefinitions ?? [];
    container?.environment?.push({ name: 'LICENCE', value: 'plain-words-nobody-would-find' });
    allFail(snapshot, { ...exits(1) });
    expect(JSON.stringify(await diagnosed(snapshot))).not.toContain('plain-words-nobody-would-find');
  });
});

describe('tools', () => {
  it('take typed inputs and nothing besides', () => {
    expect(diagnoseService.input.safeParse({ ...API, parameters: {} }).success).toBe(false);
    expect(diagnoseService.input.safeParse({ ...API, service: '*' }).success).toBe(false);
    expect(diagnoseService.input.safeParse({ cluster: 'prod' }).success).toBe(false);
  });

  it('cannot be made to do what no tool declares', () => {
    const declared = new Set<string>(allTools.flatMap((tool) => tool.actions));
    for (const action of ['ecs:DeleteCluster', 'ecs:ExecuteCommand', 'ecs:RunTask', 'iam:PassRole']) {
      expect(declared.has(action)).toBe(false);
      expect((awsActions as readonly string[]).includes(action)).toBe(false);
    }
  });
});
