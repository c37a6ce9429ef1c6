// How sure it is that a closed gate is what the tasks met: who tried it, what came back, and whether the destination may be elsewhere.

import type { Finding } from '../../contract/finding.ts';
import { boundedBy } from '../facts/bearing.ts';
import type { Block } from '../facts/blocks.ts';
import type { Dependency } from '../facts/dependencies.ts';
import { dialledAddress } from '../facts/dialled.ts';
import { addressSet, isEmpty, publicInternet, subtract } from '../network/address-set.ts';
import { bypassedBy } from './network-words.ts';

/** Proven: a task tried it, the gate is closed in that task's subnet, and it is closed wherever the destination may be. */
export function verdictOf(block: Block): Finding['verdict'] {
  // That the way is shut is one thing; that this is what ended the tasks another.
  return boundedBy(block.dependency.attempt?.bearing ?? 'ends', reached(block));
}

function reached(block: Block): Finding['verdict'] {
  const { dependency } = block;
  if (!block.hitsFailed) return 'possible';
  if (dependency.why === 'named' || dependency.why === 'asked')
    return block.forAllCandidates ? 'likely' : 'possible';
  // What could not be read may be the way it goes.
  const mayBeElsewhere = dependency.candidates.some(({ candidate }) => candidate.foundBy === 'anywhere');
  if (mayBeElsewhere && !block.forAllCandidates) return 'possible';
  const said = dependency.attempt?.kind ?? replyKind(dependency);
  // A refusal is an answer: packets got through, so a gate that is closed now is not what the task met.
  if (said === 'refused' || said === 'reset') return 'possible';
  const isDns = block.hop.check === 'dns';
  if (said === 'unresolved' && !isDns) return 'possible';
  if (said !== 'unresolved' && isDns) return silenceOfNames(block);
  if (bypassedBy(block)?.lacks === 'hostnames') return silenceOfEndpoint(block);
  if (said === 'unclear') return block.forAllCandidates ? 'likely' : 'possible';
  // Behind a name that sounds right may stand something else.
  const guessed = dependency.candidates.some(({ candidate }) => candidate.foundBy === 'group-name');
  return block.forAllCandidates && !guessed ? 'proven' : 'likely';
}

/** Where no name resolves at all, a start that got no answer is explained, unless something else on the way is shut or an address was dialled. */
function silenceOfNames({ dependency, forAllCandidates }: Block): Finding['verdict'] {
  const { start, attempt, candidates } = dependency;
  const whole = start?.whole ?? attempt?.text ?? '';
  if (!forAllCandidates || dialledAddress(whole) !== undefined) return 'possible';
  if (start?.reply !== 'silence' && !LOOKUP.test(whole)) return 'possible';
  const others = candidates
    .flatMap(({ paths }) => paths)
    .flatMap(({ hops }) => hops)
    .filter(({ check }) => check !== 'dns');
  if (others.some(({ verdict }) => verdict === 'blocked')) return 'possible';
  return LOOKUP.test(whole) || others.every(({ verdict }) => verdict === 'open') ? 'proven' : 'likely';
}

/** The address that was dialled tells whether the name led to the endpoint or past it. */
function silenceOfEndpoint({ dependency, forAllCandidates }: Block): Finding['verdict'] {
  const dialled = dialledAddress(dependency.start?.whole ?? '');
  if (dialled === undefined) return forAllCandidates ? 'likely' : 'possible';
  const outside = isEmpty(subtract(addressSet([dialled]), publicInternet));
  return outside && forAllCandidates ? 'proven' : 'possible';
}

/** The question to a DNS server that got no answer, in Go's words. */
const LOOKUP = /\blookup \S{1,253} on [\w.:[\]]{3,60}:53\b/;

function replyKind(dependency: Dependency): string {
  switch (dependency.start?.reply) {
    case 'silence':
      return 'timeout';
    case 'dns':
      return 'unresolved';
    case 'closed':
      return 'refused';
    default:
      return 'unclear';
  }
}
