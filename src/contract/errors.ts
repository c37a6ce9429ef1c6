// Expected failures: `fail(code, params)` makes one from the closed table in error-table.ts.

import { type ErrorParams, type ErrorTemplate, LockkeeperError } from '../kernel/errors.ts';
import { table } from './error-table.ts';

export type ErrorCode = keyof typeof table;

/** The whole table, for the generated reference page and the test that holds both against each other. */
export const errorTable: Readonly<Record<ErrorCode, ErrorTemplate>> = table;

/** An expected failure from the table. `params` fill the braces of its message. */
export function fail(code: ErrorCode, params: ErrorParams = {}, cause?: unknown): LockkeeperError<ErrorCode> {
  return new LockkeeperError(code, table[code], params, cause);
}
