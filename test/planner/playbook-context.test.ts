// What a look at whole clusters leaves under discussion.

import { describe, expect, it } from 'vitest';
import { readContext } from '../../src/planner/playbook/context.ts';
import type { TranscriptItem } from '../../src/planner/port.ts';

const person = (text: string): TranscriptItem => ({ kind: 'person', text, turn: 'turn_1' });

/** One turn: a question, and what each cluster was found to be. */
function overview(clusters: Readonly<Record<string, readonly string[]>>): TranscriptItem[] {
  const calls = Object.keys(clusters).map((cluster) => ({
    id: `call_${cluster}`,
    tool: 'diagnose_cluster',
    input: { cluster },
  }));
  return [
    person('what is wrong?'),
    { kind: 'planner', text: '', calls, raw: null },
    ...Object.entries(clusters).map(
      ([name, sick]): TranscriptItem => ({
        kind: 'result',
        call: `call_${name}`,
        tool: 'diagnose_cluster',
        result: {
          status: 'ok',
          output: {
            cluster: { name, services: 5, sick: sick.length },
            sick: sick.map((one) => ({ name: one, desired: 2, running: 1, because: 'tasks fail' })),
            hosts: { total: 0, disconnected: [], draining: [] },
          },
          text: '',
          evidence: [],
        },
      }),
    ),
  ];
}

describe('after a look at clusters', () => {
  it('the one service in trouble is under discussion', () => {
    expect(readContext(overview({ web: [], shop: ['ledger'] })).subject).toEqual({
      service: 'ledger',
      cluster: 'shop',
    });
  });

  it('none of several is, and the service of before stays so', () => {
    expect(readContext(overview({ web: ['page'], shop: ['ledger'] })).subject).toBeNull();
    const before = overview({ web: ['page'] });
    expect(readContext([...before, ...overview({ web: ['page', 'search'] })]).subject).toEqual({
      service: 'page',
      cluster: 'web',
    });
  });

  it('nothing changes where all is well', () => {
    expect(readContext(overview({ web: [] })).subject).toBeNull();
  });
});
