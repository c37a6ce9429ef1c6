// Failed starts in which an answer came back: permission, a missing thing, a refused registry. The words of the answer make a
// cause likely; only a second look at the state (the log group is really absent) makes it proven.

import type { CauseClass } from '../../contract/finding.ts';
import type { Facts } from '../facts/facts.ts';
import type { StartFailure } from '../facts/start-failure.ts';
import { counted, found, type Judgement, type Rule, refuted, silent } from './rule.ts';

interface AnswerCase {
  readonly class: CauseClass;
  readonly matches: (start: StartFailure) => boolean;
  readonly title: (start: StartFailure) => string;
  /** What would make it certain. */
  readonly confirm: string;
  readonly missingAction: string;
}

const DENIED = /^(?:AccessDenied|Unauthorized|denied$|403|kms-denied|KMS\.)/i;
const MISSING =
  /^(?:ResourceNotFound|ParameterNotFound|InvalidParameters?$|not-found|NoSuchKey|NoSuchBucket|404)/i;

const cases: readonly AnswerCase[] = [
  {
    class: 'exec-role-secret-denied',
    matches: ({ phase, code }) => (phase === 'secret' || phase === 'env-file') && DENIED.test(code),
    title: ({ subject, phase, code }) =>
      /kms/i.test(code)
        ? `Tasks cannot start: the execution role may not use the key of ${subject ?? 'their secret'}.`
        : `Tasks cannot start: the execution role may not read ${subject ?? (phase === 'secret' ? 'their secret' : 'their environment file')}.`,
    confirm: 'what the execution role may do',
    missingAction: 'iam:SimulatePrincipalPolicy',
  },
  {
    class: 'secret-reference-invalid',
    matches: ({ phase, code }) =>
      phase === 'secret' && (MISSING.test(code) || code === 'json' || code === 'ValidationException'),
    title: ({ subject, code }) =>
      code === 'json'
        ? `Tasks cannot start: ${subject ?? 'a secret'} does not hold the JSON key the task definition asks for.`
        : `Tasks cannot start: ${subject ?? 'a secret or parameter'} does not exist where the task definition looks.`,
    confirm: 'whether the secret exists',
    missingAction: 'secretsmanager:DescribeSecret',
  },
  {
    class: 'image-not-found',
    matches: ({ phase, code, text }) =>
      phase === 'pull' &&
      (MISSING.test(code) || (DENIED.test(code) && /@sha256:|blobs\/sha256|manifests\/sha256/.test(text))),
    title: ({ subject }) =>
      `Tasks cannot start: the image ${subject ?? ''} does not exist in its registry.`.replace('  ', ' '),
    confirm: 'whether the image exists by tag and by digest',
    missingAction: 'ecr:DescribeImages',
  },
  {
    class: 'exec-role-ecr-denied',
    matches: ({ phase, code, text }) =>
      phase === 'pull' && DENIED.test(code) && /ecr/i.test(text) && !/blobs\/sha256/.test(text),
    title: ({ subject }) =>
      `Tasks cannot start: the role that pulls may not read ${subject ?? 'the image'} from ECR.`,
    confirm: 'what the pulling role and the repository policy allow',
    missingAction: 'ecr:GetRepositoryPolicy',
  },
  {
    class: 'private-registry-auth',
    matches: ({ phase, code, text }) =>
      phase === 'pull' &&
      (/^(?:401|unauthenticated)/.test(code) || (DENIED.test(code) && !/ecr/i.test(text))),
    title: ({ host }) =>
      `Tasks cannot start: ${host ?? 'the registry'} asks for credentials that were not given.`,
    confirm: 'whether the credentials of the registry are right',
    missingAction: 'secretsmanager:DescribeSecret',
  },
  {
    class: 'registry-rate-limit',
    matches: ({ phase, code }) =>
      phase === 'pull' &&
      /^(?:429|rate-limited|toomanyrequests|TooManyRequests|RateExceeded|ThrottlingException)/i.test(code),
    title: ({ host }) => `Tasks cannot start: ${host ?? 'the registry'} limits how often images are pulled.`,
    confirm: 'how many pulls share one address',
    missingAction: 'cloudtrail:LookupEvents',
  },
  {
    class: 'platform-mismatch',
    matches: ({ phase, code }) => phase === 'pull' && code === 'platform',
    title: ({ subject }) => `Tasks cannot start: ${subject ?? 'the image'} was not built for this platform.`,
    confirm: 'for which platforms the image was built',
    missingAction: 'ecr:BatchGetImage',
  },
  {
    class: 'disk-full',
    matches: ({ code }) => code === 'no-space',
    title: () => 'Tasks cannot start: there is no disk space left for the image.',
    confirm: 'how full the disk is',
    missingAction: 'cloudwatch:GetMetricData',
  },
  {
    class: 'log-group-missing',
    matches: ({ phase, code }) => phase === 'logger' && MISSING.test(code),
    title: ({ subject }) =>
      `Tasks cannot start: the log group ${subject ?? 'of the task definition'} does not exist.`.replace(
        '  ',
        ' ',
      ),
    confirm: 'whether the log group exists',
    missingAction: 'logs:DescribeLogStreams',
  },
  {
    class: 'exec-role-logs-denied',
    matches: ({ phase, code }) => phase === 'logger' && DENIED.test(code),
    title: () => 'Tasks cannot start: the execution role may not create their log group or stream.',
    confirm: 'what the execution role may do',
    missingAction: 'iam:SimulatePrincipalPolicy',
  },
  {
    class: 'role-assume-failed',
    matches: ({ phase }) => phase === 'role',
    title: () => 'Tasks cannot start: ECS may not assume a role of the task definition.',
    confirm: 'whom the role trusts',
    missingAction: 'iam:GetRole',
  },
];

export const startRules: readonly Rule[] = cases.map((one) => ({
  class: one.class,
  needs: ['tasks', 'task-definition'],
  judge: (facts) => judge(one, facts),
}));

/** The words make it likely and no more. Text that Fargate cut off before its code has no answer and never comes here. */
function judge(one: AnswerCase, facts: Facts): Judgement {
  const start = facts.starts.find((candidate) => one.matches(candidate));
  if (start === undefined) {
    const answeredNothing = facts.starts.find(
      (candidate) => candidate.reply === 'silence' && phases[one.class] === candidate.phase,
    );
    return answeredNothing === undefined
      ? silent
      : refuted('No answer came back at all, so nothing refused it.');
  }
  if (one.class === 'log-group-missing') return judgeLogGroup(one, start, facts);
  const alike = facts.failed.filter((task) => task.kind === 'start').length;
  return found({
    verdict: 'likely',
    title: one.title(start),
    explanation: `An answer came back (${start.code}), so the network path works. ${counted(alike, 'task')} failed to start this way: "${start.text.slice(0, 240)}"`,
    evidence: start.evidence,
    culprits: start.subject === undefined ? [] : [start.subject],
    cannotVerify: [{ what: one.confirm, missingAction: one.missingAction }],
  });
}

/** The group's absence can be seen: describing its streams is answered with ResourceNotFoundException. */
function judgeLogGroup(one: AnswerCase, start: StartFailure, facts: Facts): Judgement {
  const absent = facts.bundle.logPresence.find((seen) => seen.state === 'group-absent');
  const there = facts.bundle.logPresence.find((seen) => seen.state !== 'group-absent');
  if (absent === undefined && there !== undefined) return refuted(`The log group ${there.group} exists.`);
  const group = absent?.group ?? start.subject ?? 'of the task definition';
  return found({
    verdict: absent === undefined ? 'likely' : 'proven',
    title: `Tasks cannot start: the log group ${group} does not exist.`,
    explanation: `The log driver of the task definition writes to ${group}, and AWS says there is no such group. Tasks on Fargate do not start without it.`,
    evidence: absent === undefined ? start.evidence : [{ id: absent.evidence, path: '$' }, ...start.evidence],
    culprits: [group],
    cannotVerify: absent === undefined ? [{ what: one.confirm, missingAction: one.missingAction }] : [],
  });
}

const phases: Readonly<Partial<Record<CauseClass, StartFailure['phase']>>> = {
  'exec-role-secret-denied': 'secret',
  'secret-reference-invalid': 'secret',
  'image-not-found': 'pull',
  'exec-role-ecr-denied': 'pull',
  'private-registry-auth': 'pull',
  'exec-role-logs-denied': 'logger',
  'log-group-missing': 'logger',
};
