// Everyday questions to the playbook, answered by the real tools from the simulated account.
// Each asks only for inputs the tools accept, says only what the evidence supports, and changes nothing by itself.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isReadAction } from '../../src/contract/aws.ts';
import { createPlaybookPlanner } from '../../src/planner/playbook/planner.ts';
import { allTools } from '../../tools/index.ts';
import { Conversation } from '../planner/conversation.ts';
import { NOW_MS, type SimulatedAws, simulatedAws } from '../support/simulated-aws.ts';
import { toolAnswer } from '../support/tool-answer.ts';

const clock = { now: () => NOW_MS, monotonic: () => 0, after: () => ({ cancel: () => {} }) };
const STATUS = "Show me the status of the 'my-web-service' in the 'production-cluster'.";

describe('everyday questions', () => {
  let aws: SimulatedAws;
  beforeAll(async () => {
    aws = await simulatedAws();
  });
  afterAll(() => aws.close());

  function start(): Conversation {
    return new Conversation({
      planner: createPlaybookPlanner(),
      answer: (call) => toolAnswer(aws, call),
      clock,
      tools: allTools,
    });
  }

  it.each([
    [
      STATUS,
      /desired 4, running 3, pending 0[\s\S]*IN_PROGRESS[\s\S]*stopped, the last one 5 minutes ago[\s\S]*cause is proven/,
    ],
    ['is checkout healthy?', /checkout/],
    ['what is wrong in prod?', /1 of 5 services[\s\S]*my-web-service\*\*: desired 4, running 3/],
    ['how is my web service in production?', /my-web-service\*\* in production-cluster is ACTIVE/],
    ['list clusters', /production-cluster/],
    ['which services are in the staging cluster?', /staging/],
    ['who am i?', /account 123456789012, region us-east-1/],
    ['show me the logs of my-web-service in prod', /Database connection timeout/],
    ['can my-web-service in prod reach the database?', /No: no egress rule/],
    ['is anything broken?', /my-web-service/],
    ['how is checkuot doing?', /checkout/],
  ])('%s', async (question, answer) => {
    const talk = start();
    expect((await talk.say(question)).status).toBe('answered');
    expect(talk.answer).toMatch(answer);
    expect(talk.answer).not.toContain('(unsupported)');
  });

  it.each([
    ['Yes, show me the logs from the failed task.', /Failed to connect to db\.production\.internal:5432/],
    ['Check if the security group allows outbound traffic to the database port.', /lets tcp\/5432 out to/],
    ['is port 443 open to 0.0.0.0/0?', /tcp\/443/],
    ['which tasks failed?', /STOPPED/],
    ['show the tasks', /RUNNING/],
    ['show deployments', /PRIMARY my-web-service:\d+: IN_PROGRESS/],
    ['what changed?', /What CloudTrail and ECS record/],
    ['compare with the previous revision', /my-web-service:\d+ → my-web-service:\d+|do not differ/],
    ['compare my-web-service with checkout', /desired, running, pending: 4, 3, 0/],
    ['did it work?', /Not yet: my-web-service is not steady/],
  ])('after the status: %s', async (question, answer) => {
    const talk = start();
    await talk.say(STATUS);
    expect((await talk.say(question)).status).toBe('answered');
    expect(talk.answer).toMatch(answer);
    expect(talk.answer).not.toContain('(unsupported)');
  });

  it.each([
    [
      'Warum ist my-web-service in production-cluster ungesund?',
      /^Questions are understood in English only; recognised in this one: my-web-service/,
    ],
    ['Wie geht es heute?', /^Questions are understood in English only; no name of a service was recognised/],
  ])('in another language: %s', async (question, answer) => {
    const talk = start();
    await talk.say(question);
    expect(talk.answer).toMatch(answer);
    expect(talk.answer).not.toContain('(unsupported)');
  });

  it.each([
    [
      'Yes, add a rule to allow outbound PostgreSQL traffic to the database security group.',
      'ec2_authorize_security_group_egress',
    ],
    ['fix it', 'ec2_authorize_security_group_egress'],
    ['scale it to 6', 'ecs_update_service'],
    ['restart it anyway', 'ecs_update_service'],
    ['roll back anyway', 'ecs_update_service'],
  ])('prepares a change and waits: %s', async (question, tool) => {
    const talk = start();
    await talk.say(STATUS);
    expect((await talk.say(question)).status).toBe('waiting');
    expect(talk.executed.at(-1)?.tool).toBe(tool);
    const changes = aws.calls.filter(({ action }) => !isReadAction(action));
    expect(changes).toEqual([]);
  });

  it('prepares to stop a running task that is named', async () => {
    const talk = start();
    await talk.say(STATUS);
    await talk.say('show the tasks');
    const task = /`([0-9a-f]{32})` RUNNING/.exec(talk.answer)?.[1];
    expect((await talk.say(`stop task ${task}`)).status).toBe('waiting');
    expect(talk.executed.at(-1)?.input.task).toBe(task);
  });
});
