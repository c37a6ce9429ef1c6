// The whole conversation, turn by turn, and what the playbook says of a change that was decided either way.

import { describe, expect, it } from 'vitest';
import type { ProposalState } from '../../src/contract/proposal.ts';
import { UNSUPPORTED } from '../../src/planner/citations.ts';
import { createPlaybookPlanner } from '../../src/planner/playbook/planner.ts';
import { accountAnswer, DATABASE_GROUP, FAILED_TASK, NOW_MS, TASK_GROUP } from './account.ts';
import { Conversation } from './conversation.ts';

const clock = { now: () => NOW_MS, monotonic: () => 0, after: () => ({ cancel: () => {} }) };

function start(): Conversation {
  return new Conversation({ planner: createPlaybookPlanner(), answer: accountAnswer, clock });
}

const STATUS = "Show me the status of the 'my-web-service' in the 'production-cluster'.";
const ADD_RULE = 'Yes, add a rule to allow outbound PostgreSQL traffic to the database security group.';

async function toProposal(): Promise<{ talk: Conversation; proposal: string }> {
  const talk = start();
  await talk.say(STATUS);
  expect((await talk.say(ADD_RULE)).status).toBe('waiting');
  const created = talk.events.findLast((event) => event.type === 'proposal.created');
  return { talk, proposal: created?.type === 'proposal.created' ? created.proposal.id : '' };
}

describe('the conversation about my-web-service', () => {
  it('tells the counts, the gap, the stopped task and the proven cause in one call', async () => {
    const talk = start();
    expect((await talk.say(STATUS)).status).toBe('answered');
    expect(talk.executed).toEqual([
      expect.objectContaining({
        tool: 'diagnose_service',
        input: { cluster: 'production-cluster', service: 'my-web-service' },
      }),
    ]);
    for (const fact of [
      'ACTIVE',
      'desired 4',
      'running 3',
      'pending 0',
      'IN_PROGRESS',
      '1 task of 4 is missing',
    ]) {
      expect(talk.answer).toContain(fact);
    }
    expect(talk.answer).toContain('failed its health check and stopped 5 minutes ago');
    expect(talk.answer).toContain('The cause is proven: New tasks cannot reach their database');
    expect(talk.suggestions[0]).toBe('Show me the logs from the failed task.');
  });

  it('shows the logs of the failed task when they are wanted', async () => {
    const talk = start();
    await talk.say(STATUS);
    await talk.say('Yes, show me the logs from the failed task.');
    expect(talk.executed.at(-1)).toMatchObject({
      tool: 'task_logs',
      input: { cluster: 'production-cluster', service: 'my-web-service' },
    });
    expect(talk.answer).toContain('Database connection timeout after 30 seconds');
    expect(talk.answer).toContain(FAILED_TASK);
  });

  it('says that no egress rule lets the database port out, and what else was checked', async () => {
    const talk = start();
    await talk.say(STATUS);
    await talk.say('Check if the security group allows outbound traffic to the database port.');
    expect(talk.executed.at(-1)?.tool).toBe('check_network_path');
    expect(talk.answer).toContain(
      `No: no egress rule of ${TASK_GROUP} lets tcp/5432 out to orders-db (${DATABASE_GROUP})`,
    );
    expect(talk.answer).toContain('Checked and found open: DNS');
  });

  it('proposes exactly the rule of the finding and suspends', async () => {
    const { talk } = await toProposal();
    expect(talk.executed.at(-1)).toMatchObject({
      tool: 'ec2_authorize_security_group_egress',
      input: {
        group_id: TASK_GROUP,
        protocol: 'tcp',
        from_port: 5432,
        to_port: 5432,
        peer: { group_id: DATABASE_GROUP },
        heals: { cluster: 'production-cluster', service: 'my-web-service' },
      },
    });
    expect(talk.answer).not.toContain('Done');
  });

  it('carries the whole conversation on nothing but "yes"', async () => {
    const talk = start();
    await talk.say(STATUS);
    for (const yes of ['yes', 'yes please', 'ok, do it']) await talk.say(yes);
    expect(talk.executed.map(({ tool }) => tool)).toEqual([
      'diagnose_service',
      'task_logs',
      'check_network_path',
      'ec2_authorize_security_group_egress',
    ]);
  });

  it('never says anything of the account without evidence', async () => {
    const talk = start();
    const questions = [
      STATUS,
      'yes',
      'yes',
      'What is wrong in prod?',
      'show the tasks',
      'show deployments',
      'what changed?',
    ];
    questions.push(
      'who am i',
      'help',
      'compare with revision 41',
      'frobnicate the flux',
      'did it work?',
      'list clusters',
      'no',
    );
    for (const question of questions) {
      await talk.say(question);
      expect(talk.answer, question).not.toContain(UNSUPPORTED.trim());
    }
  });
});

describe('while a change waits', () => {
  it.each(['yes', 'Yes, please', 'approve it', 'approve', 'go ahead', 'ok do it', ADD_RULE, 'fix it'])(
    'prepares nothing twice and says how to approve: %s',
    async (message) => {
      const { talk, proposal } = await toProposal();
      const calls = talk.executed.length;
      expect((await talk.say(message)).status).toBe('answered');
      expect(talk.executed).toHaveLength(calls);
      expect(talk.answer).toBe(
        `This waits for approval: use its card, or run \`npx lockkeeper approvals approve ${proposal}\`. A message does not approve.`,
      );
    },
  );

  it.each(["no, don't", 'no', 'forget it', 'leave it', 'cancel', 'deny it', 'never mind'])(
    'closes nothing by itself and says how to deny: %s',
    async (message) => {
      const { talk, proposal } = await toProposal();
      await talk.say(message);
      expect(talk.answer).toBe(
        `It stays until it expires; deny it on its card or with \`npx lockkeeper approvals deny ${proposal}\`.`,
      );
    },
  );

  it('still answers another question', async () => {
    const { talk } = await toProposal();
    await talk.say('yes, show me the logs');
    expect(talk.executed.at(-1)?.tool).toBe('task_logs');
  });
});

describe('after the decision', () => {
  const cases: readonly [ProposalState, RegExp][] = [
    ['done', /^\*\*Done: .*ran once[\s\S]*I watch my-web-service/],
    ['denied', /^\*\*Denied: [\s\S]*Nothing ran[\s\S]*"not tonight"/],
    ['expired', /Nobody decided in time\. Nothing ran/],
    ['stale', /account changed after this was prepared, so nothing ran/],
    ['failed', /AWS refused the call, so nothing changed/],
    ['unknown', /may or may not have reached AWS/],
  ];
  it.each(cases)('says what a change that is %s did', async (state, said) => {
    const { talk, proposal } = await toProposal();
    if (state === 'denied') {
      const person = { id: 'person_2', name: 'Jonas' };
      talk.append({
        type: 'proposal.decided',
        turn: 'turn_2',
        proposal,
        decision: 'deny',
        person,
        reason: 'not tonight',
      });
    }
    expect((await talk.settle({ proposal, state, detail: 'What the node says.' })).status).toBe('answered');
    expect(talk.answer).toMatch(said);
    expect(talk.answer).not.toContain(UNSUPPORTED.trim());
  });

  it('is told by "what changed?", though no record of it is there yet', async () => {
    const { talk, proposal } = await toProposal();
    await talk.settle({ proposal, state: 'done', detail: '' });
    await talk.say('what changed?');
    expect(talk.answer).toMatch(/- in this conversation, as approved: \*\*Lockkeeper\*\* called \w+ on sg-/);
    expect(talk.answer).not.toContain(UNSUPPORTED.trim());
  });

  it('quotes the reason of a denial with the name of the person and no mark', async () => {
    const { talk, proposal } = await toProposal();
    const decided = { type: 'proposal.decided', turn: 'turn_2', proposal, decision: 'deny' } as const;
    const reason = 'Not at 3 in the night. Try again at 9.';
    talk.append({ ...decided, person: { id: 'person_2', name: 'Jonas' }, reason });
    await talk.settle({ proposal, state: 'denied', detail: '' });
    expect(talk.answer).toContain('Denied by Jonas: "Not at 3 in the night; Try again at 9."');
    expect(talk.answer).not.toContain(UNSUPPORTED.trim());
  });

  it('names the person whose id alone a finished call holds', async () => {
    const { talk, proposal } = await toProposal();
    const person = { id: 'person_2', name: 'Jonas' };
    const decided = { type: 'proposal.decided', turn: 'turn_2', proposal, decision: 'deny' } as const;
    talk.append({ ...decided, person, reason: 'no' });
    const created = talk.events.findLast((event) => event.type === 'proposal.created');
    if (created?.type !== 'proposal.created') throw new Error('no proposal');
    const decision = { decision: 'deny' as const, person: person.id, at: 1, reason: 'no', via: 'web' };
    const denied = { ...created.proposal, state: 'denied' as const, decisions: [decision] };
    talk.append({
      type: 'call.finished',
      turn: 'turn_2',
      call: denied.call,
      tool: denied.document.tool,
      ms: 1,
      result: { status: 'changed', proposal: denied, text: '' },
    });
    talk.append({ type: 'turn.resumed', turn: 'turn_2', because: 'decided' });
    await talk.run();
    expect(talk.answer).toContain('Denied by Jonas: "no"');
  });

  it('keeps waiting while the proposal is only approved or claimed', async () => {
    for (const state of ['approved', 'claimed', 'voided'] as const) {
      const { talk, proposal } = await toProposal();
      const calls = talk.executed.length;
      expect((await talk.settle({ proposal, state, detail: '' })).status).toBe('waiting');
      expect(talk.executed).toHaveLength(calls);
    }
  });

  it('offers the inverse of a change that ran, as a change of its own', async () => {
    const { talk, proposal } = await toProposal();
    await talk.settle({ proposal, state: 'done', detail: '' });
    expect((await talk.say('undo that')).status).toBe('waiting');
    expect(talk.executed.at(-1)).toMatchObject({
      tool: 'ec2_revoke_security_group_egress',
      input: { group_id: TASK_GROUP, from_port: 5432, peer: { group_id: DATABASE_GROUP } },
    });
    const step = talk.events.findLast((event) => 'calls' in event);
    expect(step).toMatchObject({
      text: expect.stringContaining('taking it back brings the incident back'),
    });
  });

  it('has nothing to undo while nothing ran', async () => {
    const { talk, proposal } = await toProposal();
    await talk.settle({ proposal, state: 'denied', detail: '' });
    await talk.say('undo that');
    expect(talk.answer).toContain('nothing to undo');
  });
});
