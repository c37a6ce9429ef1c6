// The package under the store, on whatever Node runs this.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const WAIT_MS = 60_000;

test(
  'a statement that nobody holds is collected while nothing runs, and the process lives on',
  async () => {
    // The engine tidies up by itself once a process that used much memory has been idle for some seconds.
    const { outputFiles } = await build({
      stdin: {
        contents: `
          import { Sqlite } from './src/kernel/sqlite.ts';
          const db = new Sqlite(':memory:');
          const held = [];
          for (let round = 0; round < 40; round++) {
            for (let i = 0; i < 2_000; i++) {
              db.prepare('SELECT 1').get();
              held.push(new Array(200).fill(i));
            }
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
          held.length = 0;
          await new Promise((resolve) => setTimeout(resolve, 12_000));
        `,
        resolveDir: process.cwd(),
      },
      bundle: true,
      write: false,
      platform: 'node',
      format: 'esm',
      define: { 'import.meta.url': JSON.stringify(`file://${path.join(process.cwd(), 'package.json')}`) },
    });
    const child = spawn(process.execPath, ['--input-type=module', '-']);
    child.stdin.end(outputFiles[0]?.text ?? '');
    expect(await once(child, 'close')).toEqual([0, null]);
  },
  WAIT_MS,
);
