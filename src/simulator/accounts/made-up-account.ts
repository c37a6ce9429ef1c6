// A healthy account that never existed: made from a seed, different for every seed in names, place, size and shape.
// It is what faults are put into; the engine computes what becomes of it.

import { parseSnapshot, SNAPSHOT_FORMAT, type Snapshot } from '../../contract/snapshot.ts';
import { clusterArn } from './names.ts';
import { networkOf, standingInterfaces } from './network.ts';
import { type AccountPlan, type PlanOptions, planAccount } from './plan.ts';
import { seededRandom } from './random.ts';
import { placeTasks, runningStream, runningTask, taskInterface } from './running-tasks.ts';
import { balancingOf, databaseOf, hostsOf, repositoryOf, rolesOf, secretsOf } from './surroundings.ts';
import { waysOut } from './way-out.ts';
import { definitionsOf, serviceOf } from './workloads.ts';

export interface MadeUpAccount {
  readonly plan: AccountPlan;
  /** Steady as of `plan.nowMs`. */
  readonly snapshot: Snapshot;
}

/** Makes the account of `seed`. */
export function madeUpAccount(seed: string, options: PlanOptions): MadeUpAccount {
  const plan = planAccount(seed, seededRandom(seed), options);
  return { plan, snapshot: snapshotOf(plan) };
}

function snapshotOf(plan: AccountPlan): Snapshot {
  const onHosts = plan.services.some((service) => service.launchType === 'EC2');
  const hosts = onHosts ? hostsOf(plan) : new Map();
  const arns = new Map([...hosts].map(([zone, host]) => [zone, String(host.containerInstanceArn)]));
  const placed = placeTasks(plan, arns);
  const network = networkOf(plan);
  const out = waysOut(plan);
  return parseSnapshot({
    format: SNAPSHOT_FORMAT,
    takenAt: new Date(plan.nowMs).toISOString(),
    account: { id: plan.account, region: plan.region },
    ecs: {
      clusters: [
        {
          clusterArn: clusterArn(plan),
          clusterName: plan.cluster,
          status: 'ACTIVE',
          registeredContainerInstancesCount: hosts.size,
          runningTasksCount: placed.length,
          pendingTasksCount: 0,
          activeServicesCount: plan.services.length,
          capacityProviders: onHosts ? [] : ['FARGATE', 'FARGATE_SPOT'],
        },
      ],
      services: plan.services.map((service) => serviceOf(plan, service)),
      tasks: placed.map((task) => runningTask(plan, task)),
      taskDefinitions: plan.services.flatMap((service) => definitionsOf(plan, service)),
      containerInstances: [...hosts.values()],
    },
    ec2: {
      ...network,
      ...out,
      NetworkInterfaces: [
        ...(out.NetworkInterfaces ?? []),
        ...standingInterfaces(plan),
        ...placed.map((task) => taskInterface(plan, task)),
      ],
    },
    logs: {
      logGroups: plan.services.map((service) => ({
        logGroupName: service.logGroup,
        retentionInDays: 30,
        streams: placed.filter((task) => task.service === service).map((task) => runningStream(plan, task)),
      })),
    },
    elbv2: balancingOf(plan, placed),
    ecr: { repositories: plan.services.map((service) => repositoryOf(plan, service)) },
    iam: { Roles: plan.services.flatMap((service) => rolesOf(plan, service)) },
    secretsmanager: { secrets: secretsOf(plan) },
    rds: { DBInstances: plan.databases.map((database) => databaseOf(plan, database)) },
  });
}
