// A cluster of which every host is being drained: the machines run and have room, and ECS places nothing on them until somebody sets them
// ACTIVE again. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-draining.html

import { below } from '../evidence.ts';
import type { Facts } from '../facts/facts.ts';
import type { Hosts } from '../facts/hosts.ts';
import { recentChange } from '../facts/trail.ts';
import { counted, found, type Judgement, listed } from './rule.ts';

/** True when there are hosts, and not one of them takes tasks because all are drained. */
export function areAllDrained({ all }: Hosts): boolean {
  return all.length > 0 && all.every(({ observed }) => observed.value.status === 'DRAINING');
}

/** The finding for such a cluster, with who drained it where CloudTrail was read. */
export function allDrained(facts: Facts, { all }: Hosts): Judgement {
  const [first] = all;
  const change = [first?.observed.value.containerInstanceArn, first?.id]
    .flatMap((name) =>
      name === undefined ? [] : (recentChange(facts.bundle, name, /^UpdateContainerInstancesState$/) ?? []),
    )
    .at(0);
  return found({
    verdict: 'proven',
    title: `Every host of the cluster is being drained, so no task of ${facts.service.name} is placed.`,
    explanation: `${counted(all.length, 'host')} (${listed(all.slice(0, 3).map(({ id }) => id))}) ${all.length === 1 ? 'is' : 'are'} DRAINING, and ECS places nothing there, whatever room there is. Set them ACTIVE again if that was not meant, or let other hosts join.${change === undefined ? '' : ` ${change.sentence}`}`,
    evidence: [
      ...all.slice(0, 4).map(({ observed }) => below(observed, '.status')),
      ...(change === undefined ? [] : [change.at]),
    ],
    culprits: all.slice(0, 10).map(({ id }) => id),
  });
}
