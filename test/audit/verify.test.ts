import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { signedLine } from '../../src/audit/checkpoints.ts';
import { verifyExitCode, verifyRecords } from '../../src/audit/verify.ts';
import { verifyAuditFile } from '../../src/audit/verify-file.ts';
import { chainHash } from '../../src/kernel/hash-chain.ts';
import { generateSigningKey } from '../../src/kernel/keys.ts';
import { Sqlite } from '../../src/kernel/sqlite.ts';
import { destroyPageOf, type MadeLog, makeLog, makeRecords } from './log.ts';

type Made = Awaited<ReturnType<typeof makeRecords>>;

describe('records and checkpoints', () => {
  let made: Made;
  beforeAll(async () => {
    made = await makeRecords(30, [10, 20, 28]);
  });
  const verify = (records: Made['records'], checkpoints = made.checkpoints) =>
    verifyRecords(records, { checkpoints });
  const copy = () => made.records.map((record) => ({ ...record }));

  test('that nobody touched are proven', async () => {
    const result = await verify(made.records);
    expect(result).toMatchObject({ ok: true, records: 30, problem: null, checkpoint: { seq: 28 } });
    expect(verifyExitCode(result)).toBe(0);
  });

  test('agree with the first implementation on what a hash is', async () => {
    const record = { seq: 1, prev: '0'.repeat(64), body: 'ö' };
    const hash = chainHash(1, record.prev, record.body);
    expect((await verifyRecords([{ ...record, hash }])).ok).toBe(true);
    expect((await verifyRecords([{ ...record, hash: chainHash(2, record.prev, record.body) }])).ok).toBe(
      false,
    );
  });

  test('show every changed character and name its record', async () => {
    const change = fc.record({
      index: fc.nat(29),
      member: fc.constantFrom('body' as const, 'hash' as const, 'prev' as const),
      at: fc.nat(1_000),
      char: fc.constantFrom('0', '1', 'a', 'f', ' ', '"', 'A', '\0'),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ index, member, at, char }) => {
        const records = copy();
        const record = records[index];
        if (record === undefined) return;
        const text = record[member];
        const place = at % text.length;
        const altered = text.slice(0, place) + char + text.slice(place + 1);
        fc.pre(altered !== text);
        records[index] = { ...record, [member]: altered };
        expect((await verify(records)).problem).toMatchObject({ kind: 'altered', seq: index + 1 });
      }),
      { numRuns: 500 },
    );
  });

  test('show a deleted, a doubled and a moved record', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(28), fc.nat(28), async (from, to) => {
        const without = copy();
        const [record] = without.splice(from, 1);
        if (record === undefined) return;
        const gap = await verify(without);
        expect(gap.problem).toMatchObject({ kind: 'gap', seq: from + 1 });
        expect(verifyExitCode(gap)).toBe(3);
        const doubled = copy();
        doubled.splice(to, 0, record);
        expect((await verify(doubled)).ok).toBe(false);
        fc.pre(from !== to);
        without.splice(to, 0, record);
        const moved = (await verify(without)).problem;
        expect(moved?.seq).toBe(Math.min(from, to) + 1);
      }),
    );
  });

  test('show an end that was cut off, down to the last record that was signed', async () => {
    for (const kept of [0, 5, 19, 27])
      expect((await verify(made.records.slice(0, kept))).problem).toMatchObject({
        kind: 'truncated',
        seq: kept + 1,
      });
    expect((await verify(made.records.slice(0, 28))).ok).toBe(true);
  });

  test('show a log that was written anew with hashes that fit', async () => {
    const records = copy();
    let prev = records[13]?.prev ?? '';
    for (let i = 13; i < records.length; i++) {
      const record = records[i];
      if (record === undefined) continue;
      const body = i === 13 ? record.body.replace('hub', 'bub') : record.body;
      const hash = chainHash(record.seq, prev, body);
      records[i] = { ...record, prev, body, hash };
      prev = hash;
    }
    expect((await verifyRecords(records)).ok).toBe(true);
    const result = await verify(records);
    expect(result.problem).toMatchObject({ kind: 'altered', seq: 20 });
    expect(result.problem?.detail).toContain('up to record 10 they agree');
    expect(verifyExitCode(result)).toBe(7);
  });

  test('show a forged, a foreign and an unreadable checkpoint', async () => {
    const [first = ''] = made.checkpoints;
    const bad = async (line: string) => verify(made.records, [...made.checkpoints, line]);
    for (const member of ['at', 'hash', 'seq', 'log', 'signature'] as const) {
      const changed: Record<string, unknown> = { ...JSON.parse(first), seq: 11 };
      if (member === 'hash') changed['hash'] = made.records[10]?.hash;
      if (member === 'at') changed['at'] = 1;
      expect((await bad(JSON.stringify(changed))).problem).toMatchObject({ kind: 'signature' });
    }
    const head = made.records[4];
    const foreign = await bad(signedLine({ seq: 5, hash: head?.hash ?? '' }, generateSigningKey(), 1));
    expect(foreign.problem?.kind).toBe('signature');
    expect(verifyExitCode(foreign)).toBe(4);
    for (const line of ['', '{', 'null', '[]', '{"v":1}', first.replace('"v":1', '"v":2')])
      expect((await bad(line)).problem).toMatchObject({ kind: 'signature', seq: 0 });
  });

  test('are only proven by the key that is asked for', async () => {
    const { records, checkpoints, key } = made;
    expect((await verifyRecords(records, { checkpoints, publicKey: key.publicKey })).ok).toBe(true);
    const other = generateSigningKey().publicKey;
    expect((await verifyRecords(records, { checkpoints, publicKey: other })).problem?.kind).toBe('signature');
  });

  test('can be a part of a log', async () => {
    const options = { checkpoints: made.checkpoints, partial: true };
    expect(await verifyRecords(made.records.slice(12, 24), options)).toMatchObject({ ok: true, records: 12 });
    expect((await verifyRecords(made.records.slice(12), {})).problem).toMatchObject({ kind: 'gap', seq: 1 });
  });

  test('that cannot be read are a result, not a crash', async () => {
    function* broken() {
      yield* made.records.slice(0, 3);
      throw new Error('disk');
    }
    const result = await verifyRecords(broken());
    expect(result.problem).toMatchObject({ kind: 'unreadable', seq: 4 });
    expect(verifyExitCode(result)).toBe(6);
  });
});

describe('a file', () => {
  let log: MadeLog;
  let pristine: Buffer;
  beforeAll(async () => {
    log = await makeLog(250);
    pristine = readFileSync(log.files.database);
  });
  beforeEach(() => writeFileSync(log.files.database, pristine));
  afterAll(() => rmSync(log.dir, { recursive: true, force: true }));
  const verify = () =>
    verifyAuditFile({
      database: log.files.database,
      checkpoints: log.files.checkpoints,
      publicKey: log.key.publicKey,
    });
  const tamper = (sql: string): void => {
    const db = new Sqlite(log.files.database);
    for (const name of ['audit_no_update', 'audit_no_delete', 'audit_in_order'])
      db.exec(`DROP TRIGGER IF EXISTS ${name}`);
    db.exec(sql);
    db.close();
  };

  test('that nobody touched is proven, up to a signature over its last record', async () => {
    expect(await verify()).toMatchObject({ ok: true, records: 250, problem: null, checkpoint: { seq: 250 } });
  });

  test.each([
    ["UPDATE audit SET body = replace(body, 'hub', 'bub') WHERE seq = 77", 'altered', 77],
    [
      "UPDATE audit SET body = CAST(replace(CAST(body AS BLOB), x'C3B6', x'C3BC') AS TEXT) WHERE seq = 9",
      'altered',
      9,
    ],
    [
      "UPDATE audit SET body = CAST(replace(CAST(body AS BLOB), x'EFBFBD', x'F09F98') AS TEXT) WHERE seq = 8",
      'altered',
      8,
    ],
    ["UPDATE audit SET body = body || char(0) || 'x' WHERE seq = 12", 'altered', 12],
    ['UPDATE audit SET hash = upper(hash) WHERE seq = 30', 'altered', 30],
    ['UPDATE audit SET prev = (SELECT prev FROM audit WHERE seq = 4) WHERE seq = 31', 'altered', 31],
    ['DELETE FROM audit WHERE seq = 100', 'gap', 100],
    ['DELETE FROM audit WHERE seq > 240', 'truncated', 241],
    ['DELETE FROM audit', 'truncated', 1],
    ['DELETE FROM audit WHERE seq > 240; DELETE FROM checkpoints', 'truncated', 241],
    [
      'UPDATE audit SET seq = -5 WHERE seq = 5; UPDATE audit SET seq = 5 WHERE seq = 6; UPDATE audit SET seq = 6 WHERE seq = -5',
      'altered',
      5,
    ],
    [
      'INSERT INTO audit (seq, prev, hash, body) SELECT 0, prev, hash, body FROM audit WHERE seq = 3',
      'order',
      0,
    ],
    ['DELETE FROM audit WHERE seq = 50; UPDATE audit SET seq = seq - 1 WHERE seq > 50', 'altered', 50],
    ['UPDATE checkpoints SET line = replace(line, \'"at":1\', \'"at":2\')', 'signature', 100],
    ['DROP TABLE audit', 'unreadable', 1],
  ])('shows %s', async (sql, kind, seq) => {
    tamper(sql);
    const result = await verify();
    expect(result.ok).toBe(false);
    expect(result.problem).toMatchObject(kind === 'signature' ? { kind } : { kind, seq });
  });

  test('whose checkpoints were taken away is not proven, whether or not its end was cut as well', async () => {
    tamper('DELETE FROM checkpoints');
    const { database } = log.files;
    const publicKey = log.key.publicKey;
    const bare = await verifyAuditFile({ database, publicKey });
    expect(bare.problem).toMatchObject({ kind: 'signature', seq: 1 });
    expect(verifyExitCode(bare)).toBe(4);
    expect((await verifyAuditFile({ database })).problem).toMatchObject({ kind: 'signature', seq: 1 });
    expect((await verifyAuditFile({ database, unsigned: true })).ok).toBe(true);
    tamper('DELETE FROM audit WHERE seq > 200');
    expect((await verifyAuditFile({ database, publicKey })).problem?.kind).toBe('signature');
    tamper('DELETE FROM audit WHERE seq > 120');
    // A hub that was killed before its first checkpoint leaves as many.
    expect((await verifyAuditFile({ database, publicKey })).ok).toBe(true);
    tamper('DELETE FROM audit');
    expect((await verifyAuditFile({ database, publicKey })).problem).toMatchObject({
      kind: 'truncated',
      seq: 1,
    });
  });

  test('with more records after its newest checkpoint than a killed hub leaves is not proven', async () => {
    tamper('DELETE FROM checkpoints WHERE seq > 50');
    const { database } = log.files;
    const held = new Sqlite(database).prepare('SELECT max(seq) FROM checkpoints').pluck().get();
    const result = await verifyAuditFile({ database, publicKey: log.key.publicKey });
    expect(result.problem).toMatchObject({ kind: 'signature', seq: Number(held ?? 0) + 1 });
  });

  test('shows any byte changed in a page that holds records', async () => {
    const needle = Buffer.from('"text":"gr');
    const places: number[] = [];
    for (let at = pristine.indexOf(needle); at >= 0; at = pristine.indexOf(needle, at + 1)) places.push(at);
    // The table's root page came first and still shows what it held before it was split; that is part of no record.
    places.splice(0, 20);
    expect(places.length).toBeGreaterThan(200);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(places.length - 1),
        fc.integer({ min: -150, max: 30 }),
        fc.integer({ min: 1, max: 255 }),
        async (index, offset, flip) => {
          const bytes = Buffer.from(pristine);
          const at = (places[index] ?? 0) + offset;
          bytes[at] = (bytes[at] ?? 0) ^ flip;
          writeFileSync(log.files.database, bytes);
          expect((await verify()).ok).toBe(false);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('whose records verify, in a file with a destroyed page elsewhere, is not called well', async () => {
    destroyPageOf(log.files.database, 'evidence');
    const result = await verify();
    expect(result).toMatchObject({ ok: false, records: 250, problem: { kind: 'damaged', seq: 0 } });
    expect(result.problem?.detail).toMatch(/^the records verify, but the file is damaged elsewhere: .*page/);
    expect(verifyExitCode(result)).toBe(6);
  });

  test('that is none, or is not there, is unreadable and not proven', async () => {
    writeFileSync(log.files.database, 'x'.repeat(8_192));
    expect((await verify()).problem?.kind).toBe('unreadable');
    const nowhere = await verifyAuditFile({ database: `${log.files.database}.none` });
    expect(nowhere).toMatchObject({ ok: false, problem: { kind: 'unreadable' } });
  });
});
