// The revision that still runs as the way back: for a container that waits in vain, for credentials that do not come, for a call that is
// refused. It is offered only where that revision can be expected to do without what fails.

import { describe, expect, it } from 'vitest';
import type { Snapshot, SnapshotTaskDefinition } from '../../src/contract/snapshot.ts';
import { allFail, exits, NOW_MS, rollOut, theService } from '../support/account-builder.ts';
import { iso } from './support/cause-case.ts';
import { look } from './support/look.ts';

const ROLE = 'arn:aws:iam::210987654321:role/api-task';

/** Revision 8 is rolled out with `edit` made to it; with `alone`, nothing of revision 7 runs beside it any more. */
function deployed(s: Snapshot, edit: (definition: SnapshotTaskDefinition) => void, alone = false): void {
  const service = rollOut(s);
  const next = s.ecs.taskDefinitions.find((one) => one.revision === 8);
  if (next !== undefined) edit(next);
  if (alone) service.deployments?.pop();
}

function waitsInVain(s: Snapshot, alone = false): void {
  deployed(
    s,
    (definition) => {
      const [app] = definition.containerDefinitions ?? [];
      if (app !== undefined) app.dependsOn = [{ containerName: 'migrate', condition: 'SUCCESS' }];
      definition.containerDefinitions?.push({ name: 'migrate', image: 'migrate:1', essential: false });
    },
    alone,
  );
  for (const task of allFail(s, {
    revision: 8,
    stop: { stopCode: 'TaskFailedToStart', stoppedReason: 'Task failed to start' },
  }))
    task.containers?.push({ name: 'migrate', lastStatus: 'STOPPED', exitCode: 1 });
}

function withoutCredentials(s: Snapshot, alone = false): void {
  deployed(
    s,
    (definition) => {
      definition.taskRoleArn = ROLE;
      const [app] = definition.containerDefinitions ?? [];
      if (app !== undefined) app.environment = [{ name: 'HTTP_PROXY', value: 'http://proxy:3128' }];
    },
    alone,
  );
  allFail(s, {
    revision: 8,
    ...exits(1),
    log: ['[ERROR] CredentialsProviderError: Could not load credentials from any providers'],
  });
}

function refusedCall(s: Snapshot, changed: boolean): void {
  deployed(s, (definition) => {
    definition.taskRoleArn = ROLE;
  });
  s.iam.Roles.push({ RoleName: 'api-task', Arn: ROLE, policies: [] });
  if (changed)
    s.cloudtrail.events.push({
      EventId: 'e1',
      EventTime: iso(600),
      EventName: 'DeleteRolePolicy',
      EventSource: 'iam.amazonaws.com',
      Username: 'kim',
      Resources: [{ ResourceType: 'AWS::IAM::Role', ResourceName: 'api-task' }],
      CloudTrailEvent: { eventName: 'DeleteRolePolicy', requestParameters: { roleName: 'api-task' } },
    });
  allFail(s, {
    revision: 8,
    ...exits(1),
    log: [
      `[ERROR] AccessDenied: User: arn:aws:sts::210987654321:assumed-role/api-task/${NOW_MS} is not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:eu-central-1:210987654321:jobs because no identity-based policy allows the sqs:SendMessage action`,
    ],
  });
}

const firstOf = async (change: (s: Snapshot) => void) => (await look(change)).findings[0];
const back = [{ tool: 'ecs_update_service', input: { task_definition: 'api:7' } }];

describe('the way back to the revision that runs', () => {
  it('is offered for a container that waits in vain', async () => {
    expect(await firstOf(waitsInVain)).toMatchObject({ class: 'container-dependency-failed', fixes: back });
  });

  it('is offered for credentials that do not come', async () => {
    expect(await firstOf(withoutCredentials)).toMatchObject({
      class: 'task-credentials-unavailable',
      fixes: back,
    });
  });

  it('is not offered when no other revision runs', async () => {
    expect((await firstOf((s) => waitsInVain(s, true)))?.fixes).toEqual([]);
    expect((await firstOf((s) => withoutCredentials(s, true)))?.fixes).toEqual([]);
  });

  it('is offered for a call that the new revision makes and may not', async () => {
    expect(await firstOf((s) => refusedCall(s, false))).toMatchObject({
      class: 'task-role-denied',
      verdict: 'proven',
      fixes: back,
    });
  });

  it('is not offered when somebody took the permission away: the older revision may need it as well', async () => {
    expect(await firstOf((s) => refusedCall(s, true))).toMatchObject({
      class: 'task-role-denied',
      verdict: 'proven',
      fixes: [],
    });
  });
});

describe('a proxy of Service Connect that is killed for memory', () => {
  const PROXY = 'ecs-service-connect-a1b2c3';
  const killed = (s: Snapshot, name: string) => {
    deployed(s, (definition) => {
      definition.memory = '512';
      const [app] = definition.containerDefinitions ?? [];
      if (app !== undefined) app.memory = 512;
    });
    const tasks = allFail(s, { revision: 8, ...exits(name === PROXY ? 143 : 137) });
    for (const task of tasks) {
      const reason = 'OutOfMemoryError: Container killed due to memory usage';
      if (name === PROXY) task.containers?.push({ name, lastStatus: 'STOPPED', exitCode: 137, reason });
      else for (const one of task.containers ?? []) one.reason = reason;
    }
  };

  it('is the cause, and not the memory of the program', async () => {
    const { findings } = await look((s) => killed(s, PROXY));
    expect(findings[0]).toMatchObject({ class: 'service-connect-proxy-failure', fixes: back });
    expect(findings.map((one) => one.class)).not.toContain('oom-killed');
  });

  it('is not when the program itself was killed', async () => {
    const { findings } = await look((s) => killed(s, 'app'));
    expect(findings[0]).toMatchObject({ class: 'oom-killed' });
    expect(findings.map((one) => one.class)).not.toContain('service-connect-proxy-failure');
  });
});

describe('an image of Docker Hub whose pulls are counted', () => {
  const limited = (s: Snapshot, image: string) => {
    for (const definition of s.ecs.taskDefinitions)
      for (const one of definition.containerDefinitions ?? []) one.image = image;
    deployed(s, (definition) => {
      for (const one of definition.containerDefinitions ?? []) one.image = 'grafana/api:2';
    });
    allFail(s, {
      revision: 8,
      stop: {
        stopCode: 'TaskFailedToStart',
        stoppedReason:
          'CannotPullContainerError: pull image manifest has been retried 5 time(s): httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/grafana/api/manifests/2: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit.',
      },
    });
  };

  it('gets the revision back that comes from elsewhere, and not one that is counted alike', async () => {
    const elsewhere = '210987654321.dkr.ecr.eu-central-1.amazonaws.com/api:1';
    expect(await firstOf((s) => limited(s, elsewhere))).toMatchObject({
      class: 'registry-rate-limit',
      fixes: back,
    });
    expect((await firstOf((s) => limited(s, 'grafana/api:1')))?.fixes).toEqual([]);
  });
});

describe('sessions that were switched on after the tasks were started', () => {
  const switched = (s: Snapshot, actions: readonly string[]) => {
    for (const definition of s.ecs.taskDefinitions) definition.taskRoleArn = ROLE;
    theService(s).enableExecuteCommand = true;
    for (const task of s.ecs.tasks) task.enableExecuteCommand = false;
    const Statement = [{ Effect: 'Allow', Action: [...actions], Resource: '*' }];
    s.iam.Roles.push({
      RoleName: 'api-task',
      Arn: ROLE,
      policies: [{ PolicyName: 'own', Document: { Version: '2012-10-17', Statement } }],
    });
  };

  it('come with new tasks, which are offered when the agent could connect from them', async () => {
    expect(await firstOf((s) => switched(s, ['ssmmessages:*']))).toMatchObject({
      class: 'ecs-exec-unavailable',
      fixes: [{ tool: 'ecs_update_service', input: { force_new_deployment: true } }],
    });
  });

  it('would not when the role does not allow the agent what it asks for', async () => {
    expect(await firstOf((s) => switched(s, ['s3:GetObject']))).toMatchObject({
      class: 'ecs-exec-unavailable',
      fixes: [],
    });
  });
});
