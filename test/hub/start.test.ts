// How a hub starts, what stops it from starting, and what it leaves in its folder.

import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunningHub } from '../../src/hub/compose.ts';
import { readSettings } from '../../src/hub/settings.ts';
import { Client, openHub, tempDir } from './support/house.ts';

let temp: ReturnType<typeof tempDir>;
const hubs: RunningHub[] = [];

beforeEach(() => {
  temp = tempDir();
});

afterEach(async () => {
  for (const hub of hubs.splice(0)) await hub.close();
  temp.remove();
});

async function open(options: Parameters<typeof openHub>[1] = {}): Promise<RunningHub> {
  const hub = await openHub(temp.dir, options);
  hubs.push(hub);
  return hub;
}

const config = (text: string): void => writeFileSync(path.join(temp.dir, 'config.yaml'), text);

describe('a hub', () => {
  it('keeps its secrets in files that only their owner reads, and keeps them over a restart', async () => {
    const first = await open();
    const { hubKey, operatorToken } = first;
    for (const name of ['hub.key', 'operator.token', 'redaction.key']) {
      expect([name, statSync(path.join(temp.dir, name)).mode & 0o777]).toEqual([name, 0o600]);
    }
    await first.close();
    const second = await open();
    expect([second.hubKey, second.operatorToken]).toEqual([hubKey, operatorToken]);
  });

  it('tightens a secret whose file somebody opened up', async () => {
    await (await open()).close();
    chmodSync(path.join(temp.dir, 'operator.token'), 0o644);
    await open();
    expect(statSync(path.join(temp.dir, 'operator.token')).mode & 0o777).toBe(0o600);
  });

  it('records its start and its end', async () => {
    const first = await open();
    await first.close();
    const client = new Client(await open());
    const { body } = await client.request('GET', '/audit?limit=50');
    const names = (body as { items: { body: string }[] }).items.map(
      (record) => JSON.parse(record.body).event,
    );
    expect(names.filter((name) => name === 'hub.started')).toHaveLength(2);
    expect(names.filter((name) => name === 'hub.stopped')).toHaveLength(1);
  });

  it('closes twice as once', async () => {
    const hub = await open();
    await Promise.all([hub.close(), hub.close()]);
    await hub.close();
  });

  it('serves an OpenAPI document, its tools and a note when the page is not built', async () => {
    const hub = await open();
    const client = new Client(hub);
    expect((await client.request('GET', '/tools')).body).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({ name: 'ecs_update_service', risk: 'change' }),
      ]),
    });
    const page = await fetch(hub.url);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('not built')]);
  });

  it('serves the page for every address that is nobody’s, and its files from one folder only', async () => {
    const webDir = path.join(temp.dir, 'web');
    mkdirSync(webDir);
    writeFileSync(path.join(webDir, 'index.html'), '<!doctype html><title>Page</title>');
    writeFileSync(path.join(webDir, 'app-0123abcd.js'), 'export {};');
    const hub = await open({ webDir });
    for (const address of ['/', '/conversations/conv_1', '/audit?x=1']) {
      const page = await fetch(`${hub.url}${address}`);
      expect([address, page.status, await page.text()]).toEqual([
        address,
        200,
        expect.stringContaining('<title>Page'),
      ]);
    }
    const script = await fetch(`${hub.url}/app-0123abcd.js`);
    expect(script.headers.get('cache-control')).toContain('immutable');
    for (const address of [
      '/missing.js',
      '/..%2foperator.token',
      '/api/v1/nothing',
      '/%2e%2e%2foperator.token',
    ]) {
      const answer = await fetch(`${hub.url}${address}`);
      expect([
        address,
        answer.status,
        ((await answer.json()) as { error: { code: string } }).error.code,
      ]).toEqual([address, 404, 'route-unknown']);
    }
  });
});

describe('a hub does not start', () => {
  it('on a port that is taken, and lets go of its folder', async () => {
    const first = await open();
    const other = tempDir();
    await expect(openHub(other.dir, { port: first.port })).rejects.toMatchObject({ code: 'port-taken' });
    await (await openHub(other.dir)).close();
    other.remove();
  });

  it('in a folder that another hub uses', async () => {
    await open();
    await expect(openHub(temp.dir)).rejects.toMatchObject({ code: 'data-locked' });
  });

  it('beyond this machine without TLS', async () => {
    await expect(openHub(temp.dir, { host: '0.0.0.0' })).rejects.toMatchObject({ code: 'hub-insecure' });
  });

  it('with a damaged key, which it leaves as it is', async () => {
    await (await open()).close();
    hubs.length = 0;
    const file = path.join(temp.dir, 'hub.key');
    writeFileSync(file, 'damaged');
    await expect(openHub(temp.dir)).rejects.toMatchObject({
      code: 'key-damaged',
      message: expect.stringContaining('hub.key'),
    });
    expect(readFileSync(file, 'utf8')).toBe('damaged');
  });

  it('without the key that its log was signed with, which it does not replace', async () => {
    await (await open()).close();
    hubs.length = 0;
    const file = path.join(temp.dir, 'hub.key');
    rmSync(file);
    await expect(openHub(temp.dir)).rejects.toMatchObject({
      code: 'key-damaged',
      message: expect.stringContaining('it is gone'),
    });
    expect(existsSync(file)).toBe(false);
  });

  it('without policies that load', async () => {
    await expect(openHub(temp.dir, { policiesDir: temp.dir })).rejects.toMatchObject({
      code: 'policy-invalid',
    });
  });

  it.each([
    ['no YAML', 'agent: [', 'line 1'],
    ['an unknown setting', 'agnet: {}', 'the top'],
    ['a wrong value', 'agent:\n  level: root', 'agent.level'],
    ['an address that is none', 'publicUrl: ftp://x', 'publicUrl'],
    ['half of what TLS needs', 'tls:\n  certFile: a.pem', 'tls.keyFile'],
    ['an alias bomb', 'a: &a [x]\nb: [*a,*a,*a]', ''],
  ])('with %s in its settings, and says where', async (_name, text, where) => {
    config(text);
    await expect(openHub(temp.dir)).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining(where),
    });
  });
});

describe('settings', () => {
  it('are the defaults when there is no file or an empty one', () => {
    const defaults = { agent: { name: 'ecs-engineer', level: 'propose' } };
    expect(readSettings(temp.dir)).toEqual(defaults);
    config('');
    expect(readSettings(temp.dir)).toEqual(defaults);
    config('agent:\n  level: read\n');
    expect(readSettings(temp.dir)).toEqual({ agent: { name: 'ecs-engineer', level: 'read' } });
  });
});
