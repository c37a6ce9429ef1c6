// May a role do something to a thing? The policies that were read are asked; what was not read leaves the answer open, and says which read
// would close it. Boundaries count where they were read; policies of the organisation and of sessions are never visible from here.

import type { Role } from '@aws-sdk/client-iam';
import type { EvidenceRef } from '../../contract/finding.ts';
import type { EvidenceBundle, Gap } from '../evidence.ts';
import { contextOf, type RequestContext } from '../iam/condition.ts';
import { policyDocument } from '../iam/document.ts';
import {
  type AccessRequest,
  askPolicies,
  type NamedPolicy,
  type Needs,
  noPolicy,
  type PolicyAnswer,
  passes,
  unseenPolicy,
} from '../iam/evaluate.ts';
import { allOf, anyOf, type Truth } from '../iam/truth.ts';
import {
  gapsAbout,
  type Look,
  lookUp,
  noResources,
  type ResourceEvidence,
  type RolePolicy,
} from '../resources.ts';

export interface PermissionQuestion {
  /** ARN or name of the role. */
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  /** Keys of the request that are known, besides those of the role itself. */
  readonly context?: Readonly<Record<string, string | undefined>>;
  /** Beginnings of keys of which all are known. */
  readonly complete?: readonly string[];
  /** The policy on the thing itself: absent when AWS said that it has none; left out for things that cannot have one. */
  readonly resourcePolicy?: Look<string>;
  readonly needs?: Needs;
}

export type Hindrance = 'role-lacks' | 'role-denies' | 'thing-lacks' | 'thing-denies';

export interface Permission {
  readonly question: PermissionQuestion;
  readonly passes: Truth;
  /** What the role's own policies allow, whatever the thing's own policy says. */
  readonly ownAllows: Truth;
  /** What stands in the way when it does not pass: that it is not allowed, or a deny, in the role's policies or in the thing's own. */
  readonly hindrance: Hindrance | undefined;
  /** AWS said that there is no such role. */
  readonly roleAbsent: boolean;
  /** One sentence that says which policy decides, or what is open. */
  readonly because: string;
  readonly evidence: readonly EvidenceRef[];
  readonly gaps: readonly Gap[];
}

/** Name of a role: the last part of its ARN, which is what IAM is asked with. */
export function roleName(role: string): string {
  return role.split('/').at(-1) ?? role;
}

/** Judges the question over the policies in the evidence. */
export function permissionOf(bundle: EvidenceBundle, question: PermissionQuestion): Permission {
  const resources = bundle.resources ?? noResources;
  const name = roleName(question.role);
  const role = lookUp(resources.roles, name);
  if (role.state === 'absent')
    return {
      question,
      passes: 'no',
      ownAllows: 'no',
      hindrance: 'role-lacks',
      roleAbsent: true,
      because: `IAM knows no role ${name}.`,
      evidence: [role.at],
      gaps: [],
    };
  const request = requestOf(bundle, question, role);
  const own = ownAnswer(bundle, { name, role, request });
  const thing = thingAnswer(question.resourcePolicy, request);
  const passed = passes(own.answer, thing.answer, question.needs ?? 'either');
  const open = passed === 'unknown' ? [...own.gaps, ...thing.gaps] : [];
  return {
    question,
    passes: passed,
    ownAllows: allOf([own.answer.allows, own.answer.denies === 'yes' ? 'no' : 'yes']),
    hindrance: hindranceOf(own.answer, thing.answer, passed),
    roleAbsent: false,
    because: sentence(question, { name, own: own.answer, thing: thing.answer, passed }),
    evidence: [...own.evidence, ...thing.evidence].slice(0, 8),
    gaps: open,
  };
}

interface Answered {
  readonly answer: PolicyAnswer;
  readonly evidence: readonly EvidenceRef[];
  readonly gaps: readonly Gap[];
}

function ownAnswer(
  bundle: EvidenceBundle,
  { name, role, request }: { name: string; role: Look<Role>; request: AccessRequest },
): Answered {
  const resources = bundle.resources ?? noResources;
  const mine = resources.rolePolicies.items.filter(({ value }) => value.role === name);
  const simulated = role.state === 'unseen' ? simulatedAnswer(resources, name, request) : undefined;
  if (simulated !== undefined) return simulated;
  const gaps = [
    ...(role.state === 'unseen'
      ? roleGaps([...role.gaps, ...gapsAbout(resources.decisions, name)], name)
      : []),
    ...gapsAbout(resources.rolePolicies, name),
  ];
  const unreadable = mine.filter(({ value }) => policyDocument(value.document) === undefined);
  const plain = mine.filter(({ value }) => value.kind !== 'boundary');
  const answer = askPolicies(named(plain.map(({ value }) => value)), request);
  const boundary = boundaryAnswer({ role, mine: mine.map(({ value }) => value), request });
  const open = gaps.length > 0 || unreadable.length > 0;
  const deciding = answer.deniedBy ?? answer.allowedBy;
  const decidingPolicy = mine.find(({ value }) => value.name === deciding?.policy);
  return {
    answer: {
      ...answer,
      allows: allOf([open ? anyOf([answer.allows, 'unknown']) : answer.allows, boundary.allows]),
      denies: anyOf([open ? anyOf([answer.denies, 'unknown']) : answer.denies, boundary.denies]),
    },
    evidence:
      decidingPolicy !== undefined
        ? [decidingPolicy.at]
        : [...(role.state === 'there' ? [role.at] : []), ...plain.map(({ at }) => at)],
    gaps,
  };
}

/** What the simulator of IAM said of this very request; it looks at the boundary of the role by itself. */
function simulatedAnswer(
  { decisions }: ResourceEvidence,
  name: string,
  { action, resource }: AccessRequest,
): Answered | undefined {
  const found = decisions.items.find(
    ({ value }) => value.role === name && value.action === action && value.resource === resource,
  );
  if (found === undefined) return undefined;
  const { decision, by } = found.value;
  const [policy] = by;
  if (decision === 'open') return { answer: unseenPolicy, evidence: [found.at], gaps: [openGap(name)] };
  return {
    answer: {
      ...noPolicy,
      allows: decision === 'allowed' ? 'yes' : 'no',
      denies: decision === 'denied' ? 'yes' : 'no',
      ...(decision === 'denied' && policy !== undefined ? { deniedBy: { policy } } : {}),
    },
    evidence: [found.at],
    gaps: [],
  };
}

function openGap(name: string): Gap {
  return {
    what: `on what conditions the policies of role ${name} allow it`,
    missingAction: 'iam:GetRolePolicy',
    kind: 'unread',
  };
}

/** Without a boundary everything is within it; one that was not read leaves that open. */
function boundaryAnswer({
  role,
  mine,
  request,
}: {
  role: Look<Role>;
  mine: readonly RolePolicy[];
  request: AccessRequest;
}): Pick<PolicyAnswer, 'allows' | 'denies'> {
  const arn = role.state === 'there' ? role.thing.PermissionsBoundary?.PermissionsBoundaryArn : undefined;
  if (arn === undefined) return { allows: 'yes', denies: 'no' };
  const read = named(mine.filter(({ kind }) => kind === 'boundary'));
  return read.length === 0 ? unseenPolicy : askPolicies(read, request);
}

function named(policies: readonly RolePolicy[]): NamedPolicy[] {
  return policies.flatMap(({ name, document }) => {
    const read = policyDocument(document);
    return read === undefined ? [] : [{ name, document: read }];
  });
}

/** A role nobody asked about is unseen as well. */
function roleGaps(gaps: readonly Gap[], name: string): Gap[] {
  return gaps.length > 0
    ? [...gaps]
    : [{ what: `the role ${name}`, missingAction: 'iam:GetRole', kind: 'unread' }];
}

function thingAnswer(policy: Look<string> | undefined, request: AccessRequest): Answered {
  if (policy === undefined || policy.state === 'absent')
    return { answer: noPolicy, evidence: policy === undefined ? [] : [policy.at], gaps: [] };
  if (policy.state === 'unseen') return { answer: unseenPolicy, evidence: [], gaps: policy.gaps };
  const document = policyDocument(policy.thing);
  return document === undefined
    ? { answer: unseenPolicy, evidence: [policy.at], gaps: [] }
    : {
        answer: askPolicies([{ name: 'its own policy', document }], request),
        evidence: [policy.at],
        gaps: [],
      };
}

function requestOf(
  bundle: EvidenceBundle,
  { role, action, resource, context = {}, complete = [] }: PermissionQuestion,
  look: Look<Role>,
): AccessRequest {
  const arn = look.state === 'there' && look.thing.Arn !== undefined ? look.thing.Arn : arnOf(role, bundle);
  const account = arn.split(':')[4] ?? bundle.account;
  return {
    action,
    resource,
    principal: { arn, account },
    context: withTags(
      contextOf(
        {
          'aws:PrincipalArn': arn,
          'aws:PrincipalAccount': account,
          'aws:PrincipalType': 'AssumedRole',
          'aws:PrincipalIsAWSService': 'false',
          'aws:SecureTransport': 'true',
          ...context,
        },
        [...complete, ...(look.state === 'there' ? ['aws:PrincipalTag/'] : [])],
      ),
      look,
    ),
  };
}

/** Tags of the role are in every request it makes. */
function withTags(context: RequestContext, look: Look<Role>): RequestContext {
  const tags = look.state === 'there' ? (look.thing.Tags ?? []) : [];
  const values = tags.map(({ Key = '', Value = '' }): [string, string[]] => [
    `aws:principaltag/${Key.toLowerCase()}`,
    [Value],
  ]);
  return { ...context, values: new Map([...context.values, ...values]) };
}

function arnOf(role: string, bundle: EvidenceBundle): string {
  return role.startsWith('arn:') ? role : `arn:aws:iam::${bundle.account}:role/${role}`;
}

function sentence(
  { action, resource }: PermissionQuestion,
  { name, own, thing, passed }: { name: string; own: PolicyAnswer; thing: PolicyAnswer; passed: Truth },
): string {
  const what = `${action} on ${resource}`;
  if (own.denies === 'yes')
    return `${own.deniedBy === undefined ? 'The permissions boundary' : `Policy ${shortName(own.deniedBy.policy)}`} of role ${name} explicitly denies ${what}.`;
  if (thing.denies === 'yes') return `The policy of ${resource} itself denies ${name} ${action}.`;
  if (passed === 'yes') return `Role ${name} may call ${what}.`;
  if (passed === 'unknown') return `Whether role ${name} may call ${what} could not be decided.`;
  return own.allows === 'no'
    ? `No policy of role ${name} allows ${what}.`
    : `Role ${name} may call ${action}, but the policy of ${resource} does not let it.`;
}

function hindranceOf(own: PolicyAnswer, thing: PolicyAnswer, passed: Truth): Hindrance | undefined {
  if (own.denies === 'yes') return 'role-denies';
  if (thing.denies === 'yes') return 'thing-denies';
  if (own.allows === 'no') return 'role-lacks';
  return passed === 'no' ? 'thing-lacks' : undefined;
}

function shortName(policy: string): string {
  return policy.split('/').at(-1) ?? policy;
}
