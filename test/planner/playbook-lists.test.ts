// Lists hold every service, ages are never negative, and what has stopped is not stopped again.

import { describe, expect, it } from 'vitest';
import { createPlaybookPlanner } from '../../src/planner/playbook/planner.ts';
import { ago } from '../../src/planner/playbook/view.ts';
import { accountAnswer, NOW_MS } from './account.ts';
import { Conversation } from './conversation.ts';

const clock = { now: () => NOW_MS, monotonic: () => 0, after: () => ({ cancel: () => {} }) };

async function ask(...messages: string[]): Promise<Conversation> {
  const talk = new Conversation({ planner: createPlaybookPlanner(), answer: accountAnswer, clock });
  for (const message of messages) await talk.say(message);
  return talk;
}

describe('lists', () => {
  it('hold all services with their counts, the troubled one first', async () => {
    const { answer } = await ask('which services are in prod?');
    const names = [...answer.matchAll(/^- \*\*([\w-]+)\*\*: ACTIVE, desired \d, running \d/gm)].map(
      (row) => row[1],
    );
    expect(names).toEqual(['my-web-service', 'checkout', 'billing']);
  });

  it('keep to the troubled ones when asked what is wrong', async () => {
    const { answer } = await ask('what is wrong in prod?');
    expect(answer).not.toContain('**billing**');
  });
});

describe('ages', () => {
  it('of what just happened or carries a later stamp are said in words', () => {
    expect(ago(NOW_MS + 60_000, NOW_MS)).toBe('just now');
    expect(ago(NOW_MS - 1_000, NOW_MS)).toBe('just now');
    expect(ago(NOW_MS - 60_000, NOW_MS)).toBe('60 seconds ago');
  });
});

describe('the failed task', () => {
  it('is not stopped again; its logs are offered', async () => {
    const talk = await ask('how is my-web-service in prod?', 'stop the failed task');
    expect(talk.answer).toContain('has stopped already');
    expect(talk.suggestions[0]).toBe('Show me the logs from the failed task.');
  });
});
