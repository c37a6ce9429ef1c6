// Whether the Condition block of an IAM policy statement holds for the context of a request.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html

import { isInBlock } from './address.ts';
import { matchesPattern } from './pattern.ts';

/** Values of condition keys; the names of keys do not distinguish case. */
export type PolicyContext = ReadonlyMap<string, readonly string[]>;

export interface ConditionVerdict {
  readonly holds: boolean;
  /** Keys that the block asks for and the context does not have. */
  readonly missing: readonly string[];
}

type Comparison = (actual: string, wanted: string) => boolean;

interface Operator {
  readonly compare: Comparison;
  /** True for operators that hold when none of the wanted values matches, and so also without a value. */
  readonly negated: boolean;
}

/** All operators and all keys of a block must hold; values of one key are alternatives. */
export function conditionHolds(block: unknown, context: PolicyContext): ConditionVerdict {
  const missing: string[] = [];
  let holds = true;
  for (const [operator, keys] of entriesOf(block)) {
    for (const [key, wanted] of entriesOf(keys)) {
      const actual = context.get(key.toLowerCase());
      if (actual === undefined) missing.push(key);
      if (!keyHolds(operator, actual, listOf(wanted))) holds = false;
    }
  }
  return { holds, missing };
}

function keyHolds(name: string, actual: readonly string[] | undefined, wanted: readonly string[]): boolean {
  const [, quantifier, rest = name] = /^(?:(ForAllValues|ForAnyValue):)?(.*)$/.exec(name) ?? [];
  if (rest === 'Null') return wanted.includes(String(actual === undefined || actual.length === 0));
  const ifExists = rest.endsWith('IfExists');
  const operator = operatorNamed(ifExists ? rest.slice(0, -'IfExists'.length) : rest);
  // A statement that cannot be understood allows nothing; AWS refuses such a document when it is stored.
  if (operator === undefined) return false;
  if (actual === undefined || actual.length === 0) {
    if (quantifier === 'ForAllValues') return true;
    return ifExists || (operator.negated && quantifier !== 'ForAnyValue');
  }
  const matches = (value: string) => {
    const any = wanted.some((one) => operator.compare(value, one));
    return operator.negated ? !any : any;
  };
  return quantifier === 'ForAllValues' || (quantifier === undefined && operator.negated)
    ? actual.every(matches)
    : actual.some(matches);
}

const comparisons: Readonly<Record<string, Comparison>> = {
  StringEquals: (actual, wanted) => actual === wanted,
  StringEqualsIgnoreCase: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
  StringLike: (actual, wanted) => matchesPattern(wanted, actual),
  ArnEquals: arnMatches,
  ArnLike: arnMatches,
  Bool: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
  BinaryEquals: (actual, wanted) => actual === wanted,
  NumericEquals: (actual, wanted) => Number(actual) === Number(wanted),
  NumericLessThan: (actual, wanted) => Number(actual) < Number(wanted),
  NumericLessThanEquals: (actual, wanted) => Number(actual) <= Number(wanted),
  NumericGreaterThan: (actual, wanted) => Number(actual) > Number(wanted),
  NumericGreaterThanEquals: (actual, wanted) => Number(actual) >= Number(wanted),
  DateEquals: (actual, wanted) => instant(actual) === instant(wanted),
  DateLessThan: (actual, wanted) => instant(actual) < instant(wanted),
  DateLessThanEquals: (actual, wanted) => instant(actual) <= instant(wanted),
  DateGreaterThan: (actual, wanted) => instant(actual) > instant(wanted),
  DateGreaterThanEquals: (actual, wanted) => instant(actual) >= instant(wanted),
  IpAddress: (actual, wanted) => isInBlock(actual, wanted.includes('/') ? wanted : `${wanted}/32`),
};

const negations: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NumericNotEquals: 'NumericEquals',
  DateNotEquals: 'DateEquals',
  NotIpAddress: 'IpAddress',
};

function operatorNamed(name: string): Operator | undefined {
  const positive = Object.hasOwn(negations, name) ? negations[name] : name;
  const compare =
    positive !== undefined && Object.hasOwn(comparisons, positive) ? comparisons[positive] : undefined;
  return compare === undefined ? undefined : { compare, negated: positive !== name };
}

/** Each of the first five parts of an ARN is matched by itself, the rest as one. */
function arnMatches(actual: string, wanted: string): boolean {
  const parts = (arn: string) => {
    const all = arn.split(':');
    return [...all.slice(0, 5), all.slice(5).join(':')];
  };
  const own = parts(actual);
  return parts(wanted).every((part, index) => matchesPattern(part, own[index] ?? ''));
}

/** ISO-8601 or epoch seconds. */
function instant(text: string): number {
  return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

/** What a policy may write alone or as a list. */
export function listOf(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}
