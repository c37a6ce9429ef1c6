// Makes a fresh clone usable: packages installed for this Node, sources compiled. Both are skipped when up to date, and done by
// one process at a time.
// Plain JavaScript without dependencies, because it runs before anything is installed.

import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { alone } from './setup-lock.mjs';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const stampOf = (name) => path.join(root, 'node_modules', `.lockkeeper-${name}`);

/** Stops with one sentence when this Node cannot run the product. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(
    `lockkeeper needs Node.js 20.19 or newer; this is ${process.version}. Install it from https://nodejs.org.`,
  );
  process.exit(6);
}

/** Installs what package-lock.json asks for, unless that very set is there for this Node's ABI. */
export async function ensureInstalled() {
  const wanted = digest([
    readFileSync(path.join(root, 'package-lock.json')),
    process.versions.modules,
    process.arch,
  ]);
  const isInstalled = () => readIfThere(stampOf('installed')) === wanted;
  if (isInstalled()) return;
  await alone(root, async (busyWith) => {
    // Whoever was waited for may have done it.
    if (isInstalled()) return;
    if (!installedByHand())
      await step(
        {
          title:
            'Installing packages (first start only; one of them may be compiled, which takes about a minute)',
          command: 'npm',
          args: ['ci', '--no-audit', '--no-fund', '--loglevel=error'],
        },
        busyWith,
      );
    writeFileSync(stampOf('installed'), wanted);
  });
}

/** Whether somebody ran `npm install` or `npm ci` for this lock file and this Node: then there is nothing to do again. */
function installedByHand() {
  const hidden = path.join(root, 'node_modules', '.package-lock.json');
  if (
    !existsSync(hidden) ||
    statSync(hidden).mtimeMs < statSync(path.join(root, 'package-lock.json')).mtimeMs
  )
    return false;
  // Only opening a database shows whether the native part was built for this Node's ABI. The package is the one that `src/kernel/sqlite.ts` takes.
  const sqlite = Number(process.versions.napi) >= 10 ? 'better-sqlite3-node-api' : 'better-sqlite3';
  const probe = `import('${sqlite}').then((m) => new m.default(':memory:'))`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', probe], { cwd: root }).status === 0;
}

/** Bundles the program and the web page into dist/, unless dist/ is of these very sources. */
export async function ensureBuilt() {
  if (isBuilt()) return;
  await alone(root, async (busyWith) => {
    if (!isBuilt()) await bundle(busyWith);
  });
}

export async function build() {
  await alone(root, bundle);
}

function isBuilt() {
  return readIfThere(path.join(root, 'dist', '.built')) === sourcesDigest();
}

async function bundle(busyWith) {
  const wanted = sourcesDigest();
  rmSync(path.join(root, 'dist'), { recursive: true, force: true });
  const node = (title, script) =>
    step({ title, command: process.execPath, args: [path.join(root, 'scripts', script)] }, busyWith);
  await node('Bundling the program', 'build-program.mjs');
  await node('Bundling the web page', 'build-web.mjs');
  mkdirSync(path.join(root, 'dist'), { recursive: true });
  writeFileSync(path.join(root, 'dist', '.built'), wanted);
}

/** Runs a command to its end, its output to stderr, with a sign of life every ten seconds. Exits when it fails. */
async function step({ title, command, args }, busyWith) {
  const started = Date.now();
  const seconds = () => ((Date.now() - started) / 1000).toFixed(1);
  process.stderr.write(`${title} …\n`);
  const alive = setInterval(() => process.stderr.write(`  still at it, ${seconds()} s\n`), 10_000);
  const code = await new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32' && command === 'npm',
    });
    if (child.pid !== undefined) busyWith(child.pid);
    child.on('error', (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      resolve(1);
    });
    child.on('close', resolve);
  });
  clearInterval(alive);
  if (code !== 0) {
    process.stderr.write(`${title}: failed after ${seconds()} s; what went wrong stands above.\n`);
    process.exit(6);
  }
  process.stderr.write(`  done in ${seconds()} s\n`);
}

function sourcesDigest() {
  const parts = [
    'package-lock.json',
    'package.json',
    'tsconfig.json',
    'scripts/build-program.mjs',
    'scripts/aws-client-parts.mjs',
    'scripts/common-js-parts.mjs',
    'scripts/compile-parts.mjs',
    'scripts/build-web.mjs',
  ]
    .map((name) => path.join(root, name))
    .filter(existsSync)
    .concat(files(path.join(root, 'src')), files(path.join(root, 'tools')))
    .map((file) => {
      const { size, mtimeMs } = statSync(file);
      return `${path.relative(root, file)} ${size} ${mtimeMs}`;
    });
  // The program comes with what this V8 made of it.
  return digest([...parts, process.version, process.arch]);
}

function files(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

function digest(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\n');
  return hash.digest('hex');
}

function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}
