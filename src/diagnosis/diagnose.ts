// Evidence in, findings out. Every rule is asked; what was found is ordered by certainty, what lies at the surface gives way to what
// explains it, and fixes are offered only when the same investigation, run with the change applied, no longer meets the closed gate.

import type { Finding } from '../contract/finding.ts';
import { verifiedFixes } from './counterfactual.ts';
import { type EvidenceBundle, type Gap, notObserved } from './evidence.ts';
import { type Facts, factsOf } from './facts/facts.ts';
import { oneDifference } from './facts/one-difference.ts';
import { type RunningTrouble, withoutTrouble } from './facts/running-log.ts';
import { allRules } from './rules/all-rules.ts';
import { mountRisk } from './rules/mount-risk.ts';
import { notKnown, wellness } from './rules/outcome.ts';
import { refusedChanges, withOtherRefusal } from './rules/refused-requests.ts';
import { distinctRefs, type Found, type Judgement, type Need, type Rule } from './rules/rule.ts';
import { unwatched } from './rules/unwatched.ts';

export interface Diagnosis {
  readonly facts: Facts;
  /** The deciding finding first; never empty. */
  readonly findings: readonly Finding[];
}

const FINDINGS_MAX = 8;
const EVIDENCE_MAX = 20;
const LACKS_MAX = 12;
const order: Readonly<Record<Finding['verdict'], number>> = { proven: 0, likely: 1, possible: 2, unknown: 3 };

/** Judges the evidence. Pure: the same bundle gives the same findings. */
export function diagnose(bundle: EvidenceBundle): Diagnosis {
  const facts = factsOf(bundle);
  const well = wellness(facts);
  if (well !== undefined) {
    const refusals = refusedChanges(facts).map((one) => finding(one.class, one.found, { ruledOut: [] }));
    const lost = unwatched(facts);
    if (lost !== undefined)
      return { facts, findings: [finding('agent-disconnected', lost, { ruledOut: [] }), ...refusals] };
    // Each of them says that the service itself runs; a second finding that only repeats it would contradict the first.
    const findings =
      refusals.length > 0
        ? refusals
        : [
            finding('healthy', unlessUnseen(withOtherRefusal(well, facts), facts), {
              ruledOut: [],
            }),
            ...risksOf(facts),
          ];
    return { facts, findings: findings.slice(0, FINDINGS_MAX) };
  }
  const asked = bundle.subject === 'tasks' ? allRules.filter(isAboutTasks) : allRules;
  const judged = asked.map((rule) => ({ rule, judgement: rule.judge(facts) }));
  const ruledOut = judged.flatMap(({ rule, judgement }) =>
    judgement.outcome === 'refuted' ? [{ class: rule.class, because: judgement.because }] : [],
  );
  const causes = causesOf(judged);
  // Lines alone make nobody ill who runs: without a cause that explains them the service is what else shows of it.
  if (facts.logged !== undefined && !causes.some(isOfRunning))
    return withComplaint(diagnose(withoutTrouble(bundle)), facts.logged);
  if (causes.every(({ found }) => found.verdict === 'possible' || found.ahead === true)) {
    const unknown = finding('unknown', notKnown(facts), { ruledOut });
    return {
      facts,
      findings: told([unknown, ...causes.map((one) => causeFinding(one, facts, ruledOut))], facts),
    };
  }
  return {
    facts,
    findings: told(
      causes.map((one) => causeFinding(one, facts, ruledOut)),
      facts,
    ),
  };
}

/** As many as are read, the first with what alone changed when the service began to fail. */
function told([first, ...others]: readonly Finding[], facts: Facts): Finding[] {
  if (first === undefined) return [];
  const difference = oneDifference(facts, first.class);
  const deciding =
    difference === undefined
      ? first
      : {
          ...first,
          explanation: `${first.explanation} ${difference.sentence}`,
          evidence: distinctRefs([...first.evidence, ...difference.evidence], EVIDENCE_MAX),
        };
  return [deciding, ...others].slice(0, FINDINGS_MAX);
}

/** A single task neither waits for a deployment nor is scaled. */
const ABOUT_SERVICES: ReadonlySet<Finding['class']> = new Set([
  'deployment-settings',
  'deployment-controller-mismatch',
  'service-lifecycle-conflict',
  'autoscaling-conflict',
]);

function isAboutTasks(rule: Rule): boolean {
  return !ABOUT_SERVICES.has(rule.class);
}

/** What will go wrong in a service that is well. */
function risksOf(facts: Facts): Finding[] {
  const risk = mountRisk(facts);
  return risk === undefined ? [] : [finding('efs-unreachable', risk, { ruledOut: [] })];
}

/** What could not be read might have shown trouble, so the service is then only likely to be well. */
function unlessUnseen(well: Found, { gaps }: Facts): Found {
  if (gaps.length === 0) return well;
  const cannotVerify = gaps.map(({ what, missingAction }) => ({ what, missingAction }));
  return { ...well, verdict: 'likely', cannotVerify };
}

/** What the log repeats is told, and keeps the service from being called well for sure. */
function withComplaint({ facts, findings }: Diagnosis, { text, at }: RunningTrouble): Diagnosis {
  const [first, ...others] = findings;
  if (first?.class !== 'healthy') return { facts, findings };
  const told: Finding = {
    ...first,
    verdict: 'likely',
    explanation: `${first.explanation} One of its tasks logs again and again: "${text}" Nothing that was read explains it.`,
    evidence: distinctRefs([...first.evidence, at], EVIDENCE_MAX),
  };
  return { facts, findings: [told, ...others] };
}

/** Causes that a log of a running task can lead to, where state proves them or AWS itself refused a call. */
function isOfRunning({ rule, found }: Cause): boolean {
  return found.verdict === 'proven' || (found.verdict === 'likely' && rule.class === 'task-role-denied');
}

interface Cause {
  readonly rule: Rule;
  readonly found: Found;
}

function causesOf(judged: readonly { rule: Rule; judgement: Judgement }[]): Cause[] {
  const all = judged.flatMap(({ rule, judgement }) =>
    judgement.outcome === 'found' ? [{ rule, found: judgement.found }] : [],
  );
  const deep = all.filter((one) => one.found.symptom !== true);
  const met = deep.filter((one) => one.found.ahead !== true);
  const best = Math.min(...met.map((one) => order[one.found.verdict]), order.unknown);
  // With something proven or likely beneath it, a symptom is only a consequence and would be read as a second cause.
  const kept = best <= order.likely ? deep : all;
  const sorted = [...kept].sort((a, b) => placeOf(a.found) - placeOf(b.found));
  // Beside a proven cause, mere possibilities only distract.
  return best === order.proven ? sorted.filter((one) => one.found.verdict !== 'possible') : sorted;
}

/** What tasks would meet next stands after what they have met, unless that is only possible. */
function placeOf({ verdict, ahead }: Found): number {
  return ahead === true ? order.likely + 0.5 : order[verdict];
}

function causeFinding(cause: Cause, facts: Facts, ruledOut: Finding['ruledOut']): Finding {
  const fixes = verifiedFixes(facts.bundle, cause.found.fixes ?? [], {
    holds: (other) => stillHolds(cause.found, cause.rule.judge(other)),
  });
  const cannotVerify =
    cause.found.verdict === 'proven' ? cause.found.cannotVerify : openQuestions(cause, facts);
  return finding(cause.rule.class, { ...cause.found, fixes, cannotVerify: cannotVerify ?? [] }, { ruledOut });
}

/** What keeps a finding from being proven: what the rule says, and the reads it needs that failed. */
function openQuestions({ rule, found }: Cause, { bundle }: Facts): Finding['cannotVerify'] {
  const needed = rule.needs.flatMap((need) => gapsOfNeed(bundle, need));
  const all = [
    ...(found.cannotVerify ?? []),
    ...needed.map(({ what, missingAction }) => ({ what, missingAction })),
  ];
  return [...new Map(all.map((one) => [`${one.missingAction} ${one.what}`, one])).values()];
}

function gapsOfNeed(bundle: EvidenceBundle, need: Need): Gap[] {
  const lists: Partial<Record<Need, readonly (readonly Gap[])[]>> = {
    tasks: [bundle.tasks.gaps],
    logs: [bundle.logGaps],
    'task-definition': [bundle.taskDefinitions.gaps],
    targets: [bundle.targetGroups.gaps, bundle.targetHealth.gaps],
    capacity: Object.values(bundle.capacity ?? {}).map(({ gaps }) => gaps),
    scaling: Object.values(bundle.scaling ?? {}).map(({ gaps }) => gaps),
    balancing: Object.values(bundle.balancing ?? {}).map(({ gaps }) => gaps),
    metrics: [bundle.metrics?.gaps ?? []],
  };
  return (lists[need] ?? []).flat().filter(({ kind }) => kind !== 'unread' && kind !== 'not-found');
}

/** With the state gone that proved a cause, old words may still make it likely, and a symptom may be left: neither is the cause. */
function stillHolds(before: Found, after: Judgement): boolean {
  if (after.outcome !== 'found') return false;
  if (after.found.symptom === true && before.symptom !== true) return false;
  // A way that is still shut is the cause however sure it is; only what is read from settings can leave mere words behind.
  if ((before.paths ?? []).length > 0) return true;
  return before.verdict !== 'proven' || after.found.verdict === 'proven';
}

function finding(name: Finding['class'], found: Found, { ruledOut }: Pick<Finding, 'ruledOut'>): Finding {
  return {
    class: name,
    verdict: found.verdict,
    title: found.title,
    explanation: found.explanation,
    evidence: distinctRefs(
      found.evidence.filter(({ id }) => id !== notObserved.id),
      EVIDENCE_MAX,
    ),
    culprits: [...(found.culprits ?? [])],
    ruledOut,
    cannotVerify: [...(found.cannotVerify ?? [])],
    fixes: [...(found.fixes ?? [])],
    paths: [...(found.paths ?? [])],
    ...(found.lacks === undefined || found.lacks.length === 0
      ? {}
      : { lacks: found.lacks.slice(0, LACKS_MAX) }),
  };
}
