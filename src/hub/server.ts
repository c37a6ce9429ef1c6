// The HTTP server: one table of routes behind one order of checks.
//
// For every request: host and origin, then (for the API) who it is, the session's token, the role, then the shapes of its parts,
// then the route. Whatever goes wrong leaves as { error: { code, message, next } }; a fault of ours says only that it is one.

import type { Socket } from 'node:net';
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { type ErrorCode, fail } from '../contract/errors.ts';
import { firstIssue } from '../contract/json.ts';
import type { ErrorParams } from '../kernel/errors.ts';
import { LockkeeperError, messageOf } from '../kernel/errors.ts';
import { limits } from '../kernel/limits.ts';
import type { Logger } from '../kernel/log.ts';
import { csrfHolds, type Identity } from './auth.ts';
import { openApiDocument } from './openapi.ts';
import type { Origins } from './origins.ts';
import { mayActAs } from './people.ts';
import type { Refusals } from './refusals.ts';
import { aboutRoutes } from './routes/about.ts';
import { auditRoutes } from './routes/audit.ts';
import { conversationRoutes } from './routes/conversations.ts';
import { demoRoutes } from './routes/demo.ts';
import { evidenceRoutes } from './routes/evidence.ts';
import { nodeRoutes } from './routes/nodes.ts';
import { proposalRoutes } from './routes/proposals.ts';
import type { AnyRoute } from './routes/route.ts';
import type { HubServices } from './routes/services.ts';
import { sessionRoutes } from './routes/session.ts';
import { securityHeaders } from './security-headers.ts';
import { servePages } from './static-pages.ts';

export const API_PREFIX = '/api/v1';
const CSRF_HEADER = 'x-lockkeeper-csrf';
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const PARAM_CHARS_MAX = 200;

export interface ServerOptions {
  readonly services: HubServices;
  readonly origins: Origins;
  readonly refusals: Refusals;
  readonly log: Logger;
  readonly version: string;
  readonly webDir: string | null;
  readonly tls: { readonly cert: string; readonly key: string } | null;
}

/** All routes, in the order of the reference. */
export function apiRoutes(services: HubServices): readonly AnyRoute[] {
  return [
    ...sessionRoutes(services),
    ...aboutRoutes(services),
    ...conversationRoutes(services),
    ...evidenceRoutes(services),
    ...proposalRoutes(services),
    ...nodeRoutes(services),
    ...auditRoutes(services),
    ...demoRoutes(services),
  ];
}

/** The server, ready to listen. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const app = newApp(options);
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', async (request, reply) => {
    for (const [name, value] of Object.entries(securityHeaders(options.tls !== null)))
      reply.header(name, value);
    const wrong = options.origins.refusal(request.headers);
    if (wrong !== null)
      throw refusal(options, request, { code: 'origin-refused', params: { origin: wrong } });
  });
  app.setErrorHandler((error: FastifyError, request, reply) => sendError(options, { error, request, reply }));
  const routes = apiRoutes(options.services);
  // Made when somebody asks for it: it spells out the schema of every route.
  const document = once(() => openApiDocument(routes, { version: options.version, prefix: API_PREFIX }));
  app.get(`${API_PREFIX}/openapi.json`, (_request, reply) =>
    reply.header('cache-control', 'no-store').send(document()),
  );
  for (const route of routes) addRoute(app, options, route);
  await servePages(app, options.webDir);
  await app.ready();
  return app;
}

/** Shapes are checked with zod, route by route; Fastify's own compilers would only be loaded and lie there. */
function noSchemas(): never {
  throw new Error('no route has a schema of Fastify');
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function newApp(options: ServerOptions): FastifyInstance {
  // Slow and silent clients are only noticed when connections are looked at, by default every 30 s.
  const timeouts = {
    headersTimeout: HEADERS_TIMEOUT_MS,
    connectionsCheckingInterval: limits.http.connectionsCheckMs,
  };
  const common = {
    bodyLimit: limits.http.bodyBytes,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: 0,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    routerOptions: { maxParamLength: PARAM_CHARS_MAX },
    http: timeouts,
    clientErrorHandler: refuseGarbage,
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      sendError(options, { error, request, reply });
    },
  };
  const app =
    options.tls === null ? fastify(common) : fastify({ ...common, https: { ...options.tls, ...timeouts } });
  app.server.maxConnections = limits.http.connections;
  // The two instances differ only in the type of the underlying server, which nothing here looks at.
  return app as FastifyInstance;
}

/** Bytes that are no HTTP request have no reply object; they get the same shape of answer on the bare socket. */
function refuseGarbage(_error: Error, socket: Socket): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify({
    error: fail('input-invalid', { where: 'the request', detail: 'not HTTP' }).toJSON(),
  });
  const head = [
    'HTTP/1.1 400 Bad Request',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function addRoute(app: FastifyInstance, options: ServerOptions, route: AnyRoute): void {
  const identities = new WeakMap<FastifyRequest, Identity>();
  app.route({
    method: route.method,
    url: `${API_PREFIX}${route.path}`,
    // Before the body is read: a stranger's body is not even parsed.
    async onRequest(request, reply) {
      reply.header('cache-control', 'no-store');
      if (route.access !== 'anyone') identities.set(request, await admit(options, route, request));
    },
    async handler(request, reply) {
      const identity = identities.get(request) ?? nobody;
      return route.handle({
        params: parsed(route.params, request.params, 'path'),
        query: parsed(route.query, request.query, 'query'),
        body: parsed(route.body, request.body, 'body'),
        identity,
        request,
        reply,
      });
    },
  });
}

/** What a route for anyone sees as its sender. */
const nobody: Identity = { person: { id: '', name: '', roles: [] }, via: 'web', csrf: null };

async function admit(options: ServerOptions, route: AnyRoute, request: FastifyRequest): Promise<Identity> {
  const identity = await options.services.auth.identify(request.headers);
  if (identity === null) throw refusal(options, request, { code: 'not-signed-in', params: {} });
  if (route.method !== 'GET' && !csrfHolds(identity, request.headers[CSRF_HEADER])) {
    throw refusal(options, request, { code: 'csrf-invalid', params: {}, identity });
  }
  if (route.access !== 'anyone' && !mayActAs(identity.person.roles, route.access)) {
    const params = { who: identity.person.name, what: `use ${route.method} ${route.path}` };
    throw refusal(options, request, { code: 'not-allowed', params, identity });
  }
  return identity;
}

function refusal(
  options: ServerOptions,
  request: FastifyRequest,
  why: { readonly code: ErrorCode; readonly params: ErrorParams; readonly identity?: Identity },
): LockkeeperError {
  const error = fail(why.code, why.params);
  const { method } = request;
  const path = request.url.split('?')[0] ?? '';
  const person = why.identity === undefined ? {} : { person: why.identity.person };
  options.refusals.note({ code: why.code, method, path, detail: error.message, ...person });
  return error;
}

function parsed(schema: AnyRoute['body'], value: unknown, part: string): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { where, detail } = firstIssue(result.error);
  throw fail('input-invalid', { where: where === 'the top' ? `the ${part}` : where, detail });
}

function sendError(
  options: ServerOptions,
  on: {
    readonly error: FastifyError | Error;
    readonly request: FastifyRequest;
    readonly reply: FastifyReply;
  },
): void {
  const { request, reply } = on;
  const error = expected(on.error);
  if (error.code === 'unexpected') {
    options.log.error(
      { method: request.method, path: request.routeOptions.url, error: messageOf(on.error) },
      'a request failed',
    );
  }
  if (error.code === 'sign-in-invalid') refusal(options, request, { code: 'sign-in-invalid', params: {} });
  reply.header('cache-control', 'no-store').code(error.status).send({ error: error.toJSON() });
}

/** Whatever was thrown, as a row of the table. */
function expected(error: FastifyError | Error): LockkeeperError {
  if (error instanceof LockkeeperError) return error;
  const status = 'statusCode' in error ? error.statusCode : undefined;
  if (status === 413) return fail('body-too-large', { limit: limits.http.bodyBytes });
  if (status !== undefined && status >= 400 && status < 500)
    return fail('input-invalid', { where: 'the request', detail: error.message });
  return fail('unexpected', {}, error);
}
