// How people ask at night: short, mistyped, in habits of other languages, and about names that are also words.

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

describe('a "y" in front', () => {
  it.each(['y is my-web-service at 3 of 4', 'y does it fail', "y can't it start", 'y is it down'])(
    'asks why: %s',
    async (question) => {
      expect(parseIntent(question).kind).toBe('why');
      const talk = start();
      await talk.say(STATUS);
      await talk.say(question);
      expect(talk.executed.at(-1)?.tool).toBe('diagnose_service');
    },
  );

  it.each(['y', 'y please', 'yes'])('is a yes by itself: %s', (text) => {
    expect(parseIntent(text).kind).toBe('yes');
  });
});

describe('services that are called after what they do', () => {
  it.each([
    "what's up with pricing",
    'whats up with billing',
    'how is billing doing?',
    'is pricing at 3 of 4',
    'how is pricing?',
    'status of billing',
    'is billing ok',
  ])('are asked for their state: %s', (question) => {
    expect(['status', 'why']).toContain(parseIntent(question).kind);
  });

  it.each(['how much does billing cost?', 'is pricing too expensive?', 'what is the price of checkout'])(
    'and for their cost: %s',
    (question) => {
      expect(parseIntent(question).kind).toBe('cost');
    },
  );
});

describe('"is anything else broken?"', () => {
  const sick =
    (names: readonly string[]) =>
    (call: ToolCall): ToolResult =>
      call.tool === 'diagnose_cluster'
        ? {
            status: 'ok',
            output: {
              cluster: { name: 'production-cluster', services: 3, sick: names.length },
              sick: names.map((name) => ({
                name,
                desired: 4,
                running: 3,
                because: 'tasks fail',
                evidence: [],
              })),
              hosts: { total: 0, disconnected: [], draining: [] },
            } as Json,
            text: '',
            evidence: ['ev_cluster'],
          }
        : accountAnswer(call);

  it.each([
    'is anything else broken?',
    'what else is wrong?',
    'any other services with the same problem?',
    'are other services affected?',
  ])('is a no when only the service under discussion is: %s', async (question) => {
    const talk = start(sick(['my-web-service']));
    await talk.say(STATUS);
    await talk.say(question);
    expect(talk.answer).toMatch(/^\*\*Nothing else: of 3 services in production-cluster only my-web-service/);
    expect(talk.answer).not.toContain('(unsupported)');
  });

  it('names what else is', async () => {
    const talk = start(sick(['my-web-service', 'billing']));
    await talk.say(STATUS);
    await talk.say('is anything else broken?');
    expect(talk.answer).toMatch(/2 of 3 services[\s\S]*\*\*billing\*\*/);
  });
});

describe('time and patience', () => {
  it.each(['how long will it take?', 'when will it be fixed?', 'eta?', 'how long until it is back'])(
    'of a change that waits are told as far as they are known: %s',
    async (question) => {
      const talk = start();
      await talk.say(STATUS);
      await talk.say('fix it');
      await talk.say(question);
      expect(talk.answer).toMatch(/is not known beforehand[\s\S]*I look until 4 tasks of my-web-service/);
      expect(talk.answer).not.toContain('(unsupported)');
    },
  );

  it.each([
    'can it wait until tomorrow?',
    'is it safe to wait till morning?',
    'is it ok to leave it until tomorrow?',
  ])('are left to people, with what is known: %s', async (question) => {
    const talk = start();
    await talk.say(STATUS);
    await talk.say(question);
    expect(talk.answer).toMatch(/^Whether it can wait is for people to judge[\s\S]*\*\*3 of 4 tasks/);
  });
});

describe('going back', () => {
  it('means the revision that the diagnosis goes back to, with how that is known', async () => {
    const answer = (call: ToolCall): ToolResult => {
      const result = accountAnswer(call);
      if (result.status !== 'ok') return result;
      const output = structuredClone(result.output) as Record<string, Json>;
      if (call.tool === 'diagnose_service') {
        const [finding] = output['findings'] as { class: string; fixes: Json[] }[];
        if (finding === undefined) throw new Error('no finding');
        finding.class = 'oom-killed';
        finding.fixes = [
          {
            tool: 'ecs_update_service',
            input: {
              cluster: 'production-cluster',
              service: 'my-web-service',
              task_definition: 'my-web-service:40',
            },
            why: 'Goes back to my-web-service:40, which ran until this deployment replaced it. That it stays healthy is not verifiable beforehand.',
          },
        ];
      }
      if (call.tool === 'ecs_describe_services')
        for (const service of output['services'] as { deployments: { status: string }[] }[])
          service.deployments = service.deployments.filter(({ status }) => status === 'PRIMARY');
      return { ...result, output: output as Json };
    };
    const talk = start(answer);
    await talk.say(STATUS);
    await talk.say('roll it back');
    expect(talk.executed.at(-1)?.input).toMatchObject({ task_definition: 'my-web-service:40' });
    const step = talk.events.findLast((event) => event.type === 'planner.step');
    expect(step?.type === 'planner.step' && step.text).toContain(
      'to 40, which ran until this deployment replaced it',
    );
  });
});

describe('suspicions and ways out in free words', () => {
  it.each([
    ['could it be that the db is down', 'blame'],
    ['is the database offline?', 'blame'],
    ['is it a code problem or infra', 'blame'],
    ['is the app down?', 'down'],
    ['what happens if i do nothing', 'down'],
    ['is there a workaround?', 'options'],
    ['can i rollback safely', 'preview'],
    ['give me the last 20 log lines', 'logs'],
    ['roll back now', 'rollback'],
  ] as const)('%s', (text, kind) => {
    expect(parseIntent(text).kind).toBe(kind);
    expect(parseIntent(text).entities.names).toEqual([]);
  });
});

describe('"what was it?"', () => {
  it.each(['what was it', 'so what was the problem?', 'what caused it?', 'what did you fix?'])(
    'is the cause of before, once the service is well: %s',
    async (question) => {
      let isWell = false;
      const talk = start((call) => {
        const result = accountAnswer(call);
        if (!isWell || call.tool !== 'diagnose_service' || result.status !== 'ok') return result;
        const output = structuredClone(result.output) as { service: { running: number }; findings: Json[] };
        output.service.running = 4;
        output.findings = [];
        return { ...result, output: output as unknown as Json };
      });
      await talk.say(STATUS);
      isWell = true;
      await talk.say('is it ok now?');
      const calls = talk.executed.length;
      await talk.say(question);
      expect(talk.answer).toMatch(/^\*\*What was wrong: [\s\S]*4 of 4 tasks of my-web-service run/);
      expect(talk.answer).not.toContain('(unsupported)');
      expect(talk.executed).toHaveLength(calls);
    },
  );

  it('is what is wrong now while it still is', async () => {
    const talk = start();
    await talk.say(STATUS);
    await talk.say('what was the problem?');
    expect(talk.executed.at(-1)?.tool).toBe('diagnose_service');
    expect(talk.answer).toContain('The cause is proven');
  });
});
