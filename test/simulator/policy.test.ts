// The simulated IAM: what policies, conditions, boundaries and trust say, and what a role may do in all.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSnapshot, type Snapshot, type SnapshotRole } from '../../src/contract/snapshot.ts';
import { judge } from '../../src/simulator/physics/policy.ts';
import { matchesPattern } from '../../src/simulator/physics/policy-text.ts';
import { mayAssume, type RoleRequest, roleMay, sessionArn } from '../../src/simulator/physics/roles.ts';

const ROLE = 'arn:aws:iam::123456789012:role/exec';
const statement = (more: object) => ({
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*', ...more }],
});
const pull = { action: 'ecr:BatchGetImage', resource: 'arn:aws:ecr:us-east-1:123456789012:repository/web' };

function account(role: Partial<SnapshotRole> | undefined): Snapshot {
  return parseSnapshot({
    format: 'lockkeeper-snapshot/1',
    takenAt: '2026-11-20T10:00:00Z',
    account: { id: '123456789012', region: 'us-east-1' },
    iam: { Roles: role === undefined ? [] : [{ RoleName: 'exec', Arn: ROLE, policies: [], ...role }] },
  });
}
const policies = (...documents: object[]) => ({
  policies: documents.map((Document, index) => ({ PolicyName: `p${index}`, Document: { ...Document } })),
});
const may = (role: Partial<SnapshotRole> | undefined, request: RoleRequest = pull) =>
  roleMay(account(role), ROLE, request);

describe('a policy document', () => {
  it('covers actions and resources by pattern, actions in any case', () => {
    expect(judge([statement({ Action: 'ECR:Batch*' })], pull)).toBe('allow');
    expect(judge([statement({ Action: ['ecr:Get*', 's3:*'] })], pull)).toBe('silent');
    expect(judge([statement({ Resource: '*:repository/web' })], pull)).toBe('allow');
    expect(judge([statement({ Resource: 'arn:aws:ecr:*:*:repository/web-*' })], pull)).toBe('silent');
  });
  it('covers what NotAction and NotResource leave', () => {
    expect(judge([statement({ Action: undefined, NotAction: 's3:*' })], pull)).toBe('allow');
    expect(judge([statement({ Action: undefined, NotAction: 'ecr:*' })], pull)).toBe('silent');
    expect(judge([statement({ Resource: undefined, NotResource: '*repository/web' })], pull)).toBe('silent');
  });
  it('denies once a single statement denies, whatever the others allow', () => {
    const deny = { Statement: { Effect: 'Deny', Action: 'ecr:*', Resource: '*' } };
    expect(judge([statement({}), deny], pull)).toBe('deny');
    expect(judge([deny], { ...pull, action: 's3:GetObject' })).toBe('silent');
  });
  it('looks at the values a request carries', () => {
    const when = (Condition: object, context: Record<string, string | string[]>) =>
      judge([statement({ Condition })], { ...pull, context });
    const vpce = { StringEquals: { 'aws:SourceVpce': ['vpce-1', 'vpce-2'] } };
    expect(when(vpce, { 'aws:sourcevpce': 'vpce-2' })).toBe('allow');
    expect(when(vpce, { 'aws:SourceVpce': 'vpce-3' })).toBe('silent');
    expect(when(vpce, {})).toBe('silent');
    expect(when({ StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } }, {})).toBe('allow');
    expect(when({ StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } }, { 'aws:SourceVpce': 'vpce-1' })).toBe(
      'silent',
    );
    expect(when({ StringEqualsIfExists: { 'aws:SourceVpce': 'vpce-1' } }, {})).toBe('allow');
    expect(when({ Null: { 'aws:SourceVpce': 'true' } }, {})).toBe('allow');
    expect(when({ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, { 'aws:SourceIp': '10.1.2.3' })).toBe(
      'allow',
    );
    expect(when({ NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, { 'aws:SourceIp': '10.1.2.3' })).toBe(
      'silent',
    );
    expect(when({ Bool: { 'aws:SecureTransport': 'true' } }, { 'aws:SecureTransport': 'true' })).toBe(
      'allow',
    );
    expect(when({ NumericLessThan: { 's3:max-keys': '10' } }, { 's3:max-keys': '5' })).toBe('allow');
    expect(
      when(
        { DateGreaterThan: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' } },
        { 'aws:CurrentTime': '2026-02-01T00:00:00Z' },
      ),
    ).toBe('allow');
    expect(
      when({ 'ForAllValues:StringLike': { 'aws:TagKeys': ['a*'] } }, { 'aws:TagKeys': ['ab', 'b'] }),
    ).toBe('silent');
    expect(
      when({ 'ForAnyValue:StringLike': { 'aws:TagKeys': ['a*'] } }, { 'aws:TagKeys': ['ab', 'b'] }),
    ).toBe('allow');
    expect(when({ SomethingNew: { 'aws:SourceVpce': 'vpce-1' } }, { 'aws:SourceVpce': 'vpce-1' })).toBe(
      'silent',
    );
  });
  it('a pattern of stars and letters matches as its regular expression does', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });
    fc.assert(
      fc.property(letters, text, (pattern, value) => {
        const expression = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`);
        expect(matchesPattern(pattern, value)).toBe(expression.test(value));
      }),
    );
  });
});

describe('a role', () => {
  it('may do what its own policies allow, and nothing without any', () => {
    expect(may(policies(statement({ Action: 'ecr:*' })))).toEqual({ allowed: true });
    expect(may(policies())).toEqual({ allowed: false, refusal: 'no identity-based policy allows' });
    expect(may(policies(statement({}), statement({ Effect: 'Deny', Action: 'ecr:*' })))).toEqual({
      allowed: false,
      refusal: 'explicit deny',
    });
  });
  it('has the managed policies it lists even when their documents are missing', () => {
    const PolicyArn = 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy';
    const role = { AttachedManagedPolicies: [{ PolicyArn }] };
    expect(may(role).allowed).toBe(true);
    expect(may(role, { action: 'logs:CreateLogGroup', resource: '*' }).allowed).toBe(false);
  });
  it('stays within its permissions boundary', () => {
    const role = {
      ...policies(statement({})),
      PermissionsBoundary: { Document: statement({ Action: 's3:*' }) },
    };
    expect(may(role)).toEqual({ allowed: false, refusal: 'no permissions boundary allows' });
    expect(may(role, { action: 's3:GetObject', resource: '*' }).allowed).toBe(true);
  });
  it('needs one side within its account and both sides across accounts', () => {
    const resourcePolicy = statement({ Principal: { AWS: 'arn:aws:iam::123456789012:root' } });
    const other = statement({ Principal: { AWS: '999999999999' } });
    const foreign = { owner: '999999999999' };
    expect(may(policies(), { ...pull, resourcePolicy }).allowed).toBe(true);
    expect(may(policies(), { ...pull, resourcePolicy, ...foreign }).allowed).toBe(false);
    expect(may(policies(statement({})), { ...pull, resourcePolicy: other, ...foreign })).toEqual({
      allowed: false,
      refusal: 'no resource-based policy allows',
    });
    expect(may(policies(statement({})), { ...pull, resourcePolicy, ...foreign }).allowed).toBe(true);
  });
  it('of an account that lists no role may do everything, and one that is not listed nothing', () => {
    expect(may(undefined).allowed).toBe(true);
    expect(roleMay(account({}), `${ROLE}-other`, pull).allowed).toBe(false);
  });
  it('is assumed by the service its trust policy names and by no other', () => {
    const trusting = (Service: string) =>
      account({
        AssumeRolePolicyDocument: {
          Statement: [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }],
        },
      });
    expect(mayAssume(trusting('ecs-tasks.amazonaws.com'), ROLE, 'ecs-tasks.amazonaws.com')).toBe(true);
    expect(mayAssume(trusting('ec2.amazonaws.com'), ROLE, 'ecs-tasks.amazonaws.com')).toBe(false);
    expect(mayAssume(trusting('ecs-tasks.amazonaws.com'), `${ROLE}-gone`, 'ecs-tasks.amazonaws.com')).toBe(
      false,
    );
    expect(mayAssume(account(undefined), ROLE, 'ecs-tasks.amazonaws.com')).toBe(true);
  });
  it('is trusted for its own account only where the trust policy says so', () => {
    const forAccount = (id: string) =>
      account({
        AssumeRolePolicyDocument: {
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'ecs-tasks.amazonaws.com' },
              Action: 'sts:AssumeRole',
              Condition: { StringEquals: { 'aws:SourceAccount': id } },
            },
          ],
        },
      });
    expect(mayAssume(forAccount('123456789012'), ROLE, 'ecs-tasks.amazonaws.com')).toBe(true);
    expect(mayAssume(forAccount('999999999999'), ROLE, 'ecs-tasks.amazonaws.com')).toBe(false);
  });
  it('has a session that leaves out the role’s path', () => {
    expect(sessionArn('arn:aws:iam::123456789012:role/service-role/exec', 'abc')).toBe(
      'arn:aws:sts::123456789012:assumed-role/exec/abc',
    );
  });
});
