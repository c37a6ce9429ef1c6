import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contextOf, nothingKnown } from '../../../src/diagnosis/iam/condition.ts';
import { policyDocument } from '../../../src/diagnosis/iam/document.ts';
import {
  type AccessRequest,
  askPolicies,
  noPolicy,
  passes,
  unseenPolicy,
} from '../../../src/diagnosis/iam/evaluate.ts';
import { arnMatches, matches } from '../../../src/diagnosis/iam/pattern.ts';

const ROLE = 'arn:aws:iam::210987654321:role/api-execution';
const SECRET = 'arn:aws:secretsmanager:eu-central-1:210987654321:secret:db-AbCdEf';

const wanting = (more: Partial<AccessRequest> = {}): AccessRequest => ({
  action: 'secretsmanager:GetSecretValue',
  resource: SECRET,
  principal: { arn: ROLE, account: '210987654321' },
  context: nothingKnown,
  ...more,
});

function ask(statements: unknown, request = wanting()) {
  const document = policyDocument({ Version: '2012-10-17', Statement: statements });
  if (document === undefined) throw new Error('the document of this test is malformed');
  return askPolicies([{ name: 'inline', document }], request);
}

const passesWith = (statements: unknown, request = wanting()) =>
  passes(ask(statements, request), noPolicy, 'either');

describe('a policy', () => {
  const allow = { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: SECRET };

  it.each([
    ['allows what it names', [allow], 'yes'],
    [
      'allows without regard to the case of the action',
      [{ ...allow, Action: 'SecretsManager:getsecretvalue' }],
      'yes',
    ],
    ['allows by wildcards', [{ ...allow, Action: 'secretsmanager:Get*', Resource: '*' }], 'yes'],
    [
      'allows one character by a question mark',
      [{ ...allow, Resource: `${SECRET.slice(0, -6)}??????` }],
      'yes',
    ],
    ['does not allow another resource', [{ ...allow, Resource: `${SECRET}x` }], 'no'],
    ['does not allow another action', [{ ...allow, Action: 'secretsmanager:DescribeSecret' }], 'no'],
    ['allows nothing when it is empty', [], 'no'],
    ['denies whatever else allows', [allow, { ...allow, Effect: 'Deny' }], 'no'],
    [
      'allows all but the actions it leaves out',
      [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }],
      'yes',
    ],
    ['leaves out the resources it names', [{ Effect: 'Allow', Action: '*', NotResource: SECRET }], 'no'],
    ['takes a single statement for a list', allow, 'yes'],
    ['is in doubt about a variable', [{ ...allow, Resource: 'arn:aws:s3:::${aws:username}/*' }], 'unknown'],
  ] as const)('%s', (_, statements, expected) => expect(passesWith(statements)).toBe(expected));

  it.each([
    'not json',
    '{"Statement":[{"Effect":"Maybe","Action":"*","Resource":"*"}]}',
    { Statement: [{ Effect: 'Allow', Resource: '*' }] },
    { Statement: [{ Effect: 'Allow', Action: '*', Resource: { not: 'text' } }] },
    { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*', Condition: 'never' }] },
    null,
    [],
  ])('that is not understood is no policy: %j', (raw) => expect(policyDocument(raw)).toBeUndefined());

  it('is read as IAM encodes it', () => {
    const text = encodeURIComponent(JSON.stringify({ Statement: [allow] }));
    expect(policyDocument(text)).toEqual(policyDocument({ Statement: [allow] }));
  });
});

describe('a condition', () => {
  const under = (condition: unknown, context = contextOf({ 'secretsmanager:ResourceTag/team': 'orders' })) =>
    passesWith([{ Effect: 'Allow', Action: '*', Resource: '*', Condition: condition }], wanting({ context }));
  const tag = 'secretsmanager:ResourceTag/team';
  const known = contextOf({}, ['secretsmanager:ResourceTag/']);

  it.each([
    [{ StringEquals: { [tag]: 'orders' } }, 'yes'],
    [{ StringEquals: { 'SECRETSMANAGER:resourcetag/TEAM': ['x', 'orders'] } }, 'yes'],
    [{ StringEquals: { [tag]: 'payments' } }, 'no'],
    [{ StringLike: { [tag]: 'ord*' } }, 'yes'],
    [{ StringNotEquals: { [tag]: 'orders' } }, 'no'],
    [{ StringEquals: { 'aws:PrincipalTag/team': 'orders' } }, 'unknown'],
    [{ StringEqualsIfExists: { 'aws:PrincipalTag/team': 'orders' } }, 'unknown'],
    [{ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, 'unknown'],
    [{ StringEquals: { [tag]: 'payments' }, IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, 'no'],
  ])('%j', (condition, expected) => expect(under(condition)).toBe(expected));

  it.each([
    [{ StringEquals: { [tag]: 'orders' } }, 'no'],
    [{ StringNotEquals: { [tag]: 'orders' } }, 'yes'],
    [{ StringEqualsIfExists: { [tag]: 'orders' } }, 'yes'],
    [{ Null: { [tag]: 'true' } }, 'yes'],
    [{ Null: { [tag]: 'false' } }, 'no'],
    [{ 'ForAllValues:StringEquals': { [tag]: 'orders' } }, 'yes'],
    [{ 'ForAnyValue:StringEquals': { [tag]: 'orders' } }, 'no'],
  ])('about a tag that is known to be absent: %j', (condition, expected) =>
    expect(under(condition, known)).toBe(expected),
  );

  it('of a service that assumes the role on behalf of a cluster is compared as an ARN', () => {
    const trust = (pattern: string) =>
      passesWith(
        [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { Service: 'ecs-tasks.amazonaws.com' },
            Condition: { ArnLike: { 'aws:SourceArn': pattern } },
          },
        ],
        wanting({
          action: 'sts:AssumeRole',
          principal: { service: 'ecs-tasks.amazonaws.com' },
          context: contextOf({ 'aws:SourceArn': 'arn:aws:ecs:eu-central-1:210987654321:task/prod/1' }),
        }),
      );
    expect(trust('arn:aws:ecs:eu-central-1:210987654321:*')).toBe('yes');
    expect(trust('arn:aws:ecs:us-east-1:210987654321:*')).toBe('no');
    expect(trust('arn:aws:ecs:*')).toBe('unknown');
  });
});

describe('a policy of a resource', () => {
  const policyFor = (Principal: unknown) => ask([{ Effect: 'Allow', Action: '*', Resource: '*', Principal }]);
  const silence = ask([]);
  const allowed = ask([{ Effect: 'Allow', Action: '*', Resource: '*' }]);

  it.each([
    ['the role itself', { AWS: ROLE }, 'yes', 'yes'],
    ['everybody', '*', 'yes', 'yes'],
    ['the account', { AWS: '210987654321' }, 'yes', 'no'],
    ['the account by its root', { AWS: 'arn:aws:iam::210987654321:root' }, 'yes', 'no'],
    [
      'a session of the role',
      { AWS: 'arn:aws:sts::210987654321:assumed-role/api-execution/x' },
      'yes',
      'yes',
    ],
    ['another account', { AWS: '999999999999' }, 'no', 'no'],
    ['another role', { AWS: `${ROLE}2` }, 'no', 'no'],
    ['a service', { Service: 'ecs-tasks.amazonaws.com' }, 'no', 'no'],
  ] as const)('that names %s', (_, principal, allows, itself) => {
    const answer = policyFor(principal);
    expect([answer.allows, answer.allowsItself]).toEqual([allows, itself]);
  });

  it('is enough inside the account only when it names the role', () => {
    expect(passes(silence, policyFor({ AWS: ROLE }), 'either')).toBe('yes');
    expect(passes(silence, policyFor({ AWS: '210987654321' }), 'either')).toBe('no');
    expect(passes(allowed, noPolicy, 'either')).toBe('yes');
  });
  it('and that of the role are both needed across accounts', () => {
    expect(passes(allowed, noPolicy, 'both')).toBe('no');
    expect(passes(silence, policyFor('*'), 'both')).toBe('no');
    expect(passes(allowed, policyFor({ AWS: '210987654321' }), 'both')).toBe('yes');
  });
  it('of a key decides alone, unless it leaves the decision to the account', () => {
    expect(passes(allowed, noPolicy, 'key')).toBe('no');
    expect(passes(silence, policyFor({ AWS: ROLE }), 'key')).toBe('yes');
    expect(passes(silence, policyFor({ AWS: '210987654321' }), 'key')).toBe('no');
    expect(passes(allowed, policyFor({ AWS: '210987654321' }), 'key')).toBe('yes');
  });
  it('that was not seen leaves a doubt, unless the other one denies', () => {
    expect(passes(silence, unseenPolicy, 'either')).toBe('unknown');
    expect(passes(ask([{ Effect: 'Deny', Action: '*', Resource: '*' }]), unseenPolicy, 'either')).toBe('no');
  });
});

const word = fc.string({ unit: fc.constantFrom('a', 'b', ':', '/'), maxLength: 8 });
const pattern = fc.string({ unit: fc.constantFrom('a', 'b', ':', '/', '*', '?'), maxLength: 8 });
const statement = fc.record({
  Effect: fc.constantFrom('Allow', 'Deny'),
  Action: fc.array(pattern, { minLength: 1, maxLength: 3 }),
  Resource: fc.array(pattern, { minLength: 1, maxLength: 3 }),
});
const request = fc.record({ action: word, resource: word }).map((one) => wanting(one));

describe('for every policy', () => {
  it('wildcards mean what they mean to a regular expression', () => {
    fc.assert(
      fc.property(pattern, word, (glob, text) => {
        const parts = [...glob].map((one) => (one === '*' ? '.*' : one === '?' ? '.' : one));
        expect(matches(glob, text)).toBe(new RegExp(`^${parts.join('')}$`, 's').test(text) ? 'yes' : 'no');
      }),
      { numRuns: 1_000 },
    );
  });
  it('a hostile pattern is answered at once', () => {
    const startedMs = performance.now();
    expect(matches(`${'*a'.repeat(200)}*b`, 'a'.repeat(5_000))).toBe('no');
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });
  it('the order of statements does not matter', () => {
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 5 }), request, (all, one) => {
        expect(passesWith(all, one)).toBe(passesWith([...all].reverse(), one));
      }),
    );
  });
  it('a statement that allows never takes anything away, and one that denies never gives', () => {
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 4 }), statement, request, (all, more, one) => {
        const before = passesWith(all, one);
        const after = passesWith([...all, more], one);
        if (more.Effect === 'Allow') expect(before === 'yes' && after !== 'yes').toBe(false);
        else expect(before === 'no' && after !== 'no').toBe(false);
      }),
    );
  });
  it('a condition nobody understands never turns a yes or a doubt into a no', () => {
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 4 }), fc.nat(3), request, (all, which, one) => {
        const doubtful = all.map((each, index) =>
          index === which ? { ...each, Condition: { DateLessThan: { 'aws:CurrentTime': '2030' } } } : each,
        );
        if (passesWith(all, one) === 'yes') expect(passesWith(doubtful, one)).not.toBe('no');
      }),
    );
  });
  it('what all agree on holds whatever is in doubt', () => {
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 4 }), request, (all, one) => {
        const answer = ask(all, one);
        const both = [passes(answer, unseenPolicy, 'either'), passes(answer, noPolicy, 'either')];
        if (both[0] === 'no') expect(both[1]).toBe('no');
      }),
    );
  });
});

it('an ARN pattern never reaches across the parts of an ARN', () => {
  expect(
    arnMatches('arn:aws:ecs:*:*prod/1:task/*', 'arn:aws:ecs:eu-central-1:210987654321:task/prod/1'),
  ).toBe('no');
  expect(arnMatches('arn:aws:ecs:*:*:task/*', 'arn:aws:ecs:eu-central-1:210987654321:task/prod/1')).toBe(
    'yes',
  );
  expect(arnMatches('*', 'arn:aws:ecs:eu-central-1:210987654321:task/prod/1')).toBe('yes');
});
