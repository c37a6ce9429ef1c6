// The cluster query language of placement constraints: comparisons of attributes joined by `and`, `or` and `not`.
// An expression that cannot be read matches nothing; ECS does not check it when a definition is registered either.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html

export interface Subject {
  /** The value of an attribute; undefined when the instance does not have it, empty text when it has no value. */
  attribute(name: string): string | undefined;
}

/** Deeper nesting than this is not an expression anybody wrote. */
const DEPTH_MAX = 50;

export function satisfies(expression: string, subject: Subject): boolean {
  const tokens =
    expression.match(
      /"[^"]*"|'[^']*'|\(|\)|\[|\]|,|&&|\|\||==|!=|=~|!~|>=|<=|>|<|!|[^\s()[\],"'=!<>&|~]+/g,
    ) ?? [];
  const reader = { tokens, at: 0 };
  const found = either(reader, subject, 0);
  return found === true && reader.at === tokens.length;
}

interface Reader {
  readonly tokens: readonly string[];
  at: number;
}

/** Undefined stands for what cannot be read. */
type Truth = boolean | undefined;

function either(reader: Reader, subject: Subject, depth: number): Truth {
  let value = both(reader, subject, depth);
  while (['or', '||'].includes(peek(reader))) {
    reader.at += 1;
    const right = both(reader, subject, depth);
    value = value === undefined || right === undefined ? undefined : value || right;
  }
  return value;
}

function both(reader: Reader, subject: Subject, depth: number): Truth {
  let value = single(reader, subject, depth);
  while (['and', '&&'].includes(peek(reader))) {
    reader.at += 1;
    const right = single(reader, subject, depth);
    value = value === undefined || right === undefined ? undefined : value && right;
  }
  return value;
}

function single(reader: Reader, subject: Subject, depth: number): Truth {
  if (depth > DEPTH_MAX) return undefined;
  const token = peek(reader);
  if (token === 'not' || token === '!') {
    reader.at += 1;
    const value = single(reader, subject, depth + 1);
    return value === undefined ? undefined : !value;
  }
  if (token === '(') {
    reader.at += 1;
    const value = either(reader, subject, depth + 1);
    return take(reader) === ')' ? value : undefined;
  }
  return comparison(reader, subject);
}

function comparison(reader: Reader, subject: Subject): Truth {
  const left = take(reader);
  if (left === undefined || !left.startsWith('attribute:')) return undefined;
  const value = subject.attribute(left.slice('attribute:'.length));
  const operator = peek(reader);
  if (operator === 'exists' || operator === '!exists' || operator === 'not_exists') {
    reader.at += 1;
    return (value !== undefined) === (operator === 'exists');
  }
  if (operator === 'in' || operator === 'not_in') {
    reader.at += 1;
    const list = listIn(reader);
    return list === undefined ? undefined : list.includes(value ?? '') === (operator === 'in');
  }
  reader.at += 1;
  const right = unquoted(take(reader));
  if (right === undefined) return undefined;
  switch (operator) {
    case '==':
    case 'equals':
      return value === right;
    case '!=':
    case 'not_equals':
      return value !== right;
    case '=~':
    case 'matches':
      return value !== undefined && looksLike(value, right);
    case '!~':
    case 'not_matches':
      return value === undefined || !looksLike(value, right);
    case '>=':
      return Number(value) >= Number(right);
    case '<=':
      return Number(value) <= Number(right);
    case '>':
      return Number(value) > Number(right);
    case '<':
      return Number(value) < Number(right);
    default:
      return undefined;
  }
}

function listIn(reader: Reader): string[] | undefined {
  if (take(reader) !== '[') return undefined;
  const items: string[] = [];
  for (;;) {
    const token = take(reader);
    if (token === undefined) return undefined;
    if (token === ']') return items;
    if (token !== ',') items.push(unquoted(token) ?? '');
  }
}

/** Patterns are compared with `*` only: a regular expression from a task definition is not run. */
function looksLike(value: string, pattern: string): boolean {
  const parts = pattern.split('*');
  let at = 0;
  for (const [index, part] of parts.entries()) {
    const found = index === 0 ? (value.startsWith(part) ? 0 : -1) : value.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return pattern.endsWith('*') || at === value.length;
}

function peek(reader: Reader): string {
  return (reader.tokens[reader.at] ?? '').toLowerCase();
}

function take(reader: Reader): string | undefined {
  return reader.tokens[reader.at++];
}

function unquoted(token: string | undefined): string | undefined {
  return token?.replace(/^["']|["']$/g, '');
}
