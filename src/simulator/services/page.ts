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
  /** The error code for a limit below 1 or beyond `maxLimit`; `InvalidParameterException` without it. */
  readonly rangeCode?: string;
}

export interface Page<Item> {
  readonly items: Item[];
  /** Present unless this is the last page. */
  readonly nextToken?: string;
}

/** One page of `items`. */
export function pageOf<Item>(items: readonly Item[], request: PageRequest): Page<Item> {
  const start = request.token === undefined ? 0 : placeIn(request.token, request);
  const size = request.limit ?? request.defaultLimit;
  if (size < 1 || size > request.maxLimit) throw outOfRange(size, request);
  const end = start + size;
  const page = items.slice(start, end);
  if (end >= items.length) return { items: page };
  return { items: page, nextToken: Buffer.from(JSON.stringify([request.scope, end])).toString('base64url') };
}

/** The token of the next page under the `name` that the service gives it; nothing on the last page. */
export function tokenAs<Name extends string>(name: Name, page: Page<unknown>): { [Key in Name]?: string } {
  if (page.nextToken === undefined) return {};
  // A computed key of a type parameter widens to an index signature; it is exactly `name`.
  return { [name]: page.nextToken } as { [Key in Name]?: string };
}

/** The usual error of the JSON services for a bad token. */
export function invalidNextToken(): AwsFault {
  return new AwsFault('InvalidParameterException', 'Invalid nextToken.');
}

function outOfRange(
  size: number,
  { maxLimit, rangeCode = 'InvalidParameterException' }: PageRequest,
): AwsFault {
  const rule = size < 1 ? 'greater than or equal to 1' : `less than or equal to ${maxLimit}`;
  return new AwsFault(
    rangeCode,
    `1 validation error detected: Value '${size}' at the page size failed to satisfy constraint: Member must have value ${rule}`,
  );
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
