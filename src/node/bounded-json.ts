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

/** Plain JSON data of whatever an SDK or a tool returned: dates become text, members without a value go. */
export function toJson(value: unknown): Json {
  const text = JSON.stringify(value);
  if (text === undefined) return null;
  // JSON.parse of JSON text yields JSON data.
  return JSON.parse(text) as Json;
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
      : `${value.slice(0, step.chars)}[… ${value.length - step.chars} more characters]`;
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
