// The success test of a change that is meant to heal a service: all its desired tasks running within ten minutes.

import type { Aws } from '../../src/contract/aws.ts';
import type { SuccessTest } from '../../src/contract/proposal.ts';
import { limits } from '../../src/kernel/limits.ts';
import { lastPart, requireOwn } from '../arn.ts';
import { serviceUnknown, withKnownCluster } from './unknown-names.ts';

export interface Heals {
  readonly cluster: string;
  readonly service: string;
}

/** Throws `cluster-unknown` or `service-unknown`. Needs ecs:DescribeServices, ecs:ListClusters and ecs:ListServices. */
export async function steadySuccess(heals: Heals | undefined, aws: Aws): Promise<SuccessTest> {
  if (heals === undefined)
    return { kind: 'none', because: 'No service was named that this change should repair.' };
  requireOwn(aws, [heals.cluster, heals.service]);
  const { cluster, service } = heals;
  const { output } = await withKnownCluster(aws, cluster, () =>
    aws.call('ecs:DescribeServices', { cluster, services: [service] }),
  );
  const found = output.services?.find((one) => one.status !== 'INACTIVE');
  if (found === undefined) throw await serviceUnknown(aws, lastPart(cluster), lastPart(service));
  return {
    kind: 'service-steady',
    cluster: lastPart(cluster),
    service: lastPart(service),
    running: found.desiredCount ?? 0,
    withinMs: limits.watch.lifeMs,
  };
}
