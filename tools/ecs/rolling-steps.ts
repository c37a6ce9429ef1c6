// Whether a rolling deployment can take a step under its bounds, and how it replaces the tasks. A deployment that is allowed neither to
// stop an old task nor to start a new one waits for ever.

import { fail } from '../../src/contract/errors.ts';
import { boundsOf } from '../../src/diagnosis/facts/percentages.ts';
import { counted } from '../text-lines.ts';
import type { ServiceState } from './service-state.ts';

/** What a deployment runs under: the desired count and the bounds in percent, as they are once the change has run. */
export interface Rolling {
  readonly desired: number;
  readonly minimum: number;
  readonly maximum: number;
  /** How many tasks run now, of which the old ones are stopped; null when it is not known. */
  readonly running: number | null;
}

/** Throws `change-unsafe` when the bounds leave no step. Amazon ECS API reference, DeploymentConfiguration. */
export function requireStep({ desired, minimum, maximum }: Rolling, state: ServiceState): void {
  const stuck = boundsOf(desired, { daemon: state.scheduling === 'DAEMON', minimum, maximum });
  if (stuck === undefined) return;
  throw fail('change-unsafe', {
    detail: `a deployment of ${state.service} could not take a step: of ${counted(desired, 'task')}, minimumHealthyPercent ${minimum} makes ${stuck.mustStay} stay and maximumPercent ${maximum} lets ${stuck.mayRun} run`,
    advice:
      'Give it a larger maximum_percent or a smaller minimum_healthy_percent in the same change or before it.',
  });
}

/** One sentence: how many old tasks may be stopped first, or how many new ones may start beside them. */
export function rollingText({ desired, minimum, maximum, running }: Rolling): string {
  const old = running ?? desired;
  const mayStop = old - Math.ceil((desired * minimum) / 100);
  const mayStart = Math.floor((desired * maximum) / 100) - desired;
  const stops =
    mayStop > 0
      ? `up to ${mayStop} of ${counted(old, 'old task')} may be stopped before a new one runs`
      : 'no old task is stopped before a new one runs';
  return `All tasks are replaced, rolling: ${stops}${mayStart > 0 ? `, and up to ${mayStart} more may run meanwhile` : ''}.`;
}
