// One container instance: does its agent answer, does the machine behind it run, may tasks be placed on it, and do tasks fail on it.
// A task on a host whose agent is gone is still shown as RUNNING; that is said, because it is not true.

import type * as Ec2 from '@aws-sdk/client-ec2';
import type * as Ecs from '@aws-sdk/client-ecs';
import type { Finding } from '../contract/finding.ts';
import { below, type Gap, type Observed, type Seen } from './evidence.ts';
import { stopKindOf } from './facts/tasks.ts';
import { counted, type Found } from './rules/rule.ts';

export interface HostEvidence {
  readonly nowMs: number;
  readonly cluster: string;
  readonly host: Observed<Ecs.ContainerInstance>;
  /** The machine behind it; empty for an external instance. */
  readonly instances: Seen<Ec2.Instance>;
  /** Tasks on it, running and lately stopped. */
  readonly tasks: Seen<Ecs.Task>;
}

/** Numbers of one resource: what the host has and what is left. */
export interface HostResource {
  readonly name: string;
  readonly registered: number;
  readonly remaining: number;
}

/** This many failures on one host are more than one unlucky task. */
const FAILURES_MANY = 3;
const REASON_CHARS = 160;

/** The verdicts on a host, the deciding one first; never empty. */
export function judgeHost(evidence: HostEvidence): Finding[] {
  const checks = [gone, lostAgent, notRegistered, draining, failing];
  const found = checks.flatMap((check) => check(evidence) ?? []);
  return found.length > 0 ? found : [well(evidence)];
}

/** CPU (units) and memory (MiB) of a host. */
export function resourcesOf(host: Ecs.ContainerInstance): HostResource[] {
  return ['CPU', 'MEMORY'].flatMap((name) => {
    const amount = (list: readonly Ecs.Resource[] | undefined) =>
      list?.find((one) => one.name === name)?.integerValue;
    const remaining = amount(host.remainingResources);
    if (remaining === undefined) return [];
    return [{ name, registered: amount(host.registeredResources) ?? remaining, remaining }];
  });
}

/** Tasks that stopped on the host without being meant to. */
export function failuresOn({ tasks }: Pick<HostEvidence, 'tasks'>): Observed<Ecs.Task>[] {
  return tasks.items.filter(
    ({ value }) =>
      value.lastStatus === 'STOPPED' &&
      !['scheduled', 'user'].includes(stopKindOf(value.stopCode ?? '', value.stoppedReason ?? '')),
  );
}

function gone(evidence: HostEvidence): Finding | undefined {
  const [machine] = evidence.instances.items;
  const state = machine?.value.State?.Name;
  if (machine === undefined || state === undefined || state === 'running' || state === 'pending')
    return undefined;
  const reason = machine.value.StateTransitionReason ?? '';
  return finding(evidence, 'infrastructure-interruption', {
    verdict: 'proven',
    title: `The machine behind ${nameOf(evidence)} is ${state}.`,
    explanation: `Its tasks do not run, whatever ECS still shows. ${reason === '' ? '' : `EC2 says: "${reason.slice(0, REASON_CHARS)}". `}ECS replaces tasks of services elsewhere once the instance is deregistered.`,
    evidence: [below(evidence.host, '.ec2InstanceId'), below(machine, '.State.Name')],
  });
}

function lostAgent(evidence: HostEvidence): Finding | undefined {
  const { host, instances } = evidence;
  if (host.value.agentConnected !== false) return undefined;
  const [machine] = instances.items;
  const isUp = machine?.value.State?.Name === 'running';
  if (machine !== undefined && !isUp) return undefined;
  const isUnlisted = machine === undefined && instances.gaps.length === 0 && isOnEc2(host.value);
  const running = runningOn(evidence);
  return finding(evidence, 'agent-disconnected', {
    verdict: 'proven',
    title: `The ECS agent on ${nameOf(evidence)} is not connected.`,
    explanation: `${isUp ? 'The machine runs, but its agent does not talk to ECS' : isUnlisted ? 'EC2 lists no such machine any more' : 'Its agent does not talk to ECS'}: nothing new is placed on it, and ${counted(running, 'task')} shown as RUNNING may have ended unnoticed. A short break is normal; if it stays, look at the agent and docker on the host, or drain it.`,
    evidence: [
      below(host, '.agentConnected'),
      ...(machine === undefined ? [] : [below(machine, '.State.Name')]),
    ],
  });
}

function notRegistered(evidence: HostEvidence): Finding | undefined {
  const { status = '', statusReason = '' } = evidence.host.value;
  if (!/^REGISTRATION_FAILED|^INACTIVE/.test(status)) return undefined;
  return finding(evidence, 'instance-registration-failed', {
    verdict: 'proven',
    title: `${nameOf(evidence)} is ${status}, so no task can be placed on it.`,
    explanation:
      statusReason === '' ? 'ECS gives no reason.' : `ECS says: "${statusReason.slice(0, REASON_CHARS)}".`,
    evidence: [below(evidence.host, '.status')],
  });
}

function draining(evidence: HostEvidence): Finding | undefined {
  if (evidence.host.value.status !== 'DRAINING') return undefined;
  return finding(evidence, 'infrastructure-interruption', {
    verdict: 'proven',
    title: `${nameOf(evidence)} is being drained.`,
    explanation: `Nothing new is placed on it, and its ${counted(runningOn(evidence), 'task')} move away as far as the services' percentages allow. Somebody, or the scaling of the hosts, asked for it.`,
    evidence: [below(evidence.host, '.status')],
  });
}

function failing(evidence: HostEvidence): Finding | undefined {
  const failed = failuresOn(evidence);
  if (failed.length < FAILURES_MANY) return undefined;
  const broken = failed.filter(({ value }) =>
    /docker|containerd|could not transition|CannotStartContainer|CannotCreateContainer|no space left/i.test(
      `${value.stoppedReason ?? ''} ${(value.containers ?? []).map((one) => one.reason ?? '').join(' ')}`,
    ),
  );
  const [newest] = broken.length > 0 ? broken : failed;
  if (newest === undefined) return undefined;
  const isDisk = /no space left/i.test(
    JSON.stringify(newest.value.containers ?? []) + (newest.value.stoppedReason ?? ''),
  );
  return finding(
    evidence,
    broken.length === 0 ? 'unknown' : isDisk ? 'disk-full' : 'container-runtime-failure',
    {
      verdict: broken.length === 0 ? 'unknown' : 'likely',
      title: `${counted(failed.length, 'task')} failed on ${nameOf(evidence)} lately.`,
      explanation: `The newest stopped with "${(newest.value.stoppedReason ?? '').slice(0, REASON_CHARS)}". ${broken.length === 0 ? 'The reasons are of the tasks, not of the host; diagnose one of them.' : 'The reason is of the host: the same tasks start elsewhere.'}`,
      evidence: [below(newest, '.stoppedReason')],
    },
  );
}

function well(evidence: HostEvidence): Finding {
  const { host, instances, tasks } = evidence;
  const gaps = [...instances.gaps, ...tasks.gaps];
  const room = resourcesOf(host.value).map((one) => `${one.remaining} of ${one.registered} ${one.name} left`);
  return finding(evidence, 'healthy', {
    verdict: gaps.length === 0 ? 'proven' : 'likely',
    title: `${nameOf(evidence)} is well: its agent is connected and tasks can be placed on it.`,
    explanation: `It runs ${counted(runningOn(evidence), 'task')}${room.length === 0 ? '' : `, ${room.join(', ')}`}.`,
    evidence: [below(host, '.agentConnected'), below(host, '.status')],
    cannotVerify: gapsOf(gaps),
  });
}

function runningOn({ host, tasks }: HostEvidence): number {
  return (
    host.value.runningTasksCount ?? tasks.items.filter(({ value }) => value.lastStatus === 'RUNNING').length
  );
}

function isOnEc2(host: Ecs.ContainerInstance): boolean {
  return host.ec2InstanceId?.startsWith('i-') === true;
}

function nameOf({ host }: Pick<HostEvidence, 'host'>): string {
  return host.value.ec2InstanceId ?? host.value.containerInstanceArn?.split('/').at(-1) ?? 'the host';
}

function gapsOf(gaps: readonly Gap[]): Finding['cannotVerify'] {
  return gaps.map(({ what, missingAction }) => ({ what, missingAction }));
}

function finding(evidence: HostEvidence, name: Finding['class'], found: Found): Finding {
  const { verdict, title, explanation, evidence: refs, cannotVerify = [] } = found;
  return {
    class: name,
    verdict,
    title,
    explanation,
    evidence: [...refs],
    culprits: [evidence.host.value.ec2InstanceId ?? evidence.host.value.containerInstanceArn ?? ''],
    ruledOut: [],
    cannotVerify: [...cannotVerify],
    fixes: [],
    paths: [],
  };
}
