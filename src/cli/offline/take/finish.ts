// The last hand on a snapshot, once everything was read: what several answers say together, and the order in which things happened.

import type { JsonDocument, Snapshot } from '../../../contract/snapshot.ts';
import { fargateClasses } from '../../../diagnosis/facts/fargate-quota.ts';
import type { Draft, ManagedPolicy } from './draft.ts';

/** Completes the draft in place. */
export function finish({ snapshot, managed }: Draft): void {
  placePolicies(snapshot, managed);
  placeUse(snapshot);
  // The newest last, and of two at one moment the one that AWS shows first.
  snapshot.cloudtrail.events = [...snapshot.cloudtrail.events]
    .sort((a, b) => Date.parse(b.EventTime ?? '') - Date.parse(a.EventTime ?? ''))
    .reverse();
}

/** Roles name their managed policies and their boundaries; what those say was answered elsewhere. */
function placePolicies({ iam }: Snapshot, managed: ReadonlyMap<string, ManagedPolicy>): void {
  const documentOf = (arn: string | undefined): JsonDocument | undefined => {
    const policy = managed.get(arn ?? '');
    return policy?.documents.get(policy.version ?? '');
  };
  for (const role of iam.Roles) {
    const attached = role.AttachedManagedPolicies ?? [];
    const unread = attached.filter(({ PolicyArn, PolicyName }) => {
      const Document = documentOf(PolicyArn);
      if (Document === undefined) return true;
      role.policies.push({ PolicyName: PolicyName ?? PolicyArn, PolicyArn, Document });
      return false;
    });
    delete role.AttachedManagedPolicies;
    if (unread.length > 0) role.AttachedManagedPolicies = unread;
    const boundary = documentOf(role.PermissionsBoundary?.PermissionsBoundaryArn);
    if (role.PermissionsBoundary !== undefined && boundary !== undefined)
      role.PermissionsBoundary.Document = boundary;
  }
}

/** How much of a quota is in use stands in a metric; without it, the tasks that were taken would count as all there are. */
function placeUse({ servicequotas, cloudwatch }: Snapshot): void {
  for (const { code, usageClass } of fargateClasses) {
    const quota = servicequotas.quotas.find(({ QuotaCode }) => QuotaCode === code);
    const metric = cloudwatch.metrics.find(
      ({ Namespace, Dimensions }) =>
        Namespace === 'AWS/Usage' &&
        Dimensions.some(({ Name, Value }) => Name === 'Class' && Value === usageClass),
    );
    const newest = metric?.points.toSorted(([a], [b]) => Date.parse(a) - Date.parse(b)).at(-1);
    if (quota !== undefined && newest !== undefined) quota.usage = newest[1];
  }
}
