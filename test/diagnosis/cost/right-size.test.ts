import { describe, expect, it } from 'vitest';
import { listedPrice } from '../../../src/diagnosis/cost/fargate-price-table.ts';
import { fargateSizes, fittingSize } from '../../../src/diagnosis/cost/fargate-size.ts';
import { type SizingQuestion, sizingOf } from '../../../src/diagnosis/cost/right-size.ts';
import { scalingSwings } from '../../../src/diagnosis/cost/scaling-swings.ts';

const price = {
  region: 'us-east-1',
  asOf: 'given',
  currency: 'USD',
  perVcpuHour: 0.04,
  perGbHour: 0.004,
} as const;
const use = (average: number, peak: number, hours = 168) => ({ average, peak, hours });
const ask = (question: Partial<SizingQuestion>) =>
  sizingOf({
    requested: { cpu: 1_024, memory: 2_048 },
    cpu: use(10, 15),
    memory: use(20, 30),
    price,
    onDemandTasks: 4,
    ...question,
  });

describe('the size of a task', () => {
  it('is too large when a cheaper one holds the peak with room to spare, and says what that saves', () => {
    const sizing = ask({});
    expect(sizing).toMatchObject({ verdict: 'oversized', suggested: { cpu: 256, memory: 1_024 } });
    // 4 tasks × 730 hours × (1 × 0.04 + 2 × 0.004) and the same with a quarter of a vCPU and 1 GB.
    expect(sizing.monthly).toBeCloseTo(140.16, 2);
    expect(sizing.monthlySuggested).toBeCloseTo(40.88, 2);
  });

  it('is right when the peak needs it, even if the average does not', () => {
    expect(ask({ cpu: use(5, 75) })).toMatchObject({ verdict: 'fitting', suggested: undefined });
  });

  it('is too small when memory nearly ran out', () => {
    expect(ask({ memory: use(80, 95) })).toMatchObject({
      verdict: 'undersized',
      suggested: { cpu: 512, memory: 3_072 },
    });
  });

  it('is not judged by less than a day of hours, nor without measurements', () => {
    expect(ask({ cpu: use(1, 2, 23) })).toMatchObject({ verdict: 'unknown', suggested: undefined });
    expect(ask({ memory: undefined })).toMatchObject({ verdict: 'unknown' });
  });

  it('is judged without a price, but costs no number then', () => {
    expect(ask({ price: undefined })).toMatchObject({
      verdict: 'oversized',
      suggested: { cpu: 256, memory: 1_024 },
      monthly: undefined,
      monthlySuggested: undefined,
    });
  });

  it('is always one that Fargate offers', () => {
    const sizes = fargateSizes();
    expect(sizes).toHaveLength(3 + 4 + 7 + 13 + 23 + 12 + 12);
    expect(fittingSize({ cpu: 16_385, memory: 1 }, () => 1)).toBeUndefined();
  });
});

describe('the price table', () => {
  it('says since when its prices hold and has none for regions that were not looked up', () => {
    expect(listedPrice('us-east-1', 'X86_64')).toMatchObject({ asOf: expect.stringMatching(/^\d{4}-\d\d$/) });
    expect(listedPrice('us-east-1', 'ARM64')?.perVcpuHour).toBeLessThan(
      listedPrice('us-east-1', 'X86_64')?.perVcpuHour ?? 0,
    );
    expect(listedPrice('mars-north-1', 'X86_64')).toBeUndefined();
  });
});

describe('scaling', () => {
  const start = Date.parse('2026-01-02T00:00:00Z');
  const activity = (minutes: number, to: number, StatusCode: 'Successful' | 'Failed' = 'Successful') => ({
    ActivityId: String(minutes),
    ServiceNamespace: 'ecs' as const,
    ResourceId: 'service/c/s',
    ScalableDimension: 'ecs:service:DesiredCount' as const,
    Description: `Setting desired count to ${to}.`,
    Cause: 'monitor alarm',
    StartTime: new Date(start + minutes * 60_000),
    StatusCode,
  });
  const policy = (name: string, cooldown: number) => ({
    PolicyARN: name,
    PolicyName: name,
    ServiceNamespace: 'ecs' as const,
    ResourceId: 'service/c/s',
    ScalableDimension: 'ecs:service:DesiredCount' as const,
    PolicyType: 'TargetTrackingScaling' as const,
    TargetTrackingScalingPolicyConfiguration: { TargetValue: 50, ScaleInCooldown: cooldown },
    CreationTime: new Date(start),
  });

  it('swings when it turns round again and again within the hour, and the policies say why', () => {
    const swings = scalingSwings(
      Array.from({ length: 12 }, (_, n) => activity(n * 20, n % 2 === 0 ? 4 : 2)).reverse(),
      [policy('cpu', 30), policy('memory', 300)],
    );
    expect(swings).toMatchObject({ turns: 10, betweenTurnsMs: 20 * 60_000, oscillates: true });
    expect(swings.reasons).toEqual([
      expect.stringContaining('cpu has a scale-in cooldown of 30 s'),
      expect.stringContaining('2 policies move the same count'),
    ]);
  });

  it('does not swing when it follows the day, keeps growing, or only tried', () => {
    const daily = Array.from({ length: 8 }, (_, n) => activity(n * 720, n % 2 === 0 ? 4 : 2));
    const growing = Array.from({ length: 12 }, (_, n) => activity(n * 5, n + 1));
    const failed = Array.from({ length: 12 }, (_, n) => activity(n * 20, n % 2, 'Failed'));
    for (const activities of [daily, growing, failed, []])
      expect(scalingSwings(activities, [policy('cpu', 30)])).toMatchObject({
        oscillates: false,
        reasons: [],
      });
  });
});
