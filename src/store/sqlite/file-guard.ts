// Notices that files were removed or replaced while they are open: the system would go on taking writes to what nobody can
// ever read again. A file counts from the first time it is seen, because some are made only when they are needed.

import { type Stats, statSync } from 'node:fs';

/** A check to run before every write: throws, naming the file, when one of `paths` is no longer the file it was. */
export function createFileGuard(paths: readonly string[]): () => void {
  const seen = new Map<string, Stats>();
  return () => {
    for (const path of paths) {
      const now = statSync(path, { throwIfNoEntry: false });
      const before = seen.get(path);
      if (before === undefined) {
        if (now !== undefined) seen.set(path, now);
      } else if (now?.ino !== before.ino || now.dev !== before.dev)
        throw new Error(`${path} was removed or replaced while it was in use`);
    }
  };
}
