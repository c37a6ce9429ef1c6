// The node's own log. `append` resolves when the record is on disk and not before; records of one event-loop tick share
// a flush, and one for which nobody waits is written with the next. When the disk refuses, everybody who waits is told, the file is put back to its last whole line, and the next
// append tries again: nothing runs on a promise that was not written.

import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { fail } from '../contract/errors.ts';
import { instantMs } from '../contract/json.ts';
import { proposalOutcome, signedApproval, signedProposal } from '../contract/proposal.ts';
import { canonicalJson } from '../kernel/canonical-json.ts';
import type { Clock, Timer } from '../kernel/clock.ts';
import { messageOf } from '../kernel/errors.ts';
import { limits } from '../kernel/limits.ts';
import {
  appendDurably,
  type JournalHead,
  openJournalFile,
  type RecentHashes,
  type ReplayedJournal,
  replayJournal,
  sameFileGuard,
  sealLine,
} from './journal-file.ts';

const failure = z.object({ code: z.string(), message: z.string() });

/** The closed list of what a node writes down. */
export const journalEvent = z.discriminatedUnion('event', [
  z.object({ event: z.literal('node.started'), bootEpoch: z.string(), build: z.string() }),
  z.object({ event: z.literal('node.stopped') }),
  z.object({ event: z.literal('journal.repaired'), tornBytes: z.number() }),
  z.object({ event: z.literal('node.enrolled'), node: z.string(), hubKey: z.string() }),
  z.object({
    event: z.literal('call.started'),
    call: z.string(),
    tool: z.string(),
    conversation: z.string(),
    person: z.string(),
    agent: z.string(),
  }),
  z.object({ event: z.literal('call.refused'), call: z.string(), tool: z.string(), error: failure }),
  z.object({
    event: z.literal('call.finished'),
    call: z.string(),
    status: z.string(),
    error: failure.nullable(),
  }),
  z.object({
    event: z.literal('aws.started'),
    aws: z.string(),
    call: z.string(),
    action: z.string(),
    cli: z.string(),
  }),
  z.object({
    event: z.literal('aws.finished'),
    aws: z.string(),
    call: z.string(),
    status: z.string(),
    requestId: z.string().nullable(),
    attempts: z.number(),
    evidenceSha256: z.string().nullable(),
    error: failure.nullable(),
  }),
  z.object({ event: z.literal('proposal.prepared'), proposal: z.string(), signed: signedProposal }),
  z.object({
    event: z.literal('approval.refused'),
    proposal: z.string(),
    approval: signedApproval,
    error: failure,
  }),
  z.object({ event: z.literal('approval.counted'), proposal: z.string(), approval: signedApproval }),
  z.object({ event: z.literal('proposal.moved'), outcome: proposalOutcome }),
  z.object({ event: z.literal('outcome.acknowledged'), proposal: z.string(), state: z.string() }),
]);
export type JournalEvent = z.infer<typeof journalEvent>;

const body = z.object({ v: z.literal(1), at: instantMs, entry: journalEvent });

interface Waiting {
  readonly body: string;
  resolve(): void;
  reject(error: unknown): void;
}

export interface Journal {
  readonly head: JournalHead;
  /** The hash of one of the newest records; null when there is no such record, or it is too old to say. */
  hashAt(seq: number): string | null;
  /** Resolves when the record is on disk. Throws `audit-unwritable`. */
  append(entry: JournalEvent): Promise<void>;
  /** The same, at the latest after `limits.journal.laterMs`: with the next record for which somebody waits, if there is one sooner. */
  appendLater(entry: JournalEvent): Promise<void>;
  /** Writes what was accepted and closes the file. */
  close(): Promise<void>;
}

/**
 * Opens `journal.jsonl` in `dataDir`, hands every earlier entry to `onEntry` in order, and goes on where it ended.
 * Throws `journal-broken`, naming the line, when the file is not what was written.
 */
export async function openJournal(
  dataDir: string,
  clock: Clock,
  onEntry: (entry: JournalEvent, at: number) => void,
): Promise<Journal> {
  const file = path.join(dataDir, 'journal.jsonl');
  const handle = await openJournalFile(file);
  try {
    let lineNumber = 0;
    const replayed = await replayJournal(file, handle, (text) => {
      lineNumber += 1;
      const parsed = body.safeParse(JSON.parse(text));
      if (!parsed.success)
        throw fail('journal-broken', {
          path: file,
          line: lineNumber,
          detail: 'it is not an event of this version',
        });
      onEntry(parsed.data.entry, parsed.data.at);
    });
    const guard = await sameFileGuard(file, handle);
    const journal = new FileJournal({ file: handle, guard, clock }, replayed);
    if (replayed.tornBytes > 0)
      await journal.append({ event: 'journal.repaired', tornBytes: replayed.tornBytes });
    return journal;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

class FileJournal implements Journal {
  readonly #file: FileHandle;
  /** Throws when the file is no longer the one at its path. */
  readonly #guard: () => void;
  readonly #clock: Clock;
  #head: JournalHead;
  readonly #recent: RecentHashes;
  #bytes: number;
  #waiting: Waiting[] = [];
  #flushing: Promise<void> | null = null;
  #later: Timer | null = null;
  #closed = false;

  constructor(
    { file, guard, clock }: { file: FileHandle; guard: () => void; clock: Clock },
    { head, recent, bytes }: ReplayedJournal,
  ) {
    this.#file = file;
    this.#guard = guard;
    this.#head = head;
    this.#recent = recent;
    this.#bytes = bytes;
    this.#clock = clock;
  }

  get head(): JournalHead {
    return this.#head;
  }

  hashAt(seq: number): string | null {
    return this.#recent.at(seq);
  }

  append(entry: JournalEvent): Promise<void> {
    const written = this.#push(entry);
    this.#flush();
    return written;
  }

  appendLater(entry: JournalEvent): Promise<void> {
    const written = this.#push(entry);
    if (this.#flushing === null)
      this.#later ??= this.#clock.after(limits.journal.laterMs, () => this.#flush());
    return written;
  }

  #push(entry: JournalEvent): Promise<void> {
    if (this.#closed) return Promise.reject(fail('audit-unwritable', { detail: 'the journal is closed' }));
    return new Promise((resolve, reject) => {
      // What cannot be written exactly throws here, which rejects this append alone.
      const text = canonicalJson({ v: 1, at: Math.trunc(this.#clock.now()), entry });
      this.#waiting.push({ body: text, resolve, reject });
    });
  }

  #flush(): void {
    this.#later?.cancel();
    this.#later = null;
    this.#flushing ??= this.#flushSoon();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#flush();
    await this.#flushing;
    await this.#file.close();
  }

  /** Waits for the end of the tick, then writes until nobody waits. Never rejects. */
  async #flushSoon(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      await this.#write(batch);
    }
    this.#flushing = null;
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    let head = this.#head;
    const heads: JournalHead[] = [];
    let text = '';
    for (const { body: sealed } of batch) {
      const next = sealLine(head, sealed);
      head = next.head;
      heads.push(head);
      text += next.text;
    }
    try {
      const bytes = Buffer.from(text, 'utf8');
      this.#guard();
      await appendDurably(this.#file, bytes);
      this.#bytes += bytes.length;
      this.#head = head;
      for (const written of heads) this.#recent.add(written);
      for (const { resolve } of batch) resolve();
    } catch (error) {
      await this.#rewind();
      const refusal = fail('audit-unwritable', { detail: messageOf(error) }, error);
      for (const { reject } of batch) reject(refusal);
    }
  }

  /** Cuts away what a failed write left behind. If even that fails, the next start does it, or the next write breaks the chain and is seen. */
  async #rewind(): Promise<void> {
    try {
      await this.#file.truncate(this.#bytes);
    } catch {
      this.#closed = true;
    }
  }
}
