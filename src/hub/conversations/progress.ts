// Where a conversation stands, read from its events alone. Nothing about a running conversation is kept anywhere else,
// which is why a restart at any point finds its way.

import type { ToolCall } from '../../contract/call.ts';
import type { ChatEventDraft, ConversationSummary } from '../../contract/chat.ts';

type Boundary = Extract<ChatEventDraft, { type: 'turn.started' | 'turn.resumed' | 'turn.ended' }>;

/** The last start, resumption or end of a turn; undefined for a turn that is not in the events. */
export function boundaryOf(events: readonly ChatEventDraft[], turn: string): Boundary | undefined {
  return events.findLast((event): event is Boundary => event.turn === turn && isBoundary(event));
}

/** The oldest turn that was started or resumed and has not ended since. */
export function runnableTurn(events: readonly ChatEventDraft[]): string | null {
  return turnsOf(events).find((turn) => boundaryOf(events, turn)?.type !== 'turn.ended') ?? null;
}

/** True when a turn waits and every call it made has its result, so that it can go on. */
export function isReadyToResume(events: readonly ChatEventDraft[], turn: string): boolean {
  return isWaiting(events, turn) && openCalls(events, turn).length === 0;
}

export function isWaiting(events: readonly ChatEventDraft[], turn: string): boolean {
  const boundary = boundaryOf(events, turn);
  return boundary?.type === 'turn.ended' && boundary.status === 'waiting';
}

/** Calls a turn's planner asked for that have no `call.finished` yet. */
export function openCalls(events: readonly ChatEventDraft[], turn: string): ToolCall[] {
  const finished = new Set(events.flatMap((event) => (event.type === 'call.finished' ? [event.call] : [])));
  return events
    .flatMap((event) => (event.type === 'planner.step' && event.turn === turn ? event.calls : []))
    .filter((call) => !finished.has(call.id));
}

/** Calls whose newest proposal was voided and that have no result: they are to be prepared again. */
export function voidedCalls(
  events: readonly ChatEventDraft[],
): readonly { readonly turn: string; readonly call: ToolCall; readonly proposal: string }[] {
  const newest = new Map<string, { proposal: string; state: string }>();
  for (const event of events) {
    if (event.type === 'proposal.created')
      newest.set(event.proposal.call, { proposal: event.proposal.id, state: 'pending' });
    if (event.type === 'proposal.moved') {
      for (const entry of newest.values())
        if (entry.proposal === event.outcome.proposal) entry.state = event.outcome.state;
    }
  }
  return turnsOf(events)
    .filter((turn) => isWaiting(events, turn))
    .flatMap((turn) => openCalls(events, turn).map((call) => ({ turn, call, newest: newest.get(call.id) })))
    .flatMap(({ turn, call, newest: last }) =>
      last?.state === 'voided' ? [{ turn, call, proposal: last.proposal }] : [],
    );
}

/** The state shown in the list of conversations. What waits for a person outweighs what only runs by itself. */
export function stateOf(events: readonly ChatEventDraft[]): ConversationSummary['state'] {
  if (runnableTurn(events) !== null) return 'working';
  if (turnsOf(events).some((turn) => isWaiting(events, turn))) return 'waiting';
  if (isWatching(events)) return 'watching';
  const last = events.findLast((event) => event.type === 'turn.ended' || event.type === 'watch.ended');
  if (last?.type === 'watch.ended') return last.watch.state === 'failed' ? 'failed' : 'answered';
  return last?.type === 'turn.ended' && last.status === 'failed' ? 'failed' : 'answered';
}

const stateWords: Readonly<Record<ConversationSummary['state'], string>> = {
  working: 'working',
  waiting: 'waiting for approval',
  watching: 'watching',
  answered: 'answered',
  failed: 'failed',
};

const CLUSTER_CHARS_MAX = 60;

/** "production-cluster · waiting for approval": what the conversation is about, then where it stands. */
export function subtitleOf(events: readonly ChatEventDraft[], state: ConversationSummary['state']): string {
  const cluster = clusterOf(events);
  const watch = events.findLast((event) => event.type === 'watch.ended' || event.type === 'turn.started');
  const words =
    watch?.type === 'watch.ended' ? (watch.watch.state === 'failed' ? 'not recovered' : 'recovered') : null;
  const standing =
    state === 'answered' || state === 'failed' ? (words ?? stateWords[state]) : stateWords[state];
  return cluster !== null ? `${cluster.slice(0, CLUSTER_CHARS_MAX)} · ${standing}` : standing;
}

// A search looks into every cluster. The one the conversation is about is that of the newest call about a service (or task)
// that a person named, else the newest that a person named itself; what only came along in a search is not shown.
function clusterOf(events: readonly ChatEventDraft[]): string | null {
  const said = events.flatMap((event) => (event.type === 'turn.started' ? [event.text] : []));
  const failed = new Set(
    events.flatMap((event) =>
      event.type === 'call.finished' && event.result.status === 'failed' ? [event.call] : [],
    ),
  );
  const calls = events.flatMap((event) => (event.type === 'call.started' ? [event.call] : []));
  const clusterIn = ({ input }: ToolCall): string | null =>
    typeof input.cluster === 'string' && input.cluster !== '' ? input.cluster : null;
  const about = ({ input }: ToolCall): readonly unknown[] =>
    [input.service, input.services, input.task, input.tasks].flat();
  const named = (name: unknown): boolean =>
    typeof name === 'string' && said.some((text) => names(text, name.split('/').at(-1) ?? ''));
  const inCluster = calls.filter((call) => clusterIn(call) !== null && !failed.has(call.id));
  const call =
    inCluster.findLast((one) => about(one).some(named)) ?? inCluster.findLast((one) => named(clusterIn(one)));
  return call === undefined ? null : clusterIn(call);
}

// `web` is named in "is web healthy?" and not in "is my-web-service healthy?".
function names(text: string, name: string): boolean {
  if (name === '') return false;
  const [low, wanted] = [text.toLowerCase(), name.toLowerCase()];
  for (let at = low.indexOf(wanted); at !== -1; at = low.indexOf(wanted, at + 1)) {
    const around = `${low[at - 1] ?? ' '}${low[at + wanted.length] ?? ' '}`;
    if (!/[\w-]/.test(around)) return true;
  }
  return false;
}

function turnsOf(events: readonly ChatEventDraft[]): string[] {
  return events.flatMap((event) => (event.type === 'turn.started' ? [event.turn] : []));
}

function isWatching(events: readonly ChatEventDraft[]): boolean {
  const open = new Set<string>();
  for (const event of events) {
    if (event.type === 'watch.started') open.add(event.watch.id);
    if (event.type === 'watch.ended') open.delete(event.watch.id);
  }
  return open.size > 0;
}

function isBoundary(event: ChatEventDraft): event is Boundary {
  return event.type === 'turn.started' || event.type === 'turn.resumed' || event.type === 'turn.ended';
}
