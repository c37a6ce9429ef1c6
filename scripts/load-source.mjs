// Imports a TypeScript module of the sources as it is now, whether or not `npm run build` ran.

import { rm } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Bundles `entry` (a path in the repository) into a module that plain Node runs; the caller removes it. */
export async function bundleSource(entry) {
  const name = `${entry.replaceAll('/', '-')}.${process.pid}.mjs`;
  const outfile = path.join(root, 'node_modules/.cache/lockkeeper', name);
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  return outfile;
}

/** The exports of `entry`. Each call bundles anew: two entries share no classes. */
export async function loadSource(entry) {
  const outfile = await bundleSource(entry);
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(outfile);
  }
}
