// Stage four of an investigation, run only when a path could not be decided: groups and interfaces of the destinations, and the prefix
// lists that rules and routes refer to.

import type { Aws } from '../../src/contract/aws.ts';
import type { PathHop } from '../../src/contract/finding.ts';
import type {
  EvidenceBundle,
  NetworkEvidence,
  Observed,
  VpcAttributes,
} from '../../src/diagnosis/evidence.ts';
import { type Facts, factsOf } from '../../src/diagnosis/facts/facts.ts';
import { vpcIdOf } from '../../src/diagnosis/facts/host-place.ts';
import type { CollectOptions } from './collect.ts';
import { hasUnknownDatabases, readDatabases } from './collect-databases.ts';
import { asksForNamespaces, readNamespaces } from './collect-namespaces.ts';
import { filter, readGroups, readInterfaces, readPrefixLists, withMore } from './collect-network.ts';
import { readHostnames } from './collect-vpc-attributes.ts';
import { next } from './staged.ts';

/** The second round reads the groups of interfaces that the first one found. */
const ROUNDS = 2;
/** More groups of endpoints than this are not read to propose one of them. */
const ENDPOINT_GROUPS_MAX = 20;

export interface DestinationOptions extends CollectOptions {
  /** Prefix lists that somebody else reads. */
  readonly lists?: readonly string[];
}

/** Adds what is still missing about the destinations. */
export async function readDestinations(
  aws: Aws,
  bundle: EvidenceBundle,
  options: DestinationOptions,
): Promise<EvidenceBundle> {
  let current = bundle;
  // A group that was refused or is gone is not asked for again.
  const asked = new Set<string>();
  let gate = aws;
  for (let round = 0; round < ROUNDS; round += 1) {
    const facts = factsOf(current, options.question);
    const more = missingReads(gate, facts, { ...options, asked });
    if (more.length === 0) return current;
    gate = next(gate);
    const answers = await Promise.all(more);
    current = { ...current, network: answers.reduce<NetworkEvidence>(withMore, current.network) };
  }
  return current;
}

function missingReads(
  aws: Aws,
  facts: Facts,
  options: DestinationOptions & { readonly asked: Set<string> },
): Promise<Partial<NetworkEvidence>>[] {
  const { network } = facts.bundle;
  const vpcId = vpcIdOf(facts.bundle);
  if (vpcId === undefined) return [];
  const reads: Promise<Partial<NetworkEvidence>>[] = [];
  const hosts = facts.dependencies.flatMap((one) => (one.host === undefined ? [] : [one.host]));
  if (hasUnknownDatabases(hosts, network))
    reads.push(
      readDatabases(aws, hosts, network).then((databases) => (databases === undefined ? {} : { databases })),
    );
  const seenGroups = new Set(network.securityGroups.items.map(({ value }) => value.GroupId));
  const candidates = facts.dependencies.flatMap((one) =>
    one.candidates.map((candidate) => candidate.candidate),
  );
  const groups = new Set(
    [
      ...candidates.flatMap((one) => [...(one.destination.securityGroups ?? [])]),
      ...endpointGroups(facts),
    ].filter((id) => !seenGroups.has(id) && !options.asked.has(id)),
  );
  for (const id of groups) options.asked.add(id);
  if (groups.size > 0)
    reads.push(readGroups(aws, [...groups]).then((securityGroups) => ({ securityGroups })));
  reads.push(...interfaceReads(aws, facts, vpcId));
  if (asksForNamespaces(facts)) reads.push(readNamespaces(aws).then((namespaces) => ({ namespaces })));
  const attributes = attributesInQuestion(facts);
  if (attributes !== undefined)
    reads.push(readHostnames(aws, attributes).then((vpcAttributes) => ({ vpcAttributes })));
  const lists = prefixListsReferred(network).filter(
    (id) =>
      options.lists?.includes(id) !== true && !network.prefixLists.items.some(({ value }) => value.id === id),
  );
  if (
    lists.length > 0 &&
    dependsOnPrefixLists(facts) &&
    network.prefixLists.gaps.every((gap) => gap.kind === 'unread')
  )
    reads.push(readPrefixLists(aws, lists).then((prefixLists) => ({ prefixLists })));
  return reads;
}

/** Who stands behind the groups and addresses that are meant. */
function interfaceReads(
  aws: Aws,
  { bundle, dependencies }: Facts,
  vpcId: string,
): Promise<Partial<NetworkEvidence>>[] {
  const interfaces = bundle.network.networkInterfaces.items;
  const candidates = dependencies.flatMap((one) => one.candidates.map((candidate) => candidate.candidate));
  const ruleGroups = candidates
    .filter(
      (one) =>
        ['inbound-rule', 'group-name', 'given'].includes(one.foundBy) &&
        one.destination.address === undefined,
    )
    .flatMap((one) => [...(one.destination.securityGroups ?? [])])
    .filter((id) => !interfaces.some(({ value }) => value.Groups?.some((group) => group.GroupId === id)));
  const addresses = candidates
    .filter((one) => one.foundBy === 'address' && one.destination.securityGroups === undefined)
    .flatMap((one) => (one.destination.address === undefined ? [] : [one.destination.address]));
  const inVpc = filter('vpc-id', [vpcId]);
  const filters = [
    ...(ruleGroups.length === 0 ? [] : [[inVpc, filter('group-id', ruleGroups)]]),
    ...(addresses.length === 0 ? [] : [[inVpc, filter('addresses.private-ip-address', addresses)]]),
  ];
  return filters.map((one) =>
    readInterfaces(aws, one, 'the interfaces of the destination').then((networkInterfaces) => ({
      networkInterfaces,
    })),
  );
}

/** The attributes of a VPC in which a name did not resolve, while nobody asked for all of them. */
function attributesInQuestion({ bundle, dependencies }: Facts): Observed<VpcAttributes> | undefined {
  const { items, gaps } = bundle.network.vpcAttributes;
  const [known] = items;
  if (known === undefined || known.value.enableDnsHostnames !== undefined || gaps.length > 0)
    return undefined;
  const unresolved = dependencies.some(({ candidates }) =>
    candidates.some(({ candidate }) => candidate.destination.resolves === false),
  );
  // An endpoint that is open to the tasks and gave no answer: they may not have found it by its name.
  const unused = dependencies.some(
    ({ start, candidates }) =>
      start?.reply === 'silence' &&
      candidates.some(
        ({ candidate, solved }) =>
          candidate.foundBy === 'endpoint' &&
          candidate.destination.prefixList === undefined &&
          solved.every(({ path }) => path.verdict === 'reachable'),
      ),
  );
  return unresolved || unused || known.value.enableDnsSupport === false ? known : undefined;
}

/** The groups of the endpoints there are, when one is missing: the missing one could stand behind them. */
function endpointGroups({ blocks, bundle }: Facts): string[] {
  if (!blocks.some((one) => one.class === 'missing-vpc-endpoint' && one.hop.check === 'route')) return [];
  return bundle.network.vpcEndpoints.items
    .flatMap(({ value }) => (value.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []))
    .slice(0, ENDPOINT_GROUPS_MAX);
}

/** Only S3 is reached by its list; elsewhere a list matters when a gate could not be decided without it. */
function dependsOnPrefixLists(facts: Facts): boolean {
  const read = new Set(facts.bundle.network.securityGroups.items.map(({ value }) => value.GroupId));
  // Groups that were not read are the reason themselves.
  const isSeen = ({ check, resource }: PathHop) =>
    check.startsWith('route') || resource.split(', ').every((id) => read.has(id));
  // A group without a rule for a list is undecided for want of something else, such as the groups of the sender.
  const namesList = ({ check, rules }: PathHop) =>
    check.startsWith('route') || rules.some(({ peer }) => peer.startsWith('pl-'));
  return facts.dependencies.some(
    (one) =>
      one.start?.services.includes('s3') === true ||
      one.candidates.some(({ paths }) =>
        paths.some((path) =>
          path.hops.some(
            (hop) =>
              hop.verdict === 'unknown' &&
              /^(?:security-group|route)/.test(hop.check) &&
              isSeen(hop) &&
              namesList(hop),
          ),
        ),
      ),
  );
}

/** Lists in outbound rules of the groups that were read; routes through gateway endpoints name theirs too. */
function prefixListsReferred(network: NetworkEvidence): string[] {
  const rules = network.securityGroups.items.flatMap(({ value }) => value.IpPermissionsEgress ?? []);
  const routes = network.routeTables.items.flatMap(({ value }) => value.Routes ?? []);
  return [
    ...new Set([
      ...rules.flatMap((rule) => (rule.PrefixListIds ?? []).map((list) => list.PrefixListId ?? '')),
      ...routes.map((route) => route.DestinationPrefixListId ?? ''),
    ]),
  ].filter((id) => id !== '');
}
