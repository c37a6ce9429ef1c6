// What goes wrong at three in the morning: each time one clear sentence with the next step, and an exit code that is not 0.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { systemClock } from '../../src/kernel/clock.ts';
import { demoSnapshot } from '../../src/simulator/demo-account.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { destroyPageOf, makeLog } from '../audit/log.ts';
import { askJson, type Cli, openCli, type Running, upJson } from './cli-process.ts';

const ONE_LINE = /^[^\n]+\n$/;
const QUESTION = "Show me the status of the 'my-web-service' in the 'production-cluster'.";

describe('an account that does not answer as hoped', () => {
  let cli: Cli;
  let simulator: Simulator;
  let data: string;

  const ask = async (question: string) => {
    const { code, stdout, stderr } = await cli.run(['--data', data, 'ask', '--json', question]);
    expect(stderr).toBe('');
    return { code, answer: askJson.parse(JSON.parse(stdout)).answer };
  };
  const startUp = (env: Record<string, string>) => {
    data = cli.folder();
    return cli.start(['up', '--port', '0', '--data', data], upJson, { env });
  };
  const credentials = { AWS_ACCESS_KEY_ID: 'SIMULATED', AWS_SECRET_ACCESS_KEY: 'simulated' };
  const shell = (region = 'us-east-1') => ({
    ...credentials,
    AWS_REGION: region,
    AWS_ENDPOINT_URL: simulator.endpoint,
  });

  beforeAll(async () => {
    cli = await openCli();
    simulator = await startSimulator({ snapshot: demoSnapshot(systemClock.now()), clock: systemClock });
  });
  afterAll(async () => {
    await cli.close();
    await simulator.close();
  });

  async function closing<T>(up: Running<T>, body: () => Promise<void>): Promise<void> {
    try {
      await body();
    } finally {
      expect(await up.interrupt()).toBe(0);
    }
  }

  it('without credentials the hub starts, says what is missing, and questions end with 6', async () => {
    const up = await startUp({ AWS_REGION: 'us-east-1' });
    await closing(up, async () => {
      expect(up.said.problem).toMatch(
        /^No AWS credentials were found .* Set AWS_PROFILE or AWS_ACCESS_KEY_ID/,
      );
      const { code, answer } = await ask(QUESTION);
      expect(answer).toMatch(/No AWS credentials were found for this node\. Set AWS_PROFILE/);
      expect(code).toBe(6);
      const doctor = await cli.run(['--data', data, 'doctor']);
      expect(doctor.stdout).toMatch(/✗ credentials +No AWS credentials .* Set AWS_PROFILE/);
      expect(doctor.code).toBe(6);
    });
  });

  it('without a region questions say which variable to set', async () => {
    const up = await startUp(credentials);
    await closing(up, async () => {
      expect(up.said.problem).toMatch(/^No AWS region is set .* Set AWS_REGION/);
      expect(await ask(QUESTION)).toMatchObject({ code: 6, answer: expect.stringMatching(/Set AWS_REGION/) });
      const doctor = await cli.run(['--data', data, 'doctor']);
      expect(doctor.stdout).toMatch(/^! AWS region +not set in this shell; set AWS_REGION/m);
    });
  });

  it('in another region the cluster is not found, and the answer names account and region', async () => {
    const up = await startUp(shell('eu-west-3'));
    await closing(up, async () => {
      const { code, answer } = await ask(QUESTION);
      expect(answer).toMatch(/no cluster (named )?production-cluster/);
      expect(answer).toContain('eu-west-3');
      expect(code).toBe(3);
    });
  });

  describe('with a node that works', () => {
    let up: Running<z.infer<typeof upJson>>;
    beforeAll(async () => {
      up = await startUp(shell());
    });
    afterAll(async () => {
      await up.interrupt();
    });

    it('says plainly that requests go elsewhere than AWS, in doctor and in the log', async () => {
      const doctor = await cli.run(['--data', data, 'doctor']);
      expect(doctor.stdout).toContain(`requests go to ${simulator.endpoint}`);
      const found = await cli.run(['--data', data, 'audit', 'search', 'event:endpoint.overridden']);
      expect(found.stdout).toContain(simulator.endpoint);
    });

    it('Ctrl-C ends the waiting, not the work', async () => {
      simulator.inject.latency('ecs:*', 60_000);
      try {
        const { code, stderr } = await cli.interrupt(['--data', data, 'ask', QUESTION], /diagnose service/);
        expect(stderr).toMatch(/the hub goes on/);
        expect(code).toBe(130);
      } finally {
        simulator.inject.clear();
      }
    });

    it.each([
      [
        'denies',
        (inject: Simulator['inject']) => inject.deny('ecs:*'),
        /ecs:DescribeServices.*(AccessDenied|not authorized)|may not|denied/i,
      ],
      ['throttles', (inject: Simulator['inject']) => inject.throttle('ecs:*'), /[Tt]hrottl/],
    ])('says so when AWS %s', async (_, trouble, says) => {
      trouble(simulator.inject);
      try {
        const { code, answer } = await ask(QUESTION);
        expect(answer).toMatch(says);
        expect(code).toBe(5);
      } finally {
        simulator.inject.clear();
      }
    });
  });
});

describe('a data folder that is not what it should be', () => {
  let cli: Cli;
  beforeAll(async () => {
    cli = await openCli();
  });
  afterAll(() => cli.close());

  it.each([
    [
      'config.yaml',
      'tls: [',
      ['hub', 'start', '--port', '0'],
      6,
      /config\.yaml is not valid at line \d+: .* Correct the file/,
    ],
    ['config.yaml', 'colour: red', ['up', '--demo', '--port', '0'], 6, /Unrecognized key: "colour"/],
    [
      'hub.key',
      'garbage',
      ['hub', 'start', '--port', '0'],
      6,
      /hub\.key is damaged: .* Restore it from a backup/,
    ],
    [
      'lockkeeper.db',
      'garbage '.repeat(1_000),
      ['hub', 'start', '--port', '0'],
      6,
      /lockkeeper\.db is damaged: .* backup/,
    ],
    [
      'run.json',
      '{{{',
      ['ask', 'hi'],
      5,
      /No hub is running in the data folder .* Start one with `npx lockkeeper up`/,
    ],
  ])(
    'a damaged %s stops the command with the file and the next step',
    async (file, content, args, exit, says) => {
      const data = cli.folder();
      mkdirSync(data);
      writeFileSync(path.join(data, file), content);
      const { code, stdout, stderr } = await cli.run(['--data', data, ...args]);
      expect(stderr).toMatch(ONE_LINE);
      expect(stderr).toMatch(says);
      expect(stdout).toBe('');
      expect(code).toBe(exit);
    },
  );

  it('a database with a destroyed page is told by doctor and audit verify, with the file and the next step', async () => {
    const { dir, files } = await makeLog(60);
    try {
      expect(await cli.run(['--data', dir, 'doctor'])).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/audit log +intact, 60 records/),
      });
      destroyPageOf(files.database, 'evidence');
      for (const args of [['doctor'], ['audit', 'verify']]) {
        const { code, stdout } = await cli.run(['--data', dir, ...args]);
        expect(stdout).toMatch(
          /lockkeeper\.db: damaged\. the records verify, but .* put your last backup in its place\./,
        );
        expect(code).toBe(6);
      }
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it.each([[['up', '--demo', '--port', '0']], [['hub', 'start', '--port', '0']], [['node', 'start']]])(
    '%j does not start in a place that cannot be written',
    async (args) => {
      const file = cli.folder();
      writeFileSync(file, 'a file, not a folder');
      const { code, stderr } = await cli.run(['--data', path.join(file, 'data'), ...args]);
      expect(stderr).toMatch(ONE_LINE);
      expect(stderr).toMatch(/The data folder .* cannot be written: .* choose another with --data\./);
      expect(code).toBe(6);
    },
  );
});
