// People for tests, written into the store of a data folder that no hub holds.

import { sha256Hex } from '../../../src/kernel/canonical-json.ts';
import { systemClock } from '../../../src/kernel/clock.ts';
import { silentLog } from '../../../src/kernel/log.ts';
import { openSqliteStore } from '../../../src/store/sqlite/store.ts';

/** A person with one role (none for `nothing`) and the sign-in code `code-of-<role>`. */
export async function addPerson(dataDir: string, role: string): Promise<void> {
  const store = await openSqliteStore({ dataDir, clock: systemClock, log: silentLog });
  const id = `person_test-${role}`;
  await store.commit(
    [
      { kind: 'person.save', person: { id, name: role, roles: role === 'nothing' ? [] : [role] } },
      {
        kind: 'sign-in.create',
        sha256: sha256Hex(`code-of-${role}`),
        person: id,
        expiresAt: systemClock.now() + 60_000,
      },
    ],
    [],
  );
  await store.close();
}
