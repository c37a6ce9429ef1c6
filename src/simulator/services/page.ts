// Pagination with opaque tokens. A token holds the place in the list and the question it belongs to, so that a token
// from another question is refused as AWS refuses it.

import { AwsFault } from '../wire/aws-fault.ts';

export interface PageRequest {
  readonly token: string | undefined;
  /** What the caller asked for; the default of the operation applies without it. */
  readonly limit: number | undefined;
  readonly defaultLimit: number;
  readonly maxLimit: number;
  /** Names the operation and whatever must not change between two pages. */
  readonly scope: string;
  /** The error for a token that does not belong here. */
  readonly invalidToken: () => AwsFault;
}

export interface Page<Item> {
  readonly items: Item[];
  /** Present unless this is the last page. */
  readonly nextToken?: string;
}

/** One page of `items`. */
export function pageOf<Item>(items: readonly Item[], request: PageRequest): Page<Item> {
  const start = request.token === undefined ? 0 : placeIn(request.token, request);
  const size = Math.min(Math.max(1, request.limit ?? request.defaultLimit), request.maxLimit);
  const end = start + size;
  const page = items.slice(start, end);
  if (end >= items.length) return { items: page };
  return { items: page, nextToken: Buffer.from(JSON.stringify([request.scope, end])).toString('base64url') };
}

/** The usual error of the JSON services for a bad token. */
export function invalidNextToken(): AwsFault {
  return new AwsFault('InvalidParameterException', 'Invalid nextToken.');
}

function placeIn(token: string, request: PageRequest): number {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
  } catch {
    throw request.invalidToken();
  }
  if (!Array.isArray(value) || value[0] !== request.scope || !Number.isSafeInteger(value[1]))
    throw request.invalidToken();
  return Number(value[1]);
}
