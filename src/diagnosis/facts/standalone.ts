// Tasks as a subject of their own: those that no service started, and single tasks of a service. They are judged by what became of
// them alone; a run that was meant to end and ended with 0 is no failure.

import type * as Ecs from '@aws-sdk/client-ecs';
import { type EvidenceBundle, notObserved, type Observed } from '../evidence.ts';
import type { TaskFacts } from './tasks.ts';

/** Where tasks run that belong to no service, as far as it is known. */
export interface Placing {
  readonly name: string;
  readonly clusterArn: string;
  readonly launchType: string | undefined;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly publicAddress: boolean | undefined;
}

/** What the rules read of a service, for tasks that have none. No answer of AWS holds it, so nothing may point to it. */
export function standInService(placing: Placing): Observed<Ecs.Service> {
  const { subnets, securityGroups, publicAddress } = placing;
  return {
    at: notObserved,
    value: {
      serviceName: placing.name,
      clusterArn: placing.clusterArn,
      status: 'ACTIVE',
      ...(placing.launchType === undefined ? {} : { launchType: placing.launchType as Ecs.LaunchType }), // AWS's own word.
      deployments: [],
      events: [],
      ...(subnets.length === 0
        ? {}
        : {
            networkConfiguration: {
              awsvpcConfiguration: {
                subnets: [...subnets],
                securityGroups: [...securityGroups],
                ...(publicAddress === undefined
                  ? {}
                  : { assignPublicIp: publicAddress ? ('ENABLED' as const) : ('DISABLED' as const) }),
              },
            },
          }),
    },
  };
}

/** True for tasks that were started by hand, by a schedule or by a workflow. */
export function isStandalone(bundle: Pick<EvidenceBundle, 'service'>): boolean {
  return bundle.service.at.id === notObserved.id;
}

/** A run that ended by itself, every container of its own with 0. Only of standalone tasks is that what was wanted. */
export function ranToItsEnd(task: TaskFacts): boolean {
  const own = task.containers.filter(({ injected }) => !injected);
  return (
    task.kind === 'exit' && own.length > 0 && own.every((one) => one.exitCode === 0 && one.reason === '')
  );
}

/** troubled when one of the tasks failed, hangs or is unhealthy; otherwise steady. */
export function conditionOfTasks(
  bundle: EvidenceBundle,
  tasks: readonly TaskFacts[],
  { failed, stuck }: { readonly failed: readonly TaskFacts[]; readonly stuck: readonly TaskFacts[] },
): 'troubled' | 'steady' {
  const bad = isStandalone(bundle) ? failed.filter((task) => !ranToItsEnd(task)) : failed;
  const sick = tasks.some((task) => !task.stopped && task.healthStatus === 'UNHEALTHY');
  return bad.length > 0 || stuck.length > 0 || sick ? 'troubled' : 'steady';
}
