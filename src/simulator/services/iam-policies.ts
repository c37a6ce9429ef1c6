// The policies of a simulated role: inline ones, and managed ones whose document the snapshot has or AWS publishes.

import type { JsonDocument, SnapshotRole } from '../../contract/snapshot.ts';
import { managedPolicies } from '../physics/managed-policy-table.ts';

export interface RolePolicy {
  readonly PolicyName: string;
  /** Set for a managed policy. */
  readonly PolicyArn?: string;
  /** Missing for a managed policy that nobody knows more of than that it is attached. */
  readonly Document?: Readonly<JsonDocument>;
}

/** Every policy of the role, each once. */
export function policiesOf(role: SnapshotRole): RolePolicy[] {
  const known = new Set(role.policies.map((policy) => policy.PolicyArn));
  const attached = (role.AttachedManagedPolicies ?? []).filter(({ PolicyArn }) => !known.has(PolicyArn));
  return [
    ...role.policies,
    ...attached.map(({ PolicyName, PolicyArn }) => {
      const Document = managedPolicies[PolicyArn];
      return {
        PolicyName: PolicyName ?? PolicyArn.slice(PolicyArn.lastIndexOf('/') + 1),
        PolicyArn,
        ...(Document === undefined ? {} : { Document }),
      };
    }),
  ];
}
