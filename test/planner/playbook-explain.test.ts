// Error messages pasted into the chat are explained; questions that quote an error about a service still look at the service.

import { describe, expect, it } from 'vitest';
import { parseIntent } from '../../src/planner/playbook/intents.ts';
import { createPlaybookPlanner } from '../../src/planner/playbook/planner.ts';
import { accountAnswer, NOW_MS } from './account.ts';
import { Conversation } from './conversation.ts';

const clock = { now: () => NOW_MS, monotonic: () => 0, after: () => ({ cancel: () => {} }) };

async function ask(...messages: string[]) {
  const talk = new Conversation({ planner: createPlaybookPlanner(), answer: accountAnswer, clock });
  for (const message of messages) await talk.say(message);
  const answer = talk.events.findLast((event) => event.type === 'answer');
  return { text: answer?.type === 'answer' ? answer.text : '', calls: talk.executed };
}

describe('a pasted error message', () => {
  it.each([
    ['CannotPullContainerError: manifest for web:1 not found: manifest unknown', 'image-not-found'],
    ['exec /app/server: exec format error', 'platform-mismatch'],
    ['what does "exit code 139" mean?', 'native-crash'],
    [
      'I got this error: ResourceInitializationError: failed to validate logger args: ResourceNotFoundException: The specified log group does not exist',
      'log-group-missing',
    ],
    [
      'why do I get this error: AccessDeniedException: User x is not authorized to perform: iam:PassRole on resource y',
      'passrole-denied',
    ],
    [
      '(service web) was unable to place a task. Reason: Capacity is unavailable at this time.',
      'fargate-capacity-unavailable',
    ],
  ])('is answered with what it points to, without a call: %s', async (message, cause) => {
    const { text, calls } = await ask(message);
    expect(calls).toEqual([]);
    expect(text).toContain(`**${cause}**`);
  });

  it('is answered with all causes when its words cannot decide', async () => {
    const { text } = await ask('ResourceInitializationError: unable to pull secrets or registry auth');
    expect(text).toContain('cannot decide');
    expect(text).toContain('**public-subnet-no-public-ip**');
    expect(text).toContain('**no-egress-route**');
  });

  it('shows nothing of itself that Markdown or a terminal would act on', async () => {
    const { text } = await ask(
      'Error response from daemon: `rm` [x](http://e) \u001b[2J no space left on device',
    );
    expect(text).not.toContain('\u001b');
    expect(text).not.toContain('](http');
  });
});

describe('a question that quotes an error', () => {
  it.each([
    'why does my-web-service fail with exit code 137?',
    'my-web-service says connection timed out',
    'why does it exit with code 1?',
    'show me the logs with ECONNREFUSED',
    'restart it, it ran out of memory',
  ])('is no pasted message: %s', (message) => {
    expect(parseIntent(message).kind).not.toBe('explain');
  });
});
