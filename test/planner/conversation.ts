// A conversation kept in memory: the events a hub would store, and an executor that answers from a table.
// It stands where the hub's store and dispatch stand in production; nothing in it decides anything.

import type { ToolCall, ToolResult } from '../../src/contract/call.ts';
import type { ChatEvent, ChatEventDraft } from '../../src/contract/chat.ts';
import type { ProposalOutcome } from '../../src/contract/proposal.ts';
import type { Tool } from '../../src/contract/tool.ts';
import { type Clock, systemClock } from '../../src/kernel/clock.ts';
import { runTurn, type TurnLimits, type TurnOutcome } from '../../src/planner/loop.ts';
import type { Planner } from '../../src/planner/port.ts';

export type Answerer = (call: ToolCall) => ToolResult | Promise<ToolResult>;

export interface ConversationOptions {
  readonly planner: Planner;
  readonly answer: Answerer;
  readonly tools?: readonly Tool[];
  readonly limits?: TurnLimits;
  readonly clock?: Clock;
}

export class Conversation {
  readonly events: ChatEvent[] = [];
  readonly executed: ToolCall[] = [];
  readonly deltas: string[] = [];
  private callIds = 0;
  private readonly options: ConversationOptions;

  constructor(options: ConversationOptions) {
    this.options = options;
  }

  append(draft: ChatEventDraft): void {
    const at = (this.options.clock?.now() ?? 1_000) + this.events.length;
    this.events.push({ ...draft, seq: this.events.length + 1, at } as ChatEvent);
  }

  /** Sends a person's message and runs its turn. */
  async say(text: string, signal = new AbortController().signal): Promise<TurnOutcome> {
    const person = { id: 'person_1', name: 'Mira' };
    const turn = `turn_${this.events.filter((event) => event.type === 'turn.started').length + 1}`;
    this.append({
      type: 'turn.started',
      turn,
      text,
      person,
      channel: 'web',
      planner: this.options.planner.name,
    });
    return this.run(signal);
  }

  async run(signal = new AbortController().signal): Promise<TurnOutcome> {
    const { planner, tools, limits, clock } = this.options;
    const outcome = await runTurn({
      events: [...this.events],
      planner,
      tools: tools ?? [],
      account: '123456789012',
      region: 'us-east-1',
      ...(limits === undefined ? {} : { limits }),
      signal,
      clock: clock ?? systemClock,
      newCallId: () => `call_${++this.callIds}`,
      execute: (call) => this.execute(call),
      record: async (event) => this.append(event),
      onDelta: (delta) => this.deltas.push(delta.text),
    });
    const turn = this.events.findLast((e) => e.type === 'turn.started' || e.type === 'turn.resumed')!.turn;
    const { status, usage, error } = outcome;
    this.append({ type: 'turn.ended', turn, status, error: error ?? null, usage, audit: null });
    return outcome;
  }

  /** What the hub does when a proposal has settled. */
  async settle(
    outcome: Pick<ProposalOutcome, 'proposal' | 'state' | 'detail'> & Partial<ProposalOutcome>,
  ): Promise<TurnOutcome> {
    const created = this.events.findLast(
      (event) => event.type === 'proposal.created' && event.proposal.id === outcome.proposal,
    )!;
    const full: ProposalOutcome = { at: 5_000, awsRequestId: null, error: null, approvals: 1, ...outcome };
    this.append({ type: 'proposal.moved', turn: created.turn, outcome: full });
    this.append({ type: 'turn.resumed', turn: created.turn, because: 'decided' });
    return this.run();
  }

  get answer(): string {
    const last = this.events.findLast((event) => event.type === 'answer');
    return last?.type === 'answer' ? last.text : '';
  }

  get suggestions(): readonly string[] {
    const last = this.events.findLast((event) => event.type === 'answer');
    return last?.type === 'answer' ? last.suggestions : [];
  }

  private async execute(call: ToolCall): Promise<ToolResult> {
    this.executed.push(call);
    const turn = this.events.findLast((e) => e.type === 'planner.step')!.turn;
    this.append({ type: 'call.started', turn, call, title: call.tool, risk: 'read', node: 'node_1' });
    const result = await this.options.answer(call);
    if (result.status === 'proposed') {
      this.append({ type: 'proposal.created', turn, proposal: result.proposal });
    } else {
      this.append({ type: 'call.finished', turn, call: call.id, tool: call.tool, ms: 1, result });
    }
    return result;
  }
}
