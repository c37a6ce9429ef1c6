// A question to policy that the default policies allow, to be varied by tests.

import type { DecisionRequest } from '../../src/contract/decision.ts';

interface Variation extends Partial<Omit<DecisionRequest, 'agent' | 'person'>> {
  readonly level?: DecisionRequest['agent']['level'];
  readonly roles?: readonly string[];
}

export function aRequest({ level = 'propose', roles = ['operator'], ...rest }: Variation): DecisionRequest {
  return {
    agent: { name: 'investigator', level },
    person: { id: 'person_1', roles },
    tool: 'ecs_list_clusters',
    risk: 'read',
    account: '123456789012',
    region: 'us-east-1',
    target: { resources: [] },
    ...rest,
  };
}
