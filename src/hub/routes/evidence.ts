// Evidence: the stored, redacted answer of one AWS call.

import { evidence } from '../../contract/call.ts';
import { fail } from '../../contract/errors.ts';
import { type AnyRoute, defineRoute } from './route.ts';
import type { HubServices } from './services.ts';
import { idParams, noBody, nothing } from './shapes.ts';

export function evidenceRoutes({ store }: HubServices): AnyRoute[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/evidence/:id',
      summary: 'One piece of evidence.',
      access: 'viewer',
      params: idParams,
      query: nothing,
      body: noBody,
      response: evidence,
      async handle({ params }) {
        const found = await store.evidence(params.id);
        if (found === null) throw fail('evidence-unknown', { id: params.id });
        return found;
      },
    }),
  ];
}
