// The bounds of a rolling deployment: how many tasks must stay and how many may run. When neither a task may be stopped nor one more
// started, the deployment cannot move, whatever the tasks do.

import type { ServiceFacts } from './service.ts';

export interface Deadlock {
  readonly minimum: number;
  readonly maximum: number;
  /** Tasks that must stay and tasks that may run, of `desired`. */
  readonly mustStay: number;
  readonly mayRun: number;
}

/** The bounds when they forbid every step of a deployment that is under way. Amazon ECS API reference, DeploymentConfiguration. */
export function deadlockOf(service: ServiceFacts): Deadlock | undefined {
  const { value } = service.observed;
  const older = service.deployments.filter((one) => one !== service.primary && one.running > 0);
  const unfinished = service.primary !== undefined && service.primary.running < service.desired;
  if (service.controller !== 'ECS' || older.length === 0 || !unfinished) return undefined;
  return boundsOf(service.desired, {
    daemon: value.schedulingStrategy === 'DAEMON',
    minimum: value.deploymentConfiguration?.minimumHealthyPercent,
    maximum: value.deploymentConfiguration?.maximumPercent,
  });
}

/** The bounds for a desired count, when they leave no step: `ceil(desired × min)` must stay, `floor(desired × max)` may run. */
export function boundsOf(
  desired: number,
  percent: { daemon: boolean; minimum: number | undefined; maximum: number | undefined },
): Deadlock | undefined {
  const minimum = percent.minimum ?? (percent.daemon ? 0 : 100);
  const maximum = percent.maximum ?? (percent.daemon ? 100 : 200);
  const mustStay = Math.ceil((desired * minimum) / 100);
  const mayRun = Math.floor((desired * maximum) / 100);
  const stuck = desired > 0 && mustStay >= desired && mayRun <= desired;
  return stuck ? { minimum, maximum, mustStay, mayRun } : undefined;
}
