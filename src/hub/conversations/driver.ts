// Drives conversations: takes one runnable turn after the other until none is left. At most one driver runs per conversation;
// a place is reserved for a message before it is stored, so that of two messages at once exactly one is taken.

import { messageOf } from '../../kernel/errors.ts';
import { runnableTurn } from './progress.ts';
import { type TurnPorts, takeTurn } from './turn.ts';

interface Place {
  abort: AbortController;
  /** Somebody resumed a turn while this place was held. */
  again: boolean;
  /** Null while a message is being stored. */
  done: Promise<void> | null;
}

export class Driver {
  readonly #ports: TurnPorts;
  readonly #places = new Map<string, Place>();
  #closing = false;

  constructor(ports: TurnPorts) {
    this.#ports = ports;
  }

  get closing(): boolean {
    return this.#closing;
  }

  /** Holds the place of a conversation for a message; false when it is held already. */
  reserve(conversation: string): boolean {
    if (this.#places.has(conversation)) return false;
    this.#places.set(conversation, { abort: new AbortController(), again: false, done: null });
    return true;
  }

  /** Gives a reserved place back; `stored` says whether there is a message to answer now. */
  release(conversation: string, stored: boolean): void {
    const place = this.#places.get(conversation);
    if (place === undefined) return;
    if (stored || place.again) this.#start(conversation, place);
    else this.#places.delete(conversation);
  }

  /** A turn was resumed on record: drives the conversation now, or lets its driver look once more. */
  goOn(conversation: string): void {
    const place = this.#places.get(conversation);
    if (place !== undefined) place.again = true;
    else if (!this.#closing && this.reserve(conversation)) this.release(conversation, true);
  }

  /** Resolves when the conversation's driver, if one runs, has come to rest. */
  async rest(conversation: string): Promise<void> {
    await this.#places.get(conversation)?.done;
  }

  /** Ends the running turn, as something a person asked for. */
  stop(conversation: string): void {
    this.#places.get(conversation)?.abort.abort('stopped');
  }

  /** Cuts every running turn off without ending it on record; the next start goes on with it. */
  async close(): Promise<void> {
    this.#closing = true;
    const places = [...this.#places.values()];
    for (const place of places) place.abort.abort('closing');
    await Promise.all(places.map((place) => place.done));
  }

  #start(conversation: string, place: Place): void {
    place.done = this.#drive(conversation, place)
      .catch((error: unknown) => {
        this.#ports.log.error(
          { conversation, error: messageOf(error) },
          'a conversation stopped being driven',
        );
      })
      .finally(() => {
        if (this.#places.get(conversation) === place) this.#places.delete(conversation);
      });
  }

  async #drive(conversation: string, place: Place): Promise<void> {
    for (;;) {
      place.again = false;
      const events = await this.#ports.ledger.events(conversation);
      const turn = runnableTurn(events);
      if (turn !== null && !this.#closing) {
        if (place.abort.signal.aborted) place.abort = new AbortController();
        await takeTurn(this.#ports, { conversation, turn, events, signal: place.abort.signal });
      } else if (!place.again || this.#closing) {
        // In the same step as the look at `again`: a resumption after this finds nobody driving and starts anew.
        this.#places.delete(conversation);
        return;
      }
    }
  }
}
