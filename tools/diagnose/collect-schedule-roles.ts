// The roles a schedule's targets name, with every policy document that could be read. IAM's "no such role" is an answer.

import type { Aws, AwsAction, AwsInput, AwsOutput } from '../../src/contract/aws.ts';
import { AwsCallError } from '../../src/contract/aws.ts';
import type { Gap, Observed, Seen } from '../../src/diagnosis/evidence.ts';
import type { ScheduleRole } from '../../src/diagnosis/schedule/evidence.ts';
import { lastPart } from '../arn.ts';
import { gapOf } from './reading.ts';

export const scheduleRoleActions = [
  'iam:GetRole',
  'iam:ListRolePolicies',
  'iam:GetRolePolicy',
  'iam:ListAttachedRolePolicies',
  'iam:GetPolicy',
  'iam:GetPolicyVersion',
] as const;

const ROLES_MAX = 3;
const POLICIES_MAX = 10;

type Document = ScheduleRole['policies'][number];

/** The roles by their ARNs. Three sequential requests at most, whatever the number of policies. */
export async function readScheduleRoles(aws: Aws, arns: readonly string[]): Promise<Seen<ScheduleRole>> {
  const roles = await Promise.all(arns.slice(0, ROLES_MAX).map((arn) => readRole(aws, arn)));
  return { items: roles.flatMap((one) => one.items), gaps: roles.flatMap((one) => one.gaps) };
}

async function readRole(aws: Aws, arn: string): Promise<Seen<ScheduleRole>> {
  const RoleName = lastPart(arn);
  const gaps: Gap[] = [];
  const [found, inline, attached] = await Promise.all([
    attempt(aws, 'iam:GetRole', { RoleName }, { gaps, what: `the role ${RoleName}` }),
    inlinePolicies(aws, RoleName, gaps),
    attachedPolicies(aws, RoleName, gaps),
  ]);
  if (found === undefined && gaps.length > 0) return { items: [], gaps };
  const role = found?.output.Role;
  const items: Observed<ScheduleRole>[] = [
    {
      value: {
        arn,
        role,
        trust: decoded(role?.AssumeRolePolicyDocument),
        policies: [...inline, ...attached],
      },
      at: { id: found?.evidence ?? '', path: '$.Role' },
    },
  ];
  return { items, gaps };
}

async function inlinePolicies(aws: Aws, RoleName: string, gaps: Gap[]): Promise<Document[]> {
  const what = `the policies of role ${RoleName}`;
  const listed = await attempt(aws, 'iam:ListRolePolicies', { RoleName }, { gaps, what });
  const names = (listed?.output.PolicyNames ?? []).slice(0, POLICIES_MAX);
  const read = await Promise.all(
    names.map(async (PolicyName) => {
      const one = await attempt(aws, 'iam:GetRolePolicy', { RoleName, PolicyName }, { gaps, what });
      return { name: PolicyName, document: decoded(one?.output.PolicyDocument) };
    }),
  );
  return read.filter(({ document }) => document !== '');
}

async function attachedPolicies(aws: Aws, RoleName: string, gaps: Gap[]): Promise<Document[]> {
  const what = `the policies of role ${RoleName}`;
  const listed = await attempt(aws, 'iam:ListAttachedRolePolicies', { RoleName }, { gaps, what });
  const arns = (listed?.output.AttachedPolicies ?? []).flatMap((one) => one.PolicyArn ?? []);
  const read = await Promise.all(
    arns.slice(0, POLICIES_MAX).map(async (PolicyArn) => {
      const policy = await attempt(aws, 'iam:GetPolicy', { PolicyArn }, { gaps, what });
      const VersionId = policy?.output.Policy?.DefaultVersionId;
      if (VersionId === undefined) return { name: lastPart(PolicyArn), document: '' };
      const one = await attempt(aws, 'iam:GetPolicyVersion', { PolicyArn, VersionId }, { gaps, what });
      return { name: lastPart(PolicyArn), document: decoded(one?.output.PolicyVersion?.Document) };
    }),
  );
  return read.filter(({ document }) => document !== '');
}

/** The answer; undefined when there is no such thing, or when it could not be read, which leaves a gap. */
async function attempt<A extends AwsAction>(
  aws: Aws,
  action: A,
  input: AwsInput<A>,
  { gaps, what }: { readonly gaps: Gap[]; readonly what: string },
): Promise<{ readonly output: AwsOutput<A>; readonly evidence: string } | undefined> {
  try {
    return await aws.call(action, input);
  } catch (thrown) {
    const isAbsent = thrown instanceof AwsCallError && thrown.failure.kind === 'not-found';
    if (!isAbsent) gaps.push(gapOf(thrown, what, action));
    return undefined;
  }
}

/** IAM sends policy documents percent-encoded. */
function decoded(document: string | undefined): string {
  if (document === undefined) return '';
  try {
    return decodeURIComponent(document);
  } catch {
    return document;
  }
}
