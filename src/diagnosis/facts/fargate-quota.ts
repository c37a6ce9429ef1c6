// Whether the account has room for one more task of the service on Fargate: the quota on vCPUs against what runs, and what a task takes.
// Quota codes: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html

import type { EvidenceRef } from '../../contract/finding.ts';
import { below } from '../evidence.ts';
import { LIMIT_REACHED } from './complaints.ts';
import type { Facts } from './facts.ts';

/** The two kinds of Fargate capacity: each has a quota and a use of its own. */
export const fargateClasses = [
  {
    id: 'ondemand',
    provider: 'FARGATE',
    usageClass: 'Standard/OnDemand',
    code: 'L-3032A538',
    name: 'Fargate',
  },
  {
    id: 'spot',
    provider: 'FARGATE_SPOT',
    usageClass: 'Standard/Spot',
    code: 'L-36FBB829',
    name: 'Fargate Spot',
  },
] as const;

export interface QuotaRoom {
  readonly name: string;
  readonly code: string;
  /** vCPUs the account may run at a time. */
  readonly limit: number;
  /** vCPUs that ran at most of late. */
  readonly used: number;
  /** vCPUs one more task takes. */
  readonly wanted: number;
  readonly evidence: readonly EvidenceRef[];
}

const CPU_UNITS = 1_024;

/** True when AWS says so and the numbers are worth a look. */
export function asksForQuotas({ complaints, failed }: Pick<Facts, 'complaints' | 'failed'>): boolean {
  return (
    complaints.some(({ kind }) => kind === 'fargate-quota') ||
    failed.some(({ stoppedReason }) => LIMIT_REACHED.test(stoppedReason))
  );
}

/** The quotas the service counts against, as far as limit and use are both known. */
export function quotaRooms({ bundle, service }: Pick<Facts, 'bundle' | 'service'>): QuotaRoom[] {
  const { fargate } = bundle;
  const definition = bundle.taskDefinitions.items.find(
    ({ value }) => value.taskDefinitionArn === service.primary?.taskDefinitionArn,
  );
  const wanted = Number(definition?.value.cpu ?? 0) / CPU_UNITS;
  if (fargate === undefined || definition === undefined || !(wanted > 0)) return [];
  const strategy = service.observed.value.capacityProviderStrategy ?? [];
  const mine = fargateClasses.filter(({ provider }) =>
    strategy.length === 0
      ? provider === 'FARGATE'
      : strategy.some(({ capacityProvider }) => capacityProvider === provider),
  );
  return mine.flatMap(({ id, code, name }) => {
    const quota = fargate.quotas.items.find(({ value }) => value.QuotaCode === code);
    const series = fargate.use.items.find(({ value }) => value.name === id);
    const used = Math.max(...(series?.value.points.map(({ value }) => value) ?? []));
    if (quota?.value.Value === undefined || series === undefined) return [];
    const at = series.value.points.findIndex(({ value }) => value === used);
    return [
      {
        name,
        code,
        limit: quota.value.Value,
        used,
        wanted,
        evidence: [below(quota, '.Value'), below(series, `.Values[${at}]`), below(definition, '.cpu')],
      },
    ];
  });
}
