// The loader of the shipped program's parts: what V8 compiled before is taken for the very same text, and for no other.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createParts } from '../../src/cli/parts.ts';

let folder: string;
const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'lockkeeper-parts-'));
  write(
    'main.js',
    "const other = require('./other.js'); exports.sum = () => other.one() + 1; exports.path = require('node:path');",
  );
  write('other.js', "exports.one = () => 1; exports.main = require('./main.js');");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What the parts say together, and which of them had to be compiled. */
function run(): { sum: unknown; compiled: readonly string[]; write: () => void } {
  const parts = createParts(folder);
  const main = parts.load('main.js') as { sum(): number };
  return { sum: main.sum(), compiled: parts.compiled(), write: () => parts.writeCode() };
}

it('loads parts that name each other, packages and modules of Node', () => {
  const parts = createParts(folder);
  const main = parts.load('main.js') as { path: unknown };
  expect(main.path).toBe(path);
  expect(parts.load('other.js')).toMatchObject({ main });
});

it('compiles nothing again that was compiled before', () => {
  const first = run();
  expect(first).toMatchObject({ sum: 2, compiled: ['main.js', 'other.js'] });
  first.write();
  expect(run()).toMatchObject({ sum: 2, compiled: [] });
});

it('takes no code for a text that was changed since, even to one of the same length', () => {
  run().write();
  write('other.js', readFileSync(path.join(folder, 'other.js'), 'utf8').replace('=> 1', '=> 5'));
  expect(run()).toMatchObject({ sum: 6, compiled: ['other.js'] });
});

it.each([
  ['cut off', (code: Buffer) => code.subarray(0, code.length - 40)],
  [
    'damaged',
    (code: Buffer) => Buffer.from(code.map((byte, at) => (at === code.length - 40 ? byte ^ 1 : byte))),
  ],
  ['empty', () => Buffer.alloc(0)],
])('takes no code that is %s', (_, broken) => {
  run().write();
  const file = path.join(folder, 'other.js.code');
  writeFileSync(file, broken(readFileSync(file)));
  expect(run()).toMatchObject({ sum: 2, compiled: ['other.js'] });
});
