// What is likely to be asked for once logs and network are known, so that it can be asked for beside them: nothing here is a finding, and
// nothing is foreseen that the way a task ended does not speak for.

import type { Facts } from './facts.ts';
import { taskRole } from './start-role.ts';
import type { TaskFacts } from './tasks.ts';

/** Exit codes above say which signal ended the program. */
const OWN_EXIT_MAX = 128;

/** Roles of programs that gave up by themselves: what AWS refused them stands in their logs, and why in their roles. */
export function likelyRoles(facts: Pick<Facts, 'condition' | 'failed'>): string[] {
  if (!isWorthIt(facts)) return [];
  const gaveUp = facts.failed.find(({ kind, culprit }) => kind === 'exit' && isOwnFailure(culprit?.exitCode));
  const role = gaveUp === undefined ? undefined : taskRole(gaveUp);
  return role === undefined ? [] : [role];
}

/** The group of the tasks, through which they reach whatever they failed to reach: the gate that is shut most often. */
export function likelyGates(
  facts: Pick<Facts, 'condition' | 'failed' | 'dependencies' | 'service' | 'tasks'>,
): string[] {
  if (!isWorthIt(facts) || !facts.failed.some((task) => seeksOthers(task))) return [];
  // A new program that ends by itself where the one before runs behind the same group speaks for the program.
  const isNew = facts.failed.every(({ kind, ofPrimary }) => kind === 'exit' && ofPrimary);
  if (isNew && facts.tasks.some(isOlderAndRuns)) return [];
  // What the host asks for meets the groups of the host.
  const isOwn = facts.dependencies.some(({ leavesBy }) => leavesBy === 'task');
  return isOwn ? facts.service.securityGroups.slice(0, 1) : [];
}

/** With the load balancers in question too there is more to read than one look may cost. */
function isWorthIt({ condition, failed }: Pick<Facts, 'condition' | 'failed'>): boolean {
  return condition === 'troubled' && failed.every(({ kind }) => kind !== 'elb-health');
}

function seeksOthers({ kind }: TaskFacts): boolean {
  return kind === 'exit' || kind === 'container-health' || kind === 'start';
}

function isOlderAndRuns({ stopped, ofPrimary, lastStatus, healthStatus }: TaskFacts): boolean {
  return !stopped && !ofPrimary && lastStatus === 'RUNNING' && healthStatus !== 'UNHEALTHY';
}

function isOwnFailure(exitCode: number | undefined): boolean {
  return exitCode !== undefined && exitCode > 0 && exitCode < OWN_EXIT_MAX;
}
