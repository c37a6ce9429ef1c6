// What is counted of an investigation: requests that were sent, and the longest chain of those that had to wait for each other.

import { describe, expect, it } from 'vitest';
import type { Aws } from '../../../src/contract/aws.ts';
import { measured } from '../../../tools/diagnose/measured.ts';
import { foresee, next } from '../../../tools/diagnose/staged.ts';

/** A gate that answers everything, and writes down what it was asked and under which stage. */
function gate() {
  const sent: string[] = [];
  let stage = '';
  const aws = {
    account: '111122223333',
    region: 'eu-west-1',
    call: async (action: string, input: object) => {
      sent.push(`${stage}: ${action} ${JSON.stringify(input)}`);
      return { output: {}, evidence: `E${sent.length}` };
    },
  } as unknown as Aws; // Only what is asked matters here.
  const context = {
    nowMs: 0,
    stage: (name: string) => {
      stage = name;
    },
    wait: async () => {},
  };
  return { aws, context, sent };
}

const read = (aws: Aws, name: string) => aws.call('ecs:DescribeClusters', { clusters: [name] });

describe('an investigation', () => {
  it('counts the longest chain of requests, whatever ran beside it', async () => {
    const { aws, context } = gate();
    const measure = measured(aws, context);
    measure.context.stage('first');
    await Promise.all([read(measure.aws, 'a'), read(measure.aws, 'b')]);
    measure.context.stage('second');
    const second = next(measure.aws);
    await Promise.all([read(measure.aws, 'c'), read(second, 'd'), read(next(second), 'e')]);
    expect(measure.stats()).toMatchObject({ awsCalls: 5, stages: 4 });
  });

  it('does not count a stage in which nothing was asked', async () => {
    const { aws, context, sent } = gate();
    const measure = measured(aws, context);
    measure.context.stage('first');
    await read(measure.aws, 'a');
    measure.context.stage('nothing to read');
    measure.context.stage('second');
    await read(measure.aws, 'b');
    expect(measure.stats().stages).toBe(2);
    expect(sent.map((line) => line.split(':')[0])).toEqual(['first', 'second']);
  });

  it('names a stage by what it follows from, whoever asks in between', async () => {
    const { aws, context, sent } = gate();
    const measure = measured(aws, context);
    measure.context.stage('first');
    const later = next(measure.aws, 'what follows');
    await read(later, 'a');
    await read(measure.aws, 'b');
    await read(next(later), 'c');
    expect(sent.map((line) => line.split(':')[0])).toEqual([
      'what follows',
      'first',
      'what those answers name',
    ]);
  });

  it('sends what was foreseen once, and counts it where it was begun', async () => {
    const { aws, context, sent } = gate();
    const measure = measured(aws, context);
    measure.context.stage('first');
    foresee(measure.aws, (early) => read(early, 'a'));
    const answer = await read(next(measure.aws), 'a');
    expect(answer.evidence).toBe('E1');
    expect(sent).toHaveLength(1);
    expect(measure.stats()).toMatchObject({ awsCalls: 1, stages: 1 });
  });

  it('foresees nothing where the same request would be sent twice', async () => {
    const plain = gate();
    foresee(plain.aws, (early) => read(early, 'a'));
    const forgetful = gate();
    const measure = measured(forgetful.aws, forgetful.context, { forgets: true });
    foresee(measure.aws, (early) => read(early, 'a'));
    await read(measure.aws, 'a');
    await read(measure.aws, 'a');
    expect(plain.sent).toEqual([]);
    expect(forgetful.sent).toHaveLength(2);
    expect(measure.stats().awsCalls).toBe(2);
  });

  it('is not ended by what was foreseen in vain', async () => {
    const { aws, context } = gate();
    const measure = measured(aws, context);
    foresee(measure.aws, () => Promise.reject(new Error('refused')));
    await read(measure.aws, 'a');
    expect(measure.stats().awsCalls).toBe(1);
  });
});
