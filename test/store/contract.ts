// What every adapter of the store port has to do, as tests. An adapter's test file calls `storeContract` with a way to open
// an empty store, and adds only what is the adapter's own.

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { auditBody } from '../../src/contract/audit-event.ts';
import { CHAIN_START, chainHash } from '../../src/kernel/hash-chain.ts';
import { AUDIT_TOTAL_MAX, type Store, StoreConflict, type Write } from '../../src/store/port.ts';
import { createFakeClock, type FakeClock } from '../simulator/fake-clock.ts';
import { conversation, entry, evidence, id, node, proposal, said, watch } from './samples.ts';

export function storeContract(name: string, open: (clock: FakeClock) => Promise<Store>): void {
  describe(name, () => {
    let store: Store;
    let clock: FakeClock;
    beforeEach(async () => {
      clock = createFakeClock(1_000_000);
      store = await open(clock);
    });
    afterEach(() => store.close());
    const given = () => ({ store, clock });
    describe('a commit', () => atomicity(given));
    describe('the audit log', () => auditLog(given));
    describe('searching the audit log', () => auditSearch(given));
    describe('conversations', () => conversations(given));
    describe('proposals', () => proposals(given));
    describe('nodes and people', () => nodesAndPeople(given));
  });
}

type Given = () => { store: Store; clock: FakeClock };

function atomicity(given: Given): void {
  test('writes nothing of itself when one of its conditions does not hold', async () => {
    const { store } = given();
    const writes: Write[] = [
      { kind: 'conversation.create', conversation: conversation(1) },
      { kind: 'session.delete', sha256: 'x' },
      { kind: 'join-token.use', sha256: 'unknown', node: 'n', now: 1 },
    ];
    await expect(store.commit(writes, [entry()])).rejects.toThrow(StoreConflict);
    expect(await store.conversation(id('conv', 1))).toBeNull();
    expect(await store.auditHead()).toEqual({ seq: 0, hash: CHAIN_START });
  });

  test('does not suffer from a conflict in another commit of the same moment', async () => {
    const { store } = given();
    const bad: Write = { kind: 'conversation.update', id: 'conv_none', patch: { title: 'x' } };
    const results = await Promise.allSettled([
      store.commit([{ kind: 'conversation.create', conversation: conversation(1) }], [entry()]),
      store.commit([bad], [entry(), entry()]),
      store.commit([{ kind: 'conversation.create', conversation: conversation(2) }], [entry()]),
    ]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const records = await store.auditRange(1, 10);
    expect(records.map((record) => record.seq)).toEqual([1, 2]);
    expect(records[1]?.prev).toBe(records[0]?.hash);
    expect(await store.conversation(id('conv', 2))).not.toBeNull();
  });

  test('names the write whose condition did not hold', async () => {
    const { store } = given();
    const move: Write = { kind: 'proposal.move', id: 'p', from: ['pending'], to: 'approved', outcome: null };
    await expect(store.commit([move], [])).rejects.toMatchObject({ write: 'proposal.move' });
  });

  test('is refused after the store was closed', async () => {
    const { store } = given();
    await store.close();
    await expect(store.commit([], [entry()])).rejects.toMatchObject({ code: 'audit-unwritable' });
  });

  test('accepted before closing is written before it closes', async () => {
    const { store } = given();
    const accepted = store.commit([], [entry()]);
    await store.close();
    expect((await accepted).audit).toHaveLength(1);
  });
}

function auditLog(given: Given): void {
  test('chains records whose bodies say when, what and who', async () => {
    const { store, clock } = given();
    await store.commit(
      [],
      [entry(), entry({ event: 'turn.started', conversation: 'conv_1', data: { b: 1, a: 'x' } })],
    );
    const [first, second] = await store.auditRange(1, 10);
    expect(first?.hash).toBe(chainHash(1, CHAIN_START, first?.body ?? ''));
    expect(second?.hash).toBe(chainHash(2, first?.hash ?? '', second?.body ?? ''));
    const body = auditBody.parse(JSON.parse(second?.body ?? ''));
    expect(body).toMatchObject({
      at: clock.now(),
      event: 'turn.started',
      code: 'LK4002I',
      conversation: 'conv_1',
      node: null,
    });
    expect(second?.body).toContain('"data":{"a":"x","b":1}');
    expect(await store.auditHead()).toEqual({ seq: 2, hash: second?.hash });
    expect(await store.auditRecord(2)).toEqual(second);
    expect(await store.auditRecord(3)).toBeNull();
  });

  test('keeps the order in which commits were made', async () => {
    const { store } = given();
    const done = await Promise.all(
      Array.from({ length: 50 }, (_, i) => store.commit([], [entry({ data: { i } })])),
    );
    expect(done.map((one) => one.audit[0]?.seq)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
  });
}

async function fill(given: Given): Promise<void> {
  const { store, clock } = given();
  for (let i = 1; i <= 40; i++) {
    const event = i % 4 === 0 ? 'aws.started' : 'call.started';
    const cli = i % 4 === 0 ? `aws ecs describe-services --services checkout-${i}` : undefined;
    await store.commit(
      [],
      [entry({ event, cli, conversation: id('conv', i % 3), data: { n: i, who: 'Zoë' } })],
    );
    clock.advance(1_000);
  }
}

function auditSearch(given: Given): void {
  const seqs = async (filter: Parameters<Store['auditPage']>[0]) =>
    (await given().store.auditPage(filter)).items.map((record) => record.seq);

  test('pages from the newest to the oldest without a gap', async () => {
    await fill(given);
    const found: number[] = [];
    let before: number | undefined;
    for (;;) {
      const page = await given().store.auditPage({ limit: 7, before });
      expect(page.total).toBe(40);
      found.push(...page.items.map((record) => record.seq));
      if (page.next === null) break;
      before = page.next;
    }
    expect(found).toEqual(Array.from({ length: 40 }, (_, i) => 40 - i));
  });

  test('finds by event, conversation, time and words, alone and together', async () => {
    await fill(given);
    const start = 1_000_000;
    expect(await seqs({ limit: 3, event: 'aws.started' })).toEqual([40, 36, 32]);
    expect(await seqs({ limit: 3, conversation: id('conv', 0) })).toEqual([39, 36, 33]);
    expect(await seqs({ limit: 50, fromMs: start + 5_000, toMs: start + 7_000 })).toEqual([8, 7, 6]);
    expect(await seqs({ limit: 5, q: 'checkout 12' })).toEqual([12]);
    expect(await seqs({ limit: 2, q: 'ZOË', event: 'aws.started' })).toEqual([40, 36]);
    expect(
      await seqs({ limit: 9, q: 'describe', conversation: id('conv', 0), fromMs: start + 20_000 }),
    ).toEqual([36, 24]);
    expect(await seqs({ limit: 9, event: 'aws.started', conversation: id('conv', 0) })).toEqual([36, 24, 12]);
    expect(await seqs({ limit: 9, event: 'node.refused' })).toEqual([]);
    expect(await seqs({ limit: 9, fromMs: start + 900_000 })).toEqual([]);
  });

  test('finds by time even when the clock has jumped back', async () => {
    const { store, clock } = given();
    await store.commit([], [entry()]);
    clock.advance(-500_000);
    await store.commit([], [entry()]);
    expect(await seqs({ limit: 9, toMs: 600_000 })).toEqual([2]);
    expect(await seqs({ limit: 9, fromMs: 600_000 })).toEqual([1]);
  });

  test('counts what a filter finds, not what a page shows', async () => {
    await fill(given);
    const total = async (filter: object) =>
      (await given().store.auditPage({ limit: 1, before: 20, ...filter })).total;
    expect(await total({})).toBe(40);
    expect(await total({ event: 'aws.started' })).toBe(10);
    expect(await total({ q: 'checkout' })).toBe(10);
    expect(await total({ conversation: id('conv', 1) })).toBe(14);
    expect(AUDIT_TOTAL_MAX).toBeGreaterThan(40);
  });

  test('takes any text for words and never for a query language', async () => {
    await fill(given);
    const hostile = fc.oneof(
      fc.string(),
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '"',
        'a" OR "b',
        'NEAR(a b)',
        'words:x',
        '-x',
        '^x',
        '*',
        'a*',
        "'; DROP TABLE audit; --",
        'NOT',
        'AND',
        '\0',
        '\ud800',
      ),
    );
    await fc.assert(
      fc.asyncProperty(hostile, fc.boolean(), async (q, both) => {
        const page = await given().store.auditPage({ limit: 3, q, event: both ? 'aws.started' : undefined });
        expect(page.items.length).toBeLessThanOrEqual(3);
      }),
      { numRuns: 300 },
    );
  });

  test('finds every record by every word in it', async () => {
    const { store } = given();
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(text, async (said) => {
        const done = await store.commit([], [entry({ data: { said } })]);
        const page = await store.auditPage({ limit: 1, q: said });
        expect(page.items[0]?.seq).toBe(done.audit[0]?.seq);
      }),
      { numRuns: 200 },
    );
  });
}

function conversations(given: Given): void {
  test('number their events from 1, each by itself', async () => {
    const { store, clock } = given();
    for (const n of [1, 2])
      await store.commit([{ kind: 'conversation.create', conversation: conversation(n) }], []);
    const append = (n: number, ...texts: string[]): Write => ({
      kind: 'events.append',
      conversation: id('conv', n),
      events: texts.map((text) => said('turn_1', text)),
    });
    const done = await store.commit([append(1, 'a', 'b'), append(2, 'c'), append(1, 'd')], []);
    expect(done.events).toEqual([1, 2, 1, 3]);
    expect(await store.events(id('conv', 1), 1, 10)).toMatchObject([{ seq: 2, at: clock.now() }, { seq: 3 }]);
    expect(await store.events(id('conv', 1), 0, 1)).toHaveLength(1);
    await expect(store.commit([append(9, 'x')], [])).rejects.toThrow(StoreConflict);
  });

  test('are listed newest first, page by page, whatever happens in between', async () => {
    const { store } = given();
    for (let n = 1; n <= 25; n++)
      await store.commit(
        [{ kind: 'conversation.create', conversation: conversation(n, { createdAt: 1_000 + (n >> 1) }) }],
        [],
      );
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<Store['conversations']>> = await store.conversations(cursor, 4);
      found.push(...page.items.map((item) => item.id));
      cursor = page.next;
      await store.commit(
        [{ kind: 'conversation.update', id: id('conv', 3), patch: { subtitle: `${found.length}` } }],
        [],
      );
    } while (cursor !== null);
    expect(new Set(found).size).toBe(25);
    expect(found[0]).toBe(id('conv', 25));
    expect(found.at(-1)).toBe(id('conv', 1));
  });

  test('refuse a cursor that no page gave out', async () => {
    for (const cursor of ['', 'x', 'MTIz', '0'.repeat(500)])
      await expect(given().store.conversations(cursor, 5)).rejects.toMatchObject({ code: 'input-invalid' });
  });

  test('change only in what an update names, and those that work are found again', async () => {
    const { store, clock } = given();
    await store.commit([{ kind: 'conversation.create', conversation: conversation(1) }], []);
    await store.commit([{ kind: 'conversation.create', conversation: conversation(2) }], []);
    await store.commit(
      [{ kind: 'conversation.update', id: id('conv', 1), patch: { state: 'answered' } }],
      [],
    );
    expect(await store.conversation(id('conv', 1))).toMatchObject({
      title: 'question 1',
      state: 'answered',
      updatedAt: clock.now(),
    });
    expect((await store.workingConversations()).map((one) => one.id)).toEqual([id('conv', 2)]);
    const again = store.commit([{ kind: 'conversation.create', conversation: conversation(1) }], []);
    await expect(again).rejects.toThrow(StoreConflict);
  });

  test('keep evidence as it was saved first', async () => {
    const { store } = given();
    const save = (body: string): Promise<unknown> =>
      store.commit([{ kind: 'evidence.save', evidence: evidence(1, body) }], []);
    await save('{"a":1}');
    await save('{"a":1}');
    await expect(save('{"a":2}')).rejects.toThrow(StoreConflict);
    expect(await store.evidence(id('ev', 1))).toEqual(evidence(1, '{"a":1}'));
    expect(await store.evidence('ev_none')).toBeNull();
  });

  test('have watches that are open until they end', async () => {
    const { store } = given();
    await store.commit([watch(1, 'watching'), watch(2, 'watching')], []);
    await store.commit([watch(1, 'succeeded')], []);
    expect((await store.openWatches()).map((open) => open.watch.id)).toEqual([id('watch', 2)]);
  });
}

function proposals(given: Given): void {
  test('move from a named state only, and only one of two movers wins', async () => {
    const { store } = given();
    await store.commit([{ kind: 'proposal.create', proposal: proposal(1) }], []);
    const move = (to: 'approved' | 'denied') =>
      store.commit(
        [{ kind: 'proposal.move', id: id('prop', 1), from: ['pending'], to, outcome: null }],
        [entry()],
      );
    const results = await Promise.allSettled([move('approved'), move('denied')]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected']);
    expect(await store.proposal(id('prop', 1))).toMatchObject({ state: 'approved' });
    expect((await store.auditHead()).seq).toBe(1);
  });

  test('keep their document, their decisions in order, and the last outcome', async () => {
    const { store } = given();
    const outcome = {
      proposal: id('prop', 1),
      state: 'done',
      at: 9,
      detail: 'ok',
      awsRequestId: 'r',
      error: null,
      approvals: 1,
    } as const;
    const decide = (person: string): Write => ({
      kind: 'proposal.decide',
      id: id('prop', 1),
      decision: { decision: 'approve', person, at: 1, reason: null, via: 'web' },
    });
    await store.commit([{ kind: 'proposal.create', proposal: proposal(1) }], []);
    await store.commit([decide('a'), decide('b')], []);
    const done: Write = { kind: 'proposal.move', id: id('prop', 1), from: ['pending'], to: 'done', outcome };
    await store.commit([done], []);
    const stored = await store.proposal(id('prop', 1));
    expect(stored).toMatchObject({
      ...proposal(1),
      state: 'done',
      outcome,
      decisions: [{ person: 'a' }, { person: 'b' }],
    });
    expect(stored?.document).toEqual(proposal(1).document);
  });

  test('are listed by state, conversation and node, newest first', async () => {
    const { store } = given();
    for (let n = 1; n <= 6; n++) {
      const more = {
        conversation: id('conv', n % 2),
        node: id('node', n % 3),
        state: n < 4 ? 'pending' : 'done',
      } as const;
      await store.commit([{ kind: 'proposal.create', proposal: proposal(n, more) }], []);
    }
    const ids = async (filter: Parameters<Store['proposals']>[0]) =>
      (await store.proposals(filter, null, 10)).items.map((one) => Number(one.id.slice(-1)));
    expect(await ids({})).toEqual([6, 5, 4, 3, 2, 1]);
    expect(await ids({ state: 'pending' })).toEqual([3, 2, 1]);
    expect(await ids({ conversation: id('conv', 1) })).toEqual([5, 3, 1]);
    expect(await ids({ node: id('node', 0), state: 'done' })).toEqual([6]);
    const first = await store.proposals({}, null, 4);
    expect((await store.proposals({}, first.next, 4)).items.map((one) => one.id)).toEqual([
      id('prop', 2),
      id('prop', 1),
    ]);
  });
}

function nodesAndPeople(given: Given): void {
  test('let a join token in once, and not after its time', async () => {
    const { store } = given();
    const create = (sha256: string): Promise<unknown> =>
      store.commit([{ kind: 'join-token.create', sha256, expiresAt: 2_000_000 }], []);
    const use = (sha256: string, now: number) =>
      store.commit([{ kind: 'join-token.use', sha256, node: 'n', now }], []);
    await create('a');
    await create('b');
    const both = await Promise.allSettled([use('a', 1_999_999), use('a', 1_999_999)]);
    expect(both.map((result) => result.status)).toEqual(['fulfilled', 'rejected']);
    await expect(use('b', 2_000_000)).rejects.toThrow(StoreConflict);
    await expect(use('c', 1)).rejects.toThrow(StoreConflict);
  });

  test('let a sign-in code in once and a session as long as it lives', async () => {
    const { store } = given();
    const person = { id: 'person_1', name: 'Jo', roles: ['operator'] };
    await store.commit([{ kind: 'person.save', person }], []);
    await store.commit(
      [{ kind: 'sign-in.create', sha256: 's', person: person.id, expiresAt: 2_000_000 }],
      [],
    );
    expect(await store.signInPerson('s')).toBe(person.id);
    expect(await store.signInPerson('x')).toBeNull();
    const use: Write = { kind: 'sign-in.use', sha256: 's', now: 1_000_000 };
    await store.commit(
      [use, { kind: 'session.create', sha256: 'k', person: person.id, csrf: 'c', expiresAt: 3_000_000 }],
      [],
    );
    await expect(store.commit([use], [])).rejects.toThrow(StoreConflict);
    expect(await store.session('k', 2_999_999)).toEqual({ person, csrf: 'c' });
    expect(await store.session('k', 3_000_000)).toBeNull();
    await store.commit([{ kind: 'person.save', person: { ...person, roles: ['viewer'] } }], []);
    expect((await store.session('k', 2_000_000))?.person.roles).toEqual(['viewer']);
    await store.commit([{ kind: 'session.delete', sha256: 'k' }], []);
    expect(await store.session('k', 1)).toBeNull();
  });

  test('know a node by its id and by its key', async () => {
    const { store } = given();
    await store.commit(
      [
        { kind: 'node.save', node: node(1) },
        { kind: 'node.save', node: node(2) },
      ],
      [],
    );
    const journal = { seq: 3, hash: 'ab'.repeat(32), problem: null };
    await store.commit([{ kind: 'node.save', node: node(1, { lastSeq: 7, lastSeenAt: 5, journal }) }], []);
    expect(await store.node(id('node', 1))).toEqual(node(1, { lastSeq: 7, lastSeenAt: 5, journal }));
    expect((await store.nodeByKey('key2'))?.id).toBe(id('node', 2));
    expect(await store.nodes()).toHaveLength(2);
    await expect(store.commit([{ kind: 'node.save', node: node(3, { key: 'key2' }) }], [])).rejects.toThrow(
      StoreConflict,
    );
  });
}
