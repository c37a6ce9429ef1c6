// Metrics as far as they were read: the highest value of one in the time that was looked at.

import type { EvidenceRef } from '../../contract/finding.ts';
import { below, type EvidenceBundle, type MetricSeries, type Observed } from '../evidence.ts';

export interface Peak {
  readonly value: number;
  readonly atMs: number;
  readonly at: EvidenceRef;
}

/** The highest value of a metric; undefined when it was not read or has no points. */
export function peakOf(bundle: Pick<EvidenceBundle, 'metrics'>, name: string): Peak | undefined {
  const points = pointsOf(bundle, name);
  return points.reduce<Peak | undefined>(
    (best, one) => (best === undefined || one.value > best.value ? one : best),
    undefined,
  );
}

/** The lowest value of a metric; undefined when it was not read or has no points. */
export function lowOf(bundle: Pick<EvidenceBundle, 'metrics'>, name: string): Peak | undefined {
  const points = pointsOf(bundle, name);
  return points.reduce<Peak | undefined>(
    (best, one) => (best === undefined || one.value < best.value ? one : best),
    undefined,
  );
}

/** Every value of a metric that was read, in the order of the answer. */
export function pointsOf(bundle: Pick<EvidenceBundle, 'metrics'>, name: string): Peak[] {
  return (bundle.metrics?.items ?? [])
    .filter(({ value }: Observed<MetricSeries>) => value.name === name)
    .flatMap((series) =>
      series.value.points.map((point, index) => ({
        value: point.value,
        atMs: point.atMs,
        at: below(series, `.Values[${index}]`),
      })),
    );
}
