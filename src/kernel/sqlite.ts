// SQLite in the one of two packages that the running Node can carry.
//
// better-sqlite3 12 is built against one Node's headers. Those of Node 24.19 and later make its statements abort the whole process when the
// engine collects one while nothing runs (nodejs/node issue 65446). better-sqlite3 13 is built against Node-API 10 and has no such end, but
// Node-API 10 begins with Node 22.14 and no Node 20 has it (WiseLibs/better-sqlite3 issue 1514). Both have the same functions
// (docs/decisions/0015-two-packages-for-sqlite.md).

import { createRequire } from 'node:module';
import type BetterSqlite from 'better-sqlite3';

const NODE_API = 10;

/** The package of this Node. `scripts/setup.mjs` tries the same one before it believes that packages are installed. */
const name = Number(process.versions.napi) >= NODE_API ? 'better-sqlite3-node-api' : 'better-sqlite3';

/** Opens a database; see the documentation of better-sqlite3. */
export const Sqlite = createRequire(import.meta.url)(name) as typeof BetterSqlite;

export type Database = BetterSqlite.Database;
