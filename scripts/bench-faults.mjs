// `npm run bench:faults`: breaks made-up accounts, scores the playbook on them, and writes docs/benchmark.md.
// Arguments go to `lockkeeper bench`: `npm run bench:faults -- --count 100`.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureBuilt, ensureInstalled, requireNode, root } from './setup.mjs';

requireNode();
await ensureInstalled();
await ensureBuilt();
const folder = mkdtempSync(path.join(os.tmpdir(), 'lockkeeper-bench-page-'));
const table = path.join(folder, 'table.md');
const given = process.argv.slice(2);
const defaults = [
  ['--seed', '1'],
  ['--count', '400'],
].flatMap(([name, value]) => (given.includes(name) ? [] : [name, value]));
const cli = path.join(root, 'dist', 'src', 'cli', 'main.js');
const code = await new Promise((resolve) => {
  spawn(
    process.execPath,
    [cli, 'bench', ...defaults, ...given, '--fresh', '--data', folder, '--markdown', table],
    { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
  ).on('close', (status) => resolve(status ?? 1));
});
const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root }).stdout.toString().trim();
writeFileSync(
  path.join(root, 'docs', 'benchmark.md'),
  `# Benchmark

How often the built-in playbook finds the cause, and what its fixes do, on simulated accounts that were broken on purpose. The truth is the
fault that was put in and what the account does afterwards, never the answer's own words. Times are of a machine with ${os.cpus().length} processors.
Made by \`npm run bench:faults\` at commit ${commit} on ${new Date().toISOString().slice(0, 10)}; the same seed makes the same accounts.

${readFileSync(table, 'utf8')}`,
);
rmSync(folder, { recursive: true, force: true });
console.error('docs/benchmark.md');
process.exit(code);
