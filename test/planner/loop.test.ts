// The turn loop with a planner that follows a script, and crashes at every point of it.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ToolCall, ToolResult } from '../../src/contract/call.ts';
import type { ChatEvent, ChatEventDraft } from '../../src/contract/chat.ts';
import { fail } from '../../src/contract/errors.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { currentTurn, readHistory } from '../../src/planner/history.ts';
import { runTurn } from '../../src/planner/loop.ts';
import type { Planner, PlannerRequest, PlannerStep } from '../../src/planner/port.ts';
import { proposalFor } from './account.ts';
import { Conversation } from './conversation.ts';

const usage = {
  planner: 'puppet',
  model: null,
  roundTrips: 1,
  inputTokens: 10,
  outputTokens: 1,
  cacheReadTokens: 0,
  costUsd: 0.5,
};

/** Asks for `steps[n]` at its n-th step and answers after the last one; what it does depends on the transcript alone. */
function puppet(steps: readonly (readonly string[])[]): Planner {
  return {
    name: 'puppet',
    model: null,
    step: async (request: PlannerRequest): Promise<PlannerStep> => {
      const taken = currentTurn(request.transcript).filter((item) => item.kind === 'planner').length;
      const wanted = steps[taken] ?? [];
      const calls = wanted.map((tool, index) => ({ id: `call_${taken}_${index}`, tool, input: {} }));
      return { text: `step ${taken}`, calls, raw: null, suggestions: [], usage };
    },
  };
}

const fine: ToolResult = { status: 'ok', output: null, text: 'fine', evidence: [] };
const limits = { roundTripsMax: 3, callsMax: 4, answerChars: 40, modelMs: 1_000 };

describe('a turn', () => {
  it('runs the calls of a step at the same time', async () => {
    let running = 0;
    let most = 0;
    const talk = new Conversation({
      planner: puppet([['a', 'b', 'c']]),
      answer: async () => {
        most = Math.max(most, ++running);
        await Promise.resolve();
        running -= 1;
        return fine;
      },
    });
    expect((await talk.say('go')).status).toBe('answered');
    expect(most).toBe(3);
  });

  it('adds up what its steps used', async () => {
    const talk = new Conversation({ planner: puppet([['a'], ['b']]), answer: () => fine });
    const outcome = await talk.say('go');
    expect(outcome.usage).toMatchObject({ roundTrips: 3, inputTokens: 30, costUsd: 1.5 });
  });

  it('does nothing when it has answered already', async () => {
    const talk = new Conversation({ planner: puppet([['a']]), answer: () => fine });
    await talk.say('go');
    const events = talk.events.length;
    const again = await talk.run();
    expect(again).toMatchObject({ status: 'answered', usage: { roundTrips: 0 } });
    expect(talk.events.length).toBe(events + 1);
    expect(talk.executed).toHaveLength(1);
  });

  it('may take as many steps as its limit, and not one more', async () => {
    const within = new Conversation({ planner: puppet([['a'], ['b']]), answer: () => fine, limits });
    expect((await within.say('go')).status).toBe('answered');
    const beyond = new Conversation({ planner: puppet([['a'], ['b'], ['c']]), answer: () => fine, limits });
    const outcome = await beyond.say('go');
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'turn-too-long' } });
    expect(beyond.executed.map(({ tool }) => tool)).toEqual(['a', 'b', 'c']);
  });

  it('may make as many calls as its limit, and runs none of a step that goes beyond', async () => {
    const within = new Conversation({ planner: puppet([['a', 'b', 'c', 'd']]), answer: () => fine, limits });
    expect((await within.say('go')).status).toBe('answered');
    const beyond = new Conversation({
      planner: puppet([
        ['a', 'b', 'c'],
        ['d', 'e'],
      ]),
      answer: () => fine,
      limits,
    });
    expect(await beyond.say('go')).toMatchObject({ status: 'failed', error: { code: 'turn-too-long' } });
    expect(beyond.executed).toHaveLength(3);
  });

  it('keeps an answer within its length', async () => {
    const long: Planner = {
      ...puppet([]),
      step: async (r) => ({ ...(await puppet([]).step(r)), text: 'x'.repeat(99) }),
    };
    const talk = new Conversation({ planner: long, answer: () => fine, limits });
    await talk.say('go');
    expect(talk.answer).toHaveLength(40);
  });

  it('ends as stopped when it is aborted between steps, and never records an answer', async () => {
    const stop = new AbortController();
    const answer = () => {
      stop.abort();
      return fine;
    };
    const talk = new Conversation({ planner: puppet([['a']]), answer });
    expect((await talk.say('go', stop.signal)).status).toBe('stopped');
    expect(talk.answer).toBe('');
  });

  it('reports an expected failure of the planner and lets our own bugs through', async () => {
    const failing = (thrown: unknown): Planner => ({ ...puppet([]), step: () => Promise.reject(thrown) });
    const down = new Conversation({
      planner: failing(fail('model-unavailable', { detail: 'down' })),
      answer: () => fine,
    });
    expect(await down.say('go')).toMatchObject({ status: 'failed', error: { code: 'model-unavailable' } });
    const broken = new Conversation({ planner: failing(new TypeError('ours')), answer: () => fine });
    await expect(broken.say('go')).rejects.toThrow('ours');
  });

  it('waits for a proposal, lets another turn run meanwhile, and resumes its own', async () => {
    const steps = [['change'], []];
    const talk = new Conversation({
      planner: puppet(steps),
      answer: (call) => ({ status: 'proposed', proposal: proposalFor(call, 'A change'), text: '' }),
    });
    expect((await talk.say('change it')).status).toBe('waiting');
    expect((await talk.run()).status).toBe('waiting');
    expect(talk.executed).toHaveLength(1);
    const proposal = `prop_${talk.executed[0]!.id}`;
    expect((await talk.settle({ proposal, state: 'done', detail: 'ran' })).status).toBe('answered');
    expect(talk.executed).toHaveLength(1);
  });
});

describe('history', () => {
  it('puts the running turn last, whatever was said after it began', () => {
    const person = { id: 'p', name: 'P' };
    const started = { type: 'turn.started', person, channel: 'web', planner: 'x' } as const;
    const drafts: ChatEventDraft[] = [
      { ...started, turn: 't1', text: 'one' },
      { ...started, turn: 't2', text: 'two' },
      { type: 'answer', turn: 't2', text: 'answered', suggestions: [] },
      { type: 'turn.resumed', turn: 't1', because: 'decided' },
    ];
    const events = drafts.map((draft, index) => ({ ...draft, seq: index + 1, at: 1 }) as ChatEvent);
    const history = readHistory(events);
    expect(history.turn).toBe('t1');
    expect(history.transcript.map((item) => ('text' in item ? item.text : ''))).toEqual([
      'two',
      'answered',
      'one',
    ]);
    expect(history.answered).toBe(false);
  });

  it('takes a settled proposal as the end of its call even when no event says that the call ended', () => {
    const call: ToolCall = { id: 'call_1', tool: 'change', input: {} };
    const proposal = proposalFor(call, 'A change');
    const moved = { at: 1, awsRequestId: null, error: null, approvals: 1, detail: '' };
    const person = { id: 'p', name: 'P' };
    const upTo = (state: 'approved' | 'done' | 'voided') => {
      const drafts: ChatEventDraft[] = [
        { type: 'turn.started', turn: 't', text: 'go', person, channel: 'web', planner: 'x' },
        { type: 'planner.step', turn: 't', text: '', calls: [call], raw: null },
        { type: 'proposal.created', turn: 't', proposal },
        { type: 'proposal.moved', turn: 't', outcome: { ...moved, proposal: proposal.id, state } },
      ];
      const events = drafts.map((draft, index) => ({ ...draft, seq: index + 1, at: 1 }) as ChatEvent);
      const item = readHistory(events).transcript.find(({ kind }) => kind === 'result');
      return item?.kind === 'result' ? item.result?.status : undefined;
    };
    expect(upTo('approved')).toBe('proposed');
    expect(upTo('voided')).toBe('proposed');
    expect(upTo('done')).toBe('changed');
  });
});

describe('a restart at any point', () => {
  class Crash extends Error {}

  /** Runs the turn over `log`, dying before its `dieAfter`-th durable write. */
  async function run(
    log: ChatEvent[],
    planner: Planner,
    executed: string[],
    dieAfter: number,
  ): Promise<boolean> {
    let writes = 0;
    const append = (draft: ChatEventDraft) => {
      if (writes++ >= dieAfter) throw new Crash();
      log.push({ ...draft, seq: log.length + 1, at: 1 } as ChatEvent);
    };
    const execute = async (call: ToolCall): Promise<ToolResult> => {
      append({ type: 'call.started', turn: 't', call, title: '', risk: 'read', node: null });
      await Promise.resolve();
      append({ type: 'call.finished', turn: 't', call: call.id, tool: call.tool, ms: 1, result: fine });
      executed.push(call.id);
      return fine;
    };
    try {
      const outcome = await runTurn({
        events: [...log],
        planner,
        tools: [],
        account: '1',
        region: 'r',
        signal: new AbortController().signal,
        clock: systemClock,
        newCallId: () => 'unused',
        execute,
        record: async (draft) => append(draft),
        onDelta: () => {},
      });
      return outcome.status === 'answered';
    } catch (thrown) {
      if (thrown instanceof Crash) return false;
      throw thrown;
    }
  }

  it('resumes from the stored events: every call ends exactly once and there is one answer', async () => {
    const plan = fc.array(fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }), {
      maxLength: 4,
    });
    const crashes = fc.array(fc.nat({ max: 8 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(plan, crashes, async (steps, dieAfter) => {
        const person = { id: 'p', name: 'P' };
        const start = {
          type: 'turn.started',
          turn: 't',
          text: 'go',
          person,
          channel: 'web',
          planner: 'x',
        } as const;
        const log: ChatEvent[] = [{ ...start, seq: 1, at: 1 }];
        const executed: string[] = [];
        const planner = puppet(steps);
        for (const writes of dieAfter) await run(log, planner, executed, writes);
        expect(await run(log, planner, executed, Number.POSITIVE_INFINITY)).toBe(true);
        const before = log.length;
        expect(await run(log, planner, executed, Number.POSITIVE_INFINITY)).toBe(true);
        expect(log).toHaveLength(before);
        const wanted = steps.flatMap((step, n) => step.map((_, index) => `call_${n}_${index}`));
        expect([...executed].sort()).toEqual([...wanted].sort());
        expect(log.filter(({ type }) => type === 'answer')).toHaveLength(1);
        expect(log.filter(({ type }) => type === 'planner.step')).toHaveLength(steps.length);
      }),
      { numRuns: 300 },
    );
  });
});
