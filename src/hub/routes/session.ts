// Signing in and out, and who one is.

import { z } from 'zod';
import { meResponse, sessionRequest } from '../../contract/api.ts';
import type { Identity } from '../auth.ts';
import { defineRoute } from './route.ts';
import type { HubServices } from './services.ts';
import { done, noBody, nothing } from './shapes.ts';

export function sessionRoutes(services: HubServices) {
  const { auth } = services;
  return [
    defineRoute({
      method: 'POST',
      path: '/session',
      summary: 'Sign in with a one-time code; sets the session cookie.',
      access: 'anyone',
      params: nothing,
      query: nothing,
      body: sessionRequest,
      response: meResponse,
      async handle({ body, reply }) {
        const { cookie, identity } = await auth.signIn(body.code);
        reply.header('set-cookie', cookie);
        return me(identity);
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/session',
      summary: 'Sign out.',
      access: 'viewer',
      params: nothing,
      query: nothing,
      body: noBody,
      response: done,
      async handle({ request, reply }) {
        reply.header('set-cookie', await auth.signOut(request.headers));
        return {};
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/session/links',
      summary: 'Make a one-time sign-in link for oneself, good for 15 minutes.',
      access: 'operator',
      params: nothing,
      query: nothing,
      body: noBody,
      response: z.object({ link: z.string() }),
      async handle({ identity }) {
        return { link: signInLink(services.url(), await auth.createSignInCode(identity.person)) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/me',
      summary: 'Who is signed in, and the token that unsafe requests of this session carry.',
      access: 'viewer',
      params: nothing,
      query: nothing,
      body: noBody,
      response: meResponse,
      handle: async ({ identity }) => me(identity),
    }),
  ];
}

/** The code stands behind the `#`: browsers send that part to nobody. */
export function signInLink(url: string, code: string): string {
  return `${url}/#/sign-in/${code}`;
}

function me({ person, csrf }: Identity) {
  return { person: { id: person.id, name: person.name, roles: [...person.roles] }, csrf };
}
