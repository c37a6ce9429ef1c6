// How many vCPUs the account runs on Fargate, which its quotas are held against.

import type { Snapshot } from '../../contract/snapshot.ts';

/** Codes of "Fargate On-Demand vCPU resource count" and "Fargate Spot vCPU resource count". */
export const FARGATE_QUOTAS = { FARGATE: 'L-3032A538', FARGATE_SPOT: 'L-36FBB829' } as const;
const CPU_UNITS = 1024;

/** What the snapshot recorded with the quota, otherwise what the account's tasks add up to; undefined without that quota. */
export function vcpusInUse(state: Snapshot, provider: keyof typeof FARGATE_QUOTAS): number | undefined {
  const quota = state.servicequotas.quotas.find((one) => one.QuotaCode === FARGATE_QUOTAS[provider]);
  if (quota === undefined) return undefined;
  if (typeof quota.usage === 'number') return quota.usage;
  const spot = provider === 'FARGATE_SPOT';
  return state.ecs.tasks
    .filter(
      (task) =>
        task.launchType === 'FARGATE' &&
        task.lastStatus !== 'STOPPED' &&
        (task.capacityProviderName === 'FARGATE_SPOT') === spot,
    )
    .reduce((sum, task) => sum + Number(task.cpu ?? 0) / CPU_UNITS, 0);
}
