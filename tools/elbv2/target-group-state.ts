// What a change of a target group is worked out against: how its targets are checked, and how long they drain.

import { z } from 'zod';
import { type Aws, AwsCallError } from '../../src/contract/aws.ts';
import { fail } from '../../src/contract/errors.ts';

export const targetGroupState = z.strictObject({
  arn: z.string(),
  name: z.string(),
  protocol: z.string(),
  path: z.string(),
  port: z.string(),
  codes: z.string(),
  interval: z.number().int(),
  timeout: z.number().int(),
  healthy: z.number().int(),
  unhealthy: z.number().int(),
});
export type TargetGroupState = z.infer<typeof targetGroupState>;

/** Throws `resource-unknown`. Defaults are those of the API reference of Elastic Load Balancing, CreateTargetGroup. */
export async function observeTargetGroup(arn: string, aws: Aws): Promise<TargetGroupState> {
  const unknown = (cause?: unknown) =>
    fail(
      'resource-unknown',
      { kind: 'target group', id: arn, account: aws.account, region: aws.region, nearest: '' },
      cause,
    );
  try {
    const { output } = await aws.call('elasticloadbalancing:DescribeTargetGroups', {
      TargetGroupArns: [arn],
    });
    const found = output.TargetGroups?.[0];
    if (found === undefined) throw unknown();
    return {
      arn,
      name: found.TargetGroupName ?? arn,
      protocol: found.HealthCheckProtocol ?? 'HTTP',
      path: found.HealthCheckPath ?? '',
      port: found.HealthCheckPort ?? 'traffic-port',
      codes: found.Matcher?.HttpCode ?? found.Matcher?.GrpcCode ?? '',
      interval: found.HealthCheckIntervalSeconds ?? 30,
      timeout: found.HealthCheckTimeoutSeconds ?? 5,
      healthy: found.HealthyThresholdCount ?? 5,
      unhealthy: found.UnhealthyThresholdCount ?? 2,
    };
  } catch (thrown) {
    if (thrown instanceof AwsCallError && /^TargetGroupNotFound/.test(thrown.failure.code))
      throw unknown(thrown);
    throw thrown;
  }
}
