// Tasks that find no host. The scheduler's complaint names a suspect; the hosts decide: a class is proven when every host is kept out for
// its reason, refuted when a host is free of it, and only likely while the hosts could not be read.

import type { CauseClass } from '../../contract/finding.ts';
import { below } from '../evidence.ts';
import type { Complaint, ComplaintKind } from '../facts/complaints.ts';
import { judgeConstraint } from '../facts/constraint.ts';
import type { Facts } from '../facts/facts.ts';
import { complaintOf, runsOnHosts, waitsForPlace } from '../facts/further.ts';
import { shortGroup, unjoined } from '../facts/host-groups.ts';
import { fits, fitsWhenEmpty, type HostFacts, type Hosts, hasRoom, hostsOf } from '../facts/hosts.ts';
import { agentWay } from './agent-way.ts';
import { allDrained, areAllDrained } from './drained.ts';
import { roomDetail } from './room.ts';
import { counted, type Found, found, type Judgement, listed, type Rule, refuted, silent } from './rule.ts';
import { rollbackFix } from './service-fixes.ts';
import { unwatched } from './unwatched.ts';

interface HostCase {
  readonly class: CauseClass;
  readonly complaints: readonly ComplaintKind[];
  /** Whether this alone keeps the task off the host. */
  readonly keepsOut: (host: HostFacts, facts: Facts) => boolean;
  readonly title: (facts: Facts) => string;
  readonly detail: (hosts: Hosts, facts: Facts) => string;
}

const cases: readonly HostCase[] = [
  {
    class: 'host-port-conflict',
    complaints: ['port'],
    keepsOut: (host) => host.takenPorts.length > 0,
    title: ({ service }) => `New tasks of ${service.name} find their host port taken on every host.`,
    detail: ({ needs }) =>
      `The task definition fixes host port ${listed((needs?.ports ?? []).map(String))}, so a host holds one such task at a time; hostPort 0 or awsvpc would not.`,
  },
  {
    class: 'placement-constraint-unmet',
    complaints: ['attribute', 'constraint'],
    keepsOut: (host, facts) =>
      host.missingAttributes.length > 0 ||
      host.outOfZone ||
      unmetExpression(host, facts) !== undefined ||
      heldAlready(host, facts),
    title: ({ service }) => `No host meets what tasks of ${service.name} ask for.`,
    detail: constraintDetail,
  },
  {
    class: 'agent-disconnected',
    complaints: ['agent'],
    keepsOut: (host) => !host.connected,
    title: ({ service }) => `The ECS agent does not answer where tasks of ${service.name} would run.`,
    detail: ({ all }) =>
      `${counted(all.filter((host) => !host.connected).length, 'host')} of ${all.length} ${all.filter((host) => !host.connected).length === 1 ? 'has' : 'have'} a disconnected agent: ECS starts nothing there, and what ran there is no longer watched.`,
  },
  {
    class: 'insufficient-cluster-resources',
    complaints: ['resources'],
    keepsOut: (host, facts) => !hasRoom(host) || (host.lacksGpu && complainsOfGpus(facts)),
    title: ({ service }) =>
      service.observed.value.schedulingStrategy === 'DAEMON'
        ? `A task of ${service.name} does not fit on the host that is to have it.`
        : `New tasks of ${service.name} fit on no host of the cluster.`,
    detail: roomDetail,
  },
];

export const placementRules: readonly Rule[] = cases.map((one) => ({
  class: one.class,
  needs: ['events', 'task-definition', 'capacity'],
  judge: (facts) => judge(one, facts),
}));

function judge(one: HostCase, facts: Facts): Judgement {
  if (!runsOnHosts(facts)) return silent;
  if (one.class === 'agent-disconnected') {
    const stranded = strandedOn(facts);
    if (stranded !== undefined) return stranded;
  }
  const lost = one.class === 'agent-disconnected' && !waitsForPlace(facts) ? unwatched(facts) : undefined;
  if (lost !== undefined) return found(lost);
  const complaint = complaintOf(facts, ...one.complaints);
  const hosts = hostsOf(facts);
  const active = hosts.all.filter(({ active, served }) => active && !served);
  const kept = active.filter((host) => one.keepsOut(host, facts));
  if (!waitsForPlace(facts)) return silent;
  if (one.class === 'insufficient-cluster-resources' && hosts.complete && areAllDrained(hosts))
    return allDrained(facts, hosts);
  if (hosts.complete && active.length > 0) {
    if (kept.length === active.length) return proven(one, facts, { hosts, complaint, kept });
    // Several reasons together can leave no host; each host's own is told by the rule of that reason.
    const noneFits = active.every((host) => !fits(host) || unmetExpression(host, facts) !== undefined);
    if (
      one.class === 'insufficient-cluster-resources' &&
      complaint !== undefined &&
      (hosts.needs?.gpus ?? 0) > 0 &&
      complainsOfGpus(facts)
    )
      return found({ ...told(one, facts, complaint), explanation: gpuExplanation(complaint, hosts) });
    if (kept.length > 0 && noneFits && isMain(one, facts, active))
      return proven(one, facts, { hosts, complaint, kept, partly: active.length });
    return complaint === undefined && kept.length === 0
      ? silent
      : refuted(
          `${counted(active.length - kept.length, 'host')} of ${active.length} ${active.length - kept.length === 1 ? 'is' : 'are'} free of it.`,
        );
  }
  if (complaint === undefined || (hosts.complete && active.length === 0)) return silent;
  return found({ ...told(one, facts, complaint), cannotVerify: hostGaps(facts) });
}

/** The scheduler's word counts for GPUs: a host lists those it has, and not plainly those that are free. */
function complainsOfGpus(facts: Facts): boolean {
  return /\bGPU\b/i.test(complaintOf(facts, 'resources')?.message ?? '');
}

function gpuExplanation({ message }: Complaint, { needs, all }: Hosts): string {
  return `The scheduler says: "${message.slice(0, 240)}" A task asks for ${counted(needs?.gpus ?? 0, 'GPU')}, which no other task may use meanwhile; ${counted(all.length, 'host')} ${all.length === 1 ? 'has' : 'have'} them.`;
}

/** Tasks that were placed on a host and wait there for an agent that does not answer. */
function strandedOn(facts: Facts): Judgement | undefined {
  const lost = hostsOf(facts).all.filter(({ connected }) => !connected);
  const waiting = facts.stuck.filter(({ observed }) =>
    lost.some((host) => host.observed.value.containerInstanceArn === observed.value.containerInstanceArn),
  );
  if (waiting.length === 0) return undefined;
  const arns = new Set(waiting.map(({ observed }) => observed.value.containerInstanceArn));
  const hosts = lost.filter(({ observed }) => arns.has(observed.value.containerInstanceArn));
  return found({
    verdict: 'proven',
    title: `Tasks of ${facts.service.name} wait on a host whose ECS agent does not answer.`,
    explanation: `${counted(waiting.length, 'task')} ${waiting.length === 1 ? 'was' : 'were'} placed on ${listed(hosts.map(({ id }) => id))} more than ten minutes ago and ${waiting.length === 1 ? 'has' : 'have'} not started: the agent there is disconnected. Restart the agent, or drain the host so that ECS places them elsewhere.`,
    evidence: [
      ...hosts.slice(0, 3).map(({ observed }) => below(observed, '.agentConnected')),
      ...waiting.slice(0, 3).map(({ observed }) => below(observed, '.lastStatus')),
    ],
    culprits: hosts.map(({ id }) => id).slice(0, 10),
  });
}

/** Of the reasons that share the hosts among them, the one that keeps the task off most. */
function isMain(one: HostCase, facts: Facts, active: readonly HostFacts[]): boolean {
  const counts = cases.map((other) => ({
    other,
    count: active.filter((host) => other.keepsOut(host, facts)).length,
  }));
  const best = counts.reduce((a, b) => (b.count > a.count ? b : a));
  return best.other === one;
}

function proven(
  one: HostCase,
  facts: Facts,
  {
    hosts,
    complaint,
    kept,
    partly,
  }: { hosts: Hosts; complaint: Complaint | undefined; kept: readonly HostFacts[]; partly?: number },
): Judgement {
  const rest =
    partly === undefined
      ? ''
      : ` This holds for ${kept.length} of ${partly} hosts; the others are kept out by something else.`;
  const way = one.class === 'agent-disconnected' ? agentWay(facts) : undefined;
  return found({
    verdict: 'proven',
    title: one.title(facts),
    explanation: `${one.detail(hosts, facts)}${rest}${way === undefined || way.sentence === '' ? '' : ` ${way.sentence}`}`,
    evidence: [
      ...(complaint === undefined ? [] : [complaint.at]),
      ...kept.slice(0, 4).map(({ observed }) => below(observed, fieldOf(one))),
      ...(way?.evidence ?? []),
      ...(hosts.needs === undefined ? [] : [hosts.needs.definition.at]),
    ],
    culprits: [
      // A host is where it is; the subnets are the service's own choice.
      ...(one.class === 'placement-constraint-unmet' && kept.some(({ outOfZone }) => outOfZone)
        ? facts.service.subnets.slice(0, 10)
        : []),
      ...kept.slice(0, 10).map(({ id }) => id),
      ...(way?.culprits ?? []),
    ],
    // Full hosts are what is seen of a group that ought to grow and cannot, or whose new hosts do not join; but no number of them
    // helps a task that is larger than each.
    symptom:
      one.class === 'insufficient-cluster-resources' &&
      hosts.all.some(fitsWhenEmpty) &&
      (shortGroup(facts) !== undefined || unjoined(facts).length > 0),
    ...(way === undefined ? { fixes: rollbackFix(facts) } : { fixes: way.fixes, paths: way.paths }),
  });
}

function fieldOf(one: HostCase): string {
  if (one.class === 'agent-disconnected') return '.agentConnected';
  return one.class === 'placement-constraint-unmet' ? '.attributes' : '.remainingResources';
}

function told(one: HostCase, facts: Facts, complaint: Complaint): Found {
  return {
    verdict: 'likely',
    title: one.title(facts),
    explanation: `The scheduler says: "${complaint.message.slice(0, 240)}" The hosts themselves could not be looked at.`,
    evidence: [complaint.at],
  };
}

/** What kept the hosts from being seen. */
export function hostGaps(facts: Facts): { what: string; missingAction: string }[] {
  const gaps = facts.bundle.capacity?.containerInstances.gaps ?? [];
  if (gaps.length > 0) return gaps.map(({ what, missingAction }) => ({ what, missingAction }));
  return facts.bundle.capacity === undefined
    ? [{ what: 'the container instances of the cluster', missingAction: 'ecs:DescribeContainerInstances' }]
    : [];
}

/** The expression a host fails, of the service's own constraints and of those in the task definition. */
function unmetExpression(host: HostFacts, { bundle, service }: Facts): string | undefined {
  const definition = bundle.taskDefinitions.items.find(
    ({ value }) => value.taskDefinitionArn === service.primary?.taskDefinitionArn,
  );
  const all = [
    ...(service.observed.value.placementConstraints ?? []),
    ...(definition?.value.placementConstraints ?? []),
  ];
  return all
    .filter(({ type, expression }) => type === 'memberOf' && expression !== undefined)
    .map(({ expression = '' }) => expression)
    .find((expression) => judgeConstraint(expression, host.observed.value) === 'unmet');
}

/** With distinctInstance a host takes one task of the service, and this one has it. */
function heldAlready({ observed }: HostFacts, { service, tasks }: Facts): boolean {
  const constraints = service.observed.value.placementConstraints ?? [];
  return (
    constraints.some(({ type }) => type === 'distinctInstance') &&
    tasks.some(
      (task) =>
        !task.stopped &&
        task.observed.value.containerInstanceArn === observed.value.containerInstanceArn &&
        observed.value.containerInstanceArn !== undefined,
    )
  );
}

/** Where the hosts are and where the service's subnets let its tasks be. */
function zoneText(all: readonly HostFacts[], { bundle, service }: Facts): string[] {
  const outside = all.filter(({ outOfZone }) => outOfZone);
  if (outside.length === 0) return [];
  const own = bundle.network.subnets.items.flatMap(({ value }) =>
    service.subnets.includes(value.SubnetId ?? '') ? (value.AvailabilityZone ?? []) : [],
  );
  const theirs = outside.flatMap(
    ({ observed }) =>
      observed.value.attributes?.find(({ name }) => name === 'ecs.availability-zone')?.value ?? [],
  );
  return [
    `The subnets of the service (${listed(service.subnets.slice(0, 3))}) are in ${listed([...new Set(own)])}, and ${counted(outside.length, 'host')} of ${all.length} ${outside.length === 1 ? 'is' : 'are'} in ${listed([...new Set(theirs)])}: a task with an interface of its own runs only on a host in the zone of its subnet.`,
  ];
}

function constraintDetail({ all }: Hosts, facts: Facts): string {
  const missing = [...new Set(all.flatMap(({ missingAttributes }) => missingAttributes))];
  const unmet = [...new Set(all.flatMap((host) => unmetExpression(host, facts) ?? []))];
  const held = all.filter((host) => heldAlready(host, facts)).length;
  const parts = [
    ...zoneText(all, facts),
    ...(missing.length === 0
      ? []
      : [`The task definition requires ${listed(missing.slice(0, 4))}, which the hosts do not have.`]),
    ...(unmet.length === 0
      ? []
      : [`The placement constraint "${(unmet[0] ?? '').slice(0, 120)}" holds for none of them.`]),
    ...(held === 0
      ? []
      : [
          `The placement constraint distinctInstance allows one task of the service a host, and ${held} of ${counted(all.length, 'host')} ${held === 1 ? 'has' : 'have'} one, so ${facts.service.desired} tasks do not find a place.`,
        ]),
  ];
  return parts.join(' ');
}
