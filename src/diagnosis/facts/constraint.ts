// Placement constraints of the kind memberOf, as far as they are simple: comparisons of attributes joined by `and` and `or`. Whatever else
// the cluster query language allows is answered "not known", never guessed.

import type * as Ecs from '@aws-sdk/client-ecs';

export type ConstraintAnswer = 'met' | 'unmet' | 'not-known';

const COMPARISON = /^attribute:([\w./-]+)\s*(==|!=|=~|!~|in|not_in|exists|!exists)\s*(.*)$/;

/** Whether a host meets an expression of the cluster query language (Amazon ECS Developer Guide, "Cluster query language"). */
export function judgeConstraint(expression: string, host: Ecs.ContainerInstance): ConstraintAnswer {
  const text = expression.trim();
  if (/[()]/.test(text) || text === '' || host.attributes === undefined) return 'not-known';
  const alternatives = text.split(/\s+(?:or|\|\|)\s+/);
  const answers = alternatives.map((one) => every(one.split(/\s+(?:and|&&)\s+/), host));
  if (answers.includes('met')) return 'met';
  return answers.includes('not-known') ? 'not-known' : 'unmet';
}

function every(comparisons: readonly string[], host: Ecs.ContainerInstance): ConstraintAnswer {
  const answers = comparisons.map((one) => compare(one.trim(), host));
  if (answers.includes('unmet')) return 'unmet';
  return answers.includes('not-known') ? 'not-known' : 'met';
}

function compare(text: string, host: Ecs.ContainerInstance): ConstraintAnswer {
  const match = COMPARISON.exec(text);
  const [, name = '', operator = '', wanted = ''] = match ?? [];
  if (match === null) return 'not-known';
  const own = host.attributes?.find((one) => one.name === name);
  const value = own?.value ?? '';
  const list = wanted.replace(/^\[|\]$/g, '').split(/\s*,\s*/);
  switch (operator) {
    case 'exists':
      return answer(own !== undefined);
    case '!exists':
      return answer(own === undefined);
    case '==':
      return answer(own !== undefined && value === wanted);
    case '!=':
      return answer(own === undefined || value !== wanted);
    case 'in':
      return /^\[.*\]$/.test(wanted) ? answer(own !== undefined && list.includes(value)) : 'not-known';
    case 'not_in':
      return /^\[.*\]$/.test(wanted) ? answer(own === undefined || !list.includes(value)) : 'not-known';
    default:
      return matches(operator, own === undefined ? undefined : value, wanted);
  }
}

/** Names, dots and stars mean the same in every dialect of patterns; anything more from the account is not run. */
const PLAIN_PATTERN = /^(?:[\w.-]\*?){1,64}$/;
const STARS_MAX = 4;

function matches(operator: string, value: string | undefined, pattern: string): ConstraintAnswer {
  const stars = pattern.split('*').length - 1;
  if (!PLAIN_PATTERN.test(pattern) || stars > STARS_MAX) return 'not-known';
  const hit = value !== undefined && new RegExp(`^${pattern}$`).test(value);
  return answer(operator === '=~' ? hit : !hit);
}

function answer(met: boolean): ConstraintAnswer {
  return met ? 'met' : 'unmet';
}
