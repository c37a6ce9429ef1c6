import { describe, expect, it } from 'vitest';
import { parseSnapshot, type Snapshot } from '../../../src/contract/snapshot.ts';
import { type DiagnoseScheduleOutput, diagnoseSchedule } from '../../../tools/diagnose/diagnose-schedule.ts';
import {
  addTasks,
  exits,
  healthyAccount,
  ids,
  NOW_MS,
  theDefinition,
} from '../../support/account-builder.ts';
import { lockstep } from '../../support/lockstep.ts';
import { simulatedAws } from '../../support/simulated-aws.ts';

const ROLE = 'arn:aws:iam::210987654321:role/events';
const NAME = 'nightly-report';

interface Options {
  readonly state?: string;
  readonly definition?: string;
  readonly allows?: readonly string[];
  readonly refused?: string;
}

/** The small account with a rule that runs a task of it every night. */
function scheduled(options: Options = {}): Snapshot {
  const base = healthyAccount();
  const TaskDefinitionArn = options.definition ?? theDefinition(base).taskDefinitionArn;
  const allow = (Action: string) => ({ Effect: 'Allow', Action, Resource: '*' });
  const events = (options.refused === undefined ? [] : [2_000]).map((secondsAgo) => ({
    EventId: `e${secondsAgo}`,
    EventName: 'RunTask',
    EventTime: new Date(NOW_MS - secondsAgo * 1_000).toISOString(),
    EventSource: 'ecs.amazonaws.com',
    CloudTrailEvent: {
      eventName: 'RunTask',
      errorCode: 'AccessDenied',
      errorMessage: options.refused,
      userIdentity: { sessionContext: { sessionIssuer: { arn: ROLE } }, invokedBy: 'events.amazonaws.com' },
      requestParameters: { taskDefinition: TaskDefinitionArn, startedBy: `events-rule/${NAME}` },
    },
  }));
  return parseSnapshot({
    ...base,
    iam: {
      Roles: [
        {
          RoleName: 'events',
          Arn: ROLE,
          CreateDate: new Date(0).toISOString(),
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sts:AssumeRole' },
            ],
          },
          policies: [
            {
              PolicyName: 'run',
              Document: {
                Version: '2012-10-17',
                Statement: (options.allows ?? ['ecs:RunTask', 'iam:PassRole']).map(allow),
              },
            },
          ],
        },
      ],
    },
    cloudtrail: { events },
    events: {
      rules: [
        {
          Name: NAME,
          Arn: `arn:aws:events:eu-central-1:210987654321:rule/${NAME}`,
          State: options.state ?? 'ENABLED',
          ScheduleExpression: 'cron(0 2 * * ? *)',
          Targets: [
            {
              Id: 'run',
              Arn: base.ecs.clusters[0]?.clusterArn,
              RoleArn: ROLE,
              EcsParameters: {
                TaskDefinitionArn,
                LaunchType: 'FARGATE',
                NetworkConfiguration: {
                  awsvpcConfiguration: { Subnets: [ids.subnets.a], SecurityGroups: [ids.groups.app] },
                },
              },
            },
          ],
        },
      ],
    },
  });
}

async function look(snapshot: Snapshot, rule = NAME): Promise<DiagnoseScheduleOutput & { rounds: number }> {
  const aws = await simulatedAws(snapshot);
  const step = lockstep(aws);
  try {
    const context = { nowMs: NOW_MS, stage: () => {}, wait: async () => {} };
    const out = diagnoseSchedule.output.parse(await diagnoseSchedule.run({ rule }, step.aws, context));
    return { ...out, rounds: step.rounds() };
  } finally {
    await aws.close();
  }
}

describe('diagnose_schedule', () => {
  it('finds a rule that is switched off', async () => {
    const out = await look(scheduled({ state: 'DISABLED' }));
    expect(out.findings[0]).toMatchObject({ class: 'schedule-invocation-failed', verdict: 'proven' });
    expect(out.findings[0]?.title).toContain('disabled');
  });

  it('finds a role that may not hand the roles of the task on', async () => {
    const out = await look(scheduled({ allows: ['ecs:RunTask'] }));
    expect(out.findings[0]?.class).toBe('schedule-invocation-failed');
    expect(JSON.stringify(out.findings[0])).toContain('PassRole');
    expect(out.rounds).toBeLessThanOrEqual(4);
    expect(out.stats.awsCalls).toBeLessThanOrEqual(25);
  });

  it('finds a task definition that is no longer there', async () => {
    const gone = 'arn:aws:ecs:eu-central-1:210987654321:task-definition/api:1';
    const out = await look(scheduled({ definition: gone }));
    expect(out.findings[0]).toMatchObject({ class: 'schedule-invocation-failed', verdict: 'proven' });
  });

  it('takes what CloudTrail recorded for what happened, and tells it in order', async () => {
    const refused = `User: ${ROLE} is not authorized to perform: ecs:TagResource on resource: x because no identity-based policy allows the ecs:TagResource action`;
    const out = await look(scheduled({ refused }));
    expect(out.findings[0]?.class).toBe('schedule-invocation-failed');
    expect(out.timeline.map(({ what }) => what)).toEqual(['RunTask was refused: AccessDenied.']);
  });

  it('explains the task when the rule did start it and it failed', async () => {
    const snapshot = scheduled();
    const [task] = addTasks(snapshot, { count: 1, ...exits(137, 'OutOfMemoryError: container killed') });
    Object.assign(task ?? {}, { group: 'family:api', startedBy: `events-rule/${NAME}` });
    expect((await look(snapshot)).findings[0]?.class).toBe('oom-killed');
  });

  it('says which reads were refused instead of calling the schedule well', async () => {
    const snapshot = scheduled();
    snapshot.denied = [
      'iam:GetRole',
      'iam:ListRolePolicies',
      'cloudtrail:LookupEvents',
      'cloudwatch:GetMetricData',
    ];
    const out = await look(snapshot);
    expect(out.findings.filter(({ verdict }) => verdict === 'proven')).toEqual([]);
    const missing = out.findings.flatMap((one) => one.cannotVerify.map((gap) => gap.missingAction));
    expect(missing).toContain('cloudtrail:LookupEvents');
  });

  it('knows a rule by a part of its name when only one holds it, and names the nearest otherwise', async () => {
    expect((await look(scheduled(), 'nightly')).rule.name).toBe(NAME);
    await expect(look(scheduled(), 'nightly-reprot')).rejects.toMatchObject({
      code: 'resource-unknown',
      message: expect.stringContaining(NAME),
    });
  });
});
