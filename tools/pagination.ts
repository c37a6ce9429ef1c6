// Reading lists that AWS hands out in pages or takes in batches. Every loop is bounded, and a list that was cut says so.

/** No list of a tool needs more requests than this; a service that repeats its token for ever is stopped here. */
const PAGES_MAX = 50;

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
  /** Id of the stored answer. */
  readonly evidence: string;
}

export interface Collected<T> {
  readonly items: T[];
  /** True when AWS has more than was read. */
  readonly more: boolean;
  readonly evidence: string[];
}

/** Follows the tokens from page to page until there is none, or `itemsMax` are read. */
export async function collectPages<T>(
  itemsMax: number,
  readPage: (token: string | undefined) => Promise<Page<T>>,
): Promise<Collected<T>> {
  const items: T[] = [];
  const evidence: string[] = [];
  let token: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const answer = await readPage(token);
    evidence.push(answer.evidence);
    items.push(...answer.items);
    token = answer.next === '' ? undefined : answer.next;
    if (token === undefined || items.length >= itemsMax) break;
  }
  return { items: items.slice(0, itemsMax), more: token !== undefined || items.length > itemsMax, evidence };
}

/** `items` in groups of at most `size`, as the batch limits of Describe actions ask for. */
export function batches<T>(items: readonly T[], size: number): T[][] {
  const groups: T[][] = [];
  for (let start = 0; start < items.length; start += size) groups.push(items.slice(start, start + size));
  return groups;
}
