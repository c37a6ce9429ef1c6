// Decisions mixed with asynchronous work, timers and garbage: the mix in which V8 once aborted a whole process.

import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { loadPolicies } from '../../src/policy/policy-set.ts';
import { aRequest } from './a-request.ts';

const DECISIONS = 12_000;

test('thousands of uncached decisions between asynchronous work all come out right', async () => {
  const set = await loadPolicies({ dir: 'policies' });
  let wrong = 0;
  for (let index = 0; index < DECISIONS; index++) {
    const level = index % 3 === 0 ? 'none' : 'propose';
    const target = {
      cluster: `c${index}`,
      resources: [createHash('sha256').update(String(index)).digest('hex')],
    };
    const decision = set.decide(aRequest({ level, target }));
    if (decision.verdict !== (level === 'none' ? 'deny' : 'allow') || decision.errors.length > 0) wrong += 1;
    if (index % 50 === 0) await nextTurn();
  }
  expect(wrong).toBe(0);
  set.close();
});
