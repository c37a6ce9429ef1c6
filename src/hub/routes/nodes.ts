// Nodes: which there are, and the token with which a new one joins.

import { joinTokenResponse, nodePage } from '../../contract/api.ts';
import { type AnyRoute, defineRoute } from './route.ts';
import type { HubServices } from './services.ts';
import { noBody, nothing } from './shapes.ts';

export function nodeRoutes(services: HubServices): AnyRoute[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/nodes',
      summary: 'Nodes, connected ones first.',
      access: 'viewer',
      params: nothing,
      query: nothing,
      body: noBody,
      response: nodePage,
      handle: async () => ({ items: await services.directory.list() }),
    }),
    defineRoute({
      method: 'POST',
      path: '/nodes/tokens',
      summary: 'Make a single-use join token, good for 15 minutes.',
      access: 'operator',
      params: nothing,
      query: nothing,
      body: noBody,
      response: joinTokenResponse,
      async handle() {
        const { token, expiresAt } = await services.createJoinToken();
        return {
          token,
          expiresAt,
          command: `lockkeeper node install --hub ${services.url()} --token ${token}`,
        };
      },
    }),
  ];
}
