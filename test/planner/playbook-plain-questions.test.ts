// What a tired person asks beside an incident: the answer is about what was asked, and each figure cites the answer of AWS that holds it.

import { describe, expect, it } from 'vitest';
import type { ToolCall, ToolResult } from '../../src/contract/call.ts';
import type { Json } from '../../src/kernel/canonical-json.ts';
import { createPlaybookPlanner } from '../../src/planner/playbook/planner.ts';
import { accountAnswer, NOW_MS } from './account.ts';
import { Conversation } from './conversation.ts';

const clock = { now: () => NOW_MS, monotonic: () => 0, after: () => ({ cancel: () => {} }) };
const start = (answer: (call: ToolCall) => ToolResult = accountAnswer) =>
  new Conversation({ planner: createPlaybookPlanner(), answer, clock });
const STATUS = "Show me the status of the 'my-web-service' in the 'production-cluster'.";

/** The account where the cluster had to be looked for before the service was read. */
function searched(call: ToolCall): ToolResult {
  const result = accountAnswer(call);
  if (call.tool !== 'diagnose_service' || result.status !== 'ok') return result;
  const output = structuredClone(result.output) as { service: Record<string, Json> };
  output.service.evidence = 'ev_service';
  return { ...result, output, evidence: ['ev_list_clusters', ...result.evidence] };
}

async function settled(talk: Conversation, decision: 'approve' | 'deny'): Promise<void> {
  const created = talk.events.findLast((event) => event.type === 'proposal.created');
  if (created?.type !== 'proposal.created') throw new Error('no proposal');
  const proposal = created.proposal.id;
  const person = { id: 'person_1', name: 'Mira' };
  talk.append({ type: 'proposal.decided', turn: created.turn, proposal, decision, person, reason: null });
  await talk.settle({ proposal, state: decision === 'approve' ? 'done' : 'denied', detail: '' });
}

describe('counts of a service that was looked for', () => {
  it.each(['is my-web-service ok now?', 'is my-web-service down?', 'explain my-web-service to my boss'])(
    'cite the answer that holds the service: %s',
    async (question) => {
      const talk = start(searched);
      await talk.say(question);
      expect(talk.answer).not.toContain('ev_list_clusters');
      expect(talk.answer).toMatch(/(?:pending 0|should|of my-web-service run)\.[^[]*\[ev_service\]/);
    },
  );
});

describe('"did it work?"', () => {
  it('says of which deployment the healthy tasks are', async () => {
    const talk = start();
    await talk.say(STATUS);
    await talk.say('did it work?');
    expect(talk.answer).toContain('3 of 4 tasks running, 3 healthy on the newest deployment');
  });

  it('says that a change which waits has not run', async () => {
    const talk = start();
    await talk.say(STATUS);
    await talk.say('fix it');
    await talk.say('did it work?');
    expect(talk.answer).toMatch(/^\*\*The change has not run: Allow tcp\/5432.*it still waits for approval/);
    expect(talk.answer).not.toMatch(/Yes:|Not yet:|\(unsupported\)/);
  });

  it('says that a change which was denied has not run, and nothing of the kind of one that ran', async () => {
    const denied = start();
    await denied.say(STATUS);
    await denied.say('fix it');
    await settled(denied, 'deny');
    await denied.say('did it work?');
    expect(denied.answer).toMatch(/^\*\*The change has not run: .*it was denied/);
    const done = start();
    await done.say(STATUS);
    await done.say('fix it');
    await settled(done, 'approve');
    await done.say('did it work?');
    expect(done.answer).toMatch(/^\*\*Not yet: my-web-service is not steady/);
  });
});

describe('"who approved that?"', () => {
  it('tells the change that waits apart from an earlier one of the same title', async () => {
    const talk = start();
    await talk.say(STATUS);
    await talk.say('fix it');
    await settled(talk, 'deny');
    await talk.say('fix it');
    await talk.say('who approved that?');
    expect(talk.answer).toMatch(
      /^Nobody has approved or denied \*\*Allow tcp\/5432.*waits for approval now[\s\S]*Earlier: \*\*Allow tcp\/5432.*\(denied\) was decided:\n- denied by Mira/,
    );
    expect(talk.answer).not.toContain('(unsupported)');
  });
});

describe('a service that another cluster has', () => {
  it.each(['is billing ok in staging?', "show me the status of 'billing' in 'staging-cluster'"])(
    'is said to exist there: %s',
    async (question) => {
      const talk = start();
      await talk.say(question);
      expect(talk.answer).toContain('There is no service named billing in staging-cluster.');
      expect(talk.answer).toContain('It exists in production-cluster.');
      expect(talk.suggestions[0]).toContain("'production-cluster'");
      await talk.say(talk.suggestions[0] ?? '');
      expect(talk.answer).toContain('**billing** in production-cluster is ACTIVE');
    },
  );

  it('is not offered for a change', async () => {
    const talk = start();
    await talk.say('scale billing in staging to 3');
    expect(talk.answer).toContain('It exists in production-cluster.');
    expect(talk.suggestions).toEqual([]);
  });
});

describe('a plain word', () => {
  it.each([
    'whats the impact right now, are we down??',
    'stop the pipeline from doing that',
    'prevent the robot from reverting it',
  ])('is no service: %s', async (question) => {
    for (const before of [[], [STATUS]]) {
      const talk = start();
      for (const one of before) await talk.say(one);
      await talk.say(question);
      expect(talk.answer).not.toMatch(/no service (?:is )?named|No service is named/i);
    }
  });

  it('in "stop it from crashing" asks for no task to be stopped', async () => {
    const talk = start();
    await talk.say(STATUS);
    await talk.say('stop the tasks from crashing');
    expect(talk.executed.map(({ tool }) => tool)).toEqual(['diagnose_service']);
    expect(talk.answer).toContain('Shall I prepare it?');
  });

  it('that stands where a name does, or is like one, is still looked up', async () => {
    const talk = start();
    await talk.say('scale the pipeline to 3');
    expect(talk.answer).toContain('There is no service named pipeline');
    await talk.say('is the chekcout in production-cluster down?');
    expect(talk.answer).toContain('of checkout run');
  });
});

describe('"who else is affected?"', () => {
  it('answers with who is touched, and "is it safe?" with the whole change', async () => {
    const talk = start();
    await talk.say(STATUS);
    await talk.say('fix it');
    await talk.say('who else is affected?');
    expect(talk.answer).toMatch(/^\*\*Who this change touches: 2 services, 10 tasks use this group\./);
    expect(talk.answer).not.toContain('What changes');
    expect(talk.answer).not.toContain('(unsupported)');
    await talk.say('is it safe?');
    expect(talk.answer).toContain('What changes');
  });
});

describe('the verdict on a path', () => {
  it('cites the answers that decide it, and not what led to the service', async () => {
    const talk = start((call) => {
      const result = accountAnswer(call);
      return call.tool === 'check_network_path' && result.status === 'ok'
        ? { ...result, evidence: ['ev_list_clusters', 'ev_list_services', ...result.evidence] }
        : result;
    });
    await talk.say(STATUS);
    await talk.say('can it reach port 443?');
    expect(talk.answer).toMatch(/^\*\*Yes: tcp\/443 to .* is open\.\*\* \[ev_path\]/);
  });
});
