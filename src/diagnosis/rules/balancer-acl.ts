// A network ACL between a load balancer and its targets. Its groups may be open: the ACLs of both sides' subnets are asked as well, for the
// requests and, as they keep no state, for the answers. A dropped packet shows as a timeout and as nothing else.

import type { NetworkPath, PathHop } from '../../contract/finding.ts';
import { below } from '../evidence.ts';
import type { BalancerPath, EdgeSubnet } from '../facts/balancer-path.ts';
import type { Facts } from '../facts/facts.ts';
import { type TargetTrouble, targetTrouble } from '../facts/target-trouble.ts';
import { commonBlock } from '../network/address-set.ts';
import { linuxClientPorts, type PortRange } from '../network/peer.ts';
import { entryFixes, type Passage } from './fixes-network.ts';
import { counted, distinctRefs, found, type Judgement, listed, type Rule, silent } from './rule.ts';

export const balancerAclRules: readonly Rule[] = [
  { class: 'nacl-blocked', needs: ['targets', 'balancing', 'network'], judge: aclBetween },
];

function aclBetween(facts: Facts): Judgement {
  const trouble = targetTrouble(facts);
  if (trouble === undefined || trouble.codes.length > 0 || !hangs(trouble)) return silent;
  const well = addressesOf(facts, 'healthy');
  for (const way of facts.balancerPaths) {
    const shut = way.paths.filter((path) => aclHopOf(path) !== undefined);
    const hop = shut.map(aclHopOf).find((one) => one !== undefined);
    // Whoever is healthy is reached through the same gate.
    if (hop === undefined || shut.some(({ to }) => well.has(to.address ?? to.name ?? ''))) continue;
    const ill = way.paths.filter(({ to }) => trouble.sick.some(({ id }) => id === (to.address ?? to.name)));
    const met = ill.length > 0 ? ill : way.paths;
    const whole = met.every((path) => aclHopOf(path) !== undefined);
    return found({
      verdict: whole && trouble.sick.length > 0 ? 'proven' : 'likely',
      title: `Network ACL ${hop.resource} drops ${whatOf(hop, way)} between the load balancer and ${facts.service.name}.`,
      explanation: `${hop.because}${edgesOf(way)} ${counted(trouble.sick.length, 'target')} ${trouble.sick.length === 1 ? 'fails its' : 'fail their'} checks, and ${counted(trouble.killed.length, 'task')} ${trouble.killed.length === 1 ? 'was' : 'were'} stopped for it.`,
      evidence: distinctRefs([
        ...hop.evidence,
        ...trouble.sick.slice(0, 3).map(({ at }) => at),
        ...trouble.killed.slice(0, 2).map((task) => below(task.observed, '.stoppedReason')),
        below(way.balancer, '.AvailabilityZones'),
      ]),
      culprits: hop.resource.split(', '),
      fixes: hop.resource.split(', ').flatMap((id) => entryFixes(id, passages(way, hop), facts)),
      paths: shut.slice(0, 4),
    });
  }
  return silent;
}

/** No answer at all: every sick target says so, or none is left to ask. */
function hangs({ sick, killed }: TargetTrouble): boolean {
  return sick.length === 0
    ? killed.length > 0
    : sick.every(
        ({ health }) => health.Reason === 'Target.Timeout' || health.Reason === 'Target.FailedHealthChecks',
      );
}

function addressesOf(facts: Facts, state: string): ReadonlySet<string> {
  return new Set(
    facts.bundle.targetHealth.items
      .flatMap(({ value }) => value.targets)
      .filter(({ TargetHealth }) => TargetHealth?.State === state)
      .map(({ Target }) => Target?.Id ?? ''),
  );
}

function aclHopOf(path: NetworkPath): PathHop | undefined {
  return path.hops.find(({ check, verdict }) => verdict === 'blocked' && check.startsWith('network-acl'));
}

function whatOf(hop: PathHop, { ports, purpose }: BalancerPath): string {
  if (hop.check === 'network-acl-return') return 'the answers';
  return `tcp/${ports.from === ports.to ? ports.from : `${ports.from}-${ports.to}`}, the ${purpose} port,`;
}

function edgesOf({ balancerBlocks }: BalancerPath): string {
  return balancerBlocks.length === 0 ? '' : ` The load balancer stands in ${listed(balancerBlocks)}.`;
}

/** Every crossing of this kind: from each subnet of the balancer to each of the targets, and back; the far side in one block where it fits. */
function passages({ balancerSubnets, targetSubnets, ports }: BalancerPath, { check }: PathHop): Passage[] {
  const to = (egress: boolean, near: readonly EdgeSubnet[], far: readonly EdgeSubnet[], open: PortRange) =>
    near.flatMap(({ id }) =>
      blocksOf(far).map((cidr): Passage => ({ subnet: id, egress, cidr, ports: open })),
    );
  if (check === 'network-acl-egress') return to(true, balancerSubnets, targetSubnets, ports);
  if (check === 'network-acl-ingress') return to(false, targetSubnets, balancerSubnets, ports);
  return [
    ...to(true, targetSubnets, balancerSubnets, linuxClientPorts),
    ...to(false, balancerSubnets, targetSubnets, linuxClientPorts),
  ];
}

function blocksOf(subnets: readonly EdgeSubnet[]): readonly string[] {
  const cidrs = [...new Set(subnets.map(({ cidr }) => cidr))];
  const whole = commonBlock(cidrs);
  return whole === undefined ? cidrs : [whole];
}
