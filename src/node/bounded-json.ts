// Answers as evidence: JSON data, never longer than agreed, and still JSON after it was shortened.

import type { Json } from '../kernel/canonical-json.ts';

export interface BoundedJson {
  readonly text: string;
  readonly truncated: boolean;
}

/** Steps of shortening: how many items a list keeps and how many characters a text keeps. */
const steps = [
  { items: 400, chars: 8_000 },
  { items: 100, chars: 4_000 },
  { items: 40, chars: 2_000 },
  { items: 15, chars: 1_000 },
  { items: 5, chars: 300 },
  { items: 1, chars: 100 },
] as const;

/**
 * Plain JSON data of whatever an SDK or a tool returned: dates become text, members without a value go, and text that is
 * no Unicode becomes such, since nothing that is signed or hashed later could hold it.
 */
export function toJson(value: unknown): Json {
  const text = JSON.stringify(value);
  if (text === undefined) return null;
  // JSON.parse of JSON text yields JSON data.
  const data = JSON.parse(text) as Json;
  // JSON.stringify escapes a surrogate only when it stands alone.
  return /\\ud[89a-f]/.test(text) ? mapText(data, wellFormed) : data;
}

/** At most `chars` characters of `text`, and Unicode also where the cut goes through a character. */
export function clip(text: string, chars: number): string {
  return wellFormed(text.length <= chars ? text : text.slice(0, chars));
}

function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

function mapText(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => mapText(item, change));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [change(key), mapText(item, change)]));
}

/** JSON text of `value` with at most `maxBytes` bytes; long lists and texts are cut first and say by how much. */
export function boundedJson(value: Json, maxBytes: number): BoundedJson {
  const whole = JSON.stringify(value);
  if (Buffer.byteLength(whole) <= maxBytes) return { text: whole, truncated: false };
  for (const step of steps) {
    const text = JSON.stringify(shorten(value, step));
    if (Buffer.byteLength(text) <= maxBytes) return { text, truncated: true };
  }
  return { text: JSON.stringify('[too large to keep]'), truncated: true };
}

function shorten(value: Json, step: (typeof steps)[number]): Json {
  if (typeof value === 'string') {
    return value.length <= step.chars
      ? value
      : `${clip(value, step.chars)}[… ${value.length - step.chars} more characters]`;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const kept: Json[] = value.slice(0, step.items).map((item) => shorten(item, step));
    return value.length <= step.items ? kept : [...kept, `[… ${value.length - step.items} more items]`];
  }
  const entries = Object.entries(value);
  const kept = entries.slice(0, step.items).map(([key, item]): [string, Json] => [key, shorten(item, step)]);
  if (entries.length > step.items) kept.push(['…', `${entries.length - step.items} more members`]);
  return Object.fromEntries(kept);
}
