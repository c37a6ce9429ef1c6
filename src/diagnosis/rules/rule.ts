// The shape of a rule: it tests one class of cause against the facts and answers found, refuted, or nothing to say.
// A rule never reads evidence by itself and never looks at other rules' answers; conclude.ts weighs them.

import type {
  CauseClass,
  EvidenceRef,
  Finding,
  MissingPermission,
  NetworkPath,
  ProposedCall,
} from '../../contract/finding.ts';
import type { Facts } from '../facts/facts.ts';

export type Need =
  | 'service'
  | 'tasks'
  | 'logs'
  | 'network'
  | 'task-definition'
  | 'targets'
  | 'events'
  | 'balancing'
  | 'capacity'
  | 'scaling'
  | 'metrics'
  | 'resources';

export interface Found {
  readonly verdict: Finding['verdict'];
  readonly title: string;
  readonly explanation: string;
  readonly evidence: readonly EvidenceRef[];
  readonly culprits?: readonly string[];
  readonly fixes?: readonly ProposedCall[];
  readonly paths?: readonly NetworkPath[];
  readonly lacks?: readonly MissingPermission[];
  /** Reads whose absence keeps this from being proven. */
  readonly cannotVerify?: readonly { readonly what: string; readonly missingAction: string }[];
  /** True for what is seen at the surface (a failed health check); any other cause found as surely explains it. */
  readonly symptom?: boolean;
  /** True for what state shows about a step that no task has come to yet, because another cause stops it first. */
  readonly ahead?: boolean;
}

export type Judgement =
  | { readonly outcome: 'found'; readonly found: Found }
  | { readonly outcome: 'refuted'; readonly because: string }
  | { readonly outcome: 'silent' };

export interface Rule {
  readonly class: CauseClass;
  /** What the rule looks at; shown in the reference of rules and used to say what was missing. */
  readonly needs: readonly Need[];
  judge(facts: Facts): Judgement;
}

export const silent: Judgement = { outcome: 'silent' };

export function found(what: Found): Judgement {
  return { outcome: 'found', found: what };
}

export function refuted(because: string): Judgement {
  return { outcome: 'refuted', because };
}

/** `1 task`, `3 tasks`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  if (items.length <= 1) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** The same references once each, at most `max`. */
export function distinctRefs(refs: readonly EvidenceRef[], max = 12): EvidenceRef[] {
  return [...new Map(refs.map((ref) => [`${ref.id} ${ref.path}`, ref])).values()].slice(0, max);
}
