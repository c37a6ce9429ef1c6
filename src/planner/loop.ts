// One turn, from the person's message to an answer, a suspension or an error.
// Pure of I/O: calls, durable records and streamed text are functions that are passed in.
// A step is recorded before its calls run, a call with a result never runs again, and every loop is bounded.

import type { ErrorBody, ToolCall, ToolResult } from '../contract/call.ts';
import type { ChatDelta, ChatEvent, ChatEventDraft, Usage } from '../contract/chat.ts';
import { fail } from '../contract/errors.ts';
import type { Tool } from '../contract/tool.ts';
import type { Clock } from '../kernel/clock.ts';
import { LockkeeperError } from '../kernel/errors.ts';
import { limits as allLimits } from '../kernel/limits.ts';
import { inertMarkdown } from './answer-text.ts';
import { markUnsupported, withoutRepeats } from './citations.ts';
import { currentTurn, openCalls, readHistory } from './history.ts';
import type { Planner, PlannerStep, TranscriptItem } from './port.ts';

export interface TurnLimits {
  readonly roundTripsMax: number;
  readonly callsMax: number;
  readonly answerChars: number;
  readonly modelMs: number;
}

export interface TurnRun {
  /** The whole conversation so far, in order. */
  readonly events: readonly ChatEvent[];
  /** The turn to run; without it, the one that was started or resumed last. */
  readonly turn?: string;
  readonly planner: Planner;
  readonly tools: readonly Tool[];
  readonly account: string;
  readonly region: string;
  readonly limits?: TurnLimits;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  newCallId(): string;
  /** Runs one call and records `call.started` and `call.finished` itself. A refusal is a result, not a throw. */
  execute(call: ToolCall): Promise<ToolResult>;
  /** Makes an event durable; resolves once it is. Gets `planner.step` and `answer` only. */
  record(event: ChatEventDraft): Promise<void>;
  /** Text as it streams; must not throw. */
  onDelta(delta: ChatDelta): void;
}

export interface TurnOutcome {
  readonly status: 'answered' | 'waiting' | 'failed' | 'stopped';
  /** Set when `failed`. */
  readonly error?: ErrorBody;
  /** What this run used. A resumed turn reports each run by itself. */
  readonly usage: Usage;
}

/**
 * Runs a turn until it has answered (`answered`), waits for a decision (`waiting`), was aborted (`stopped`) or cannot
 * go on (`failed`). Running it again over the events it recorded does nothing twice. Only our own bugs are thrown.
 */
export async function runTurn(run: TurnRun): Promise<TurnOutcome> {
  const turn = new TurnState(run);
  try {
    for (;;) {
      if (run.signal.aborted) return turn.end('stopped');
      await turn.runOpenCalls();
      if (run.signal.aborted) return turn.end('stopped');
      if (turn.isWaiting()) return turn.end('waiting');
      if (turn.answered) return turn.end('answered');
      await turn.takeStep();
    }
  } catch (thrown) {
    if (!(thrown instanceof LockkeeperError)) throw thrown;
    if (thrown.code === 'cancelled' || run.signal.aborted) return turn.end('stopped');
    return { ...turn.end('failed'), error: thrown.toJSON() };
  }
}

/** The running turn: its transcript so far and what it has spent of its limits. */
class TurnState {
  answered: boolean;
  private readonly run: TurnRun;
  private readonly limits: TurnLimits;
  private readonly turn: string;
  private readonly transcript: TranscriptItem[];
  private steps: number;
  private calls: number;
  private usage: Usage;

  constructor(run: TurnRun) {
    const history = readHistory(run.events, run.turn);
    this.run = run;
    this.limits = run.limits ?? allLimits.turn;
    this.turn = history.turn;
    this.transcript = [...history.transcript];
    this.steps = history.steps;
    this.calls = history.calls;
    this.answered = history.answered;
    this.usage = noUsage(run.planner);
  }

  end(status: TurnOutcome['status']): TurnOutcome {
    return { status, usage: this.usage };
  }

  /** A proposal of this turn waits; of other turns it does not matter. */
  isWaiting(): boolean {
    return currentTurn(this.transcript).some(
      (item) => item.kind === 'result' && item.result?.status === 'proposed',
    );
  }

  /** Runs, in parallel, every call that has no result: those of the last step, or those a crash left behind. */
  async runOpenCalls(): Promise<void> {
    const open = openCalls(this.transcript);
    const results = await Promise.all(open.map((call) => this.run.execute(call)));
    open.forEach((call, index) => {
      const at = this.transcript.findIndex((item) => item.kind === 'result' && item.call === call.id);
      this.transcript[at] = {
        kind: 'result',
        call: call.id,
        tool: call.tool,
        result: results[index] ?? null,
        atMs: this.run.clock.now(),
      };
    });
  }

  /** Asks for one step. It is on record before any of its calls runs, so that a restart finds them. */
  async takeStep(): Promise<void> {
    const { roundTripsMax, callsMax } = this.limits;
    if (this.steps >= roundTripsMax) throw fail('turn-too-long', { limit: roundTripsMax, what: 'steps' });
    const step = await this.ask(this.steps === roundTripsMax - 1);
    this.steps += 1;
    this.usage = addUsage(this.usage, step.usage);
    if (step.calls.length === 0) return this.answer(step);
    this.calls += step.calls.length;
    if (this.calls > callsMax) throw fail('turn-too-long', { limit: callsMax, what: 'calls' });
    const text = withoutRepeats(step.text).slice(0, this.limits.answerChars);
    const calls = step.calls.map((call) => ({ id: call.id, tool: call.tool, input: { ...call.input } }));
    await this.run.record({ type: 'planner.step', turn: this.turn, text, calls, raw: step.raw });
    this.transcript.push({ kind: 'planner', text, calls, raw: step.raw });
    for (const call of calls) {
      this.transcript.push({ kind: 'result', call: call.id, tool: call.tool, result: null });
    }
  }

  private async answer(step: PlannerStep): Promise<void> {
    const said = step.text.trim() === '' ? 'There is no answer. Put the question differently.' : step.text;
    const told = withoutRepeats(inertMarkdown(said));
    const text = markUnsupported(told, this.transcript, this.run.events).slice(0, this.limits.answerChars);
    const suggestions = step.suggestions.slice(0, SUGGESTIONS_MAX);
    const problem = step.problem === undefined ? {} : { problem: step.problem };
    await this.run.record({ type: 'answer', turn: this.turn, text, suggestions, ...problem });
    this.answered = true;
  }

  /** Asks the planner under a deadline of its own. */
  private async ask(answerNow: boolean): Promise<PlannerStep> {
    const { run, turn } = this;
    const deadline = new AbortController();
    const timer = run.clock.after(this.limits.modelMs, () => deadline.abort());
    let offset = 0;
    try {
      return await run.planner.step({
        transcript: this.transcript,
        tools: run.tools,
        answerNow,
        account: run.account,
        region: run.region,
        nowMs: run.clock.now(),
        signal: AbortSignal.any([run.signal, deadline.signal]),
        newCallId: () => run.newCallId(),
        onText: (text) => {
          run.onDelta({ type: 'answer.delta', turn, offset, text });
          offset += text.length;
        },
      });
    } catch (thrown) {
      if (!deadline.signal.aborted || run.signal.aborted) throw thrown;
      const detail = `no answer within ${Math.round(this.limits.modelMs / 1000)} s`;
      throw fail('model-unavailable', { detail }, thrown);
    } finally {
      timer.cancel();
    }
  }
}

const SUGGESTIONS_MAX = 4;

function noUsage(planner: Planner): Usage {
  return {
    planner: planner.name,
    model: planner.model,
    roundTrips: 0,
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    costUsd: 0,
  };
}

/** A cost that is not known makes the sum unknown rather than too small. */
function addUsage(sum: Usage, step: Usage): Usage {
  return {
    ...sum,
    roundTrips: sum.roundTrips + step.roundTrips,
    inputTokens: sum.inputTokens + step.inputTokens,
    outputTokens: sum.outputTokens + step.outputTokens,
    cacheReadTokens: sum.cacheReadTokens + step.cacheReadTokens,
    costUsd: sum.costUsd === null || step.costUsd === null ? null : sum.costUsd + step.costUsd,
  };
}
