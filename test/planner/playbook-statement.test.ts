// "Give me the IAM statement for this": a denied action becomes the statement that allows exactly it, ready to paste.

import { describe, expect, it } from 'vitest';
import type { ToolCall, ToolResult } from '../../src/contract/call.ts';
import type { Finding, MissingPermission } from '../../src/contract/finding.ts';
import type { Json } from '../../src/kernel/canonical-json.ts';
import { createPlaybookPlanner } from '../../src/planner/playbook/planner.ts';
import { accountAnswer, NOW_MS } from './account.ts';
import { Conversation } from './conversation.ts';

const clock = { now: () => NOW_MS, monotonic: () => 0, after: () => ({ cancel: () => {} }) };
const STATUS = "Show me the status of the 'my-web-service' in the 'production-cluster'.";
const role = 'arn:aws:iam::123456789012:role/web-execution';
const secret = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:web/db-AbCdEf';
const key = 'arn:aws:kms:us-east-1:123456789012:key/1f2e3d4c-0000-4000-8000-000000000001';

function start(lacks: readonly MissingPermission[] | undefined, more: Partial<Finding> = {}): Conversation {
  const answer = (call: ToolCall): ToolResult => {
    const result = accountAnswer(call);
    if (call.tool !== 'diagnose_service' || result.status !== 'ok') return result;
    const output = structuredClone(result.output) as { findings: Record<string, Json>[] };
    const [finding] = output.findings;
    if (finding === undefined) throw new Error('no finding');
    const denied = { class: 'exec-role-secret-denied', fixes: [], paths: [], ...more };
    output.findings = [
      { ...finding, ...denied, ...(lacks === undefined ? {} : { lacks }) } as unknown as Record<string, Json>,
    ];
    return { ...result, output: output as unknown as Json };
  };
  return new Conversation({ planner: createPlaybookPlanner(), answer, clock });
}

function policyIn(answer: string): unknown {
  const block = /```json\n([\s\S]*?)\n```/.exec(answer)?.[1];
  if (block === undefined) throw new Error(answer);
  return JSON.parse(block);
}

const read: MissingPermission = {
  role,
  action: 'secretsmanager:GetSecretValue',
  resource: secret,
  by: 'role-lacks',
};

describe('the statement that allows what is denied', () => {
  it.each([
    'give me the IAM statement for this',
    'give me the policy for this',
    'show me the iam policy',
    'what permission is missing?',
    'which permissions does the role need?',
    'what should i add to the role?',
    'policy json please',
    'can you write the policy statement',
    'how do i grant it?',
    'give the role access to the secret',
    'I need the iam policy json',
    'what would the iam statement look like?',
    'Give me the IAM statement for this.',
  ])('%s', async (question) => {
    const talk = start([read]);
    await talk.say(STATUS);
    await talk.say(question);
    expect(policyIn(talk.answer)).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: secret }],
    });
    expect(talk.answer).toContain('web-execution');
    expect(talk.answer).toContain('aws iam put-role-policy --role-name web-execution ');
    expect(talk.answer).toContain('IAM is never changed from here');
    expect(talk.answer).not.toMatch(/"Resource": "\*"|\(unsupported\)/);
  });

  it('is asked for of a service by name as well', async () => {
    const talk = start([read]);
    await talk.say('give me the IAM policy for my-web-service');
    expect(policyIn(talk.answer)).toMatchObject({ Statement: [{ Resource: secret }] });
  });

  it('holds each action on the things that need it, and on no other', async () => {
    const talk = start([
      read,
      { ...read, resource: `${secret}2` },
      { role, action: 'kms:Decrypt', resource: key, by: 'role-lacks' },
    ]);
    await talk.say(STATUS);
    await talk.say('give me the IAM statement for this');
    expect(policyIn(talk.answer)).toMatchObject({
      Statement: [
        { Action: 'secretsmanager:GetSecretValue', Resource: [secret, `${secret}2`] },
        { Action: 'kms:Decrypt', Resource: key },
      ],
    });
    expect(talk.answer).toContain('on those things and nothing else');
  });

  it('stands in what a person has to do, and is offered', async () => {
    const talk = start([read]);
    await talk.say(STATUS);
    expect(talk.suggestions).toContain('Give me the IAM statement for this.');
    await talk.say('what do I have to do?');
    expect(policyIn(talk.answer)).toMatchObject({ Statement: [{ Resource: secret }] });
  });

  it('is one for the policy of the thing where that is what lacks it', async () => {
    const talk = start([{ ...read, by: 'thing-lacks' }]);
    await talk.say(STATUS);
    await talk.say('give me the IAM statement for this');
    expect(policyIn(talk.answer)).toMatchObject({ Effect: 'Allow', Principal: { AWS: role } });
    expect(talk.answer).not.toContain('put-role-policy');
  });

  it.each(['role-denies', 'thing-denies'] as const)(
    'is none where a deny stands in the way: %s',
    async (by) => {
      const talk = start([{ ...read, by }]);
      await talk.say(STATUS);
      await talk.say('give me the IAM statement for this');
      expect(talk.answer).toMatch(/^No statement that allows helps: .*deny/);
      expect(talk.answer).not.toContain('```');
    },
  );

  it('says so when the cause is none of permissions, and what the node may not read', async () => {
    const talk = start(undefined, { cannotVerify: [{ what: 'the key', missingAction: 'kms:DescribeKey' }] });
    await talk.say(STATUS);
    await talk.say('give me the IAM statement for this');
    expect(talk.answer).toMatch(/^No statement repairs this: no action was found denied/);
    expect(policyIn(talk.answer)).toMatchObject({ Statement: [{ Action: 'kms:DescribeKey' }] });
    expect(talk.answer).not.toContain('(unsupported)');
  });
});

describe('what only sounds like it', () => {
  it.each([
    ['add a rule to allow outbound tcp/5432 traffic', 'ec2_authorize_security_group_egress'],
    ['is it a permission problem?', 'diagnose_service'],
  ])('%s', async (question, tool) => {
    const talk = new Conversation({ planner: createPlaybookPlanner(), answer: accountAnswer, clock });
    await talk.say(STATUS);
    await talk.say(question);
    expect(talk.answer).not.toMatch(/No statement/);
    expect([...talk.executed.map((call) => call.tool)]).toContain(tool);
  });
});
