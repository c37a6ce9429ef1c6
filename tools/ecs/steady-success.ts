// The success test of a change that is meant to heal a service: all its desired tasks running within ten minutes.

import type { Aws } from '../../src/contract/aws.ts';
import type { SuccessTest } from '../../src/contract/proposal.ts';
import { limits } from '../../src/kernel/limits.ts';
import { lastPart, requireOwn } from '../arn.ts';
import { readService } from './service-state.ts';

export interface Heals {
  readonly cluster: string;
  readonly service: string;
}

/** Throws `cluster-unknown` or `service-unknown`. Needs ecs:DescribeServices, ecs:ListClusters and ecs:ListServices. */
export async function steadySuccess(heals: Heals | undefined, aws: Aws): Promise<SuccessTest> {
  if (heals === undefined)
    return { kind: 'none', because: 'No service was named that this change should repair.' };
  const { cluster, service } = heals;
  requireOwn(aws, [cluster, service]);
  const found = await readService(cluster, service, aws);
  return {
    kind: 'service-steady',
    cluster: lastPart(cluster),
    service: lastPart(service),
    running: found.desiredCount ?? 0,
    withinMs: limits.watch.lifeMs,
  };
}
