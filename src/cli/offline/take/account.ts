// What belongs to the account rather than to a service: settings, quotas, recorded changes, names of Cloud Map, CodeDeploy, schedules.

import { lastPart } from '../../../../tools/arn.ts';
import { readQuotas } from '../../../../tools/diagnose/collect-quota.ts';
import { batchesOf } from '../../../../tools/diagnose/reading.ts';
import type { Aws } from '../../../contract/aws.ts';
import type { Snapshot } from '../../../contract/snapshot.ts';
import { distinct, listed, TAKE_MAX } from './bounds.ts';

/** As far back as a diagnosis looks. */
const TRAIL_WINDOW_MS = 24 * 3_600_000;
const DEPLOYMENTS_WINDOW_MS = 7 * 24 * 3_600_000;
const DEPLOYMENTS_PER_CALL = 25;

/** Settings, quotas, and the newest changes of the last day on record in CloudTrail, of everything in the region. */
export async function takeAccount(aws: Aws, nowMs: number): Promise<void> {
  await Promise.all([
    listed(aws, { action: 'ecs:ListAccountSettings', input: { effectiveSettings: true, maxResults: 100 } }),
    readQuotas(aws, nowMs),
    listed(aws, {
      action: 'cloudtrail:LookupEvents',
      input: {
        // What was only read is left out.
        LookupAttributes: [{ AttributeKey: 'ReadOnly', AttributeValue: 'false' }],
        StartTime: new Date(nowMs - TRAIL_WINDOW_MS),
        EndTime: new Date(nowMs),
        // The most of a page; LookupEvents answers two requests a second.
        MaxResults: 50,
      },
    }),
  ]);
}

/** Names of the rules that start tasks in the cluster. */
export async function scheduledRules(aws: Aws, { ecs }: Snapshot): Promise<string[]> {
  const lists = await Promise.all(
    ecs.clusters.map(({ clusterArn }) =>
      listed(aws, {
        action: 'events:ListRuleNamesByTarget',
        input: { TargetArn: clusterArn },
        items: ({ RuleNames }) => RuleNames,
      }),
    ),
  );
  return distinct(lists.flat());
}

/** The namespaces of Cloud Map, and the instances of the services in them that ECS registers its tasks with. */
export async function takeDiscovery(aws: Aws, { ecs }: Snapshot): Promise<void> {
  const registries = distinct(
    ecs.services.flatMap(({ serviceRegistries = [] }) => serviceRegistries.map((one) => one.registryArn)),
  ).map(lastPart);
  const connects = ecs.services.some(({ deployments = [] }) =>
    deployments.some(({ serviceConnectConfiguration: connect }) => connect?.enabled === true),
  );
  if (registries.length === 0 && !connects) return;
  const namespaces = await listed(aws, {
    action: 'servicediscovery:ListNamespaces',
    input: {},
    items: ({ Namespaces }) => Namespaces,
  });
  await Promise.all([
    ...distinct(namespaces.map(({ Id }) => Id))
      .slice(0, TAKE_MAX.namespaces)
      .map((id) =>
        listed(aws, {
          action: 'servicediscovery:ListServices',
          input: { Filters: [{ Name: 'NAMESPACE_ID', Values: [id], Condition: 'EQ' }] },
        }),
      ),
    ...registries.map((ServiceId) =>
      listed(aws, { action: 'servicediscovery:ListInstances', input: { ServiceId } }),
    ),
  ]);
}

/** The newest deployments of CodeDeploy, where it deploys a service. */
export async function takeCodeDeploy(aws: Aws, { ecs }: Snapshot, nowMs: number): Promise<void> {
  if (!ecs.services.some(({ deploymentController }) => deploymentController?.type === 'CODE_DEPLOY')) return;
  const ids = await listed(aws, {
    action: 'codedeploy:ListDeployments',
    input: { createTimeRange: { start: new Date(nowMs - DEPLOYMENTS_WINDOW_MS) } },
    items: ({ deployments }) => deployments,
    pages: 1,
  });
  await Promise.all(
    batchesOf(ids, DEPLOYMENTS_PER_CALL).map((deploymentIds) =>
      listed(aws, { action: 'codedeploy:BatchGetDeployments', input: { deploymentIds } }),
    ),
  );
}
