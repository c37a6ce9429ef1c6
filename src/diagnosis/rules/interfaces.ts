// Tasks that get no network interface. On hosts the room is countable: what the instance type may have, less its own, against what is attached;
// a host on which every start fails while others take tasks is sick. On Fargate there is nothing to count, and it usually passes.

import type { EvidenceRef } from '../../contract/finding.ts';
import { below } from '../evidence.ts';
import type { Facts } from '../facts/facts.ts';
import { complaintOf, runsOnHosts } from '../facts/further.ts';
import { hostsOf } from '../facts/hosts.ts';
import { type InterfaceRoom, interfaceRooms } from '../facts/interface-room.ts';
import { says } from '../facts/saying.ts';
import { drainFix } from './fixes-hosts.ts';
import { counted, found, type Judgement, type Rule, refuted, silent } from './rule.ts';

export const interfaceRules: readonly Rule[] = [
  { class: 'eni-allocation-failure', needs: ['events', 'tasks', 'capacity'], judge: interfaceFailure },
];

/** Errors of EC2 inside the same sentence that say something else. */
const OTHER_CAUSE =
  /free (?:ip )?addresses|InsufficientFree|RequestLimitExceeded|throttl|Invalid(?:Group|Subnet|SecurityGroup)|does not exist|UnauthorizedOperation|not authorized/i;

function interfaceFailure(facts: Facts): Judgement {
  const start = facts.starts.find(
    ({ phase, text }) => phase === 'network-interface' && !OTHER_CAUSE.test(text),
  );
  const complaint = complaintOf(facts, 'interface');
  if (start === undefined && complaint === undefined) return silent;
  const said = (start?.text ?? complaint?.message ?? '').slice(0, 240);
  const told: readonly EvidenceRef[] = [
    ...(start?.evidence ?? []),
    ...(complaint === undefined ? [] : [complaint.at]),
  ];
  if (!runsOnHosts(facts)) return transient(facts, said, told);
  const rooms = interfaceRooms(facts);
  const full = rooms.filter(({ left }) => left <= 0);
  if (rooms.length > 0 && full.length === rooms.length) return noRoom(facts, { rooms, told, said });
  return sickHost(facts, { told, said, rooms });
}

/** Every host has as many interfaces as its type may have. */
function noRoom(
  facts: Facts,
  { rooms, told, said }: { rooms: readonly InterfaceRoom[]; told: readonly EvidenceRef[]; said: string },
): Judgement {
  const [first] = rooms;
  return found({
    verdict: 'proven',
    title: `No host has a network interface left for tasks of ${facts.service.name}.`,
    explanation: `AWS says: "${said}" ${counted(rooms.length, 'host')} of type ${first?.type ?? 'unknown'}: each may have ${first?.maximum ?? 0} interfaces, one of them its own, and ${first?.attached ?? 0} tasks have theirs. Without awsvpcTrunking, which counts only for instances launched after it was enabled, that is the limit.`,
    evidence: [...told, ...rooms.slice(0, 4).flatMap(({ evidence }) => evidence)],
    culprits: rooms.slice(0, 10).map(({ host }) => host),
  });
}

/** Failures on one host alone, or a count that says nothing. */
function sickHost(
  facts: Facts,
  { told, said, rooms }: { told: readonly EvidenceRef[]; said: string; rooms: readonly InterfaceRoom[] },
): Judgement {
  const failed = facts.failed.filter(({ stoppedReason, containers }) =>
    says([stoppedReason, ...containers.map(({ reason }) => reason)].join(' '), 'eniTrouble'),
  );
  const hosts = new Set(failed.flatMap(({ observed }) => observed.value.containerInstanceArn ?? []));
  const [host] = hosts;
  const elsewhere = facts.tasks.filter(
    ({ observed, lastStatus }) =>
      lastStatus === 'RUNNING' &&
      observed.value.containerInstanceArn !== undefined &&
      observed.value.containerInstanceArn !== host,
  ).length;
  const instance = hostsOf(facts).all.find(({ observed }) => observed.value.containerInstanceArn === host)
    ?.observed.value.ec2InstanceId;
  const id = host?.split('/').at(-1);
  const name = instance === undefined ? id : `${id} (${instance})`;
  const alone = failed.length > 1 && hosts.size === 1 && host !== undefined;
  const where = alone
    ? ` All ${failed.length} failures were on host ${name}${elsewhere === 0 ? '' : `, and ${counted(elsewhere, 'task')} ${elsewhere === 1 ? 'runs' : 'run'} on others`}, so that host is suspect.`
    : '';
  return found({
    verdict: 'likely',
    title: `Tasks of ${facts.service.name} get no network interface.`,
    explanation: `AWS says: "${said}"${where}${alone ? '' : ' A host has a limited number of interfaces, more with awsvpcTrunking.'}`,
    evidence: [
      ...told,
      ...(alone ? failed.slice(0, 3).map(({ observed }) => below(observed, '.containerInstanceArn')) : []),
    ],
    culprits: alone ? [id ?? host, ...(instance === undefined ? [] : [instance])] : [],
    fixes: alone && elsewhere > 0 ? drainFix(facts, host) : [],
    cannotVerify:
      rooms.length === 0 && !alone
        ? [{ what: 'how many interfaces the hosts may have', missingAction: 'ec2:DescribeInstanceTypes' }]
        : [],
  });
}

/** Fargate makes the interface itself; when that takes too long, the next attempt usually succeeds. */
function transient(facts: Facts, said: string, told: readonly EvidenceRef[]): Judgement {
  const newest = facts.failed[0];
  const recovered = facts.tasks.some(
    (task) =>
      task.lastStatus === 'RUNNING' && (task.startedAtMs ?? 0) > (newest?.stoppedAtMs ?? Number.MAX_VALUE),
  );
  const { running, desired, primary } = facts.service;
  // In a rollout the tasks of the old revision fill the count.
  if (recovered && running >= desired && (primary === undefined || primary.running >= primary.desired))
    return refuted('Tasks that were started afterwards got their network interface.');
  return found({
    verdict: 'likely',
    title: `Tasks of ${facts.service.name} get no network interface.`,
    explanation: `AWS says: "${said}" On Fargate AWS makes the interface; ECS tries again by itself, and a lasting failure is an account limit on interfaces.`,
    evidence: told,
    cannotVerify: [
      {
        what: 'the limit on network interfaces in the region',
        missingAction: 'servicequotas:GetServiceQuota',
      },
    ],
  });
}
