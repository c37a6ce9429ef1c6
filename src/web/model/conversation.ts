// From a conversation's events to what the page shows: turns, phases, calls, cards, evidence numbers.
// Pure and tolerant: an event that was seen already or that refers to something unknown changes nothing,
// so a resumed stream and a fresh load give the same view.

import type { AwsCall, ErrorBody, ToolCall, ToolResult } from '../../contract/call.ts';
import type { ChatDelta, ChatEvent, Usage, WatchView } from '../../contract/chat.ts';
import type { ProposalOutcome, ProposalState, ProposalView } from '../../contract/proposal.ts';

export interface CallView {
  readonly call: ToolCall;
  /** When it began, by the hub's clock. */
  readonly at: number;
  readonly title: string;
  readonly risk: 'read' | 'reveal' | 'change' | 'destroy';
  readonly node: string | null;
  aws: AwsCall[];
  result: ToolResult | null;
  ms: number | null;
}

export type Card =
  | { readonly kind: 'result'; readonly call: string }
  | { readonly kind: 'proposal'; readonly id: string }
  | { readonly kind: 'watch'; readonly id: string };

/** What happened between a message (or a decision) and the answer to it. */
export interface PhaseView {
  readonly key: string;
  readonly because: string | null;
  /** What the planner said before its calls. */
  readonly said: string[];
  answer: string | null;
  /** Text that is still arriving. */
  streaming: string;
  readonly calls: CallView[];
  readonly cards: Card[];
  suggestions: readonly string[];
}

export interface TurnView {
  readonly id: string;
  readonly at: number;
  readonly text: string;
  readonly person: { readonly id: string; readonly name: string };
  readonly channel: string;
  readonly planner: string;
  readonly phases: PhaseView[];
  status: 'working' | 'answered' | 'waiting' | 'failed' | 'stopped';
  error: ErrorBody | null;
  usage: Usage | null;
  audit: { from: number; to: number } | null;
  /** Of the newest event that concerns the turn. */
  lastSeq: number;
}

export interface ProposalCard {
  readonly view: ProposalView;
  state: ProposalState;
  outcome: ProposalOutcome | null;
  decisions: ProposalView['decisions'];
}

export interface EvidenceMark {
  readonly id: string;
  /** `E7`: the seventh observation of the conversation. */
  readonly label: string;
  readonly aws: AwsCall;
}

export interface ConversationView {
  readonly turns: TurnView[];
  readonly calls: Map<string, CallView>;
  readonly proposals: Map<string, ProposalCard>;
  readonly watches: Map<string, WatchView>;
  readonly evidence: Map<string, EvidenceMark>;
  lastSeq: number;
}

/** Folds events, oldest first, into a view; `deltas` is text still being written, by turn. */
export function conversationView(
  events: readonly ChatEvent[],
  deltas: ReadonlyMap<string, string> = new Map(),
): ConversationView {
  const view: ConversationView = {
    turns: [],
    calls: new Map(),
    proposals: new Map(),
    watches: new Map(),
    evidence: new Map(),
    lastSeq: 0,
  };
  for (const event of events) {
    if (event.seq <= view.lastSeq) continue;
    view.lastSeq = event.seq;
    apply(view, event);
  }
  for (const turn of view.turns) {
    const phase = turn.phases.at(-1);
    if (phase !== undefined && turn.status === 'working') phase.streaming = deltas.get(turn.id) ?? '';
  }
  return view;
}

/** Adds a delta to the text of its turn. `offset` 0 begins a new step; a gap keeps what is there, since the event will bring all. */
export function withDelta(deltas: ReadonlyMap<string, string>, delta: ChatDelta): Map<string, string> {
  const next = new Map(deltas);
  const known = delta.offset === 0 ? '' : (deltas.get(delta.turn) ?? '');
  next.set(delta.turn, delta.offset <= known.length ? known.slice(0, delta.offset) + delta.text : known);
  return next;
}

/** What the conversation is doing now, for the title, the pill and the composer. */
export function momentOf(view: ConversationView): Moment {
  if (view.turns.some((turn) => turn.status === 'working')) return 'working';
  const proposals = [...view.proposals.values()];
  if (proposals.some(({ state }) => state === 'approved' || state === 'claimed')) return 'executing';
  if (proposals.some(({ state }) => state === 'pending')) return 'waiting';
  const watched = watchMomentOf(view);
  if (watched !== null) return watched;
  return view.turns.at(-1)?.status === 'failed' ? 'failed' : 'answered';
}

/** What the newest watch says, which holds beside a proposal that waits; null when it is an older turn's story. */
export function watchMomentOf(view: ConversationView): Moment | null {
  const watch = [...view.watches.values()].at(-1);
  if (watch === undefined) return null;
  if (watch.state === 'watching') return 'watching';
  if (!view.turns.at(-1)?.phases.some((phase) => hasWatch(phase, watch.id))) return null;
  return watch.state === 'succeeded' ? 'solved' : 'unsolved';
}

export type Moment =
  | 'working'
  | 'executing'
  | 'waiting'
  | 'watching'
  | 'solved'
  | 'unsolved'
  | 'failed'
  | 'answered';

function hasWatch(phase: PhaseView, id: string): boolean {
  return phase.cards.some((card) => card.kind === 'watch' && card.id === id);
}

function apply(view: ConversationView, event: ChatEvent): void {
  if (event.type === 'turn.started') {
    view.turns.push(newTurn(event));
    return;
  }
  const turn = view.turns.findLast(({ id }) => id === event.turn);
  const phase = turn?.phases.at(-1);
  if (turn === undefined || phase === undefined) return;
  turn.lastSeq = event.seq;
  switch (event.type) {
    case 'turn.resumed':
      turn.status = 'working';
      turn.phases.push(newPhase(`${turn.id}.${event.seq}`, event.because));
      return;
    case 'turn.ended':
      turn.status = event.status;
      turn.error = event.error;
      turn.usage = event.usage;
      turn.audit = event.audit;
      return;
    case 'answer':
      phase.answer = event.text;
      phase.suggestions = event.suggestions;
      return;
    case 'planner.step':
      if (event.calls.length > 0 && event.text.trim() !== '') phase.said.push(event.text);
      return;
    default:
      applyToPhase(view, phase, event);
  }
}

type PhaseEvent = Exclude<
  ChatEvent,
  { type: 'turn.started' | 'turn.resumed' | 'turn.ended' | 'answer' | 'planner.step' }
>;

function applyToPhase(view: ConversationView, phase: PhaseView, event: PhaseEvent): void {
  switch (event.type) {
    case 'call.started': {
      // A call that goes on after a restart or a decision keeps its place.
      if (view.calls.has(event.call.id)) return;
      const { call, at, title, risk, node } = event;
      const started: CallView = { call, at, title, risk, node, aws: [], result: null, ms: null };
      view.calls.set(call.id, started);
      phase.calls.push(started);
      return;
    }
    case 'aws.started':
    case 'aws.finished':
      applyAws(view, event.aws);
      return;
    case 'call.finished': {
      const call = view.calls.get(event.call);
      if (call === undefined) return;
      call.result = event.result;
      call.ms = event.ms;
      if (event.result.status === 'ok' && call.call.tool !== watchTool) {
        phase.cards.push({ kind: 'result', call: call.call.id });
      }
      if (event.result.status === 'changed' || event.result.status === 'proposed')
        mergeProposal(view, event.result.proposal);
      return;
    }
    case 'proposal.created':
      if (!view.proposals.has(event.proposal.id))
        phase.cards.push({ kind: 'proposal', id: event.proposal.id });
      mergeProposal(view, event.proposal);
      return;
    case 'proposal.decided':
      applyDecision(view, event);
      return;
    case 'proposal.moved': {
      const card = view.proposals.get(event.outcome.proposal);
      if (card === undefined) return;
      card.state = event.outcome.state;
      card.outcome = event.outcome;
      return;
    }
    default: {
      const { watch } = event;
      if (!view.watches.has(watch.id)) phase.cards.push({ kind: 'watch', id: watch.id });
      view.watches.set(watch.id, watch);
    }
  }
}

/** The read tool that a watch looks with; its calls belong to the watch card, not to the timeline. */
export const watchTool = 'service_steadiness';

function applyAws(view: ConversationView, aws: AwsCall): void {
  const call = view.calls.get(aws.call);
  if (call !== undefined) {
    const at = call.aws.findIndex(({ id }) => id === aws.id);
    if (at === -1) call.aws.push(aws);
    else call.aws[at] = aws;
  }
  if (aws.evidence !== null && !view.evidence.has(aws.evidence)) {
    view.evidence.set(aws.evidence, { id: aws.evidence, label: `E${view.evidence.size + 1}`, aws });
  }
}

function applyDecision(
  view: ConversationView,
  event: Extract<ChatEvent, { type: 'proposal.decided' }>,
): void {
  const card = view.proposals.get(event.proposal);
  if (card === undefined) return;
  const { decision, reason, at } = event;
  card.decisions = [...card.decisions, { decision, person: event.person.name, at, reason, via: 'console' }];
  if (card.state !== 'pending') return;
  const approvals = card.decisions.filter((one) => one.decision === 'approve').length;
  if (decision === 'deny') card.state = 'denied';
  else if (approvals >= card.view.document.quorum.approvals) card.state = 'approved';
}

function mergeProposal(view: ConversationView, proposal: ProposalView): void {
  const known = view.proposals.get(proposal.id);
  // The events of decisions name people; the proposal itself knows their ids only.
  const decisions =
    known !== undefined && known.decisions.length >= proposal.decisions.length
      ? known.decisions
      : proposal.decisions;
  // A call that finishes as `proposed` carries the state of then; what the node reported since is newer.
  const outcome = proposal.outcome ?? known?.outcome ?? null;
  const state = proposal.state === 'pending' ? (known?.state ?? proposal.state) : proposal.state;
  view.proposals.set(proposal.id, { view: proposal, state, outcome, decisions });
}

function newTurn(event: Extract<ChatEvent, { type: 'turn.started' }>): TurnView {
  return {
    id: event.turn,
    at: event.at,
    text: event.text,
    person: event.person,
    channel: event.channel,
    planner: event.planner,
    phases: [newPhase(event.turn, null)],
    status: 'working',
    error: null,
    usage: null,
    audit: null,
    lastSeq: event.seq,
  };
}

function newPhase(key: string, because: string | null): PhaseView {
  return { key, because, said: [], answer: null, streaming: '', calls: [], cards: [], suggestions: [] };
}
