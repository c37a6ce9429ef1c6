// What the network has to do with hosts that ECS has lost: their way to the endpoints of ECS, judged from the interfaces of the hosts. An
// open way leaves the agent, docker or the role of the host as what to look at.

import type { EvidenceRef, NetworkPath, ProposedCall } from '../../contract/finding.ts';
import type { Block } from '../facts/blocks.ts';
import type { Facts } from '../facts/facts.ts';
import { ruleFixes } from './fixes.ts';
import { networkFixes } from './fixes-network.ts';
import { gateSentence, hostsBehind } from './network-words.ts';
import { listed } from './rule.ts';

export interface AgentWay {
  readonly state: 'shut' | 'open' | 'unseen';
  /** What to add to the finding; empty when nothing was seen. */
  readonly sentence: string;
  readonly evidence: readonly EvidenceRef[];
  /** The gates. */
  readonly culprits: readonly string[];
  readonly fixes: readonly ProposedCall[];
  readonly paths: readonly NetworkPath[];
}

const unseen: AgentWay = { state: 'unseen', sentence: '', evidence: [], culprits: [], fixes: [], paths: [] };
/** Without reports of metrics a host is still told what to run. */
const NOT_NEEDED: ReadonlySet<string> = new Set(['ecs-telemetry']);
const PATHS_SHOWN = 6;
const HOSTS_SHOWN = 3;

/** The way to ECS of the hosts that it has lost. */
export function agentWay(facts: Facts): AgentWay {
  const ways = facts.dependencies.filter(({ why }) => why === 'agent');
  const needed = ways.filter(({ label }) => !NOT_NEEDED.has(label));
  const blocks = facts.blocks.filter(
    ({ dependency, forAllCandidates }) => forAllCandidates && ways.includes(dependency),
  );
  const shut = blocks.filter(({ dependency }) => needed.includes(dependency));
  const [first] = shut;
  const paths = needed.flatMap(({ candidates }) => candidates.flatMap((one) => one.paths));
  if (first !== undefined)
    return {
      state: 'shut',
      sentence: shutSentence(first, shut, facts),
      evidence: [...shut.flatMap(({ hop }) => hop.evidence), ...first.dependency.evidence].slice(0, 8),
      culprits: [...new Set(shut.flatMap(({ hop }) => hop.resource.split(', ')))].filter((id) =>
        GATE.test(id),
      ),
      fixes: [...blocks.flatMap((one) => ruleFixes(one, facts)), ...networkFixes(blocks, facts)],
      paths: paths.slice(0, PATHS_SHOWN),
    };
  if (paths.length === 0 || paths.some(({ verdict }) => verdict !== 'reachable')) return unseen;
  return {
    ...unseen,
    state: 'open',
    sentence:
      'The network lets them reach ECS, so it is the agent, docker or the role on the hosts that fails.',
    evidence: ways.flatMap(({ evidence }) => evidence).slice(0, 2),
    paths: paths.slice(0, PATHS_SHOWN),
  };
}

const GATE = /^(?:sg|acl|rtb|vpc|vpce|nat|subnet)-[0-9a-z]+/;

function shutSentence(first: Block, shut: readonly Block[], facts: Facts): string {
  const names = [...new Set(shut.map(({ dependency }) => dependency.label))];
  const hosts = [...new Set(shut.flatMap(hostsBehind))].slice(0, HOSTS_SHOWN);
  return `The network does not let ${listed(hosts)} reach ${listed(names)}: ${gateSentence(first, facts)} Their agents try again by themselves once the way is open.`;
}
