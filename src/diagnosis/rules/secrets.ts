// Secrets, parameters and environment files that a start could not read: they are not there, or the role may not read them. Which of both
// is decided by what Secrets Manager, Systems Manager and IAM say, never by the sentence of the stopped task alone.

import type { Facts } from '../facts/facts.ts';
import { keyState } from '../facts/key-state.ts';
import { refusalIn } from '../facts/refusal.ts';
import { hasEnding, type SecretState, secretPermissions, secretState } from '../facts/secret-state.ts';
import type { StartFailure } from '../facts/start-failure.ts';
import { roleWords, startRole } from '../facts/start-role.ts';
import { isVague, secretsOf, wasRefused } from '../facts/start-subjects.ts';
import { recentChange } from '../facts/trail.ts';
import { untold } from '../resources.ts';
import { allowedSentence, noRole, whatToDo, withRole } from './acting-role.ts';
import { fileDenied } from './environment-files.ts';
import { culpritsOf, weigh } from './refused.ts';
import { distinctRefs, found, type Judgement, type Rule, refuted } from './rule.ts';
import { rollbackFrom } from './service-fixes.ts';
import { couldNotStart, quoted, startRule, subjectOf } from './start-rule.ts';

export const secretRules: readonly Rule[] = [
  startRule({
    class: 'secret-reference-invalid',
    concerns: (start) => start.phase === 'secret' || isVague(start),
    judge: reference,
  }),
  startRule({
    class: 'exec-role-secret-denied',
    concerns: (start) => start.phase === 'secret' || start.phase === 'env-file' || isVague(start),
    judge: (start, facts) =>
      start.phase === 'env-file' ? fileDenied(start, facts) : secretDenied(start, facts),
  }),
];

const NOT_THERE =
  /^(?:ResourceNotFound|ParameterNotFound|InvalidParameters?$|InvalidRequest|ValidationException|not-found|marked-for-deletion|404)/i;
const DELETIONS = /^(?:DeleteSecret|DeleteParameters?)$/;

/** Secrets Manager's answer for a secret that exists and has no such version; group 1 is its label or id. */
const NO_VALUE =
  /can.t find the specified secret value for (?:staging label|VersionId): ([\w+=,.@-]{1,256})/i;

function reference(start: StartFailure, facts: Facts): Judgement | undefined {
  const said = NOT_THERE.test(start.code);
  const states = secretsOf(start).map((one) => secretState(facts.bundle, one));
  const proven = states.flatMap((state) => {
    const why = wrongBecause(state, facts, { said, refused: wasRefused(start) });
    return why === undefined ? [] : [{ state, why }];
  });
  const [first] = proven;
  if (first !== undefined) {
    const { state, why } = first;
    const change = recentChange(facts.bundle, state.reference.id, DELETIONS);
    return found({
      verdict: 'proven',
      title: `${subjectOf(facts)}: ${nameOf(state)} ${why.short}.`,
      explanation: `${why.long} ${couldNotStart(start)}${change === undefined ? '' : ` ${change.sentence}`} Correct valueFrom in a new revision of the task definition, or put it where the reference points.`,
      evidence: distinctRefs([
        ...proven.flatMap((one) => one.state.evidence),
        ...start.evidence,
        ...(change === undefined ? [] : [change.at]),
      ]),
      culprits: proven.map((one) => one.state.reference.raw).slice(0, 6),
      fixes: rollbackFrom(facts, state.reference.raw),
    });
  }
  if (start.code === 'json') return unreadableValue(start, facts, states);
  const unset = NO_VALUE.exec(start.whole)?.[1];
  if (unset !== undefined) return withoutValue(start, facts, { states, label: unset });
  const open = states.filter(({ state }) => state === 'unseen');
  if (!said) return states.length > 0 && open.length === 0 ? refuted(thereSentence(states)) : undefined;
  if (states.length > 0 && open.length === 0) return refuted(thereSentence(states));
  return found({
    verdict: 'likely',
    title: `${subjectOf(facts)}: ${start.subject ?? 'a secret or parameter'} does not exist where the task definition looks.`,
    explanation: `${quoted(start)} Whether it exists could not be read.${partialAbroad(open, facts)}`,
    evidence: start.evidence,
    culprits: open.map(({ reference: one }) => one.raw).slice(0, 6),
    cannotVerify:
      open.length === 0
        ? [{ what: 'whether the secret exists', missingAction: 'secretsmanager:DescribeSecret' }]
        : untold(open.flatMap(({ gaps }) => gaps)),
  });
}

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html */
function partialAbroad(open: readonly SecretState[], { bundle }: Facts): string {
  const partial = open.find(
    ({ reference: one }) =>
      one.kind === 'secret' && one.account !== undefined && one.account !== bundle.account && !hasEnding(one),
  );
  return partial === undefined
    ? ''
    : ` A secret of another account is found by its full ARN only, and this one lacks the six characters that Secrets Manager appends to a name.`;
}

/** What is wrong with the reference for sure; what is in another place counts once AWS has answered that it is not in this one. */
function wrongBecause(
  state: SecretState,
  { bundle }: Facts,
  { said, refused }: { said: boolean; refused: boolean },
): { short: string; long: string } | undefined {
  const { reference: one } = state;
  const what = one.kind === 'parameter' ? 'parameter' : 'secret';
  switch (state.state) {
    case 'malformed':
      return {
        short: 'is not a valid reference',
        long: `${one.used} takes its value from ${one.raw}, which is no ARN of a secret or parameter.`,
      };
    case 'absent':
      return {
        short: `does not exist in ${bundle.region}`,
        long: `${one.used} takes its value from a ${what} that AWS does not know in account ${bundle.account}, ${bundle.region}.`,
      };
    case 'deleted':
      return {
        short: 'is scheduled for deletion',
        long: `${one.used} takes its value from a ${what} that was deleted and only waits to be removed; restore it or refer to another one.`,
      };
    case 'elsewhere': {
      if (!said && !refused) return undefined;
      const wrong =
        one.account !== undefined && one.account !== bundle.account
          ? `account ${one.account}`
          : `region ${one.region}`;
      return {
        short: `is looked for in the wrong ${wrong.split(' ')[0]}`,
        long: `The reference of ${one.used} names ${wrong}; the ${what} of that name is ${state.arn ?? `in account ${bundle.account}, ${bundle.region}`}.`,
      };
    }
    case 'there':
      return state.missingVersion === undefined
        ? undefined
        : {
            short: `has no version ${state.missingVersion}`,
            long: `${one.used} asks for version ${state.missingVersion} of a secret that has none of that name${state.missingVersion === 'AWSCURRENT' ? ', so no value was ever stored in it' : ''}.`,
          };
    default:
      return undefined;
  }
}

function withoutValue(
  start: StartFailure,
  facts: Facts,
  { states, label }: { states: readonly SecretState[]; label: string },
): Judgement {
  const [first] = states;
  return found({
    verdict: 'likely',
    title: `${subjectOf(facts)}: ${first === undefined ? 'a secret' : nameOf(first)} has no value ${label}.`,
    explanation: `${quoted(start)} Secrets Manager knows the secret and holds no value under ${label} in it${label === 'AWSCURRENT' ? ': it was made and never given one, or its rotation did not finish' : ''}. ${couldNotStart(start)} Store the value; ECS then starts tasks by itself.`,
    evidence: distinctRefs([...start.evidence, ...(first?.evidence ?? [])]),
    culprits: first === undefined ? [] : [first.reference.raw],
    cannotVerify: [{ what: 'the value of the secret', missingAction: 'secretsmanager:GetSecretValue' }],
  });
}

/** Only the value would tell, and values are never read here. */
function unreadableValue(start: StartFailure, facts: Facts, states: readonly SecretState[]): Judgement {
  const keyed = states.filter(({ reference: one }) => one.jsonKey !== undefined);
  const [first] = keyed.length > 0 ? keyed : states;
  const key = first?.reference.jsonKey;
  return found({
    verdict: 'likely',
    title: `${subjectOf(facts)}: ${first === undefined ? 'a secret' : nameOf(first)} does not hold ${key === undefined ? 'the JSON that is asked for' : `the JSON key ${key}`}.`,
    explanation: `The secret was found and read, but its value is not what the task definition asks for. ${quoted(start)} Values are never read here, so look at it yourself: it has to be a JSON object with exactly that key.`,
    evidence: distinctRefs([...start.evidence, ...(first?.evidence ?? [])]),
    culprits: first === undefined ? [] : [first.reference.raw],
    cannotVerify: [{ what: 'the value of the secret', missingAction: 'secretsmanager:GetSecretValue' }],
  });
}

function secretDenied(start: StartFailure, facts: Facts): Judgement | undefined {
  const refused = wasRefused(start);
  if (!refused && !isVague(start) && start.reply !== 'unclear') return undefined;
  const { bundle } = facts;
  const refusal = refusalIn(start.whole);
  if (refused && refusal !== undefined && !/^(?:secretsmanager|ssm|kms|sts):/.test(refusal.action))
    return undefined;
  const states = secretsOf(start).map((one) => secretState(bundle, one));
  if (
    states.some(({ state }) => ['absent', 'deleted', 'malformed'].includes(state)) ||
    (refused && states.some(({ state }) => state === 'elsewhere'))
  )
    return refuted('What the task definition refers to is not there, so nobody can be allowed to read it.');
  if (states.length === 0 && !refused) return undefined;
  const actor = startRole(start, bundle);
  if (actor.from === 'none' || actor.from === 'bare')
    return noRole(facts, start, { actor, reads: 'its secrets' });
  const { role } = actor;
  const permissions =
    role === undefined ? [] : states.flatMap((state) => secretPermissions(bundle, role, state));
  const weighed = weigh(bundle, permissions, refused ? { refusal } : undefined);
  // What the role may not do comes before what the key could not do for it either.
  const lacks = weighed?.missing.some(
    ({ question, hindrance }) =>
      question.action !== 'kms:Decrypt' || (start.code === 'kms-denied' && hindrance === 'role-lacks'),
  );
  const unusable = lacks === true ? undefined : keyOutOfUse(start, facts, states);
  if (unusable !== undefined) return unusable;
  if (weighed === undefined) return states.length === 0 ? undefined : refuted(allowedSentence(permissions));
  const key = weighed.missing.find(({ question }) => question.action === 'kms:Decrypt');
  const onlyKey = weighed.missing.every(({ question }) => question.action === 'kms:Decrypt');
  const what = states[0] === undefined ? (start.subject ?? 'their secret') : nameOf(states[0]);
  return found({
    verdict: weighed.verdict,
    title:
      (key !== undefined && onlyKey) || /kms/i.test(start.code)
        ? `${subjectOf(facts)}: ${roleWords(actor)} may not use the key of ${what}.`
        : `${subjectOf(facts)}: ${roleWords(actor)} may not read ${what}.`,
    explanation: `${weighed.because} ${whatToDo(weighed, start)}`,
    evidence: distinctRefs([
      ...weighed.evidence,
      ...start.evidence,
      ...(actor.at === undefined ? [] : [actor.at]),
    ]),
    culprits: culpritsOf(weighed, [role, ...states.map(({ reference: one }) => one.id).slice(0, 1)]),
    lacks: weighed.lacks,
    cannotVerify: withRole(weighed.cannotVerify, facts, role === undefined ? start : undefined),
  });
}

/** A key nobody can use, or of which AWS says so while its state could not be read. */
function keyOutOfUse(
  start: StartFailure,
  facts: Facts,
  states: readonly SecretState[],
): Judgement | undefined {
  const keys = states.flatMap((state) => {
    const key = keyState(facts.bundle, state.keyId);
    return key === undefined ? [] : [{ state, key }];
  });
  const out = keys.find(({ key }) => key.state === 'unusable');
  if (out !== undefined)
    return found({
      verdict: 'proven',
      title: `${subjectOf(facts)}: the key of ${nameOf(out.state)} ${out.key.words}.`,
      explanation: `${nameOf(out.state)} is encrypted under ${out.state.keyId}, which ${out.key.words}, so nobody can read it, whatever the execution role may do. ${couldNotStart(start)} Make the key usable again, or store the value under another one; keys are never changed from here.`,
      evidence: distinctRefs([...out.key.evidence, ...out.state.evidence, ...start.evidence]),
      culprits: [out.state.keyId ?? '', out.state.reference.id].filter((one) => one !== ''),
    });
  if (start.code !== 'kms-state') return undefined;
  const unseen = keys.filter(({ key }) => key.state === 'unseen');
  const blind = states.filter(({ state }) => state === 'unseen');
  if (unseen.length + blind.length === 0)
    return keys.length === 0 ? undefined : refuted('Its key can be used, as it is now.');
  return found({
    verdict: 'likely',
    title: `${subjectOf(facts)}: the key of ${states[0] === undefined ? 'their secret' : nameOf(states[0])} cannot be used.`,
    explanation: `${quoted(start)} In which state the key is could not be read.`,
    evidence: start.evidence,
    culprits: unseen.flatMap(({ state }) => state.keyId ?? []),
    cannotVerify: untold([...unseen.flatMap(({ key }) => key.gaps), ...blind.flatMap(({ gaps }) => gaps)]),
  });
}

function thereSentence(states: readonly SecretState[]): string {
  return `${states.length === 1 && states[0] !== undefined ? `${nameOf(states[0])} exists` : 'All secrets and parameters of the task definition exist'}.`;
}

function nameOf({ reference: { kind, name } }: SecretState): string {
  return `${kind} ${name}`;
}
