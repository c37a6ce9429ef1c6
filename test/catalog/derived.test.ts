// What is derived from the tools: registry, model schema, digest, IAM documents, reference pages.

import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { iamChars, iamPolicy, MANAGED_POLICY_CHARS } from '../../src/catalog/iam-document.ts';
import { modelSchema, modelTools, toolSchemaSha256 } from '../../src/catalog/model-schema.ts';
import {
  auditEventsPage,
  errorsPage,
  iamPage,
  policyActionsPage,
  toolsPage,
} from '../../src/catalog/reference.ts';
import { createRegistry } from '../../src/catalog/registry.ts';
import { auditEvents } from '../../src/contract/audit-event.ts';
import { awsActions, isReadAction } from '../../src/contract/aws.ts';
import { errorTable } from '../../src/contract/errors.ts';
import { defineReadTool, isChangeTool } from '../../src/contract/tool.ts';
import { allTools } from '../../tools/index.ts';

function aTool(name: string, input: z.ZodType = z.strictObject({ b: z.string(), a: z.number().optional() })) {
  return defineReadTool({
    name,
    summary: 'For tests.',
    risk: 'read',
    actions: ['ecs:ListClusters'],
    input,
    output: z.object({}),
    target: () => ({ resources: [] }),
    run: async () => ({}),
    text: () => '',
  });
}

describe('the registry', () => {
  test('finds a tool by its name and names one it has not', () => {
    const registry = createRegistry(allTools);
    expect(registry.get('ecs_list_clusters').risk).toBe('read');
    expect(registry.find('ecs_delete_cluster')).toBeNull();
    expect(() => registry.get('ecs_delete_cluster')).toThrow('There is no tool named ecs_delete_cluster.');
  });

  test('refuses two tools of one name and names that are none', () => {
    expect(() => createRegistry([aTool('one_tool'), aTool('one_tool')])).toThrow('a name of its own');
    for (const name of ['Tool', 'tool-name', '', '__proto__', 'a'.repeat(65)])
      expect(() => createRegistry([aTool(name)])).toThrow();
  });

  test('lists tools by name, whatever order they came in', () => {
    const names = createRegistry([...allTools].reverse()).tools.map(({ name }) => name);
    expect(names).toEqual([...names].sort());
  });
});

describe('what a model is given', () => {
  test('every input is a closed object, and every field says what it is for', () => {
    for (const tool of allTools) {
      const schema = modelSchema(tool);
      expect(schema.additionalProperties, tool.name).toBe(false);
      for (const [field, property] of Object.entries(schema.properties as Record<string, object>)) {
        expect(property, `${tool.name}.${field}`).toHaveProperty('description');
      }
    }
  });

  test('every list is bounded and every text has a pattern, a choice or a length', () => {
    const loose: string[] = [];
    const walk = (where: string, node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      const one = node as Record<string, unknown>;
      if (one.type === 'array' && one.maxItems === undefined) loose.push(where);
      if (
        one.type === 'string' &&
        !('pattern' in one || 'enum' in one || 'const' in one || 'maxLength' in one || 'format' in one)
      )
        loose.push(where);
      for (const [key, value] of Object.entries(one)) walk(`${where}.${key}`, value);
    };
    for (const tool of allTools) walk(tool.name, modelSchema(tool));
    expect(loose).toEqual([]);
  });

  test('fields with a default are optional to the caller', () => {
    const tool = createRegistry(allTools).get('ecs_list_tasks');
    expect(modelSchema(tool).required).toEqual(['cluster']);
  });

  test('is spelled the same whatever order a schema was written in', () => {
    const one = aTool('a_tool', z.strictObject({ a: z.string(), b: z.number() }));
    const two = aTool('a_tool', z.strictObject({ b: z.number(), a: z.string() }));
    expect(JSON.stringify(modelSchema(one)).replace(/"required":\[[^\]]*\]/, '')).toBe(
      JSON.stringify(modelSchema(two)).replace(/"required":\[[^\]]*\]/, ''),
    );
    expect(modelTools([...allTools].reverse())).toEqual(modelTools(allTools));
  });

  test('the digest follows the input, the risk and the actions', () => {
    const tool = aTool('a_tool');
    const others = [
      aTool('b_tool'),
      aTool('a_tool', z.strictObject({ b: z.string() })),
      { ...tool, risk: 'reveal' as const },
      { ...tool, actions: [] },
    ];
    expect(toolSchemaSha256(aTool('a_tool'))).toBe(toolSchemaSha256(tool));
    for (const other of others) expect(toolSchemaSha256(other)).not.toBe(toolSchemaSha256(tool));
  });
});

describe('the IAM document', () => {
  const actionsOf = (readOnly: boolean) =>
    iamPolicy(allTools, { readOnly }).Statement.flatMap(({ Action }) => Action);

  test('grants exactly what the tools declare', () => {
    const declared = new Set(allTools.flatMap(({ actions }) => actions));
    expect([...actionsOf(false)].sort()).toEqual([...declared].sort());
  });

  test('for reading grants nothing that changes anything', () => {
    expect(actionsOf(true).filter((action) => !isReadAction(action))).toEqual([]);
    expect(actionsOf(false).length).toBeGreaterThan(actionsOf(true).length);
  });

  test('has no wildcard in an action and none of the actions that hand out power or secrets', () => {
    const text = JSON.stringify(
      iamPolicy(allTools, { readOnly: false }).Statement.flatMap(({ Action }) => Action),
    );
    expect(text).not.toMatch(/\*|ExecuteCommand|AssumeRole|PassRole|Decrypt|DataKey|GetSecretValue/);
    // Of these services only what describes: who may do what, and what a secret is called, never its value.
    expect(
      text
        .match(/"(?:iam|kms|secretsmanager|ssm):[^"]*"/g)
        ?.map((one) => one.slice(1, -1))
        .sort(),
    ).toEqual([
      'iam:GetPolicy',
      'iam:GetPolicyVersion',
      'iam:GetRole',
      'iam:GetRolePolicy',
      'iam:ListAttachedRolePolicies',
      'iam:ListInstanceProfiles',
      'iam:ListRolePolicies',
      'iam:SimulatePrincipalPolicy',
      'kms:DescribeKey',
      'kms:GetKeyPolicy',
      'secretsmanager:DescribeSecret',
      'secretsmanager:GetResourcePolicy',
      'ssm:DescribeParameters',
    ]);
  });

  test('narrows every change to a kind of resource, and to one account and region when they are given', () => {
    const { Statement } = iamPolicy(allTools, {
      readOnly: false,
      account: '123456789012',
      region: 'eu-west-1',
    });
    const changing = Statement.filter(({ Sid }) => Sid.includes('Change'));
    expect(changing.length).toBeGreaterThan(1);
    for (const one of changing.flatMap(({ Resource }) => Resource))
      expect(one).toMatch(
        /^arn:aws:(?:ecs|ec2|logs|elasticloadbalancing|(?:application-)?autoscaling):eu-west-1:123456789012:(?:[a-z-]+\/|log-group:|autoScalingGroup:\*:autoScalingGroupName\/)\*$/,
      );
  });

  test('fits a managed policy, with statement ids that IAM takes', () => {
    const document = iamPolicy(allTools, { readOnly: false });
    expect(iamChars(document)).toBeLessThan(MANAGED_POLICY_CHARS);
    const ids = document.Statement.map(({ Sid }) => Sid);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9]+$/);
  });
});

describe('the reference pages', () => {
  test.each([
    ['tools', toolsPage(allTools)],
    ['errors', errorsPage()],
    ['audit-events', auditEventsPage()],
    ['policy-actions', policyActionsPage(allTools)],
    ['iam', iamPage(allTools)],
  ])('%s.md is up to date (npm run generate)', async (name, text) => {
    expect(await readFile(`docs/reference/${name}.md`, 'utf8')).toBe(text);
  });

  test('name every tool, error and event', () => {
    for (const { name } of allTools) expect(toolsPage(allTools)).toContain(`## ${name}\n`);
    for (const code of Object.keys(errorTable)) expect(errorsPage()).toContain(`| \`${code}\` |`);
    for (const name of Object.keys(auditEvents)) expect(auditEventsPage()).toContain(`\`${name}\``);
    const codes = Object.values(auditEvents).map(({ code }) => code);
    expect(new Set(codes).size, 'a code is of one event').toBe(codes.length);
  });
});

test('every AWS action that exists here is used by a tool', () => {
  const used = new Set(allTools.flatMap(({ actions }) => actions));
  expect(awsActions.filter((action) => !used.has(action))).toEqual([]);
});

test('an action that changes something belongs to one change tool only', () => {
  for (const action of awsActions.filter((one) => !isReadAction(one))) {
    const owners = allTools.filter(({ actions }) => actions.includes(action));
    expect(owners.map(isChangeTool), action).toEqual([true]);
  }
});
