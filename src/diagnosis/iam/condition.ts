// Conditions of a statement against what is known of a request. A key nobody knows, and an operator that is not understood here (dates,
// addresses, numbers), are doubts: they never make a request denied.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html

import type { Condition } from './document.ts';
import { arnMatches, matches } from './pattern.ts';
import { allOf, anyOf, not, type Truth, truth } from './truth.ts';

/** What is known of a request besides action and resource. */
export interface RequestContext {
  /** By lower-case key; an empty list says that the key is not in the request. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** Beginnings of keys of which all are known, such as `secretsmanager:resourcetag/`: one without values is absent. */
  readonly complete: readonly string[];
}

export const nothingKnown: RequestContext = { values: new Map(), complete: [] };

/** A context of these keys, each with one value; undefined leaves a key unknown. */
export function contextOf(
  known: Readonly<Record<string, string | undefined>>,
  complete: readonly string[] = [],
): RequestContext {
  const values = Object.entries(known).flatMap(([key, value]): [string, string[]][] =>
    value === undefined ? [] : [[key.toLowerCase(), [value]]],
  );
  return { values: new Map(values), complete: complete.map((one) => one.toLowerCase()) };
}

type Compare = (wanted: string, given: string) => Truth;

const literal: Compare = (wanted, given) => (wanted.includes('${') ? 'unknown' : truth(wanted === given));
const anyCase: Compare = (wanted, given) => literal(wanted.toLowerCase(), given.toLowerCase());

/** The positive form of each operator that is understood. */
const operators: Readonly<Record<string, Compare>> = {
  stringequals: literal,
  stringequalsignorecase: anyCase,
  stringlike: matches,
  arnequals: arnMatches,
  arnlike: arnMatches,
  bool: anyCase,
};

/** Whether all conditions of a statement hold. */
export function conditionsHold(conditions: readonly Condition[], context: RequestContext): Truth {
  return allOf(conditions.map((condition) => holds(condition, context)));
}

function holds({ operator, key, values: wanted }: Condition, context: RequestContext): Truth {
  const [, set = '', name = ''] = /^(?:(ForAnyValue|ForAllValues):)?(.*)$/i.exec(operator) ?? [];
  const lower = name.toLowerCase();
  const ifExists = lower.endsWith('ifexists');
  const bare = ifExists ? lower.slice(0, -'ifexists'.length) : lower;
  const given = context.values.get(key) ?? (isComplete(key, context) ? [] : undefined);
  if (bare === 'null') return given === undefined ? 'unknown' : nullHolds(wanted, given.length === 0);
  const negated = /^(?:string|arn)not/.test(bare);
  const compare = operators[negated ? bare.replace('not', '') : bare];
  if (compare === undefined || given === undefined) return 'unknown';
  const absent = given.length === 0;
  if (absent && ifExists) return 'yes';
  if (absent) return truth(negated ? set.toLowerCase() !== 'foranyvalue' : /^forallvalues$/i.test(set));
  const each = given.map((value) => {
    const hit = anyOf(wanted.map((one) => compare(one, value)));
    return negated ? not(hit) : hit;
  });
  return /^forallvalues$/i.test(set) || (negated && set === '') ? allOf(each) : anyOf(each);
}

/** `Null: true` asks that the key is absent, `false` that it is there; what another text asks is not documented. */
function nullHolds(wanted: readonly string[], absent: boolean): Truth {
  return anyOf(
    wanted.map((one) =>
      /^(?:true|false)$/i.test(one) ? truth((one.toLowerCase() === 'true') === absent) : 'unknown',
    ),
  );
}

function isComplete(key: string, { complete }: RequestContext): boolean {
  return complete.some((prefix) => key.startsWith(prefix));
}
