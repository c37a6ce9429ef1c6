// The first stage of an investigation: the service and the names of its tasks, asked for at once wherever the cluster is known.

import type { Aws } from '../../src/contract/aws.ts';
import type { ToolContext } from '../../src/contract/tool.ts';
import type { Seen } from '../../src/diagnosis/evidence.ts';
import { lastPart, requireOwn } from '../arn.ts';
import { clusterNames } from './find-clusters.ts';
import {
  CLUSTERS_SEARCHED_MAX,
  clusterNamed,
  type FoundService,
  findAmong,
  findService,
} from './find-service.ts';
import { joined, readList } from './reading.ts';
import { foresee } from './staged.ts';

const STOPPED_TASKS_MAX = 200;
const RUNNING_TASKS_MAX = 100;
/** In so few clusters tasks are asked for before it is known which one has the service. */
const FEW_CLUSTERS = 2;

export interface WantedService {
  readonly cluster?: string | undefined;
  readonly service: string;
}

/** The service, and the ARNs of its tasks. Throws what `findService` throws. */
export async function readServiceAndTasks(
  aws: Aws,
  wanted: WantedService,
  context: ToolContext,
): Promise<{ found: FoundService; arns: Seen<string> }> {
  const cluster = clusterNamed(wanted);
  if (cluster === undefined) return searchServiceAndTasks(aws, wanted, context);
  context.stage('service and tasks');
  // All three at once; when the name is wrong the lists are empty-handed and findService says so.
  const [found, arns] = await Promise.all([
    findService(aws, wanted),
    listTasks(aws, { cluster, service: lastPart(wanted.service) }),
  ]);
  return { found, arns };
}

async function searchServiceAndTasks(
  aws: Aws,
  wanted: WantedService,
  context: ToolContext,
): Promise<{ found: FoundService; arns: Seen<string> }> {
  requireOwn(aws, [wanted.service]);
  const service = lastPart(wanted.service);
  context.stage('clusters');
  const clusters = await clusterNames(aws, CLUSTERS_SEARCHED_MAX);
  context.stage('service and tasks');
  const few = clusters.length <= FEW_CLUSTERS;
  if (few)
    foresee(aws, (gate) => Promise.all(clusters.map((cluster) => listTasks(gate, { cluster, service }))));
  const found = await findAmong(aws, clusters, service);
  if (!few) context.stage('tasks');
  return { found, arns: await listTasks(aws, { cluster: found.cluster, service: found.service }) };
}

async function listTasks(aws: Aws, of: { cluster: string; service: string }): Promise<Seen<string>> {
  return joined(await Promise.all([listOf(aws, of, 'STOPPED'), listOf(aws, of, 'RUNNING')]));
}

function listOf(
  aws: Aws,
  { cluster, service }: { cluster: string; service: string },
  status: 'STOPPED' | 'RUNNING',
): Promise<Seen<string>> {
  return readList(aws, {
    action: 'ecs:ListTasks',
    input: { cluster, serviceName: service, desiredStatus: status },
    what: status === 'STOPPED' ? 'the stopped tasks' : 'the running tasks',
    path: '$.taskArns',
    items: (output) => output.taskArns,
    pages: (status === 'STOPPED' ? STOPPED_TASKS_MAX : RUNNING_TASKS_MAX) / 100,
  });
}
