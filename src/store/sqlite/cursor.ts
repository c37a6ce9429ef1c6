// Cursors of lists ordered newest first by (time, id): opaque to callers, checked when they come back.

import { fail } from '../../contract/errors.ts';
import type { Page } from '../port.ts';

export interface Place {
  readonly atMs: number;
  readonly id: string;
}

/** Before every place there is; where a list without a cursor begins. */
const newest: Place = { atMs: Number.MAX_SAFE_INTEGER, id: '' };

/** The place a cursor stands for. Throws `input-invalid` unless a page of ours gave it out. */
export function readCursor(cursor: string | null): Place {
  if (cursor === null) return newest;
  const text = cursor.length <= 200 ? Buffer.from(cursor, 'base64url').toString('utf8') : '';
  const match = /^(\d{1,15}) ([\w:.-]{1,100})$/.exec(text);
  if (match === null)
    throw fail('input-invalid', { where: 'cursor', detail: 'it is not one that a page gave out' });
  return { atMs: Number(match[1]), id: match[2] ?? '' };
}

/** The page of up to `limit` items out of `rows`, which were read with `limit + 1`. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  read: { item(row: Row): Item; place(row: Row): Place },
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items: shown.map(read.item), next: more ? writeCursor(read.place(last)) : null };
}

function writeCursor(place: Place): string {
  return Buffer.from(`${place.atMs} ${place.id}`, 'utf8').toString('base64url');
}
