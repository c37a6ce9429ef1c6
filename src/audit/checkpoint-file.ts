// The file of signed checkpoints beside the database: one line each, in order. It is there so that a log whose end is
// cut off inside the database still shows it.

import { closeSync, existsSync, fdatasyncSync, fstatSync, openSync, readFileSync, writeSync } from 'node:fs';
import { fail } from '../contract/errors.ts';
import { messageOf } from '../kernel/errors.ts';
import type { StoredCheckpoint } from '../store/port.ts';

export interface CheckpointFile {
  /** Writes `line` durably: after the last one, or over it when it is about the same record. */
  write(line: string, replacesLast: boolean): void;
  close(): void;
}

/** Opens or creates the file at `path`, readable by its owner alone. An unfinished last line is written over. Throws `data-unwritable`. */
export function openCheckpointFile(path: string): CheckpointFile {
  return named(path, () => openAt(path));
}

/** Names the file in what the operating system says about it. */
function named<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw fail('data-unwritable', { path, detail: messageOf(thrown) }, thrown);
  }
}

function openAt(path: string): CheckpointFile {
  // Not append mode: that ignores the position a line is written at.
  const handle = openSync(path, existsSync(path) ? 'r+' : 'w+', 0o600);
  const text = readFileSync(path, 'latin1');
  let end = Math.min(text.lastIndexOf('\n') + 1, fstatSync(handle).size);
  let last = end;
  return {
    write(line, replacesLast) {
      const bytes = Buffer.from(`${line}\n`);
      // Lines about one record differ in time and signature only, which are of fixed length.
      const at = replacesLast && end - last === bytes.length ? last : end;
      writeSync(handle, bytes, 0, bytes.length, at);
      fdatasyncSync(handle);
      last = at;
      end = at + bytes.length;
    },
    close: () => closeSync(handle),
  };
}

/** The newest complete checkpoint in the file at `path`. Throws `data-unwritable`. */
export function lastCheckpointIn(path: string): StoredCheckpoint | null {
  if (!existsSync(path)) return null;
  const text = named(path, () => readFileSync(path, 'utf8'));
  const line = text.split('\n').slice(0, -1).at(-1) ?? '';
  const seq = Number(/"seq":(\d{1,15})/.exec(line)?.[1] ?? 0);
  return seq === 0 ? null : { seq, line };
}
