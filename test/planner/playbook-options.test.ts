// Two changes side by side, and scaling that is held: which of them the diagnosis speaks for is said, and nothing is decided.

import { describe, expect, it } from 'vitest';
import type { ToolCall, ToolResult } from '../../src/contract/call.ts';
import type { Json } from '../../src/kernel/canonical-json.ts';
import { parseIntent } from '../../src/planner/playbook/intents.ts';
import { createPlaybookPlanner } from '../../src/planner/playbook/planner.ts';
import { accountAnswer, NOW_MS } from './account.ts';
import { Conversation } from './conversation.ts';

const clock = { now: () => NOW_MS, monotonic: () => 0, after: () => ({ cancel: () => {} }) };
const STATUS = "Show me the status of the 'my-web-service' in the 'production-cluster'.";
const start = (answer: (call: ToolCall) => ToolResult = accountAnswer) =>
  new Conversation({ planner: createPlaybookPlanner(), answer, clock });

/** The account, in which the diagnosis knows a second way. */
function twoWays(call: ToolCall): ToolResult {
  const result = accountAnswer(call);
  if (call.tool !== 'diagnose_service' || result.status !== 'ok') return result;
  const output = structuredClone(result.output) as { findings: { fixes: Json[] }[] };
  output.findings[0]?.fixes.push({
    tool: 'ecs_update_service',
    input: { cluster: 'production-cluster', service: 'my-web-service', task_definition: 'my-web-service:41' },
    why: 'Goes back to my-web-service:41.',
  });
  return { ...result, output: output as unknown as Json };
}

describe('two changes that wait', () => {
  it.each([
    'which option is better?',
    'which one is better?',
    'which is safer',
    'compare the two',
    'compare both proposals',
    "what's the difference between the two?",
    'which of the two would you recommend?',
    'which one should i approve?',
    'what are my options?',
    'pros and cons?',
  ])('are set side by side, with the one that answers the cause: %s', async (question) => {
    const talk = start();
    await talk.say(STATUS);
    await talk.say('scale it to 6');
    await talk.say('fix it');
    const calls = talk.executed.length;
    await talk.say(question);
    expect(talk.answer).toMatch(/^\*\*Better: Allow tcp\/5432[^\n]*only this one answers the proven cause/);
    expect(talk.answer).toMatch(/1\. The change \*\*[\s\S]*2\. The change \*\*/);
    expect(talk.answer).toContain('a message decides none');
    expect(talk.answer).not.toContain('(unsupported)');
    expect(talk.executed).toHaveLength(calls);
  });

  it('are said to answer nothing when none does', async () => {
    const talk = start();
    await talk.say(STATUS);
    await talk.say('scale it to 6');
    await talk.say('scale billing to 3');
    await talk.say('which option is better?');
    expect(talk.answer).toMatch(/^None of these changes answers the proven cause/);
  });
});

describe('ways that are not prepared', () => {
  it('are those of the diagnosis, each with words that prepare it', async () => {
    const talk = start(twoWays);
    await talk.say(STATUS);
    await talk.say('which option is better?');
    expect(talk.answer).toMatch(/^\*\*There are two ways[\s\S]*2\. Goes back to my-web-service:41/);
    expect(talk.suggestions).toEqual([
      'Apply the proposed fix.',
      "Roll back 'my-web-service' to revision 41.",
    ]);
  });

  it('is one beside the change that waits', async () => {
    const talk = start(twoWays);
    await talk.say(STATUS);
    await talk.say('fix it');
    await talk.say('which option is better?');
    expect(talk.answer).toMatch(
      /One change is prepared[\s\S]*answers the cause[\s\S]*Another way: Goes back/,
    );
  });

  it('leave revisions and services to be compared as before', async () => {
    const talk = start();
    await talk.say(STATUS);
    for (const question of ['compare with the previous revision', 'compare the two']) {
      await talk.say(question);
      expect(talk.executed.at(-1)?.tool, question).toBe('compare_service');
    }
    await talk.say('compare my-web-service with checkout');
    expect(talk.answer).toContain('desired, running, pending');
  });
});

describe('scaling that is held', () => {
  it.each([
    'pause scaling',
    'stop auto scaling for my-web-service',
    'suspend autoscaling',
    'turn off scaling please',
    'can you pause the scaling of my-web-service',
    'resume scaling',
    'let scaling go on',
    'pause scale-in',
  ])('is an order of its own: %s', (text) => {
    expect(parseIntent(text).kind).toBe('pause-scaling');
  });

  it.each(['scale it to 6', 'stop', 'stop the task', 'why does scaling stop?', 'undo the scaling'])(
    'is not meant by: %s',
    (text) => {
      expect(parseIntent(text).kind).not.toBe('pause-scaling');
    },
  );

  const scaled =
    (items: Json) =>
    (call: ToolCall): ToolResult =>
      call.tool === 'application_autoscaling_describe_targets'
        ? {
            status: 'ok',
            output: { items, more: false, evidence: ['ev_scaling'] },
            text: '',
            evidence: ['ev_scaling'],
          }
        : accountAnswer(call);
  const target = { dimension: 'ecs:service:DesiredCount', minimum: 2, maximum: 8, suspended: [] };

  it.each([
    ['pause scaling', { pause_scale_in: true, pause_scale_out: true, pause_scheduled: true }],
    ['pause scale-in', { pause_scale_in: true }],
    ['resume scaling', { pause_scale_in: false, pause_scale_out: false, pause_scheduled: false }],
  ])('%s', async (order, parts) => {
    const talk = start(scaled([target]));
    await talk.say(STATUS);
    await talk.say(order);
    expect(talk.executed.at(-1)).toMatchObject({
      tool: 'application_autoscaling_register_scalable_target',
      input: { cluster: 'production-cluster', service: 'my-web-service', ...parts },
    });
    expect(Object.keys(talk.executed.at(-1)?.input ?? {})).toHaveLength(2 + Object.keys(parts).length);
  });

  it('is not to be had where nothing scales the service', async () => {
    const talk = start(scaled([]));
    await talk.say(STATUS);
    await talk.say('pause scaling');
    expect(talk.answer).toMatch(/is not scaled automatically, so there is nothing to pause/);
    expect(talk.answer).not.toContain('(unsupported)');
  });
});
