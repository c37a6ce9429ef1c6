// What is said of hosts without room for a task: what it asks for, what the largest and the freest host have, and whether the revision
// before asked for less, which is the first thing to look at.

import type { Facts } from '../facts/facts.ts';
import { launchText } from '../facts/host-groups.ts';
import { type HostFacts, type Hosts, needsOfDefinition, type TaskNeeds } from '../facts/hosts.ts';
import { counted } from './rule.ts';

type Amount = 'memory' | 'cpu';

const RESOURCES = { memory: 'MEMORY', cpu: 'CPU' } as const;
const UNITS = { memory: 'MiB', cpu: 'CPU units' } as const;

/** Why no host takes the task, in figures. */
export function roomDetail(hosts: Hosts, facts: Facts): string {
  const { needs } = hosts;
  const active = hosts.all.filter((host) => host.active && !host.served);
  const wanted = `A task needs ${needs?.cpu ?? 'unknown'} CPU units and ${needs?.memory ?? 'unknown'} MiB${gpuText(needs)}`;
  const before = earlierText(facts, needs);
  const over = (['memory', 'cpu'] as const).flatMap((one) => beyondAll(one, needs, active) ?? []);
  if (over.length > 0)
    return `${wanted}; the largest of ${counted(active.length, 'host')} has ${over.join(' and ')} in all, so it fits on none, even when it is empty: a larger instance type or a smaller task is needed.${before}`;
  const all = needs?.gpus === 0 ? 'both' : 'all of it';
  if (active.every(({ tooSmall, lacksGpu }) => tooSmall || lacksGpu))
    return `${wanted}; of ${counted(active.length, 'host')} none has ${all} even when it is empty: a larger instance type or a smaller task is needed.${before}`;
  return `${wanted}; of ${counted(active.length, 'host')} none has ${all} left.${freeText(active)}${before}${beside(facts)}${othersText(hosts)}${launchText(facts)}`;
}

function gpuText(needs: TaskNeeds | undefined): string {
  return needs === undefined || needs.gpus === 0 ? '' : ` and ${counted(needs.gpus, 'GPU')}`;
}

/** "3884 MiB", where even the largest host has less than one task needs; undefined where a host did not say. */
function beyondAll(one: Amount, needs: TaskNeeds | undefined, active: readonly HostFacts[]) {
  const most = mostOf(active, (host) => registered(host, one));
  const wanted = needs?.[one];
  return most === undefined || wanted === undefined || most >= wanted ? undefined : `${most} ${UNITS[one]}`;
}

/** " The freest has 512 CPU units and 700 MiB." of the one host with the most memory left. */
function freeText(active: readonly HostFacts[]): string {
  const most = mostOf(active, (host) => left(host, 'memory'));
  const freest = active.find((host) => left(host, 'memory') === most);
  const cpu = freest === undefined ? undefined : left(freest, 'cpu');
  return most === undefined || cpu === undefined
    ? ''
    : ` The one with most memory left has ${most} MiB and ${cpu} CPU units.`;
}

/** The largest of the figures; undefined where one is missing. */
function mostOf(
  hosts: readonly HostFacts[],
  read: (host: HostFacts) => number | undefined,
): number | undefined {
  const known = hosts.flatMap((host) => read(host) ?? []);
  return known.length === 0 || known.length < hosts.length ? undefined : Math.max(...known);
}

const registered = ({ observed }: HostFacts, one: Amount) =>
  observed.value.registeredResources?.find(({ name }) => name === RESOURCES[one])?.integerValue;
const left = ({ observed }: HostFacts, one: Amount) =>
  observed.value.remainingResources?.find(({ name }) => name === RESOURCES[one])?.integerValue;

/** " api:6, which still runs, asked for 512 MiB." when the revision before asked for less. */
function earlierText(facts: Facts, needs: TaskNeeds | undefined): string {
  const { service, bundle } = facts;
  const earlier = service.deployments.find(
    ({ running, revision }) => running > 0 && revision !== service.primary?.revision,
  );
  const definition = bundle.taskDefinitions.items.find(
    ({ value }) => value.taskDefinitionArn === earlier?.taskDefinitionArn,
  );
  if (earlier === undefined || definition === undefined || needs === undefined) return '';
  const asked = needsOfDefinition(definition);
  const less = (['memory', 'cpu'] as const).flatMap((one) => {
    const [was, is] = [asked[one], needs[one]];
    return was === undefined || is === undefined || was >= is ? [] : [`${was} ${UNITS[one]}`];
  });
  return less.length === 0
    ? ''
    : ` ${earlier.revision}, which still runs, asks for only ${less.join(' and ')}: the new revision raised it.`;
}

/** Old tasks keep their room until new ones are healthy, where old ones run. */
function beside({ service, tasks }: Facts): string {
  const old = tasks.filter(({ stopped, ofPrimary }) => !stopped && !ofPrimary).length;
  return service.primary?.rolloutState === 'IN_PROGRESS' && old > 0
    ? ` ${counted(old, 'task')} of the revision before ${old === 1 ? 'keeps its' : 'keep their'} room until new ones are healthy.`
    : '';
}

/** Hosts that are left out because they have their daemon, or because they are drained. */
function othersText({ all }: Hosts): string {
  const served = all.filter((host) => host.served).length;
  const drained = all.filter(({ observed }) => observed.value.status === 'DRAINING').length;
  return `${served === 0 ? '' : ` A DAEMON service has one task on every host, and ${served} of ${counted(all.length, 'host')} ${served === 1 ? 'has' : 'have'} it.`}${drained === 0 ? '' : ` ${counted(drained, 'host')} ${drained === 1 ? 'is' : 'are'} being drained and ${drained === 1 ? 'takes' : 'take'} none.`}`;
}
