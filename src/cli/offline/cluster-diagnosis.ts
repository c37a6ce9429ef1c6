// A whole cluster without a hub: every service at a glance, then those that look ill in full, a few at a time.

import {
  type DiagnoseClusterOutput,
  diagnoseCluster as overviewTool,
} from '../../../tools/diagnose/diagnose-cluster.ts';
import { answerOf, type Diagnosis, diagnoseOne } from './diagnoses.ts';
import type { Investigation } from './investigation.ts';

export interface ClusterDiagnosis {
  readonly cluster: string;
  readonly overview: DiagnoseClusterOutput;
  /** Every service that was looked into, the most urgent first. */
  readonly diagnoses: readonly Diagnosis[];
  /** Services that could not be looked into, and why. */
  readonly failed: readonly { readonly service: string; readonly because: string }[];
  /** Services nobody looked into, because there are more than can be: their counts look right. */
  readonly notLookedAt: readonly string[];
}

/** More services than this are not looked into at once; those that look ill at a glance come first. */
export const SERVICES_DIAGNOSED_MAX = 40;
/** In a larger cluster only what looks ill is looked into. */
const LARGE_CLUSTER = 60;
const AT_ONCE = 4;

/** Diagnoses the services of a cluster, a few at a time. Throws `cluster-unknown`. */
export async function diagnoseCluster(
  investigation: Investigation,
  cluster: string,
): Promise<ClusterDiagnosis> {
  const { output: overview } = await answerOf(investigation, overviewTool, { cluster, deep: 0 });
  const sick = overview.sick.map(({ name }) => name);
  const ordered = [...new Set([...sick, ...[...overview.well].sort(compare)])];
  const chosen = (overview.cluster.services > LARGE_CLUSTER ? sick : ordered).slice(
    0,
    SERVICES_DIAGNOSED_MAX,
  );
  const diagnoses: Diagnosis[] = [];
  const failed: { service: string; because: string }[] = [];
  const queue = [...chosen];
  const work = async () => {
    for (let service = queue.shift(); service !== undefined; service = queue.shift()) {
      try {
        diagnoses.push(await diagnoseOne(investigation, { cluster, service }));
      } catch (error) {
        failed.push({ service, because: error instanceof Error ? error.message : String(error) });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return {
    cluster: overview.cluster.name,
    overview,
    diagnoses: diagnoses.sort((a, b) => urgency(a) - urgency(b) || compare(nameOf(a), nameOf(b))),
    failed: failed.sort((a, b) => compare(a.service, b.service)),
    notLookedAt: ordered.filter((name) => !chosen.includes(name)),
  };
}

export function isHealthy({ output }: Diagnosis): boolean {
  return output.findings[0]?.class === 'healthy';
}

/** Proven causes first, then likely ones; what is healthy comes last. */
function urgency(one: Diagnosis): number {
  const [first] = one.output.findings;
  if (first === undefined || first.class === 'healthy') return 9;
  return { proven: 0, likely: 1, possible: 2, unknown: 3 }[first.verdict];
}

function nameOf(one: Diagnosis): string {
  return one.output.service.name;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
