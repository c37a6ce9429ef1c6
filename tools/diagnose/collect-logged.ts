// What a running task complains of in its log, though its service seems well: the network around it, the database it names, and who changed
// what. One stage, the last one; what a role allows takes two, and AWS's own refusal has to do.

import type { Aws } from '../../src/contract/aws.ts';
import { type EvidenceBundle, merged } from '../../src/diagnosis/evidence.ts';
import type { Facts } from '../../src/diagnosis/facts/facts.ts';
import { hasRun } from '../../src/diagnosis/facts/further.ts';
import { noNeeds } from '../../src/diagnosis/facts/needs.ts';
import { needsOfChanges } from '../../src/diagnosis/facts/resource-needs.ts';
import type { CollectOptions } from './collect.ts';
import { readDatabases } from './collect-databases.ts';
import { withMore } from './collect-network.ts';
import { readResources, withRead } from './collect-resources.ts';
import { environmentHosts, readAround } from './collect-surroundings.ts';
import { next } from './staged.ts';

/** The bundle behind `facts` with what decides whether the complaint is true; as it was where nothing has to be read for it. */
export async function readBehindLog(
  aws: Aws,
  facts: Facts,
  seen: { readonly bundle: EvidenceBundle; readonly options: CollectOptions },
): Promise<EvidenceBundle> {
  const { bundle, options } = seen;
  if (facts.logged?.kinds.has('unreached') !== true) return bundle;
  const gate = next(aws, 'what the log of a running task names');
  // What the environment names is read with the network only where some task has failed.
  const named = new Set(hasRun(facts) ? environmentHosts(facts) : []);
  const tried = facts.attempts.map(({ host }) => host).filter((host) => !named.has(host));
  const [around, databases, resources] = await Promise.all([
    readAround(gate, facts, { ...options, paths: true }),
    readDatabases(gate, tried, bundle.network),
    readResources(gate, bundle, { ...noNeeds, trail: needsOfChanges(facts).trail }),
  ]);
  const network = withMore(bundle.network, around);
  const known = network.databases ?? { items: [], gaps: [] };
  return withRead(
    {
      ...bundle,
      network: databases === undefined ? network : { ...network, databases: merged(known, databases) },
    },
    resources,
  );
}
