// Loggers that keep a task from starting: the group is not there, or the role may not write to it. On Fargate a task never starts without
// its log stream; a group in another region cannot be looked at from here.

import type { EvidenceBundle } from '../evidence.ts';
import type { Facts } from '../facts/facts.ts';
import { type LogTarget, logArns, speakingDriver } from '../facts/log-target.ts';
import { type Permission, permissionOf } from '../facts/permission.ts';
import { refusalIn } from '../facts/refusal.ts';
import type { StartFailure } from '../facts/start-failure.ts';
import { roleWords, startRole } from '../facts/start-role.ts';
import { logTargetsOf, wasRefused } from '../facts/start-subjects.ts';
import { recentChange } from '../facts/trail.ts';
import { anyOf } from '../iam/truth.ts';
import { type Look, lookUp, noResources, untold } from '../resources.ts';
import { noRole, withRole } from './acting-role.ts';
import { culpritsOf, remedyOf, weigh } from './refused.ts';
import { distinctRefs, found, type Judgement, type Rule, refuted } from './rule.ts';
import { logGroupFix } from './service-fixes.ts';
import { couldNotStart, quoted, startRule, subjectOf } from './start-rule.ts';

/** CloudWatch's driver alone has groups and needs a role. */
const loggers = ({ phase, task }: StartFailure) =>
  phase === 'logger' && (speakingDriver(task.containers) ?? 'awslogs') === 'awslogs';

export const logGroupRules: readonly Rule[] = [
  startRule({ class: 'log-group-missing', concerns: loggers, judge: missing }),
  startRule({ class: 'exec-role-logs-denied', concerns: loggers, judge: denied }),
];

const MISSING = /^(?:ResourceNotFound|not-found|404)/i;

function missing(start: StartFailure, facts: Facts): Judgement | undefined {
  const targets = logTargetsOf(start);
  const absent = targets.find(
    (one) => one.here && !one.creates && groupLook(facts.bundle, one).state === 'absent',
  );
  if (absent !== undefined) {
    const look = groupLook(facts.bundle, absent);
    const change = recentChange(facts.bundle, absent.group, /^DeleteLogGroup$/);
    return found({
      verdict: 'proven',
      title: `${subjectOf(facts)}: the log group ${absent.group} does not exist.`,
      explanation: `The log driver of container ${absent.container} writes to ${absent.group} in ${absent.region}, and CloudWatch Logs has no such group. ${couldNotStart(start)}${change === undefined ? '' : ` ${change.sentence}`}`,
      evidence: distinctRefs([
        ...(look.state === 'absent' ? [look.at] : []),
        absent.at,
        ...start.evidence,
        ...(change === undefined ? [] : [change.at]),
      ]),
      culprits: [absent.group],
      fixes: logGroupFix(facts.service, absent.group),
    });
  }
  const elsewhere = targets.find(({ here }) => !here);
  const there = targets.find((one) => one.here && groupLook(facts.bundle, one).state === 'there');
  if (there !== undefined && elsewhere === undefined) return refuted(`The log group ${there.group} exists.`);
  if (!MISSING.test(start.code)) return undefined;
  const group = elsewhere?.group ?? targets[0]?.group ?? start.subject ?? 'of the task definition';
  const gaps = targets.flatMap((one) => {
    const look = groupLook(facts.bundle, one);
    return look.state === 'unseen' ? look.gaps : [];
  });
  return found({
    verdict: 'likely',
    title: `${subjectOf(facts)}: the log group ${group} does not exist.`,
    explanation:
      elsewhere === undefined
        ? `${quoted(start)} Whether it exists could not be read.`
        : `${quoted(start)} Its driver writes to ${elsewhere.region}, and this node reads only ${facts.bundle.region}: look there, or correct awslogs-region.`,
    evidence: distinctRefs([...start.evidence, ...(elsewhere === undefined ? [] : [elsewhere.at])]),
    culprits: [group],
    cannotVerify:
      gaps.length > 0
        ? untold(gaps)
        : [
            {
              what: `whether ${group} exists${elsewhere === undefined ? '' : ` in ${elsewhere.region}`}`,
              missingAction: 'logs:DescribeLogGroups',
            },
          ],
  });
}

function denied(start: StartFailure, facts: Facts): Judgement | undefined {
  const refused = wasRefused(start);
  const refusal = refusalIn(start.whole);
  if (refusal !== undefined && !/^logs:/.test(refusal.action)) return undefined;
  const targets = logTargetsOf(start);
  const looks = targets.map((target) => ({ target, look: groupLook(facts.bundle, target) }));
  if (looks.some(({ target, look }) => target.here && !target.creates && look.state === 'absent'))
    return refuted('The log group does not exist, so nobody can be allowed to write to it.');
  const actor = startRole(start, facts.bundle);
  if (actor.from === 'none' || actor.from === 'bare')
    return noRole(facts, start, { actor, reads: 'and writes what a task needs, its logs among it,' });
  const { role } = actor;
  const permissions =
    role === undefined
      ? []
      : looks.flatMap(({ target, look }) =>
          logPermissions(facts.bundle, { role, target, absent: look.state === 'absent' }),
        );
  if (!refused && !permissions.some((one) => one.passes === 'no')) return undefined;
  const weighed = weigh(facts.bundle, permissions, refused ? { refusal } : undefined);
  if (weighed === undefined) return undefined;
  const creating = weighed.missing.some(({ question }) => question.action === 'logs:CreateLogGroup');
  const onlyCreating =
    creating && weighed.missing.every(({ question }) => question.action === 'logs:CreateLogGroup');
  const wanted = looks.find(({ target, look }) => target.here && target.creates && look.state === 'absent');
  return found({
    verdict: weighed.verdict,
    title: `${subjectOf(facts)}: ${roleWords(actor)} may not ${creating ? 'create' : 'write to'} the log group ${targets[0]?.group ?? ''}.`,
    explanation: `${weighed.because} ${
      weighed.verdict === 'proven'
        ? `${couldNotStart(start)} ${creating ? 'awslogs-create-group needs that permission, which the AWS managed execution policy does not give; or create the group beforehand.' : remedyOf(weighed)}`
        : quoted(start)
    }`,
    evidence: distinctRefs([...weighed.evidence, ...targets.map(({ at }) => at), ...start.evidence]),
    culprits: culpritsOf(weighed, [role, targets[0]?.group]),
    // With the group there the driver need not make it.
    fixes: onlyCreating && wanted !== undefined ? logGroupFix(facts.service, wanted.target.group) : [],
    lacks: weighed.lacks,
    cannotVerify: withRole(weighed.cannotVerify, facts, role === undefined ? start : undefined),
  });
}

/** A group that is absent is made first, where the driver is told to. */
function logPermissions(
  bundle: EvidenceBundle,
  { role, target, absent }: { role: string; target: LogTarget; absent: boolean },
): Permission[] {
  const arns = logArns(target, bundle.account);
  const onGroup = (action: string) => eitherForm(bundle, { role, action, arns: arns.group });
  const onStream = (action: string) => eitherForm(bundle, { role, action, arns: arns.stream });
  return [
    ...(target.creates && absent ? [onGroup('logs:CreateLogGroup')] : []),
    onStream('logs:CreateLogStream'),
    onStream('logs:PutLogEvents'),
  ];
}

/** What fits one of the spellings is not called missing. */
function eitherForm(
  bundle: EvidenceBundle,
  { role, action, arns }: { role: string; action: string; arns: readonly string[] },
): Permission {
  const asked = arns.map((resource) => permissionOf(bundle, { role, action, resource }));
  const passes = anyOf(asked.map((one) => one.passes));
  const ownAllows = anyOf(asked.map((one) => one.ownAllows));
  const [first] = asked;
  const best = asked.find((one) => one.passes === passes) ?? first;
  return { ...permissionOf(bundle, { role, action, resource: arns[0] ?? '*' }), ...best, passes, ownAllows };
}

function groupLook(bundle: EvidenceBundle, { group }: LogTarget): Look<unknown> {
  return lookUp((bundle.resources ?? noResources).logGroups, group);
}
