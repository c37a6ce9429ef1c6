// What a planner reads, derived from a conversation's events and nothing else.
// The same events always give the same transcript, and a call that has a result never counts as open again:
// that is why a restart at any point resumes and repeats nothing.

import type { ToolResult } from '../contract/call.ts';
import type { ChatEvent } from '../contract/chat.ts';
import { type ProposalOutcome, type ProposalView, settledStates } from '../contract/proposal.ts';
import { invariant } from '../kernel/assert.ts';
import type { PlannedCall, TranscriptItem } from './port.ts';

export interface History {
  /** The turn that runs. */
  readonly turn: string;
  /** Other turns in the order they started, then the running one, so that a planner always continues at the end. */
  readonly transcript: readonly TranscriptItem[];
  /** Steps and calls the running turn has taken so far, over all its resumptions. */
  readonly steps: number;
  readonly calls: number;
  readonly answered: boolean;
}

/** Reads the history for `turn`; without it, for the turn that was started or resumed last. */
export function readHistory(events: readonly ChatEvent[], turn: string = latestTurn(events)): History {
  const results = { of: resultsOf(events), endedAt: endsOf(events) };
  const own = events.filter((event) => event.turn === turn);
  const steps = own.filter((event) => event.type === 'planner.step');
  const others = turnOrder(events).filter((id) => id !== turn);
  return {
    turn,
    transcript: [...others, turn].flatMap((id) => itemsOfTurn(events, id, results)),
    steps: steps.length,
    calls: steps.reduce((sum, step) => sum + step.calls.length, 0),
    answered: own.some((event) => event.type === 'answer'),
  };
}

/** The calls of the running turn that have no result; executing them is what resuming means. */
export function openCalls(transcript: readonly TranscriptItem[]): PlannedCall[] {
  const open = new Set<string>();
  for (const item of currentTurn(transcript)) {
    if (item.kind === 'result' && item.result === null) open.add(item.call);
  }
  return currentTurn(transcript)
    .flatMap((item) => (item.kind === 'planner' ? item.calls : []))
    .filter((call) => open.has(call.id));
}

/** The items of the last turn of a transcript, from the person's message on. */
export function currentTurn(transcript: readonly TranscriptItem[]): readonly TranscriptItem[] {
  const start = transcript.findLastIndex((item) => item.kind === 'person');
  return start < 0 ? transcript : transcript.slice(start);
}

function latestTurn(events: readonly ChatEvent[]): string {
  const last = events.findLast((event) => event.type === 'turn.started' || event.type === 'turn.resumed');
  invariant(last !== undefined, 'a history holds at least one started turn');
  return last.turn;
}

function turnOrder(events: readonly ChatEvent[]): string[] {
  return events.flatMap((event) => (event.type === 'turn.started' ? [event.turn] : []));
}

/** A call stands right behind the step that asked for it, with whatever result it has by now. */
function itemsOfTurn(
  events: readonly ChatEvent[],
  turn: string,
  results: { readonly of: ReadonlyMap<string, ToolResult>; readonly endedAt: ReadonlyMap<string, number> },
): TranscriptItem[] {
  return events
    .filter((event) => event.turn === turn)
    .flatMap((event): TranscriptItem[] => {
      switch (event.type) {
        case 'turn.started':
          return [{ kind: 'person', text: event.text, turn }];
        case 'planner.step':
          return [
            { kind: 'planner', text: event.text, calls: event.calls, raw: event.raw },
            ...event.calls.map(
              (call): TranscriptItem => ({
                kind: 'result',
                call: call.id,
                tool: call.tool,
                result: results.of.get(call.id) ?? null,
                atMs: results.endedAt.get(call.id),
              }),
            ),
          ];
        case 'answer':
          return [
            { kind: 'planner', text: event.text, calls: [], raw: null, suggestions: event.suggestions },
          ];
        case 'watch.ended':
          return [{ kind: 'note', text: `The watch ${event.watch.state}: ${event.watch.detail}` }];
        case 'turn.ended':
          return endNote(event.status, event.error?.message ?? '');
        default:
          return [];
      }
    });
}

function endNote(status: string, message: string): TranscriptItem[] {
  if (status === 'stopped') return [{ kind: 'note', text: 'A person stopped this turn.' }];
  if (status === 'failed') return [{ kind: 'note', text: `This turn failed: ${message}` }];
  return [];
}

/**
 * The latest word on every call. A proposal stands as the call's result from the moment it is created; once it has
 * settled it counts as ended even when the event that says so was lost between two commits.
 * `voided` and `superseded` stay waiting: the same call is prepared again.
 */
function resultsOf(events: readonly ChatEvent[]): Map<string, ToolResult> {
  const results = new Map<string, ToolResult>();
  const names = namesOfPeople(events);
  const callOfProposal = new Map<string, string>();
  for (const event of events) {
    if (event.type === 'call.finished') results.set(event.call, withNames(event.result, names));
    if (event.type === 'proposal.created') {
      callOfProposal.set(event.proposal.id, event.proposal.call);
      results.set(event.proposal.call, {
        status: 'proposed',
        proposal: event.proposal,
        text: 'The change is prepared and waits for approval.',
      });
    }
    if (event.type === 'proposal.moved' || event.type === 'proposal.decided') {
      const id = event.type === 'proposal.moved' ? event.outcome.proposal : event.proposal;
      const call = callOfProposal.get(id);
      const current = call === undefined ? undefined : results.get(call);
      if (call === undefined || current?.status !== 'proposed' || current.proposal.id !== id) continue;
      results.set(
        call,
        event.type === 'proposal.moved'
          ? moved(current.proposal, event.outcome)
          : { ...current, proposal: decided(current.proposal, event) },
      );
    }
  }
  return results;
}

function endsOf(events: readonly ChatEvent[]): ReadonlyMap<string, number> {
  return new Map(
    events.flatMap((event) => (event.type === 'call.finished' ? [[event.call, event.at] as const] : [])),
  );
}

/** Stored decisions hold ids; the events of the decisions know the names to them. */
function namesOfPeople(events: readonly ChatEvent[]): ReadonlyMap<string, string> {
  return new Map(
    events.flatMap((event) =>
      event.type === 'turn.started' || event.type === 'proposal.decided'
        ? [[event.person.id, event.person.name] as const]
        : [],
    ),
  );
}

function withNames(result: ToolResult, names: ReadonlyMap<string, string>): ToolResult {
  if (result.status !== 'changed' && result.status !== 'proposed') return result;
  const decisions = result.proposal.decisions.map((one) => ({
    ...one,
    person: names.get(one.person) ?? one.person,
  }));
  return { ...result, proposal: { ...result.proposal, decisions } };
}

/** A settled proposal ends its call; one that is void is prepared again under the same call and goes on waiting. */
function moved(proposal: ProposalView, outcome: ProposalOutcome): ToolResult {
  const next: ProposalView = { ...proposal, state: outcome.state, outcome };
  const prepareAgain = outcome.state === 'voided' || outcome.state === 'superseded';
  return settledStates.has(outcome.state) && !prepareAgain
    ? { status: 'changed', proposal: next, text: outcome.detail }
    : { status: 'proposed', proposal: next, text: outcome.detail };
}

function decided(
  proposal: ProposalView,
  event: Extract<ChatEvent, { type: 'proposal.decided' }>,
): ProposalView {
  const decision = {
    decision: event.decision,
    person: event.person.name,
    at: event.at,
    reason: event.reason,
    via: 'hub',
  };
  return { ...proposal, decisions: [...proposal.decisions, decision] };
}
