// What the account of `evidence-account.ts` has around its service, moved to the demo's account, so that every tool finds something.

import type { Snapshot } from '../../src/contract/snapshot.ts';
import { evidenceAccount } from './evidence-account.ts';

const SECTIONS = [
  'ecr',
  'kms',
  'secretsmanager',
  'ssm',
  'efs',
  'servicediscovery',
  'servicequotas',
  'events',
  'codedeploy',
] as const;

/** Adds it to an account in the demo's place, whose clock is that of the simulated account of tests. */
export function addSurroundings(snapshot: Snapshot): void {
  const other: Snapshot = JSON.parse(
    JSON.stringify(evidenceAccount())
      .replaceAll('eu-central-1', snapshot.account.region)
      .replaceAll('210987654321', snapshot.account.id)
      .replaceAll('cluster/prod"', 'cluster/production-cluster"')
      .replaceAll('2026-03-02T', '2026-11-20T'),
  );
  for (const name of SECTIONS) Object.assign(snapshot, { [name]: merged(snapshot[name], other[name]) });
  snapshot.ec2.InstanceTypes.push(...other.ec2.InstanceTypes);
}

/** The lists of both sections; the policies of file systems are of one. */
function merged(own: object, added: object): object {
  const lists = new Map<string, unknown>(Object.entries(own));
  return Object.fromEntries(
    Object.entries(added).map(([key, value]) => {
      const list = lists.get(key);
      return [key, Array.isArray(list) && Array.isArray(value) ? [...list, ...value] : value];
    }),
  );
}
