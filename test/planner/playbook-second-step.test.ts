// A corrected revision and its deployment: two changes, two approvals, one request.

import { describe, expect, it } from 'vitest';
import type { ToolCall, ToolResult } from '../../src/contract/call.ts';
import type { Json } from '../../src/kernel/canonical-json.ts';
import { createPlaybookPlanner } from '../../src/planner/playbook/planner.ts';
import { accountAnswer, NOW_MS, proposalFor } from './account.ts';
import { Conversation } from './conversation.ts';

const clock = { now: () => NOW_MS, monotonic: () => 0, after: () => ({ cancel: () => {} }) };
const register = { task_definition: 'my-web-service:42', memory: 2_048 };

function start(newest = 43): Conversation {
  const answer = (call: ToolCall): ToolResult => {
    if (call.tool === 'diagnose_service') {
      const result = accountAnswer(call);
      if (result.status !== 'ok') return result;
      const output = structuredClone(result.output) as { findings: { fixes: Json[] }[] };
      for (const finding of output.findings)
        finding.fixes = [
          { tool: 'ecs_register_task_definition', input: register, why: 'First step of two.' },
        ];
      return { ...result, output: output as unknown as Json };
    }
    if (call.tool === 'ecs_describe_task_definition')
      return {
        status: 'ok',
        output: { family: 'my-web-service', revision: newest, containers: [] },
        text: '',
        evidence: ['ev_d'],
      };
    if (/register|update_service/.test(call.tool))
      return { status: 'proposed', proposal: proposalFor(call, `The change ${call.id}`), text: '' };
    return accountAnswer(call);
  };
  return new Conversation({ planner: createPlaybookPlanner(), answer, clock });
}

async function toFirst(talk: Conversation): Promise<string> {
  await talk.say("Show me the status of the 'my-web-service' in the 'production-cluster'.");
  expect((await talk.say('fix it')).status).toBe('waiting');
  return lastProposal(talk);
}

function lastProposal(talk: Conversation): string {
  const created = talk.events.findLast((event) => event.type === 'proposal.created');
  return created?.type === 'proposal.created' ? created.proposal.id : '';
}

describe('a corrected revision that was registered', () => {
  it('is followed by the deployment of it, prepared without asking again and waiting for its own approval', async () => {
    const talk = start();
    const first = await toFirst(talk);
    const outcome = await talk.settle({ proposal: first, state: 'done', detail: '' });
    expect(outcome.status).toBe('waiting');
    expect(talk.executed.at(-1)).toMatchObject({
      tool: 'ecs_update_service',
      input: {
        cluster: 'production-cluster',
        service: 'my-web-service',
        task_definition: 'my-web-service:43',
      },
    });
    const said = talk.events.findLast((event) => event.type === 'planner.step');
    expect(JSON.stringify(said)).toContain('waiting for an approval of its own');
    expect(lastProposal(talk)).not.toBe(first);

    expect((await talk.settle({ proposal: lastProposal(talk), state: 'done', detail: '' })).status).toBe(
      'answered',
    );
    expect(talk.answer).toMatch(/^\*\*Done: The change/);
    expect(talk.executed.filter(({ tool }) => tool === 'ecs_update_service')).toHaveLength(1);
  });

  it.each(['denied', 'failed', 'expired'] as const)('that was %s is followed by nothing', async (state) => {
    const talk = start();
    const first = await toFirst(talk);
    expect((await talk.settle({ proposal: first, state, detail: '' })).status).toBe('answered');
    expect(talk.executed.filter(({ tool }) => tool === 'ecs_update_service')).toEqual([]);
  });

  it('is not deployed when the newest revision is not newer than the one it corrects', async () => {
    const talk = start(42);
    const first = await toFirst(talk);
    expect((await talk.settle({ proposal: first, state: 'done', detail: '' })).status).toBe('answered');
    expect(talk.executed.filter(({ tool }) => tool === 'ecs_update_service')).toEqual([]);
  });
});
