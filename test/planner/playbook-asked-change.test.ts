// The change that is prepared is the change that was asked for; anything else is said and not prepared.

import { describe, expect, it } from 'vitest';
import { createPlaybookPlanner } from '../../src/planner/playbook/planner.ts';
import { accountAnswer, NOW_MS, TASK_GROUP } from './account.ts';
import { Conversation } from './conversation.ts';

const clock = { now: () => NOW_MS, monotonic: () => 0, after: () => ({ cancel: () => {} }) };
const STATUS = "Show me the status of the 'my-web-service' in the 'production-cluster'.";
const CHANGES = /^(?:ec2_(?:authorize|revoke)|ecs_(?:update|stop))/;

async function ask(message: string, first: string | null = STATUS) {
  const talk = new Conversation({ planner: createPlaybookPlanner(), answer: accountAnswer, clock });
  if (first !== null) await talk.say(first);
  const { status } = await talk.say(message);
  const prepared = talk.executed.filter(({ tool }) => CHANGES.test(tool));
  return { status, prepared, answer: talk.answer, suggestions: talk.suggestions };
}

describe('a rule that differs from the one of the finding', () => {
  it.each([
    ['allow egress -1 from my-web-service to 0.0.0.0/0', 'protocol, addresses'],
    ['allow port 0-65535 from ::/0 to my-web-service', 'direction, port, addresses'],
    ['open port 22 to the world', 'direction, port, addresses'],
    ['open port 5432 to the internet', 'addresses'],
    ['allow outbound port 70000 to the database', 'port'],
    ['allow outbound udp to the database', 'protocol'],
    ['allow all traffic to the database', 'protocol'],
    ['allow inbound postgres', 'direction'],
    ['allow outbound tcp/5432 to 10.0.0.0/8', 'addresses'],
  ])('is not replaced by it: %s', async (message, misfits) => {
    const { prepared, answer } = await ask(message);
    expect(prepared).toEqual([]);
    expect(answer).toContain(`Yours differs in: ${misfits}.`);
    expect(answer).not.toContain('(unsupported)');
  });

  it('is not prepared in part when several are named', async () => {
    const { prepared, answer } = await ask('allow outbound tcp/5432 and tcp/443 to the database');
    expect(prepared).toEqual([]);
    expect(answer).toContain('one rule at a time');
  });

  it('is prepared exactly as named when it is complete', async () => {
    const { prepared } = await ask(`allow port 8000-8080 from 10.1.0.0/16 to ${TASK_GROUP}`);
    expect(prepared).toMatchObject([
      {
        tool: 'ec2_authorize_security_group_ingress',
        input: { group_id: TASK_GROUP, from_port: 8000, to_port: 8080, peer: { cidr: '10.1.0.0/16' } },
      },
    ]);
  });
});

describe('a number of tasks', () => {
  it.each(['scale it to -1', 'scale it to minus one', 'scale it to 99999', 'scale it by -9'])(
    'that no service can have is refused: %s',
    async (message) => {
      const { prepared, answer } = await ask(message);
      expect(prepared).toEqual([]);
      expect(answer).toContain('is not possible: it lies between 0 and 10000');
      expect(answer).not.toContain('(unsupported)');
    },
  );

  it('is read before a full stop', async () => {
    const { prepared } = await ask('Scale it to 6.');
    expect(prepared).toMatchObject([{ input: { desired_count: 6 } }]);
  });
});

describe('an order over several services', () => {
  it('asks which goes first', async () => {
    const { prepared, answer, suggestions } = await ask('scale checkout and billing to 5', null);
    expect(prepared).toEqual([]);
    expect(answer).toContain('one change at a time');
    expect(answer).toContain('Which one first: checkout, billing?');
    expect(suggestions).toEqual(["scale 'checkout' to 5", "scale 'billing' to 5"]);
  });
});

describe('an order to delete', () => {
  it.each([
    'delete the service my-web-service',
    'remove my-web-service',
    'terminate checkout',
    'delete it',
    'please delete the production cluster',
  ])('is refused with what can be done instead: %s', async (message) => {
    const { prepared, answer } = await ask(message);
    expect(prepared).toEqual([]);
    expect(answer).toMatch(/^No: Lockkeeper does not delete .* scale a service to zero or stop a task/);
    expect(answer).not.toContain('(unsupported)');
  });

  it('is no order to remove some tasks', async () => {
    expect((await ask('remove 1 task')).prepared).toMatchObject([{ input: { desired_count: 3 } }]);
    expect((await ask('add 2 tasks')).prepared).toMatchObject([{ input: { desired_count: 6 } }]);
  });
});

describe('replacing tasks while a proven cause keeps new ones from running', () => {
  it.each(['restart it', 'force a new deployment', 'roll back'])(
    'is advised against first: %s',
    async (message) => {
      const { prepared, answer } = await ask(message);
      expect(prepared).toEqual([]);
      expect(answer).toContain(
        'New tasks cannot start until this is repaired: New tasks cannot reach their database',
      );
      expect(answer).not.toContain('(unsupported)');
      expect((await ask(`${message} anyway`)).prepared).toHaveLength(1);
    },
  );

  it('is prepared at once for another service', async () => {
    expect((await ask('restart billing')).prepared).toHaveLength(1);
  });
});

describe('a mistyped service', () => {
  it('is named beside the change of the one it was taken for', async () => {
    const talk = new Conversation({ planner: createPlaybookPlanner(), answer: accountAnswer, clock });
    await talk.say('scale biling to 5');
    const step = talk.events.findLast((event) => event.type === 'planner.step');
    expect(step?.type === 'planner.step' && step.text).toMatch(
      /^Taking biling as billing; no service is named biling\.\n\n/,
    );
  });
});
