// Conditions of a policy statement against the values that a request carries. Every operator and every key in it must
// hold; of a key's values one is enough. An operator that is not known here never holds, so nothing is allowed by it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html

import { isInBlock } from './address.ts';
import { fillVariables, matchesPattern, textsOf, valuesFor } from './policy-text.ts';

/** Values of condition keys, such as `aws:SourceVpce` or `aws:PrincipalTag/team`. */
export type RequestContext = Readonly<Record<string, string | readonly string[]>>;

/** Whether every condition of a statement holds. */
export function conditionsHold(condition: unknown, context: RequestContext): boolean {
  if (typeof condition !== 'object' || condition === null) return true;
  return Object.entries(condition).every(([operator, keys]) => {
    if (typeof keys !== 'object' || keys === null) return false;
    return Object.entries(keys).every(([key, wanted]) =>
      operatorHolds(operator, { wanted: textsOf(wanted), found: valuesFor(context, key), context }),
    );
  });
}

interface Operands {
  readonly wanted: readonly string[];
  readonly found: readonly string[];
  readonly context: RequestContext;
}

function operatorHolds(written: string, operands: Operands): boolean {
  const [quantifier, bare] = written.includes(':')
    ? [written.slice(0, written.indexOf(':')), written.slice(written.indexOf(':') + 1)]
    : ['', written];
  if (bare === 'Null')
    return operands.wanted.some((one) => one.toLowerCase() === String(operands.found.length === 0));
  const ifExists = bare.endsWith('IfExists');
  const operator = ifExists ? bare.slice(0, -'IfExists'.length) : bare;
  const negated = /Not(Equals|Like|IpAddress)|^NotIpAddress/.test(operator);
  const test = comparisons[operator.replace(/Not(?=Equals|Like)|^Not(?=IpAddress)/, '')];
  if (test === undefined) return false;
  // A key that the request lacks satisfies those that end in IfExists and the negated operators, but has no value of which any could do so:
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
  if (operands.found.length === 0)
    return ifExists || quantifier === 'ForAllValues' || (negated && quantifier !== 'ForAnyValue');
  const matches = (value: string) =>
    operands.wanted.some((one) => test(value, fillVariables(one, operands.context))) !== negated;
  return quantifier === 'ForAllValues' || (negated && quantifier !== 'ForAnyValue')
    ? operands.found.every(matches)
    : operands.found.some(matches);
}

type Comparison = (value: string, wanted: string) => boolean;

const caseless = (text: string) => text.toLowerCase();
const numbers =
  (compare: (left: number, right: number) => boolean): Comparison =>
  (value, wanted) =>
    compare(Number(value), Number(wanted));
const times =
  (compare: (left: number, right: number) => boolean): Comparison =>
  (value, wanted) =>
    compare(Date.parse(value), Date.parse(wanted));

const comparisons: Readonly<Record<string, Comparison>> = {
  StringEquals: (value, wanted) => value === wanted,
  StringEqualsIgnoreCase: (value, wanted) => caseless(value) === caseless(wanted),
  StringLike: (value, wanted) => matchesPattern(wanted, value),
  ArnEquals: (value, wanted) => matchesPattern(wanted, value),
  ArnLike: (value, wanted) => matchesPattern(wanted, value),
  Bool: (value, wanted) => caseless(value) === caseless(wanted),
  IpAddress: (value, wanted) => isInBlock(value, wanted.includes('/') ? wanted : `${wanted}/32`),
  NumericEquals: numbers((left, right) => left === right),
  NumericLessThan: numbers((left, right) => left < right),
  NumericLessThanEquals: numbers((left, right) => left <= right),
  NumericGreaterThan: numbers((left, right) => left > right),
  NumericGreaterThanEquals: numbers((left, right) => left >= right),
  DateEquals: times((left, right) => left === right),
  DateLessThan: times((left, right) => left < right),
  DateLessThanEquals: times((left, right) => left <= right),
  DateGreaterThan: times((left, right) => left > right),
  DateGreaterThanEquals: times((left, right) => left >= right),
};
