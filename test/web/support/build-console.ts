// Builds the console as `npm run build` does, into a folder of the test.

import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const script = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../scripts/build-web.mjs');

/** Bundles src/web into `outDir`. */
export async function buildConsole(outDir: string): Promise<void> {
  const code = `const { buildWeb } = await import(process.argv[1]); await buildWeb({ outDir: process.argv[2], minify: false });`;
  await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '-e',
    code,
    pathToFileURL(script).href,
    outDir,
  ]);
}
