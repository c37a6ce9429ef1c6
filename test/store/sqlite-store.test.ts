import { expect, test } from 'vitest';
import { systemClock } from '../../src/kernel/clock.ts';
import { silentLog } from '../../src/kernel/log.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';

test('a commit is readable once it has resolved', async () => {
  const store = await openSqliteStore({ dataDir: ':memory:', clock: systemClock, log: silentLog });
  const done = await store.commit(
    [],
    [{ event: 'hub.started', actor: { kind: 'hub', id: 'hub' }, data: { a: 'checkout service' } }],
  );
  expect(done.audit[0]?.seq).toBe(1);
  const page = await store.auditPage({ limit: 10, q: 'checkout' });
  expect(page.items).toEqual(done.audit);
  expect(await store.auditPage({ limit: 10, q: 'checkout', event: 'hub.started', fromMs: 0 })).toEqual({
    items: done.audit,
    next: null,
    total: 1,
  });
  expect((await store.auditPage({ limit: 10, event: 'hub.started' })).total).toBe(1);
  expect((await store.auditPage({ limit: 10, conversation: 'x' })).total).toBe(0);
  expect((await store.auditPage({ limit: 10 })).total).toBe(1);
  await store.close();
});
