// Short replies and short names: what they mean follows from the answer before, and what does not exist is said.

import { describe, expect, it } from 'vitest';
import type { ToolCall, ToolResult } from '../../src/contract/call.ts';
import type { Json } from '../../src/kernel/canonical-json.ts';
import { createPlaybookPlanner } from '../../src/planner/playbook/planner.ts';
import { accountAnswer, NOW_MS } from './account.ts';
import { Conversation } from './conversation.ts';

const clock = { now: () => NOW_MS, monotonic: () => 0, after: () => ({ cancel: () => {} }) };
const start = (answer = accountAnswer) =>
  new Conversation({ planner: createPlaybookPlanner(), answer, clock });

/** The account with the output of one tool changed. */
function changed(tool: string, change: (output: Record<string, Json>) => void) {
  return (call: ToolCall): ToolResult => {
    const result = accountAnswer(call);
    if (call.tool !== tool || result.status !== 'ok') return result;
    // Every output of the account is an object.
    const output = structuredClone(result.output) as Record<string, Json>;
    change(output);
    return { ...result, output };
  };
}

describe('after an offer to prepare the fix', () => {
  it.each(['yes', 'yes, prepare the fix', 'ok do it', 'Apply the proposed fix.'])(
    '"%s" does so',
    async (reply) => {
      const talk = start(
        changed('diagnose_service', (output) => {
          output.stopped = [];
        }),
      );
      await talk.say("Show me the status of the 'my-web-service' in the 'production-cluster'.");
      expect(talk.answer).toContain('Shall I prepare the fix?');
      expect((await talk.say(reply)).status).toBe('waiting');
      expect(talk.executed.at(-1)?.tool).toBe('ec2_authorize_security_group_egress');
    },
  );
});

it('says that a service does not exist instead of reporting on its cluster', async () => {
  const talk = start();
  await talk.say('status of foo in production-cluster');
  expect(talk.answer).toContain('There is no service named foo.');
  await talk.say('status of checkout-api in production-cluster');
  expect(talk.answer).toContain('The nearest are: checkout');
});

it.each([
  'why tho',
  'why isnt it finishing',
  'is it safe?',
  'can it reach teh db?',
  'why is it stuck? ship it!!',
])('takes no word of "%s" for the name of a service', async (message) => {
  const talk = start();
  await talk.say("Show me the status of the 'my-web-service' in the 'production-cluster'.");
  await talk.say(message);
  expect(talk.answer).not.toContain('There is no service named');
});

it('rolls back what was compared', async () => {
  const talk = start();
  await talk.say('compare checkout in production-cluster with the previous revision');
  await talk.say('roll it back');
  expect(
    talk.executed.some(
      ({ tool, input }) => tool === 'ecs_describe_services' && input.cluster === 'production-cluster',
    ),
  ).toBe(true);
  expect(talk.answer).not.toContain('no service named');
});

it('says that no task begins with the digits that were given', async () => {
  const talk = start();
  await talk.say("Show me the status of the 'my-web-service' in the 'production-cluster'.");
  await talk.say('why did task 60ae058a stop?');
  expect(talk.answer).toContain('no task whose id begins with 60ae058a');
});

it('does not answer for a cache when asked about a database', async () => {
  const cache = changed('check_network_path', ({ paths }) => {
    const [path] = paths as unknown as { to: Record<string, Json>; verdict: string }[];
    if (path === undefined) return;
    path.to = { ...path.to, port: 6379, host: 'cache.production.internal', name: 'cache' };
    path.verdict = 'reachable';
  });
  const talk = start(cache);
  await talk.say('can my-web-service in production-cluster reach the database?');
  expect(talk.answer).toContain('names no database');
  expect(talk.answer).toContain('tcp/6379 to cache');
  expect(talk.answer).not.toContain('Yes');
});
