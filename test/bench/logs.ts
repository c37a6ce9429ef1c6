// Bench rows about logs: the miner against counting line feeds in the same bytes, its memory over a gigabyte, and the redactor. Times are processor
// time: nothing here waits.

import { createLogMiner } from '../../src/diagnosis/logs/miner.ts';
import { createRedactor } from '../../src/kernel/redact.ts';
import { createRedactionStream } from '../../src/kernel/redact-stream.ts';
import { interleave, median, ms, type Row, worked } from './measure.ts';

const PIECE_BYTES = 64 * 1024;
const PIECES = 256;
const RUNS = { warmUp: 2, counted: 7, measure: worked };
const MINER_RATIO = 15;
const GIGABYTE = 1_000_000_000;
const GROWTH_MB = 32;
const REDACTED_MB_PER_S = 20;
const LONG_LINE_MS = 100;
const LINE_FEED = 10;

/** All rows; takes about half a minute. */
export async function logRows(): Promise<Row[]> {
  const pieces = logPieces();
  return [await minerRow(pieces), memoryRow(pieces), await redactionRow(pieces), await longLineRow()];
}

async function minerRow(pieces: readonly Buffer[]): Promise<Row> {
  let lines = 0;
  const mine = async (): Promise<void> => {
    const miner = createLogMiner();
    for (const piece of pieces) miner.write(piece);
    lines = miner.result().lines;
  };
  const scan = async (): Promise<void> => {
    let found = 0;
    for (const piece of pieces)
      for (let at = piece.indexOf(LINE_FEED); at >= 0; at = piece.indexOf(LINE_FEED, at + 1)) found += 1;
    if (found === 0) throw new Error('the log has no lines');
  };
  const times = await interleave(RUNS, { mine, scan });
  const [mined, scanned] = [median(times.mine), median(times.scan)];
  const perSecond = (milliseconds: number): string =>
    `${(lines / milliseconds / 1_000).toFixed(2)} M lines/s`;
  return {
    name: 'log lines mined for templates',
    value: perSecond(mined),
    floor: `${perSecond(scanned)}, counting line feeds`,
    ratio: mined / scanned,
    target: `≤ ${MINER_RATIO}×`,
    met: mined <= MINER_RATIO * scanned,
  };
}

function memoryRow(pieces: readonly Buffer[]): Row {
  const miner = createLogMiner();
  let done = 0;
  let before = 0;
  while (done < GIGABYTE) {
    for (const piece of pieces) {
      miner.write(piece);
      done += piece.length;
    }
    if (before === 0) before = process.memoryUsage().rss;
  }
  const grown = (process.memoryUsage().rss - before) / 1e6;
  return {
    name: 'memory while 1 GB of log is mined',
    value: `${grown.toFixed(1)} MB more`,
    floor: `${(before / 1e6).toFixed(0)} MB after the first ${((PIECES * PIECE_BYTES) / 1e6).toFixed(0)} MB`,
    ratio: null,
    target: `≤ ${GROWTH_MB} MB more`,
    met: grown <= GROWTH_MB && miner.result().lines > 0,
  };
}

async function redactionRow(pieces: readonly Buffer[]): Promise<Row> {
  const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const times: number[] = [];
  for (let run = 0; run < RUNS.counted; run++)
    times.push(
      await worked(async () => {
        const stream = createRedactionStream(createRedactor({ key: Buffer.alloc(32, 7) }));
        for (const piece of pieces) stream.write(piece);
        stream.end();
      }),
    );
  const speed = bytes / median(times) / 1_000;
  return {
    name: 'log redacted as a stream',
    value: `${speed.toFixed(0)} MB/s`,
    floor: `${REDACTED_MB_PER_S} MB/s`,
    ratio: null,
    target: `≥ ${REDACTED_MB_PER_S} MB/s`,
    met: speed >= REDACTED_MB_PER_S,
  };
}

/** Lines of a megabyte that would be slow for patterns that go back. */
async function longLineRow(): Promise<Row> {
  const redactor = createRedactor({ key: Buffer.alloc(32, 7) });
  const million = (text: string): string => text.repeat(Math.ceil(1_000_000 / text.length));
  const lines = [
    'password=',
    'a',
    '"',
    '\\',
    'password: "',
    'token=a&',
    'eyJ',
    '://a:',
    'AKIA',
    '-----BEGIN PRIVATE KEY-----',
    '\u001b[1;33m',
    '%3D',
    'name=',
    '{"password":',
    'Basic ',
    'x@',
    '-----END PRIVATE KEY-----',
    'secret ',
    '\\u001b[3',
  ].map(million);
  let worst = 0;
  for (const line of lines) worst = Math.max(worst, await worked(async () => redactor.text(line)));
  return {
    name: 'the slowest of hostile lines of 1 MB, redacted, the first of each',
    value: ms(worst),
    floor: `${LONG_LINE_MS} ms`,
    ratio: worst / LONG_LINE_MS,
    target: `≤ ${LONG_LINE_MS} ms`,
    met: worst <= LONG_LINE_MS,
  };
}

/** 16 MB of lines as services write them, one in twenty an error. */
function logPieces(): Buffer[] {
  let state = 1;
  const upTo = (limit: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % limit;
  };
  const kinds: readonly (() => string)[] = [
    () =>
      `2026-01-02T03:04:${10 + upTo(50)}.${upTo(1_000)}Z INFO [exec-${upTo(20)}] GET /api/v1/carts/${upTo(1e5)} 200 ${upTo(500)}ms trace=${upTo(1e9).toString(16)}`,
    () =>
      `{"level":30,"time":17${upTo(1e9)},"pid":${upTo(99)},"hostname":"ip-10-0-${upTo(255)}-7","msg":"handled request","id":"${upTo(1e9)}-${upTo(1e9)}"}`,
    () =>
      `10.0.${upTo(255)}.7 - - [02/Jan/2026:03:04:${10 + upTo(50)} +0000] "GET /healthz HTTP/1.1" 200 ${upTo(9_999)} "-" "ELB-HealthChecker/2.0"`,
    () => `2026-01-02 03:04:${10 + upTo(50)},${upTo(1_000)} WARN pool: connection ${upTo(100)} is slow`,
    () => `ERROR Failed to connect to db.production.internal:5432 after ${upTo(30)} s`,
  ];
  return Array.from({ length: PIECES }, () => {
    let text = '';
    while (text.length < PIECE_BYTES) {
      const kind = kinds[upTo(100) < 95 ? upTo(4) : 4];
      text += `${kind?.() ?? ''}\n`;
    }
    return Buffer.from(text);
  });
}
