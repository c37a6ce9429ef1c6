// Proposals: what waits for people, and their decisions.

import { z } from 'zod';
import { decisionRequest, proposalPage } from '../../contract/api.ts';
import { fail } from '../../contract/errors.ts';
import { proposalState, proposalView } from '../../contract/proposal.ts';
import { type AnyRoute, defineRoute } from './route.ts';
import type { HubServices } from './services.ts';
import { anId, cursor, idParams, noBody, nothing, pageSize } from './shapes.ts';

export function proposalRoutes(services: HubServices): AnyRoute[] {
  const { store } = services;
  return [
    defineRoute({
      method: 'GET',
      path: '/proposals',
      summary: 'Proposals, newest first.',
      access: 'viewer',
      params: nothing,
      query: z.strictObject({
        state: proposalState.optional(),
        conversation: anId.optional(),
        cursor,
        limit: pageSize(50),
      }),
      body: noBody,
      response: proposalPage,
      handle: ({ query: { state, conversation, cursor: from, limit } }) =>
        store.proposals({ state, conversation }, from ?? null, limit),
    }),
    defineRoute({
      method: 'GET',
      path: '/proposals/:id',
      summary: 'One proposal with the bytes its node signed.',
      access: 'viewer',
      params: idParams,
      query: nothing,
      body: noBody,
      response: proposalView,
      async handle({ params }) {
        const found = await store.proposal(params.id);
        if (found === null) throw fail('proposal-unknown', { id: params.id });
        return found;
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/proposals/:id/decision',
      summary: 'Approve or deny exactly the bytes that the digest names.',
      // Whether somebody may decide is checked with the decision, so that a refusal is on record as one.
      access: 'viewer',
      params: idParams,
      query: nothing,
      body: decisionRequest,
      response: proposalView,
      handle: ({ params, body, identity }) =>
        services.decide(identity.person, { ...body, proposal: params.id, via: identity.via }),
    }),
  ];
}
