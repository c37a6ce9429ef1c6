// A call as Cedar sees it: entities with every attribute the schema names. What a call does not name is the empty string,
// never an absent attribute, because an absent attribute would make a forbidding policy fail instead of forbid.

import type { DecisionRequest } from '../contract/decision.ts';

/** The question of `policies/schema.cedarschema` for one call. */
export function cedarRequest(request: DecisionRequest, approved: boolean) {
  const agent = { type: 'Agent', id: request.agent.name };
  const target = { type: 'Target', id: 'target' };
  return {
    principal: agent,
    action: { type: 'Action', id: request.tool },
    resource: target,
    context: { approved },
    entities: [
      {
        uid: agent,
        attrs: {
          name: request.agent.name,
          level: request.agent.level,
          person: request.person.id,
          roles: [...request.person.roles],
        },
        parents: [],
      },
      {
        uid: target,
        attrs: {
          account: request.account,
          region: request.region,
          cluster: request.target.cluster ?? '',
          service: request.target.service ?? '',
          resources: [...request.target.resources],
        },
        parents: [],
      },
    ],
  };
}
