// The statement that allows a denied action, from a whole account.

import { expect, it } from 'vitest';
import { createPlaybookPlanner } from '../../src/planner/playbook/planner.ts';
import { scenarioAccount } from '../../src/simulator/scenarios.ts';
import { allTools } from '../../tools/index.ts';
import { Conversation } from '../planner/conversation.ts';
import { NOW_MS, simulatedAws } from '../support/simulated-aws.ts';
import { toolAnswer } from '../support/tool-answer.ts';

const clock = { now: () => NOW_MS, monotonic: () => 0, after: () => ({ cancel: () => {} }) };

it('names the secret that the tasks may not read, and nothing else', async () => {
  const account = scenarioAccount('secret-denied', NOW_MS);
  if (account === undefined) throw new Error('no such scenario');
  const aws = await simulatedAws(account.snapshot);
  const talk = new Conversation({
    planner: createPlaybookPlanner(),
    answer: (call) => toolAnswer(aws, call),
    clock,
    tools: allTools,
  });
  await talk.say(account.questions[0]);
  await talk.say('give me the IAM statement for this');
  const policy = JSON.parse(/```json\n([\s\S]*?)\n```/.exec(talk.answer)?.[1] ?? '');
  expect(policy.Statement).toHaveLength(1);
  const [{ Effect, Action, Resource }] = policy.Statement;
  expect({ Effect, Action }).toEqual({ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue' });
  const secrets = JSON.stringify(account.snapshot).match(/arn:aws:secretsmanager:[^"\\]+?-\w{6}(?=["\\:])/g);
  expect(secrets).toContain(Resource);
  expect(talk.answer).not.toContain('(unsupported)');
  await aws.close();
});
