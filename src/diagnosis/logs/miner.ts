// Reads a log of any length once and keeps what it says: templates with counts, each stack trace whole with the line it belongs to.
// Memory is bounded whatever comes, and most lines cost one look at each of their characters.

import { withoutCredentials } from '../facts/attempts.ts';
import { plainLine } from '../facts/log-lines.ts';
import { createSigner } from './line-shape.ts';
import { createTraceReader } from './stack-trace.ts';
import { createTemplateSet, foldTemplates, type GrowingTemplate, type LogTemplate } from './templates.ts';

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
const READ_BYTES = 2_000;
const SIGNATURES_MAX = 16_384;
const TRACE_LINES = 60;
const TRACE_LINE_CHARS = 300;
const TRACES_CHARS = 4 * 1024 * 1024;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;

/** What lines that are no text are counted under. */
export const BINARY_LINE = '(binary data)';

export function createLogMiner(): LogMiner {
  const set = createTemplateSet();
  const signer = createSigner();
  const signatures = new Map<number, { readonly check: number; readonly template: GrowingTemplate }>();
  let open: { readonly template: GrowingTemplate; readonly collects: boolean } | undefined;
  /** A record whose title has not come yet. */
  let pending: { readonly lines: string[]; count: number; readonly atMs: number } | undefined;
  const reader = createTraceReader(() => open?.template.level === 'error');
  let lines = 0;
  let blank = 0;
  let traceChars = 0;
  let carry = Buffer.alloc(0);
  let atMs = 0;

  function read(bytes: Buffer, start: number, end: number): void {
    lines += 1;
    const first = bytes[start] ?? SPACE;
    if (first <= SPACE && isBlank(bytes, start, end)) {
      blank += 1;
      return;
    }
    const role = reader.isPlain(first) ? 'head' : reader.role(lineText(bytes, start, end));
    if (role === 'head') {
      if (pending !== undefined) settle();
      if (reader.isUntitled()) pending = { lines: [clean(bytes, start, end)], count: 1, atMs };
      else {
        const template = begin(bytes, start, end);
        open = { template, collects: template.trace.length === 0 };
      }
    } else if (role === 'title' && pending !== undefined) settle(clean(bytes, start, end));
    else part(bytes, start, end);
  }

  function part(bytes: Buffer, start: number, end: number): void {
    if (pending !== undefined) {
      pending.count += 1;
      if (pending.lines.length < TRACE_LINES) pending.lines.push(clean(bytes, start, end));
      return;
    }
    // A trace whose head was before the beginning has its first line as its head.
    if (open === undefined) open = { template: begin(bytes, start, end), collects: true };
    else {
      open.template.lines += 1;
      if (open.collects) keep(open.template, clean(bytes, start, end));
    }
  }

  /** Counts the pending record under its title, or under its first line when none came. */
  function settle(title?: string): void {
    if (pending === undefined) return;
    const [first = '', ...rest] = pending.lines;
    const template = set.place(title ?? first);
    const { trace } = template;
    count(template, pending.atMs, pending.count + (title === undefined ? 0 : 1));
    open = { template, collects: trace.length === 0 };
    if (trace.length === 0)
      for (const line of title === undefined ? rest : [first, ...rest]) keep(template, line);
    pending = undefined;
  }

  /** The template of the line signed last. */
  function begin(bytes: Buffer, start: number, end: number): GrowingTemplate {
    const { key, check } = signer.signature;
    const known = signatures.get(key);
    if (known !== undefined && known.check === check) return count(known.template, atMs, 1);
    const template = set.place(clean(bytes, start, end));
    if (signatures.size >= SIGNATURES_MAX) signatures.clear();
    if (known === undefined) signatures.set(key, { check, template });
    return count(template, atMs, 1);
  }

  function keep(template: GrowingTemplate, line: string): void {
    if (template.trace.length >= TRACE_LINES || traceChars > TRACES_CHARS) return;
    const kept = line.slice(0, TRACE_LINE_CHARS);
    traceChars += kept.length;
    template.trace.push(kept);
  }

  function write(piece: Buffer): void {
    let start = carry.length === 0 ? 0 : finishCarry(piece);
    while (start < piece.length) {
      const end = signer.sign(piece, start);
      if (end === piece.length) {
        // In memory of its own: a part of the piece would keep all of it alive.
        carry = Buffer.from(piece.subarray(start, start + LINE_BYTES));
        return;
      }
      read(piece, start, end);
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
    read(line, 0, line.length);
    return end + 1;
  }

  return {
    write,
    line(text, at) {
      atMs = at;
      write(Buffer.from(text.endsWith('\n') ? text : `${text}\n`, 'utf8'));
    },
    result() {
      if (carry.length > 0) write(Buffer.from('\n'));
      if (pending !== undefined) settle();
      const templates = foldTemplates(set.all()).map(withTimes);
      return { templates, lines, blank };
    },
  };
}

function count(template: GrowingTemplate, atMs: number, lines: number): GrowingTemplate {
  template.count += 1;
  template.lines += lines;
  if (atMs < template.firstMs) template.firstMs = atMs;
  if (atMs > template.lastMs) template.lastMs = atMs;
  return template;
}

function withTimes(template: LogTemplate): LogTemplate {
  return Number.isFinite(template.firstMs) ? template : { ...template, firstMs: 0 };
}

function isBlank(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if ((bytes[at] ?? 0) > SPACE) return false;
  return true;
}

function lineText(bytes: Buffer, start: number, end: number): string {
  const last = Math.min(end, start + READ_BYTES);
  return bytes.toString('utf8', start, bytes[last - 1] === CARRIAGE_RETURN ? last - 1 : last);
}

/** A line as it may be shown: no terminal codes, no control characters, no credentials of addresses; or that it is no text. */
function clean(bytes: Buffer, start: number, end: number): string {
  const raw = lineText(bytes, start, end);
  if (isBinary(raw)) return BINARY_LINE;
  const plain = withoutCredentials(plainLine(raw, READ_BYTES));
  return plain.trim() === '' ? BINARY_LINE : plain;
}

/** More than one character in eight that no text holds; terminal codes are text. */
function isBinary(raw: string): boolean {
  let odd = 0;
  for (let at = 0; at < raw.length; at += 1) {
    const code = raw.charCodeAt(at);
    if (code === REPLACEMENT || (code < 32 && !TEXT_CONTROLS.has(code)) || code === DELETE) odd += 1;
  }
  return odd * 8 > raw.length;
}

const REPLACEMENT = 0xfffd;
const DELETE = 0x7f;
/** Bell, backspace, tab, carriage return, escape. */
const TEXT_CONTROLS: ReadonlySet<number> = new Set([7, 8, 9, 13, 27]);
