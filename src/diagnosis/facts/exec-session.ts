// Whether sessions can be opened in the tasks (ECS Exec): the switch of service and tasks, the agent ECS puts into each container, and what in
// the task definition keeps that agent from working. Amazon ECS Developer Guide, "Monitor Amazon ECS containers with ECS Exec".

import type { EvidenceRef, NetworkPath } from '../../contract/finding.ts';
import { below, type EvidenceBundle } from '../evidence.ts';
import { solvePaths } from '../network/path.ts';
import { awsServiceDestination } from './aws-endpoints.ts';
import { resolveContext } from './destinations.ts';
import type { Facts } from './facts.ts';
import { type Permission, permissionOf } from './permission.ts';
import type { ServiceFacts } from './service.ts';
import { containersLeaveBy, hostSources, taskSources } from './sources.ts';
import type { TaskFacts } from './tasks.ts';

export interface ExecTrouble {
  /** agent: it does not run where it should · switch: the service wants it and its tasks were started without. */
  readonly how: 'agent' | 'switch';
  readonly tasks: readonly TaskFacts[];
  readonly evidence: readonly EvidenceRef[];
  /** What the agent says about itself. */
  readonly reason: string;
}

export interface ExecObstacle {
  readonly sentence: string;
  readonly at: EvidenceRef;
}

const AGENT = 'ExecuteCommandAgent';
/** The agent connects some seconds after its container runs; before that it is on its way. */
const CONNECTS_MS = 120_000;
const KEY_VARIABLE = /^AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)$/;

/** Undefined when sessions work, are on their way, or are not wanted. */
export function execTrouble(
  bundle: EvidenceBundle,
  service: ServiceFacts,
  tasks: readonly TaskFacts[],
): ExecTrouble | undefined {
  const running = tasks.filter((task) => !task.stopped && task.lastStatus === 'RUNNING');
  const dead = running.flatMap((task) => deadAgents(task, bundle.nowMs));
  const [first] = dead;
  if (first !== undefined)
    return {
      how: 'agent',
      tasks: [...new Set(dead.map(({ task }) => task))],
      evidence: dead.slice(0, 3).map(({ at }) => at),
      reason: dead.find(({ reason }) => reason !== '')?.reason ?? '',
    };
  const off = running.filter(({ observed }) => observed.value.enableExecuteCommand === false);
  if (bundle.service.value.enableExecuteCommand !== true || off.length === 0 || off.length < running.length)
    return undefined;
  return {
    how: 'switch',
    tasks: off,
    evidence: [
      below(service.observed, '.enableExecuteCommand'),
      ...off.slice(0, 3).map(({ observed }) => below(observed, '.enableExecuteCommand')),
    ],
    reason: '',
  };
}

function deadAgents(task: TaskFacts, nowMs: number): { task: TaskFacts; at: EvidenceRef; reason: string }[] {
  if (task.observed.value.enableExecuteCommand === false) return [];
  const settled = nowMs - (task.startedAtMs ?? 0) >= CONNECTS_MS;
  return task.containers.flatMap(({ observed }) =>
    (observed.value.managedAgents ?? []).flatMap(({ name, lastStatus, reason = '' }, index) => {
      const dead = lastStatus === 'STOPPED' || (lastStatus === 'PENDING' && settled);
      return name === AGENT && dead
        ? [{ task, at: below(observed, `.managedAgents[${index}].lastStatus`), reason }]
        : [];
    }),
  );
}

/** What in the task definition keeps the agent from working. */
export function execObstacles(task: TaskFacts): ExecObstacle[] {
  const { definition } = task;
  if (definition === undefined) return [];
  const found: ExecObstacle[] = [];
  if (definition.value.taskRoleArn === undefined)
    found.push({
      sentence: `${task.revision} has no task role, and the agent needs one that allows the ssmmessages actions`,
      at: below(definition, '.taskRoleArn'),
    });
  for (const container of task.containers) {
    const own = container.definition;
    if (own === undefined) continue;
    if (own.value.readonlyRootFilesystem === true)
      found.push({
        sentence: `the root file system of ${container.name} is read-only, and the agent has to write there`,
        at: below(own, '.readonlyRootFilesystem'),
      });
    const names = [...(own.value.environment ?? []), ...(own.value.secrets ?? [])].map(
      ({ name }) => name ?? '',
    );
    const key = names.find((name) => KEY_VARIABLE.test(name));
    if (key !== undefined)
      found.push({
        sentence: `${container.name} sets ${key}, which the agent takes instead of the task role`,
        at: below(own, '.environment'),
      });
  }
  const version = /^1\.[0-3](?:\.|$)/.exec(task.observed.value.platformVersion ?? '');
  if (version !== null)
    found.push({
      sentence: `the task runs on platform version ${task.observed.value.platformVersion}, and sessions need 1.4.0`,
      at: below(task.observed, '.platformVersion'),
    });
  return found;
}

/** What the agent asks AWS for; ssmmessages knows no narrower resource. */
const AGENT_ACTIONS = [
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
];

/** Whether the role of the task may do what the agent does, one answer per action; empty without a role. */
export function execPermissions(bundle: EvidenceBundle, task: TaskFacts): Permission[] {
  const role = task.definition?.value.taskRoleArn;
  return role === undefined
    ? []
    : AGENT_ACTIONS.map((action) => permissionOf(bundle, { role, action, resource: '*' }));
}

/** The ways of the running tasks to the endpoint the agent talks to. */
export function execPaths({ bundle, service }: Facts, tasks: readonly TaskFacts[]): readonly NetworkPath[] {
  const sources =
    containersLeaveBy(service, tasks) === 'host'
      ? hostSources(bundle, tasks)
      : taskSources(bundle, service, tasks);
  if (sources.length === 0) return [];
  const context = resolveContext(bundle, sources[0]?.securityGroups ?? []);
  return awsServiceDestination('ssmmessages', context).flatMap(
    (candidate) => solvePaths(bundle.network, sources, candidate.destination).paths,
  );
}
