// Everything unsure is a refusal: requests that do not fit the schema, policies that do not validate, cases that do not hold.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cedarSchema } from '../../src/catalog/cedar-schema.ts';
import type { DecisionRequest } from '../../src/contract/decision.ts';
import { loadPolicies, type PolicySet, sourcesSha256 } from '../../src/policy/policy-set.ts';
import { allTools } from '../../tools/index.ts';
import { aRequest } from './a-request.ts';

const schema = cedarSchema(allTools);
const load = (text: string, cases: Record<string, string> = {}) =>
  loadPolicies({ sources: { policies: { 'a.cedar': text }, schema, cases } });
const PERMIT_ALL = '@id("everything") @reason("Yes.") permit (principal, action, resource);';
const CASE_THAT_FAILS = `everything:
  must: [{ name: a read, tool: ecs_describe_services, risk: read, verdict: deny }]
  must_not: [{ name: a change, tool: ecs_describe_services, risk: read, verdict: deny }]`;

describe('a request that lacks something', () => {
  let set: PolicySet;
  beforeAll(async () => {
    // Permits everything and forbids by every attribute: skipping a failed forbid would show as an allowed call.
    set = await load(`${PERMIT_ALL}
      @id("by-principal") @reason("No.") forbid (principal, action, resource) when { principal.name == "x" || principal.level == "x" || principal.person == "x" || principal.roles.contains("x") };
      @id("by-resource") @reason("No.") forbid (principal, action, resource) when { resource.account == "x" || resource.region == "x" || resource.cluster == "x" || resource.service == "x" || resource.resources.contains("x") };`);
  });
  afterAll(() => set.close());

  test('is allowed when it lacks nothing', () => {
    expect(set.decide(aRequest({})).verdict).toBe('allow');
  });

  /** The request with the member at `path` replaced. */
  function mutated(path: readonly string[], value: unknown): DecisionRequest {
    const copy: Record<string, unknown> = structuredClone(aRequest({})) as unknown as Record<string, unknown>;
    let at = copy;
    for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
    at[path.at(-1) ?? ''] = value;
    return copy as unknown as DecisionRequest;
  }

  const paths = [
    ['agent', 'name'],
    ['agent', 'level'],
    ['person', 'id'],
    ['account'],
    ['region'],
    ['tool'],
    ['target', 'cluster'],
    ['target', 'service'],
  ];
  const mutations = paths.flatMap((path) =>
    [null, 7, {}, ['a']].map((value) => ({ path: path.join('.'), value })),
  );

  test.each(mutations)('is refused when $path is $value', ({ path, value }) => {
    // A target that names no cluster is legitimate, and so is null for it.
    const absent = value === null && path.startsWith('target.');
    expect(set.decide(mutated(path.split('.'), value)).verdict).toBe(absent ? 'allow' : 'deny');
  });

  test.each(['agent.name', 'agent.level', 'person.id', 'account', 'region', 'tool'])(
    'is refused when %s is absent',
    (path) => {
      const decision = set.decide(mutated(path.split('.'), undefined));
      expect(decision).toMatchObject({ verdict: 'deny', approvals: 0 });
      expect(decision.errors.length).toBeGreaterThan(0);
    },
  );

  test.each(['person.roles', 'target.resources'])(
    'is refused when %s holds something else than text',
    (path) => {
      expect(set.decide(mutated(path.split('.'), [1])).verdict).toBe('deny');
    },
  );

  test('is refused for a tool that does not exist', () => {
    const decision = set.decide(aRequest({ tool: 'ec2_terminate_instances' }));
    expect(decision.verdict).toBe('deny');
    expect(decision.errors.join()).toContain('ec2_terminate_instances');
  });

  test.each(['x', 'x"', '', '\0', '🚢', 'a'.repeat(10_000)])(
    'takes %j as plain text in every attribute',
    (text) => {
      const decision = set.decide(
        aRequest({
          account: text,
          region: text,
          target: { cluster: text, service: text, resources: [text] },
        }),
      );
      expect(decision.verdict).toBe(text === 'x' ? 'deny' : 'allow');
    },
  );
});

describe('policies that do not load', () => {
  const broken: readonly (readonly [string, string])[] = [
    [
      'a typing error',
      '@id("abc") @reason("r") permit (principal, action, resource) when { context.aproved };',
    ],
    [
      'an unknown action',
      '@id("abc") @reason("r") permit (principal, action == Action::"ecs_delete_everything", resource);',
    ],
    [
      'a comparison of unlike types',
      '@id("abc") @reason("r") permit (principal, action, resource) when { resource.account == 1 };',
    ],
    ['an unknown entity type', '@id("abc") @reason("r") permit (principal in Group::"a", action, resource);'],
    ['no id', '@reason("r") permit (principal, action, resource);'],
    ['no reason', '@id("abc") permit (principal, action, resource);'],
    ['an empty reason', '@id("abc") @reason(" ") permit (principal, action, resource);'],
    ['the same id twice', `${PERMIT_ALL} ${PERMIT_ALL}`],
    ['too many approvals', '@id("abc") @reason("r") @approvals("6") permit (principal, action, resource);'],
    [
      'approvals that are no number',
      '@id("abc") @reason("r") @approvals("two") permit (principal, action, resource);',
    ],
    ['an unknown level', '@id("abc") @reason("r") @level("nod") permit (principal, action, resource);'],
    [
      'a misspelled annotation',
      '@id("abc") @reason("r") @aprovals("2") permit (principal, action, resource);',
    ],
    ['a template', '@id("abc") @reason("r") permit (principal == ?principal, action, resource);'],
    ['text that is no policy', 'permit everything please'],
  ];
  test.each(broken)('because of %s', async (_what, text) => {
    await expect(load(text)).rejects.toMatchObject({ code: 'policy-invalid' });
  });

  test('because the schema is none', async () => {
    const attempt = loadPolicies({ sources: { policies: { 'a.cedar': PERMIT_ALL }, schema: 'entity' } });
    await expect(attempt).rejects.toMatchObject({ code: 'policy-invalid' });
  });

  test('because the folder is not there', async () => {
    await expect(loadPolicies({ dir: 'policies/nowhere' })).rejects.toMatchObject({ code: 'policy-invalid' });
  });
});

describe('cases', () => {
  const cases = (verdict: string, policy = 'everything') => ({
    'a.yaml': `${policy}:
  must: [{ name: listing, tool: ecs_list_clusters, risk: read, verdict: ${verdict} }]
  must_not: [{ name: destroying, tool: destroy, risk: destroy, verdict: deny }]`,
  });
  const text = `${PERMIT_ALL} @id("never-destroy") @reason("No.") forbid (principal, action == Action::"destroy", resource);`;

  test('that hold let the policies load', async () => {
    (await load(text, cases('allow'))).close();
  });

  test('that do not hold are named and nothing loads', async () => {
    await expect(load(text, cases('deny'))).rejects.toThrow(
      'case "listing" of everything is allow, not deny',
    );
  });

  test('of a policy that must not decide are held too', async () => {
    await expect(load(text, cases('allow', 'never-destroy'))).rejects.toThrow(
      'never-destroy must decide it but does not',
    );
  });

  test('of a policy that is not there do not load', async () => {
    await expect(load(text, cases('allow', 'gone'))).rejects.toThrow('there is no policy gone');
  });

  test('that are no cases do not load', async () => {
    await expect(load(text, { 'a.yaml': 'everything: [1' })).rejects.toMatchObject({
      code: 'policy-invalid',
    });
    await expect(load(text, { 'a.yaml': 'everything: { must: [] }' })).rejects.toMatchObject({
      code: 'policy-invalid',
    });
  });
});

describe('policies that were checked before', () => {
  const texts = { policies: { 'a.cedar': PERMIT_ALL }, schema };
  // The case does not hold, so that loading shows whether cases ran.
  const sources = { ...texts, cases: { 'a.yaml': CASE_THAT_FAILS } };

  test('load without the checks while no byte differs', async () => {
    await expect(loadPolicies({ sources })).rejects.toMatchObject({ code: 'policy-invalid' });
    const set = await loadPolicies({ sources, checkedSha256: sourcesSha256(sources) });
    expect(set.decide(aRequest({})).verdict).toBe('allow');
    set.close();
  });

  test.each([
    ['a policy', { ...sources, policies: { 'a.cedar': `${PERMIT_ALL} ` } }],
    ['the schema', { ...sources, schema: `${schema}\n` }],
    ['a case', { ...sources, cases: { 'a.yaml': `${CASE_THAT_FAILS}\n` } }],
    ['the name of a file', { ...sources, cases: { 'b.yaml': CASE_THAT_FAILS } }],
  ])('are checked again when %s differs', async (_, changed) => {
    const attempt = loadPolicies({ sources: changed, checkedSha256: sourcesSha256(sources) });
    await expect(attempt).rejects.toMatchObject({ code: 'policy-invalid' });
  });
});
