import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { theService } from '../support/account-builder.ts';
import { iso } from './support/cause-case.ts';
import { look } from './support/look.ts';

interface Asked {
  readonly name: string;
  readonly secondsAgo: number;
  readonly request: object;
  readonly error?: readonly [code: string, message: string];
  readonly invokedBy?: string;
}

function asked(s: Snapshot, { name, secondsAgo, request, error, invokedBy }: Asked): void {
  s.cloudtrail.events.push({
    EventId: `${name}-${secondsAgo}`,
    EventName: name,
    EventTime: iso(secondsAgo),
    EventSource: 'ecs.amazonaws.com',
    Username: 'ci-deploy',
    CloudTrailEvent: {
      requestParameters: request,
      userIdentity: { arn: 'arn:aws:sts::210987654321:assumed-role/ci/1', ...(invokedBy && { invokedBy }) },
      ...(error === undefined ? {} : { errorCode: error[0], errorMessage: error[1] }),
    },
  });
}

const pair = [
  'ClientException',
  'No Fargate configuration exists for given values: 512 CPU, 512 memory.',
] as const;
const passRole = [
  'AccessDeniedException',
  'User: arn:aws:sts::210987654321:assumed-role/ci/1 is not authorized to perform: iam:PassRole on resource: arn:aws:iam::210987654321:role/api-execution',
] as const;
const service = { cluster: 'prod', service: 'api' };
const refused =
  (name: string, request: object, error: readonly [string, string], secondsAgo = 600) =>
  (s: Snapshot) =>
    asked(s, { name, secondsAgo, request, error });

const first = async (change: (s: Snapshot) => void, denied: readonly string[] = []) =>
  (await look(change, denied)).findings[0];

describe('a change that ECS refused', () => {
  it.each<[string, (s: Snapshot) => void]>([
    ['invalid-task-definition', refused('RegisterTaskDefinition', { family: 'api' }, pair)],
    ['passrole-denied', refused('UpdateService', service, passRole)],
    [
      'invalid-task-definition',
      refused('UpdateService', { ...service, taskDefinition: 'api:9' }, [
        'InvalidParameterException',
        'Task definition does not support launch_type FARGATE.',
      ]),
    ],
    [
      'invalid-task-definition',
      refused('UpdateService', { ...service, taskDefinition: 'api:9' }, [
        'ClientException',
        'Fargate requires task definition to have execution role ARN to support ECR images.',
      ]),
    ],
    [
      'network-mode-mismatch',
      refused('UpdateService', service, [
        'InvalidParameterException',
        'Network Configuration is not valid for the given networkMode of this task definition.',
      ]),
    ],
    [
      'deployment-controller-mismatch',
      (s) => {
        theService(s).deploymentController = { type: 'CODE_DEPLOY' };
        refused('UpdateService', service, [
          'InvalidParameterException',
          'Unable to update task definition on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.',
        ])(s);
      },
    ],
    [
      'ecs-exec-unavailable',
      (s) =>
        refused('ExecuteCommand', { cluster: 'prod', task: s.ecs.tasks[0]?.taskArn ?? '' }, [
          'TargetNotConnectedException',
          'The execute command failed due to an internal error.',
        ])(s),
    ],
    [
      'schedule-invocation-failed',
      (s) =>
        asked(s, {
          name: 'RunTask',
          secondsAgo: 600,
          request: { taskDefinition: 'api:7' },
          error: ['AccessDenied', 'not authorized to perform: ecs:TagResource'],
          invokedBy: 'events.amazonaws.com',
        }),
    ],
  ])('is named as %s, beside that the service runs', async (name, change) => {
    const finding = await first(change);
    // Which controller a service has is state; of the others only AWS's words tell here.
    const verdict = name === 'deployment-controller-mismatch' ? 'proven' : 'likely';
    expect(finding).toMatchObject({ class: name, verdict });
    expect(finding?.explanation).toContain('2 of 2 tasks');
  });

  it.each<[string, (s: Snapshot) => void]>([
    [
      'it was about another service',
      refused('UpdateService', { cluster: 'prod', service: 'shop' }, passRole),
    ],
    ['it was about another family', refused('RegisterTaskDefinition', { family: 'api-worker' }, pair)],
    ['it happened hours ago', refused('RegisterTaskDefinition', { family: 'api' }, pair, 9_000)],
    [
      'the same was accepted afterwards',
      (s) => {
        refused('RegisterTaskDefinition', { family: 'api' }, pair)(s);
        asked(s, { name: 'RegisterTaskDefinition', secondsAgo: 300, request: { family: 'api' } });
      },
    ],
    [
      'somebody merely lacked a permission',
      refused('UpdateService', service, ['AccessDenied', 'not authorized to perform: ecs:UpdateService']),
    ],
  ])('does not count when %s', async (_, change) => {
    expect(await first(change)).toMatchObject({ class: 'healthy', verdict: 'proven' });
  });

  it('is told with a healthy service when it stands for no cause in it', async () => {
    const words = [
      'InvalidParameterException',
      'Availability Zone rebalancing does not support maximumPercent <= 100.',
    ] as const;
    const finding = await first(refused('UpdateService', service, words));
    expect(finding?.title).toContain('a change of it was refused');
    expect(finding?.explanation).toContain('ECS refused UpdateService of ci-deploy 10 min ago');
    expect(finding?.explanation).toContain('Availability Zone rebalancing does not support');
    const accepted = await first((s) => {
      refused('UpdateService', service, words)(s);
      asked(s, { name: 'UpdateService', secondsAgo: 300, request: service });
    });
    expect(accepted?.explanation).not.toContain('refused');
  });

  it('cannot be seen without CloudTrail, and the healthy verdict says so', async () => {
    const finding = await first(refused('UpdateService', service, passRole), ['cloudtrail:LookupEvents']);
    expect(finding).toMatchObject({ class: 'healthy', verdict: 'likely' });
    expect(finding?.cannotVerify).toEqual([
      { what: 'whether changes of the service were refused', missingAction: 'cloudtrail:LookupEvents' },
    ]);
  });

  it('costs a healthy service at most twelve requests in all', async () => {
    expect((await look(() => undefined)).stats.awsCalls).toBeLessThanOrEqual(12);
  });
});

describe('the revision that was asked for', () => {
  const target = 'arn:aws:elasticloadbalancing:eu-central-1:210987654321:targetgroup/api/1';
  const words = {
    stale: ['ClientException', 'TaskDefinition is inactive'],
    container: ['InvalidParameterException', 'The container app does not exist in the task definition.'],
    mode: [
      'InvalidParameterException',
      'Network Configuration is not valid for the given networkMode of this task definition.',
    ],
  } as const;
  const asking = (why: keyof typeof words, edit: (s: Snapshot) => void) => (s: Snapshot) => {
    const [running] = s.ecs.taskDefinitions;
    if (running === undefined) throw new Error('the account has a task definition');
    const arn = running.taskDefinitionArn.replace(/:7$/, ':9');
    running.networkMode = 'awsvpc';
    theService(s).loadBalancers = [{ targetGroupArn: target, containerName: 'app', containerPort: 8080 }];
    for (const container of running.containerDefinitions ?? [])
      container.portMappings = [{ containerPort: 8080 }];
    s.ecs.taskDefinitions.push({ ...structuredClone(running), taskDefinitionArn: arn, revision: 9 });
    edit(s);
    refused('UpdateService', { ...service, taskDefinition: 'api:9' }, words[why])(s);
  };
  const next = (s: Snapshot) => s.ecs.taskDefinitions.find((one) => one.revision === 9);
  const changes: Readonly<Record<keyof typeof words, (s: Snapshot) => void>> = {
    stale: (s) => void Object.assign(next(s) ?? {}, { status: 'INACTIVE' }),
    container: (s) => {
      for (const one of next(s)?.containerDefinitions ?? []) one.name = 'web';
    },
    mode: (s) => void Object.assign(next(s) ?? {}, { networkMode: 'bridge' }),
  };

  it.each([
    ['stale', 'stale-or-wrong-reference', 'api:9, which was asked for, is INACTIVE'],
    ['container', 'lb-attachment-invalid', 'api:9 has containers web'],
    ['mode', 'network-mode-mismatch', 'api:9 uses network mode bridge'],
  ] as const)('proves why it was refused: %s', async (why, name, sentence) => {
    const finding = await first(asking(why, changes[why]));
    expect(finding).toMatchObject({ class: name, verdict: 'proven' });
    expect(finding?.explanation).toContain(sentence);
    expect(finding?.culprits).toContainEqual(expect.stringMatching(/api:9$/));
  });

  it.each(['stale', 'container', 'mode'] as const)(
    'proves nothing when it is as it should be, or cannot be read: %s',
    async (why) => {
      expect(await first(asking(why, () => {}))).toMatchObject({ verdict: 'likely' });
      const unseen = await first(asking(why, changes[why]), ['ecs:DescribeTaskDefinition']);
      expect(unseen).toMatchObject({ verdict: 'likely' });
    },
  );
});
