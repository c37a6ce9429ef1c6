import { describe, expect, it } from 'vitest';
import type { Observed, Seen } from '../../../src/diagnosis/evidence.ts';
import { diagnoseSchedule } from '../../../src/diagnosis/schedule/diagnose-schedule.ts';
import type { RunTaskAttempt, ScheduleEvidence } from '../../../src/diagnosis/schedule/evidence.ts';

const NOW_MS = Date.parse('2026-03-02T09:30:00Z');
const arn = (service: string, resource: string) => `arn:aws:${service}:eu-central-1:210987654321:${resource}`;
const role = (name: string) => `arn:aws:iam::210987654321:role/${name}`;
const definition = arn('ecs', 'task-definition/nightly:4');
const cluster = arn('ecs', 'cluster/prod');

const one = <T>(value: T, path = '$'): Observed<T> => ({ value, at: { id: 'ev_1', path } });
const seen = <T>(...values: T[]): Seen<T> => ({ items: values.map((value) => one(value)), gaps: [] });

const document = (...statements: object[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });
const runTask = { Effect: 'Allow', Action: 'ecs:RunTask', Resource: arn('ecs', 'task-definition/nightly:*') };
const passRole = { Effect: 'Allow', Action: 'iam:PassRole', Resource: '*' };

function schedule(change: Partial<ScheduleEvidence> = {}): ScheduleEvidence {
  return {
    account: '210987654321',
    region: 'eu-central-1',
    nowMs: NOW_MS,
    rule: one({ Name: 'nightly', State: 'ENABLED', ScheduleExpression: 'cron(0 2 * * ? *)' }),
    targets: seen({
      Id: 'task',
      Arn: cluster,
      RoleArn: role('events'),
      EcsParameters: {
        TaskDefinitionArn: definition,
        LaunchType: 'FARGATE' as const,
        NetworkConfiguration: { awsvpcConfiguration: { Subnets: ['subnet-1'] } },
      },
    }),
    taskDefinitions: seen({
      taskDefinitionArn: definition,
      family: 'nightly',
      status: 'ACTIVE' as const,
      networkMode: 'awsvpc' as const,
      compatibilities: ['EC2' as const, 'FARGATE' as const],
      executionRoleArn: role('nightly-execution'),
    }),
    clusters: seen({ clusterArn: cluster, clusterName: 'prod', status: 'ACTIVE' }),
    roles: seen(roleWith(runTask, passRole)),
    subnets: seen({ SubnetId: 'subnet-1' }),
    securityGroups: seen(),
    attempts: seen(),
    invocations: seen({ atMs: NOW_MS - 3_600_000, sum: 1 }),
    failedInvocations: seen(),
    tasks: seen(),
    ...change,
  };
}

function roleWith(...statements: object[]) {
  return {
    arn: role('events'),
    role: { RoleName: 'events', Arn: role('events'), Path: '/', RoleId: 'AROA', CreateDate: new Date(0) },
    trust: document({
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sts:AssumeRole',
    }),
    policies: [{ name: 'run', document: document(...statements) }],
  };
}

function attempt(change: Partial<RunTaskAttempt>): RunTaskAttempt {
  return {
    event: {},
    atMs: NOW_MS - 3_600_000,
    errorCode: undefined,
    errorMessage: '',
    failures: [],
    taskDefinition: definition,
    ...change,
  };
}

const refused = attempt({
  errorCode: 'AccessDenied',
  errorMessage:
    'User: arn:aws:sts::210987654321:assumed-role/events/1 is not authorized to perform: ecs:TagResource on resource: * because no identity-based policy allows the ecs:TagResource action',
});
const first = (change: Partial<ScheduleEvidence>) => diagnoseSchedule(schedule(change))[0];

describe('a rule that does not run its task', () => {
  it.each<[string, Partial<ScheduleEvidence>, RegExp]>([
    ['is disabled', { rule: one({ Name: 'nightly', State: 'DISABLED' }) }, /disabled/],
    ['has no target', { targets: seen() }, /no target/],
    [
      'has a role nobody knows',
      { roles: seen({ ...roleWith(), role: undefined }) },
      /role of the target does not exist/,
    ],
    [
      'has a role that trusts only tasks',
      {
        roles: seen({
          ...roleWith(runTask, passRole),
          trust: document({
            Effect: 'Allow',
            Principal: { Service: 'ecs-tasks.amazonaws.com' },
            Action: 'sts:AssumeRole',
          }),
        }),
      },
      /may not assume/,
    ],
    ['may not run tasks', { roles: seen(roleWith(passRole)) }, /may not call ecs:RunTask/],
    ['may not pass the execution role', { roles: seen(roleWith(runTask)) }, /may not pass nightly-execution/],
    [
      'names a revision that was deregistered',
      {
        taskDefinitions: seen({
          taskDefinitionArn: definition,
          family: 'nightly',
          status: 'INACTIVE' as const,
        }),
      },
      /INACTIVE: nightly:4/,
    ],
    ['names a cluster that is gone', { clusters: seen() }, /cluster of the target does not exist/],
    ['names a subnet that is gone', { subnets: seen() }, /subnet-1/],
    ['was refused by ECS', { attempts: seen(refused) }, /may not call ecs:TagResource/],
    [
      'starts nothing for want of room',
      { attempts: seen(attempt({ failures: ['RESOURCE:MEMORY'] })) },
      /starts nothing: RESOURCE:MEMORY/,
    ],
  ])('because it %s', (_, change, title) => {
    expect(first(change)).toMatchObject({
      class: 'schedule-invocation-failed',
      verdict: 'proven',
      title: expect.stringMatching(title),
    });
  });

  it('is told what blocks it first, and then what would block it next', () => {
    const findings = diagnoseSchedule(
      schedule({ roles: seen(roleWith()), rule: one({ Name: 'nightly', State: 'DISABLED' }) }),
    );
    expect(findings.map(({ title }) => title)).toEqual([
      'Rule nightly is disabled.',
      'The role of the target may not call ecs:RunTask.',
      'The role of the target may not pass nightly-execution on to the task.',
    ]);
  });

  it('is only likely to fail while nothing but the metric says so', () => {
    const finding = first({ failedInvocations: seen({ atMs: NOW_MS - 60_000, sum: 3 }) });
    expect(finding).toMatchObject({ class: 'schedule-invocation-failed', verdict: 'likely' });
    expect(finding?.cannotVerify.map(({ missingAction }) => missingAction)).toContain(
      'cloudtrail:LookupEvents',
    );
  });

  it('is not blamed on a role whose policies could not be read', () => {
    const gap = { what: 'the role events', missingAction: 'iam:GetRolePolicy', kind: 'denied' as const };
    const finding = first({ roles: { items: [], gaps: [gap] }, attempts: seen(refused) });
    expect(finding).toMatchObject({ title: expect.stringMatching(/ecs:TagResource/) });
    expect(finding?.cannotVerify.map(({ missingAction }) => missingAction)).toContain('iam:GetRolePolicy');
  });
});

describe('a rule that runs its task', () => {
  it('is healthy when its newest request was accepted, whatever happened before', () => {
    expect(first({ attempts: seen(attempt({}), refused) })).toMatchObject({
      class: 'healthy',
      title: 'Rule nightly runs its task.',
      explanation: expect.stringMatching(/1 earlier request was refused; that is over/),
    });
  });

  it('is healthy when it fires and no invocation failed', () => {
    expect(first({})).toMatchObject({ class: 'healthy', verdict: 'likely' });
  });

  it('is unknown when it was not seen to fire', () => {
    expect(first({ invocations: seen() })).toMatchObject({ class: 'unknown' });
  });
});
