// A healthy account that never existed: made from a seed, different for every seed in names, place, size and shape.
// It is what faults are put into; the engine computes what becomes of it.

import { parseSnapshot, SNAPSHOT_FORMAT, type Snapshot } from '../../contract/snapshot.ts';
import { hasInterface } from './fleet-plan.ts';
import { hostParts } from './hosts.ts';
import { clusterArn } from './names.ts';
import { networkOf, standingInterfaces } from './network.ts';
import { type AccountPlan, type PlanOptions, planAccount } from './plan.ts';
import { quotasOf } from './quotas.ts';
import { seededRandom } from './random.ts';
import { placeTasks, runningStream, runningTask, taskInterface } from './running-tasks.ts';
import { balancingOf, databaseOf, repositoryOf, rolesOf, secretsOf } from './surroundings.ts';
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
  const placed = placeTasks(plan);
  const fleet = plan.fleet === undefined ? undefined : hostParts(plan, plan.fleet, placed);
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
          registeredContainerInstancesCount: fleet?.containerInstances.length ?? 0,
          runningTasksCount: placed.length,
          pendingTasksCount: 0,
          activeServicesCount: plan.services.length,
          capacityProviders: fleet?.capacityProviders.map(({ name }) => name) ?? ['FARGATE', 'FARGATE_SPOT'],
        },
      ],
      services: plan.services.map((service) => serviceOf(plan, service)),
      tasks: placed.map((task) => runningTask(plan, task)),
      taskDefinitions: plan.services.flatMap((service) => definitionsOf(plan, service)),
      containerInstances: fleet?.containerInstances ?? [],
      capacityProviders: fleet?.capacityProviders ?? [],
      accountSettings: plan.fleet?.trunking === true ? [{ name: 'awsvpcTrunking', value: 'enabled' }] : [],
    },
    ec2: {
      ...network,
      ...out,
      Instances: fleet?.instances ?? [],
      InstanceTypes: fleet?.instanceTypes ?? [],
      NetworkInterfaces: [
        ...(out.NetworkInterfaces ?? []),
        ...standingInterfaces(plan),
        ...(fleet?.interfaces ?? []),
        ...(hasInterface(plan) ? placed.map((task) => taskInterface(plan, task)) : []),
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
    autoscaling: { AutoScalingGroups: fleet?.groups ?? [], Activities: fleet?.activities ?? [] },
    iam: { Roles: [...plan.services.flatMap((service) => rolesOf(plan, service)), ...(fleet?.roles ?? [])] },
    secretsmanager: { secrets: secretsOf(plan) },
    servicequotas: { quotas: quotasOf(plan) },
    rds: { DBInstances: plan.databases.map((database) => databaseOf(plan, database)) },
  });
}
