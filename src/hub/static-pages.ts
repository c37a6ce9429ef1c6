// The built web page. Files are listed once at the start; any other address that a person opens gets the page itself,
// which then shows what the address means.

import { existsSync } from 'node:fs';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { fail } from '../contract/errors.ts';

const notBuilt =
  'The web page is not built. Run `npm run build` and start again; the command line and /api/v1 work without it.\n';
/** Files whose name carries the hash of what is in them. */
const HASHED = /-[0-9A-Za-z]{8,}\.(?:js|css|map|woff2|svg)$/;

/** Serves `webDir`, or a note that there is none, and answers every address that is nobody's. */
export async function servePages(app: FastifyInstance, webDir: string | null): Promise<void> {
  const built = webDir !== null && existsSync(path.join(webDir, 'index.html'));
  if (built) {
    await app.register(fastifyStatic, {
      root: path.resolve(webDir),
      wildcard: false,
      cacheControl: false,
      setHeaders(response, file) {
        response.setHeader(
          'cache-control',
          HASHED.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache',
        );
      },
    });
  } else {
    app.get('/', (_request, reply) => reply.type('text/plain; charset=utf-8').send(notBuilt));
  }
  app.setNotFoundHandler((request, reply) => {
    const address = request.url.split('?')[0] ?? '';
    if (built && request.method === 'GET' && isPage(address)) return sendPage(reply);
    throw fail('route-unknown', { path: address.slice(0, 200) });
  });
}

/** Addresses without a file ending, outside the API. */
function isPage(address: string): boolean {
  return !address.startsWith('/api/') && address !== '/node' && !/\.[A-Za-z0-9]+$/.test(address);
}

function sendPage(reply: FastifyReply): FastifyReply {
  return reply.header('cache-control', 'no-cache').sendFile('index.html');
}
