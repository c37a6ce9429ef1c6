// `npm test`: installs and builds what is missing, runs every test, ends with one plain line of counts.
// Arguments are passed to the test runner: `npm test -- test/audit`.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureBuilt, ensureInstalled, requireNode, root } from './setup.mjs';

requireNode();
await ensureInstalled();
await ensureBuilt();

const folder = mkdtempSync(path.join(os.tmpdir(), 'lockkeeper-test-'));
const report = path.join(folder, 'report.json');
const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
const code = await new Promise((resolve) => {
  spawn(
    process.execPath,
    [
      vitest,
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...process.argv.slice(2),
    ],
    { cwd: root, stdio: 'inherit' },
  ).on('close', (status) => resolve(status ?? 1));
});
const { numPassedTests = 0, numFailedTests = 0, numTotalTests = 0 } = readReport();
rmSync(folder, { recursive: true, force: true });
console.log(`${numPassedTests} passed, ${numFailedTests} failed`);
process.exit(code === 0 && numTotalTests === 0 ? 1 : code);

function readReport() {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return {};
  }
}
