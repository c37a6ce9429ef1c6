// A watch: when it ends, what it says, and that it neither forgets nor repeats itself.

import { afterEach, describe, expect, it } from 'vitest';
import type { ToolResult } from '../../src/contract/call.ts';
import type { ChatEvent } from '../../src/contract/chat.ts';
import { fail } from '../../src/contract/errors.ts';
import type { ProposalView } from '../../src/contract/proposal.ts';
import { createLedger } from '../../src/hub/conversations/ledger.ts';
import type { TurnPorts } from '../../src/hub/conversations/turn.ts';
import { createFeed } from '../../src/hub/feed.ts';
import { createWatches, type Watches } from '../../src/hub/watches.ts';
import { limits } from '../../src/kernel/limits.ts';
import { silentLog } from '../../src/kernel/log.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { createFakeClock } from '../simulator/fake-clock.ts';
import { echo } from './support/house.ts';

const test = {
  kind: 'service-steady',
  cluster: 'prod',
  service: 'web',
  running: 4,
  withinMs: 600_000,
} as const;

let running: Watches[] = [];
let store: Store;
afterEach(async () => {
  await Promise.all(running.map((watches) => watches.close()));
  running = [];
  await store.close();
});

async function rig(look: (n: number) => ToolResult) {
  const clock = createFakeClock(1_800_000_000_000);
  /** Until the watch waits for its next look, or has ended. */
  const settle = async () => {
    while (clock.waiting === 0 && (await store.openWatches()).length > 0) await new Promise(setImmediate);
  };
  // The store waits for things of its own, which are not a watch's next look.
  const storeClock = createFakeClock(clock.now());
  store = await openSqliteStore({ dataDir: ':memory:', clock: storeClock, log: silentLog });
  const now = clock.now();
  const seen: unknown[] = [];
  await store.commit(
    [
      {
        kind: 'conversation.create',
        conversation: {
          id: 'conv_1',
          title: 't',
          state: 'answered',
          subtitle: '',
          person: 'person_1',
          createdAt: now,
          updatedAt: now,
        },
      },
      {
        kind: 'events.append',
        conversation: 'conv_1',
        events: [
          {
            turn: 'turn_1',
            type: 'turn.started',
            text: 'x',
            person: { id: 'person_1', name: 'Ada' },
            channel: 'web',
            planner: 'puppet',
          },
          { turn: 'turn_1', type: 'turn.ended', status: 'answered', error: null, usage: null, audit: null },
        ],
      },
    ],
    [],
  );
  const ports = {
    store,
    ledger: createLedger(store),
    feed: createFeed(),
    dispatch: {
      call: async (request) => {
        seen.push(request);
        return look(seen.length);
      },
    },
    directory: {
      list: async () => [],
      connected: () => null,
      run: () => Promise.reject(new Error('no node')),
      submitApproval: async () => {},
    },
    planner: echo,
    tools: [],
    agent: { name: 'ecs-engineer', level: 'propose' },
    clock,
    log: silentLog,
  } satisfies TurnPorts;
  const watches = createWatches(ports);
  running.push(watches);
  // Only what a watch reads of a proposal.
  const proposal = {
    id: 'prop_1',
    conversation: 'conv_1',
    turn: 'turn_1',
    document: { display: { success: test } },
  } as ProposalView;
  const begin = async () => {
    const opening = watches.opening(proposal);
    if (opening === null) throw new Error('nothing to watch');
    await store.commit(
      [opening.write, { kind: 'events.append', conversation: 'conv_1', events: [opening.event] }],
      [opening.audit],
    );
    watches.begin(opening);
    await settle();
  };
  const tick = async (times = 1) => {
    for (let i = 0; i < times; i++) {
      clock.advance(limits.watch.everyMs);
      await settle();
    }
  };
  return {
    clock,
    settle,
    ports,
    watches,
    begin,
    tick,
    seen,
    events: () => store.events('conv_1', 2, 1_000),
    state: async () => (await store.conversation('conv_1'))?.state,
  };
}

function reading(runningTasks: number, steady: boolean): ToolResult {
  return {
    status: 'ok',
    output: {
      desired: 4,
      running: runningTasks,
      pending: 4 - runningTasks,
      healthy: runningTasks,
      rolloutState: 'IN_PROGRESS',
      steady,
    },
    text: '',
    evidence: [],
  };
}

const lastWatch = (events: readonly ChatEvent[]) => {
  const last = events.at(-1);
  return last !== undefined && 'watch' in last ? last.watch : null;
};

describe('a watch', () => {
  it('succeeds when the test holds, and says with which numbers', async () => {
    const house = await rig((n) => reading(n < 3 ? 3 : 4, n >= 3));
    await house.begin();
    expect(await house.state()).toBe('watching');
    await house.tick(2);
    expect(lastWatch(await house.events())).toMatchObject({
      state: 'succeeded',
      detail: '4/4 tasks running and passed health checks.',
    });
    expect(await house.state()).toBe('answered');
    await house.tick(3);
    expect(house.seen).toHaveLength(3);
  });

  it('does not take enough running tasks for a steady service', async () => {
    const house = await rig(() => reading(4, false));
    await house.begin();
    await house.tick(3);
    expect(lastWatch(await house.events())).toMatchObject({ state: 'watching' });
  });

  it('says that it has not recovered when its time is over', async () => {
    const house = await rig(() => reading(3, false));
    await house.begin();
    await house.tick(test.withinMs / limits.watch.everyMs);
    expect(lastWatch(await house.events())).toMatchObject({
      state: 'failed',
      detail: 'It has not recovered: 3 of 4 running after 10 minutes.',
    });
    expect(await house.state()).toBe('failed');
    const names = (await store.auditPage({ limit: 50 })).items.map((record) => JSON.parse(record.body).event);
    expect(names).toEqual(['watch.ended', 'watch.started']);
  });

  it('tells of a failure only when it came after the change', async () => {
    const at = (ms: number) => new Date(ms).toISOString();
    const house = await rig((n) => {
      const seen = reading(3, false);
      const failure = {
        task: 'a',
        reason: n === 1 ? 'old' : 'new',
        at: at(1_800_000_000_000 + (n === 1 ? -1 : 1)),
      };
      // An answer that is ok holds an object.
      return seen.status === 'ok'
        ? { ...seen, output: { ...(seen.output as object), newestFailure: failure } }
        : seen;
    });
    await house.begin();
    await house.tick();
    expect(lastWatch(await house.events())?.looks.map(({ note }) => note)).toEqual(['', 'new']);
  });

  it('tells the same numbers again only now and then', async () => {
    const house = await rig(() => reading(3, false));
    await house.begin();
    await house.tick(12);
    const told = (await house.events()).filter((event) => event.type === 'watch.looked');
    expect(house.seen).toHaveLength(13);
    expect(told.length).toBeLessThanOrEqual(4);
  });

  it('that cannot look keeps the last numbers and says why', async () => {
    const house = await rig((n) =>
      n === 1 ? reading(3, false) : { status: 'failed', error: fail('node-offline').toJSON(), text: '' },
    );
    await house.begin();
    await house.tick();
    expect(lastWatch(await house.events())?.looks.at(-1)).toMatchObject({
      running: 3,
      desired: 4,
      note: expect.stringContaining('No node is connected'),
    });
  });

  it('an answer of the wrong shape is no success', async () => {
    const house = await rig(() => ({ status: 'ok', output: { steady: true }, text: '', evidence: [] }));
    await house.begin();
    await house.tick(2);
    expect(lastWatch(await house.events())).toMatchObject({ state: 'watching' });
  });

  it('is taken up by the next process and still ends at the time that was set', async () => {
    const house = await rig(() => reading(3, false));
    await house.begin();
    await house.watches.close();
    house.clock.advance(test.withinMs);
    const next = createWatches(house.ports);
    running.push(next);
    await next.resumeAll();
    await house.settle();
    expect(lastWatch(await house.events())).toMatchObject({ state: 'failed' });
    expect(await store.openWatches()).toEqual([]);
  });

  it('looks through the dispatch with the rights of the person who asked, and leaves the conversation to its own events', async () => {
    const house = await rig(() => reading(4, true));
    await house.begin();
    expect(house.seen[0]).toMatchObject({
      call: { tool: 'service_steadiness', input: { cluster: 'prod', service: 'web' } },
      person: { id: 'person_1', roles: [] },
      visibility: 'audit',
    });
  });
});
