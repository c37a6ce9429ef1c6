// Rows of a difference between settings: what stays, and what goes with what comes in its place.

import type { DiffRow } from '../src/contract/tool.ts';

export interface Setting {
  /** What people call it. */
  readonly name: string;
  readonly before: string | number;
  /** Undefined when it stays as it is. */
  readonly after: string | number | undefined;
  /** Shown beside the new value. */
  readonly note?: string;
}

/** One row for a setting that stays, two for one that changes. */
export function settingRows(settings: readonly Setting[]): DiffRow[] {
  return settings.flatMap(({ name, before, after, note }): DiffRow[] =>
    after === undefined || after === before
      ? [{ sign: ' ', cells: [name, String(before), 'unchanged'] }]
      : [
          { sign: '-', cells: [name, String(before), ''] },
          { sign: '+', cells: [name, String(after), note ?? ''] },
        ],
  );
}
