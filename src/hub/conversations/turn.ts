// One run of one turn: the planner's loop with the hub's door, store and feed behind it, and the end of the turn on record.

import type { ToolCall } from '../../contract/call.ts';
import type { ChatEvent, ChatEventDraft } from '../../contract/chat.ts';
import type { LinkLevel } from '../../contract/decision.ts';
import { fail } from '../../contract/errors.ts';
import type { Tool } from '../../contract/tool.ts';
import type { Caller, Dispatch } from '../../dispatch/request.ts';
import { invariant } from '../../kernel/assert.ts';
import { type Clock, sleep } from '../../kernel/clock.ts';
import { type ErrorParams, LockkeeperError, messageOf } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { Logger } from '../../kernel/log.ts';
import type { NodeDirectory } from '../../link/port.ts';
import { runTurn, type TurnOutcome } from '../../planner/loop.ts';
import type { Planner } from '../../planner/port.ts';
import type { Store } from '../../store/port.ts';
import type { Feed } from '../feed.ts';
import type { Ledger } from './ledger.ts';
import { openCalls } from './progress.ts';

/** The agent that works for people, and how far its link lets it go. */
export interface Agent {
  readonly name: string;
  readonly level: LinkLevel;
}

export interface TurnPorts {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly feed: Feed;
  readonly dispatch: Dispatch;
  readonly directory: NodeDirectory;
  readonly planner: Planner;
  readonly tools: readonly Tool[];
  readonly agent: Agent;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface TurnStart {
  readonly conversation: string;
  readonly turn: string;
  readonly events: readonly ChatEvent[];
  readonly signal: AbortSignal;
}

/** How long to wait before a turn's end is tried again while the disk refuses it. */
const RETRY_MS = 2_000;

/** Runs a turn until it has answered, waits, was stopped or failed, and records that. Returns once it is on disk. */
export async function takeTurn(ports: TurnPorts, start: TurnStart): Promise<void> {
  const outcome = await runGuarded(ports, start);
  for (;;) {
    try {
      return await recordEnd(ports, start, outcome);
    } catch (error) {
      ports.log.warn(
        { conversation: start.conversation, error: messageOf(error) },
        'the end of a turn is not on record yet',
      );
      if (start.signal.aborted && start.signal.reason === 'closing') return;
      await sleep(ports.clock, RETRY_MS);
    }
  }
}

type Ended = Pick<TurnOutcome, 'status' | 'error'> & { readonly usage: TurnOutcome['usage'] | null };

async function runGuarded(ports: TurnPorts, start: TurnStart): Promise<Ended> {
  try {
    return await run(ports, start);
  } catch (error) {
    ports.log.error(
      { conversation: start.conversation, turn: start.turn, error: messageOf(error) },
      'a turn broke',
    );
    const known = error instanceof LockkeeperError ? error : fail('unexpected', {}, error);
    return { status: 'failed', error: known.toJSON(), usage: null };
  }
}

async function run(ports: TurnPorts, start: TurnStart): Promise<TurnOutcome> {
  const { conversation, turn, signal } = start;
  const { store, clock, dispatch, feed, planner, tools, directory, agent } = ports;
  const person = await callerOf(ports, start.events, turn);
  const node = directory.connected(null);
  return runTurn({
    events: start.events,
    turn,
    planner,
    tools,
    account: node?.inventory.account ?? '',
    region: node?.inventory.region ?? '',
    signal,
    clock,
    newCallId: () => newId('call', clock.now()),
    execute: (call: ToolCall) =>
      dispatch.call({ call, conversation, turn, person, agent: agent.name, level: agent.level, signal }),
    record: async (event: ChatEventDraft) => {
      await store.commit([{ kind: 'events.append', conversation, events: [event] }], []);
    },
    onDelta: (delta) => feed.delta(conversation, delta),
  });
}

/** The person who started a turn, with the roles of now. Somebody who was removed meanwhile has none. */
export async function callerOf(
  ports: Pick<TurnPorts, 'store'>,
  events: readonly ChatEvent[],
  turn: string,
): Promise<Caller> {
  const started = events.find((event) => event.type === 'turn.started' && event.turn === turn);
  invariant(started?.type === 'turn.started', 'a turn begins with turn.started');
  const person = await ports.store.person(started.person.id);
  return person ?? { ...started.person, roles: [] };
}

async function recordEnd(ports: TurnPorts, start: TurnStart, outcome: Ended): Promise<void> {
  const { conversation, turn } = start;
  // The hub closes: the turn stays as it is and goes on when the hub is back.
  if (start.signal.aborted && start.signal.reason === 'closing') return;
  const head = await ports.store.auditHead();
  const first = await firstAuditSeq(ports, start);
  await ports.ledger.append(conversation, (events) => {
    // Everything the turn would wait for has been decided while it was still busy: it goes on at once instead.
    if (outcome.status === 'waiting' && openCalls(events, turn).length === 0) return null;
    return {
      events: [
        {
          turn,
          type: 'turn.ended',
          status: outcome.status,
          error: outcome.error ?? null,
          usage: outcome.usage,
          audit: first === null ? null : { from: first, to: Math.max(first, head.seq + 1) },
        },
      ],
      audit: [
        {
          event: 'turn.ended',
          actor: { kind: 'agent', id: ports.agent.name },
          conversation,
          turn,
          data: {
            status: outcome.status,
            ...errorParams(outcome),
            planner: ports.planner.name,
            model: ports.planner.model,
          },
        },
      ],
    };
  });
}

/** The first audit record of this turn. */
async function firstAuditSeq(ports: TurnPorts, start: TurnStart): Promise<number | null> {
  const page = await ports.store.auditPage({
    conversation: start.conversation,
    event: 'turn.started',
    limit: 200,
  });
  const own = page.items.find((record) => record.body.includes(`"${start.turn}"`));
  return own?.seq ?? null;
}

function errorParams(outcome: Ended): ErrorParams {
  return outcome.error === undefined ? {} : { code: outcome.error.code };
}
