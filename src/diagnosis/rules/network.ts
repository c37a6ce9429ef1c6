// The network family: one rule per class of closed gate, all judged from the solved paths. Proven means: a task tried it, the
// gate is closed in that task's subnet, and it is closed wherever the destination may be. Without the task's own word it is likely.

import type { CauseClass, EvidenceRef, Finding } from '../../contract/finding.ts';
import type { Block } from '../facts/blocks.ts';
import type { Facts } from '../facts/facts.ts';
import { hostPlaces } from '../facts/host-place.ts';
import { changeBefore, trailGaps } from '../facts/trail.ts';
import { ruleFixes } from './fixes.ts';
import { networkFixes } from './fixes-network.ts';
import { verdictOf } from './network-verdict.ts';
import { bypassedBy, explanation, hostsBehind, otherGateway, titleOf, vpcOf } from './network-words.ts';
import { distinctRefs, found, type Judgement, listed, type Rule, refuted, silent } from './rule.ts';

const classes = [
  'task-sg-egress-blocked',
  'dependency-unreachable',
  'nacl-blocked',
  'no-egress-route',
  'public-subnet-no-public-ip',
  'missing-vpc-endpoint',
  's3-path-blocked',
  'vpc-dns-misconfig',
  'efs-unreachable',
] as const satisfies readonly CauseClass[];

export const networkRules: readonly Rule[] = classes.map((name) => ({
  class: name,
  needs: ['logs', 'network', 'tasks'],
  judge: (facts) => judge(name, facts),
}));

const strength: Readonly<Record<Finding['verdict'], number>> = {
  proven: 3,
  likely: 2,
  possible: 1,
  unknown: 0,
};
const PATHS_SHOWN = 12;

function judge(name: (typeof classes)[number], facts: Facts): Judgement {
  const blocks = facts.blocks
    // Why a host is lost to ECS is told by the rules about hosts.
    .filter((block) => block.class === name && block.dependency.why !== 'agent')
    .map((block) => ({ block, verdict: verdictOf(block) }))
    .sort((a, b) => strength[b.verdict] - strength[a.verdict]);
  const first = blocks[0];
  if (first === undefined) return refutation(name, facts);
  const same = blocks.filter((one) => one.verdict === first.verdict).map((one) => one.block);
  const { dependency } = first.block;
  const things = [...new Set(same.flatMap((one) => culprits(one, facts)))];
  const change = changeBefore(facts, things);
  return found({
    verdict: first.verdict,
    title: titleOf(first.block, facts),
    explanation: `${explanation(first.block, same, facts)}${change === undefined ? '' : ` ${change.sentence}`}`,
    evidence: distinctRefs([
      ...first.block.hop.evidence,
      ...bypassEvidence(first.block, facts),
      ...hostEvidence(first.block, facts),
      ...dependency.evidence,
      ...(change === undefined ? [] : [change.at]),
      ...stopEvidence(facts),
      ...same.flatMap((one) => one.hop.evidence),
    ]),
    culprits: things,
    fixes: [...same.flatMap((one) => ruleFixes(one, facts)), ...networkFixes(same, facts)],
    paths: dependency.candidates.flatMap((one) => one.paths).slice(0, PATHS_SHOWN),
    cannotVerify: [...missingReads(first.block, facts), ...trailGaps(facts.bundle, things[0] ?? 'it')],
  });
}

function culprits(block: Block, facts: Facts): string[] {
  const { service } = facts;
  const named = block.hop.resource.split(', ').filter((id) => /^[a-z]+-[0-9a-z]+/.test(id));
  const bypassed = bypassedBy(block);
  if (bypassed !== undefined)
    return bypassed.lacks === 'hostnames'
      ? [vpcOf(block, facts) ?? '', bypassed.endpoint].filter((id) => id !== '')
      : [bypassed.endpoint, ...named];
  const gateway = otherGateway(block, facts);
  if (gateway !== undefined) return [...named, gateway];
  if (block.class !== 'public-subnet-no-public-ip') return named;
  // Whether tasks get a public address is a setting of the service, and hosts get theirs when they are launched; the subnets are only where
  // it matters.
  const senders = block.dependency.leavesBy === 'host' ? hostsBehind(block) : [service.arn];
  return [...senders, ...block.subnets, ...named].filter((id) => id !== '');
}

/** What the endpoint and its VPC lack. */
function bypassEvidence(block: Block, { bundle }: Facts): EvidenceRef[] {
  const bypassed = bypassedBy(block);
  if (bypassed === undefined) return [];
  const attributes = bypassed.lacks === 'hostnames' ? bundle.network.vpcAttributes.items : [];
  return [
    ...attributes.slice(0, 1).map(({ at }) => at),
    ...block.candidates.flatMap(({ candidate }) => candidate.evidence).slice(0, 1),
  ];
}

/** Where it was seen that this interface is the host's. */
function hostEvidence(block: Block, { bundle }: Facts): EvidenceRef[] {
  const hosts = hostsBehind(block);
  return hostPlaces(bundle)
    .filter(({ instance }) => hosts.includes(instance))
    .slice(0, 2)
    .flatMap(({ evidence }) => evidence.slice(0, 1));
}

function stopEvidence(facts: Facts): EvidenceRef[] {
  const newest = facts.failed[0];
  return newest === undefined
    ? []
    : [{ id: newest.observed.at.id, path: `${newest.observed.at.path}.stoppedReason` }];
}

function missingReads(block: Block, facts: Facts): { what: string; missingAction: string }[] {
  const { network, logGaps } = facts.bundle;
  const guessed = block.dependency.candidates.some(({ candidate }) => candidate.foundBy === 'group-name');
  const unseen = guessed ? [...(network.databases?.gaps ?? []), ...network.networkInterfaces.gaps] : [];
  const logsDenied = block.dependency.why === 'named' ? logGaps : [];
  return [...logsDenied, ...unseen.filter(({ kind }) => kind !== 'unread')].map(
    ({ what, missingAction }) => ({ what, missingAction }),
  );
}

/** Says why a gate is not the cause, in the words of the gate itself; silent when it was not looked at. */
function refutation(name: (typeof classes)[number], facts: Facts): Judgement {
  const checks = checksOf[name];
  for (const dependency of facts.dependencies) {
    const hops = dependency.candidates.flatMap((one) => one.paths).flatMap((path) => path.hops);
    const mine = hops.filter((hop) => checks.includes(hop.check));
    if (mine.length === 0 || mine.some((hop) => hop.verdict !== 'open')) continue;
    if (name === 'public-subnet-no-public-ip') {
      const internet = dependency.candidates.some((one) =>
        one.solved.some((solved) => solved.route.target === 'internet'),
      );
      if (!internet) continue;
    }
    if ((name === 'missing-vpc-endpoint' || name === 's3-path-blocked') && dependency.start === undefined)
      continue;
    const resources = [...new Set(mine.map((hop) => hop.resource))];
    return refuted(
      `${listed(resources.slice(0, 3))}: ${[...new Set(mine.map((hop) => hop.because))].slice(0, 2).join(' ')}`,
    );
  }
  return silent;
}

/** The gates that speak for or against each class. */
const checksOf: Readonly<Record<(typeof classes)[number], readonly string[]>> = {
  'task-sg-egress-blocked': ['security-group-egress'],
  'dependency-unreachable': ['security-group-ingress'],
  'nacl-blocked': ['network-acl-egress', 'network-acl-ingress', 'network-acl-return'],
  'no-egress-route': ['route'],
  'public-subnet-no-public-ip': ['route'],
  'missing-vpc-endpoint': ['route', 'endpoint', 'security-group-ingress'],
  's3-path-blocked': ['route', 'endpoint'],
  'vpc-dns-misconfig': ['dns'],
  'efs-unreachable': ['security-group-egress', 'security-group-ingress'],
};
