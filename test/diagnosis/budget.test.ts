// What one question costs, over every account there is: requests, round trips that had to be waited for, and the length of the text a
// model reads. The figures are bounds of the product, not of the machine.

import { describe, expect, it } from 'vitest';
import type { DiagnoseServiceOutput } from '../../tools/diagnose/diagnose-service.ts';
import { diagnoseService } from '../../tools/diagnose/diagnose-service.ts';
import { type Expectation, expectations } from '../accounts/all.ts';
import { lockstep } from '../support/lockstep.ts';
import { simulatedAws } from '../support/simulated-aws.ts';

const CALLS_HEALTHY_MAX = 12;
const CALLS_SICK_MAX = 25;
const ROUNDS_MAX = 4;
const TOKENS_P95_MAX = 1_500;

interface Cost {
  readonly name: string;
  readonly out: DiagnoseServiceOutput;
  readonly requests: number;
  readonly rounds: number;
  readonly text: string;
}

async function costOf(one: Expectation): Promise<Cost | undefined> {
  const snapshot = one.snapshot();
  const aws = await simulatedAws(snapshot);
  const step = lockstep(aws);
  try {
    const context = { nowMs: Date.parse(snapshot.takenAt), stage: () => {}, wait: async () => {} };
    const out = diagnoseService.output.parse(await diagnoseService.run(one.service, step.aws, context));
    const text = diagnoseService.text(out);
    return { name: one.name, out, requests: step.requests(), rounds: step.rounds(), text };
  } catch (error) {
    // Where the service itself may not be described there is nothing to measure.
    if (one.denied.some((action) => String(error).includes(action))) return undefined;
    throw error;
  } finally {
    await aws.close();
  }
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
    expect(over(costs, ({ rounds }) => rounds, ROUNDS_MAX)).toEqual([]);
    expect(costs.filter(({ out, rounds }) => out.stats.stages !== rounds).map(saidStages)).toEqual([]);
    const tokens = costs.map(({ text }) => Math.ceil(text.length / 4)).sort((a, b) => a - b);
    expect(tokens[Math.floor(tokens.length * 0.95)]).toBeLessThanOrEqual(TOKENS_P95_MAX);
    expect(costs.filter((one) => !saysWhatDecides(one)).map(({ name }) => name)).toEqual([]);
    expect(costs.filter(({ out, requests }) => out.stats.awsCalls !== requests)).toEqual([]);
  });
});

function saidStages({ name, out, rounds }: Cost): string {
  return `${name}: said ${out.stats.stages}, took ${rounds}`;
}

function isWell({ out }: Cost): boolean {
  return out.findings[0]?.class === 'healthy';
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
