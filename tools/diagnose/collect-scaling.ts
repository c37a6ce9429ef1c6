// What changes the number of a service's tasks, or keeps it from changing: Application Auto Scaling, and the protection of tasks.

import type * as Ecs from '@aws-sdk/client-ecs';
import type { Aws } from '../../src/contract/aws.ts';
import type { EvidenceBundle, ScalingEvidence, Seen } from '../../src/diagnosis/evidence.ts';
import type { Facts } from '../../src/diagnosis/facts/facts.ts';
import { heldTasks } from '../../src/diagnosis/facts/protection.ts';
import { readList } from './reading.ts';

/** Newest activities that are looked at; one page. */
const ACTIVITIES_READ = 50;
/** What one request takes. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_GetTaskProtection.html */
const PROTECTIONS_READ = 100;

/** Which of the tasks that a deployment waits for are protected. */
export function readProtections(
  aws: Aws,
  { bundle, service, tasks }: Facts,
): Promise<Seen<Ecs.ProtectedTask>> {
  const held = heldTasks(bundle, service, tasks).slice(0, PROTECTIONS_READ);
  return readList(aws, {
    action: 'ecs:GetTaskProtection',
    input: { cluster: bundle.cluster, tasks: held.map(({ arn }) => arn) },
    what: 'which tasks are protected',
    path: '$.protectedTasks',
    items: (output) => output.protectedTasks,
  });
}

/** The service's scaling: its bounds and what it did lately. */
export async function readScaling(aws: Aws, bundle: EvidenceBundle): Promise<ScalingEvidence> {
  const ResourceId = `service/${bundle.cluster}/${bundle.service.value.serviceName ?? ''}`;
  const [targets, activities] = await Promise.all([
    readList(aws, {
      action: 'application-autoscaling:DescribeScalableTargets',
      input: { ServiceNamespace: 'ecs', ResourceIds: [ResourceId] },
      what: 'the scaling of the service',
      path: '$.ScalableTargets',
      items: (output) => output.ScalableTargets,
    }),
    readList(aws, {
      action: 'application-autoscaling:DescribeScalingActivities',
      input: { ServiceNamespace: 'ecs', ResourceId, MaxResults: ACTIVITIES_READ },
      what: 'what scaling did lately',
      path: '$.ScalingActivities',
      items: (output) => output.ScalingActivities,
      pages: 2,
    }),
  ]);
  return { targets, activities };
}
