// The second half of an investigation: what explains trouble that the service and its tasks have already shown. Two stages. Whatever is
// named by then is asked for at once in the first, and reads that take several steps of their own run beside the second.

import type { Aws } from '../../src/contract/aws.ts';
import { type EvidenceBundle, merged } from '../../src/diagnosis/evidence.ts';
import { type Facts, factsOf } from '../../src/diagnosis/facts/facts.ts';
import { asksForQuotas } from '../../src/diagnosis/facts/fargate-quota.ts';
import { likelyGates, likelyRoles } from '../../src/diagnosis/facts/foresight.ts';
import { answeredStartsOnly, pointsAtNetwork } from '../../src/diagnosis/facts/further.ts';
import { startsAskForHosts } from '../../src/diagnosis/facts/host-needs.ts';
import { joinedNeeds, noNeeds, type ResourceNeeds } from '../../src/diagnosis/facts/needs.ts';
import { roleName } from '../../src/diagnosis/facts/permission.ts';
import { needsOfChanges, needsOfLogs, needsOfStarts } from '../../src/diagnosis/facts/resource-needs.ts';
import type { CollectOptions } from './collect.ts';
import { readOtherDefinitions } from './collect-definitions.ts';
import { readDestinations } from './collect-destination.ts';
import { readFurther, withFurther } from './collect-further.ts';
import {
  type HostNetwork,
  type HostsBelow,
  readHostsBelow,
  withHostNetwork,
} from './collect-host-network.ts';
import { networkAdded, withMore } from './collect-network.ts';
import { readQuotas } from './collect-quota.ts';
import { readResources, withRead } from './collect-resources.ts';
import { readRoleNames } from './collect-roles.ts';
import { readMountGroups } from './collect-storage.ts';
import { readAround, readLogs } from './collect-surroundings.ts';
import { readTrail } from './collect-trail.ts';
import { asksForUse, readUse } from './collect-use.ts';
import { foresee, next } from './staged.ts';

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
  const others = readOtherDefinitions(aws, bundle);
  const gate = others === undefined ? aws : next(aws);
  const known = Promise.resolve(others).then((extra) =>
    extra === undefined
      ? early
      : factsOf({ ...bundle, taskDefinitions: merged(bundle.taskDefinitions, extra) }),
  );
  const network = wantsNetwork(early)
    ? readAround(aws, early, { ...options, paths: true })
    : known.then((facts) => readAround(gate, facts, { ...options, paths: wantsNetwork(facts) }));
  // Where every start got an answer every path works, and what never ran has logged nothing.
  const logs = known.then((facts) => (quiet(facts) ? {} : readLogs(gate, facts, options)));
  const hosts = readHostsBelow(aws, early, options);
  const surroundings = Promise.all([known, network, logs, hosts.placed]).then(
    ([facts, around, said, placed]): EvidenceBundle => ({
      ...facts.bundle,
      ...said,
      ...(placed === undefined ? {} : { hosts: placed }),
      network: withMore(facts.bundle.network, around),
    }),
  );
  const hostNetwork = hosts.placed.then((placed) => {
    if (placed === undefined) return undefined;
    // What a start wanted is known without its log.
    return startsAskForHosts(early)
      ? hosts.network(next(aws), factsOf({ ...bundle, hosts: placed }, options.question))
      : surroundings.then((seen) => hosts.network(next(gate), factsOf(seen, options.question)));
  });
  const underway = { known, surroundings, hostNetwork, quiet, hosts };
  return asked ? answerOf(gate, underway, options) : explain(gate, underway, options);
}

interface Underway {
  readonly known: Promise<Facts>;
  readonly surroundings: Promise<EvidenceBundle>;
  readonly hostNetwork: Promise<HostNetwork | undefined>;
  readonly quiet: (facts: Facts) => boolean;
  readonly hosts: HostsBelow;
}

/** Where a way is asked about, destinations are looked up even if that takes a step more. */
async function answerOf(
  aws: Aws,
  { surroundings, hostNetwork, hosts }: Underway,
  options: CollectOptions,
): Promise<EvidenceBundle> {
  const second = next(aws);
  if (!hosts.isPlaced)
    return readDestinations(next(second), withHostNetwork(await surroundings, await hostNetwork), options);
  const [seen, more] = await Promise.all([
    Promise.all([surroundings, hosts.lists]).then(([known, lists]) =>
      readDestinations(second, known, { ...options, lists }),
    ),
    hostNetwork,
  ]);
  return withHostNetwork(seen, more);
}

/** Only what the last stage builds on is waited for before it; roles, keys, hosts and balancers are complete when they are. */
async function explain(
  aws: Aws,
  { known, surroundings, hostNetwork, quiet, hosts }: Underway,
  options: CollectOptions,
): Promise<EvidenceBundle> {
  const { isPlaced } = hosts;
  const needs = known.then((facts): ResourceNeeds => {
    const wanted = needsOfStarts(facts);
    return { ...wanted, endpoints: wanted.endpoints && (quiet(facts) || !isPlaced) };
  });
  const mounts = Promise.all([known, needs]).then(([{ bundle }, wanted]) =>
    readResources(aws, bundle, { ...noNeeds, mounts: wanted.mounts }),
  );
  const last = Promise.all([surroundings, mounts, needs, hosts.lists]).then(
    ([bundle, read, { roles, endpoints }, lists]) =>
      readLast(aws, withRead(bundle, read), {
        ...options,
        roles,
        lists,
        endpoints: endpoints && !isPlaced,
        destinations: isPlaced,
      }),
  );
  const others = Promise.all([known, needs]).then(([{ bundle }, wanted]) =>
    readResources(aws, bundle, { ...wanted, mounts: [], endpoints: wanted.endpoints && isPlaced }),
  );
  const further = known.then((facts) => readFurther(aws, facts));
  const used = known.then((facts) =>
    facts.bundle.subject !== 'tasks' && asksForUse(facts) ? readUse(aws, facts.bundle, facts) : undefined,
  );
  const quotas = known.then((facts) =>
    asksForQuotas(facts) ? readQuotas(aws, facts.bundle.nowMs) : undefined,
  );
  const ahead = known.then((facts) => foreseeLast(aws, facts));
  const [complete, resources, beside, metrics, fargate, placed] = await Promise.all([
    last,
    others,
    further,
    used,
    quotas,
    hostNetwork,
    ahead,
  ]);
  const whole = withHostNetwork(withFurther(withRead(complete, resources), beside), placed);
  return {
    ...whole,
    ...(metrics === undefined ? {} : { metrics }),
    ...(fargate === undefined ? {} : { fargate }),
  };
}

/** What the last stage asks for if the logs and the network show what they usually do. */
function foreseeLast(aws: Aws, facts: Facts): void {
  const resources = likelyGates(facts);
  if (resources.length > 0)
    foresee(aws, (gate) => readTrail(gate, { resources, requests: [] }, facts.bundle.nowMs));
  for (const role of likelyRoles(facts)) foresee(aws, (gate) => readRoleNames(gate, role));
}

interface LastOptions extends CollectOptions {
  /** Those that are being read already. */
  readonly roles: readonly string[];
  /** Prefix lists that are being read already. */
  readonly lists: readonly string[];
  /** Whether the policies of endpoints are still wanted, now that the VPC is known. */
  readonly endpoints: boolean;
  /** Whether destinations can be looked up yet. */
  readonly destinations: boolean;
}

/** The last stage: what could not be decided yet, and what the logs point at. None of it depends on the rest. */
async function readLast(aws: Aws, bundle: EvidenceBundle, options: LastOptions): Promise<EvidenceBundle> {
  const facts = factsOf(bundle);
  const gate = next(aws, 'what the answers point at');
  const underway = new Set(options.roles.map(roleName));
  const foreseen = new Set(likelyRoles(facts).map(roleName));
  const wanted = needsOfLogs(facts);
  const roles = wanted.roles.filter((role) => !underway.has(roleName(role)));
  const { trail } = joinedNeeds([wanted, needsOfChanges(facts)]);
  const [destinations, mounts, begun, resources] = await Promise.all([
    options.destinations ? readDestinations(gate, bundle, options) : bundle,
    readMountGroups(gate, facts),
    // Their names are on the way, so that only what they hold has to be waited for.
    readResources(aws, bundle, { ...noNeeds, roles: roles.filter((role) => foreseen.has(roleName(role))) }),
    readResources(gate, bundle, {
      ...wanted,
      roles: roles.filter((role) => !foreseen.has(roleName(role))),
      trail,
      endpoints: options.endpoints,
    }),
  ]);
  const network = withMore(destinations.network, networkAdded(bundle.network, mounts.network));
  return withRead(withRead({ ...mounts, network }, begun), resources);
}
