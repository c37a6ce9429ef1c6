// What AWS itself could not or would not supply: Fargate capacity, request rates, a host it took back. There is little state to read beside
// AWS's own word, so these are likely at most, unless a stop code names the interruption or CloudTrail shows who uses the rate up.

import type { CauseClass, EvidenceRef } from '../../contract/finding.ts';
import { below } from '../evidence.ts';
import type { Complaint, ComplaintKind } from '../facts/complaints.ts';
import type { Facts } from '../facts/facts.ts';
import { complaintOf, runsOnHosts, waitsForPlace } from '../facts/further.ts';
import type { TaskFacts } from '../facts/tasks.ts';
import { type BusyCaller, busiestCaller, callersTold } from '../facts/throttling.ts';
import { counted, found, type Judgement, type Rule, refuted, silent } from './rule.ts';

interface Supply {
  readonly class: CauseClass;
  readonly complaint: ComplaintKind;
  /** The same in the reason of a task that did not start. */
  readonly reason: RegExp;
  readonly title: (name: string) => string;
  readonly advice: string;
  /** What an answer points at, beside the words. */
  readonly culprits: (facts: Facts) => readonly string[];
  readonly confirm: { readonly what: string; readonly missingAction: string };
}

const supplies: readonly Supply[] = [
  {
    class: 'fargate-capacity-unavailable',
    complaint: 'fargate-capacity',
    reason: /capacity is unavailable at this time/i,
    title: (name) => `AWS has no Fargate capacity for tasks of ${name} right now.`,
    advice: 'Nothing in the account refuses them; more Availability Zones or a later attempt help.',
    culprits: ({ service }) => service.subnets,
    confirm: { what: 'whether AWS has capacity in other zones', missingAction: 'health:DescribeEvents' },
  },
  {
    class: 'api-throttling',
    complaint: 'throttled',
    reason:
      /RequestLimitExceeded|operations are being throttled|ThrottlingException.{0,80}(?:RunTask|CreateNetworkInterface)/i,
    title: (name) => `AWS throttles the requests that start tasks of ${name}.`,
    advice: 'The scheduler tries again by itself; whatever else calls these APIs so often has to slow down.',
    culprits: () => [],
    confirm: { what: 'who else calls so often', missingAction: 'cloudtrail:LookupEvents' },
  },
];

export const supplyRules: readonly Rule[] = [
  ...supplies.map(
    (one): Rule => ({
      class: one.class,
      needs: ['events', 'tasks'],
      judge: (facts) => judgeSupply(one, facts),
    }),
  ),
  { class: 'infrastructure-interruption', needs: ['tasks'], judge: interruption },
];

function judgeSupply(one: Supply, facts: Facts): Judgement {
  const complaint = complaintOf(facts, one.complaint);
  const task = facts.failed.find(({ stoppedReason }) => one.reason.test(stoppedReason));
  if (complaint === undefined && task === undefined) return silent;
  if (one.class !== 'api-throttling' && runsOnHosts(facts))
    return refuted('The service does not run on Fargate.');
  if (task === undefined && !waitsForPlace(facts)) return refuted('All tasks that are wanted run again.');
  const evidence: EvidenceRef[] = [
    ...(complaint === undefined ? [] : [complaint.at]),
    ...(task === undefined ? [] : [below(task.observed, '.stoppedReason')]),
    below(facts.service.observed, '.runningCount'),
  ];
  const caller = one.class === 'api-throttling' ? busiestCaller(facts) : undefined;
  const isTold = one.class === 'api-throttling' && callersTold(facts);
  const zones = new Set(
    facts.bundle.network.subnets.items
      .filter(({ value }) => facts.service.subnets.includes(value.SubnetId ?? ''))
      .map(({ value }) => value.AvailabilityZone ?? ''),
  );
  const oneZone =
    one.class === 'fargate-capacity-unavailable' && zones.size === 1
      ? ` All its subnets are in ${[...zones][0]}.`
      : '';
  return found({
    verdict: caller?.isMany === true && caller.refused > 0 ? 'proven' : 'likely',
    title: one.title(facts.service.name),
    explanation: `AWS says: "${(complaint?.message ?? task?.stoppedReason ?? '').slice(0, 240)}"${oneZone}${one.class === 'fargate-capacity-unavailable' ? afterInterruption(facts) : ''}${caller === undefined ? (isTold ? ' The records of such requests that CloudTrail has point at no caller; they come minutes late.' : '') : ` ${told(caller)}`} ${one.advice}`,
    evidence: [...evidence, ...(caller?.evidence ?? [])],
    culprits: caller === undefined ? one.culprits(facts) : [caller.who],
    cannotVerify: caller === undefined && !isTold ? [one.confirm] : [],
  });
}

function told({ who, request, count, total, refused, seconds }: BusyCaller): string {
  return `CloudTrail: ${count} of the newest ${total} ${request} requests are of ${who}, within ${counted(seconds, 'second')}, and ${refused} of them were refused for the same reason.`;
}

/** The scheduler's word that it finds no capacity for the tasks that are missing. */
function replacementComplaint(facts: Facts): Complaint | undefined {
  return waitsForPlace(facts)
    ? complaintOf(facts, 'fargate-capacity', 'no-instances', 'provider', 'resources', 'placement')
    : undefined;
}

/** What made capacity necessary: tasks that AWS took back, and a strategy that has nothing else to fall back on. */
function afterInterruption({ failed, service }: Facts): string {
  const taken = failed.filter(({ kind }) => kind === 'infrastructure').length;
  if (taken === 0) return '';
  const strategy = service.observed.value.capacityProviderStrategy ?? [];
  const isSpotOnly =
    strategy.length > 0 && strategy.every(({ capacityProvider }) => capacityProvider === 'FARGATE_SPOT');
  return ` ${counted(taken, 'task')} lost ${taken === 1 ? 'its' : 'their'} place because AWS took the capacity back, and nothing has replaced ${taken === 1 ? 'it' : 'them'}.${isSpotOnly ? ' The service asks for FARGATE_SPOT only; with a base or a weight on FARGATE it would not wait for spare capacity.' : ''}`;
}

/** The hosts that were lost, or the provider whose capacity AWS took back. */
function takers(taken: readonly TaskFacts[]): string[] {
  const names = taken.flatMap(
    ({ observed: { value } }) => value.containerInstanceArn ?? value.capacityProviderName ?? [],
  );
  return [...new Set(names)].slice(0, 10);
}

/** AWS took the host back. With other failures beside it, it is not the story. */
function interruption(facts: Facts): Judgement {
  const taken = facts.failed.filter(({ kind }) => kind === 'infrastructure');
  const [newest] = taken;
  if (newest === undefined) return silent;
  const others = facts.failed.length - taken.length;
  if (others > taken.length) return refuted(`${counted(others, 'task')} failed without losing their host.`);
  const unreplaced = replacementComplaint(facts);
  const coded = newest.stopCode === 'SpotInterruption' || newest.stopCode === 'TerminationNotice';
  return found({
    verdict: coded && others === 0 ? 'proven' : 'likely',
    title: `Tasks of ${facts.service.name} lost the host they ran on.`,
    explanation: `${counted(taken.length, 'task')} ended with "${(newest.stoppedReason || newest.stopCode).slice(0, 160)}". ${unreplaced === undefined ? 'ECS starts others by itself; nothing in the service has to change.' : `ECS tries to start others, and finds no place for them: "${unreplaced.message.slice(0, 160)}"`}`,
    evidence: taken
      .slice(0, 4)
      .map(({ observed }) => below(observed, coded ? '.stopCode' : '.stoppedReason')),
    culprits: takers(taken),
    // What keeps the service short is that nothing replaces them.
    symptom: unreplaced !== undefined,
  });
}
