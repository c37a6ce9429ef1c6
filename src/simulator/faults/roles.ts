// Faults of permission: a role lost a statement, or nobody may assume it any more. Lockkeeper describes these and changes nothing.

import type { SnapshotRole } from '../../contract/snapshot.ts';
import { arn } from '../accounts/names.ts';
import { anywhere, type Fault, type FaultSite } from './fault.ts';
import { deployAgain, recordChange } from './people.ts';

export const roleFaults: readonly Fault[] = [
  lostStatement({
    name: 'pull-statement-lost',
    class: 'exec-role-ecr-denied',
    about: 'the execution role lost what lets it pull from the repository',
    fits: anywhere,
    lost: 'ecr:BatchGetImage',
    more: (site) => [arn(site.plan, 'ecr', `repository/${site.service.name}`)],
  }),
  lostStatement({
    name: 'secret-statement-lost',
    class: 'exec-role-secret-denied',
    about: 'the execution role lost what lets it read the secret',
    fits: (_, service) => service.secret !== undefined,
    lost: 'secretsmanager:GetSecretValue',
    more: (site) => [site.service.secret ?? ''],
  }),
  lostStatement({
    name: 'log-statement-lost',
    class: 'exec-role-logs-denied',
    about: 'the execution role lost what lets it write logs',
    fits: (_, service) => service.launchType === 'FARGATE',
    lost: 'logs:CreateLogStream',
    more: (site) => [site.service.logGroup],
  }),
  {
    name: 'trust-changed',
    class: 'role-assume-failed',
    about: 'the trust of the execution role was changed to another service',
    fits: (_, service) => service.launchType === 'FARGATE',
    mendable: false,
    inject: (site) => {
      const role = executionRole(site);
      role.AssumeRolePolicyDocument = {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ],
      };
      recordRole(site, 'UpdateAssumeRolePolicy', role);
      deployAgain(site);
      return [role.Arn, role.RoleName];
    },
  },
  {
    name: 'secret-denied-outright',
    class: 'exec-role-secret-denied',
    about: 'a deny for secrets without a tag was added to every role',
    fits: (_, service) => service.secret !== undefined,
    mendable: false,
    inject: (site) => {
      const role = executionRole(site);
      role.policies.push({
        PolicyName: 'guardrail',
        Document: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Deny', Action: 'secretsmanager:*', Resource: '*' }],
        },
      });
      recordRole(site, 'PutRolePolicy', role);
      deployAgain(site);
      return [role.Arn, role.RoleName, site.service.secret ?? ''];
    },
  },
];

interface LostStatement extends Pick<Fault, 'name' | 'class' | 'about' | 'fits'> {
  /** An action of the statement that is gone. */
  readonly lost: string;
  /** What an answer may name beside the role. */
  more(site: FaultSite): string[];
}

function lostStatement({ lost, more, ...about }: LostStatement): Fault {
  return {
    ...about,
    mendable: false,
    inject: (site) => {
      const role = executionRole(site);
      for (const policy of role.policies) {
        const statements = policy.Document['Statement'];
        if (!Array.isArray(statements)) continue;
        policy.Document['Statement'] = statements.filter(
          (statement) => !JSON.stringify(statement).includes(`"${lost}"`),
        );
      }
      recordRole(site, 'PutRolePolicy', role);
      deployAgain(site);
      return [role.Arn, role.RoleName, ...more(site)];
    },
  };
}

function executionRole({ account, service }: FaultSite): SnapshotRole {
  const role = account.state.iam.Roles.find((one) => one.RoleName === service.executionRole);
  if (role === undefined) throw new RangeError(`the account has no role ${service.executionRole}`);
  return role;
}

function recordRole(site: FaultSite, operation: string, role: SnapshotRole): void {
  recordChange(
    site,
    `iam:${operation}`,
    { roleName: role.RoleName },
    { type: 'AWS::IAM::Role', name: role.RoleName },
  );
}
