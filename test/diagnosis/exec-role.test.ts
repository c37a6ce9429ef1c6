// Sessions that cannot be opened because the role of the task does not allow the agent to connect.

import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { theDefinition, theService } from '../support/account-builder.ts';
import { iso } from './support/cause-case.ts';
import { look } from './support/look.ts';

const ROLE = 'arn:aws:iam::210987654321:role/api-task';
const OPEN = ['CreateControlChannel', 'CreateDataChannel', 'OpenControlChannel', 'OpenDataChannel'];

function agentStopped(s: Snapshot, allowed: readonly string[]): void {
  theDefinition(s).taskRoleArn = ROLE;
  theService(s).enableExecuteCommand = true;
  s.iam.Roles.push({
    RoleName: 'api-task',
    Arn: ROLE,
    CreateDate: '2024-01-01T00:00:00Z',
    policies: [
      {
        PolicyName: 'sessions',
        Document: {
          Statement: [{ Effect: 'Allow', Action: allowed.map((one) => `ssmmessages:${one}`), Resource: '*' }],
        },
      },
    ],
  });
  for (const task of s.ecs.tasks) {
    Object.assign(task, { startedAt: iso(4_000), enableExecuteCommand: true });
    for (const one of task.containers ?? [])
      one.managedAgents = [{ name: 'ExecuteCommandAgent', lastStatus: 'STOPPED' }];
  }
}

const found = async (allowed: readonly string[], denied: readonly string[] = []) => {
  const [finding] = (await look((s) => agentStopped(s, allowed), denied)).findings;
  expect(finding?.class).toBe('ecs-exec-unavailable');
  return finding;
};

describe('an agent of ECS Exec that does not run', () => {
  it('is explained by a task role that lacks what the agent needs', async () => {
    const finding = await found(OPEN.slice(0, 2));
    expect(finding?.explanation).toContain(
      'api-task does not allow ssmmessages:OpenControlChannel and ssmmessages:OpenDataChannel',
    );
    expect(finding?.culprits).toContain(ROLE);
  });

  it('is not when the role allows all of it', async () => {
    const finding = await found(OPEN);
    expect(finding?.explanation).not.toContain('does not allow');
    expect(finding?.cannotVerify).toEqual([]);
  });

  it('leaves the role open when its policies may not be read', async () => {
    const finding = await found([], ['iam:GetRolePolicy', 'iam:ListRolePolicies']);
    expect(finding?.explanation).not.toContain('does not allow');
    expect(finding?.cannotVerify.length).toBeGreaterThan(0);
  });
});
