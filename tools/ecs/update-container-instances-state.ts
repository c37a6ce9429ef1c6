// ecs_update_container_instances_state: proposes to drain container instances, or to let them take tasks again.

import { z } from 'zod';
import type { Aws } from '../../src/contract/aws.ts';
import { fail } from '../../src/contract/errors.ts';
import {
  type AwsRequest,
  type DiffRow,
  defineChangeTool,
  type PreparedChange,
} from '../../src/contract/tool.ts';
import { lastPart, requireOwn } from '../arn.ts';
import { clusterField, containerInstanceField, listOf } from '../fields.ts';
import { counted } from '../text-lines.ts';
import { withKnownCluster } from './unknown-names.ts';

type Status = 'ACTIVE' | 'DRAINING';

const instancesState = z.strictObject({
  cluster: z.string(),
  instances: z.array(z.strictObject({ id: z.string(), arn: z.string(), status: z.string() })),
});
type InstancesState = z.infer<typeof instancesState>;

export const ecsUpdateContainerInstancesState = defineChangeTool({
  name: 'ecs_update_container_instances_state',
  summary:
    'Proposes to drain container instances, so that their services move their tasks elsewhere, or to make drained ones take tasks again. A person approves it before anything changes.',
  risk: 'change',
  actions: ['ecs:UpdateContainerInstancesState', 'ecs:DescribeContainerInstances', 'ecs:ListClusters'],
  input: z.strictObject({
    cluster: clusterField,
    container_instances: listOf(containerInstanceField, 10, 'Ids of the container instances.'),
    status: z.enum(['DRAINING', 'ACTIVE']).describe('DRAINING moves tasks away, ACTIVE takes them again.'),
  }),
  target: ({ cluster, container_instances }) => ({
    cluster: lastPart(cluster),
    resources: container_instances,
  }),
  observe: async ({ cluster, container_instances: ids }, aws) => {
    const found = await readInstances(cluster, ids, aws);
    return {
      cluster: lastPart(cluster),
      instances: found
        .map((one) => ({
          id: lastPart(one.containerInstanceArn ?? ''),
          arn: one.containerInstanceArn ?? '',
          status: one.status ?? '',
        }))
        .sort((left, right) => (left.id < right.id ? -1 : 1)),
    };
  },
  prepare: async ({ status }, observed, aws) => {
    const state = instancesState.parse(observed);
    const found = await readInstances(
      state.cluster,
      state.instances.map(({ id }) => id),
      aws,
    );
    return prepareStatus(
      status,
      state,
      found.reduce((sum, one) => sum + (one.runningTasksCount ?? 0), 0),
    );
  },
});

/** Throws `resource-unknown` for the first that is not there. */
async function readInstances(cluster: string, ids: readonly string[], aws: Aws) {
  requireOwn(aws, [cluster, ...ids]);
  const { output } = await withKnownCluster(aws, cluster, () =>
    aws.call('ecs:DescribeContainerInstances', { cluster, containerInstances: [...ids] }),
  );
  const found = output.containerInstances ?? [];
  const missing = ids.find(
    (id) => !found.some((one) => lastPart(one.containerInstanceArn ?? '') === lastPart(id)),
  );
  if (missing === undefined) return found;
  const { account, region } = aws;
  throw fail('resource-unknown', { kind: 'container instance', id: missing, account, region, nearest: '' });
}

function prepareStatus(status: Status, state: InstancesState, running: number): PreparedChange {
  const other: Status = status === 'DRAINING' ? 'ACTIVE' : 'DRAINING';
  const wrong = state.instances.find((one) => one.status !== 'ACTIVE' && one.status !== 'DRAINING');
  if (wrong !== undefined)
    throw fail('change-unsafe', {
      detail: `container instance ${wrong.id} is ${wrong.status}`,
      advice: 'Only ACTIVE and DRAINING instances can be changed.',
    });
  const differing = state.instances.filter((one) => one.status !== status);
  if (differing.length === 0)
    throw fail('change-unneeded', {
      detail: `${counted(state.instances.length, 'container instance')} ${state.instances.length === 1 ? 'is' : 'are'} ${status} already`,
    });
  const noun = counted(differing.length, 'container instance');
  return {
    title:
      status === 'DRAINING'
        ? `Drain ${noun} of ${state.cluster}`
        : `Let ${noun} of ${state.cluster} take tasks again`,
    call: requestOf(state.cluster, differing, status),
    targets: differing.map(({ arn }) => arn),
    diff: {
      caption: `Container instances of ${state.cluster}`,
      rows: state.instances.flatMap(({ id, status: before }): DiffRow[] =>
        before === status
          ? [{ sign: ' ', cells: [id, before] }]
          : [
              { sign: '-', cells: [id, before] },
              { sign: '+', cells: [id, status] },
            ],
      ),
    },
    blastRadius: {
      summary:
        status === 'DRAINING'
          ? `${noun} with ${counted(running, 'task')}. Services start replacements elsewhere and stop theirs here; tasks without a service run on.`
          : `${noun}. New tasks may be placed there.`,
      items: differing.map(({ arn }) => arn),
    },
    opens: ['Nothing becomes reachable that was not.'],
    inverse: { call: requestOf(state.cluster, differing, other) },
    success: { kind: 'none', because: 'No service was named that this change should repair.' },
    warnings:
      status === 'DRAINING'
        ? ['Where the rest of the cluster has no room, replacements stay pending and old tasks stay.']
        : [],
    idempotency: 'declarative',
  };
}

function requestOf(cluster: string, instances: InstancesState['instances'], status: Status): AwsRequest {
  return {
    action: 'ecs:UpdateContainerInstancesState',
    input: { cluster, containerInstances: instances.map(({ id }) => id), status },
  };
}
