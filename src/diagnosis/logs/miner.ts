// Reads a log of any length once and keeps what it says: templates with counts, each stack trace whole with the line it belongs to.
// Memory is bounded whatever comes, and most lines cost one look at each of their characters.

import { createSigner } from './line-shape.ts';
import { RecordCounter } from './record-counter.ts';
import { foldTemplates, type LogTemplate } from './templates.ts';

export interface LogMiner {
  /** Reads the next piece of a UTF-8 text without times; pieces may end anywhere. */
  write(piece: Buffer): void;
  /** Reads one line, or an event of several, that was written at `atMs`. */
  line(text: string, atMs: number): void;
  /** What was read so far, the gravest first; a line without an end counts. More may be read afterwards. */
  result(): MinedLog;
}

export interface MinedLog {
  readonly templates: readonly LogTemplate[];
  /** All lines; those of the templates and the blank ones add up to it. */
  readonly lines: number;
  readonly blank: number;
}

const LINE_BYTES = 64 * 1024;
const LINE_FEED = 10;

export function createLogMiner(): LogMiner {
  const signer = createSigner();
  const counter = new RecordCounter(signer);
  /** The beginning of a line whose end has not come. */
  let carry = Buffer.alloc(0);

  function write(piece: Buffer): void {
    let start = carry.length === 0 ? 0 : finishCarry(piece);
    while (start < piece.length) {
      const end = signer.sign(piece, start);
      if (end === piece.length) {
        // In memory of its own: a part of the piece would keep all of it alive.
        carry = Buffer.from(piece.subarray(start, start + LINE_BYTES));
        return;
      }
      counter.read(piece, start, end);
      start = end + 1;
    }
  }

  /** Reads the line that began in the last piece; returns where the next one begins. */
  function finishCarry(piece: Buffer): number {
    const end = piece.indexOf(LINE_FEED);
    const rest = piece.subarray(0, end < 0 ? piece.length : end);
    if (carry.length < LINE_BYTES) carry = Buffer.concat([carry, rest.subarray(0, LINE_BYTES)]);
    if (end < 0) return piece.length;
    const line = carry;
    carry = Buffer.alloc(0);
    signer.sign(line, 0);
    counter.read(line, 0, line.length);
    return end + 1;
  }

  return {
    write,
    line(text, atMs) {
      counter.atMs = atMs;
      write(Buffer.from(text.endsWith('\n') ? text : `${text}\n`, 'utf8'));
    },
    result() {
      if (carry.length > 0) write(Buffer.from('\n'));
      counter.settle();
      const templates = foldTemplates(counter.templates.all()).map(withTimes);
      return { templates, lines: counter.lines, blank: counter.blank };
    },
  };
}

function withTimes(template: LogTemplate): LogTemplate {
  return Number.isFinite(template.firstMs) ? template : { ...template, firstMs: 0 };
}
