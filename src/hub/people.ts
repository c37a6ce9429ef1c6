// People and what they may do. Rights are checked with the roles stored now, at every request.

import type { Caller } from '../dispatch/request.ts';
import type { Store } from '../store/port.ts';

/** viewer: read · operator: ask, stop, add nodes, export · approver: decide proposals. */
export const roles = ['viewer', 'operator', 'approver'] as const;
export type Role = (typeof roles)[number];

/** The person of the hub's own machine. The id is fixed so that every start finds the same one. */
const OPERATOR_ID = 'person_operator';

/** The operator, created with every role at the first start. */
export async function ensureOperator(store: Store, name: string): Promise<Caller> {
  const known = await store.person(OPERATOR_ID);
  if (known !== null) return known;
  const person = { id: OPERATOR_ID, name, roles: [...roles] };
  await store.commit([{ kind: 'person.save', person }], []);
  return person;
}

/** Whether a person with `has` may do what needs `wanted`. Everybody who has any role may read. */
export function mayActAs(has: readonly string[], wanted: Role): boolean {
  if (wanted === 'viewer') return roles.some((role) => has.includes(role));
  return has.includes(wanted);
}

export function mayApprove(has: readonly string[]): boolean {
  return mayActAs(has, 'approver');
}
