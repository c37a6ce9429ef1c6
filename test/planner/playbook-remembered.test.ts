// Names that were looked up in this conversation a short while ago are not looked up again; what is not among them is.

import { describe, expect, it } from 'vitest';
import type { ToolCall, ToolResult } from '../../src/contract/call.ts';
import type { Json } from '../../src/kernel/canonical-json.ts';
import { createPlaybookPlanner } from '../../src/planner/playbook/planner.ts';
import { accountAnswer, NOW_MS } from './account.ts';
import { Conversation } from './conversation.ts';

const LOOK_UPS = ['ecs_list_clusters', 'ecs_list_services'];

function start(answer: (call: ToolCall) => ToolResult = accountAnswer) {
  let nowMs = NOW_MS;
  const clock = { now: () => nowMs, monotonic: () => 0, after: () => ({ cancel: () => {} }) };
  const talk = new Conversation({ planner: createPlaybookPlanner(), answer, clock });
  return {
    talk,
    later: (ms: number) => {
      nowMs += ms;
    },
    /** The look-ups of one more turn. */
    async lookUps(text: string): Promise<number> {
      const before = talk.executed.length;
      await talk.say(text);
      return talk.executed.slice(before).filter(({ tool }) => LOOK_UPS.includes(tool)).length;
    },
  };
}

describe('names of this conversation', () => {
  it.each([
    'why is checkout in prod not healthy?',
    'how is billing in prod doing?',
    'status of my web service in production',
    'is chekcout in prod down?',
    'what is wrong in prod?',
    'show me the logs of my-web-service in prod',
    'scale billing in prod to 3',
  ])('are not looked up again: %s', async (question) => {
    const { talk, lookUps } = start();
    expect(await lookUps('why is my-web-service in prod not healthy?')).toBeGreaterThan(0);
    expect(await lookUps(question)).toBe(0);
    expect(talk.executed.at(-1)?.tool).not.toBe('ecs_list_services');
    expect(JSON.stringify(talk.executed.at(-1)?.input)).toContain('production-cluster');
  });

  it('are looked up again after a while', async () => {
    const { lookUps, later } = start();
    await lookUps('why is my-web-service in prod not healthy?');
    later(11 * 60_000);
    expect(await lookUps('how is billing in prod doing?')).toBeGreaterThan(0);
  });

  it('are looked up where they were not found before, for they may be new', async () => {
    let isThere = false;
    const { talk, lookUps } = start((call) => {
      const result = accountAnswer(call);
      if (!isThere || call.tool !== 'ecs_list_services' || result.status !== 'ok') return result;
      const output = structuredClone(result.output) as { services: Json[] };
      output.services.push({ name: 'newcomer', arn: 'arn:newcomer' });
      return { ...result, output };
    });
    await lookUps('why is my-web-service in prod not healthy?');
    isThere = true;
    expect(await lookUps('how is newcomer in prod doing?')).toBe(2);
    expect(talk.executed.at(-1)?.input).toMatchObject({ service: 'newcomer' });
  });

  it.each(['list the clusters', 'which services are in prod?'])(
    'are read again when they are what is asked for: %s',
    async (question) => {
      const { lookUps } = start();
      await lookUps('why is my-web-service in prod not healthy?');
      expect(await lookUps(question)).toBeGreaterThan(0);
    },
  );

  it('of several clusters stay apart', async () => {
    const { talk, lookUps } = start();
    await lookUps('which services are in all clusters?');
    expect(await lookUps('how is checkout in staging doing?')).toBe(0);
    expect(talk.executed.at(-1)?.input).toMatchObject({ cluster: 'staging-cluster', service: 'checkout' });
  });
});
