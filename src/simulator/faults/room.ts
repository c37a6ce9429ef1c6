// How many more tasks of a service the hosts of an account take, for faults that ask for more than that.

import { registeredSize, tasksPerHost } from '../accounts/fleet-plan.ts';
import type { AccountPlan, ServicePlan } from '../accounts/plan.ts';

/** More tasks than this would be a different account. */
const TASKS_MAX = 60;

export interface Room {
  /** By processor and memory. */
  readonly bySize: number;
  /** By network interfaces; infinite where tasks have none of their own. */
  readonly byInterfaces: number;
}

/** Room for tasks of `service` beside what runs already, counted as if the tasks were spread evenly. */
export function roomFor({ fleet, services }: AccountPlan, service: ServicePlan): Room {
  if (fleet === undefined) return { bySize: 0, byInterfaces: 0 };
  const size = registeredSize(fleet.type);
  const hosts = fleet.hosts.length;
  const sum = (of: (one: ServicePlan) => number) =>
    services.reduce((total, one) => total + of(one) * one.desired, 0);
  return {
    bySize: Math.floor(
      Math.min(
        (hosts * size.cpu - sum(({ cpu }) => cpu)) / service.cpu,
        (hosts * size.memoryMiB - sum(({ memoryMiB }) => memoryMiB)) / service.memoryMiB,
      ),
    ),
    byInterfaces:
      fleet.networkMode === 'bridge' ? Number.POSITIVE_INFINITY : hosts * tasksPerHost(fleet) - sum(() => 1),
  };
}

/** Whether processor or memory is what runs out first when the service grows, within a believable number of tasks. */
export function sizeRunsOutFirst(plan: AccountPlan, service: ServicePlan): boolean {
  const { bySize, byInterfaces } = roomFor(plan, service);
  return plan.fleet !== undefined && bySize <= TASKS_MAX && bySize + 4 < byInterfaces;
}

/** The same for network interfaces. */
export function interfacesRunOutFirst(plan: AccountPlan, service: ServicePlan): boolean {
  const { bySize, byInterfaces } = roomFor(plan, service);
  // Tasks are not spread quite evenly, so a host may be full in one way before the others are in the other.
  return plan.fleet !== undefined && byInterfaces <= TASKS_MAX && byInterfaces * 2 + 6 < bySize;
}
