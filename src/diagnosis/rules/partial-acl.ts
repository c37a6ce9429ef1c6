// A network ACL that lets a part of the packets through: by port, such as fewer ports for replies than Linux uses, or by address. Nothing proves
// which part a task met; that all failures lie behind this ACL, and subnets of the service behind another, makes it likely.

import type { PathHop } from '../../contract/finding.ts';
import { below } from '../evidence.ts';
import type { Block } from '../facts/blocks.ts';
import type { CandidatePaths, Dependency } from '../facts/dependencies.ts';
import { servicesAsked } from '../facts/dialled.ts';
import type { Facts } from '../facts/facts.ts';
import { networkFixes } from './fixes-network.ts';
import { counted, found, type Judgement, listed, type Rule, silent } from './rule.ts';

export const partialAclRules: readonly Rule[] = [
  { class: 'nacl-blocked', needs: ['logs', 'network', 'tasks'], judge: letsPartThrough },
];

const FAILURES_MIN = 2;

function letsPartThrough(facts: Facts): Judgement {
  for (const dependency of facts.dependencies) {
    if (!gotNoAnswer(dependency) || isAnother(dependency) || isShutOtherwise(dependency)) continue;
    const block = partOf(dependency);
    if (block === undefined || !onlyThere(block, facts)) continue;
    const { hop, subnets } = block;
    const reply =
      hop.check === 'network-acl-return'
        ? ' A connection from Linux gets its replies on a port between 32768 and 60999, so some attempts pass and others hang.'
        : '';
    return found({
      verdict: 'likely',
      title: `Network ACL ${hop.resource} drops a part of what tasks of ${facts.service.name} exchange with ${dependency.label}.`,
      explanation: `${hop.because}${reply} ${counted(facts.failed.length, 'task')} got no answer, all of them in ${listed(subnets)}; the other subnets of the service are behind another network ACL.`,
      evidence: [
        ...hop.evidence,
        ...dependency.evidence,
        ...facts.failed.slice(0, 3).map(({ observed }) => below(observed, '.attachments')),
      ],
      culprits: [hop.resource],
      fixes: networkFixes([block], facts),
      paths: dependency.candidates.flatMap((one) => one.paths).slice(0, 4),
    });
  }
  return silent;
}

/** Only silence is what a dropped packet looks like. */
function gotNoAnswer({ why, start, attempt }: Dependency): boolean {
  return (
    (why === 'start' && start?.reply === 'silence') || (why === 'attempt' && attempt?.kind === 'timeout')
  );
}

/** The error names the service that did not answer; what the start would need next is not what failed. */
function isAnother({ start, label }: Dependency): boolean {
  const asked = start === undefined ? [] : servicesAsked(start);
  return asked.length > 0 && !asked.includes(label);
}

function isShutOtherwise({ candidates }: Dependency): boolean {
  return candidates
    .flatMap(({ paths }) => paths)
    .flatMap(({ hops }) => hops)
    .some(({ verdict }) => verdict === 'blocked');
}

/** The first ACL, seen, of which some rules let the packets through and others do not. */
function partOf(dependency: Dependency): Block | undefined {
  const hits = dependency.candidates.flatMap((candidate) =>
    candidate.solved.flatMap(({ path, subnetId }) =>
      path.hops.filter(isPartial).map((hop) => ({ hop, subnetId, candidate })),
    ),
  );
  const [first] = hits;
  if (first === undefined) return undefined;
  const same = hits.filter(({ hop }) => hop.resource === first.hop.resource);
  const candidates: CandidatePaths[] = [...new Set(same.map(({ candidate }) => candidate))];
  return {
    class: 'nacl-blocked',
    hop: first.hop,
    dependency,
    candidates,
    forAllCandidates: candidates.length === dependency.candidates.length,
    subnets: [...new Set(same.map(({ subnetId }) => subnetId))],
    hitsFailed: true,
  };
}

function isPartial({ check, verdict, resource }: PathHop): boolean {
  return check.startsWith('network-acl') && verdict === 'unknown' && resource.startsWith('acl-');
}

function onlyThere({ dependency, subnets }: Block, { service, failed }: Facts): boolean {
  return (
    failed.length >= FAILURES_MIN &&
    dependency.failedSubnets.length > 0 &&
    dependency.failedSubnets.every((id) => subnets.includes(id)) &&
    service.subnets.some((id) => !subnets.includes(id))
  );
}
