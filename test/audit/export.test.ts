import { expect, test } from 'vitest';
import { startCheckpoints } from '../../src/audit/checkpoints.ts';
import { exportCsv, exportJsonl, verifyExport } from '../../src/audit/export.ts';
import { generateSigningKey } from '../../src/kernel/keys.ts';
import { silentLog } from '../../src/kernel/log.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { createFakeClock } from '../simulator/fake-clock.ts';
import { entry } from '../store/samples.ts';

const key = generateSigningKey();

async function filledStore(count: number) {
  const clock = createFakeClock(1_700_000_000_000);
  const store = await openSqliteStore({ dataDir: ':memory:', clock, log: silentLog });
  // As in a hub, signing begins before the first record: a log that grew without it does not start.
  const checkpoints = await startCheckpoints({ store, key, file: null, clock, log: silentLog });
  await store.commit(
    [],
    Array.from({ length: count }, (_, i) => entry({ data: { n: i } })),
  );
  await checkpoints.stop();
  return store;
}

async function collect(parts: AsyncIterable<string>): Promise<string[]> {
  const lines: string[] = [];
  for await (const part of parts) lines.push(part);
  return lines;
}

test('an export in JSON lines holds every record verbatim and verifies without the store', async () => {
  const store = await filledStore(1_234);
  const lines = await collect(exportJsonl(store));
  expect(lines).toHaveLength(1_235);
  expect(JSON.parse(lines[41] ?? '')).toEqual(await store.auditRecord(42));
  expect(await verifyExport(lines, { publicKey: key.publicKey })).toMatchObject({ ok: true, records: 1_234 });
  await store.close();
});

test('an export that was altered, cut or mixed with other lines does not verify', async () => {
  const store = await filledStore(20);
  const lines = await collect(exportJsonl(store));
  const problem = async (changed: string[]) => (await verifyExport(changed)).problem;
  const replaced = lines.with(6, (lines[6] ?? '').replace('hub.started', 'hub.stopped'));
  expect(await problem(replaced)).toMatchObject({ kind: 'altered', seq: 7 });
  expect(await problem([...lines.slice(0, 18), lines[20] ?? ''])).toMatchObject({
    kind: 'truncated',
    seq: 19,
  });
  expect(await problem(lines.toSpliced(3, 1))).toMatchObject({ kind: 'gap', seq: 4 });
  expect(await problem(lines.toSpliced(3, 0, '{"seq":1}'))).toMatchObject({ kind: 'unreadable' });
  await store.close();
});

test('a part of the log is exported and verifies as a part', async () => {
  const store = await filledStore(50);
  const lines = await collect(exportJsonl(store, { fromSeq: 11, toSeq: 20 }));
  expect(lines).toHaveLength(10);
  expect(await verifyExport(lines, { partial: true })).toMatchObject({ ok: true, records: 10 });
  await store.close();
});

test('CSV has a head and a line for each record, quoted where it must be', async () => {
  const store = await openSqliteStore({ dataDir: ':memory:', clock: createFakeClock(0), log: silentLog });
  await store.commit([], [entry({ cli: 'aws ecs x --a "b, c"', data: { a: 'line\nbreak' } })]);
  const [head, line] = await collect(exportCsv(store));
  expect(head).toMatch(/^seq,time,event,/);
  expect(line).toContain('1,1970-01-01T00:00:00.000Z,hub.started,LK1001I,hub,hub,,');
  expect(line).toContain(',"aws ecs x --a ""b, c""",');
  expect(line?.endsWith('\r\n')).toBe(true);
  await store.close();
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '\u200b=1', '＝1', '|x', '%x'])(
  'a cell that begins with %j is text to a spreadsheet',
  async (name) => {
    const store = await openSqliteStore({ dataDir: ':memory:', clock: createFakeClock(0), log: silentLog });
    await store.commit([], [entry({ actor: { kind: 'person', id: 'p', name } })]);
    const line = (await collect(exportCsv(store)))[1] ?? '';
    const cell = line.split(',')[6] ?? '';
    expect(cell.replace(/^"/, '')).toMatch(/^['\\]/);
    await store.close();
  },
);
