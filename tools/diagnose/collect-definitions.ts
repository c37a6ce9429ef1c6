// Reads the task definitions that matter to a service: those its deployments name, and those that failed tasks ran.

import type * as Ecs from '@aws-sdk/client-ecs';
import type { Aws } from '../../src/contract/aws.ts';
import type { EvidenceBundle, Seen } from '../../src/diagnosis/evidence.ts';
import { joined, readList } from './reading.ts';

const DEFINITIONS_MAX = 5;

/** The revisions that deployments name, the newest first. */
export function deployedRevisions(service: Ecs.Service): string[] {
  const arns = (service.deployments ?? []).flatMap((one) =>
    one.taskDefinition === undefined ? [] : [one.taskDefinition],
  );
  return [...new Set(arns)].slice(0, DEFINITIONS_MAX);
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
