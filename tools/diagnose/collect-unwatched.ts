// Which services have running tasks on hosts that report nothing any more: their counts are what ECS heard last. Asked only where a host of
// the cluster does not report.

import type * as Ecs from '@aws-sdk/client-ecs';
import type { Aws } from '../../src/contract/aws.ts';
import type { Gap, Observed, Seen } from '../../src/diagnosis/evidence.ts';
import type { UnwatchedTasks } from '../../src/diagnosis/overview.ts';
import { lastPart } from '../arn.ts';
import { describeTasks } from './collect.ts';
import { joined, readList } from './reading.ts';
import { next } from './staged.ts';

/** More hosts without an agent are listed and not looked into. */
const HOSTS_MAX = 5;

export interface Unwatched {
  /** By the name of the service. */
  readonly services: ReadonlyMap<string, UnwatchedTasks>;
  readonly gaps: readonly Gap[];
}

/** The services below which hosts of `cluster` are silent. */
export async function readUnwatched(
  aws: Aws,
  cluster: string,
  { items }: Seen<Ecs.ContainerInstance>,
): Promise<Unwatched> {
  const silent = items.filter(({ value }) => value.agentConnected === false).slice(0, HOSTS_MAX);
  const seen = joined(await Promise.all(silent.map((host) => tasksOn(aws, cluster, host))));
  const services = new Map<string, UnwatchedTasks>();
  for (const { value } of seen.items) {
    const host = silent.find((one) => one.value.containerInstanceArn === value.containerInstanceArn);
    const name = /^service:(.+)$/.exec(value.group ?? '')?.[1];
    if (name === undefined || host === undefined || value.lastStatus !== 'RUNNING') continue;
    services.set(name, { count: (services.get(name)?.count ?? 0) + 1, host });
  }
  return { services, gaps: seen.gaps };
}

async function tasksOn(
  aws: Aws,
  cluster: string,
  { value }: Observed<Ecs.ContainerInstance>,
): Promise<Seen<Ecs.Task>> {
  const arns = await readList(aws, {
    action: 'ecs:ListTasks',
    input: { cluster, containerInstance: lastPart(value.containerInstanceArn ?? ''), maxResults: 100 },
    what: 'the tasks on hosts without an agent',
    path: '$.taskArns',
    items: (output) => output.taskArns,
    pages: 1,
  });
  const ids = arns.items.map((one) => one.value);
  const tasks = ids.length === 0 ? { items: [], gaps: [] } : await describeTasks(next(aws), cluster, ids);
  return { items: tasks.items, gaps: [...arns.gaps, ...tasks.gaps] };
}
