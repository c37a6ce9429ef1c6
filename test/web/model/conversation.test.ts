// The view of a conversation, folded from its events.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatEvent } from '../../../src/contract/chat.ts';
import { conversationView, momentOf, withDelta } from '../../../src/web/model/conversation.ts';
import { currentFinding, currentService, findingsOf, isOver } from '../../../src/web/model/current.ts';
import { timelineOf } from '../../../src/web/model/timeline.ts';
import { approvedEvents, watch } from '../support/change.ts';
import { evidenceId, finding } from '../support/findings.ts';
import { proposalId } from '../support/ids.ts';
import { numbered, waitingIncident } from '../support/incident.ts';

const at = 1_800_000_000_000;

function extended(drafts: Parameters<typeof numbered>[0]): ChatEvent[] {
  const { events } = waitingIncident(at);
  return [...events, ...numbered(drafts, { seq: events.length + 1, at: at + 60_000 })];
}

describe('the view of a conversation', () => {
  it('shows three turns, the finding, the log and a proposal that waits', () => {
    const view = conversationView(waitingIncident(at).events);
    expect(view.turns.map(({ status }) => status)).toEqual(['answered', 'answered', 'waiting']);
    expect(view.turns[0]?.phases[0]?.cards).toEqual([{ kind: 'result', call: 'call_diagnose' }]);
    expect(view.turns[2]?.phases[0]?.cards).toEqual([{ kind: 'proposal', id: proposalId }]);
    expect(currentFinding(findingsOf(view))?.title).toBe(finding.title);
    expect(momentOf(view)).toBe('waiting');
  });

  it('numbers evidence in the order in which it was observed', () => {
    const view = conversationView(waitingIncident(at).events);
    expect(view.evidence.get(evidenceId(0))?.label).toBe('E1');
    expect(view.evidence.get(evidenceId(5))?.label).toBe('E6');
    expect(view.evidence.has(evidenceId(8))).toBe(false);
  });

  it('gives the same view when a resumed stream repeats events', () => {
    const events = extended(approvedEvents(waitingIncident(at).view, at));
    const whole = conversationView(events);
    fc.assert(
      fc.property(fc.nat(events.length), fc.nat(events.length), (cut, back) => {
        const repeated = [...events.slice(0, cut), ...events.slice(Math.max(0, cut - back))];
        expect(conversationView(repeated)).toEqual(whole);
      }),
    );
  });

  it('survives any part of a conversation missing', () => {
    const events = extended(approvedEvents(waitingIncident(at).view, at));
    fc.assert(
      fc.property(fc.subarray(events), (some) => {
        const view = conversationView(some);
        for (const turn of view.turns)
          timelineOf(
            turn.phases.flatMap(({ calls }) => calls),
            at,
          );
        momentOf(view);
        currentService(view);
      }),
    );
  });

  it('keeps a decided proposal in its place, with the answer in a phase after it', () => {
    const view = conversationView(extended(approvedEvents(waitingIncident(at).view, at)));
    const turn = view.turns[2];
    expect(turn?.phases[0]?.cards).toEqual([{ kind: 'proposal', id: proposalId }]);
    expect(turn?.phases[1]?.answer).toContain('The rule is added');
    expect(view.proposals.get(proposalId)?.state).toBe('done');
    // The proposal that comes back with the result knows people by id; the card goes on naming them.
    expect(view.proposals.get(proposalId)?.decisions.map(({ person }) => person)).toEqual(['Mira']);
    expect(momentOf(view)).toBe('watching');
  });

  it('has its cause behind it once the watch ended well, also when another question follows, until it is found again', () => {
    const { view, events } = waitingIncident(at);
    const solved = approvedEvents(view, at);
    const ended = (state: 'succeeded' | 'failed') =>
      ({ type: 'watch.ended', turn: 'turn_3', watch: watch(at + 60_000, state, [3, 4]) }) as const;
    const asked = events.find((event) => event.type === 'turn.started')!;
    const { seq: _, at: __, ...question } = { ...asked, turn: 'turn_4' };
    const over = (drafts: Parameters<typeof numbered>[0]) => isOver(conversationView(extended(drafts)));
    expect(over([...solved])).toBe(false);
    expect(over([...solved, ended('failed')])).toBe(false);
    expect(over([...solved, ended('succeeded')])).toBe(true);
    expect(over([...solved, ended('succeeded'), question])).toBe(true);
    const again = conversationView(extended([...solved, ended('succeeded'), question]));
    const diagnosed = again.calls.get('call_diagnose')!;
    again.calls.set('call_again', { ...diagnosed, at: at + 3_600_000 });
    expect(isOver(again)).toBe(false);
  });

  it('is solved when the watch succeeds and not when it fails', () => {
    const start = approvedEvents(waitingIncident(at).view, at);
    const ended = (state: 'succeeded' | 'failed') =>
      conversationView(
        extended([...start, { type: 'watch.ended', turn: 'turn_3', watch: watch(at, state, [3, 4]) }]),
      );
    expect(momentOf(ended('succeeded'))).toBe('solved');
    expect(momentOf(ended('failed'))).toBe('unsolved');
  });

  it('moves the running count of the service on with every look', () => {
    const events = extended([
      ...approvedEvents(waitingIncident(at).view, at),
      { type: 'watch.looked', turn: 'turn_3', watch: watch(at, 'watching', [3, 4]) },
    ]);
    expect(currentService(conversationView(waitingIncident(at).events))?.running).toBe(3);
    expect(currentService(conversationView(events))?.running).toBe(4);
  });

  it('shows streaming text only while its turn works', () => {
    const { events } = waitingIncident(at);
    const deltas = new Map([['turn_1', 'my-web']]);
    expect(conversationView(events.slice(0, 3), deltas).turns[0]?.phases[0]?.streaming).toBe('my-web');
    expect(conversationView(events, deltas).turns[0]?.phases[0]?.streaming).toBe('');
  });

  it('puts streamed pieces together, repeats included, and begins again with a new step', () => {
    const piece = (offset: number, text: string) =>
      ({ type: 'answer.delta', turn: 't', offset, text }) as const;
    let text: ReadonlyMap<string, string> = new Map();
    for (const one of [piece(0, 'my-'), piece(3, 'web'), piece(3, 'web-service'), piece(40, 'lost')])
      text = withDelta(text, one);
    expect(text.get('t')).toBe('my-web-service');
    expect(withDelta(text, piece(0, 'New')).get('t')).toBe('New');
  });

  it('says of each turn which event changed it last, so that only that turn is drawn again', () => {
    const { events, view } = waitingIncident(at);
    const before = conversationView(events).turns.map(({ lastSeq }) => lastSeq);
    const next = numbered(approvedEvents(view, at), { seq: events.length + 1, at });
    for (const [count, event] of next.entries()) {
      const after = conversationView([...events, ...next.slice(0, count + 1)]).turns;
      expect(after.map(({ lastSeq }) => lastSeq)).toEqual([...before.slice(0, -1), event.seq]);
    }
  });
});
