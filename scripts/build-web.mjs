// Bundles the web console into a folder: index.html, app-[hash].js, app-[hash].css. Nothing inline, nothing loaded from elsewhere.
// The page works under the hub's strict content policy, so the HTML holds a script and a stylesheet by name and no more.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const web = path.join(root, 'src', 'web');

/**
 * Builds the console into `outDir`, which is emptied first. Returns the names of the files written.
 * @param {{ outDir?: string, minify?: boolean }} [options]
 */
export async function buildWeb({ outDir = path.join(root, 'dist', 'web'), minify = true } = {}) {
  rmSync(outDir, { recursive: true, force: true });
  mkdirSync(outDir, { recursive: true });
  const { metafile } = await build({
    entryPoints: { app: path.join(web, 'main.tsx') },
    outdir: outDir,
    entryNames: '[name]-[hash]',
    bundle: true,
    format: 'esm',
    target: ['chrome123', 'firefox128', 'safari17.5'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify,
    sourcemap: false,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    absWorkingDir: root,
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  const names = Object.keys(metafile.outputs).map((file) => path.basename(file));
  const script = names.find((name) => name.endsWith('.js'));
  const style = names.find((name) => name.endsWith('.css'));
  if (script === undefined || style === undefined)
    throw new Error(`the bundle lacks a part: ${names.join(', ')}`);
  const page = readFileSync(path.join(web, 'index.html'), 'utf8')
    .replace('%script%', `/${script}`)
    .replace('%style%', `/${style}`);
  writeFileSync(path.join(outDir, 'index.html'), page);
  return ['index.html', script, style];
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const started = performance.now();
  const files = await buildWeb({ minify: !process.argv.includes('--no-minify') });
  process.stderr.write(`${files.join(' ')} in ${Math.round(performance.now() - started)} ms\n`);
}
