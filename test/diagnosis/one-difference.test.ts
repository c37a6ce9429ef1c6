// What alone changed between the revision that runs and the one that fails.

import { describe, expect, it } from 'vitest';
import type { Snapshot, SnapshotTaskDefinition } from '../../src/contract/snapshot.ts';
import { addTasks, exits, failStart, rollOut, theService } from '../support/account-builder.ts';
import { look } from './support/look.ts';

/** api:8 is rolled out beside api:7 and keeps ending. */
function failing(change: (definition: SnapshotTaskDefinition) => void, stop = exits(1)) {
  return (s: Snapshot): void => {
    rollOut(s, { failed: 3 });
    const [older, newer] = s.ecs.taskDefinitions.slice(-2);
    if (older === undefined || newer === undefined) return;
    newer.containerDefinitions = structuredClone(older.containerDefinitions);
    change(newer);
    Object.assign(theService(s), { runningCount: 2 });
    addTasks(s, { count: 3, revision: 8, ...stop });
  };
}
const memory = (one: SnapshotTaskDefinition): void => void Object.assign(one, { memory: '1024' });
const command = (one: SnapshotTaskDefinition): void =>
  void Object.assign(one.containerDefinitions?.[0] ?? {}, { command: ['serve', '--new'] });
const explanation = async (change: (s: Snapshot) => void) =>
  (await look(change)).findings[0]?.explanation ?? '';

describe('the newest revision, which fails beside the one that runs', () => {
  it('is told with the one thing that differs', async () => {
    const { findings } = await look(failing(command));
    expect(findings[0]?.class).toBe('app-config-error');
    expect(findings[0]?.explanation).toContain(
      'The one difference between api:7, which runs, and api:8 is container app, command:',
    );
    expect(findings[0]?.explanation).toContain('--new');
  });

  it('is not when two things differ, or none', async () => {
    const both = failing((one) => {
      memory(one);
      command(one);
    });
    expect(await explanation(both)).not.toContain('one difference');
    expect(await explanation(failing(() => {}))).not.toContain('one difference');
  });

  it('is not when the cause lies outside every revision', async () => {
    const change = (s: Snapshot): void => {
      failing(command, {
        ...failStart(
          'ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm: RequestCanceled: caused by: context deadline exceeded',
        ),
        container: {},
      })(s);
      for (const group of s.ec2.SecurityGroups) group.IpPermissionsEgress = [];
    };
    const { findings } = await look(change);
    expect(findings[0]?.class).toBe('task-sg-egress-blocked');
    expect(findings[0]?.explanation).not.toContain('one difference');
  });

  it('is not when the cause is a secret and what changed is something else', async () => {
    const gone = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:gone-a1b2c3';
    const stop = {
      ...failStart(
        `ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm: failed to fetch secret ${gone} from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.`,
      ),
      container: {},
    };
    const change = (s: Snapshot): void => {
      failing(command, stop)(s);
      for (const one of s.ecs.taskDefinitions.slice(-2))
        Object.assign(one.containerDefinitions?.[0] ?? {}, { secrets: [{ name: 'KEY', valueFrom: gone }] });
    };
    const { findings } = await look(change);
    expect(findings[0]?.class).toBe('secret-reference-invalid');
    expect(findings[0]?.explanation).not.toContain('one difference');
  });
});
