// Conversations: messages in, turns run one at a time, and everything that can go on after a restart does.
//
// What always holds: at most one turn of a conversation runs; a turn that waits for people holds nothing in memory; a message
// is allowed while a change waits, since the waiting call belongs to its own turn, which goes on after the newer one.

import { fail } from '../../contract/errors.ts';
import type { Caller, DispatchRedactor } from '../../dispatch/request.ts';
import { sleep } from '../../kernel/clock.ts';
import { messageOf } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { limits } from '../../kernel/limits.ts';
import type { Write } from '../../store/port.ts';
import { resumption } from './ledger.ts';
import { runnableTurn } from './progress.ts';
import { titleOf } from './title.ts';
import { type TurnPorts, takeTurn } from './turn.ts';

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

interface Active {
  abort: AbortController;
  /** Somebody resumed a turn while another ran. */
  again: boolean;
  done: Promise<void>;
}

/** After a restart a turn waits this long for its node before it goes on without. */
const NODE_WAIT_MS = 10_000;
const NODE_POLL_MS = 100;

export function createConversations(ports: ConversationPorts): Conversations {
  const active = new Map<string, Active>();
  let closing = false;

  function activate(conversation: string): Active {
    const entry: Active = { abort: new AbortController(), again: false, done: Promise.resolve() };
    active.set(conversation, entry);
    return entry;
  }

  function drive(conversation: string, entry: Active): void {
    entry.done = driveAll(conversation, entry)
      .catch((error: unknown) =>
        ports.log.error({ conversation, error: messageOf(error) }, 'a conversation stopped being driven'),
      )
      .finally(() => {
        if (active.get(conversation) === entry) active.delete(conversation);
      });
  }

  async function driveAll(conversation: string, entry: Active): Promise<void> {
    for (;;) {
      entry.again = false;
      const events = await ports.ledger.events(conversation);
      const turn = runnableTurn(events);
      if (turn !== null && !closing) {
        if (entry.abort.signal.aborted) entry.abort = new AbortController();
        await takeTurn(ports, { conversation, turn, events, signal: entry.abort.signal });
      } else if (!entry.again || closing) {
        // In the same step as the look at `again`: a resumption after this finds nobody driving and starts anew.
        active.delete(conversation);
        return;
      }
    }
  }

  async function accept(
    person: Caller,
    message: Message,
    into: { readonly conversation: string; readonly create: boolean },
  ): Promise<Accepted> {
    const { conversation } = into;
    const turn = newId('turn', ports.clock.now());
    const text = ports.redact.text(message.text).text;
    const committed = await ports.store.commit(
      [
        openingOf(ports, person, { ...into, text }),
        {
          kind: 'events.append',
          conversation,
          events: [
            {
              turn,
              type: 'turn.started',
              text,
              person: { id: person.id, name: person.name },
              channel: message.channel,
              planner: ports.planner.name,
            },
          ],
        },
      ],
      [
        ...(into.create
          ? [{ event: 'conversation.created', actor: actorOf(person), conversation } as const]
          : []),
        {
          event: 'turn.started',
          actor: actorOf(person),
          conversation,
          turn,
          data: { text, channel: message.channel },
        },
      ],
    );
    return { conversation, turn, after: (committed.events[0]?.seq ?? 1) - 1 };
  }

  async function acceptAndDrive(
    person: Caller,
    message: Message,
    into: { readonly conversation: string; readonly create: boolean },
  ): Promise<Accepted> {
    const entry = activate(into.conversation);
    try {
      const accepted = await accept(person, message, into);
      drive(into.conversation, entry);
      return accepted;
    } catch (error) {
      active.delete(into.conversation);
      throw error;
    }
  }

  async function send(person: Caller, conversation: string, message: Message): Promise<Accepted> {
    const summary = await ports.store.conversation(conversation);
    if (summary === null) throw fail('conversation-unknown', { id: conversation });
    const events = await ports.store.events(conversation, limits.conversation.events - 1, 1);
    if (events.length > 0) throw fail('turn-too-long', { limit: limits.conversation.events, what: 'events' });
    if (summary.state === 'working' || active.has(conversation)) throw fail('conversation-busy');
    return acceptAndDrive(person, message, { conversation, create: false });
  }

  function goOn(conversation: string): void {
    const running = active.get(conversation);
    if (running !== undefined) running.again = true;
    else if (!closing) drive(conversation, activate(conversation));
  }

  return {
    start: (person, message) =>
      acceptAndDrive(person, message, { conversation: newId('conv', ports.clock.now()), create: true }),
    send,
    async stop(conversation) {
      if ((await ports.store.conversation(conversation)) === null)
        throw fail('conversation-unknown', { id: conversation });
      active.get(conversation)?.abort.abort('stopped');
    },
    goOn,
    async resumeAll() {
      const cut = await ports.store.workingConversations();
      if (cut.length > 0) await nodeOrTimeout(ports, () => closing);
      for (const { id } of cut) {
        if (closing || active.has(id)) continue;
        await announceRestart(ports, id);
        goOn(id);
      }
    },
    async close() {
      closing = true;
      const running = [...active.values()];
      for (const entry of running) entry.abort.abort('closing');
      await Promise.all(running.map((entry) => entry.done));
    },
  };
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
