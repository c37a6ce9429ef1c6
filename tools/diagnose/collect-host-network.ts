// Reads where the hosts below tasks stand in the network, in two steps: the container instances, which name subnet and VPC, and then the
// machines with the groups in front of them. Where nothing named the VPC before, all of it that decides paths is read in the second step,
// at once, so that nothing has to follow.

import { isIP } from 'node:net';
import type * as Ec2 from '@aws-sdk/client-ec2';
import type { Aws } from '../../src/contract/aws.ts';
import {
  type EvidenceBundle,
  merged,
  type NetworkEvidence,
  type PlacedHosts,
  type PrefixList,
  type Seen,
  unread,
} from '../../src/diagnosis/evidence.ts';
import type { Facts } from '../../src/diagnosis/facts/facts.ts';
import { hasRun } from '../../src/diagnosis/facts/further.ts';
import { asksForHostNetwork, hostsInQuestion } from '../../src/diagnosis/facts/host-needs.ts';
import { hostPlaces, vpcIdOf } from '../../src/diagnosis/facts/host-place.ts';
import type { CollectOptions } from './collect.ts';
import { readDatabases } from './collect-databases.ts';
import { describeContainerInstances, readInstances } from './collect-hosts.ts';
import {
  filter,
  readGroupsOfVpc,
  readInterfaces,
  readListEntries,
  readSubnets,
  readSubnetsOfVpc,
  readVpc,
  withMore,
} from './collect-network.ts';
import { environmentHosts } from './collect-surroundings.ts';
import { joined, readList } from './reading.ts';
import { next } from './staged.ts';

/** DescribeContainerInstances takes 100 ids. */
const HOSTS_PER_CALL = 100;

/** Reads that have begun, and the one that follows them. */
export interface HostsBelow {
  /** Whether the VPC was known before any host was. */
  readonly isPlaced: boolean;
  /** The first step: the container instances without their machines; undefined when no symptom points at hosts. */
  readonly placed: Promise<PlacedHosts | undefined>;
  /** Ids of prefix lists that the second step reads; known with the first. */
  readonly lists: Promise<readonly string[]>;
  /** The second step, for facts that hold the first and the logs; undefined when they ask for nothing there. */
  network(aws: Aws, facts: Facts): Promise<HostNetwork | undefined>;
}

/** Begins to read the hosts below the tasks in trouble, where what went wrong may have left by their interfaces. */
export function readHostsBelow(
  aws: Aws,
  facts: Facts,
  { question }: Pick<CollectOptions, 'question'>,
): HostsBelow {
  const asked = question !== undefined;
  const ids = hostsInQuestion(facts, asked);
  const isPlaced = vpcIdOf(facts.bundle) !== undefined || ids.length === 0;
  const needsS3 = facts.starts.some((start) => start.reply !== 'answer' && start.services.includes('s3'));
  const listOfS3 = ids.length > 0 && needsS3 ? findListOfS3(aws) : Promise.resolve(undefined);
  const placed =
    ids.length === 0 ? Promise.resolve(undefined) : readPlacedHosts(aws, facts.bundle.cluster, ids);
  return {
    isPlaced,
    placed: Promise.all([placed, listOfS3]).then(([hosts]) => hosts),
    lists: listOfS3.then((seen) => (seen?.items ?? []).flatMap(({ value }) => value.PrefixListId ?? [])),
    network: async (gate, later) =>
      asked || asksForHostNetwork(later)
        ? readHostNetwork(gate, later, { known: isPlaced, listOfS3 })
        : readUnreported(gate, later),
  };
}

/** Where nothing else asks for machines, those of hosts below the tasks that do not report. */
async function readUnreported(aws: Aws, { bundle }: Facts): Promise<HostNetwork | undefined> {
  const { instances } = bundle.hosts === undefined ? {} : await readLostMachines(aws, bundle.hosts);
  return instances === undefined
    ? undefined
    : { hosts: { containerInstances: none, instances }, network: {} };
}

/** These container instances, without their machines. */
async function readPlacedHosts(
  aws: Aws,
  cluster: string,
  containerInstances: readonly string[],
): Promise<PlacedHosts> {
  return {
    containerInstances: await describeContainerInstances(aws, cluster, [...containerInstances]),
    instances: unread('the machines of the hosts', 'ec2:DescribeInstances'),
  };
}

/** The hosts below the running tasks of a service that seems well, of which ECS knows only what their agents report. */
export async function readHostsOf(aws: Aws, { bundle, tasks }: Facts): Promise<PlacedHosts | undefined> {
  const used = tasks.flatMap(({ stopped, observed }) =>
    stopped ? [] : (observed.value.containerInstanceArn ?? []),
  );
  const ids = [...new Set(used)].slice(0, HOSTS_PER_CALL);
  if (ids.length === 0) return undefined;
  const placed = await readPlacedHosts(aws, bundle.cluster, ids);
  return { ...placed, ...(await readLostMachines(next(aws), placed)) };
}

/** The machines of those hosts whose agent does not report, which alone can say whether they run; none when all report. */
async function readLostMachines(
  aws: Aws,
  { containerInstances }: Pick<PlacedHosts, 'containerInstances'>,
): Promise<Partial<Pick<PlacedHosts, 'instances'>>> {
  const lost = containerInstances.items
    .filter(({ value }) => value.agentConnected === false)
    .flatMap(({ value }) => value.ec2InstanceId ?? []);
  return lost.length === 0 ? {} : { instances: await readInstances(aws, lost) };
}

/** What the second step adds. */
export interface HostNetwork {
  readonly hosts: PlacedHosts;
  readonly network: Partial<NetworkEvidence>;
}

interface HostNetworkOptions {
  /** Whether the network around the hosts has been read already; else all of it that matters is. */
  readonly known: boolean;
  /** The id of S3's prefix list, where it was looked up beforehand. */
  readonly listOfS3: Promise<Seen<Ec2.ManagedPrefixList> | undefined>;
}

/** Machines and groups of the hosts of `facts`; undefined when none of them was looked for. */
async function readHostNetwork(
  aws: Aws,
  facts: Facts,
  options: HostNetworkOptions,
): Promise<HostNetwork | undefined> {
  const { bundle } = facts;
  if (bundle.hosts === undefined) return undefined;
  const { containerInstances } = bundle.hosts;
  const ids = containerInstances.items.flatMap(({ value }) => value.ec2InstanceId ?? []);
  const machines = readInstances(aws, ids);
  // A host whose attributes do not say where it stands is found by its machine, one step later.
  const said = vpcIdOf(bundle);
  const vpcId = said ?? (await machines).items[0]?.value.VpcId;
  const gate = said === undefined ? next(aws) : aws;
  const [instances, groups, around, lists] = await Promise.all([
    machines,
    vpcId === undefined ? none : readGroupsOfVpc(gate, vpcId),
    vpcId === undefined
      ? {}
      : options.known
        ? readOtherSubnets(gate, bundle)
        : readWholeVpc(gate, facts, vpcId),
    options.listOfS3.then((seen) => (seen === undefined ? undefined : readEntriesOf(aws, seen))),
  ]);
  // What stands twice is looked up once.
  const known = new Set(bundle.network.securityGroups.items.map(({ value }) => value.GroupId));
  return {
    // The container instances are in the bundle already.
    hosts: { containerInstances: none, instances },
    network: {
      ...around,
      securityGroups: {
        items: groups.items.filter(({ value }) => !known.has(value.GroupId)),
        gaps: groups.gaps,
      },
      ...(lists === undefined ? {} : { prefixLists: lists }),
    },
  };
}

/** The bundle with what was read of hosts and of the network around them, beside hosts it held already. */
export function withHostNetwork(bundle: EvidenceBundle, more: HostNetwork | undefined): EvidenceBundle {
  if (more === undefined) return bundle;
  const { hosts } = bundle;
  const both = {
    containerInstances: merged(hosts?.containerInstances ?? none, more.hosts.containerInstances),
    instances: merged(hosts?.instances ?? none, more.hosts.instances),
  };
  return { ...bundle, hosts: both, network: withMore(bundle.network, more.network) };
}

/** AWS's own prefix list for S3 by its name: the rules and routes that name it by its id are read only when nothing can follow. */
function findListOfS3(aws: Aws): Promise<Seen<Ec2.ManagedPrefixList>> {
  return readList(aws, {
    action: 'ec2:DescribeManagedPrefixLists',
    input: { Filters: [filter('prefix-list-name', [`com.amazonaws.${aws.region}.s3`])] },
    what: 'the prefix list of S3',
    path: '$.PrefixLists',
    items: (output) => output.PrefixLists,
  });
}

/** Hosts may stand in other subnets than the tasks on them. */
async function readOtherSubnets(aws: Aws, bundle: EvidenceBundle): Promise<Partial<NetworkEvidence>> {
  const known = new Set(bundle.network.subnets.items.map(({ value }) => value.SubnetId));
  const others = hostPlaces(bundle).flatMap(({ subnetId }) =>
    subnetId === undefined || known.has(subnetId) ? [] : [subnetId],
  );
  return others.length === 0 ? {} : { subnets: await readSubnets(aws, others) };
}

async function readWholeVpc(aws: Aws, facts: Facts, vpcId: string): Promise<Partial<NetworkEvidence>> {
  const { network } = facts.bundle;
  const ran = hasRun(facts);
  const tried = facts.attempts.map(({ host }) => host);
  const addresses = tried.filter((host) => isIP(host) !== 0);
  const hostnames =
    facts.starts.some(({ reply }) => reply === 'dns') ||
    facts.attempts.some(({ kind }) => kind === 'unresolved');
  const [vpc, subnets, databases, found] = await Promise.all([
    readVpc(aws, { vpcId, groups: [], interfaces: ran, hostnames }),
    readSubnetsOfVpc(aws, vpcId),
    ran ? readDatabases(aws, [...tried, ...environmentHosts(facts)], network) : undefined,
    addresses.length === 0
      ? undefined
      : readInterfaces(
          aws,
          [filter('vpc-id', [vpcId]), filter('addresses.private-ip-address', addresses)],
          'the interfaces of the destination',
        ),
  ]);
  const interfaces = [vpc.networkInterfaces, found].flatMap((one) => one ?? []);
  return {
    ...vpc,
    subnets,
    ...(interfaces.length === 0 ? {} : { networkInterfaces: joined(interfaces) }),
    ...(databases === undefined ? {} : { databases }),
  };
}

async function readEntriesOf(
  aws: Aws,
  { items, gaps }: Seen<Ec2.ManagedPrefixList>,
): Promise<Seen<PrefixList>> {
  const lists = await Promise.all(
    items.map(({ value: { PrefixListId: id = '', PrefixListName: name = '' } }) =>
      readListEntries(aws, { id, name }),
    ),
  );
  const entries = joined(lists);
  return { items: entries.items, gaps: [...gaps, ...entries.gaps] };
}

const none: Seen<never> = { items: [], gaps: [] };
