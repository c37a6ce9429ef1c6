// What people and their pipelines ask AWS for, answered by the API itself: a request that it refuses changes nothing and stands in
// CloudTrail. What the pipeline's role may hand over is decided by the policies of that role, where the account has it.

import type { SnapshotRole } from '../../contract/snapshot.ts';
import { roleArn } from '../accounts/names.ts';
import { roleMay, sessionArn } from '../physics/roles.ts';
import type { Handler } from '../services/handler.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import type { FaultSite } from './fault.ts';

/** The role that deploys, as the accounts' task definitions name it. */
const PIPELINE = 'ci-deploy';
const SESSION = 'pipeline';

export interface Asked<Input> {
  /** Such as `ecs:UpdateService`. */
  readonly operation: `${string}:${string}`;
  readonly input: Input;
  readonly resource: { readonly type: string; readonly name: string };
  /** Roles that the request hands over to the tasks. */
  readonly passes?: readonly (string | undefined)[];
}

/** Sends a request as the pipeline does. Returns AWS's message when it is refused. */
export function ask<Input extends object, Output>(
  site: FaultSite,
  handler: Handler<Input, Output>,
  { operation, input, resource, passes = [] }: Asked<Input>,
): string | undefined {
  const [service = '', name = ''] = operation.split(':');
  const by = { arn: sessionArn(roleArn(site.plan, PIPELINE), SESSION), session: SESSION };
  try {
    for (const role of passes) if (role !== undefined) checkPass(site, by.arn, role);
    handler(input, site.account);
    return undefined;
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    site.account.refused(
      {
        service,
        operation: name,
        input: Object.fromEntries(Object.entries(input)),
        resources: [{ ResourceType: resource.type, ResourceName: resource.name }],
      },
      { by, code: error.code, message: error.message },
    );
    return error.message;
  }
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html */
function checkPass({ account, plan }: FaultSite, caller: string, role: string): void {
  if (!account.state.iam.Roles.some((one) => one.RoleName === PIPELINE)) return;
  const permission = roleMay(account.state, roleArn(plan, PIPELINE), {
    action: 'iam:PassRole',
    resource: role,
    context: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
  });
  if (permission.allowed) return;
  const because =
    permission.refusal === 'explicit deny'
      ? 'with an explicit deny in an identity-based policy'
      : `because ${permission.refusal} the iam:PassRole action`;
  throw new AwsFault(
    'AccessDeniedException',
    `User: ${caller} is not authorized to perform: iam:PassRole on resource: ${role} ${because}`,
  );
}

/** A role of the account with one inline policy, trusted by `trusted`, such as `codebuild.amazonaws.com`. */
export function roleWith(
  { account, plan }: FaultSite,
  name: string,
  { trusted, statements }: { trusted: string; statements: readonly object[] },
): SnapshotRole {
  const role: SnapshotRole = {
    RoleName: name,
    Arn: roleArn(plan, name),
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: trusted }, Action: 'sts:AssumeRole' }],
    },
    policies: [
      { PolicyName: 'own', Document: { Version: '2012-10-17', Statement: structuredClone(statements) } },
    ],
  };
  account.state.iam.Roles.push(role);
  return role;
}

/** The role that the pipeline deploys as, allowed to hand over `mayPass` and nothing else. */
export function pipelineRole(site: FaultSite, mayPass: readonly string[]): SnapshotRole {
  return roleWith(site, PIPELINE, {
    trusted: 'codebuild.amazonaws.com',
    statements: [
      { Effect: 'Allow', Action: ['ecs:*', 'ecr:*'], Resource: '*' },
      { Effect: 'Allow', Action: 'iam:PassRole', Resource: [...mayPass] },
    ],
  });
}
