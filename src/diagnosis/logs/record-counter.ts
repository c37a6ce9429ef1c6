// Counts the lines of a log into templates: which line begins a record, which one belongs to the record above, and what is kept of it.

import { withoutCredentials } from '../facts/attempts.ts';
import { plainLine } from '../facts/log-lines.ts';
import type { Signer } from './line-shape.ts';
import { createTraceReader } from './stack-trace.ts';
import { createTemplateSet, type GrowingTemplate } from './templates.ts';

/** What lines that are no text are counted under. */
export const BINARY_LINE = '(binary data)';

const READ_BYTES = 2_000;
const SIGNATURES_MAX = 16_384;
const TRACE_LINES = 60;
const TRACE_LINE_CHARS = 300;
const TRACES_CHARS = 4 * 1024 * 1024;
const CARRIAGE_RETURN = 13;
const SPACE = 32;

export class RecordCounter {
  readonly templates = createTemplateSet();
  readonly #signature: Signer['signature'];
  readonly #known = new Map<number, { readonly check: number; readonly template: GrowingTemplate }>();
  readonly #reader = createTraceReader(() => this.#open?.template.level === 'error');
  #open: { readonly template: GrowingTemplate; readonly collects: boolean } | undefined;
  /** A record whose title has not come yet. */
  #pending: { readonly lines: string[]; count: number; readonly atMs: number } | undefined;
  #traceChars = 0;
  lines = 0;
  blank = 0;
  /** Milliseconds since the epoch of the lines that are read next. */
  atMs = 0;

  /** `signature` is that of the line which is read next. */
  constructor({ signature }: Pick<Signer, 'signature'>) {
    this.#signature = signature;
  }

  /** Reads the line of UTF-8 `bytes` from `start` to `end`. */
  read(bytes: Buffer, start: number, end: number): void {
    this.lines += 1;
    const first = bytes[start] ?? SPACE;
    if (first <= SPACE && isBlank(bytes, start, end)) {
      this.blank += 1;
      return;
    }
    const role = this.#reader.isPlain(first) ? 'head' : this.#reader.role(lineText(bytes, start, end));
    if (role === 'head') this.#head(bytes, start, end);
    else if (role === 'title' && this.#pending !== undefined) this.settle(clean(bytes, start, end));
    else this.#part(bytes, start, end);
  }

  /** Counts the pending record under its title, or under its first line when none came. */
  settle(title?: string): void {
    if (this.#pending === undefined) return;
    const { lines, count, atMs } = this.#pending;
    const [first = '', ...rest] = lines;
    const template = this.templates.place(title ?? first);
    counted(template, atMs, count + (title === undefined ? 0 : 1));
    const collects = template.trace.length === 0;
    this.#open = { template, collects };
    if (collects) for (const line of title === undefined ? rest : lines) this.#keep(template, line);
    this.#pending = undefined;
  }

  #head(bytes: Buffer, start: number, end: number): void {
    if (this.#pending !== undefined) this.settle();
    if (this.#reader.isUntitled()) {
      this.#pending = { lines: [clean(bytes, start, end)], count: 1, atMs: this.atMs };
      return;
    }
    const template = this.#begin(bytes, start, end);
    this.#open = { template, collects: template.trace.length === 0 };
  }

  #part(bytes: Buffer, start: number, end: number): void {
    if (this.#pending !== undefined) {
      this.#pending.count += 1;
      if (this.#pending.lines.length < TRACE_LINES) this.#pending.lines.push(clean(bytes, start, end));
      return;
    }
    if (this.#open === undefined) {
      // A trace whose head was before the beginning has its first line as its head.
      this.#open = { template: this.#begin(bytes, start, end), collects: true };
      return;
    }
    this.#open.template.lines += 1;
    if (this.#open.collects) this.#keep(this.#open.template, clean(bytes, start, end));
  }

  #begin(bytes: Buffer, start: number, end: number): GrowingTemplate {
    const { key, check } = this.#signature;
    const known = this.#known.get(key);
    if (known !== undefined && known.check === check) return counted(known.template, this.atMs, 1);
    const template = this.templates.place(clean(bytes, start, end));
    if (this.#known.size >= SIGNATURES_MAX) this.#known.clear();
    if (known === undefined) this.#known.set(key, { check, template });
    return counted(template, this.atMs, 1);
  }

  #keep(template: GrowingTemplate, line: string): void {
    if (template.trace.length >= TRACE_LINES || this.#traceChars > TRACES_CHARS) return;
    const kept = line.slice(0, TRACE_LINE_CHARS);
    this.#traceChars += kept.length;
    template.trace.push(kept);
  }
}

function counted(template: GrowingTemplate, atMs: number, lines: number): GrowingTemplate {
  template.count += 1;
  template.lines += lines;
  if (atMs < template.firstMs) template.firstMs = atMs;
  if (atMs > template.lastMs) template.lastMs = atMs;
  return template;
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
