// Policy documents as AWS returns them (IAM percent-encodes them), read into statements. A document is hostile and bounded; one that is
// not understood to the last element is no document at all, since a statement that was skipped might have been the one that denies.
// Grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html

/** `Action` or `NotAction`, `Resource` or `NotResource`, with their patterns. */
export interface Selection {
  readonly negated: boolean;
  readonly patterns: readonly string[];
}

/** `Principal` or `NotPrincipal`: kind (`aws`, `service`, …) and value; `*` stands under `aws`. */
export interface PrincipalSelection {
  readonly negated: boolean;
  readonly entries: readonly { readonly kind: string; readonly value: string }[];
}

export interface Condition {
  readonly operator: string;
  /** Lower case: condition keys are not case sensitive. */
  readonly key: string;
  readonly values: readonly string[];
}

export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: Selection;
  /** Left out in trust policies, which are about the role they belong to. */
  readonly resources: Selection | undefined;
  /** Left out in policies of identities, which are about whoever has them. */
  readonly principals: PrincipalSelection | undefined;
  readonly conditions: readonly Condition[];
}

export interface PolicyDocument {
  readonly statements: readonly Statement[];
}

/** IAM's own limits are far below: 10 240 characters for a role, 20 480 for a repository, 32 768 for a key. */
const CHARS_MAX = 200_000;
const STATEMENTS_MAX = 1_000;
const VALUES_MAX = 2_000;

/** The document, or undefined when it is not one. Takes JSON text, percent-encoded or plain, or the object itself. */
export function policyDocument(raw: unknown): PolicyDocument | undefined {
  const body = typeof raw === 'string' ? jsonOf(raw) : raw;
  if (!isRecord(body)) return undefined;
  const listed = asList(body.Statement);
  if (listed.length > STATEMENTS_MAX) return undefined;
  const statements = listed.map(statementOf);
  return statements.every((one) => one !== undefined) ? { statements } : undefined;
}

function jsonOf(text: string): unknown {
  if (text.length > CHARS_MAX) return undefined;
  try {
    return JSON.parse(/^\s*%7B/i.test(text) ? decodeURIComponent(text) : text);
  } catch {
    return undefined;
  }
}

function statementOf(raw: unknown): Statement | undefined {
  if (!isRecord(raw)) return undefined;
  const { Effect: effect } = raw;
  if (effect !== 'Allow' && effect !== 'Deny') return undefined;
  const actions = selectionOf(raw.Action, raw.NotAction);
  const conditions = conditionsOf(raw.Condition);
  const principals = principalsOf(raw.Principal, raw.NotPrincipal);
  const resources = selectionOf(raw.Resource, raw.NotResource);
  if (actions === undefined || conditions === undefined || principals === 'malformed') return undefined;
  if ((raw.Resource !== undefined || raw.NotResource !== undefined) && resources === undefined)
    return undefined;
  return { effect, actions, resources, principals, conditions };
}

function selectionOf(plain: unknown, negated: unknown): Selection | undefined {
  const patterns = texts(plain ?? negated);
  return patterns === undefined || patterns.length === 0
    ? undefined
    : { negated: plain === undefined, patterns };
}

function principalsOf(plain: unknown, not: unknown): PrincipalSelection | undefined | 'malformed' {
  const raw = plain ?? not;
  if (raw === undefined) return undefined;
  const negated = plain === undefined;
  if (raw === '*') return { negated, entries: [{ kind: 'aws', value: '*' }] };
  if (!isRecord(raw)) return 'malformed';
  const entries = Object.entries(raw).map(([kind, values]) => ({ kind, values: texts(values) }));
  if (entries.some(({ values }) => values === undefined)) return 'malformed';
  return {
    negated,
    entries: entries.flatMap(({ kind, values = [] }) =>
      values.map((value) => ({ kind: kind.toLowerCase(), value })),
    ),
  };
}

function conditionsOf(raw: unknown): Condition[] | undefined {
  if (raw === undefined) return [];
  if (!isRecord(raw)) return undefined;
  const all: Condition[] = [];
  for (const [operator, keys] of Object.entries(raw)) {
    if (!isRecord(keys)) return undefined;
    for (const [key, given] of Object.entries(keys)) {
      const values = texts(given);
      if (values === undefined) return undefined;
      all.push({ operator, key: key.toLowerCase(), values });
    }
  }
  return all;
}

/** One or several texts; booleans and numbers are written as text, as AWS compares them. */
function texts(raw: unknown): string[] | undefined {
  const all = asList(raw);
  if (all.length > VALUES_MAX) return undefined;
  const read = all.map((one) =>
    typeof one === 'string'
      ? one
      : typeof one === 'boolean' || typeof one === 'number'
        ? String(one)
        : undefined,
  );
  return read.every((one) => one !== undefined) ? read : undefined;
}

function asList(raw: unknown): unknown[] {
  if (raw === undefined || raw === null) return [];
  return Array.isArray(raw) ? raw : [raw];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
