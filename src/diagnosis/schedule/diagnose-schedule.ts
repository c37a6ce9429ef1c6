// Why a scheduled rule does not run its task. What the rule names is looked at first, then what CloudTrail recorded of its RunTask requests,
// then the metric that counts failures. A record of a refusal is AWS's own and proves it, unless a later request went through.

import type { EvidenceRef, Finding } from '../../contract/finding.ts';
import { below, type Gap, type Observed } from '../evidence.ts';
import { tidy } from '../network/peer.ts';
import type { RunTaskAttempt, ScheduleEvidence } from './evidence.ts';
import { neededPermissions, tagPermission } from './permission.ts';
import { type Defect, definitionOf, roleOf, targetDefects } from './target-defects.ts';

const FINDINGS_MAX = 8;
const RECENT_MS = 24 * 3_600_000;

/** The findings about a rule, what blocks it first before the others; never empty. Pure. */
export function diagnoseSchedule(evidence: ScheduleEvidence): readonly Finding[] {
  const name = evidence.rule.value.Name ?? 'the rule';
  const ecs = evidence.targets.items.filter(({ value }) => value.EcsParameters !== undefined);
  const defects = [
    ...ruleDefects(evidence, ecs.length),
    ...ecs.flatMap((target) => targetDefects(target, evidence)),
  ];
  const last = evidence.attempts.items[0];
  const refusal = last !== undefined && isRefused(last.value) ? last : undefined;
  if (defects.length > 0)
    return distinctDefects(defects)
      .slice(0, FINDINGS_MAX)
      .map((one, index) => defectFinding(name, one, index === 0 ? refusal : undefined));
  if (refusal !== undefined) return [recorded(name, refusal, evidence)];
  const denied = ecs.flatMap((target) => {
    const role = roleOf(target, evidence);
    const definition = definitionOf(target, evidence)?.value;
    const { account, region } = evidence;
    const tag = role && tagPermission(role, { target: target.value, definition, account, region });
    return tag?.allowed === 'no' ? [tag] : [];
  });
  const failing = failures(evidence);
  if (failing.sum === 0 && last !== undefined) return [runs(name, evidence, last)];
  if (failing.sum > 0) return [counted(name, { evidence, failing, tag: denied[0]?.at })];
  return [quiet(name, evidence)];
}

/** True when the request started nothing. */
function isRefused({ errorCode, failures }: RunTaskAttempt): boolean {
  return errorCode !== undefined || failures.length > 0;
}

function ruleDefects({ rule, targets }: ScheduleEvidence, ecsTargets: number): Defect[] {
  const { Name: name = '', State: state } = rule.value;
  const found: Defect[] = [];
  if (state === 'DISABLED')
    found.push({
      title: `Rule ${name} is disabled.`,
      explanation: 'A disabled rule never fires. It has to be enabled before anything else about it matters.',
      evidence: [below(rule, '.State')],
      culprits: [rule.value.Arn ?? name],
    });
  if (targets.gaps.length > 0 || ecsTargets > 0) return found;
  found.push({
    title:
      targets.items.length === 0
        ? `Rule ${name} has no target.`
        : `No target of rule ${name} runs an ECS task.`,
    explanation: 'The rule fires and there is nothing for it to start.',
    evidence: targets.items.length === 0 ? [rule.at] : targets.items.map(({ at }) => at).slice(0, 4),
    culprits: [rule.value.Arn ?? name],
  });
  return found;
}

function distinctDefects(defects: readonly Defect[]): Defect[] {
  return [...new Map(defects.map((one) => [one.title, one])).values()];
}

function defectFinding(name: string, defect: Defect, refusal: Observed<RunTaskAttempt> | undefined): Finding {
  const told =
    refusal === undefined ? '' : ` CloudTrail's newest record of it: "${refusalText(refusal.value)}".`;
  return finding({
    verdict: 'proven',
    title: defect.title,
    explanation: `${defect.explanation}${told}`,
    evidence: [...defect.evidence, ...(refusal === undefined ? [] : [refusal.at])],
    culprits: defect.culprits.filter((one) => one !== '' && one !== name),
  });
}

/** CloudTrail recorded the refusal, and nothing that was read explains it. */
function recorded(name: string, refusal: Observed<RunTaskAttempt>, evidence: ScheduleEvidence): Finding {
  const { errorCode, errorMessage, failures: reasons } = refusal.value;
  const action = /not authorized to perform: ([\w:]+)/.exec(errorMessage)?.[1];
  const role = /assumed-role\/([\w+=,.@-]+)\//.exec(errorMessage)?.[1];
  const title =
    errorCode === undefined
      ? `ECS accepts the requests of rule ${name} and starts nothing: ${reasons.slice(0, 3).join(', ')}.`
      : action === undefined
        ? `ECS refuses the requests of rule ${name}: ${errorCode}.`
        : `The role of rule ${name} may not call ${action}.`;
  const mended = action !== undefined && nowAllowed(action, evidence) && /identity-based/.test(errorMessage);
  const since = mended
    ? ' Its policies allow that now, so the next invocation will tell whether it is over.'
    : '';
  return finding({
    verdict: mended ? 'possible' : 'proven',
    title,
    explanation: `CloudTrail recorded it ${age(evidence.nowMs - refusal.value.atMs)} ago: "${refusalText(refusal.value)}".${since}`,
    evidence: [refusal.at],
    culprits: role === undefined ? [] : [role],
    cannotVerify: openReads(evidence),
  });
}

/** True when every target's role may do now what was refused. */
function nowAllowed(action: string, evidence: ScheduleEvidence): boolean {
  const asked = evidence.targets.items.flatMap((target) => {
    const role = roleOf(target, evidence);
    const definition = definitionOf(target, evidence)?.value;
    const { account, region } = evidence;
    return role === undefined
      ? []
      : neededPermissions(role, { target: target.value, definition, account, region });
  });
  const mine = asked.filter((one) => one.action === action);
  return mine.length > 0 && mine.every(({ allowed }) => allowed === 'yes');
}

/** Only the metric knows that it fails. */
function counted(
  name: string,
  {
    evidence,
    failing,
    tag,
  }: {
    evidence: ScheduleEvidence;
    failing: { sum: number; at: readonly EvidenceRef[] };
    tag: EvidenceRef | undefined;
  },
): Finding {
  return finding({
    verdict: 'likely',
    title:
      tag === undefined
        ? `EventBridge counts ${failing.sum} failed invocations of rule ${name}; ${rightOrUnseen(evidence)}.`
        : `The role of rule ${name} may not tag the tasks that it starts.`,
    explanation:
      tag === undefined
        ? 'FailedInvocations counts requests that ECS refused. CloudTrail names the refused action once it has the record, up to 15 minutes later.'
        : `The target gives its tasks tags, and no policy of its role allows ecs:TagResource. EventBridge counts ${failing.sum} failed invocations.`,
    evidence: [...failing.at, ...(tag === undefined ? [] : [tag])],
    culprits: [],
    cannotVerify: [
      ...openReads(evidence),
      { what: 'why ECS refused the requests', missingAction: 'cloudtrail:LookupEvents' },
    ],
  });
}

function runs(name: string, evidence: ScheduleEvidence, last: Observed<RunTaskAttempt>): Finding {
  const earlier = evidence.attempts.items.filter(({ value }) => isRefused(value)).length;
  const failed = evidence.tasks.items.filter(({ value }) =>
    (value.containers ?? []).some(({ exitCode }) => exitCode !== undefined && exitCode !== 0),
  );
  const past =
    earlier === 0
      ? ''
      : ` ${earlier} earlier ${earlier === 1 ? 'request was' : 'requests were'} refused; that is over.`;
  const ended =
    failed.length === 0
      ? ''
      : ` ${failed.length} of the tasks it started ended with an error of their own; ask about such a task to see why.`;
  return {
    ...finding({
      verdict: evidence.attempts.gaps.length > 0 ? 'likely' : 'proven',
      title: `Rule ${name} runs its task.`,
      explanation: `Its newest RunTask request, ${age(evidence.nowMs - last.value.atMs)} ago, was accepted.${past}${ended}`,
      evidence: [below(evidence.rule, '.State'), last.at, ...failed.slice(0, 3).map(({ at }) => at)],
      culprits: [],
      cannotVerify: openReads(evidence),
    }),
    class: 'healthy',
  };
}

/** Neither a failure nor a run was seen. */
function quiet(name: string, evidence: ScheduleEvidence): Finding {
  const { invocations, rule } = evidence;
  const fired = invocations.items.reduce((sum, { value }) => sum + value.sum, 0);
  const when = rule.value.ScheduleExpression ?? 'its pattern';
  return {
    ...finding({
      verdict: fired > 0 ? 'likely' : 'unknown',
      title:
        fired > 0
          ? `Rule ${name} fires, and no invocation failed.`
          : `Rule ${name} was not seen to fire; ${rightOrUnseen(evidence)}.`,
      explanation:
        fired > 0
          ? `EventBridge counts ${fired} invocations and no failure${openReads(evidence).length > 0 ? '' : '; what the rule names exists and may be used'}.`
          : `${openReads(evidence).length > 0 ? 'Nothing of what could be read is missing.' : 'Nothing it names is missing and its role may do what it has to.'} It fires by ${tidy(when, 80)}; no invocation was recorded in the time that was looked at.`,
      evidence: [below(rule, '.State'), ...invocations.items.slice(-1).map(({ at }) => at)],
      culprits: [],
      cannotVerify: openReads(evidence),
    }),
    class: fired > 0 ? 'healthy' : 'unknown',
  };
}

/** What the look at roles, definitions and clusters came to, as far as it went. */
function rightOrUnseen(evidence: ScheduleEvidence): string {
  const lists = [evidence.targets, evidence.roles, evidence.taskDefinitions, evidence.clusters];
  return lists.some(({ gaps }) => gaps.some(({ kind }) => kind !== 'unread'))
    ? 'not all that it names could be read'
    : 'what it names looks right';
}

function failures({ failedInvocations, nowMs }: ScheduleEvidence): {
  sum: number;
  at: readonly EvidenceRef[];
} {
  const recent = failedInvocations.items.filter(
    ({ value }) => value.sum > 0 && nowMs - value.atMs <= RECENT_MS,
  );
  return {
    sum: recent.reduce((sum, { value }) => sum + value.sum, 0),
    at: recent.slice(-3).map(({ at }) => at),
  };
}

function refusalText({ errorCode, errorMessage, failures: reasons }: RunTaskAttempt): string {
  return tidy(
    [errorCode ?? '', errorMessage, ...reasons.slice(0, 3)].filter((one) => one !== '').join(' '),
    300,
  );
}

function openReads(evidence: ScheduleEvidence): Finding['cannotVerify'] {
  const lists: readonly (readonly Gap[])[] = [
    evidence.targets.gaps,
    evidence.roles.gaps,
    evidence.taskDefinitions.gaps,
    evidence.clusters.gaps,
    evidence.attempts.gaps,
    evidence.failedInvocations.gaps,
  ];
  const all = lists.flat().filter(({ kind }) => kind !== 'unread');
  return [...new Map(all.map(({ what, missingAction }) => [what, { what, missingAction }])).values()];
}

function age(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

function finding(
  told: Pick<Finding, 'verdict' | 'title' | 'explanation' | 'evidence' | 'culprits'> &
    Partial<Pick<Finding, 'cannotVerify'>>,
): Finding {
  return {
    class: 'schedule-invocation-failed',
    ruledOut: [],
    fixes: [],
    paths: [],
    ...told,
    cannotVerify: told.cannotVerify ?? [],
  };
}
