// Reads where hosts stand that ECS has lost: registered ones without a connected agent, and machines that never joined. Their VPC is named by
// the hosts of the cluster; where it has none, by the machines themselves.

import type { Aws } from '../../src/contract/aws.ts';
import type { CapacityEvidence, PlacedHosts, Seen } from '../../src/diagnosis/evidence.ts';
import { hostPlaces } from '../../src/diagnosis/facts/host-place.ts';
import { disconnectedMachines, strangersOf } from '../../src/diagnosis/facts/lost-hosts.ts';
import type { HostNetwork } from './collect-host-network.ts';
import { readInstances } from './collect-hosts.ts';
import { readGroupsOfVpc, readSubnetsOfVpc, readVpc } from './collect-network.ts';
import { next } from './staged.ts';

/** Their places and the network around them; undefined when no host is lost. */
export async function readLostHosts(
  aws: Aws,
  seen: Pick<CapacityEvidence, 'containerInstances' | 'autoScalingGroups'>,
): Promise<HostNetwork | undefined> {
  const gone = disconnectedMachines(seen);
  const ids = [...gone, ...strangersOf(seen)];
  if (ids.length === 0) return undefined;
  const registered = seen.containerInstances.items;
  const machines = readInstances(aws, ids);
  const said = vpcOf({ containerInstances: seen.containerInstances, instances: nothing });
  const instances = said === undefined ? await machines : undefined;
  const vpcId = said ?? instances?.items[0]?.value.VpcId;
  const gate = said === undefined ? next(aws) : aws;
  const [placed, vpc, subnets, securityGroups] = await Promise.all([
    machines,
    vpcId === undefined ? {} : readVpc(gate, { vpcId, groups: [], interfaces: false, hostnames: false }),
    vpcId === undefined ? nothing : readSubnetsOfVpc(gate, vpcId),
    vpcId === undefined ? nothing : readGroupsOfVpc(gate, vpcId),
  ]);
  return {
    hosts: {
      containerInstances: {
        items: registered.filter(({ value }) => gone.includes(value.ec2InstanceId ?? '')),
        gaps: [],
      },
      instances: placed,
    },
    network: { ...vpc, subnets, securityGroups },
  };
}

/** The machines that never joined, without the network around them; undefined when there are none. */
export async function readStrangers(
  aws: Aws,
  seen: Pick<CapacityEvidence, 'containerInstances' | 'autoScalingGroups'>,
): Promise<HostNetwork | undefined> {
  const ids = strangersOf(seen);
  return ids.length === 0
    ? undefined
    : { hosts: { containerInstances: nothing, instances: await readInstances(aws, ids) }, network: {} };
}

function vpcOf(hosts: PlacedHosts): string | undefined {
  return hostPlaces({ hosts }).find(({ vpcId }) => vpcId !== undefined)?.vpcId;
}

const nothing: Seen<never> = { items: [], gaps: [] };
