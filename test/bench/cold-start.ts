// Bench row: from nothing running to the first answer, against one `aws` command in the same run.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createHubClient } from '../../src/cli/hub-client.ts';
import { readRunFile } from '../../src/cli/run-file.ts';
import { takeTurn } from '../../src/cli/turn.ts';
import { packageDir } from './governed-path.ts';
import { median, ms, type Row, timed } from './measure.ts';

const RUNS = 5;
const TARGET = 2;

/** Null when the `aws` command is not installed: there is nothing to compare with. */
export async function coldStartRow(endpoint: string): Promise<Row | null> {
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'SIMULATED',
    AWS_SECRET_ACCESS_KEY: 'simulated',
  };
  delete (env as { ANTHROPIC_API_KEY?: string }).ANTHROPIC_API_KEY;
  const aws = () =>
    spawnSync(
      'aws',
      [
        '--endpoint-url',
        endpoint,
        'ecs',
        'describe-services',
        '--cluster',
        'production-cluster',
        '--services',
        'my-web-service',
      ],
      { env },
    );
  if (aws().status !== 0) return null;
  const times = { ours: [] as number[], aws: [] as number[] };
  for (let run = 0; run < RUNS; run++) {
    times.aws.push(await timed(async () => aws()));
    times.ours.push(await firstAnswer(env));
  }
  const [ours, floor] = [median(times.ours), median(times.aws)];
  return {
    name: 'cold start of hub and node → first answer, p50',
    value: ms(ours),
    floor: `${ms(floor)} one aws command`,
    ratio: ours / floor,
    target: `≤ ${TARGET}×`,
    met: ours / floor <= TARGET,
  };
}

async function firstAnswer(env: NodeJS.ProcessEnv): Promise<number> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'lockkeeper-cold-'));
  let child: ChildProcess | null = null;
  try {
    return await timed(async () => {
      child = spawn(
        process.execPath,
        [
          path.join(packageDir, 'dist', 'src', 'cli', 'main.js'),
          'up',
          '--json',
          '--port',
          '0',
          '--data',
          dataDir,
        ],
        { env, stdio: ['ignore', 'pipe', 'inherit'] },
      );
      await new Promise((resolve) => child?.stdout?.once('data', resolve));
      const run = readRunFile(dataDir);
      if (run === null) throw new Error('the hub left no run file');
      const turn = await takeTurn(createHubClient(run.url, run.token), {
        conversation: null,
        text: 'status of my-web-service in production-cluster',
        onEvent: () => {},
      });
      if (!turn.events.some((event) => event.type === 'answer')) throw new Error('there was no answer');
    });
  } finally {
    const ended = new Promise((resolve) => child?.once('exit', resolve));
    // Assigned inside the measured function, which the compiler does not follow.
    (child as ChildProcess | null)?.kill('SIGTERM');
    await ended;
    rmSync(dataDir, { recursive: true, force: true });
  }
}
