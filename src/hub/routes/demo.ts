// The demo: which incident it shows, and another one in its place.

import { z } from 'zod';
import { scenarioList } from '../../contract/api.ts';
import { type AnyRoute, defineRoute } from './route.ts';
import type { HubServices } from './services.ts';
import { noBody, nothing } from './shapes.ts';

export function demoRoutes(services: HubServices): AnyRoute[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/demo',
      summary: 'The incidents of the demo and the one that is shown.',
      access: 'viewer',
      params: nothing,
      query: nothing,
      body: noBody,
      response: scenarioList,
      handle: async () => services.scenarios.list(),
    }),
    defineRoute({
      method: 'POST',
      path: '/demo',
      summary:
        'Show another incident: its simulated account takes the place of the one before, from its beginning.',
      access: 'operator',
      params: nothing,
      query: nothing,
      body: z.strictObject({ scenario: z.string().min(1).max(64) }),
      response: scenarioList,
      handle: ({ body, identity }) => services.scenarios.show(identity.person, body.scenario),
    }),
  ];
}
