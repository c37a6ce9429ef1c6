// How long the target groups of a service drain before ECS stops a task: one attribute, read only when tasks were killed while they stopped, or
// have been stopping for long.

import type { Aws } from '../../src/contract/aws.ts';
import type { Draining, EvidenceBundle, Seen } from '../../src/diagnosis/evidence.ts';
import { gapOf, joined } from './reading.ts';

export const drainingActions = ['elasticloadbalancing:DescribeTargetGroupAttributes'] as const;

const GROUPS_MAX = 2;
const DELAY = 'deregistration_delay.timeout_seconds';

/** The deregistration delay of each target group, at most two of them. */
export async function readDraining(aws: Aws, { service }: EvidenceBundle): Promise<Seen<Draining>> {
  const arns = (service.value.loadBalancers ?? []).flatMap(({ targetGroupArn }) => targetGroupArn ?? []);
  return joined(await Promise.all([...new Set(arns)].slice(0, GROUPS_MAX).map((arn) => readDelay(aws, arn))));
}

async function readDelay(aws: Aws, targetGroupArn: string): Promise<Seen<Draining>> {
  const action = 'elasticloadbalancing:DescribeTargetGroupAttributes';
  try {
    const { output, evidence } = await aws.call(action, { TargetGroupArn: targetGroupArn });
    const index = output.Attributes?.findIndex(({ Key }) => Key === DELAY) ?? -1;
    const seconds = Number(output.Attributes?.[index]?.Value);
    if (index === -1 || !Number.isFinite(seconds)) return { items: [], gaps: [] };
    return {
      items: [{ value: { targetGroupArn, seconds }, at: { id: evidence, path: `$.Attributes[${index}]` } }],
      gaps: [],
    };
  } catch (thrown) {
    return { items: [], gaps: [gapOf(thrown, 'how long the targets drain', action)] };
  }
}
