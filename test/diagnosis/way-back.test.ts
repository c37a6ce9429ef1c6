// The revision that still runs as the way back: for a container that waits in vain, for credentials that do not come, for a call that is
// refused. It is offered only where that revision can be expected to do without what fails.

import { describe, expect, it } from 'vitest';
import type { Snapshot, SnapshotTaskDefinition } from '../../src/contract/snapshot.ts';
import { allFail, exits, NOW_MS, rollOut } from '../support/account-builder.ts';
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
