// The second half of an investigation: what explains trouble that the service and its tasks have already shown. Two stages. Whatever is
// named by then is asked for at once in the first, and reads that take several steps of their own run beside the second.

import type { Aws } from '../../src/contract/aws.ts';
import type { ToolContext } from '../../src/contract/tool.ts';
import { type EvidenceBundle, merged } from '../../src/diagnosis/evidence.ts';
import { type Facts, factsOf } from '../../src/diagnosis/facts/facts.ts';
import { asksForQuotas } from '../../src/diagnosis/facts/fargate-quota.ts';
import { answeredStartsOnly, pointsAtNetwork } from '../../src/diagnosis/facts/further.ts';
import { joinedNeeds, noNeeds, type ResourceNeeds } from '../../src/diagnosis/facts/needs.ts';
import { roleName } from '../../src/diagnosis/facts/permission.ts';
import {
  asksForAnything,
  needsOfChanges,
  needsOfLogs,
  needsOfStarts,
} from '../../src/diagnosis/facts/resource-needs.ts';
import type { CollectOptions } from './collect.ts';
import { readOtherDefinitions } from './collect-definitions.ts';
import { readDestinations } from './collect-destination.ts';
import { readFurther, withFurther } from './collect-further.ts';
import { networkAdded, withMore } from './collect-network.ts';
import { readQuotas } from './collect-quota.ts';
import { readResources, withRead } from './collect-resources.ts';
import { readMountGroups } from './collect-storage.ts';
import { readAround, readLogs } from './collect-surroundings.ts';
import { asksForUse, readUse } from './collect-use.ts';

/** What explains trouble that is known already: logs, the network, destinations, and what else the facts then ask for. */
export async function deepen(
  aws: Aws,
  bundle: EvidenceBundle,
  options: CollectOptions,
): Promise<EvidenceBundle> {
  const early = factsOf(bundle);
  const asked = options.question !== undefined;
  const quiet = (facts: Facts) => !asked && answeredStartsOnly(facts);
  const wantsNetwork = (facts: Facts) => asked || (!quiet(facts) && pointsAtNetwork(facts));
  options.context.stage(
    asked
      ? 'logs and network'
      : quiet(early)
        ? 'what the start needed'
        : 'logs, network and what the start needed',
  );
  // Revisions that no deployment names any more are needed to find logs, not to read a network.
  const known = readOtherDefinitions(aws, bundle).then((extra) =>
    extra === undefined
      ? early
      : factsOf({ ...bundle, taskDefinitions: merged(bundle.taskDefinitions, extra) }),
  );
  const network = wantsNetwork(early)
    ? readAround(aws, early, { ...options, paths: true })
    : known.then((facts) => readAround(aws, facts, { ...options, paths: wantsNetwork(facts) }));
  // Where every start got an answer every path works, and what never ran has logged nothing.
  const logs = known.then((facts) => (quiet(facts) ? {} : readLogs(aws, facts, options)));
  const surroundings = Promise.all([known, network, logs]).then(([facts, around, said]) => ({
    ...facts.bundle,
    ...said,
    network: withMore(facts.bundle.network, around),
  }));
  if (asked) return readDestinations(aws, await surroundings, options);
  return explain(aws, { known, surroundings, quiet }, options);
}

interface Underway {
  readonly known: Promise<Facts>;
  readonly surroundings: Promise<EvidenceBundle>;
  readonly quiet: (facts: Facts) => boolean;
}

/** Only what the last stage builds on is waited for before it; roles, keys, hosts and balancers are complete when they are. */
async function explain(
  aws: Aws,
  { known, surroundings, quiet }: Underway,
  options: CollectOptions,
): Promise<EvidenceBundle> {
  const needs = known.then((facts): ResourceNeeds => {
    const wanted = needsOfStarts(facts);
    return { ...wanted, endpoints: wanted.endpoints && quiet(facts) };
  });
  const mounts = Promise.all([known, needs]).then(([{ bundle }, wanted]) =>
    readResources(aws, bundle, { ...noNeeds, mounts: wanted.mounts }),
  );
  const last = Promise.all([surroundings, mounts, needs]).then(([bundle, read, { roles }]) =>
    readLast(aws, withRead(bundle, read), { ...options, roles }),
  );
  const others = Promise.all([known, needs]).then(([{ bundle }, wanted]) =>
    readResources(aws, bundle, { ...wanted, mounts: [] }),
  );
  const further = known.then((facts) => readFurther(aws, facts));
  const used = known.then((facts) =>
    facts.bundle.subject !== 'tasks' && asksForUse(facts) ? readUse(aws, facts.bundle, facts) : undefined,
  );
  const quotas = known.then((facts) =>
    asksForQuotas(facts) ? readQuotas(aws, facts.bundle.nowMs) : undefined,
  );
  const [complete, resources, beside, metrics, fargate] = await Promise.all([
    last,
    others,
    further,
    used,
    quotas,
  ]);
  const whole = withFurther(withRead(complete, resources), beside);
  return {
    ...whole,
    ...(metrics === undefined ? {} : { metrics }),
    ...(fargate === undefined ? {} : { fargate }),
  };
}

interface LastOptions extends CollectOptions {
  /** Those that are being read already. */
  readonly roles: readonly string[];
}

/** The last stage: what could not be decided yet, and what the logs point at. None of it depends on the rest. */
async function readLast(aws: Aws, bundle: EvidenceBundle, options: LastOptions): Promise<EvidenceBundle> {
  let told = false;
  const context: ToolContext = {
    ...options.context,
    stage: (name) => {
      if (!told) options.context.stage(name);
      told = true;
    },
  };
  const facts = factsOf(bundle);
  const underway = new Set(options.roles.map(roleName));
  const wanted = needsOfLogs(facts);
  const needs = {
    ...wanted,
    roles: wanted.roles.filter((role) => !underway.has(roleName(role))),
    trail: joinedNeeds([wanted, needsOfChanges(facts)]).trail,
  };
  if (asksForAnything(needs)) context.stage('what the logs point at');
  const [destinations, mounts, resources] = await Promise.all([
    readDestinations(aws, bundle, { ...options, context }),
    readMountGroups(aws, facts),
    readResources(aws, bundle, needs),
  ]);
  const network = withMore(destinations.network, networkAdded(bundle.network, mounts.network));
  return withRead({ ...mounts, network }, resources);
}
