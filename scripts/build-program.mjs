// Bundles the command line and all it loads: one file to start with, and a part for whatever is loaded later (a command, an AWS client).
// A start reads a handful of files instead of two thousand. The code is not minified, and each part has its source map and what V8 made of it.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { awsClientParts } from './aws-client-parts.mjs';
import { writeParts } from './common-js-parts.mjs';
import { compileParts } from './compile-parts.mjs';
import { loadSource } from './load-source.mjs';

const root = path.resolve(import.meta.dirname, '..');

/**
 * Writes `entry`.js, which loads `parts/`, into `outDir`. The program takes the folder three above its first file for the package's own.
 * Resolves to esbuild's account of what went where.
 * @param {{ outDir?: string, entry?: string }} [options]
 */
export async function buildProgram({ outDir = path.join(root, 'dist'), entry = 'src/cli/main' } = {}) {
  const { toolDigests } = await loadSource('src/cli/tool-digests.ts');
  const { awsActions } = await loadSource('src/contract/aws.ts');
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [{ in: 'src/cli/main.ts', out: 'parts/main' }],
    outdir: outDir,
    chunkNames: 'parts/[name]-[hash]',
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    // The builds of packages that can be put together without what nobody calls.
    mainFields: ['module', 'main'],
    external: [
      // One is compiled for the machine, one reads its WebAssembly beside itself.
      '@cedar-policy/cedar-wasm',
      // Parts of Fastify that it loads for routes with schemas of its own kind, and for tests.
      '@fastify/ajv-compiler',
      '@fastify/fast-json-stringify-compiler',
      'light-my-request',
    ],
    // Of the very sources that are bundled, so that they cannot be those of another build.
    define: { LOCKKEEPER_TOOL_DIGESTS: JSON.stringify(toolDigests()) },
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    plugins: [
      awsClientParts({ root, operations: [...new Set(awsActions.map((action) => action.split(':')[1]))] }),
    ],
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  // The package's own says that its files are ES modules.
  mkdirSync(outDir, { recursive: true });
  writeFileSync(path.join(outDir, 'package.json'), '{ "type": "commonjs" }\n');
  const seenFrom = (file, other) => path.relative(path.dirname(file), other).split(path.sep).join('/');
  const entryFile = path.join(outDir, `${entry}.js`);
  const parts = path.join(outDir, 'parts');
  await writeParts({ folder: parts, outputFiles, entry: seenFrom(path.join(parts, 'main.js'), entryFile) });
  await build({
    absWorkingDir: root,
    entryPoints: ['src/cli/start.ts'],
    outfile: entryFile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    // The loader of ES modules, which is then not needed at all, takes a while to come up.
    format: 'cjs',
    banner: { js: "const LOCKKEEPER_URL = require('node:url').pathToFileURL(__filename).href;" },
    define: {
      LOCKKEEPER_PARTS: JSON.stringify(seenFrom(entryFile, parts)),
      'import.meta.url': 'LOCKKEEPER_URL',
    },
    logLevel: 'warning',
  });
  return metafile;
}

/** Writes the digest of the policies if they pass every check; if not, each start checks them again and says what is wrong. */
async function checkPolicies() {
  const file = path.join(root, 'dist', 'policies.sha256');
  rmSync(file, { force: true });
  const { loadPolicies, readPolicyDir, sourcesSha256 } = await loadSource('src/policy/policy-set.ts');
  const sources = await readPolicyDir(path.join(root, 'policies'));
  try {
    const set = await loadPolicies({ sources });
    set.close();
    writeFileSync(file, `${sourcesSha256(sources)}\n`);
  } catch (error) {
    process.stderr.write(`The policies do not load: ${error.message}\n`);
  }
}

/** Without the code the program starts as it should, only slower. */
async function compile() {
  const dist = path.join(root, 'dist');
  try {
    await compileParts({ entry: path.join(dist, 'src', 'cli', 'main.js'), folder: path.join(dist, 'parts') });
  } catch (error) {
    process.stderr.write(`The parts are not compiled, so each start is slower: ${error.message}\n`);
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await buildProgram();
  await checkPolicies();
  await compile();
}
