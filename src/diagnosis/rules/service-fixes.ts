// Proposed updates of the service itself, in the words of the change tool. Never for a service that CodeDeploy or an external controller
// deploys: ECS would refuse them, and they would go around whoever owns the service.

import type { ProposedCall } from '../../contract/finding.ts';
import type { BalancerPath } from '../facts/balancer-path.ts';
import type { Facts } from '../facts/facts.ts';
import type { ServiceFacts } from '../facts/service.ts';
import type { TaskFacts } from '../facts/tasks.ts';
import { commonBlock } from '../network/address-set.ts';
import { egressTool, ingressTool } from './fixes.ts';

export const updateTool = 'ecs_update_service';
export const logGroupTool = 'logs_create_log_group';
export const protectionTool = 'ecs_update_task_protection';
/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateTaskProtection.html */
const PROTECTION_TASKS_MAX = 10;

/** A revision that ran for less has not shown that it works. */
const REPLACED_MIN_MS = 10 * 60_000;

/** A longer grace period; `reckoned` says how its seconds come about. */
export function graceFix(service: ServiceFacts, seconds: number, reckoned: string): ProposedCall[] {
  if ((service.observed.value.loadBalancers ?? []).length === 0) return [];
  return update(
    service,
    { health_check_grace_seconds: seconds },
    `Lets a new task start for ${seconds} s before a failed load balancer check ends it; nothing else changes. ${reckoned}`,
  );
}

/** Another number of tasks. */
export function scaleFix(service: ServiceFacts, desired: number, why: string): ProposedCall[] {
  return update(
    service,
    { desired_count: desired },
    `Sets the desired count from ${service.desired} to ${desired}. ${why}`,
  );
}

/** New tasks of the same revision, for which ECS looks its images up again. */
export function redeployFix(service: ServiceFacts, why: string): ProposedCall[] {
  return update(service, { force_new_deployment: true }, why);
}

/** The log group that a task definition names and that is not there. */
export function logGroupFix({ cluster, name }: ServiceFacts, group: string): ProposedCall[] {
  return [
    {
      tool: logGroupTool,
      input: { log_group: group, heals: { cluster, service: name } },
      why: `Creates the empty log group ${group}, which nothing else uses; ECS then starts tasks by itself.`,
    },
  ];
}

/** Bounds that leave a deployment a step: one task more may run than are wanted. */
export function stepFix(service: ServiceFacts): ProposedCall[] {
  if (service.observed.value.schedulingStrategy === 'DAEMON' || service.desired === 0) return [];
  // A tenth is fine enough for people and always leaves one task.
  const maximum = Math.min(200, Math.ceil(((service.desired + 1) / service.desired) * 10) * 10);
  return update(
    service,
    { maximum_percent: maximum },
    `Lets a deployment run up to ${maximum} % of the desired count, so that it may start a new task before it stops an old one.`,
  );
}

/** Public addresses for the tasks, which only Fargate gives. */
export function publicAddressFix(service: ServiceFacts): ProposedCall[] {
  if (!/^FARGATE/i.test(service.launchType) || service.assignPublicIp !== false) return [];
  return update(
    service,
    { assign_public_ip: true },
    'Gives new tasks public addresses, without which nothing comes back through an internet gateway; all tasks are replaced.',
  );
}

/**
 * Back to the revision that still runs beside the failing one, or that ran until this deployment replaced it, when it is active. Whether it
 * holds cannot be worked out beforehand.
 */
export function rollbackFix(facts: Facts): ProposedCall[] {
  const { service, bundle, failed } = facts;
  const older = service.deployments.find(
    (one) => one !== service.primary && one.running > 0 && one.revision !== service.primary?.revision,
  );
  const back =
    older === undefined
      ? replacedRevision(facts)
      : {
          arn: older.taskDefinitionArn,
          revision: older.revision,
          was: `of which ${older.running} ${older.running === 1 ? 'task still runs' : 'tasks still run'}`,
        };
  if (back === undefined || failed.some(({ revision }) => revision === back.revision)) return [];
  const definition = bundle.taskDefinitions.items.find(({ value }) => value.taskDefinitionArn === back.arn);
  if (definition === undefined || definition.value.status === 'INACTIVE') return [];
  return update(
    service,
    { task_definition: back.revision },
    `Goes back to ${back.revision}, ${back.was}. That it stays healthy is not verifiable beforehand.`,
  );
}

/** The same, unless the former revision asks for `what` (an image, the reference of a secret) as well and would fail alike. */
export function rollbackFrom(facts: Facts, what: string): ProposedCall[] {
  return rollbackFix(facts).filter(({ input }) => {
    const former = facts.bundle.taskDefinitions.items.find(({ value }) =>
      value.taskDefinitionArn?.endsWith(`/${String(input['task_definition'])}`),
    );
    return former !== undefined && !JSON.stringify(former.value.containerDefinitions ?? []).includes(what);
  });
}

/** The revision whose tasks this deployment replaced, when they ran for longer than those that fail now and did not fail themselves. */
function replacedRevision({ service, tasks, failed }: Facts) {
  const since = service.primary?.createdAtMs;
  const family = service.primary?.revision.split(':')[0];
  if (since === undefined) return undefined;
  const replaced = tasks.find(
    (task) =>
      task.kind === 'scheduled' &&
      task.revision !== service.primary?.revision &&
      task.revision.split(':')[0] === family &&
      (task.stoppedAtMs ?? 0) >= since &&
      livedMs(task) > Math.max(REPLACED_MIN_MS, ...failed.map(livedMs)),
  );
  const arn = replaced?.observed.value.taskDefinitionArn;
  if (replaced === undefined || arn === undefined) return undefined;
  const until = new Date(replaced.stoppedAtMs ?? 0).toISOString().slice(0, 16).replace('T', ' ');
  return {
    arn,
    revision: replaced.revision,
    was: `which ran until this deployment replaced it at ${until} UTC`,
  };
}

function livedMs({ startedAtMs, stoppedAtMs }: TaskFacts): number {
  return startedAtMs === undefined || stoppedAtMs === undefined ? 0 : stoppedAtMs - startedAtMs;
}

/** An end to the protection of the tasks a deployment waits for; one request takes ten. */
export function protectionFix(service: ServiceFacts, ids: readonly string[]): ProposedCall[] {
  if (ids.length === 0 || ids.length > PROTECTION_TASKS_MAX) return [];
  return [
    {
      tool: protectionTool,
      input: { cluster: service.cluster, tasks: [...ids], protect: false },
      why: 'Ends the protection of these tasks, so that ECS stops them and the deployment finishes. The work they protect is cut off; where it matters, wait for its end instead.',
    },
  ];
}

/** A rule that lets the load balancer's group reach the tasks, or the hosts they are on. */
export function balancerFixes(
  service: ServiceFacts,
  way: Pick<BalancerPath, 'balancerGroups' | 'balancerBlocks' | 'targetGroups' | 'ports'> & {
    readonly egress: boolean;
  },
): ProposedCall[] {
  const [from] = way.balancerGroups;
  const [to] = way.targetGroups;
  const block = from === undefined ? commonBlock(way.balancerBlocks) : undefined;
  const group = way.egress ? from : to;
  const peer = way.egress ? to : (from ?? block);
  if (to === undefined || group === undefined || peer === undefined) return [];
  const { ports } = way;
  const range = ports.from === ports.to ? `tcp/${ports.from}` : `tcp/${ports.from}-${ports.to}`;
  return [
    {
      tool: way.egress ? egressTool : ingressTool,
      input: {
        group_id: group,
        protocol: 'tcp',
        from_port: ports.from,
        to_port: ports.to,
        peer: peer === block ? { cidr: peer } : { group_id: peer },
        description: `load balancer to ${service.name}`,
        heals: { cluster: service.cluster, service: service.name },
      },
      why: `Lets ${range} ${way.egress ? `out of ${group} to ${peer}` : `into ${group} from ${peer}`} and nothing else.`,
    },
  ];
}

function update(service: ServiceFacts, change: ProposedCall['input'], why: string): ProposedCall[] {
  if (service.controller !== 'ECS') return [];
  return [{ tool: updateTool, input: { cluster: service.cluster, service: service.name, ...change }, why }];
}
