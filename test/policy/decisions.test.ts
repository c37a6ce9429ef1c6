// What policy decides: the matrix of tools, links and roles with the default policies, and how several policies combine.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cedarSchema } from '../../src/catalog/cedar-schema.ts';
import { type DecisionRequest, linkLevels } from '../../src/contract/decision.ts';
import { loadPolicies, type PolicySet } from '../../src/policy/policy-set.ts';
import { allTools } from '../../tools/index.ts';
import { aRequest } from './a-request.ts';

let set: PolicySet;
beforeAll(async () => {
  set = await loadPolicies({ dir: 'policies' });
});
afterAll(() => set.close());

describe('the default policies', () => {
  const roleSets: readonly (readonly string[])[] = [
    [],
    ['viewer'],
    ['operator'],
    ['approver'],
    ['viewer', 'operator'],
  ];
  const matrix = allTools.flatMap((tool) =>
    linkLevels.flatMap((level) => roleSets.map((roles) => ({ tool, level, roles }))),
  );

  test('decide every tool for every link and role as the rules say', () => {
    const wrong = matrix.filter(({ tool, level, roles }) => {
      const decision = set.decide(aRequest({ tool: tool.name, risk: tool.risk, level, roles }));
      return decision.verdict !== expected(tool.risk, level, roles) || decision.errors.length > 0;
    });
    expect(wrong.map(({ tool, level, roles }) => `${tool.name} ${level} ${roles.join('+')}`)).toEqual([]);
  });

  test('give every decision a reason that people can read', () => {
    for (const { tool, level, roles } of matrix) {
      const { reasons } = set.decide(aRequest({ tool: tool.name, risk: tool.risk, level, roles }));
      expect(reasons.length).toBeGreaterThan(0);
      for (const { reason } of reasons) expect(reason).toMatch(/^[A-Z].*\.$/);
    }
  });

  test('state production as a reason of its own', () => {
    const { reasons } = set.decide(
      aRequest({
        tool: 'ecs_update_service',
        risk: 'change',
        target: { cluster: 'production-cluster', resources: [] },
      }),
    );
    expect(reasons.map(({ policy }) => policy)).toContain('production-is-named-as-such');
  });
});

/** The rules in a few lines, written independently of Cedar. */
function expected(risk: DecisionRequest['risk'], level: string, roles: readonly string[]): string {
  if (level === 'none' || risk === 'destroy') return 'deny';
  if (risk === 'read') return 'allow';
  const works = roles.includes('operator') || roles.includes('approver');
  if (!works) return 'deny';
  if (risk === 'reveal') return 'allow';
  return level === 'propose' ? 'approve' : 'deny';
}

const schema = cedarSchema(allTools);
const load = (text: string) => loadPolicies({ sources: { policies: { 'a.cedar': text }, schema } });
const CHANGE = aRequest({ tool: 'ecs_stop_task', risk: 'change' });

describe('several policies', () => {
  test('ask for the most approvals and the strongest level among them', async () => {
    const own = await load(`
      @id("one-click") @reason("One.") @approvals("1") @level("click") permit (principal, action, resource) when { context.approved };
      @id("two-with-passkey") @reason("Two.") @approvals("2") @level("passkey") permit (principal, action == Action::"ecs_stop_task", resource) when { context.approved };`);
    expect(own.decide(CHANGE)).toMatchObject({ verdict: 'approve', approvals: 2, level: 'passkey' });
    expect(own.decide(aRequest({ tool: 'ecs_update_service', risk: 'change' }))).toMatchObject({
      approvals: 1,
      level: 'click',
    });
    own.close();
  });

  test('a forbidding one outweighs every permission and is the reason given', async () => {
    const own = await load(`
      @id("everything") @reason("Yes.") permit (principal, action, resource);
      @id("not-this") @reason("No stopping here.") forbid (principal, action == Action::"ecs_stop_task", resource);`);
    expect(own.decide(CHANGE)).toMatchObject({
      verdict: 'deny',
      reasons: [{ policy: 'not-this', reason: 'No stopping here.' }],
    });
    own.close();
  });

  test('no policy at all denies everything', async () => {
    const own = await load('');
    expect(own.decide(aRequest({}))).toMatchObject({ verdict: 'deny', reasons: [{ policy: 'default' }] });
    own.close();
  });
});

test('a change is never allowed without an approval, even when a policy says so', async () => {
  const own = await load('@id("everything") @reason("Yes.") permit (principal, action, resource);');
  expect(own.decide(aRequest({}))).toMatchObject({ verdict: 'allow', approvals: 0 });
  expect(own.decide(CHANGE)).toMatchObject({ verdict: 'approve', approvals: 1 });
  own.close();
});

test('a read that a policy wants approved is not allowed at once', async () => {
  const own = await load(
    '@id("ask-first") @reason("Ask.") permit (principal, action, resource) when { context.approved };',
  );
  expect(own.decide(aRequest({}))).toMatchObject({ verdict: 'approve', approvals: 1 });
  own.close();
});

test('the digest changes with the policies and with the schema, and only then', async () => {
  const text = '@id("everything") @reason("Yes.") permit (principal, action, resource);';
  const [one, same, other, wider] = await Promise.all([
    load(text),
    load(text),
    load(text.replace('Yes.', 'No.')),
    loadPolicies({ sources: { policies: { 'a.cedar': text }, schema: `${schema}\n// more` } }),
  ]);
  expect(same.sha256).toBe(one.sha256);
  expect(new Set([one.sha256, other.sha256, wider.sha256]).size).toBe(3);
  for (const own of [one, same, other, wider]) own.close();
});

test('the same question is answered from memory and stays the same', () => {
  const first = set.decide(aRequest({}));
  expect(set.decide(aRequest({}))).toBe(first);
  expect(set.decide(aRequest({ level: 'none' })).verdict).toBe('deny');
});

test('closed policies decide nothing', async () => {
  const own = await load('@id("everything") @reason("Yes.") permit (principal, action, resource);');
  const other = await load('@id("everything") @reason("Yes.") permit (principal, action, resource);');
  own.close();
  expect(() => own.decide(aRequest({}))).toThrow('closed');
  expect(other.decide(aRequest({})).verdict).toBe('allow');
  other.close();
});
