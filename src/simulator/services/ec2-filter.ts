// EC2's `Filters`, ids and pages, the same for every Describe action: values of one filter are alternatives, filters
// must all match, `*` and `?` are wildcards, tags can be asked for by `tag:Key` and `tag-key`.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html

import { AwsFault } from '../wire/aws-fault.ts';
import { pageOf } from './page.ts';

interface FilterInput {
  readonly Name?: string | undefined;
  readonly Values?: readonly string[] | undefined;
}

/** The values of an object under each filter name. */
export type FilterTable<Item> = Readonly<Record<string, (item: Item) => readonly (string | undefined)[]>>;

type Tags = readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[];

export interface DescribeQuestion<Item> {
  /** The action, which scopes the page token. */
  readonly action: string;
  readonly items: readonly Item[];
  readonly idOf: (item: Item) => string;
  readonly ids: readonly string[] | undefined;
  /** The error code and words for an id that does not exist. */
  readonly notFound: { readonly code: string; readonly noun: string };
  readonly filters: readonly FilterInput[] | undefined;
  readonly table: FilterTable<Item>;
  readonly maxResults: number | undefined;
  readonly nextToken: string | undefined;
  /** What MaxResults may be; 5 to 1000 without it. */
  readonly pageSizes?: { readonly min: number; readonly max: number };
  /** The name of the id parameter where EC2 documents that it excludes MaxResults. */
  readonly idsExcludePages?: string;
}

/** Answers one Describe action: ids that must exist, then filters, then a page. */
export function describe<Item>(question: DescribeQuestion<Item>): {
  items: Item[];
  token: { NextToken?: string };
} {
  const { items, ids, idOf, notFound } = question;
  checkPageSize(question);
  const wanted = ids === undefined || ids.length === 0 ? undefined : new Set(ids);
  const absent = [...(wanted ?? [])].filter((id) => !items.some((item) => idOf(item) === id));
  if (absent.length > 0) {
    const text =
      absent.length === 1
        ? `The ${notFound.noun} '${absent[0]}' does not exist`
        : `The ${notFound.noun}s '${absent.join(', ')}' do not exist`;
    throw new AwsFault(notFound.code, text);
  }
  const tests = (question.filters ?? []).map((filter) => testOf(filter, question.table));
  const matching = items.filter(
    (item) => (wanted === undefined || wanted.has(idOf(item))) && tests.every((test) => test(item)),
  );
  const page = pageOf(matching, {
    token: question.nextToken,
    limit: question.maxResults,
    defaultLimit: question.items.length + 1,
    maxLimit: Number.POSITIVE_INFINITY,
    scope: `${question.action} ${JSON.stringify([ids, question.filters])}`,
    invalidToken: () => new AwsFault('InvalidNextToken', 'The specified nextToken is invalid'),
  });
  return { items: page.items, token: page.nextToken === undefined ? {} : { NextToken: page.nextToken } };
}

function checkPageSize<Item>({ maxResults, pageSizes, ids, idsExcludePages }: DescribeQuestion<Item>): void {
  if (maxResults === undefined) return;
  const { min, max } = pageSizes ?? { min: 5, max: 1000 };
  if (maxResults < min || maxResults > max) {
    const expected = maxResults < min ? `greater than ${min}` : `less than ${max}`;
    throw new AwsFault(
      'InvalidParameterValue',
      `Value ( ${maxResults} ) for parameter maxResults is invalid. Expecting a value ${expected}.`,
    );
  }
  if (idsExcludePages !== undefined && ids !== undefined && ids.length > 0) {
    throw new AwsFault(
      'InvalidParameterCombination',
      `The parameter ${idsExcludePages} cannot be used with the parameter maxResults`,
    );
  }
}

function testOf<Item>(filter: FilterInput, table: FilterTable<Item>): (item: Item) => boolean {
  const name = filter.Name ?? '';
  const patterns = (filter.Values ?? []).map(wildcard);
  const read = readerOf(name, table);
  if (read === undefined) throw new AwsFault('InvalidParameterValue', `The filter '${name}' is invalid`);
  return (item) =>
    read(item).some((value) => value !== undefined && patterns.some((pattern) => pattern.test(value)));
}

function readerOf<Item>(
  name: string,
  table: FilterTable<Item>,
): ((item: Item) => readonly (string | undefined)[]) | undefined {
  if (name === 'tag-key') return (item) => tagsOf(item).map((tag) => tag.Key);
  if (name.startsWith('tag:')) {
    const key = name.slice('tag:'.length);
    return (item) =>
      tagsOf(item)
        .filter((tag) => tag.Key === key)
        .map((tag) => tag.Value);
  }
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** Every EC2 object keeps its tags in `Tags`, only a network interface in `TagSet`; those without any simply have none. */
function tagsOf(item: unknown): Tags {
  const { Tags, TagSet } = item as { Tags?: Tags; TagSet?: Tags };
  return Tags ?? TagSet ?? [];
}

/** `*` is any text, `?` any character, a backslash takes the next character literally. */
function wildcard(pattern: string): RegExp {
  const source = pattern.replace(/\\?[\s\S]/g, (part) => {
    if (part === '*') return '[\\s\\S]*';
    if (part === '?') return '[\\s\\S]';
    const literal = part.length === 2 ? part.charAt(1) : part;
    return literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${source}$`);
}
