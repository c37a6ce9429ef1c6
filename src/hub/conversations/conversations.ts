// Conversations: messages in, turns run one at a time, and everything that can go on after a restart does.
//
// What always holds: at most one turn of a conversation runs; a turn that waits for people holds nothing in memory; a message
// is allowed while a change waits, since the waiting call belongs to its own turn, which goes on after the newer one.

import { fail } from '../../contract/errors.ts';
import type { Caller, DispatchRedactor } from '../../dispatch/request.ts';
import { sleep } from '../../kernel/clock.ts';
import { newId } from '../../kernel/ids.ts';
import { limits } from '../../kernel/limits.ts';
import type { Write } from '../../store/port.ts';
import { Driver } from './driver.ts';
import { resumption } from './ledger.ts';
import { runnableTurn } from './progress.ts';
import { titleOf } from './title.ts';
import type { TurnPorts } from './turn.ts';

export interface Message {
  readonly text: string;
  readonly channel: 'web' | 'slack' | 'cli';
}

export interface Accepted {
  readonly conversation: string;
  readonly turn: string;
  readonly after: number;
}

export interface Conversations {
  start(person: Caller, message: Message): Promise<Accepted>;
  /** Throws `conversation-unknown` or `conversation-busy`. */
  send(person: Caller, conversation: string, message: Message): Promise<Accepted>;
  /** Ends the running turn as soon as it notices; does nothing when none runs. Throws `conversation-unknown`. */
  stop(conversation: string): Promise<void>;
  /** A turn of this conversation was resumed on record: runs it now, or after the one that is running. */
  goOn(conversation: string): void;
  /** After a start: every turn that was cut off goes on. */
  resumeAll(): Promise<void>;
  /** Stops every running turn without ending it on record, so that the next start goes on with it. */
  close(): Promise<void>;
}

export interface ConversationPorts extends TurnPorts {
  readonly redact: DispatchRedactor;
}

/** After a restart a turn waits this long for its node before it goes on without: a node that was away dials at least that often. */
const NODE_WAIT_MS = limits.wire.reconnectMaxMs + limits.wire.handshakeMs;
const NODE_POLL_MS = 100;

export function createConversations(ports: ConversationPorts): Conversations {
  const driver = new Driver(ports);

  async function accept(person: Caller, message: Message, into: Destination): Promise<Accepted> {
    const { conversation } = into;
    if (!driver.reserve(conversation)) throw fail('conversation-busy');
    let stored = false;
    try {
      const accepted = await storeMessage(ports, person, { message, into });
      stored = true;
      return accepted;
    } finally {
      driver.release(conversation, stored);
    }
  }

  return {
    start: (person, message) =>
      accept(person, message, { conversation: newId('conv', ports.clock.now()), create: true }),
    async send(person, conversation, message) {
      // A turn is over for people when its end is stored; its driver needs a moment more.
      if ((await standing(ports, conversation)) !== 'working') await driver.rest(conversation);
      if ((await standing(ports, conversation)) === 'working') throw fail('conversation-busy');
      const last = await ports.store.events(conversation, limits.conversation.events - 1, 1);
      if (last.length > 0) throw fail('turn-too-long', { limit: limits.conversation.events, what: 'events' });
      return accept(person, message, { conversation, create: false });
    },
    async stop(conversation) {
      await standing(ports, conversation);
      driver.stop(conversation);
    },
    goOn: (conversation) => driver.goOn(conversation),
    async resumeAll() {
      const cut = await ports.store.workingConversations();
      if (cut.length > 0) await nodeOrTimeout(ports, () => driver.closing);
      for (const { id } of cut) {
        if (driver.closing) return;
        await announceRestart(ports, id);
        driver.goOn(id);
      }
    },
    close: () => driver.close(),
  };
}

interface Destination {
  readonly conversation: string;
  readonly create: boolean;
}

/** Where a conversation stands. Throws `conversation-unknown`. */
async function standing(ports: ConversationPorts, conversation: string): Promise<string> {
  const summary = await ports.store.conversation(conversation);
  if (summary === null) throw fail('conversation-unknown', { id: conversation });
  return summary.state;
}

async function storeMessage(
  ports: ConversationPorts,
  person: Caller,
  on: { readonly message: Message; readonly into: Destination },
): Promise<Accepted> {
  const { message, into } = on;
  const { conversation } = into;
  const { channel } = message;
  const turn = newId('turn', ports.clock.now());
  const text = ports.redact.text(message.text).text;
  const actor = actorOf(person);
  const event = {
    turn,
    type: 'turn.started',
    text,
    person: { id: person.id, name: person.name },
    channel,
    planner: ports.planner.name,
  } as const;
  const committed = await ports.store.commit(
    [openingOf(ports, person, { ...into, text }), { kind: 'events.append', conversation, events: [event] }],
    [
      ...(into.create ? [{ event: 'conversation.created', actor, conversation } as const] : []),
      { event: 'turn.started', actor, conversation, turn, data: { text, channel } },
    ],
  );
  return { conversation, turn, after: (committed.events[0] ?? 1) - 1 };
}

function openingOf(
  ports: ConversationPorts,
  person: Caller,
  into: { readonly conversation: string; readonly create: boolean; readonly text: string },
): Write {
  if (!into.create)
    return {
      kind: 'conversation.update',
      id: into.conversation,
      patch: { state: 'working', subtitle: 'working' },
    };
  const now = ports.clock.now();
  return {
    kind: 'conversation.create',
    conversation: {
      id: into.conversation,
      title: titleOf(into.text),
      state: 'working',
      subtitle: 'working',
      person: person.id,
      createdAt: now,
      updatedAt: now,
    },
  };
}

/** Puts on record that a cut-off turn goes on; a conversation in which nothing can go on gets its true state back. */
async function announceRestart(ports: ConversationPorts, conversation: string): Promise<void> {
  const because = 'The hub was restarted.';
  await ports.ledger.append(conversation, (events) => {
    const turn = runnableTurn(events);
    if (turn === null) return { events: [] };
    return {
      events: [{ turn, type: 'turn.resumed', because }],
      audit: [resumption({ conversation, turn }, because)],
    };
  });
}

async function nodeOrTimeout(ports: ConversationPorts, isClosing: () => boolean): Promise<void> {
  for (let waitedMs = 0; waitedMs < NODE_WAIT_MS; waitedMs += NODE_POLL_MS) {
    if (isClosing() || ports.directory.connected(null) !== null) return;
    await sleep(ports.clock, NODE_POLL_MS);
  }
}

function actorOf(person: Caller) {
  return { kind: 'person', id: person.id, name: person.name } as const;
}
