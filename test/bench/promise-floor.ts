// The least that a governed call can cost: the same bare SDK call behind the waits that the product promises, and nothing else. A message to
// the node, one back that announces the request, a durable commit on the hub beside a durable line on the node, the word to go, the request,
// its end with the evidence, and a second durable commit. No policy, no schema, no redaction, no limits, no identities.

import { constants, mkdtempSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { WebSocket, WebSocketServer } from 'ws';
import { CHAIN_START, chainHash } from '../../src/kernel/hash-chain.ts';
import { Sqlite } from '../../src/kernel/sqlite.ts';

/** About the size of an audit record and of a chat event of a call. */
const FILLER = 'x'.repeat(430);

export interface PromiseFloor {
  /** Runs `request` behind the promises; resolves when its end is on disk. */
  call(request: () => Promise<object>): Promise<void>;
  close(): Promise<void>;
}

export async function openPromiseFloor(): Promise<PromiseFloor> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lockkeeper-promises-'));
  const store = openStore(path.join(folder, 'hub.db'));
  const journal = await open(
    path.join(folder, 'journal'),
    constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_DSYNC,
  );
  const line = await openLine();
  return {
    call: (request) => oneCall({ store, journal, line }, request),
    async close() {
      await line.close();
      await journal.close();
      store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Parts {
  readonly store: ReturnType<typeof openStore>;
  readonly journal: FileHandle;
  readonly line: Awaited<ReturnType<typeof openLine>>;
}

async function oneCall(
  { store, journal, line: { hub, node } }: Parts,
  request: () => Promise<object>,
): Promise<void> {
  send(hub, { type: 'call', FILLER });
  await next(node);
  const journaled = journal.write(`${JSON.stringify({ event: 'aws.started', FILLER })}\n`);
  send(node, { type: 'aws.started', FILLER });
  await next(hub);
  store.commit(['call.started', 'aws.started']);
  send(hub, { type: 'go' });
  await Promise.all([next(node), journaled]);
  const output = await request();
  send(node, { type: 'aws.finished', evidence: output });
  send(node, { type: 'call.done', output });
  const { evidence } = await next(hub);
  await next(hub);
  store.commit(['aws.finished', 'call.finished'], evidence);
}

function send(socket: WebSocket, message: object): void {
  socket.send(JSON.stringify(message));
}

/** Messages that came before anybody waited for them are kept on the socket's own list. */
const waiting = new WeakMap<WebSocket, { messages: string[]; wake: (() => void) | null }>();

async function next(socket: WebSocket): Promise<{ evidence?: object }> {
  const inbox = waiting.get(socket) ?? { messages: [], wake: null };
  if (inbox.messages.length === 0)
    await new Promise<void>((resolve) => {
      inbox.wake = resolve;
    });
  return JSON.parse(inbox.messages.shift() ?? '{}') as { evidence?: object };
}

function listen(socket: WebSocket): void {
  const inbox = { messages: [] as string[], wake: null as (() => void) | null };
  waiting.set(socket, inbox);
  socket.on('message', (data) => {
    inbox.messages.push(String(data));
    inbox.wake?.();
    inbox.wake = null;
  });
}

/** The two ends of one connection on this machine. */
async function openLine() {
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has an AddressInfo.
  const { port } = server.address() as AddressInfo;
  const accepted = new Promise<WebSocket>((resolve) => sockets.once('connection', resolve));
  const node = new WebSocket(`ws://127.0.0.1:${port}`);
  await new Promise((resolve) => node.once('open', resolve));
  const hub = await accepted;
  listen(hub);
  listen(node);
  return {
    hub,
    node,
    async close() {
      node.terminate();
      hub.terminate();
      sockets.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Audit records in a chain, chat events and evidence, in tables as plain as they can be. */
function openStore(file: string) {
  const db = new Sqlite(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec(`CREATE TABLE audit (seq INTEGER PRIMARY KEY, prev TEXT NOT NULL, hash TEXT NOT NULL, body TEXT NOT NULL) STRICT;
    CREATE TABLE events (seq INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
    CREATE TABLE evidence (seq INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT`);
  const audit = db.prepare('INSERT INTO audit VALUES (?, ?, ?, ?)');
  const event = db.prepare('INSERT INTO events VALUES (?, ?)');
  const kept = db.prepare('INSERT INTO evidence VALUES (?, ?)');
  let seq = 0;
  let prev = CHAIN_START;
  const write = db.transaction((events: readonly string[], evidence: object | undefined) => {
    for (const name of events) {
      seq += 1;
      const body = JSON.stringify({ v: 1, seq, event: name, FILLER });
      const hash = chainHash(seq, prev, body);
      audit.run(seq, prev, hash, body);
      event.run(seq, body);
      prev = hash;
    }
    if (evidence !== undefined) kept.run(seq, JSON.stringify(evidence));
  });
  return {
    commit: (events: readonly string[], evidence?: object) => write.immediate(events, evidence),
    close: () => db.close(),
  };
}
