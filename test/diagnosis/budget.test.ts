// What one question costs, over every account there is: requests, round trips that had to be waited for, and the length of the text a
// model reads. The figures are bounds of the product, not of the machine.

import { describe, expect, it } from 'vitest';
import { type Expectation, expectations } from '../accounts/all.ts';
import { costOfQuestion, type QuestionCost, tokensOf } from '../support/question-cost.ts';

const CALLS_HEALTHY_MAX = 12;
const CALLS_SICK_MAX = 25;
const ROUNDS_MAX = 4;
const TOKENS_P95_MAX = 1_500;

type Cost = QuestionCost & { readonly name: string };

async function costOf(one: Expectation): Promise<Cost | undefined> {
  const cost = await costOfQuestion(one.snapshot(), one.service, one.denied);
  return cost === undefined ? undefined : { ...cost, name: one.name };
}

describe('a question about one service', () => {
  it('stays within its budgets over all accounts', { timeout: 300_000 }, async () => {
    const costs: Cost[] = [];
    for (const one of expectations) {
      const cost = await costOf(one);
      if (cost !== undefined) costs.push(cost);
    }
    const [well, sick] = [costs.filter(isWell), costs.filter((one) => !isWell(one))];
    const over = (list: readonly Cost[], read: (one: Cost) => number, max: number) =>
      list.filter((one) => read(one) > max).map((one) => `${one.name}: ${read(one)}`);
    expect(over(well, ({ requests }) => requests, CALLS_HEALTHY_MAX)).toEqual([]);
    expect(over(sick, ({ requests }) => requests, CALLS_SICK_MAX)).toEqual([]);
    expect(costs.filter(({ rounds }) => rounds > ROUNDS_MAX).map(saidStages)).toEqual([]);
    expect(costs.filter(({ out, rounds }) => out.stats.stages !== rounds).map(saidStages)).toEqual([]);
    const tokens = costs.map(({ text }) => tokensOf(text.length)).sort((a, b) => a - b);
    expect(tokens[Math.floor(tokens.length * 0.95)]).toBeLessThanOrEqual(TOKENS_P95_MAX);
    expect(costs.filter((one) => !saysWhatDecides(one)).map(({ name }) => name)).toEqual([]);
    expect(costs.filter(({ out, requests }) => out.stats.awsCalls !== requests)).toEqual([]);
  });
});

function saidStages({ name, out, rounds }: Cost): string {
  return `${name}: said ${out.stats.stages}, took ${rounds}`;
}

/** Well without a doubt; where its log tells of trouble, that is looked into as in a sick one. */
function isWell({ out }: Cost): boolean {
  const [first] = out.findings;
  return first?.class === 'healthy' && !first.explanation.includes('logs again and again');
}

/** The first finding in full, and the answer of AWS behind it. */
function saysWhatDecides({ out, text }: Cost): boolean {
  const [first] = out.findings;
  return (
    first !== undefined &&
    text.includes(first.title) &&
    text.includes(first.explanation) &&
    (first.evidence.length === 0 || first.evidence.some((ref) => text.includes(`[${ref.id}]`)))
  );
}
