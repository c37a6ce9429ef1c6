// Plain aligned columns for lists.

import { oneLine } from './terminal.ts';

/** Rows under a head, columns aligned, the last one cut at `width` characters. Cells are made harmless here. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const all = [head, ...rows.map((row) => row.map(oneLine))];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) => {
    const line = row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ');
    return line.length > width ? `${line.slice(0, Math.max(width - 1, 20))}…` : line;
  });
}
