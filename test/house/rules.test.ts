// Rules about the code itself, each with its reason beside it.

import { describe, expect, it } from 'vitest';
import { productFiles } from './source.ts';

const FILE_LINES_MAX = 300;
const FUNCTION_LINES_MAX = 70;

const files = productFiles();
const outside = (prefixes: readonly string[]) =>
  files.filter((file) => !prefixes.some((prefix) => file.path.startsWith(prefix)));
const runtimeImports = (pattern: RegExp) => (file: (typeof files)[number]) =>
  file.imports
    .filter((found) => !found.typeOnly && pattern.test(found.to))
    .map((found) => `${file.path} imports ${found.to}`);

describe('house rules', () => {
  it('only src/cli reads the environment, so that every other part is handed plain values', () => {
    expect(
      outside(['src/cli/environment.ts', 'src/cli/main.ts', 'src/cli/start.ts'])
        .filter((file) => /\bprocess\.(env|argv)\b/.test(code(file.text)))
        .map((file) => file.path),
    ).toEqual([]);
  });

  it('only src/node/aws makes AWS clients, so that no request can pass by the gateway', () => {
    expect(
      outside(['src/node/aws/', 'src/simulator/']).flatMap(runtimeImports(/^@aws-sdk\/|^@smithy\//)),
    ).toEqual([]);
  });

  it('only src/planner/model talks to a model', () => {
    expect(outside(['src/planner/model/']).flatMap(runtimeImports(/^@anthropic-ai\//))).toEqual([]);
  });

  it('no file starts a shell or another program, because every action is a typed call', () => {
    expect(files.flatMap(runtimeImports(/^node:child_process$/))).toEqual([]);
  });

  it(`files stay within ${FILE_LINES_MAX} lines, because a longer one has two jobs`, () => {
    // Tables of data are read by looking up a row, not from top to bottom.
    const tables = /^src\/simulator\/demo\/|-table\.ts$/;
    expect(
      files
        .filter((file) => file.lines > FILE_LINES_MAX && !tables.test(file.path))
        .map((file) => `${file.path}: ${file.lines}`),
    ).toEqual([]);
  });

  it(`functions stay within ${FUNCTION_LINES_MAX} lines`, () => {
    const long = files.flatMap((file) =>
      file.functions
        .filter((fn) => fn.lines > FUNCTION_LINES_MAX)
        .map((fn) => `${file.path}:${fn.line} ${fn.name}: ${fn.lines}`),
    );
    expect(long).toEqual([]);
  });

  it('modules hold no state, so that two hubs in one process are two hubs', () => {
    expect(
      files
        .filter((file) => file.path !== 'src/cli/main.ts' && file.moduleState.length > 0)
        .map((file) => `${file.path}: ${file.moduleState.join('; ')}`),
    ).toEqual([]);
  });

  it('exports have names', () => {
    expect(files.filter((file) => file.defaultExport).map((file) => file.path)).toEqual([]);
  });

  it('every file opens by saying what it owns', () => {
    expect(
      files.filter((file) => !/^(#!.*\n)?(\/\/|\/\*\*?)/.test(file.text)).map((file) => file.path),
    ).toEqual([]);
  });

  it('nothing is left unfinished or switched off', () => {
    const marks = /\b(TODO|FIXME|XXX|HACK)\b|@ts-ignore|@ts-nocheck|biome-ignore|eslint-disable/;
    expect(files.filter((file) => marks.test(file.text)).map((file) => file.path)).toEqual([]);
  });

  it('file names are kebab-case nouns, and none is a drawer for everything', () => {
    const bad = files.filter((file) => {
      const name = file.path.split('/').at(-1) ?? '';
      return (
        !/^[a-z0-9]+(-[a-z0-9]+)*(\.d)?\.tsx?$/.test(name) ||
        /\b(utils?|helpers?|common|misc)\b|manager/.test(name)
      );
    });
    expect(bad.map((file) => file.path)).toEqual([]);
  });
});

/** The text without comments and strings, as far as a rule about identifiers needs it. */
function code(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\/\/.*$/gm, '')
    .replace(/'[^'\n]*'/g, "''");
}
