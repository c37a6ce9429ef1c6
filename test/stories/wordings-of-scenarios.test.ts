// The same everyday questions in accounts with different faults: answers follow the verdict of each, offer only what is possible, and quote
// AWS in its own words.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPlaybookPlanner } from '../../src/planner/playbook/planner.ts';
import { scenarioAccount } from '../../src/simulator/scenarios.ts';
import { allTools } from '../../tools/index.ts';
import { Conversation } from '../planner/conversation.ts';
import { NOW_MS, type SimulatedAws, simulatedAws } from '../support/simulated-aws.ts';
import { toolAnswer } from '../support/tool-answer.ts';

const clock = { now: () => NOW_MS, monotonic: () => 0, after: () => ({ cancel: () => {} }) };

interface Row {
  readonly scenario: string;
  readonly isNetwork: RegExp;
  readonly isDown: RegExp;
  /** Whether the failed tasks came far enough to have a log. */
  readonly logged: boolean;
}

const rows: readonly Row[] = [
  {
    scenario: 'image-tag',
    isNetwork: /^\*\*No: the proven cause is not/,
    isDown: /^\*\*No: /,
    logged: false,
  },
  {
    scenario: 'secret-denied',
    isNetwork: /^\*\*No: the proven cause is not/,
    isDown: /^\*\*(?:No|Partly|Yes): /,
    logged: false,
  },
  { scenario: 'no-way-out', isNetwork: /^\*\*Yes: /, isDown: /^\*\*(?:No|Partly|Yes): /, logged: false },
  {
    scenario: 'health-path',
    isNetwork: /^\*\*Probably not: the likely cause is not/,
    isDown: /^\*\*No: /,
    logged: true,
  },
  { scenario: 'all-well', isNetwork: /^\*\*No: nothing is broken/, isDown: /^\*\*No: /, logged: false },
];

describe.each(rows)('in the scenario $scenario', ({ scenario, isNetwork, isDown, logged }) => {
  let aws: SimulatedAws;
  let said: string;
  let question = '';
  beforeAll(async () => {
    const account = scenarioAccount(scenario, NOW_MS);
    if (account === undefined) throw new Error(`no scenario ${scenario}`);
    [question] = account.questions;
    said = JSON.stringify(account.snapshot);
    aws = await simulatedAws(account.snapshot);
  });
  afterAll(() => aws.close());

  it('yes and no follow the verdict, offers are possible, and quotations are what AWS said', async () => {
    const talk = new Conversation({
      planner: createPlaybookPlanner(),
      answer: (call) => toolAnswer(aws, call),
      clock,
      tools: allTools,
    });
    const ask = async (text: string) => {
      await talk.say(text);
      expect(talk.answer, text).not.toContain('(unsupported)');
      for (const [, quotation = ''] of talk.answer.matchAll(/(?:: |says: |with )"([^"\n]{12,})"/g)) {
        const whole = quotation.replace(/…$/, '').replace(/'/g, '').trim();
        expect(said.replace(/[`<>'[\]]/g, ''), text).toContain(JSON.stringify(whole).slice(1, -1));
      }
    };
    await ask(question);
    expect(talk.suggestions.some((one) => /logs from the failed task/.test(one))).toBe(logged);
    await ask('is it the network?');
    expect(talk.answer).toMatch(isNetwork);
    await ask('are we down?');
    expect(talk.answer).toMatch(isDown);
    await ask('how long has it been like this?');
    await ask('explain it to my boss');
    await ask('how do you know?');
    await ask('what do I have to do?');
    await ask('what is wrong in all clusters?');
  });
});

describe.each([
  ['secret-denied', 'PutRolePolicy'],
  ['health-path', 'ModifyTargetGroup'],
  ['tug-of-war', 'RegisterScalableTarget'],
])('in the scenario %s', (scenario, request) => {
  it('"who changed it?" names the change that the cause is laid to, asked first or second', async () => {
    const account = scenarioAccount(scenario, NOW_MS);
    if (account === undefined) throw new Error(`no scenario ${scenario}`);
    const aws = await simulatedAws(account.snapshot);
    const talk = () =>
      new Conversation({
        planner: createPlaybookPlanner(),
        answer: (call) => toolAnswer(aws, call),
        clock,
        tools: allTools,
      });
    try {
      const [first, what] = account.questions;
      const told = new RegExp(`\\*\\*\\S+\\*\\* called ${request} on `, 'g');
      for (const questions of [[first, 'who changed it?'], [what ?? '']]) {
        const one = talk();
        for (const question of questions) await one.say(question);
        expect(one.answer.match(told)).toHaveLength(1);
      }
    } finally {
      await aws.close();
    }
  });
});
