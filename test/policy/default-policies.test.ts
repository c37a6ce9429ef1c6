// The policies this product ships: they load, every one has cases for both sides, and the cases are worth something.

import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { cedarSchema } from '../../src/catalog/cedar-schema.ts';
import { loadPolicies } from '../../src/policy/policy-set.ts';
import { readPolicyDir } from '../../src/policy/policy-source.ts';
import { allTools } from '../../tools/index.ts';

test('the default policies load and pass their own cases', async () => {
  const set = await loadPolicies({ dir: 'policies' });
  expect(set.policies.length).toBeGreaterThan(5);
  set.close();
});

test('every policy carries cases it must decide and cases it must not', async () => {
  const { cases = {} } = await readPolicyDir('policies');
  const set = await loadPolicies({ dir: 'policies' });
  const covered = Object.values(cases).flatMap((text) => Object.keys(parse(text) as object));
  expect(covered.sort()).toEqual(set.policies.map(({ id }) => id).sort());
  set.close();
});

test('the cases notice when any one policy is taken away', async () => {
  const sources = await readPolicyDir('policies');
  const set = await loadPolicies({ dir: 'policies' });
  for (const { id, file, text } of set.policies) {
    const policies = { ...sources.policies, [file]: (sources.policies[file] ?? '').replace(text, '') };
    expect(policies[file], id).not.toBe(sources.policies[file]);
    await expect(loadPolicies({ sources: { ...sources, policies } }), id).rejects.toMatchObject({
      code: 'policy-invalid',
    });
  }
  set.close();
});

test('the schema in the folder is the one the tools give', async () => {
  expect(await readFile('policies/schema.cedarschema', 'utf8')).toBe(cedarSchema(allTools));
});
