// A small HTTP server that plays the hub's part towards the page: the built console, canned state, live events by SSE.
// It checks nothing and decides nothing; tests script it. Every request is kept.

import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { StatusResponse } from '../../../src/contract/api.ts';
import type { AuditRecord } from '../../../src/contract/audit-event.ts';
import type { Evidence } from '../../../src/contract/call.ts';
import type {
  ChatDelta,
  ChatEvent,
  ChatEventDraft,
  ConversationSummary,
} from '../../../src/contract/chat.ts';
import type { ProposalView } from '../../../src/contract/proposal.ts';
import { securityHeaders } from '../../../src/hub/security-headers.ts';
import { conversationId, nodeId } from './ids.ts';
import { numbered } from './incident.ts';

const demo = {
  current: {
    name: 'database-timeout',
    questions: ["Show me the status of the 'my-web-service' in the 'production-cluster'."],
  },
  scenarios: [
    { name: 'database-timeout', about: 'one task of four is missing' },
    { name: 'crash-loop', about: 'a deployment crashes again and again' },
  ],
};

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly csrf: string | undefined;
  readonly body: unknown;
}

/** What a test may change at any time. */
export interface HubState {
  signedIn: boolean;
  roles: string[];
  status: StatusResponse;
  summary: ConversationSummary | null;
  /** Conversations that are listed below that one. */
  earlier: ConversationSummary[];
  events: ChatEvent[];
  proposals: ProposalView[];
  audit: AuditRecord[];
  evidence: Map<string, Evidence>;
  /** Answers every API request with this status while it is set. */
  failing: number | null;
  onMessage: (text: string, conversation: string | null) => void;
  onDecision: (body: { decision: string; digest: string; reason: string | null }) => void;
}

export interface StandInHub {
  readonly url: string;
  readonly requests: SeenRequest[];
  readonly state: HubState;
  /** Adds events to the conversation and sends them to readers. */
  push(drafts: readonly ChatEventDraft[]): void;
  delta(delta: ChatDelta): void;
  /** Cuts every live connection, as a restart would. */
  cutStreams(): void;
  readers(): number;
  close(): Promise<void>;
}

const csrf = 'csrf-token-of-the-test';

/** Starts the stand-in on a free port; `webDir` holds the built page. */
export async function startStandInHub(webDir: string, now: number): Promise<StandInHub> {
  const requests: SeenRequest[] = [];
  const streams = new Set<ServerResponse>();
  const state = emptyState(now);
  const server = createServer((request, response) => {
    void handle(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://hub');
    for (const [name, value] of Object.entries(securityHeaders(false))) response.setHeader(name, value);
    const text = await bodyOf(request);
    const body: unknown = text === '' ? null : JSON.parse(text);
    const header = request.headers['x-lockkeeper-csrf'];
    requests.push({
      method: request.method ?? '',
      path: `${url.pathname}${url.search}`,
      csrf: Array.isArray(header) ? header[0] : header,
      body,
    });
    if (!url.pathname.startsWith('/api/')) return await sendFile(webDir, url.pathname, response);
    const route = `${request.method} ${url.pathname.slice('/api/v1'.length)}`;
    if (state.failing !== null) return answer(response, state.failing, refusal('internal', 'It failed.'));
    if (!state.signedIn && route !== 'POST /session')
      return answer(response, 401, refusal('not-signed-in', 'You are not signed in.'));
    if (/^GET \/conversations\/[^/]+\/events$/.test(route)) return stream(url, response);
    api(route, url, body, response);
  }

  function stream(url: URL, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    const after = Number(url.searchParams.get('after') ?? 0);
    for (const event of state.events.filter(({ seq }) => seq > after)) response.write(frame(event));
    response.write(': open\n\n');
    streams.add(response);
    response.once('close', () => streams.delete(response));
  }

  function api(route: string, url: URL, body: unknown, response: ServerResponse): void {
    const found = routes(state, url, body).find(([pattern]) => pattern.test(route));
    const result = found === undefined ? null : found[1](route.split('/')[2] ?? '');
    answer(response, result === null ? 404 : 200, result ?? refusal('unknown', 'There is no such thing.'));
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // `listen` on a port gives an address with a port, never a pipe's name.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    state,
    push(drafts) {
      const events = numbered(drafts, { seq: (state.events.at(-1)?.seq ?? 0) + 1, at: Date.now() });
      state.events.push(...events);
      for (const response of streams) for (const event of events) response.write(frame(event));
    },
    delta(delta) {
      for (const response of streams) response.write(`data: ${JSON.stringify(delta)}\n\n`);
    },
    cutStreams() {
      for (const response of streams) response.destroy();
    },
    readers: () => streams.size,
    close: () => closed(server),
  };
}

type Handler = (id: string) => unknown;

function routes(state: HubState, url: URL, body: unknown): [RegExp, Handler][] {
  // The page sends these shapes; a test fails by what it sees when they are wrong.
  const sent = body as {
    text: string;
    code: string;
    decision: string;
    digest: string;
    reason: string | null;
  };
  const page = { items: [...(state.summary === null ? [] : [state.summary]), ...state.earlier], next: null };
  return [
    [/^GET \/me$/, () => ({ person: { id: 'person_mira', name: 'Mira', roles: state.roles }, csrf })],
    [
      /^POST \/session$/,
      () => {
        if (sent.code !== 'good-code') return null;
        state.signedIn = true;
        return { person: { id: 'person_mira', name: 'Mira', roles: state.roles }, csrf };
      },
    ],
    [/^GET \/status$/, () => state.status],
    [/^(?:GET|POST) \/demo$/, () => demo],
    [/^GET \/conversations$/, () => page],
    [
      /^POST \/conversations(?:\/[^/]+\/messages)?$/,
      (id) => {
        state.onMessage(sent.text, id === '' ? null : id);
        return { conversation: conversationId, turn: 'turn_1', after: state.events.length };
      },
    ],
    [/^POST \/conversations\/[^/]+\/stop$/, () => ({})],
    [
      /^GET \/conversations\/[^/]+$/,
      () => (state.summary === null ? null : { conversation: state.summary, events: state.events }),
    ],
    [/^GET \/evidence\/[^/]+$/, (id) => state.evidence.get(id) ?? null],
    [/^GET \/proposals$/, () => ({ items: state.proposals, next: null })],
    [
      /^POST \/proposals\/[^/]+\/decision$/,
      () => {
        state.onDecision(sent);
        return state.proposals[0] ?? null;
      },
    ],
    [/^GET \/nodes$/, () => ({ items: state.status.nodes })],
    [
      /^POST \/nodes\/tokens$/,
      () => ({
        token: 'jt_1',
        command: 'lockkeeper node install --token jt_1',
        expiresAt: Date.now() + 900_000,
      }),
    ],
    [
      /^GET \/audit$/,
      () => {
        const q = url.searchParams.get('q') ?? '';
        const event = url.searchParams.get('event');
        const items = state.audit.filter(
          (one) => one.body.includes(q) && (event === null || one.body.includes(`"event":"${event}"`)),
        );
        return { items, next: null, total: items.length };
      },
    ],
    [/^GET \/audit\/\d+$/, (seq) => state.audit.find((one) => String(one.seq) === seq) ?? null],
    [/^POST \/audit\/verify$/, () => ({ ok: true, records: state.audit.length, ms: 3, problem: null })],
  ];
}

function emptyState(now: number): HubState {
  return {
    signedIn: true,
    roles: ['operator', 'approver'],
    status: {
      version: '0.1.0',
      hub: { key: 'hub', startedAt: now },
      planner: { name: 'playbook', model: null },
      nodes: [
        {
          id: nodeId,
          inventory: {
            name: 'node-eu-1',
            account: '123456789012',
            region: 'us-east-1',
            identity: 'arn:aws:sts::123456789012:assumed-role/ops/node',
            problem: null,
            endpoint: null,
            build: '0.1.0',
            bootEpoch: 'boot_1',
            tools: [],
          },
          connected: true,
          journalProblem: null,
          connectedAt: now,
          lastSeenAt: now,
          enrolledAt: now,
        },
      ],
      endpoints: [],
      demo: false,
      audit: { seq: 1, hash: 'a'.repeat(64), writable: true },
      pendingProposals: 0,
    },
    summary: null,
    earlier: [],
    events: [],
    proposals: [],
    audit: [],
    evidence: new Map(),
    failing: null,
    onMessage: () => {},
    onDecision: () => {},
  };
}

/** A summary for the canned conversation. */
export function summaryOf(state: ConversationSummary['state'], now: number): ConversationSummary {
  return {
    id: conversationId,
    title: 'Status of my-web-service',
    state,
    subtitle: 'production-cluster · waiting for approval',
    person: 'Mira',
    createdAt: now,
    updatedAt: now,
  };
}

function refusal(code: string, message: string): unknown {
  return { error: { code, message, next: 'Try again.' } };
}

function frame(event: ChatEvent): string {
  return `id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`;
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

async function sendFile(webDir: string, pathname: string, response: ServerResponse): Promise<void> {
  const name = path.extname(pathname) === '' ? 'index.html' : path.basename(pathname);
  try {
    const content = await readFile(path.join(webDir, name));
    response
      .writeHead(200, { 'content-type': types[path.extname(name)] ?? 'application/octet-stream' })
      .end(content);
  } catch {
    response.writeHead(404).end();
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  // Node's request stream yields buffers while no encoding is set.
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
