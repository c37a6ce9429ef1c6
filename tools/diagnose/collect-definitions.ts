// Reads the task definitions that matter to a service: those its deployments name, and those that failed tasks ran.

import type * as Ecs from '@aws-sdk/client-ecs';
import type { Aws } from '../../src/contract/aws.ts';
import type { EvidenceBundle, Seen } from '../../src/diagnosis/evidence.ts';
import { joined, readList } from './reading.ts';

const DEFINITIONS_MAX = 5;
/** An hour, and the time a deployment takes. */
const STOPPED_SHOWN_MS = 75 * 60_000;

/** The revisions that deployments name, the newest first. */
export function deployedRevisions(service: Ecs.Service): string[] {
  const arns = (service.deployments ?? []).flatMap((one) =>
    one.taskDefinition === undefined ? [] : [one.taskDefinition],
  );
  return [...new Set(arns)].slice(0, DEFINITIONS_MAX);
}

/**
 * The revision that tasks stopped of late may have run although no deployment names it: the one before the only one, or after it where ECS
 * went back. Undefined where every stopped task that ECS still shows, which it does for an hour, was started by the present deployment.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html
 */
export function revisionBefore(service: Ecs.Service, tasks: number, nowMs: number): string | undefined {
  const [only = '', second] = deployedRevisions(service);
  const [primary] = service.deployments ?? [];
  const [, family, revision] = /^(.+):(\d+)$/.exec(only) ?? [];
  const hasStopped = tasks > (service.runningCount ?? 0) + (service.pendingCount ?? 0);
  const isRecent = nowMs - (primary?.createdAt?.getTime() ?? 0) < STOPPED_SHOWN_MS;
  if (second !== undefined || family === undefined || !hasStopped || !isRecent) return undefined;
  const wentBack = /\broll(?:ing|ed) back\b/i.test(primary?.rolloutStateReason ?? '');
  const other = Number(revision) + (wentBack ? 1 : -1);
  return other < 1 ? undefined : `${family}:${other}`;
}

export async function readDefinitions(aws: Aws, arns: readonly string[]): Promise<Seen<Ecs.TaskDefinition>> {
  const lists = await Promise.all(
    arns.map((taskDefinition) =>
      readList(aws, {
        action: 'ecs:DescribeTaskDefinition',
        input: { taskDefinition },
        what: `task definition ${taskDefinition.split('/').at(-1) ?? taskDefinition}`,
        path: '$.taskDefinition',
        items: (output) => (output.taskDefinition === undefined ? [] : [output.taskDefinition]),
      }),
    ),
  );
  const all = joined(lists);
  // A single object, not a list: its path has no index.
  return { ...all, items: all.items.map((one) => ({ ...one, at: { ...one.at, path: '$.taskDefinition' } })) };
}

/** Revisions that failed tasks ran but no deployment names any more, such as after a roll-back; undefined when there are none. */
export function readOtherDefinitions(
  aws: Aws,
  bundle: EvidenceBundle,
): Promise<Seen<Ecs.TaskDefinition>> | undefined {
  const known = new Set(bundle.taskDefinitions.items.map(({ value }) => value.taskDefinitionArn));
  const wanted = new Set(
    bundle.tasks.items
      .filter(({ value }) => value.lastStatus === 'STOPPED')
      .map(({ value }) => value.taskDefinitionArn ?? ''),
  );
  const missing = [...wanted].filter((arn) => arn !== '' && !known.has(arn));
  return missing.length === 0 || bundle.taskDefinitions.gaps.length > 0
    ? undefined
    : readDefinitions(aws, missing.slice(0, DEFINITIONS_MAX));
}
