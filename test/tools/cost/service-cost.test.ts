import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../src/contract/snapshot.ts';
import { serviceCost, serviceCostWith } from '../../../tools/cost/service-cost.ts';
import { NOW_MS } from '../../support/simulated-aws.ts';
import { changed, context, TROUBLED, withAccount } from '../diagnose/support.ts';

const SERVICE = 'checkout';
type Input = Parameters<typeof serviceCost.run>[0];

const ask = (change: (s: Snapshot) => void = () => {}, input: Partial<Input> = {}) =>
  withAccount(changed(change), async (aws) =>
    serviceCost.output.parse(
      await serviceCost.run({ cluster: TROUBLED.cluster, service: SERVICE, days: 3, ...input }, aws, context),
    ),
  );

/** Hours of CPU and memory use up to now, in percent. */
const used =
  (cpu: number, memory: number, hours = 48) =>
  (s: Snapshot): void => {
    const series = (MetricName: string, value: number) => ({
      Namespace: 'AWS/ECS',
      MetricName,
      Dimensions: [
        { Name: 'ClusterName', Value: TROUBLED.cluster },
        { Name: 'ServiceName', Value: SERVICE },
      ],
      points: Array.from({ length: hours }, (_, n): [string, number] => [
        new Date(NOW_MS - (n + 1) * 3_600_000).toISOString(),
        value,
      ]),
    });
    s.cloudwatch.metrics = [series('CPUUtilization', cpu), series('MemoryUtilization', memory)];
  };

describe('the cost of a service', () => {
  it('is that of its running Fargate tasks at the listed price, with the date of the price', async () => {
    const out = await ask(used(60, 60));
    expect(out.tasks).toEqual({ fargate: 2, spot: 0, ec2: 0 });
    const { cpu = 0, memory = 0 } = out.requested ?? {};
    expect(out.monthly).toBeCloseTo(2 * 730 * ((cpu / 1_024) * 0.04048 + (memory / 1_024) * 0.004445), 1);
    expect(out.basis.join(' ')).toMatch(/us-east-1, Linux X86_64 on demand, as of \d{4}-\d\d/);
    expect(serviceCost.text(out)).toMatch(/USD a month/);
  });

  it('takes the price it is given, and has none for a part of one', async () => {
    const given = await ask(used(60, 60), { usd_per_vcpu_hour: 1, usd_per_gb_hour: 0.5 });
    expect(given.price).toMatchObject({ asOf: 'given', perVcpuHour: 1 });
    expect((await ask(used(60, 60), { usd_per_vcpu_hour: 1 })).price?.asOf).not.toBe('given');
  });

  it('takes the price of a file before the table, and says where a price is from and which are known', async () => {
    const row = { architecture: 'X86_64' as const, asOf: '2026-07', perVcpuHour: 0.06, perGbHour: 0.006 };
    const tool = serviceCostWith([
      { ...row, region: 'us-east-1' },
      { ...row, region: 'eu-central-1' },
    ]);
    const wanted = { cluster: TROUBLED.cluster, service: SERVICE, days: 3 };
    const given = await withAccount(changed(used(60, 60)), (aws) => tool.run(wanted, aws, context));
    expect(given.price).toMatchObject({ perVcpuHour: 0.06, asOf: '2026-07, from the file of prices' });
    expect(given.basis.join(' ')).toContain('as of 2026-07, from the file of prices');
    const elsewhere = await withAccount(changed(used(60, 60)), (aws) =>
      tool.run(
        wanted,
        { ...aws, call: aws.call.bind(aws), account: aws.account, region: 'eu-west-1' },
        context,
      ),
    );
    expect(elsewhere).toMatchObject({ price: null, monthly: null });
    expect(elsewhere.basis.join(' ')).toMatch(
      /Fargate in eu-west-1 \(X86_64\) is not known\. Known are prices of us-east-1, eu-central-1/,
    );
  });

  it('leaves Spot out of the sum and says so', async () => {
    const out = await ask((s) => {
      used(60, 60)(s);
      for (const task of s.ecs.tasks)
        if (task.group === `service:${SERVICE}`) task.capacityProviderName = 'FARGATE_SPOT';
    });
    expect(out).toMatchObject({ tasks: { fargate: 0, spot: 2 }, monthly: null });
    expect(out.basis.join(' ')).toContain('Fargate Spot, whose price changes');
  });

  it('is compared with what the tasks use', async () => {
    expect(await ask(used(60, 60))).toMatchObject({ cpu: { average: 60, peak: 60 }, verdict: 'fitting' });
    expect(await ask(used(50, 97))).toMatchObject({ verdict: 'undersized' });
    expect(await ask(used(50, 50, 5))).toMatchObject({ verdict: 'unknown', suggested: null });
  });

  it('never takes a refused read for no use or no scaling', async () => {
    const out = await ask((s) => {
      used(60, 60)(s);
      s.denied = ['cloudwatch:GetMetricData', 'application-autoscaling:DescribeScalingActivities'];
    });
    expect(out).toMatchObject({ cpu: null, verdict: 'unknown', scaling: null });
    expect(out.cannotVerify.map(({ missingAction }) => missingAction)).toEqual([
      'cloudwatch:GetMetricData',
      'application-autoscaling:DescribeScalingActivities',
    ]);
  });
});
