import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../src/contract/snapshot.ts';
import { compareService } from '../../../tools/diagnose/compare-service.ts';
import { changed, context, parts, TROUBLED, withAccount } from './support.ts';

const compare = (
  change: (s: Snapshot) => void = () => {},
  input: Partial<Parameters<typeof compareService.run>[0]> = {},
) =>
  withAccount(changed(change), async (aws) =>
    compareService.output.parse(await compareService.run({ ...TROUBLED, ...input }, aws, context)),
  );

/** The container of the revision that is rolled out. */
const container = (s: Snapshot) => {
  const [first] = parts.definition(s).containerDefinitions ?? [];
  if (first === undefined) throw new Error('the demo task definition has no container');
  return first;
};

describe('the revision that is rolled out', () => {
  it('is put beside the one that runs, and a failed task beside a healthy one', async () => {
    const out = await compare((s) => {
      container(s).image = 'repo/web:broken';
      container(s).environment = [{ name: 'DB_HOST', value: 'somewhere-private' }];
    });
    expect(out.revisions).toMatchObject({
      before: 'my-web-service:41',
      after: 'my-web-service:42',
      basis: 'running',
    });
    const rows = out.revisions?.differences ?? [];
    expect(rows).toContainEqual(expect.objectContaining({ kind: 'image', after: 'repo/web:broken' }));
    expect(rows.filter(({ kind }) => kind === 'environment').length).toBeGreaterThan(0);
    expect(JSON.stringify(out)).not.toContain('somewhere-private');
    expect(out.tasks?.differences).toContainEqual(
      expect.objectContaining({ what: 'revision', before: 'my-web-service:41', after: 'my-web-service:42' }),
    );
    expect(compareService.text(out)).toMatch(/my-web-service:41 \(which runs now\) → my-web-service:42/);
  });

  it('is put beside the revision that was named', async () => {
    expect((await compare(() => {}, { revision: 'my-web-service:41' })).revisions).toMatchObject({
      before: 'my-web-service:41',
      basis: 'named',
    });
    await expect(compare(() => {}, { revision: 'my-web-service:7' })).rejects.toMatchObject({
      code: 'input-invalid',
    });
  });

  it('is compared with nothing when the other one may not be read, and says what is missing', async () => {
    const out = await compare((s) => {
      s.denied = ['ecs:DescribeTaskDefinition'];
    });
    expect(out.revisions).toBeNull();
    expect(out.cannotVerify.map(({ missingAction }) => missingAction)).toContain(
      'ecs:DescribeTaskDefinition',
    );
  });

  it('has no failing task to compare when none has failed', async () => {
    expect((await compare(() => {}, { service: 'checkout' })).tasks).toBeNull();
  });
});
