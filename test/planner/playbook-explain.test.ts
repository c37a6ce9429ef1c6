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

describe('a pasted line of a program', () => {
  it.each([
    'Error: connect ETIMEDOUT 10.0.2.15:5432',
    'FATAL: password authentication failed for user "app"',
    'FATAL:  password authentication failed for user …',
    'getaddrinfo ENOTFOUND db.internal',
    'psycopg2.OperationalError: could not connect to server: Connection timed out',
    'java.lang.OutOfMemoryError: Java heap space',
    'dial tcp 10.0.2.15:5432: i/o timeout',
    'exited with code 137',
    'OOMKilled',
    'Error: listen EADDRINUSE: address already in use :::8080',
    'FATAL: sorry, too many clients already',
    'panic: runtime error: invalid memory address or nil pointer dereference',
  ])('is explained and names no service: %s', async (message) => {
    const { text, calls } = await ask(message);
    expect(calls).toEqual([]);
    expect(text).toContain('read from the text alone');
  });

  it.each(['wat', 'wat?', 'lol', 'blah blah blah'])('is none when it is nonsense: %s', async (message) => {
    const { text, calls } = await ask(message);
    expect(calls).toEqual([]);
    expect(text).toContain('What I know');
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
