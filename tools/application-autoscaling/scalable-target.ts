// The scaling of one ECS service as the changes of it see it: its bounds, what is paused, and its policies.

import type { Aws, AwsInput } from '../../src/contract/aws.ts';
import { lastPart, requireOwn } from '../arn.ts';

export interface ScaledService {
  readonly cluster: string;
  readonly service: string;
}

/** The members that name the desired count of a service to Application Auto Scaling. */
export function desiredCountOf({ cluster, service }: ScaledService) {
  return {
    ServiceNamespace: 'ecs',
    ResourceId: `service/${lastPart(cluster)}/${lastPart(service)}`,
    ScalableDimension: 'ecs:service:DesiredCount',
  } as const satisfies Partial<AwsInput<'application-autoscaling:RegisterScalableTarget'>>;
}

/** The registered target, or undefined when the service is not scaled. */
export async function readTarget(scaled: ScaledService, aws: Aws) {
  requireOwn(aws, [scaled.cluster, scaled.service]);
  const { ServiceNamespace, ResourceId, ScalableDimension } = desiredCountOf(scaled);
  const { output } = await aws.call('application-autoscaling:DescribeScalableTargets', {
    ServiceNamespace,
    ResourceIds: [ResourceId],
    ScalableDimension,
  });
  return output.ScalableTargets?.find((one) => one.ResourceId === ResourceId);
}
