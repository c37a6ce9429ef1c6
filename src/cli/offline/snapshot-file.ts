// A snapshot file: read with one clear sentence for everything that can be wrong with it, and written whole or not at all.

import { closeSync, fstatSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fail } from '../../contract/errors.ts';
import { parseSnapshot, type Snapshot } from '../../contract/snapshot.ts';
import { messageOf } from '../../kernel/errors.ts';
import { limits } from '../../kernel/limits.ts';

/** The snapshot in `file`. Throws `usage` when it cannot be read and `snapshot-invalid` when it is none. */
export function readSnapshotFile(cwd: string, file: string): Snapshot {
  const text = readText(path.resolve(cwd, file), file);
  return parseSnapshot(text);
}

/** Writes a new file that only its owner may read. Throws `usage` when one is there already or the place is unwritable. */
export function writeSnapshotFile(cwd: string, file: string, snapshot: Snapshot): { bytes: number } {
  const text = `${JSON.stringify(snapshot)}\n`;
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.snapshot.bytes)
    throw fail('usage', {
      detail: `The snapshot has ${bytes} bytes, more than the ${limits.snapshot.bytes} a file may have. Name one service with --service.`,
    });
  const target = path.resolve(cwd, file);
  try {
    writeFileSync(target, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (isErrno(error, 'EEXIST'))
      throw fail('usage', { detail: `${file} exists already; choose another name for --out.` }, error);
    rmSync(target, { force: true });
    throw fail('usage', { detail: `${file} cannot be written: ${messageOf(error)}.` }, error);
  }
  return { bytes };
}

/** Throws `usage` before anything is read when `file` could not be written afterwards; `or` names another way than another name. */
export function requireNewFile(cwd: string, file: string, or = ''): void {
  const target = path.resolve(cwd, file);
  try {
    closeSync(openSync(target, 'wx', 0o600));
    rmSync(target);
  } catch (error) {
    const detail = isErrno(error, 'EEXIST')
      ? `${file} exists already; choose another name for --out${or}.`
      : `${file} cannot be written: ${messageOf(error)}.`;
    throw fail('usage', { detail }, error);
  }
}

function readText(target: string, file: string): string {
  let handle: number;
  try {
    handle = openSync(target, 'r');
  } catch (error) {
    const detail = isErrno(error, 'ENOENT')
      ? `There is no file ${file}.`
      : `${file} cannot be opened: ${messageOf(error)}.`;
    throw fail('usage', { detail }, error);
  }
  try {
    const stat = fstatSync(handle);
    if (stat.isDirectory()) throw fail('usage', { detail: `${file} is a folder, not a file.` });
    if (stat.size > limits.snapshot.bytes)
      throw fail('snapshot-invalid', {
        where: '$',
        detail: `it is larger than ${limits.snapshot.bytes} bytes`,
      });
    // Some editors begin a file with a byte order mark, which JSON does not know.
    return readFileSync(handle, 'utf8').replace(/^\uFEFF/, '');
  } finally {
    closeSync(handle);
  }
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
