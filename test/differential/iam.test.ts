// Two readings of IAM, written apart: the simulator decides a request, the product says what policies allow and deny, or that it
// cannot know. For any policies and any request they have to agree wherever the product is sure.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { contextOf } from '../../src/diagnosis/iam/condition.ts';
import { policyDocument } from '../../src/diagnosis/iam/document.ts';
import { askPolicies } from '../../src/diagnosis/iam/evaluate.ts';
import { judge } from '../../src/simulator/physics/policy.ts';

const ACCOUNT = '123456789012';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/app`;
const actions = [
  'secretsmanager:GetSecretValue',
  'ecr:BatchGetImage',
  'ecr:GetAuthorizationToken',
  's3:GetObject',
  'kms:Decrypt',
];
const resources = [
  `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:db-AbCdEf`,
  `arn:aws:ecr:us-east-1:${ACCOUNT}:repository/app`,
  'arn:aws:s3:::bucket/key with space.txt',
  '*',
];
const keys = ['aws:SourceVpce', 'aws:SourceArn', 'aws:ResourceTag/team', 'aws:SecureTransport'];
const values = [
  'vpce-1',
  'vpce-2',
  'red',
  'Red',
  'true',
  `arn:aws:ecs:us-east-1:${ACCOUNT}:*`,
  `arn:aws:ecs:us-east-1:${ACCOUNT}:cluster/a`,
  'vpce-*',
  'arn:aws:ecs:*:*:cluster/*',
  '*',
];

/** A text with some of its parts as wildcards, or another text. */
const patternOf = (texts: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...texts), fc.nat(40), fc.nat(6), fc.constantFrom('', '', '*', '?', '**', '?*'))
    .map(([text, at, length, wild]) =>
      wild === '' ? text : `${text.slice(0, at)}${wild}${text.slice(at + length)}`,
    );
const oneOrMore = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | T[]> =>
  fc.oneof(one, fc.array(one, { minLength: 1, maxLength: 3 }));
const anyCase = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(text, fc.boolean()).map(([written, lower]) => (lower ? written.toLowerCase() : written));

const condition = fc.dictionary(
  fc.constantFrom(
    'StringEquals',
    'StringNotEquals',
    'StringLike',
    'StringNotLike',
    'StringEqualsIgnoreCase',
    'ArnLike',
    'ArnNotLike',
    'ArnEquals',
    'Bool',
    'Null',
    'StringEqualsIfExists',
    'StringNotLikeIfExists',
    'ForAnyValue:StringEquals',
    'ForAllValues:StringLike',
    'ForAnyValue:StringNotEquals',
  ),
  fc.dictionary(fc.constantFrom(...keys), oneOrMore(fc.constantFrom(...values, 'false')), {
    minKeys: 1,
    maxKeys: 2,
  }),
  { minKeys: 1, maxKeys: 2 },
);

const statement = fc
  .record({
    effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
    action: oneOrMore(anyCase(patternOf([...actions, '*']))),
    notAction: fc.integer({ min: 0, max: 5 }),
    resource: oneOrMore(patternOf(resources)),
    notResource: fc.integer({ min: 0, max: 5 }),
    condition: fc.option(condition, { freq: 2 }),
  })
  .map((made) => ({
    Effect: made.effect,
    [made.notAction === 0 ? 'NotAction' : 'Action']: made.action,
    [made.notResource === 0 ? 'NotResource' : 'Resource']: made.resource,
    ...(made.condition === null ? {} : { Condition: made.condition }),
  }));
const policy = fc
  .oneof(statement, fc.array(statement, { minLength: 1, maxLength: 3 }))
  .map((Statement) => ({ Version: '2012-10-17', Statement }));

const request = fc.record({
  action: fc.constantFrom(...actions),
  resource: fc.constantFrom(...resources),
  /** Which of the keys the request carries, each with one value. */
  context: fc.dictionary(
    fc.constantFrom(...keys),
    fc.constantFrom(...values.filter((value) => !value.includes('*'))),
    { maxKeys: 4 },
  ),
});

function asked(
  policies: readonly object[],
  { action, resource, context }: { action: string; resource: string; context: Record<string, string> },
  hidden: readonly string[],
) {
  const known = Object.fromEntries(Object.entries(context).filter(([key]) => !hidden.includes(key)));
  const seen = keys.filter((key) => !hidden.includes(key));
  const named = policies.map((raw, at) => {
    const document = policyDocument(raw);
    if (document === undefined) throw new Error(`a policy that is one: ${JSON.stringify(raw)}`);
    return { name: `policy-${at}`, document };
  });
  return askPolicies(named, {
    action,
    resource,
    principal: { arn: ROLE, account: ACCOUNT },
    context: contextOf(known, seen),
  });
}

function expectAgreement(
  policies: readonly object[],
  one: { action: string; resource: string; context: Record<string, string> },
  hidden: readonly string[],
): boolean {
  const { allows, denies } = asked(policies, one, hidden);
  const verdict = judge(policies as Record<string, unknown>[], one);
  const because = JSON.stringify({ policies, one, hidden, allows, denies });
  if (denies === 'yes') expect(verdict, because).toBe('deny');
  if (denies === 'no') expect(verdict, because).not.toBe('deny');
  if (denies === 'no' && allows === 'yes') expect(verdict, because).toBe('allow');
  if (denies === 'no' && allows === 'no') expect(verdict, because).toBe('silent');
  return denies === 'yes' || (denies === 'no' && allows !== 'unknown');
}

it('agree on every request whose circumstances are known', () => {
  let sure = 0;
  let all = 0;
  fc.assert(
    fc.property(fc.array(policy, { minLength: 1, maxLength: 3 }), request, (policies, one) => {
      all += 1;
      if (expectAgreement(policies, one, [])) sure += 1;
    }),
    { numRuns: 4_000 },
  );
  expect(sure / all).toBeGreaterThan(0.9);
});

it('never contradict each other when some circumstances are not known', () => {
  fc.assert(
    fc.property(
      fc.array(policy, { minLength: 1, maxLength: 3 }),
      request,
      fc.subarray(keys),
      (policies, one, hidden) => {
        expectAgreement(policies, one, hidden);
      },
    ),
    { numRuns: 4_000 },
  );
});
