// "It is slow": asked of services in which nothing is broken, through the whole command line.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { scenarioList } from '../../src/contract/api.ts';
import { askJson, type Cli, openCli, type Running, upJson } from '../cli/cli-process.ts';

describe.each([
  [
    'slow',
    /used 9\d % of the CPU they ask for \(\d+ % in the (?:one hour|\d+ hours) that (?:was|were) measured\)[\s\S]*likely, not proven\. How long requests take was not measured[\s\S]*tasks would use about/,
  ],
  ['all-well', /They are not busy: if it is slow all the same, the reason is elsewhere/],
])('in the scenario %s', (scenario, answer) => {
  let cli: Cli;
  let data: string;
  let up: Running<z.infer<typeof upJson>>;

  beforeAll(async () => {
    cli = await openCli();
    data = cli.folder();
    up = await cli.start(['up', '--demo', '--scenario', scenario, '--port', '0', '--data', data], upJson);
  });
  afterAll(() => cli.close());

  it('the answer says whether its tasks are busy', async () => {
    const { token } = JSON.parse(readFileSync(path.join(data, 'run.json'), 'utf8'));
    const response = await fetch(`${up.said.url}/api/v1/demo`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const { current } = scenarioList.parse(await response.json());
    const service = / is (\S+) in (\S+) /.exec(current.questions[0] ?? '');
    const asked = `Why is ${service?.[1]} in ${service?.[2]} so slow?`;
    const { stdout } = await cli.run(['--data', data, 'ask', '--json', asked]);
    const said = askJson.parse(JSON.parse(stdout));
    expect(said.answer).toMatch(/is healthy/);
    expect(said.answer).toMatch(answer);
    expect(said.proposals).toEqual([]);
  });
});
