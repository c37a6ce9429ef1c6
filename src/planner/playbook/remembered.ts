// Names that this conversation has listed a short while ago: who is named again need not be looked up again. Only what is found in them
// counts; what is not may be new, and is looked up.

import type { ToolResult } from '../../contract/call.ts';
import type { PlannedCall } from '../port.ts';
import type { Subject } from './context.ts';
import { matchNames } from './names.ts';
import { readOutput } from './outputs.ts';

/** The newest list of each kind, with the time it was read at. */
export interface Listed {
  readonly clusters: Names | null;
  readonly services: ReadonlyMap<string, Names>;
}

interface Names {
  readonly names: readonly string[];
  readonly atMs: number;
}

export const nothingListed: Listed = { clusters: null, services: new Map() };

/** Services and clusters come and go by deployments of infrastructure, not within minutes. */
const FRESH_MS = 10 * 60_000;

/** What is listed once one more result is known. */
export function listedAfter(
  listed: Listed,
  call: PlannedCall,
  { result, atMs }: { readonly result: ToolResult; readonly atMs: number | undefined },
): Listed {
  if (atMs === undefined) return listed;
  if (call.tool === 'ecs_list_clusters') {
    const read = readOutput('clusterNames', result);
    return read === null
      ? listed
      : { ...listed, clusters: { names: read.value.clusters.map(({ name }) => name), atMs } };
  }
  const read = call.tool === 'ecs_list_services' ? readOutput('serviceNames', result) : null;
  if (read === null) return listed;
  const names = read.value.services.map(({ name }) => name);
  return { ...listed, services: new Map([...listed.services, [read.value.cluster, { names, atMs }]]) };
}

/** What of a view is needed to look names up in what was listed. */
interface Remembering {
  readonly context: { readonly listed: Listed };
  readonly nowMs: number;
}

/** The clusters that a hint means, all of them without one; none unless they were listed a short while ago. */
export function clustersListed(
  { context: { listed }, nowMs }: Remembering,
  hint: { readonly text: string } | undefined,
): readonly string[] {
  const { clusters } = listed;
  if (clusters === null || !isFresh(clusters, nowMs)) return [];
  return hint === undefined ? clusters.names : matchNames(hint.text, clusters.names);
}

/** All services of `clusters`; null unless each of them was listed a short while ago. */
export function servicesListed(
  { context: { listed }, nowMs }: Remembering,
  clusters: readonly string[],
): readonly Required<Subject>[] | null {
  const lists = clusters.map((cluster) => ({ cluster, list: listed.services.get(cluster) }));
  return lists.every(({ list }) => list !== undefined && isFresh(list, nowMs))
    ? lists.flatMap(({ cluster, list }) => (list?.names ?? []).map((service) => ({ service, cluster })))
    : null;
}

function isFresh({ atMs }: Names, nowMs: number): boolean {
  return nowMs - atMs <= FRESH_MS;
}
