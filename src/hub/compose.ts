// Starts a hub and stops it. The only place in the hub where adapters and files are chosen.
//
// Start: store, settings, policies, secrets, parts, the port; only when it listens are cut-off turns, watches and decisions
// taken up. Stop, in reverse: no new requests, turns halt where the store knows them, nodes are told, the store closes.

import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { startCheckpoints } from '../audit/checkpoints.ts';
import { createRegistry } from '../catalog/registry.ts';
import type { AuditEntry } from '../contract/audit-event.ts';
import { fail } from '../contract/errors.ts';
import { messageOf } from '../kernel/errors.ts';
import { createRedactor } from '../kernel/redact.ts';
import { loadPolicies } from '../policy/policy-set.ts';
import { dataFiles } from '../store/sqlite/database.ts';
import { openSqliteStore } from '../store/sqlite/store.ts';
import { type Assembly, type AssemblyBase, assemble } from './assembly.ts';
import type { HubOptions, RunningHub } from './hub-options.ts';
import { createOrigins, type Origins } from './origins.ts';
import { ensureOperator } from './people.ts';
import { createRefusals } from './refusals.ts';
import { signInLink } from './routes/session.ts';
import { hubSigningKey, operatorTokenOf, redactionKeyOf } from './secret-files.ts';
import { createServer } from './server.ts';
import { readSettings, type Settings } from './settings.ts';

export type { HubOptions, RunningHub } from './hub-options.ts';

/** The address of the WebSocket that nodes dial. */
const NODE_PATH = '/node';

type Opened = (() => void | Promise<void>)[];

/**
 * Starts a hub. Throws `port-taken`, `hub-insecure`, `config-invalid`, `policy-invalid`, `data-locked`, `data-unwritable`;
 * whatever had been opened until then is closed again.
 */
export async function startHub(options: HubOptions): Promise<RunningHub> {
  const opened: Opened = [];
  const closeAll = async (): Promise<void> => {
    for (const close of opened.splice(0).toReversed()) await close();
  };
  try {
    return await start(options, opened, closeAll);
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function start(
  options: HubOptions,
  opened: Opened,
  closeAll: () => Promise<void>,
): Promise<RunningHub> {
  const { app, base, assembly } = await build(options, opened);
  const { store, link, services } = assembly;
  await listen(app, options);
  opened.push(() => stop(app, base, assembly));
  await store.commit([], [startedEntry(base)]);
  await assembly.resume();
  const url = base.address.url();
  options.log.info({ url }, 'the hub listens');
  let closing: Promise<void> | null = null;
  return {
    url,
    port: base.address.port(),
    hubKey: base.hubKey.publicKey,
    operatorToken: base.operatorToken,
    directory: link.directory,
    policies: base.policies,
    createJoinToken: () => link.createJoinToken(),
    createSignInLink: async () => signInLink(url, await services.auth.createSignInCode(base.operator)),
    close() {
      closing ??= closeAll();
      return closing;
    },
  };
}

/** Everything up to, but not including, listening. */
async function build(options: HubOptions, opened: Opened) {
  const { dataDir, clock, log } = options;
  const durable = await openSqliteStore({ dataDir, clock, log });
  opened.push(() => durable.close());
  const settings = readSettings(dataDir);
  refuseOpenDoor(options, settings);
  const hubKey = hubSigningKey(dataDir, { hasSigned: (await durable.lastCheckpoint()) !== null });
  const file = dataFiles(dataDir).checkpoints;
  const checkpoints = await startCheckpoints({ store: durable, key: hubKey, file, clock, log });
  opened.push(() => checkpoints.stop());
  const policies = await loadPolicies({
    dir: options.policiesDir,
    checkedSha256: options.checkedPoliciesSha256,
  });
  opened.push(() => policies.close());

  let app: FastifyInstance | null = null;
  const address = addressOf(options, settings, () => app);
  const publicUrl = settings.publicUrl === undefined ? null : new URL(settings.publicUrl);
  const scheme = settings.tls === undefined ? 'http' : 'https';
  const base: AssemblyBase = {
    options,
    durable,
    settings,
    policies,
    registry: createRegistry(options.tools),
    hubKey,
    redact: createRedactor({ key: redactionKeyOf(dataDir) }),
    operator: await ensureOperator(durable, 'operator'),
    operatorToken: operatorTokenOf(dataDir),
    address,
    secure: publicUrl === null ? settings.tls !== undefined : publicUrl.protocol === 'https:',
  };
  const assembly = assemble(base);
  const origins = createOrigins({ port: address.port, scheme, publicUrl });
  app = await createServer({
    services: assembly.services,
    origins,
    refusals: createRefusals({ store: assembly.store, clock, log }),
    log,
    version: options.version,
    webDir: options.webDir,
    tls: tlsOf(settings),
  });
  app.server.on('upgrade', upgradeTo(assembly, origins));
  return { app, base, assembly };
}

function addressOf(
  options: HubOptions,
  settings: Settings,
  app: () => FastifyInstance | null,
): AssemblyBase['address'] {
  const port = (): number => {
    const bound = app()?.server.address();
    return typeof bound === 'object' && bound !== null ? bound.port : options.port;
  };
  const scheme = settings.tls === undefined ? 'http' : 'https';
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    port,
    url: () =>
      settings.publicUrl === undefined ? `${scheme}://${host}:${port()}` : new URL(settings.publicUrl).origin,
  };
}

function upgradeTo(assembly: Assembly, origins: Origins) {
  return (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const isNode = request.url === NODE_PATH && origins.upgradeRefusal(request.headers) === null;
    if (isNode && !assembly.closing.signal.aborted) {
      assembly.link.handleUpgrade(request, socket, head);
      return;
    }
    socket.on('error', () => socket.destroy());
    socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  };
}

async function stop(app: FastifyInstance, base: AssemblyBase, assembly: Assembly): Promise<void> {
  assembly.closing.abort('closing');
  // No new requests from here on; it resolves only when the connections of nodes have ended too.
  const closed = app.close();
  await assembly.halt();
  await assembly.link.close();
  await closed;
  try {
    await assembly.store.commit(
      [],
      [{ event: 'hub.stopped', actor: { kind: 'hub', id: base.hubKey.thumbprint } }],
    );
  } catch (error) {
    base.options.log.error({ error: messageOf(error) }, 'the end of the hub is not on record');
  }
}

function startedEntry({ options, policies, hubKey, settings }: AssemblyBase): AuditEntry {
  const { version, demo, planner, tools } = options;
  return {
    event: 'hub.started',
    actor: { kind: 'hub', id: hubKey.thumbprint },
    data: {
      version,
      demo,
      planner: planner.name,
      model: planner.model,
      tools: tools.length,
      policySha256: policies.sha256,
      agent: settings.agent.name,
      level: settings.agent.level,
    },
  };
}

/** Beyond this machine only under TLS. */
function refuseOpenDoor(options: HubOptions, settings: Settings): void {
  const isLoopback = ['127.0.0.1', '::1', 'localhost'].includes(options.host);
  if (!isLoopback && settings.tls === undefined)
    throw fail('hub-insecure', { scheme: 'http', host: options.host });
}

function tlsOf(settings: Settings): { readonly cert: string; readonly key: string } | null {
  if (settings.tls === undefined) return null;
  const { certFile, keyFile } = settings.tls;
  try {
    return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
  } catch (error) {
    throw fail('config-invalid', { path: 'config.yaml', where: 'tls', detail: messageOf(error) }, error);
  }
}

async function listen(app: FastifyInstance, options: HubOptions): Promise<void> {
  try {
    await app.listen({ host: options.host, port: options.port });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw fail('port-taken', { port: options.port }, error);
    }
    throw error;
  }
}
