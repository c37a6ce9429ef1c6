// Roles that ECS may not take on: one that does not exist or does not trust it, and one that whoever starts tasks may not hand over.

import type { EvidenceRef } from '../../contract/finding.ts';
import { below } from '../evidence.ts';
import type { Facts } from '../facts/facts.ts';
import { roleName } from '../facts/permission.ts';
import { refusalIn } from '../facts/refusal.ts';
import { type RoleTrust, roleTrust, SCHEDULER_SERVICE, TASKS_SERVICE } from '../facts/role-trust.ts';
import { assumedRoles } from '../facts/start-subjects.ts';
import { recentChange, type TrailRecord, trailRecords } from '../facts/trail.ts';
import { tidy } from '../network/peer.ts';
import { noResources, untold } from '../resources.ts';
import { distinctRefs, found, type Judgement, listed, type Rule, refuted, silent } from './rule.ts';
import { strongest } from './start-rule.ts';

export const roleRules: readonly Rule[] = [
  { class: 'role-assume-failed', needs: ['tasks', 'events', 'resources'], judge: assumption },
  { class: 'passrole-denied', needs: ['events', 'resources'], judge: passing },
];

/** IAM is eventually consistent: a role younger than this may not be known everywhere yet. */
const NEW_ROLE_MS = 5 * 60_000;
const STARTS = /^(?:UpdateService|CreateService|RunTask|StartTask|CreateTaskSet)$/;

function assumption(facts: Facts): Judgement {
  const words = wordsAbout(facts);
  if (words === undefined) return silent;
  if (SERVICE_LINKED.test(words.text)) return serviceLinked(facts, words);
  const roles = assumedRoles(facts);
  if (roles.length === 0)
    return found({
      verdict: 'likely',
      title: `ECS may not assume a role that ${facts.service.name} needs.`,
      explanation: `AWS says: "${words.text.slice(0, 240)}" It does not name the role, so check that the roles of the task definition exist and trust ${TASKS_SERVICE}.`,
      evidence: words.evidence,
      cannotVerify: [{ what: 'whom the role trusts', missingAction: 'iam:GetRole' }],
    });
  return strongest(roles.map((role) => judgeRole(role, facts, words)));
}

/** The role by which ECS itself calls EC2 and load balancers; no task definition names it. */
const SERVICE_LINKED = /service[- ]linked role/i;
const SERVICE_LINKED_NAME = 'AWSServiceRoleForECS';

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles.html */
function serviceLinked({ service }: Facts, words: Words): Judgement {
  return found({
    verdict: 'likely',
    title: `ECS cannot use its service-linked role, which ${service.name} needs.`,
    explanation: `AWS says: "${words.text.slice(0, 240)}" That is ${SERVICE_LINKED_NAME}, by which ECS makes network interfaces and registers targets; the roles of the task definition play no part. Where it is gone, create it once for the account: aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com. Roles are never changed from here.`,
    evidence: words.evidence,
    culprits: [SERVICE_LINKED_NAME],
  });
}

function judgeRole(role: string, facts: Facts, words: Words): Judgement {
  const { bundle, failed, service } = facts;
  const principal = principalFor(role, facts);
  const trust = roleTrust(bundle, role, {
    service: principal,
    sourceArn: failed[0]?.arn ?? (bundle.tasks.items[0]?.value.taskArn || service.arn),
  });
  const name = roleName(role);
  const use = useOf(role, facts);
  const change = recentChange(bundle, name, /^(?:DeleteRole|UpdateAssumeRolePolicy)$/);
  const common = {
    evidence: distinctRefs([
      ...trust.evidence,
      ...words.evidence,
      ...(change === undefined ? [] : [change.at]),
    ]),
    culprits: [role],
  };
  const changed = change === undefined ? '' : ` ${change.sentence}`;
  if (trust.exists === 'no')
    return found({
      ...common,
      verdict: 'proven',
      title: `ECS cannot start tasks of ${service.name}: role ${name} does not exist.`,
      explanation: `${use} names ${role}, and IAM knows no such role.${changed} Create it again with the same name, or register a revision that names another one; roles are never changed from here.`,
    });
  if (trust.trusts === 'no')
    return found({
      ...common,
      verdict: 'proven',
      title: `ECS cannot start tasks of ${service.name}: role ${name} does not trust ${principal}${trust.conditions.length > 0 ? ' for these tasks' : ''}.`,
      explanation: `${use} names ${role}, whose trust policy does not let ${principal} assume it for these tasks.${changed} ${trustAdvice(trust, facts)} Roles are never changed from here.`,
    });
  if (trust.trusts === 'unknown')
    return found({
      ...common,
      verdict: 'likely',
      title: `ECS may not assume role ${name}, which ${service.name} needs.`,
      explanation: `AWS says: "${words.text.slice(0, 240)}" Whether the role exists and trusts ${principal} could not be decided.`,
      cannotVerify: untold(
        trust.gaps.length > 0
          ? trust.gaps
          : [{ what: `whom role ${name} trusts`, missingAction: 'iam:GetRole', kind: 'unread' }],
      ),
    });
  return standing(trust, facts, common);
}

/** What has to change: the service is named already when only a condition keeps it out. */
function trustAdvice({ conditions }: RoleTrust, { bundle }: Facts): string {
  if (conditions.length === 0) return 'Allow sts:AssumeRole for that service in the trust policy.';
  const asked = conditions.map(
    ({ operator, key, values }) => `${operator} ${key} ${values.slice(0, 3).join(' or ')}`,
  );
  return `It names that service, under ${conditions.length === 1 ? 'a condition' : 'conditions'} that the request does not meet: ${tidy(listed(asked), 300)}. These tasks run in account ${bundle.account}, ${bundle.region}; correct the ${conditions.length === 1 ? 'condition' : 'conditions'}.`;
}

/** The role is as it should be: either it is so new that not all of AWS knows it, or something else was meant. */
function standing(
  trust: RoleTrust,
  { bundle, failed }: Facts,
  common: { evidence: EvidenceRef[]; culprits: string[] },
): Judgement {
  const failedMs = failed[0]?.stoppedAtMs ?? bundle.nowMs;
  const name = roleName(trust.role);
  if (trust.createdAtMs !== undefined && failedMs - trust.createdAtMs < NEW_ROLE_MS)
    return found({
      ...common,
      verdict: 'likely',
      title: `Role ${name} was too new to be assumed when tasks were started.`,
      explanation: `It exists and trusts ECS now, and was made minutes before the failure; IAM needs a while to tell all of AWS. Nothing has to change: ECS tries again by itself.`,
    });
  return refuted(`Role ${name} exists and its trust policy lets ECS assume it.`);
}

interface Words {
  readonly text: string;
  readonly evidence: readonly EvidenceRef[];
}

function wordsAbout({ starts, complaints }: Facts): Words | undefined {
  const start = starts.find(({ phase }) => phase === 'role');
  if (start !== undefined) return { text: start.text, evidence: start.evidence };
  const complaint = complaints.find(({ message }) => /assume (?:the )?(?:\w+[- ]){0,3}role/i.test(message));
  return complaint === undefined ? undefined : { text: complaint.message, evidence: [complaint.at] };
}

/** Tasks' own roles are assumed by ECS tasks; the role of a service, for its load balancers, by the scheduler. */
function principalFor(role: string, { service }: Facts): string {
  const own = service.observed.value.roleArn;
  return own !== undefined && roleName(own) === roleName(role) ? SCHEDULER_SERVICE : TASKS_SERVICE;
}

function useOf(role: string, { bundle, service }: Facts): string {
  const definition = bundle.taskDefinitions.items.find(({ value }) =>
    [value.executionRoleArn, value.taskRoleArn].some(
      (arn) => arn !== undefined && roleName(arn) === roleName(role),
    ),
  )?.value;
  if (definition === undefined) return `Service ${service.name}`;
  const revision = definition.taskDefinitionArn?.split('/').at(-1) ?? 'The task definition';
  return `${revision}, as its ${roleName(definition.executionRoleArn ?? '') === roleName(role) ? 'execution' : 'task'} role,`;
}

/** CloudTrail's own record of the refused request; a later one that was accepted ends the story. */
function passing(facts: Facts): Judgement {
  const { bundle, service } = facts;
  const complaint = facts.complaints.find(({ message }) => /iam:PassRole|pass (?:the )?role/i.test(message));
  const mine = trailRecords(bundle).filter((one) => STARTS.test(one.name) && isAbout(one, facts));
  const refused = mine.find(({ errorMessage }) => refusalIn(errorMessage)?.action === 'iam:PassRole');
  const later = mine.some(
    (one) =>
      refused !== undefined &&
      one.errorCode === undefined &&
      one.atMs > refused.atMs &&
      one.name === refused.name,
  );
  if (refused !== undefined && !later) {
    const refusal = refusalIn(refused.errorMessage);
    const caller = refusal?.roleName ?? refused.who;
    return found({
      verdict: 'proven',
      title: `${refused.name} for ${service.name} was refused: ${caller} may not pass role ${roleName(refusal?.resource ?? '')}.`,
      explanation: `CloudTrail recorded that ${refused.who} called ${refused.name} and lacked iam:PassRole on ${refusal?.resource ?? 'the role'}, so nothing was started. Allow it for that role, with iam:PassedToService ${TASKS_SERVICE}; permissions are never changed from here.`,
      evidence: distinctRefs([
        refused.at,
        ...(complaint === undefined ? [] : [complaint.at]),
        below(service.observed, '.runningCount'),
      ]),
      culprits: [refusal?.principal ?? refused.who, refusal?.resource ?? ''].filter((one) => one !== ''),
      lacks:
        refusal?.resource === undefined
          ? []
          : [{ role: caller, action: 'iam:PassRole', resource: refusal.resource, by: 'role-lacks' }],
    });
  }
  if (complaint === undefined)
    return later ? refuted('A later request of the same kind was accepted.') : silent;
  const refusal = refusalIn(complaint.message);
  return found({
    verdict: 'likely',
    title: `Tasks of ${service.name} are not started: a role may not be passed to ECS.`,
    explanation: `AWS says: "${complaint.message.slice(0, 240)}" Whoever starts the tasks needs iam:PassRole on the role it names.`,
    evidence: [complaint.at],
    culprits: [refusal?.principal, refusal?.resource].flatMap((one) => one ?? []),
    cannotVerify: untold((bundle.resources ?? noResources).trail.gaps),
  });
}

function isAbout({ parameters }: TrailRecord, { service }: Facts): boolean {
  const { service: named, serviceName, taskDefinition } = parameters;
  const names = [named, serviceName].filter((one) => typeof one === 'string');
  if (names.length > 0) return names.some((one) => one.split('/').at(-1) === service.name);
  const family = service.primary?.revision.split(':')[0];
  return typeof taskDefinition === 'string' && taskDefinition.split('/').at(-1)?.split(':')[0] === family;
}
