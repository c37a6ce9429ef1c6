// A generated cluster of any size: most services are well, a few are ill in ways that differ, and thousands of tasks run.

import { parseSnapshot, type Snapshot } from '../../src/contract/snapshot.ts';
import { CLUSTER, healthyAccount, NOW_MS } from './account-builder.ts';

export interface Size {
  readonly services: number;
  readonly tasksPerService: number;
}

/** Every twentieth service is short of tasks, and every fiftieth has none. */
export function largeAccount({ services, tasksPerService }: Size): Snapshot {
  const snapshot = healthyAccount();
  const [template] = snapshot.ecs.services;
  const [definition] = snapshot.ecs.taskDefinitions;
  const [task] = snapshot.ecs.tasks;
  if (template === undefined || definition === undefined || task === undefined)
    throw new Error('the small account no longer has a service');
  const event = (index: number, number: number) => ({
    id: `e-${index}-${number}`,
    createdAt: new Date(NOW_MS - (number + 20) * 60_000).toISOString(),
    message: `(service ${nameOf(index)}) has reached a steady state.`,
  });
  const list = Array.from({ length: services }, (_, index) => {
    const running = index % 50 === 7 ? 0 : index % 20 === 3 ? tasksPerService - 1 : tasksPerService;
    return {
      ...structuredClone(template),
      serviceName: nameOf(index),
      serviceArn: template.serviceArn.replace(/api$/, nameOf(index)),
      desiredCount: tasksPerService,
      runningCount: running,
      deployments: (template.deployments ?? []).map((one) => ({
        ...one,
        desiredCount: tasksPerService,
        runningCount: running,
      })),
      events: Array.from({ length: 100 }, (_event, number) => event(index, number)),
    };
  });
  const tasks = list.flatMap((service, index) =>
    Array.from({ length: service.runningCount }, (_, number) => ({
      ...task,
      taskArn: task.taskArn.replace(
        /[0-9a-f]{32}$/,
        (index * 10_000 + number).toString(16).padStart(32, '0'),
      ),
      group: `service:${service.serviceName}`,
    })),
  );
  return parseSnapshot({
    ...snapshot,
    ecs: {
      ...snapshot.ecs,
      clusters: snapshot.ecs.clusters.map((one) =>
        one.clusterName === CLUSTER ? { ...one, status: 'ACTIVE', runningTasksCount: tasks.length } : one,
      ),
      services: list,
      tasks,
    },
  });
}

/** How many of them a glance has to find. */
export function sickIn({ services }: Size): number {
  return Array.from({ length: services }, (_, index) => index).filter(
    (index) => index % 50 === 7 || index % 20 === 3,
  ).length;
}

function nameOf(index: number): string {
  return `service-${String(index).padStart(4, '0')}`;
}
