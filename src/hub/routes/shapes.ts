// Shapes that several routes share. Ids are checked for their alphabet and length only; whether they exist is for the store.

import { z } from 'zod';
import { limits } from '../../kernel/limits.ts';

export const nothing = z.strictObject({});
/** A body that may be left out. */
export const noBody = z.strictObject({}).nullish();
export const done = z.strictObject({});
const id = z.string().regex(/^[a-z]+_[0-9A-Za-z-]{1,60}$/, 'must be an id');
export const idParams = z.strictObject({ id });
export const anId = id;
export const cursor = z.string().min(1).max(200).optional();
/** A number in a query string. */
export const pageSize = (usual: number) =>
  z.coerce.number().int().min(1).max(limits.http.pageMax).default(usual);
export const seq = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
