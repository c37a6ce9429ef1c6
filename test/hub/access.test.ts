// Who may do what over HTTP, for every route there is: nobody, a wrong session, a session without its token, each role, and
// requests that come from somewhere else. The table of routes itself is the list, so a new route is tested the day it is added.

import http from 'node:http';
import net from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditBody } from '../../src/contract/audit-event.ts';
import { errorTable } from '../../src/contract/errors.ts';
import type { RunningHub } from '../../src/hub/compose.ts';
import { Client, openHub, tempDir } from './support/house.ts';
import { addPerson } from './support/people.ts';

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

let hub: RunningHub;
let temp: ReturnType<typeof tempDir>;
let routes: { method: string; path: string; role: string | undefined }[];
const cookies: Record<string, { cookie: string; csrf: string }> = {};

beforeAll(async () => {
  temp = tempDir();
  // People are written while no hub holds the folder: there is no route that makes them.
  for (const role of ['viewer', 'operator', 'approver', 'nothing']) await addPerson(temp.dir, role);
  hub = await openHub(temp.dir);
  for (const role of ['viewer', 'operator', 'approver', 'nothing'])
    cookies[role] = await signIn(`code-of-${role}`);
  const document = JSON.parse((await send('GET', '/api/v1/openapi.json')).text);
  routes = Object.entries<Record<string, { 'x-role'?: string }>>(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path: path.replace('{id}', 'conv_1').replace('{seq}', '1'),
      role: operation['x-role'],
    })),
  );
});

afterAll(async () => {
  await hub.close();
  temp.remove();
});

function send(
  method: string,
  path: string,
  options: { headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        host: '127.0.0.1',
        port: hub.port,
        method,
        path,
        headers: {
          ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...options.headers,
        },
      },
      (response) => {
        let text = '';
        const status = response.statusCode ?? 0;
        // A stream of events has no end; its head is the answer.
        if (response.headers['content-type']?.startsWith('text/event-stream')) {
          resolve({ status, headers: response.headers, text });
          response.destroy();
          return;
        }
        response.on('data', (chunk) => (text += chunk));
        response.on('end', () => resolve({ status, headers: response.headers, text }));
      },
    );
    request.on('error', reject);
    request.end(options.body);
  });
}

async function signIn(code: string): Promise<{ cookie: string; csrf: string }> {
  const answer = await send('POST', '/api/v1/session', { body: JSON.stringify({ code }) });
  expect(answer.status, answer.text).toBe(200);
  return {
    cookie: answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '',
    csrf: JSON.parse(answer.text).csrf,
  };
}

function as(role: string, csrf = true): Record<string, string> {
  const session = cookies[role];
  if (session === undefined) throw new Error(role);
  return { cookie: session.cookie, ...(csrf ? { 'x-lockkeeper-csrf': session.csrf } : {}) };
}

const codeOf = (answer: Answer) => JSON.parse(answer.text).error?.code;

describe('every route', () => {
  it('is in the table with a role, except signing in', () => {
    expect(routes.length).toBeGreaterThan(18);
    expect(
      routes.filter((route) => route.role === undefined).map((route) => `${route.method} ${route.path}`),
    ).toEqual(['POST /api/v1/session']);
  });

  it('refuses somebody who is not signed in, a cookie that is nobody and a token that is wrong', async () => {
    for (const { method, path, role } of routes) {
      if (role === undefined) continue;
      for (const headers of [
        {},
        { cookie: `lockkeeper-session-${hub.port}=forged` },
        { authorization: 'Bearer lko_wrong' },
        { authorization: 'Basic x' },
      ]) {
        const answer = await send(method, path, { headers });
        expect([method, path, answer.status, codeOf(answer)]).toEqual([method, path, 401, 'not-signed-in']);
      }
    }
  });

  it('refuses unsafe requests of a session without its token, and does nothing for them', async () => {
    for (const { method, path, role } of routes) {
      if (method === 'GET' || role === undefined) continue;
      for (const headers of [
        as('operator', false),
        { ...as('operator', false), 'x-lockkeeper-csrf': 'guessed' },
        { ...as('operator', false), 'x-lockkeeper-csrf': cookies.viewer?.csrf ?? '' },
      ]) {
        const answer = await send(method, path, { headers, ...(method === 'POST' ? { body: '{}' } : {}) });
        expect([method, path, answer.status, codeOf(answer)]).toEqual([method, path, 403, 'csrf-invalid']);
      }
    }
  });

  it('refuses other origins, other host names and loads from other sites, whoever asks', async () => {
    const token = { authorization: `Bearer ${hub.operatorToken}` };
    const wrong = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `http://127.0.0.1:${hub.port + 1}` },
      { host: 'evil.example' },
      { host: `rebound.example:${hub.port}` },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' },
    ];
    for (const { method, path } of [...routes, { method: 'GET', path: '/' }]) {
      for (const headers of wrong) {
        const answer = await send(method, path, { headers: { ...token, ...headers } });
        expect([method, path, answer.status, codeOf(answer)]).toEqual([method, path, 403, 'origin-refused']);
      }
    }
  });

  it('lets each role do what it is for and nothing else', async () => {
    for (const { method, path, role } of routes) {
      if (role === undefined || path.endsWith('/session')) continue;
      for (const who of ['viewer', 'operator', 'approver', 'nothing']) {
        const allowed = who === role || (role === 'viewer' && who !== 'nothing');
        const answer = await send(method, path, {
          headers: as(who),
          ...(method === 'POST' ? { body: '{}' } : {}),
        });
        const refused = answer.status === 403 && codeOf(answer) === 'not-allowed';
        expect([who, method, path, refused]).toEqual([who, method, path, !allowed]);
      }
    }
  });

  it('carries the security headers, also when it refuses', async () => {
    for (const path of ['/', '/api/v1/me', '/api/v1/nowhere']) {
      const { headers } = await send('GET', path);
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });
});

describe('signing in', () => {
  it('works once for each link', async () => {
    const link = await hub.createSignInLink();
    const code = link.split('/sign-in/')[1] ?? '';
    const session = await signIn(code);
    const me = JSON.parse((await send('GET', '/api/v1/me', { headers: { cookie: session.cookie } })).text);
    expect(me).toMatchObject({
      person: { name: 'operator', roles: ['viewer', 'operator', 'approver'] },
      csrf: session.csrf,
    });
    expect(codeOf(await send('POST', '/api/v1/session', { body: JSON.stringify({ code }) }))).toBe(
      'sign-in-invalid',
    );
  });

  it('sets a cookie that scripts cannot read and other sites do not send', async () => {
    const code = (await hub.createSignInLink()).split('/sign-in/')[1];
    const { headers } = await send('POST', '/api/v1/session', { body: JSON.stringify({ code }) });
    expect(headers['set-cookie']?.[0]).toMatch(/; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/);
  });

  it('ends with signing out', async () => {
    const session = await signIn((await hub.createSignInLink()).split('/sign-in/')[1] ?? '');
    const headers = { cookie: session.cookie, 'x-lockkeeper-csrf': session.csrf };
    expect((await send('DELETE', '/api/v1/session', { headers })).status).toBe(200);
    expect((await send('GET', '/api/v1/me', { headers })).status).toBe(401);
  });

  it('a wrong token is not rescued by a good cookie', async () => {
    const answer = await send('GET', '/api/v1/me', {
      headers: { ...as('operator'), authorization: 'Bearer lko_wrong' },
    });
    expect(answer.status).toBe(401);
  });
});

describe('refusals', () => {
  it('are on record, and a flood of them does not fill the log', async () => {
    for (let i = 0; i < 100; i++) await send('GET', '/api/v1/me');
    const page = (await new Client(hub).request('GET', '/audit?event=person.refused&limit=200')).body as {
      items: { body: string }[];
    };
    expect(page.items.length).toBeGreaterThan(0);
    expect(page.items.length).toBeLessThanOrEqual(60);
    expect(auditBody.parse(JSON.parse(page.items[0]?.body ?? '')).data.code).toBeTypeOf('string');
  });
});

describe('garbage', () => {
  const token = () => ({ authorization: `Bearer ${hub.operatorToken}` });

  it.each([
    ['no JSON', '{"text":', 400, 'input-invalid'],
    ['a prototype in it', '{"__proto__":{"x":1},"text":"x"}', 400, 'input-invalid'],
    ['too much of it', JSON.stringify({ text: 'x'.repeat(300_000) }), 413, 'body-too-large'],
    ['an unknown member', '{"text":"x","admin":true}', 400, 'input-invalid'],
    ['nothing but spaces', '{"text":"   "}', 400, 'input-invalid'],
  ])('a body with %s is refused with a code', async (_name, body, status, code) => {
    const answer = await send('POST', '/api/v1/conversations', { headers: token(), body });
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
  });

  it('another content type is refused with a code', async () => {
    const answer = await send('POST', '/api/v1/conversations', {
      headers: { ...token(), 'content-type': 'text/plain' },
      body: 'text=x',
    });
    expect([answer.status, codeOf(answer)]).toEqual([400, 'input-invalid']);
  });

  it.each([
    '/api/v1/%zz',
    '/api/v1/conversations/%00',
    `/api/v1/conversations/${'x'.repeat(900)}`,
    '/api/v1/../../etc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/api/v1/audit/9999999999999999999',
    '/api/v1/audit?limit=-1',
    '/api/v1/audit?before=1&before=2',
    '/api/v1/conversations?cursor=%00%01',
  ])('%s is refused with a code', async (path) => {
    const answer = await send('GET', path, { headers: token() });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(Object.keys(errorTable)).toContain(codeOf(answer));
  });

  it('of any kind never brings an answer without a code', async () => {
    const json = fc.json({ maxDepth: 3 });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...routes.filter((route) => route.method === 'POST')),
        json,
        async (route, body) => {
          const answer = await send('POST', route.path, { headers: token(), body });
          if (answer.status < 400) return;
          expect(Object.keys(errorTable)).toContain(codeOf(answer));
          expect(codeOf(answer)).not.toBe('unexpected');
        },
      ),
      { numRuns: 120 },
    );
  });

  it('in a query never brings an unexpected error', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(
          'q',
          'event',
          'conversation',
          'from',
          'to',
          'before',
          'limit',
          'state',
          'cursor',
          'after',
        ),
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.constantFrom('/audit', '/proposals', '/conversations'),
        async (name, value, path) => {
          const query = new URLSearchParams({ [name]: value.toWellFormed?.() ?? value }).toString();
          const answer = await send('GET', `/api/v1${path}?${query}`, { headers: token() });
          if (answer.status >= 400)
            expect([codeOf(answer) === 'unexpected', name, value]).toEqual([false, name, value]);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('bytes that are no request', () => {
  it('get an answer with a code', async () => {
    const text = await new Promise<string>((resolve, reject) => {
      const socket = net.connect(hub.port, '127.0.0.1', () =>
        socket.write('\x16\x03\x01 what is this\r\n\r\n'),
      );
      let read = '';
      socket.on('data', (chunk) => (read += chunk));
      socket.on('end', () => resolve(read));
      socket.on('error', reject);
    });
    expect(text).toMatch(/^HTTP\/1.1 400/);
    expect(JSON.parse(text.split('\r\n\r\n')[1] ?? '')).toMatchObject({ error: { code: 'input-invalid' } });
  });
});

describe('upgrades', () => {
  it.each([
    ['with an Origin', '/node', { origin: 'https://evil.example' }],
    ['with the hub as Origin', '/node', { origin: 'http://127.0.0.1' }],
    ['under another host name', '/node', { host: 'evil.example' }],
    ['elsewhere', '/api/v1/events', {}],
  ])('%s are refused', async (_name, path, headers) => {
    const status = await new Promise<number>((resolve, reject) => {
      const request = http.request({
        host: '127.0.0.1',
        port: hub.port,
        path,
        headers: {
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
          ...headers,
        },
      });
      request.on('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      request.on('upgrade', (_response, socket) => {
        socket.destroy();
        resolve(101);
      });
      request.on('error', reject);
      request.end();
    });
    expect(status).toBe(403);
  });
});
