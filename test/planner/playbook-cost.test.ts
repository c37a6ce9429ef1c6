// What the playbook answers about cost, size, swinging scaling and differences between revisions.

import { describe, expect, it } from 'vitest';
import { parseIntent } from '../../src/planner/playbook/intents.ts';
import { createPlaybookPlanner } from '../../src/planner/playbook/planner.ts';
import { accountAnswer, NOW_MS } from './account.ts';
import { Conversation } from './conversation.ts';

const clock = { now: () => NOW_MS, monotonic: () => 0, after: () => ({ cancel: () => {} }) };
const startConversation = (): Conversation =>
  new Conversation({ planner: createPlaybookPlanner(), answer: accountAnswer, clock });

describe('a question about', () => {
  it('cost is answered with the sum, what another size saves, and what it rests on', async () => {
    const talk = startConversation();
    await talk.say('How much does my-web-service cost in production-cluster?');
    expect(talk.answer).toMatch(/140\.16 USD a month/);
    expect(talk.answer).toMatch(/99\.28 less/);
    expect(talk.answer).toContain('What this rests on:');
    expect(talk.answer).not.toContain('unsupported');
  });

  it('scaling that swings is answered with the swinging first', async () => {
    const talk = startConversation();
    await talk.say('Why does my-web-service in production-cluster keep scaling up and down?');
    expect(talk.answer).toMatch(/^Scaling changed the desired count 12 times .*it swings/);
    expect(talk.answer).toContain('scale-in cooldown of 30 s');
  });

  it('the difference to what worked is answered row by row', async () => {
    const talk = startConversation();
    await talk.say('Compare my-web-service in production-cluster with the last revision that worked.');
    expect(talk.answer).toContain('my-web-service:41 → my-web-service:42');
    expect(talk.answer).toContain('container web, environment MODE: a value → another value');
    expect(talk.answer).not.toContain('unsupported');
  });
});

it.each([
  'Why is pricing in platform not healthy?',
  'is billing down?',
  'why is pricing 3/4 in prod?',
  'Why can I not open a shell in the tasks of pricing in platform?',
  'Why does the last deployment of pricing in platform not go through?',
  'Why do requests to pricing in platform fail during each deployment?',
  'Why does the number of tasks of pricing in platform keep changing?',
])('a service called after money is asked about its health: %s', (message) => {
  expect(['why', 'status', 'down']).toContain(parseIntent(message).kind);
});

it('a question about money stays one when it says what is not', () => {
  expect(parseIntent('Why does checkout in platform not cost less?').kind).toBe('cost');
});
