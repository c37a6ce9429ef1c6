// Going from one incident of the demo to another while it runs, as the page does it.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { z } from 'zod';
import { scenarioList } from '../../src/contract/api.ts';
import { askJson, type Cli, openCli, type Running, upJson } from './cli-process.ts';

let cli: Cli;
let data: string;
let up: Running<z.infer<typeof upJson>>;

beforeAll(async () => {
  cli = await openCli();
  data = cli.folder();
  up = await cli.start(['up', '--demo', '--port', '0', '--data', data], upJson);
});
afterAll(() => cli.close());

async function demo(scenario?: string): Promise<{ status: number; body: unknown }> {
  const { token } = JSON.parse(readFileSync(path.join(data, 'run.json'), 'utf8'));
  const response = await fetch(`${up.said.url}/api/v1/demo`, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(scenario === undefined ? {} : { method: 'POST', body: JSON.stringify({ scenario }) }),
  });
  return { status: response.status, body: await response.json() };
}

it('puts the account of another incident in the place of this one, on record', async () => {
  const first = scenarioList.parse((await demo()).body);
  expect(first.current.name).toBe('database-timeout');
  const { status, body } = await demo('image-tag');
  expect(status).toBe(200);
  const { current } = scenarioList.parse(body);
  expect(current.name).toBe('image-tag');
  const { stdout } = await cli.run(['--data', data, 'ask', '--json', current.questions[0] ?? '']);
  expect(askJson.parse(JSON.parse(stdout)).answer).toMatch(/cause is proven.*image/is);
  const audit = await cli.run(['--data', data, 'audit', 'search', 'event:demo.switched', '--json']);
  expect(audit.stdout).toContain('image-tag');
  expect((await cli.run(['--data', data, 'audit', 'verify'])).code).toBe(0);
});

it('refuses a name that is none, and keeps what is shown', async () => {
  const before = scenarioList.parse((await demo()).body).current;
  const { status, body } = await demo('../etc');
  expect(status).toBe(404);
  expect(body).toMatchObject({
    error: { code: 'scenario-unknown', message: 'There is no scenario ../etc.' },
  });
  expect(scenarioList.parse((await demo()).body).current).toEqual(before);
});

it('prepares one at a time', async () => {
  const answers = await Promise.all([demo('crash-loop'), demo('no-way-out')]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
});

it('says that a scenario was not started while a hub runs in its place, and where to go to it', async () => {
  const port = new URL(up.said.url).port;
  const { code, stderr } = await cli.run([
    ...['up', '--demo', '--scenario', 'image-tag', '--port', port, '--data', data],
  ]);
  expect(code).toBe(6);
  expect(stderr).toMatch(/The scenario image-tag was not started; .*under Scenarios in its page\./);
});

it('names the data folder in the commands it prints, and says how time goes', async () => {
  const folder = `${cli.folder()} of mine`;
  const { stdout } = await cli.interrupt(['up', '--demo', '--port', '0', '--data', folder], /Ctrl-C stops/);
  expect(stdout).toContain(`npx lockkeeper chat --data '${folder}' ·`);
  expect(stdout).toMatch(/runs 60 times as fast/);
  expect(stdout).not.toContain('earlier conversations stay');
  const { stdout: doctor } = await cli.run(['--data', data, 'doctor']);
  expect(doctor).toMatch(/runs 60 times as fast/);
});
