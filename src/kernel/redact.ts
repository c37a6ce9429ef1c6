// Takes secrets out of text and JSON before either is stored, shown or sent on. What was taken out becomes
// `[secret:kind:hmac8]`, keyed with the install key, so that equal secrets stay recognisable as equal and as nothing else.
// Redacting twice changes nothing. Time is linear in the text; a clean text is returned as it is.

import { hash } from 'node:crypto';
import type { Json } from './canonical-json.ts';
import { createCleanTexts } from './redact/clean-texts.ts';
import { createBlobFinder } from './redact/find-blobs.ts';
import { createElementFinder } from './redact/find-elements.ts';
import { createEncodedFinder } from './redact/find-encoded.ts';
import { createFieldFinder } from './redact/find-fields.ts';
import { createFlagFinder } from './redact/find-flags.ts';
import { createFormatFinder } from './redact/find-formats.ts';
import { createSentenceFinder } from './redact/find-sentences.ts';
import { createUrlFinder } from './redact/find-urls.ts';
import { createJsonRedactor } from './redact/redact-json.ts';
import { mergeSpans, type Span, subtractSpans } from './redact/span.ts';
import { placeholdersIn } from './redact/values.ts';

export interface Redactor {
  /** Where the secrets of `text` stand, in order and without overlaps. */
  find(text: string): readonly Span[];
  /** What stands in the place of a secret. */
  mark(kind: string, secret: string): string;
  /** `text` without secrets, and how many were taken out. */
  text(text: string): { readonly text: string; readonly count: number };
  /** `value` without secrets in any string of it; values of `environment` lists are dropped whatever they are. */
  json(value: Json): { readonly value: Json; readonly count: number };
}

/** A redactor whose placeholders correlate under `key`, the secret random bytes of this installation. */
export function createRedactor({ key }: { readonly key: Uint8Array }): Redactor {
  const fingerprint = createFingerprint(key);
  const finders = [
    createFormatFinder(),
    createFieldFinder(),
    createUrlFinder(),
    createFlagFinder(),
    createSentenceFinder(),
    createElementFinder(),
  ];
  const findBlobs = createBlobFinder((decoded) => finders.some((find) => find(decoded).length > 0));
  const findEncoded = createEncodedFinder((decoded) =>
    [...finders, findBlobs].flatMap((find) => find(decoded)),
  );
  const placeholder = (kind: string, secret: string): string => `[secret:${kind}:${fingerprint(secret)}]`;

  /** Taking one secret out can lay bare another beside it, so a text that had any is looked at again. */
  function find(original: string): Span[] {
    let spans: Span[] = [];
    for (let passes = 0; passes < PASSES_MAX; passes++) {
      const text = spans.length === 0 ? original : replaced(original, spans);
      const found = mergeSpans([...finders, findBlobs, findEncoded].flatMap((finder) => finder(text)));
      const fresh = found.length === 0 ? found : subtractSpans(found, placeholdersIn(text));
      if (fresh.length === 0) return spans;
      spans = insertSpans(spans, fresh);
    }
    return spans;
  }

  function replaced(original: string, spans: readonly Span[]): string {
    const parts: string[] = [];
    let done = 0;
    for (const span of spans) {
      parts.push(
        original.slice(done, span.start),
        placeholder(span.kind, original.slice(span.start, span.end)),
      );
      done = span.end;
    }
    parts.push(original.slice(done));
    return parts.join('');
  }

  function text(original: string): { text: string; count: number } {
    const spans = find(original);
    if (spans.length === 0) return { text: original, count: 0 };
    return { text: replaced(original, spans), count: spans.length };
  }

  const clean = createCleanTexts();
  /** As `text`, for texts that come again and again. */
  function knownText(original: string): { text: string; count: number } {
    if (clean.has(original)) return { text: original, count: 0 };
    const redacted = text(original);
    if (redacted.count === 0) clean.add(original);
    return redacted;
  }

  return { find, mark: placeholder, text, json: createJsonRedactor({ text: knownText, placeholder }) };
}

/** `spans` of the original and `fresh` ones, found in the text that has placeholders instead of `spans`, as spans of the original. */
function insertSpans(spans: readonly Span[], fresh: readonly Span[]): Span[] {
  let next = 0;
  let shift = 0;
  const toOriginal = (at: number): number => {
    for (let span = spans[next]; span !== undefined; span = spans[next]) {
      const length = PLACEHOLDER_CHARS + span.kind.length;
      if (span.start - shift + length > at) break;
      shift += span.end - span.start - length;
      next++;
    }
    return at + shift;
  };
  const mapped = fresh.map((span) => ({ ...span, start: toOriginal(span.start), end: toOriginal(span.end) }));
  return [...spans, ...mapped].sort((a, b) => a.start - b.start);
}

/** Of `[secret:kind:hmac8]` without the kind. */
const PLACEHOLDER_CHARS = 18;
const BLOCK_BYTES = 64;
const HASH_BYTES = 32;
const SCRATCH_BYTES = 3_072;
const PASSES_MAX = 5;

/** The first 8 hex digits of HMAC-SHA-256 (RFC 2104), in the one-shot form that is several times faster for short texts. */
function createFingerprint(key: Uint8Array): (secret: string) => string {
  const block = Buffer.alloc(BLOCK_BYTES);
  block.set(key.length > BLOCK_BYTES ? hash('sha256', key, 'buffer') : key);
  const inner = Buffer.alloc(BLOCK_BYTES + SCRATCH_BYTES);
  inner.set(block.map((byte) => byte ^ 0x36));
  const outer = Buffer.alloc(BLOCK_BYTES + HASH_BYTES);
  outer.set(block.map((byte) => byte ^ 0x5c));
  return (secret) => {
    outer.write(hash('sha256', innerMessage(inner, secret), 'hex'), BLOCK_BYTES, 'hex');
    return hash('sha256', outer, 'hex').slice(0, 8);
  };
}

/** The padded key in `inner` followed by the secret; short secrets need no memory of their own. */
function innerMessage(inner: Buffer, secret: string): Buffer {
  if (secret.length * 3 > SCRATCH_BYTES)
    return Buffer.concat([inner.subarray(0, BLOCK_BYTES), Buffer.from(secret, 'utf8')]);
  return inner.subarray(0, BLOCK_BYTES + inner.write(secret, BLOCK_BYTES, 'utf8'));
}
