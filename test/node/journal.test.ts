// The node's journal: on disk when it says so, whole or refused, and never silently anything else.

import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/kernel/clock.ts';
import { type JournalEvent, openJournal } from '../../src/node/journal.ts';

let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'lockkeeper-journal-'));
  file = path.join(dir, 'journal.jsonl');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const entry = (call: string): JournalEvent => ({
  event: 'aws.started',
  aws: 'aws_1',
  call,
  action: 'ecs:ListClusters',
  cli: 'aws ecs list-clusters',
});

async function replay(): Promise<string[]> {
  const seen: string[] = [];
  const journal = await openJournal(dir, systemClock, (one) => {
    seen.push(one.event === 'aws.started' ? one.call : one.event);
  });
  await journal.close();
  return seen;
}

async function write(...calls: string[]): Promise<void> {
  const journal = await openJournal(dir, systemClock, () => {});
  await Promise.all(calls.map((call) => journal.append(entry(call))));
  await journal.close();
}

describe('writing', () => {
  test('what was appended is replayed in order, over any number of openings', async () => {
    await write('a', 'b');
    await write('c');
    expect(await replay()).toEqual(['a', 'b', 'c']);
  });

  test('a record is in the file when its append resolves', async () => {
    const journal = await openJournal(dir, systemClock, () => {});
    await journal.append(entry('here'));
    expect(readFileSync(file, 'utf8')).toContain('here');
    await journal.close();
  });

  test('what may wait is written with the next record, in order, and at the latest when its time is over', async () => {
    const timers: (() => void)[] = [];
    const after = (_delayMs: number, task: () => void) => {
      timers.push(task);
      return { cancel() {} };
    };
    const journal = await openJournal(dir, { ...systemClock, after }, () => {});
    const late = journal.appendLater(entry('late'));
    await journal.append(entry('now'));
    await late;
    const last = journal.appendLater(entry('last'));
    expect(timers.length).toBe(2);
    timers.at(-1)?.();
    await last;
    await journal.close();
    expect(await replay()).toEqual(['late', 'now', 'last']);
  });

  test('what waits is written when it is closed', async () => {
    const journal = await openJournal(dir, { ...systemClock, after: () => ({ cancel() {} }) }, () => {});
    const late = journal.appendLater(entry('late'));
    await journal.close();
    await late;
    expect(await replay()).toEqual(['late']);
  });

  test('an entry that cannot be written exactly is refused alone', async () => {
    const journal = await openJournal(dir, systemClock, () => {});
    const bad = journal.append(entry('\ud800'));
    const good = journal.append(entry('good'));
    await expect(bad).rejects.toThrow();
    await good;
    await journal.close();
    expect(await replay()).toEqual(['good']);
  });

  test.each([false, true])(
    'nothing is taken once its file was removed (and another put there: %s)',
    async (other) => {
      const journal = await openJournal(dir, systemClock, () => {});
      await journal.append(entry('before'));
      rmSync(file);
      if (other) writeFileSync(file, '');
      await expect(journal.append(entry('lost'))).rejects.toMatchObject({ code: 'audit-unwritable' });
      await journal.close();
    },
  );

  test('a file that was open to others is closed to them', async () => {
    writeFileSync(file, '');
    chmodSync(file, 0o644);
    await (await openJournal(dir, systemClock, () => {})).close();
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('nothing is taken after it is closed', async () => {
    const journal = await openJournal(dir, systemClock, () => {});
    await journal.close();
    await expect(journal.append(entry('late'))).rejects.toMatchObject({ code: 'audit-unwritable' });
  });
});

describe('damage', () => {
  test('a last line cut anywhere is cut away, and that is written down', async () => {
    await write('a', 'b', 'c');
    const whole = readFileSync(file);
    const lastLine = whole.lastIndexOf('\n', whole.length - 2) + 1;
    for (let length = lastLine + 1; length < whole.length; length += 17) {
      writeFileSync(file, whole);
      truncateSync(file, length);
      expect(await replay()).toEqual(['a', 'b']);
      expect(await replay()).toEqual(['a', 'b', 'journal.repaired']);
    }
  });

  test('a changed byte in any line that was whole refuses the start and names the line', async () => {
    await write('a', 'b', 'c');
    const whole = readFileSync(file);
    const lineOf = (at: number) => whole.subarray(0, at).filter((byte) => byte === 0x0a).length + 1;
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: whole.length - 2 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, change) => {
          const damaged = Buffer.from(whole);
          damaged[at] = damaged[at]! ^ change;
          writeFileSync(file, damaged);
          await expect(replay()).rejects.toMatchObject({
            code: 'journal-broken',
            params: { line: lineOf(at) },
          });
        },
      ),
      { numRuns: 300 },
    );
  });

  test.each([
    ['a line taken out', (lines: string[]) => [lines[0], lines[2]]],
    ['two lines swapped', (lines: string[]) => [lines[1], lines[0], lines[2]]],
    ['a line twice', (lines: string[]) => [lines[0], lines[0], lines[1], lines[2]]],
    ['the first line gone', (lines: string[]) => lines.slice(1)],
    ['an empty line', (lines: string[]) => [lines[0], '', lines[1], lines[2]]],
  ])('%s refuses the start', async (_what, change) => {
    await write('a', 'b', 'c');
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    writeFileSync(file, `${change(lines).join('\n')}\n`);
    await expect(replay()).rejects.toMatchObject({ code: 'journal-broken' });
  });

  test('a line of another program at the end refuses the start when it is whole', async () => {
    await write('a');
    appendFileSync(file, '{"seq":2}\n');
    await expect(replay()).rejects.toMatchObject({ code: 'journal-broken', params: { line: 2 } });
  });
});
