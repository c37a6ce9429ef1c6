// Takes secrets out of a stream: in pieces that may end anywhere, in bounded memory, and with the same result however it was cut. Whole lines
// are let go as soon as no secret in them goes on in the next line; what was let go last is still looked at as what stands before.

import { isUtf8 } from 'node:buffer';
import type { Span } from './redact/span.ts';
import type { Redactor } from './redact.ts';

/** A secret, by where it stands. Lines and columns begin at 1; columns and lengths are characters as JavaScript counts them. */
export interface RedactionFinding {
  readonly kind: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

export interface RedactedPiece {
  /** The bytes to pass on; those without secrets are exactly those that came. */
  readonly bytes: Buffer;
  readonly findings: readonly RedactionFinding[];
}

export interface RedactionStream {
  write(piece: Buffer): RedactedPiece;
  /** What was held back. */
  end(): RedactedPiece;
}

/** How much text before a line can make something on it a secret, such as the name of a pair whose value is on the next line. */
const LOOK_BACK = 1_024;
/** How far a secret may go on over lines: a private key. */
const HELD_MAX = 64 * 1024;
/** A line longer than this is read in parts. */
const LINE_MAX = 1024 * 1024;
const LINE_FEED = 10;

interface State {
  pending: Buffer;
  before: Buffer;
  line: number;
  /** Characters of the current line that were let go already. */
  column: number;
}

export function createRedactionStream(redactor: Redactor): RedactionStream {
  const state: State = { pending: Buffer.alloc(0), before: Buffer.alloc(0), line: 1, column: 0 };
  return {
    write(piece) {
      state.pending = state.pending.length === 0 ? piece : Buffer.concat([state.pending, piece]);
      const part = readable(state.pending);
      return part.pass === 0 ? nothing : letGo(state, redactor, part);
    },
    end: () => letGo(state, redactor, { read: state.pending.length, pass: Number.POSITIVE_INFINITY }),
  };
}

const nothing: RedactedPiece = { bytes: Buffer.alloc(0), findings: [] };

/** How many bytes are looked at, and how many of them may be let go. */
interface Part {
  readonly read: number;
  readonly pass: number;
}

/** All whole lines, or a part of a line that is too long to wait for its end. */
function readable(pending: Buffer): Part {
  const lines = pending.lastIndexOf(LINE_FEED) + 1;
  if (lines > 0 || pending.length < LINE_MAX + HELD_MAX) return { read: lines, pass: lines };
  return { read: boundary(pending, pending.length), pass: boundary(pending, LINE_MAX) };
}

/** The last place at or before `end` that is not within a character of UTF-8. */
function boundary(bytes: Buffer, end: number): number {
  let at = end;
  while (at > 0 && end - at < 3 && ((bytes[at - 1] ?? 0) & 0xc0) === 0x80) at -= 1;
  return at > 0 && (bytes[at - 1] ?? 0) >= 0xc0 ? at - 1 : end;
}

function letGo(state: State, redactor: Redactor, { read, pass }: Part): RedactedPiece {
  const block = Buffer.concat([state.before, state.pending.subarray(0, read)]);
  // What is no UTF-8 is read byte by byte, so that it comes out as it went in.
  const encoding = isUtf8(block) ? 'utf8' : 'latin1';
  const text = block.toString(encoding);
  const from = state.before.toString(encoding).length;
  const spans = redactor.find(text);
  const to = Math.min(
    pass < read ? whole(spans, from, from + state.pending.toString(encoding, 0, pass).length) : text.length,
    pass === Number.POSITIVE_INFINITY ? text.length : openFrom(text, from, spans.at(-1)),
  );
  const passed = Buffer.from(text.slice(from, to), encoding);
  const position = createPosition(state, text, from);
  const piece = replaced({ text, from, to, spans }, redactor, position);
  const last = position(to);
  state.line = last.line;
  state.column = last.column - 1;
  state.before = tailOf(Buffer.concat([state.before, passed]));
  // In memory of its own, since what came before it may be large.
  state.pending = Buffer.from(state.pending.subarray(passed.length));
  return { bytes: Buffer.from(piece.text, encoding), findings: piece.findings };
}

type Position = (at: number) => { line: number; column: number };

function replaced(
  { text, from, to, spans }: { text: string; from: number; to: number; spans: readonly Span[] },
  redactor: Redactor,
  position: Position,
): { text: string; findings: RedactionFinding[] } {
  const findings: RedactionFinding[] = [];
  const parts: string[] = [];
  let done = from;
  for (const span of spans) {
    const start = Math.max(span.start, from);
    const end = Math.min(span.end, to);
    if (end <= start) continue;
    parts.push(text.slice(done, start), redactor.mark(span.kind, text.slice(span.start, span.end)));
    findings.push({ kind: span.kind, ...position(start), length: end - start });
    done = end;
  }
  parts.push(text.slice(done, to));
  return { text: parts.join(''), findings };
}

/** `cut`, or the beginning of the secret that it would go through. */
function whole(spans: readonly Span[], from: number, cut: number): number {
  const through = spans.find(({ start, end }) => start < cut && end > cut);
  return through === undefined || through.start <= from ? cut : through.start;
}

/** Where text begins that has to wait, because a secret in it may go on: a private key without its end, a quoted value without its quote. */
function openFrom(text: string, from: number, last: Span | undefined): number {
  const starts = [openKey(text)];
  if (last !== undefined && isOpenValue(text, last)) starts.push(last.start);
  const open = Math.min(...starts.filter((start) => start >= from && text.length - start < HELD_MAX));
  return Number.isFinite(open) ? Math.max(from, text.lastIndexOf('\n', open) + 1) : text.length;
}

/** A value over several lines that goes to the end of what there is: its quote is still to come. */
function isOpenValue(text: string, last: Span): boolean {
  if (last.kind === 'private-key' || last.end < text.trimEnd().length) return false;
  return text.slice(last.start, last.end).includes('\n');
}

function openKey(text: string): number {
  const at = text.lastIndexOf('-----BEGIN ');
  if (at < 0) return -1;
  const rest = text.slice(at, at + 80);
  return /^-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/.test(rest) && !text.includes('-----END ', at) ? at : -1;
}

function tailOf(passed: Buffer): Buffer {
  if (passed.length <= LOOK_BACK) return passed;
  const least = passed.length - LOOK_BACK;
  const line = passed.indexOf(LINE_FEED, least) + 1;
  let start = line > 0 && line < passed.length ? line : least;
  while (start < passed.length && ((passed[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return Buffer.from(passed.subarray(start));
}

/** Line and column of positions in `text` that are asked for in order, from `from` on. */
function createPosition({ line, column }: State, text: string, from: number): Position {
  let lines = line;
  let start = from - column;
  let next = text.indexOf('\n', from);
  return (at) => {
    while (next >= 0 && next < at) {
      lines += 1;
      start = next + 1;
      next = text.indexOf('\n', start);
    }
    return { line: lines, column: at - start + 1 };
  };
}
