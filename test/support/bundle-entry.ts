// Bundles a TypeScript entry so that a child process can run it with plain Node: dependencies stay in node_modules.
// The result is named by its content's path under node_modules/.cache, so that bare imports resolve as in the source.

import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { build } from 'esbuild';

const cacheDir = resolve(import.meta.dirname, '../../node_modules/.cache/lockkeeper-test');

/** Bundles `entryTs` (absolute, or relative to the working directory) and returns the path of the module to run. */
export async function bundleEntry(entryTs: string): Promise<string> {
  const entry = resolve(entryTs);
  mkdirSync(cacheDir, { recursive: true });
  const id = createHash('sha256').update(`${entry} ${process.pid}`).digest('hex').slice(0, 12);
  const outfile = join(cacheDir, `${basename(entry, '.ts')}-${id}.mjs`);
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: 'inline',
    logLevel: 'silent',
  });
  return outfile;
}
