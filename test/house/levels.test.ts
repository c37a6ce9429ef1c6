// The rooms of the house: imports point downward only, rooms on one level do not know each other, nothing goes in circles.

import { describe, expect, it } from 'vitest';
import { productFiles } from './source.ts';

/** Each room with its level. A room may import rooms of lower levels and itself. */
const rooms: readonly (readonly [prefix: string, level: number])[] = [
  ['src/kernel/', 0],
  ['src/contract/', 1],
  ['src/diagnosis/', 2],
  ['src/store/', 2],
  // The composite tools run diagnosis, so tools stand half a level above it.
  ['tools/', 2.5],
  ['src/catalog/', 3],
  ['src/policy/', 3],
  ['src/planner/', 3],
  ['src/approval/', 3],
  ['src/audit/', 3],
  ['src/link/', 3.5],
  ['src/dispatch/', 4],
  ['src/hub/', 5],
  ['src/node/', 5],
  ['src/cli/', 6],
];

/** Rooms beside the levels, with the only rooms they may import and the only rooms that may import them. */
const aside = [
  { room: 'src/simulator/', mayImport: ['src/kernel/', 'src/contract/'], importedBy: ['src/cli/'] },
  { room: 'src/web/', mayImport: ['src/contract/'], importedBy: [] },
];

const files = productFiles();
const roomOf = (path: string) => rooms.find(([prefix]) => path.startsWith(prefix));
const asideOf = (path: string) => aside.find(({ room }) => path.startsWith(room));

describe('the levels of the house', () => {
  it('finds a room for every file', () => {
    const homeless = files
      .map((file) => file.path)
      .filter((path) => roomOf(path) === undefined && asideOf(path) === undefined);
    expect(homeless).toEqual([]);
  });

  it('imports point downward, and rooms of one level do not import each other', () => {
    const wrong = files.flatMap((file) => {
      const from = roomOf(file.path);
      if (from === undefined) return [];
      return file.imports
        .filter((found) => found.own)
        .filter((found) => {
          const to = roomOf(found.to);
          return to === undefined
            ? asideOf(found.to)?.importedBy.includes(from[0]) !== true
            : to[0] !== from[0] && to[1] >= from[1];
        })
        .map((found) => `${file.path} imports ${found.to}`);
    });
    expect(wrong).toEqual([]);
  });

  it('the rooms aside import only what they may', () => {
    const wrong = files.flatMap((file) => {
      const from = asideOf(file.path);
      if (from === undefined) return [];
      return file.imports
        .filter(
          (found) =>
            found.own && ![from.room, ...from.mayImport].some((prefix) => found.to.startsWith(prefix)),
        )
        .map((found) => `${file.path} imports ${found.to}`);
    });
    expect(wrong).toEqual([]);
  });

  it('has no import cycle', () => {
    expect(cycles()).toEqual([]);
  });
});

function cycles(): string[] {
  const edges = new Map(
    files.map((file) => [
      file.path,
      file.imports.filter((found) => found.own && !found.typeOnly).map((found) => found.to),
    ]),
  );
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      found.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      return;
    }
    if (done.has(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  return found;
}
