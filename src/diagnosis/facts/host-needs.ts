// Which hosts are worth looking at for their way through the network: those below tasks whose start asked for something through them and
// got no answer or a refusal, and, where tasks have no interface of their own, those below tasks that ran into trouble.

import type { Facts } from './facts.ts';
import { containersLeaveBy, hostOf, startLeavesBy } from './sources.ts';
import type { StartFailure, StartPhase } from './start-failure.ts';
import { onHost } from './start-role.ts';
import { wasRefused } from './start-subjects.ts';
import type { TaskFacts } from './tasks.ts';

/** More hosts are not asked about; those of the newest failures come first. */
const HOSTS_MAX = 10;
/** Steps that ask somebody over the network. */
const OVER_NETWORK: ReadonlySet<StartPhase> = new Set(['pull', 'secret', 'env-file', 'logger', 'volume']);
/** The agent's own endpoints for tasks and the metadata of the instance; what goes there meets no gate of the VPC. */
const LINK_LOCAL = /^169\.254\./;
const OUT_OF_MEMORY = /\boom|out ?of ?memory/i;

/** ARNs of the container instances to read; none when no symptom points at hosts. With `asked`, somebody asks about a way itself. */
export function hostsInQuestion(facts: Facts, asked: boolean): string[] {
  const below = facts.starts.some(
    (start) => leavesByHost(start) && (isUnanswered(start) || wasRefused(start)),
  )
    ? facts.failed.filter(({ kind }) => kind === 'start')
    : [];
  const tasks = [...below, ...tasksOnHostNetwork(facts, asked), ...unreported(facts)].filter(onHost);
  return [...new Set(tasks.flatMap((task) => hostOf(task) ?? []))].slice(0, HOSTS_MAX);
}

/** True when something that was wanted leaves by a host's interface and was not answered, or nobody knows whether it was. */
export function asksForHostNetwork(facts: Facts): boolean {
  if (startsAskForHosts(facts)) return true;
  const byHost = facts.dependencies.filter(({ leavesBy }) => leavesBy === 'host');
  if (byHost.some(({ why, host }) => why === 'asked' || (why === 'attempt' && !LINK_LOCAL.test(host ?? ''))))
    return true;
  // What the environment names is a guess, worth a look where neither a log nor a reason says what happened.
  if (byHost.some(({ why }) => why === 'named') && facts.failed.some((task) => isUntold(task, facts)))
    return true;
  const { execTrouble } = facts;
  return execTrouble?.how === 'agent' && containersLeaveBy(facts.service, execTrouble.tasks) === 'host';
}

/** True when a start got no answer to what its host asked for; known before any log is read. */
export function startsAskForHosts({ starts }: Pick<Facts, 'starts'>): boolean {
  return starts.some((start) => leavesByHost(start) && isUnanswered(start));
}

function leavesByHost(start: StartFailure): boolean {
  return OVER_NETWORK.has(start.phase) && startLeavesBy(start) === 'host';
}

function isUnanswered({ reply }: StartFailure): boolean {
  return reply !== 'answer';
}

/** Running tasks of which ECS says itself that nobody reports about them. */
function unreported({ tasks }: Facts): readonly TaskFacts[] {
  return tasks.filter(({ stopped, observed }) => !stopped && observed.value.connectivity === 'DISCONNECTED');
}

/** Tasks in trouble that talk through their host's interface. */
function tasksOnHostNetwork(facts: Facts, asked: boolean): readonly TaskFacts[] {
  const running = facts.tasks.filter(({ stopped }) => !stopped);
  const sick = running.filter(({ healthStatus }) => healthStatus === 'UNHEALTHY');
  const ran = facts.failed.filter(({ kind }) => kind !== 'start');
  const tasks = [...ran, ...sick, ...(facts.execTrouble?.tasks ?? []), ...(asked ? running : [])];
  return containersLeaveBy(facts.service, tasks) === 'host' ? tasks : [];
}

/** A task that ended or was ended as others did, without a line in a log and without a reason that explains it. */
function isUntold(task: TaskFacts, { bundle, stopped }: Facts): boolean {
  if (task.kind === 'container-health' || task.kind === 'elb-health') return true;
  const told = `${task.stoppedReason} ${task.containers.map(({ reason }) => reason).join(' ')}`;
  if (task.kind !== 'exit' || OUT_OF_MEMORY.test(told)) return false;
  // Of tasks that ended alike only the newest is asked for its log.
  const alike = stopped.find(({ tasks }) => tasks.includes(task))?.tasks ?? [task];
  const logged = bundle.logs.filter(({ lines }) => lines.length > 0).map(({ taskArn }) => taskArn);
  return !alike.some(({ arn }) => logged.includes(arn));
}
