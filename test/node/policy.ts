// A policy for tests: reads are allowed, changes need one approval by click.

import type { Decision } from '../../src/contract/decision.ts';

export const easyPolicy = {
  decide: (request: { readonly risk: string }): Decision => ({
    verdict: request.risk === 'read' || request.risk === 'reveal' ? 'allow' : 'approve',
    reasons: [{ policy: 'easy', reason: 'tests' }],
    approvals: 1,
    level: 'click',
    errors: [],
    policySha256: 'a'.repeat(64),
  }),
};
