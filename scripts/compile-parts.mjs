// Has V8 compile the parts of the program: the program runs as its users will run it, against a simulated account, and what V8 made of each
// part by then is written down beside it (src/cli/parts.ts). A start takes that instead of compiling the sources again.
// Called with arguments, this file is such a run.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleSource, loadSource } from './load-source.mjs';

const QUESTION = 'status of my-web-service in production-cluster';
const RUN_MS = 60_000;

/** Throws when the program does not answer a question. `entry` is the file that users start, `folder` its parts. */
export async function compileParts({ entry, folder }) {
  const home = mkdtempSync(path.join(os.tmpdir(), 'lockkeeper-build-'));
  const loader = await bundleSource('src/cli/parts.ts');
  const { demoSnapshot } = await loadSource('src/simulator/demo-account.ts');
  const { startSimulator } = await loadSource('src/simulator/simulator.ts');
  const account = await startSimulator({ snapshot: demoSnapshot(Date.now()), static: true });
  try {
    const run = (...args) =>
      startRun([loader, folder, entry, '--data', path.join(home, 'data'), ...args], {
        PATH: process.env.PATH,
        HOME: home,
        AWS_ENDPOINT_URL: account.endpoint,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'SIMULATED',
        AWS_SECRET_ACCESS_KEY: 'simulated',
      });
    const up = run('up', '--json', '--port', '0');
    await up.spoke;
    const asked = run('ask', '--json', QUESTION);
    await asked.ended;
    up.interrupt();
    await up.ended;
    // The simulated account of the program itself, too.
    const demo = run('up', '--demo', '--json', '--port', '0');
    await demo.spoke;
    demo.interrupt();
    await demo.ended;
  } finally {
    await account.close();
    rmSync(home, { recursive: true, force: true });
    rmSync(loader);
  }
}

function startRun(args, env) {
  const child = spawn(process.execPath, [import.meta.filename, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: RUN_MS,
  });
  const ended = new Promise((resolve, reject) => {
    child.on('close', (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`The program ended with ${code} while its parts were compiled.`)),
    );
  });
  const spoke = new Promise((resolve) => child.stdout.once('data', resolve));
  // Read to its end, so that a full pipe holds nothing up.
  child.stdout.resume();
  return { ended, spoke: Promise.race([spoke, ended]), interrupt: () => child.kill('SIGINT') };
}

const [loader, folder, entry, ...args] = process.argv.slice(2);
if (loader !== undefined && import.meta.filename === process.argv[1]) {
  const { createParts } = await import(pathToFileURL(loader).href);
  process.argv.splice(1, process.argv.length, entry, ...args);
  const parts = createParts(folder);
  process.on('exit', () => parts.writeCode());
  parts.load('main.js');
}
