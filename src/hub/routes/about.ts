// About the hub itself: how it stands and which tools it has.

import { modelSchema } from '../../catalog/model-schema.ts';
import { statusResponse, toolPage } from '../../contract/api.ts';
import { type AnyRoute, defineRoute } from './route.ts';
import type { HubServices } from './services.ts';
import { noBody, nothing } from './shapes.ts';

export function aboutRoutes(services: HubServices): AnyRoute[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/status',
      summary: 'How the hub stands: nodes, planner, audit head, what waits.',
      access: 'viewer',
      params: nothing,
      query: nothing,
      body: noBody,
      response: statusResponse,
      handle: () => services.status(),
    }),
    defineRoute({
      method: 'GET',
      path: '/tools',
      summary: 'The tools of this installation.',
      access: 'viewer',
      params: nothing,
      query: nothing,
      body: noBody,
      response: toolPage,
      handle: async () => ({
        items: services.tools.map((tool) => ({
          name: tool.name,
          summary: tool.summary,
          risk: tool.risk,
          actions: [...tool.actions],
          inputSchema: modelSchema(tool),
        })),
      }),
    }),
  ];
}
