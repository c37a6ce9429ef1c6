// Loads the parts of the program as it is shipped, each with the code that V8 made of it in the build, beside it as `NAME.code`: reading
// and compiling the sources was a quarter of a start. Such code is used for exactly the text and the V8 it was made of; without it a
// part is compiled as any other file.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import v8 from 'node:v8';
import vm from 'node:vm';
import { setEngineFlags } from '../policy/engine-flags.ts';

const DIGEST_BYTES = 32;
/**
 * How often a regular expression runs on short texts before V8 makes machine code of it. V8's own number is one, and hundreds of them look
 * at two or three lines before the first answer.
 */
const REGEXP_RUNS = 20;
/**
 * How much a function runs before the V8 of Node 20 optimises it: four times its own number, with which a tenth of the processor time of
 * a start, and a fifth of that of the first sixty questions, goes into optimising what then hardly runs.
 */
const TIERING_BUDGET = 270_000;
// The two ends that Node itself puts around a module of CommonJS, on the lines of the text.
const HEAD = '(function (exports, require, module, __filename, __dirname) { ';
const TAIL = '\n})';

type Factory = (
  exports: unknown,
  require: (id: string) => unknown,
  module: { exports: unknown },
  filename: string,
  dirname: string,
) => void;

export interface Parts {
  /** The exports of a part, which runs when it is asked for the first time. */
  load(name: string): unknown;
  /** The parts loaded so far that V8 had to compile now. */
  compiled(): readonly string[];
  /** Writes down the code of every part loaded so far, with all functions that ran. */
  writeCode(): void;
}

/** `folder` holds the parts: modules of CommonJS in ASCII, which name each other as `./NAME`. */
export function createParts(folder: string): Parts {
  // V8 takes code only under the flags it was made under, so they must not change in between.
  setEngineFlags();
  v8.setFlagsFromString(`--regexp-tier-up-ticks=${REGEXP_RUNS}`);
  // Later ones have no flag of this name, and say so on the terminal.
  if (process.versions.v8.startsWith('11.')) v8.setFlagsFromString(`--interrupt-budget=${TIERING_BUDGET}`);
  const modules = new Map<string, { exports: unknown }>();
  const scripts = new Map<string, { text: Buffer; script: vm.Script }>();
  const compiled: string[] = [];
  const packages = createRequire(path.join(folder, 'parts.js'));
  const load = (name: string): unknown => {
    const known = modules.get(name);
    if (known !== undefined) return known.exports;
    const module: { exports: unknown } = { exports: {} };
    modules.set(name, module);
    const file = path.join(folder, name);
    const text = readFileSync(file);
    const code = codeOf(file, text);
    // ASCII, which is read several times faster as what it is than as UTF-8.
    const source = `${HEAD}${text.toString('latin1')}${TAIL}`;
    const script = new vm.Script(source, { filename: file, cachedData: code });
    if (code === undefined || script.cachedDataRejected === true) compiled.push(name);
    scripts.set(file, { text, script });
    // The text around a part, above, makes it a function of these parameters.
    const run = script.runInThisContext() as Factory;
    run(module.exports, requireFrom, module, file, folder);
    return module.exports;
  };
  const requireFrom = Object.assign(
    (id: string): unknown => (id.startsWith('./') ? load(id.slice(2)) : packages(id)),
    { resolve: packages.resolve, cache: packages.cache, main: packages.main },
  );
  return {
    load,
    compiled: () => compiled,
    writeCode() {
      for (const [file, { text, script }] of scripts) {
        const code = script.createCachedData();
        writeFileSync(`${file}.code`, Buffer.concat([digest(text, code), code]));
      }
    },
  };
}

/**
 * What the build left for `file`, if it was made of this text and is whole. V8 itself refuses the code of another V8 or other flags; of the
 * text it knows the length, and code that is damaged it runs.
 */
function codeOf(file: string, text: Buffer): Buffer | undefined {
  if (!existsSync(`${file}.code`)) return undefined;
  const bytes = readFileSync(`${file}.code`);
  const code = bytes.subarray(DIGEST_BYTES);
  return bytes.subarray(0, DIGEST_BYTES).equals(digest(text, code)) ? code : undefined;
}

function digest(text: Buffer, code: Buffer): Buffer {
  return createHash('sha256').update(text).update(code).digest();
}
