// A hub that answers and cannot work: what its commands end with, and what doctor says.

import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StatusResponse } from '../../src/contract/api.ts';
import { fail } from '../../src/contract/errors.ts';
import { type Cli, openCli } from './cli-process.ts';

const status: StatusResponse = {
  version: '0.1.0',
  hub: { key: 'key', startedAt: 1 },
  planner: { name: 'playbook', model: null },
  nodes: [],
  endpoints: [],
  demo: false,
  audit: { seq: 7, hash: 'ab'.repeat(32), writable: false },
  pendingProposals: 0,
};

describe('a hub whose disk is full', () => {
  let cli: Cli;
  let hub: Server;
  let data: string;
  beforeAll(async () => {
    cli = await openCli();
    hub = createServer((request, response) => {
      const ok = request.url === '/api/v1/status';
      const error = fail('audit-unwritable', { detail: 'database or disk is full, SQLITE_FULL' }).toJSON();
      response.writeHead(ok ? 200 : 503, { 'content-type': 'application/json' });
      response.end(JSON.stringify(ok ? status : { error }));
    });
    await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve));
    const { port } = hub.address() as AddressInfo;
    data = cli.folder();
    mkdirSync(data);
    writeFileSync(
      path.join(data, 'run.json'),
      JSON.stringify({ url: `http://127.0.0.1:${port}`, pid: process.pid, token: 't' }),
    );
  });
  afterAll(async () => {
    await cli.close();
    hub.close();
  });

  it('ends a question with the exit code that the reference gives for its error', async () => {
    const { code, stderr } = await cli.run(['--data', data, 'ask', 'hi']);
    expect(stderr).toMatch(
      /^The audit log cannot be written \(database or disk is full, SQLITE_FULL\), so nothing runs\./,
    );
    expect(code).toBe(7);
  });

  it('is bad to doctor, with what to do', async () => {
    const { code, stdout } = await cli.run(['--data', data, 'doctor']);
    expect(stdout).toMatch(
      /✗ audit log +the hub cannot write it, so nothing runs; free space or repair the data folder/,
    );
    expect(code).toBe(6);
  });
});
