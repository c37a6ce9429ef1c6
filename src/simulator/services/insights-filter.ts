// The filter expressions of Logs Insights: comparisons, `like` with text or a regular expression, `in`, `ispresent`, joined
// by `and`, `or` and `not`. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Filter.html

import { AwsFault } from '../wire/aws-fault.ts';

/** A log event as Insights sees it: `@message`, `@timestamp` and the fields of a JSON message. */
export type InsightsRecord = ReadonlyMap<string, string>;

export type InsightsTest = (record: InsightsRecord) => boolean;

const TOKEN =
  /\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\/(?:[^/\\]|\\.)*\/|`[^`]*`|[<>!]=|=~|[=<>()[\],]|[@\w.:*-]+)/gy;

/** The parts of a command: words, texts in quotes, regular expressions in slashes, signs. Throws MalformedQueryException. */
export function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  let end = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    tokens.push(match[1] ?? '');
    end = TOKEN.lastIndex;
  }
  if (text.slice(end).trim() !== '') throw malformed(`unexpected symbol found ${text.slice(end).trim()}`);
  return tokens;
}

/** Compiles the expression of a `filter` command. Throws MalformedQueryException. */
export function compileFilter(expression: string): InsightsTest {
  const tokens = tokensOf(expression);
  const test = either(tokens);
  if (tokens.length > 0) throw malformed(`unexpected symbol found ${tokens[0]}`);
  return test;
}

export function malformed(detail: string): AwsFault {
  return new AwsFault('MalformedQueryException', detail);
}

/** The text of a quoted token, or the token itself. */
export function unquoted(token: string): string {
  return /^["'`]/.test(token) ? token.slice(1, -1).replace(/\\(.)/g, '$1') : token;
}

function either(tokens: string[]): InsightsTest {
  let left = both(tokens);
  while (isWord(tokens[0], 'or')) {
    tokens.shift();
    const [first, second] = [left, both(tokens)];
    left = (record) => first(record) || second(record);
  }
  return left;
}

function both(tokens: string[]): InsightsTest {
  let left = single(tokens);
  while (isWord(tokens[0], 'and')) {
    tokens.shift();
    const [first, second] = [left, single(tokens)];
    left = (record) => first(record) && second(record);
  }
  return left;
}

function single(tokens: string[]): InsightsTest {
  const token = tokens.shift();
  if (token === undefined) throw malformed('the expression ends too early');
  if (isWord(token, 'not')) {
    const inner = single(tokens);
    return (record) => !inner(record);
  }
  if (token === '(') {
    const inner = either(tokens);
    expect(tokens, ')');
    return inner;
  }
  if (isWord(token, 'ispresent')) {
    expect(tokens, '(');
    const field = unquoted(tokens.shift() ?? '');
    expect(tokens, ')');
    return (record) => record.has(field);
  }
  return comparison(unquoted(token), tokens);
}

function comparison(field: string, tokens: string[]): InsightsTest {
  const operator = tokens.shift()?.toLowerCase() ?? '';
  if (operator === 'not') {
    const inner = comparison(field, tokens);
    return (record) => !inner(record);
  }
  if (operator === 'in') return within(field, tokens);
  const operand = tokens.shift();
  if (operand === undefined) throw malformed(`no value after ${operator}`);
  if (operator === 'like' || operator === '=~') {
    const matches = likeness(operand);
    return (record) => matches(record.get(field) ?? '');
  }
  const value = unquoted(operand);
  const compare = comparisons[operator];
  if (compare === undefined) throw malformed(`unknown operator ${operator}`);
  return (record) => {
    const own = record.get(field);
    return own !== undefined && compare(own, value);
  };
}

function within(field: string, tokens: string[]): InsightsTest {
  expect(tokens, '[');
  const values = new Set<string>();
  for (let token = tokens.shift(); token !== ']'; token = tokens.shift()) {
    if (token === undefined) throw malformed('a list does not end');
    if (token !== ',') values.add(unquoted(token));
  }
  return (record) => values.has(record.get(field) ?? '');
}

const comparisons: Readonly<Record<string, (own: string, value: string) => boolean>> = {
  '=': (own, value) => order(own, value) === 0,
  '!=': (own, value) => order(own, value) !== 0,
  '<': (own, value) => order(own, value) < 0,
  '<=': (own, value) => order(own, value) <= 0,
  '>': (own, value) => order(own, value) > 0,
  '>=': (own, value) => order(own, value) >= 0,
};

/** Numbers by size, everything else as text. */
export function order(left: string, right: string): number {
  const numbers = [left, right].map((text) => (text.trim() === '' ? Number.NaN : Number(text)));
  const [first = Number.NaN, second = Number.NaN] = numbers;
  if (!Number.isNaN(first) && !Number.isNaN(second)) return Math.sign(first - second);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Text is contained, with regard to case; a regular expression may say `(?i)`. */
function likeness(operand: string): (text: string) => boolean {
  if (!operand.startsWith('/')) {
    const part = unquoted(operand);
    return (text) => text.includes(part);
  }
  const source = operand.slice(1, -1);
  const ignoreCase = source.startsWith('(?i)');
  try {
    const pattern = new RegExp(ignoreCase ? source.slice(4) : source, ignoreCase ? 'i' : '');
    return (text) => pattern.test(text);
  } catch {
    throw malformed(`invalid regular expression ${source}`);
  }
}

function expect(tokens: string[], wanted: string): void {
  const token = tokens.shift();
  if (token !== wanted) throw malformed(`expected ${wanted} instead of ${token ?? 'the end'}`);
}

function isWord(token: string | undefined, word: string): boolean {
  return token?.toLowerCase() === word;
}
