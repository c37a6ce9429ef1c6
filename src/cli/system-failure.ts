// What the operating system refuses a command: a full disk, a folder in the place of a file, a file of somebody else. That is no bug,
// and is told like every expected failure.

import { getSystemErrorMap } from 'node:util';
import { fail } from '../contract/errors.ts';
import type { LockkeeperError } from '../kernel/errors.ts';

/** System errors about files and what they lie on; those of networks have sentences of their own where they arise. */
const aboutFiles = new Set([
  'EACCES',
  'EBUSY',
  'EDQUOT',
  'EFBIG',
  'EIO',
  'EISDIR',
  'ELOOP',
  'EMFILE',
  'ENAMETOOLONG',
  'ENFILE',
  'ENOSPC',
  'ENOTDIR',
  'EPERM',
  'EROFS',
  'ETXTBSY',
]);

/** `thrown` as `file-unusable`, when it is the operating system's refusal of a file; `file` names it where the error itself does not. */
export function fileFailure(thrown: unknown, file?: string): LockkeeperError | null {
  if (!(thrown instanceof Error)) return null;
  const { code = '', path = file ?? 'A file that this command needs' }: NodeJS.ErrnoException = thrown;
  if (!aboutFiles.has(code)) return null;
  return fail('file-unusable', { path, detail: systemWords(thrown) }, thrown);
}

/** The same for standard output. */
export function outputFailure(thrown: Error): LockkeeperError {
  return fail('output-unwritable', { detail: systemWords(thrown) }, thrown);
}

/** `no space left on device (ENOSPC)`. */
function systemWords({ code = '', errno = 0, message }: NodeJS.ErrnoException): string {
  const words = getSystemErrorMap().get(errno)?.[1];
  return words === undefined ? message : `${words} (${code})`;
}
