// What a node repeats to its hub on the next connection, and what it does not.

import { describe, expect, test } from 'vitest';
import type { NodeFrame } from '../../src/contract/wire.ts';
import { HubLine, type Report } from '../../src/node/hub-line.ts';

const done: Report = {
  type: 'call.done',
  call: 'call_1',
  result: { status: 'ok', output: {}, evidence: [] },
};
const moved: Report = {
  type: 'proposal.moved',
  outcome: {
    proposal: 'prop_1',
    state: 'denied',
    at: 1,
    detail: 'Denied.',
    awsRequestId: null,
    error: null,
    approvals: 0,
  },
};

function wire() {
  const sent: NodeFrame[] = [];
  return { sent, bufferedBytes: 0, send: (frame: NodeFrame) => void sent.push(frame) };
}

describe('a lost connection', () => {
  test('what became of a proposal is told again, the result of a call is not', () => {
    const line = new HubLine();
    const [first, second] = [wire(), wire()];
    line.attach(first, 0);
    line.report(done);
    line.report(moved);
    expect(first.sent.map(({ type }) => type)).toEqual(['call.done', 'proposal.moved']);
    line.detach();
    line.attach(second, 0);
    expect(second.sent).toMatchObject([{ type: 'proposal.moved', seq: 2 }]);
  });

  test('numbers go on where they were, so that nothing new looks like something old', () => {
    const line = new HubLine();
    line.attach(wire(), 0);
    line.report(done);
    line.detach();
    const next = wire();
    line.attach(next, 0);
    line.report(done);
    expect(next.sent).toMatchObject([{ type: 'call.done', seq: 2 }]);
  });
});
