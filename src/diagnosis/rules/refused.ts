// How a refusal is weighed against the policies that were read, in one place for every rule about a permission. AWS's refusal is an
// answer; whether a visible policy explains it decides between proven and likely, and a visible policy that allows it leaves only what
// nobody can see from here: boundaries, the organisation, a change made since.

import type { EvidenceRef, Finding, MissingPermission } from '../../contract/finding.ts';
import type { EvidenceBundle } from '../evidence.ts';
import type { Permission } from '../facts/permission.ts';
import { roleName } from '../facts/permission.ts';
import type { Refusal } from '../facts/refusal.ts';
import { recentChange } from '../facts/trail.ts';
import { untold } from '../resources.ts';
import { distinctRefs } from './rule.ts';

export interface Weighed {
  readonly verdict: Finding['verdict'];
  /** What the policies say, in a sentence. */
  readonly because: string;
  readonly evidence: readonly EvidenceRef[];
  readonly cannotVerify: readonly { what: string; missingAction: string }[];
  /** Somebody changed the role of late: then every revision may be refused, the one that runs too once it starts again. */
  readonly changed?: boolean;
  /** The permissions that are missing for sure. */
  readonly missing: readonly Permission[];
  /** What a statement would have to allow: those, and what AWS refused while the policies were not seen. */
  readonly lacks: readonly MissingPermission[];
}

const ORGANISATION = {
  what: 'what the policies of the organisation allow',
  missingAction: 'organizations:DescribePolicy',
};
const ROLE_CHANGES = /^(?:Delete|Detach|Put|Attach|Create|Update)\w*(?:Role|Policy)\w*$/;

/** Weighs the permissions a step needs. `refused`: AWS said that one of them is missing; undefined: nothing was said. */
export function weigh(
  bundle: EvidenceBundle,
  permissions: readonly Permission[],
  refused: { readonly refusal: Refusal | undefined } | undefined,
): Weighed | undefined {
  const said = refused !== undefined;
  // What the role's own policies do not allow cannot have been allowed by one that AWS's refusal has just overruled.
  const missing = permissions.filter((one) => one.passes === 'no' || (said && one.ownAllows === 'no'));
  const [first] = missing;
  if (first !== undefined) {
    const change = recentChange(bundle, roleName(first.question.role), ROLE_CHANGES);
    return {
      verdict: 'proven',
      because: [sentenceOf(missing), ...(change === undefined ? [] : [change.sentence])].join(' '),
      evidence: distinctRefs([
        ...missing.flatMap(({ evidence }) => evidence),
        ...(change === undefined ? [] : [change.at]),
      ]),
      cannotVerify: [],
      changed: change !== undefined,
      missing,
      lacks: missing.map((one) => lackOf(one, one.hindrance ?? 'role-lacks')),
    };
  }
  const open = permissions.filter(({ passes }) => passes === 'unknown');
  if (open.length > 0 || permissions.length === 0)
    return {
      verdict: said ? 'likely' : 'possible',
      because: open[0]?.because ?? 'Which role acts here was not seen.',
      evidence: distinctRefs(open.flatMap(({ evidence }) => evidence)),
      cannotVerify: untold(open.flatMap(({ gaps }) => gaps)),
      missing: [],
      lacks: said ? open.map((one) => lackOf(one, 'unseen')) : [],
    };
  if (refused === undefined) return undefined;
  const elsewhere = whoRefuses(refused.refusal);
  return {
    verdict: elsewhere.told ? 'likely' : 'possible',
    because: `${permissions[0]?.because ?? ''} ${elsewhere.sentence}`,
    evidence: distinctRefs(permissions.flatMap(({ evidence }) => evidence)),
    cannotVerify: [elsewhere.unread],
    missing: [],
    lacks: [],
  };
}

function lackOf({ question }: Permission, by: MissingPermission['by']): MissingPermission {
  const { role, action, resource } = question;
  return { role, action, resource, by };
}

/** The call that shows the policy of a thing, by the service in its ARN. */
const POLICY_READS: Readonly<Record<string, string>> = {
  s3: 's3:GetBucketPolicy',
  sqs: 'sqs:GetQueueAttributes',
  sns: 'sns:GetTopicAttributes',
  kms: 'kms:GetKeyPolicy',
  secretsmanager: 'secretsmanager:GetResourcePolicy',
  ecr: 'ecr:GetRepositoryPolicy',
  dynamodb: 'dynamodb:GetResourcePolicy',
  lambda: 'lambda:GetPolicy',
};

/** Which policy refused what the role allows: AWS's words name its kind as often as not. */
function whoRefuses(refusal: Refusal | undefined): {
  told: boolean;
  sentence: string;
  unread: { what: string; missingAction: string };
} {
  const { kind, explicit, resource, action = '' } = refusal ?? {};
  const [service = ''] = action.split(':');
  const missingAction = POLICY_READS[service];
  if (kind === 'resource' && missingAction !== undefined) {
    const what = `the policy of ${resource ?? `the thing that ${action} was called on`}`;
    return {
      told: true,
      sentence: `AWS says that a resource-based policy ${explicit === true ? 'denies it' : 'does not allow it'}: that is ${what}, which has to change and is never changed from here.`,
      unread: { what, missingAction },
    };
  }
  if (kind === 'session')
    return {
      told: true,
      sentence:
        'AWS says that the policy of the session does not allow it: whoever opened the session limited it.',
      unread: { what: 'the policy of the session', missingAction: 'cloudtrail:LookupEvents' },
    };
  return {
    told: kind === 'organisation' || kind === 'boundary',
    sentence:
      'So a permissions boundary or a policy of the organisation stands in the way, neither of which is visible from here, or the policies were changed since.',
    unread: ORGANISATION,
  };
}

/** Culprits of missing permissions: the role, then what it may not touch. */
export function culpritsOf(weighed: Weighed, fallback: readonly (string | undefined)[]): string[] {
  const named = weighed.missing.flatMap(({ question }) => [question.role, question.resource]);
  const all = named.length > 0 ? named : fallback;
  return [...new Set(all.flatMap((one) => (one === undefined || one === '*' ? [] : [one])))].slice(0, 6);
}

function sentenceOf(missing: readonly Permission[]): string {
  const [first] = missing;
  const words = first === undefined ? '' : reason(first);
  const others = [...new Set(missing.slice(1).map(({ question }) => question.action))].filter(
    (action) => action !== first?.question.action,
  );
  return others.length === 0 ? words : `${words} The same holds for ${others.join(' and ')}.`;
}

/** What the policies say; where the thing's own policy was not seen, the role's lack of it and AWS's refusal decide together. */
function reason({ passes, because, question }: Permission): string {
  return passes === 'no'
    ? because
    : `No policy of role ${roleName(question.role)} allows ${question.action} on ${question.resource}, and AWS refused it.`;
}

/** What has to be done about a permission that is missing for sure; no policy of any kind is changed from here. */
export function remedyOf({ missing }: Weighed): string {
  const [first] = missing;
  switch (first?.hindrance) {
    case 'role-denies':
      return 'A deny outranks every allow: take it out of the policies or the boundary of the role yourself; roles are never changed from here.';
    case 'thing-denies':
      return `A deny outranks every allow, so the role cannot be given this: its own policy, that of ${first.question.resource}, has to change, which is never done from here.`;
    case 'thing-lacks':
      return `The policy of ${first.question.resource} has to allow it; such policies are never changed from here.`;
    default:
      return 'Add the permission to the role yourself; roles are never changed from here.';
  }
}
