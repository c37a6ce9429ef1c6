import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shapeOf } from '../../../src/diagnosis/logs/line-shape.ts';
import { createLogMiner, type MinedLog } from '../../../src/diagnosis/logs/miner.ts';
import {
  foldTemplates,
  newTemplates,
  OTHER_LINES,
  TEMPLATES_MAX,
} from '../../../src/diagnosis/logs/templates.ts';

const mine = (...lines: string[]): MinedLog => mineBytes(Buffer.from(lines.join('\n')));

function mineBytes(...pieces: Buffer[]): MinedLog {
  const miner = createLogMiner();
  for (const piece of pieces) miner.write(piece);
  return miner.result();
}

const summary = (mined: MinedLog) => mined.templates.map(({ level, count, text }) => [level, count, text]);
const linesOf = (mined: MinedLog) => mined.blank + mined.templates.reduce((sum, one) => sum + one.lines, 0);
const letters = (n: number): string => [...String(n)].map((digit) => 'ghijklmnop'[Number(digit)]).join('');

describe('the templates of a log', () => {
  it('join lines that differ in values only, the gravest first', () => {
    expect(
      summary(
        mine(
          '2026-01-02T03:04:05Z GET /users/17 200 12ms',
          '2026-01-02T03:04:06Z GET /users/18 200 7ms',
          'ERROR Failed to connect to 10.0.0.1:5432',
          'ERROR Failed to connect to 10.0.0.2:5432',
          'WARN pool 3 is slow',
        ),
      ),
    ).toEqual([
      ['error', 2, 'ERROR Failed to connect to <*>'],
      ['warn', 1, 'WARN pool <*> is slow'],
      ['info', 2, '<*> GET /users/<*> <*> <*>'],
    ]);
  });

  it('keep apart what one value makes graver', () => {
    expect(summary(mine('GET /a 200', 'GET /a 503', 'GET /a 201', 'GET /a 500'))).toEqual([
      ['warn', 2, 'GET /a 5xx'],
      ['info', 2, 'GET /a <*>'],
    ]);
    expect(summary(mine('{"level":30,"msg":"x"}', '{"level":50,"msg":"x"}')).map(([level]) => level)).toEqual(
      ['error', 'info'],
    );
    expect(summary(mine('check done: 0 errors', 'check done: 3 errors')).map(([level]) => level)).toEqual([
      'error',
      'info',
    ]);
  });

  it('keep an example, when the lines came, and how many', () => {
    const miner = createLogMiner();
    for (const at of [5_000, 7_000, 9_000]) miner.line(`job ${at} done`, at);
    expect(miner.result().templates).toEqual([
      {
        level: 'info',
        text: 'job <*> done',
        count: 3,
        lines: 3,
        firstMs: 5_000,
        lastMs: 9_000,
        example: 'job 5000 done',
        trace: [],
      },
    ]);
  });

  it('do not tell coloured lines from plain ones, and show nothing a terminal would obey', () => {
    const mined = mine('\u001b[31mERROR\u001b[0m boom 1', 'ERROR boom 2', '\u001b]0;owned\u0007ERROR boom 3');
    expect(summary(mined)).toEqual([['error', 3, 'ERROR boom <*>']]);
  });

  it('count what is no text as binary data', () => {
    const mined = mineBytes(
      Buffer.from([0, 1, 2, 3, 0xff, 0xfe, 10, 0x80, 0x81, 0, 0, 10]),
      Buffer.from('ok\n'),
    );
    expect(summary(mined)).toEqual([
      ['info', 2, '(binary data)'],
      ['info', 1, 'ok'],
    ]);
  });

  it('keep errors that name different things apart', () => {
    expect(mine('ERROR cannot reach orders-db', 'ERROR cannot reach users-db').templates).toHaveLength(2);
  });

  it('let words differ once there are many, and never show passwords in addresses', () => {
    const names = Array.from({ length: 300 }, (_, n) => `session of ${letters(n)} was opened by the gateway`);
    const mined = mine(...names, 'connecting to postgres://app:hunter2@db/shop');
    expect(mined.templates.length).toBeLessThan(40);
    expect(mined.templates.map(({ text }) => text)).toContain('session of <*> was opened by the gateway');
    expect(JSON.stringify(mined)).not.toContain('hunter2');
  });

  it('are the same however the text is cut into pieces', () => {
    const text = Buffer.from(
      'a 1\r\nTraceback (most recent call last):\n  File "x.py"\nKeyError: 1\n\nä é 3\nend',
    );
    const whole = mineBytes(text);
    for (let size = 1; size < 12; size += 1) {
      const pieces: Buffer[] = [];
      for (let at = 0; at < text.length; at += size) pieces.push(text.subarray(at, at + size));
      expect(mineBytes(...pieces)).toEqual(whole);
    }
    expect(whole.lines).toBe(7);
  });
});

describe('what is new in a log', () => {
  it('is what the older one does not say in any form', () => {
    const before = mine('listening on 8080', 'GET / 200', 'WARN slow query 12 ms');
    const now = mine('listening on 9090', 'GET / 200', 'ERROR relation "orders" does not exist');
    expect(newTemplates(now.templates, before.templates).map(({ example }) => example)).toEqual([
      'ERROR relation "orders" does not exist',
    ]);
    expect(newTemplates(now.templates, now.templates)).toEqual([]);
  });
});

describe('whatever the log', () => {
  const line = fc.oneof(
    fc.string({ maxLength: 80 }),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(
      '',
      '   ',
      '\tat com.acme.A.b(A.java:1)',
      'Caused by: x',
      'Traceback (most recent call last):',
      '  File "a.py", line 1',
      'ValueError: no',
      'panic: nil',
      'goroutine 1 [running]:',
      'ERROR x 1',
      '\u001b[31mred\u001b[0m',
      '/app/x.js:10',
      '}',
    ),
    fc.nat(5_000).map((n) => `word ${letters(n)} and ${letters(n * 7)} of ${letters(n * 13)}`),
    fc.nat(5_000).map((n) => `ERROR ${letters(n)} ${letters(n * 3)}`),
  );
  const log = fc.array(line, { maxLength: 120 });

  it('counts add up to the lines', () => {
    fc.assert(
      fc.property(log, (lines) => {
        const text = lines.join('\n');
        const mined = mine(text);
        expect(mined.lines).toBe(text === '' ? 0 : text.replace(/\n$/, '').split('\n').length);
        expect(linesOf(mined)).toBe(mined.lines);
      }),
      { numRuns: 500 },
    );
  });

  it('folding templates again changes nothing, and a shape is its own shape', () => {
    fc.assert(
      fc.property(log, (lines) => {
        const { templates } = mine(...lines);
        expect(foldTemplates(templates)).toEqual(templates);
        for (const { text } of templates) expect(shapeOf(text)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  it('the number of templates is bounded, also for lines that share nothing', () => {
    const lines = Array.from({ length: 20_000 }, (_, n) =>
      [`${letters(n)} ${letters(n * 31)}`, `ERROR ${letters(n)} ${letters(n * 17)}`, letters(n)].join('\n'),
    );
    const mined = mine(...lines);
    const most = Object.values(TEMPLATES_MAX).reduce((sum, max) => sum + max + 1, 0);
    expect(mined.templates.length).toBeLessThanOrEqual(most);
    expect(mined.templates.some(({ text }) => text === OTHER_LINES)).toBe(true);
    expect(linesOf(mined)).toBe(60_000);
    expect(foldTemplates(mined.templates)).toEqual(mined.templates);
  });

  it('a line without an end is read up to a bound', () => {
    const piece = Buffer.alloc(1024 * 1024, 'x ');
    const mined = mineBytes(...Array.from({ length: 20 }, () => piece), Buffer.from('\nok\n'));
    expect(mined.lines).toBe(2);
    expect(Math.max(...mined.templates.map(({ text }) => text.length))).toBeLessThan(3_000);
  });
});
