// The journal's file: JSON lines, each sealed to the one before it, only ever appended to.
// A last line that was cut off by a crash was never acknowledged, so it is cut away and that is written down; any other
// damage stops the node, because a journal that was edited proves nothing any more.

import { constants, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { z } from 'zod';
import { fail } from '../contract/errors.ts';
import { sha256Text } from '../contract/json.ts';
import { CHAIN_START, chainHash } from '../kernel/hash-chain.ts';
import { limits } from '../kernel/limits.ts';

export interface JournalHead {
  readonly seq: number;
  readonly hash: string;
}

export interface ReplayedJournal {
  readonly head: JournalHead;
  readonly recent: RecentHashes;
  /** Length of the part that is whole, in bytes. */
  readonly bytes: number;
  /** Bytes of a torn last line that were cut away. */
  readonly tornBytes: number;
}

/** The hashes of the newest records, by number. */
export class RecentHashes {
  readonly #hashes: string[] = [];
  #last = 0;

  add({ seq, hash }: JournalHead): void {
    this.#hashes[seq % limits.journal.recentHashes] = hash;
    this.#last = seq;
  }

  /** The hash of record `seq`; null when there is none, or it is too old to be kept here. */
  at(seq: number): string | null {
    if (seq <= this.#last - limits.journal.recentHashes || seq > this.#last) return null;
    return this.#hashes[seq % limits.journal.recentHashes] ?? null;
  }
}

const line = z.strictObject({ seq: z.number().int(), prev: sha256Text, hash: sha256Text, body: z.string() });
const READ_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;

/** The next line after `head` for `body`, and the head it makes. */
export function sealLine(head: JournalHead, body: string): { text: string; head: JournalHead } {
  const seq = head.seq + 1;
  const hash = chainHash(seq, head.hash, body);
  return { text: `${JSON.stringify({ seq, prev: head.hash, hash, body })}\n`, head: { seq, hash } };
}

/**
 * Reads the journal from its start, hands each body to `onBody`, and repairs a torn end.
 * Throws `journal-broken` with the line's number for any other damage.
 */
export async function replayJournal(
  path: string,
  file: FileHandle,
  onBody: (body: string) => void,
): Promise<ReplayedJournal> {
  let head: JournalHead = { seq: 0, hash: CHAIN_START };
  const recent = new RecentHashes();
  let bytes = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunksOf(file)) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(NEWLINE); end !== -1; end = rest.indexOf(NEWLINE)) {
      const record = openLine(path, head, rest.subarray(0, end));
      onBody(record.body);
      head = { seq: record.seq, hash: record.hash };
      recent.add(head);
      bytes += end + 1;
      rest = rest.subarray(end + 1);
    }
  }
  if (rest.length > 0) {
    await file.truncate(bytes);
    await file.datasync();
  }
  return { head, recent, bytes, tornBytes: rest.length };
}

/** Where appending waits for the disk by itself (open(2), O_DSYNC), which saves a second trip through the thread pool for every record. */
const DSYNC = process.platform === 'linux' ? constants.O_DSYNC : 0;

/** Opens (and makes, readable by its owner only) the file for reading and appending. */
export async function openJournalFile(path: string): Promise<FileHandle> {
  try {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | DSYNC;
    const file = await open(path, flags, 0o600);
    await file.chmod(0o600);
    return file;
  } catch (error) {
    throw fail('data-unwritable', { path, detail: String(error) }, error);
  }
}

/** Appends `bytes` and resolves when they are on disk. Throws when they are not, or only in part. */
export async function appendDurably(file: FileHandle, bytes: Uint8Array): Promise<void> {
  const { bytesWritten } = await file.write(bytes);
  if (bytesWritten !== bytes.length) throw new Error(`only ${bytesWritten} of ${bytes.length} bytes fitted`);
  if (DSYNC === 0) await file.datasync();
}

/** A check that throws when `path` no longer leads to the open file: what is written to it then is lost when the node ends. */
export async function sameFileGuard(path: string, file: FileHandle): Promise<() => void> {
  const open = await file.stat();
  return () => {
    const there = statSync(path);
    if (there.ino !== open.ino || there.dev !== open.dev)
      throw new Error(`${path} was replaced while it was in use`);
  };
}

function openLine(path: string, head: JournalHead, text: Buffer): z.infer<typeof line> {
  const number = head.seq + 1;
  const broken = (detail: string) => fail('journal-broken', { path, line: number, detail });
  let value: unknown;
  try {
    value = JSON.parse(text.toString('utf8'));
  } catch {
    throw broken('it is not JSON');
  }
  const parsed = line.safeParse(value);
  if (!parsed.success) throw broken('it is not a journal record');
  const { seq, prev, hash, body } = parsed.data;
  if (seq !== number) throw broken(`it has number ${seq}`);
  if (prev !== head.hash) throw broken('it does not follow the line before it');
  if (chainHash(seq, prev, body) !== hash) throw broken('its text is not the one that was sealed');
  // The same record in other bytes would be another file than the one that was written.
  if (sealLine(head, body).text !== `${text.toString('utf8')}\n`) throw broken('its bytes were changed');
  return parsed.data;
}

async function* chunksOf(file: FileHandle): AsyncGenerator<Buffer> {
  let position = 0;
  for (;;) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(READ_BYTES), 0, READ_BYTES, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
