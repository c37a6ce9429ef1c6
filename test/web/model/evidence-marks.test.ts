// Marks for evidence: each shows something another does not.

import { expect, it } from 'vitest';
import { oneOfEach, oneOfEachNote } from '../../../src/web/model/evidence-marks.ts';

const evidence = [
  { id: 'ev_2', path: '$.tasks[0].stoppedReason' },
  { id: 'ev_1', path: '$.Routes' },
  { id: 'ev_2', path: '$.tasks[0].containers[0].reason' },
  { id: 'ev_2', path: '$.tasks[1]', note: 'the healthy one' },
];

it('an answer has one mark, of the first place in it, in the order of the evidence', () => {
  expect(oneOfEach(evidence).map(({ path }) => path)).toEqual(['$.tasks[0].stoppedReason', '$.Routes']);
});

it('places of one answer that are told apart by a note have a mark each', () => {
  expect(oneOfEachNote(evidence).map(({ path }) => path)).toEqual([
    '$.tasks[0].stoppedReason',
    '$.Routes',
    '$.tasks[1]',
  ]);
});
