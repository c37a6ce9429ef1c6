// Diagnoses without a hub, through the same tool that a planner calls: of one service, of the service a task belongs to,
// or of a whole cluster, where what looks ill by its counts is looked at first.

import type * as Ecs from '@aws-sdk/client-ecs';
import { type Arn, lastPart, parseArn, requireOwn } from '../../../tools/arn.ts';
import { type DiagnoseServiceOutput, diagnoseService } from '../../../tools/diagnose/diagnose-service.ts';
import { ecsDescribeServices } from '../../../tools/ecs/describe-services.ts';
import { ecsListServices } from '../../../tools/ecs/list-services.ts';
import { withKnownCluster } from '../../../tools/ecs/unknown-names.ts';
import type { Aws } from '../../contract/aws.ts';
import { fail } from '../../contract/errors.ts';
import { firstIssue } from '../../contract/json.ts';
import { limits } from '../../kernel/limits.ts';
import { toJson } from '../../node/bounded-json.ts';
import type { Investigation } from './investigation.ts';

export interface Diagnosis {
  readonly output: DiagnoseServiceOutput;
  /** The size of what a planner would read: characters of the tool's compact text / 4, rounded up. */
  readonly resultTokens: number;
}

export interface ClusterDiagnosis {
  readonly cluster: string;
  /** Every service that was looked into, the most urgent first. */
  readonly diagnoses: readonly Diagnosis[];
  /** Services that could not be looked into, and why. */
  readonly failed: readonly { readonly service: string; readonly because: string }[];
  /** Services nobody looked into, because there are more than can be: their counts look right. */
  readonly notLookedAt: readonly string[];
}

/** More services than this are not looked into at once; those that look ill by their counts come first. */
export const SERVICES_DIAGNOSED_MAX = 40;
const AT_ONCE = 4;
const DESCRIBED_AT_ONCE = 50;

/** Diagnoses one service. Throws what the tool throws, such as `service-unknown`. */
export async function diagnoseOne(
  investigation: Investigation,
  wanted: { readonly cluster?: string | undefined; readonly service: string },
): Promise<Diagnosis> {
  const parsed = diagnoseService.input.safeParse({
    ...(wanted.cluster === undefined ? {} : { cluster: wanted.cluster }),
    service: wanted.service,
  });
  if (!parsed.success) {
    const { where, detail } = firstIssue(parsed.error);
    throw fail('input-invalid', { where: `--${where}`, detail });
  }
  const { redact } = investigation;
  const raw = await investigation.ask(diagnoseService, (aws, context) =>
    diagnoseService.run(parsed.data, aws, context),
  );
  const text = redact.text(diagnoseService.text(raw)).text.slice(0, limits.call.textChars);
  const output = diagnoseService.output.parse(redact.json(toJson(raw)).value);
  return { output, resultTokens: Math.ceil(text.length / 4) };
}

/** Diagnoses the services of a cluster, a few at a time. Throws `cluster-unknown`. */
export async function diagnoseCluster(
  investigation: Investigation,
  cluster: string,
): Promise<ClusterDiagnosis> {
  const input = ecsListServices.input.safeParse({ cluster });
  if (!input.success)
    throw fail('input-invalid', { where: '--cluster', detail: firstIssue(input.error).detail });
  const listed = await investigation.ask(ecsListServices, (aws, context) =>
    ecsListServices.run(input.data, aws, context),
  );
  const ordered = await illFirst(
    investigation,
    listed.cluster,
    listed.services.map(({ name }) => name),
  );
  const chosen = ordered.slice(0, SERVICES_DIAGNOSED_MAX);
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
    cluster: listed.cluster,
    diagnoses: diagnoses.sort((a, b) => urgency(a) - urgency(b) || compare(nameOf(a), nameOf(b))),
    failed: failed.sort((a, b) => compare(a.service, b.service)),
    notLookedAt: ordered.slice(SERVICES_DIAGNOSED_MAX),
  };
}

export function isHealthy({ output }: Diagnosis): boolean {
  return output.findings[0]?.class === 'healthy';
}

/** The service a task belongs to. Throws `resource-unknown`, `cluster-unknown`, `usage` or `input-invalid`. */
export async function serviceOfTask(
  investigation: Investigation,
  wanted: { readonly cluster?: string | undefined; readonly task: string },
): Promise<{ readonly cluster: string; readonly service: string; readonly task: string }> {
  if (!/^[\w:/-]{1,2048}$/.test(wanted.task))
    throw fail('input-invalid', { where: '--task', detail: 'it is neither a task id nor an ARN of a task' });
  const cluster = wanted.cluster ?? clusterInTask(parseArn(wanted.task));
  if (cluster === undefined)
    throw fail('usage', { detail: 'Name the cluster of the task with --cluster, or give its full ARN.' });
  return investigation.ask(
    { name: 'find_task', actions: ['ecs:DescribeTasks', 'ecs:ListClusters'] },
    async (aws) => {
      requireOwn(aws, [cluster, wanted.task]);
      const task = await describeTask(aws, cluster, wanted.task);
      const id = lastPart(wanted.task);
      if (task === undefined)
        throw fail('resource-unknown', {
          kind: 'task',
          id,
          account: aws.account,
          region: aws.region,
          nearest: ' AWS forgets stopped tasks after about an hour.',
        });
      const service = /^service:(.+)$/.exec(task.group ?? '')?.[1];
      if (service === undefined)
        throw fail('usage', {
          detail: `Task ${id} belongs to no service (its group is ${task.group ?? 'not set'}), and only services can be diagnosed.`,
        });
      return { cluster: lastPart(cluster), service, task: id };
    },
  );
}

async function describeTask(aws: Aws, cluster: string, task: string): Promise<Ecs.Task | undefined> {
  const { output } = await withKnownCluster(aws, cluster, () =>
    aws.call('ecs:DescribeTasks', { cluster, tasks: [task] }),
  );
  return output.tasks?.[0];
}

/** The cluster in the long form of a task's ARN: `task/cluster/id`. */
function clusterInTask(arn: Arn | undefined): string | undefined {
  return /^task\/([^/]+)\/[^/]+$/.exec(arn?.resource ?? '')?.[1];
}

/** Names in the order in which they deserve a look: what is not at its counts, then what is being deployed, then the rest. */
async function illFirst(
  investigation: Investigation,
  cluster: string,
  names: readonly string[],
): Promise<string[]> {
  const ranks = new Map<string, number>();
  for (let start = 0; start < names.length; start += DESCRIBED_AT_ONCE) {
    const services = names.slice(start, start + DESCRIBED_AT_ONCE);
    const described = await investigation.ask(ecsDescribeServices, (aws, context) =>
      ecsDescribeServices.run({ cluster, services }, aws, context),
    );
    for (const one of described.services) {
      const moving = one.deployments.some(
        (deployment) =>
          (deployment.rolloutState ?? 'COMPLETED') !== 'COMPLETED' || deployment.failedTasks > 0,
      );
      ranks.set(one.name, one.running < one.desired ? 0 : moving || one.deployments.length > 1 ? 1 : 2);
    }
  }
  const rank = (name: string) => ranks.get(name) ?? 1;
  return [...names].sort((a, b) => rank(a) - rank(b) || compare(a, b));
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
