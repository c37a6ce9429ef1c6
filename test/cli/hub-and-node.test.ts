// Hub and node as two processes in two folders, joined with the token the hub printed.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../src/kernel/clock.ts';
import { demoSnapshot } from '../../src/simulator/demo-account.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { askJson, type Cli, openCli, type Running } from './cli-process.ts';

const hubJson = z.strictObject({ url: z.string(), link: z.string(), joinToken: z.string() });
const nodeJson = z.looseObject({ node: z.string(), account: z.string(), problem: z.string().nullable() });
const statusJson = z.array(z.looseObject({ id: z.string(), connected: z.boolean() }));

describe('hub and node on their own', () => {
  let cli: Cli;
  let simulator: Simulator;
  let hub: Running<z.infer<typeof hubJson>>;
  let hubData: string;
  let nodeData: string;
  let id = '';
  const env = () => ({
    AWS_ACCESS_KEY_ID: 'SIMULATED',
    AWS_SECRET_ACCESS_KEY: 'simulated',
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: simulator.endpoint,
  });
  const install = (token: string, data = nodeData, url = hub.said.url) =>
    cli.run(['node', 'install', '--data', data, '--hub', url, '--token', token, '--json'], { env: env() });

  beforeAll(async () => {
    cli = await openCli();
    simulator = await startSimulator({ snapshot: demoSnapshot(systemClock.now()), clock: systemClock });
    hubData = cli.folder();
    nodeData = cli.folder();
    hub = await cli.start(['hub', 'start', '--port', '0', '--data', hubData], hubJson);
  });
  afterAll(async () => {
    await cli.close();
    await simulator.close();
  });

  it('no question is answered before a node has joined', async () => {
    const { code, stdout } = await cli.run(['--data', hubData, 'ask', '--json', "status of 'a' in 'b'"]);
    expect(askJson.parse(JSON.parse(stdout)).answer).toMatch(
      /No node is connected .* `npx lockkeeper node start`/,
    );
    expect(code).toBe(5);
  });

  it.each([
    ['a token that is none', 'x', 2, /This is no join token\. Copy the whole line/],
    ['a token the hub never made', null, 4, /The join token is unknown, used or older/],
  ])('%s is refused', async (_, token, exit, says) => {
    const unknown = hub.said.joinToken.replace(/^lkj_..../, 'lkj_AAAA');
    const { code, stderr } = await install(token ?? unknown, cli.folder());
    expect(stderr).toMatch(says);
    expect(code).toBe(exit);
  });

  it('a node that is not installed says how to install it', async () => {
    const { code, stderr } = await cli.run(['node', 'start', '--data', cli.folder()]);
    expect(stderr).toMatch(/No node is installed .* lockkeeper node install/);
    expect(code).toBe(2);
  });

  it('joins once with the token, and the token is used up', async () => {
    const joined = await install(hub.said.joinToken);
    expect(joined.code).toBe(0);
    id = z.object({ node: z.string() }).parse(JSON.parse(joined.stdout)).node;
    const again = await install(hub.said.joinToken, cli.folder());
    expect(again.code).toBe(4);
  });

  it('answers through the node while it runs, and says it is offline afterwards', async () => {
    const node = await cli.start(['node', 'start', '--data', nodeData], nodeJson, { env: env() });
    expect(node.said).toMatchObject({ node: id, account: '123456789012', problem: null });
    const status = await cli.run(['node', 'status', '--data', hubData, '--json']);
    expect(statusJson.parse(JSON.parse(status.stdout))).toMatchObject([{ id, connected: true }]);
    const question = "status of 'my-web-service' in 'production-cluster'";
    const { code, stdout } = await cli.run(['--data', hubData, 'ask', '--json', question]);
    expect(code).toBe(0);
    expect(askJson.parse(JSON.parse(stdout)).findings[0]?.class).toBe('task-sg-egress-blocked');
    expect(await node.interrupt()).toBe(0);
    const after = await cli.run(['--data', hubData, 'ask', '--json', question]);
    expect(after.code).toBe(5);
    const table = await cli.run(['node', 'status', '--data', hubData]);
    expect(table.stdout).toMatch(new RegExp(`${id} .* offline`));
    expect(await hub.interrupt()).toBe(0);
  });
});
