// The life of a proposal against a model that is written as a list of stories rather than as a table.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assertMove, isSettled, mayMove, statesBefore } from '../../src/approval/states.ts';
import { type ProposalState, proposalStates } from '../../src/contract/proposal.ts';

/** Every way a proposal can end, told from its start. */
const stories: readonly (readonly ProposalState[])[] = [
  ['pending', 'approved', 'claimed', 'done'],
  ['pending', 'approved', 'claimed', 'failed'],
  ['pending', 'approved', 'claimed', 'unknown'],
  ['pending', 'approved', 'stale'],
  ['pending', 'approved', 'expired'],
  ['pending', 'approved', 'failed'],
  ['pending', 'approved', 'voided'],
  ['pending', 'denied'],
  ['pending', 'expired'],
  ['pending', 'superseded'],
  ['pending', 'voided'],
];

const told = (from: ProposalState, to: ProposalState) =>
  stories.some((story) => story.some((state, at) => state === from && story[at + 1] === to));

describe('moves', () => {
  test('are legal exactly when some story tells them', () => {
    for (const from of proposalStates) {
      for (const to of proposalStates) {
        expect(mayMove(from, to), `${from} → ${to}`).toBe(told(from, to));
        if (told(from, to)) assertMove(from, to);
        else expect(() => assertMove(from, to)).toThrow(/does not go/);
      }
    }
  });

  test('random walks never leave a settled state, and reach AWS only through approved and claimed', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...proposalStates), { maxLength: 60 }), (tries) => {
        const path: ProposalState[] = ['pending'];
        for (const to of tries) {
          const from = path.at(-1)!;
          if (!mayMove(from, to)) continue;
          expect(isSettled(from)).toBe(false);
          path.push(to);
        }
        if (path.includes('done') || path.includes('unknown')) {
          expect(path.slice(0, 3)).toEqual(['pending', 'approved', 'claimed']);
        }
        expect(new Set(path).size).toBe(path.length);
      }),
    );
  });

  test('the states before one are those that may become it', () => {
    expect(statesBefore('claimed')).toEqual(['approved']);
    expect(statesBefore('pending')).toEqual([]);
  });
});
