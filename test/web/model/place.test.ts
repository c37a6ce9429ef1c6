// Where a conversation was read from: the node's place at that time, not its place of now.

import { describe, expect, it } from 'vitest';
import type { NodeView } from '../../../src/contract/api.ts';
import { conversationView } from '../../../src/web/model/conversation.ts';
import { currentService } from '../../../src/web/model/current.ts';
import { isSamePlace, isSameSession, lastRead, placeNow, placeThen } from '../../../src/web/model/place.ts';
import { approvedEvents, watch } from '../support/change.ts';
import { nodeId } from '../support/ids.ts';
import { numbered, waitingIncident } from '../support/incident.ts';

const at = 1_800_000_000_000;

function connection(node: string, account: string, seq: number) {
  const body = JSON.stringify({
    event: 'node.connected',
    node,
    at: at + seq,
    data: { account, region: 'us-east-1', endpoint: null },
  });
  return { seq, prev: '', hash: '', body };
}

function nodeIn(account: string, connectedAt: number | null): NodeView {
  return {
    id: nodeId,
    inventory: {
      name: 'node-1',
      account,
      region: 'us-east-1',
      identity: '',
      problem: null,
      endpoint: null,
      build: '',
      bootEpoch: '',
      tools: [],
    },
    connected: connectedAt !== null,
    journalProblem: null,
    connectedAt,
    lastSeenAt: null,
    enrolledAt: 0,
  };
}

describe('the place a conversation was read from', () => {
  const read = lastRead(conversationView(waitingIncident(at).events))!;

  it('is the place of the node while it is in the same session', () => {
    expect(read.node).toBe(nodeId);
    expect(isSameSession(nodeIn('1', read.at - 1), read)).toBe(true);
    expect(isSameSession(nodeIn('1', read.at + 1), read)).toBe(false);
    expect(isSameSession(nodeIn('1', null), read)).toBe(false);
  });

  it('is what the log says of the connection before, whatever the node is in now', () => {
    const then = placeThen(
      [connection('node_other', '3', 3), connection(nodeId, '2', 2), connection(nodeId, '1', 1)],
      read,
    );
    expect(then).toMatchObject({ node: nodeId, account: '2', endpoint: null });
    expect(isSamePlace(then!, placeNow(nodeIn('9', at)))).toBe(false);
    expect(isSamePlace(then!, placeNow(nodeIn('2', at)))).toBe(true);
    expect(placeThen([{ seq: 1, prev: '', hash: '', body: '{' }], read)).toBeNull();
  });

  it('is nowhere before anything was read', () => {
    expect(lastRead(conversationView([]))).toBeNull();
  });
});

describe('the numbers of the service', () => {
  it('carry the time they were read at, moved on only by looks at the same service that saw it', () => {
    const incident = waitingIncident(at);
    const events = [
      ...incident.events,
      ...numbered(approvedEvents(incident.view, at + 60_000), {
        seq: incident.events.length + 1,
        at: at + 60_000,
      }),
    ];
    const seen = currentService(conversationView(events))!;
    expect(seen.at).toBe(at + 60_000);
    const other = watch(at + 60_000, 'watching', [0]);
    const started = (one: typeof other) =>
      events.map((event) => (event.type === 'watch.started' ? { ...event, watch: one } : event));
    const blind = { ...other, looks: other.looks.map((look) => ({ ...look, note: 'Could not look: away' })) };
    const elsewhere = { ...other, test: { ...other.test, service: 'checkout' } } as typeof other;
    for (const one of [blind, elsewhere]) {
      const facts = currentService(conversationView(started(one)))!;
      expect(facts.at).toBeLessThan(at + 60_000);
      expect(facts.running).toBe(3);
    }
  });
});
