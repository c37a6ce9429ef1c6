// Puts a node together and runs it: identity, journal, ledger, AWS, calls, and the connection to the hub.
// When `startNode` resolves, what an earlier process left open is known and on its way to the hub.

import type { NodeInventory } from '../contract/wire.ts';
import { invariant } from '../kernel/assert.ts';
import type { Timer } from '../kernel/clock.ts';
import { LockkeeperError, messageOf } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { reconcileClaim } from './apply.ts';
import { createAwsClients } from './aws/clients.ts';
import { createBudget } from './budget.ts';
import { Calls } from './calls.ts';
import type { Accepted, WorkFrame } from './connection.ts';
import { expireProposal, submitDecision } from './decide.ts';
import { Dialler } from './dialler.ts';
import { HubLine, type Wire } from './hub-line.ts';
import { hubUrl } from './hub-url.ts';
import { type Identity, openIdentity } from './identity.ts';
import { openJournal } from './journal.ts';
import { JournalTeller } from './journal-teller.ts';
import { Ledger, LedgerReplay } from './ledger.ts';
import { joinTokenOf, type NodeOptions, type OwnMeans, ownMeans, type RunningNode } from './options.ts';
import type { NodeParts } from './parts.ts';
import { createPlace } from './place.ts';
import { proposeChange } from './propose.ts';
import { shareReads } from './shared-reads.ts';

export type { NodeOptions, RunningNode } from './options.ts';

/**
 * Starts a node and lets it connect in the background. Throws `hub-insecure`, `data-unwritable`, `data-locked`,
 * `config-invalid` or `journal-broken`.
 */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const url = hubUrl(options.hubUrl);
  const identity = openIdentity(options.dataDir);
  try {
    const node = await Node.assemble(options, identity, url);
    await node.start();
    return node;
  } catch (error) {
    identity.release();
    throw error;
  }
}

const RECHECK_MS = 30_000;

interface Given {
  readonly options: NodeOptions;
  readonly identity: Identity;
  readonly parts: NodeParts;
  readonly means: OwnMeans;
  readonly joinToken: string | null;
  readonly url: string;
}

/** What keeps the node from its account, and what to do about it. */
function problemOf(error: unknown): string {
  return error instanceof LockkeeperError ? `${error.message} ${error.next}`.trim() : messageOf(error);
}

class Node implements RunningNode {
  readonly #options: NodeOptions;
  readonly #identity: Identity;
  readonly #parts: NodeParts;
  readonly #means: OwnMeans;
  readonly #ledger: Ledger;
  readonly #calls: Calls;
  readonly #dialler: Dialler;
  readonly #teller: JournalTeller;
  readonly #decisions = new Set<Promise<void>>();
  #inventory: NodeInventory;
  #openClaims: string[] = [];
  #recheck: Timer | null = null;
  #closing: Promise<void> | null = null;

  static async assemble(options: NodeOptions, identity: Identity, url: string): Promise<Node> {
    const means = await ownMeans(options);
    const joinToken = await joinTokenOf(options, identity.membership() !== null);
    const replay = new LedgerReplay();
    const journal = await openJournal(options.dataDir, options.clock, (entry) => replay.add(entry));
    const { clock, log } = options;
    const { clients, reads } = shareReads(createAwsClients(options.aws), { clock });
    const { policy, redact, renderCli } = means;
    const parts: NodeParts = {
      clock,
      log,
      redact,
      renderCli,
      journal,
      clients,
      reads,
      key: identity.key,
      build: options.build,
      bootEpoch: newId('boot', clock.now()),
      tools: new Map(options.tools.map((tool) => [tool.name, tool])),
      policy,
      toolSchemaSha256: (tool) => means.toolSchemaSha256(tool),
      budget: createBudget(clock, options.limits),
      line: new HubLine(),
      failpoint: options.failpoint ?? (() => {}),
      place: createPlace({ clock, clients, journal, redact, renderCli }),
      hubKey: () => {
        const membership = identity.membership();
        invariant(membership !== null, 'decisions arrive only from a hub that was joined');
        return membership.hubKey;
      },
    };
    return new Node({ options, identity, parts, means, joinToken, url }, new Ledger(parts, replay));
  }

  private constructor(given: Given, ledger: Ledger) {
    const { options, identity, parts, url } = given;
    this.#means = given.means;
    this.#options = options;
    this.#identity = identity;
    this.#parts = parts;
    this.#ledger = ledger;
    this.#teller = new JournalTeller(parts);
    const room = {
      parts,
      ledger,
      onExpiry: (id: string) => this.#track(expireProposal({ parts, ledger }, id)),
    };
    this.#calls = new Calls(parts, (admitted, signal) => proposeChange(room, admitted, signal));
    this.#inventory = this.#describe(null, null);
    this.#dialler = new Dialler({
      url,
      identity,
      joinToken: given.joinToken,
      clock: parts.clock,
      log: parts.log,
      random: Math.random,
      inventory: () => this.#takeInventory(),
      onJoined: (joined) => this.#join(joined),
      onOpen: (wire, welcome) => this.#opened(wire, welcome),
      onFrame: (frame) => this.#receive(frame),
      onLost: () => this.#lost(),
    });
  }

  get inventory(): NodeInventory {
    return this.#inventory;
  }

  id(): string | null {
    return this.#identity.membership()?.node ?? null;
  }

  connected(): boolean {
    return this.#dialler.state === 'open';
  }

  whenConnected(): Promise<void> {
    return this.#dialler.whenConnected();
  }

  async start(): Promise<void> {
    const { journal, bootEpoch, build } = this.#parts;
    try {
      await journal.append({ event: 'node.started', bootEpoch, build });
      this.#openClaims = (await this.#ledger.recover()).map(({ id }) => id);
    } catch (error) {
      await journal.close();
      throw error;
    }
    this.#dialler.start();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { journal, clients } = this.#parts;
    this.#recheck?.cancel();
    this.#dialler.drain();
    this.#calls.stopAll();
    await this.#calls.drain();
    while (this.#decisions.size > 0) await Promise.all(this.#decisions);
    this.#ledger.close();
    await journal.append({ event: 'node.stopped' }).catch((error: unknown) => {
      this.#parts.log.warn({ because: messageOf(error) }, 'the end of the node was not journaled');
    });
    // The hub hears of the last line too.
    this.#teller.close();
    await this.#dialler.close();
    await journal.close();
    clients.close();
    this.#means.release();
    this.#identity.release();
  }

  async #join(joined: { readonly node: string; readonly hubKey: string }): Promise<void> {
    this.#identity.join(joined);
    await this.#parts.journal.append({ event: 'node.enrolled', ...joined });
  }

  #opened(wire: Wire, { lastSeq, journal }: Accepted): void {
    const { line, bootEpoch } = this.#parts;
    // First who is alive, so that the hub never takes an outcome on its way here for a void proposal.
    wire.send({ type: 'proposal.list', bootEpoch, live: [...this.#ledger.alive()].slice(0, 1_000) });
    line.attach(wire, lastSeq);
    this.#teller.answer(journal);
    this.#recheck?.cancel();
    if (this.#inventory.problem !== null) this.#recheckLater();
    const claims = this.#openClaims;
    this.#openClaims = [];
    for (const id of claims) this.#track(this.#reconcile(id));
  }

  /** A node whose credentials do not work yet looks again from time to time, and connects anew to say what it found. */
  #recheckLater(): void {
    const { clock, place } = this.#parts;
    this.#recheck = clock.after(RECHECK_MS, () => {
      place().then(
        () => this.#dialler.redial(),
        () => this.#recheckLater(),
      );
    });
  }

  #lost(): void {
    this.#recheck?.cancel();
    this.#parts.line.detach();
    this.#calls.abandonAll();
  }

  #receive(frame: WorkFrame): void {
    switch (frame.type) {
      case 'call.run':
        this.#teller.soon();
        this.#calls.start(frame);
        break;
      case 'call.cancel':
        this.#calls.stop(frame.call);
        break;
      case 'aws.recorded':
        this.#parts.line.recorded(frame.id, frame.ok);
        break;
      case 'ack':
        this.#parts.line.acknowledged(frame.seq);
        break;
      case 'approval.submit':
        this.#teller.soon();
        this.#track(
          submitDecision({ parts: this.#parts, ledger: this.#ledger }, frame.proposal, frame.approval),
        );
    }
  }

  async #reconcile(id: string): Promise<void> {
    const room = { parts: this.#parts, ledger: this.#ledger };
    await this.#ledger.exclusive(id, () => reconcileClaim(room, id));
  }

  /** Keeps a piece of work in sight until it ends, so that closing waits for it. */
  #track(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => {
        this.#parts.log.error({ because: messageOf(error) }, 'work on a proposal failed');
      })
      .finally(() => this.#decisions.delete(tracked));
    this.#decisions.add(tracked);
  }

  async #takeInventory(): Promise<NodeInventory> {
    try {
      this.#inventory = this.#describe(await this.#parts.place(), null);
    } catch (error) {
      this.#inventory = this.#describe(null, problemOf(error));
    }
    return this.#inventory;
  }

  #describe(
    place: { account: string; region: string; identity: string } | null,
    problem: string | null,
  ): NodeInventory {
    const { build, bootEpoch, clients, tools, toolSchemaSha256 } = this.#parts;
    return {
      name: this.#options.name.slice(0, 64),
      account: place?.account ?? '',
      region: place?.region ?? this.#options.aws.region ?? '',
      identity: place?.identity ?? null,
      problem,
      endpoint: clients.endpoint,
      build,
      bootEpoch,
      tools: [...tools.values()].map((tool) => ({ name: tool.name, schemaSha256: toolSchemaSha256(tool) })),
    };
  }
}
