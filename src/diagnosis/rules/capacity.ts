// A cluster that has too few hosts, or none: the auto scaling group cannot supply them, or they run and did not join. Proven takes the list
// of hosts and the group's own word; an event alone is likely at most.

import type * as Ec2 from '@aws-sdk/client-ec2';
import { below, type Observed } from '../evidence.ts';
import type { Complaint } from '../facts/complaints.ts';
import type { Facts } from '../facts/facts.ts';
import { complaintOf, foundNoHost, runsOnHosts, waitsForHost, waitsForPlace } from '../facts/further.ts';
import { launchText, type ShortGroup, shortGroup, unjoined } from '../facts/host-groups.ts';
import { fits, fitsWhenEmpty, hostsOf } from '../facts/hosts.ts';
import { agentWay } from './agent-way.ts';
import { largerGroupFix } from './fixes-hosts.ts';
import { hostGaps } from './placement.ts';
import { counted, found, type Judgement, listed, type Rule, refuted, silent } from './rule.ts';

export const capacityRules: readonly Rule[] = [
  { class: 'asg-capacity-failure', needs: ['events', 'capacity'], judge: groupCannotSupply },
  { class: 'instance-registration-failed', needs: ['events', 'capacity'], judge: notRegistered },
  { class: 'subnet-ip-exhaustion', needs: ['events', 'network', 'capacity'], judge: noAddresses },
];

const NO_ADDRESSES = /not enough free (?:ip )?addresses|InsufficientFreeAddresses/i;

/** The group is asked for more than it has: its newest launch failed, or its maximum is reached while nothing fits. */
function groupCannotSupply(facts: Facts): Judgement {
  if (!runsOnHosts(facts) || !waitsForPlace(facts)) return silent;
  const hosts = hostsOf(facts);
  const complaint = complaintOf(facts, 'no-instances', 'provider', 'resources', 'placement');
  const room = hosts.complete && hosts.all.some(fits);
  // A daemon wants no more hosts, only its place on each that there is.
  if (hosts.all.some(({ served }) => served)) return silent;
  if (room) return complaint === undefined ? silent : refuted('A host of the cluster has room for the task.');
  const short = shortGroup(facts);
  // A task that is larger than a host is not waiting for more of them.
  const helps = hosts.all.length === 0 || hosts.all.some(fitsWhenEmpty);
  if (short !== undefined && hosts.complete && helps) {
    const { group, failure } = short;
    const name = group.value.AutoScalingGroupName ?? 'the group';
    if (failure !== undefined && NO_ADDRESSES.test(failure.value.StatusMessage ?? '')) return silent;
    return found({
      verdict: 'proven',
      title: `Auto scaling group ${name} cannot supply the hosts that tasks of ${facts.service.name} need.`,
      explanation: shortOf(short),
      evidence: [
        below(
          group,
          short.suspended
            ? '.SuspendedProcesses'
            : short.unasked === undefined
              ? '.MaxSize'
              : '.DesiredCapacity',
        ),
        ...(failure === undefined ? [] : [below(failure, '.StatusMessage')]),
        ...(complaint === undefined ? [] : [complaint.at]),
      ],
      culprits: [name],
      fixes: failure === undefined && short.atMaximum ? largerGroupFix(facts, group.value) : [],
    });
  }
  const named = complaintOf(facts, 'provider') ?? (hosts.all.length === 0 ? complaint : undefined);
  const told = named ?? waiting(facts);
  if (told === undefined || (hosts.complete && hosts.all.length > 0 && named?.kind !== 'provider'))
    return silent;
  const gaps = [
    ...(facts.bundle.capacity?.autoScalingGroups.gaps ?? []),
    ...(facts.bundle.capacity?.activities.gaps ?? []),
  ];
  const unregistered = hosts.complete && gaps.length === 0 && unjoined(facts).length > 0;
  if (unregistered)
    return refuted('The auto scaling group has its instances; they did not join the cluster.');
  return found({
    // Without the groups nobody knows whether hosts are missing or only did not join.
    verdict: hosts.complete && hosts.all.length === 0 && gaps.length === 0 ? 'likely' : 'possible',
    title: `The cluster has no host for tasks of ${facts.service.name}.`,
    explanation: `${named === undefined ? 'They wait for their capacity provider' : 'The scheduler says'}: "${told.message.slice(0, 240)}"${launchText(facts)}`,
    evidence: [told.at],
    cannotVerify: [...hostGaps(facts), ...gaps.map(({ what, missingAction }) => ({ what, missingAction }))],
  });
}

/** What shows that tasks wait for a host when no event says so: capacity providers write none. */
function waiting(facts: Facts): Pick<Complaint, 'message' | 'at'> | undefined {
  const ended = facts.failed.find(foundNoHost);
  if (ended !== undefined)
    return { message: ended.stoppedReason, at: below(ended.observed, '.stoppedReason') };
  const task = facts.stuck.find(waitsForHost);
  return task === undefined
    ? undefined
    : { message: task.lastStatus, at: below(task.observed, '.lastStatus') };
}

function shortOf({ group, failure, suspended, unasked }: ShortGroup): string {
  const { Instances = [], DesiredCapacity = 0, MaxSize = 0, SuspendedProcesses = [] } = group.value;
  if (failure !== undefined)
    return `Its newest launch failed: "${(failure.value.StatusMessage ?? failure.value.StatusCode ?? '').slice(0, 240)}"`;
  if (suspended) {
    const reason =
      SuspendedProcesses.find(({ ProcessName }) => ProcessName === 'Launch')?.SuspensionReason ?? '';
    return `It wants ${DesiredCapacity} instances and holds ${Instances.length}, and its process Launch is suspended${reason === '' ? '' : ` ("${reason.slice(0, 120)}")`}; nothing is launched until it is resumed.`;
  }
  if (unasked !== undefined)
    return `It wants ${DesiredCapacity} instances and may have ${MaxSize}, and managed scaling of capacity provider ${unasked} is off, so nothing asks it for more.`;
  return `It holds ${Instances.length} instances and its maximum is ${MaxSize}, so no host is added although no host has room.`;
}

/** Instances are in service in the group and absent from the cluster. */
function notRegistered(facts: Facts): Judgement {
  if (!runsOnHosts(facts) || !waitsForPlace(facts)) return silent;
  const hosts = hostsOf(facts);
  const complaint = complaintOf(facts, 'no-instances', 'provider', 'placement', 'resources');
  if (!hosts.complete) {
    const named = complaintOf(facts, 'no-instances');
    return named === undefined
      ? silent
      : found({
          verdict: 'possible',
          title: 'No instance is registered in the cluster.',
          explanation: `The scheduler says: "${named.message.slice(0, 240)}" Whether instances run that did not join could not be seen.`,
          evidence: [named.at],
          cannotVerify: hostGaps(facts),
        });
  }
  if (hosts.all.some(fits)) return silent;
  const strangers = unjoined(facts);
  const [first] = strangers;
  if (first === undefined)
    return complaint === undefined || hosts.all.length === 0
      ? silent
      : refuted('Every instance of the auto scaling group has joined the cluster.');
  const ids = strangers.map(({ id }) => id);
  const way = agentWay(facts);
  const bare = withoutProfile(facts, ids);
  const suspects =
    bare.length > 0
      ? `${listed(bare.slice(0, 3).map(({ value }) => value.InstanceId ?? ''))} ${bare.length === 1 ? 'has' : 'have'} no instance profile, so the agent has no role to register with. Attach one with AmazonEC2ContainerServiceforEC2Role. ${way.state === 'shut' ? way.sentence : ''}`.trimEnd()
      : way.state === 'unseen'
        ? "The agent's cluster name, its role or its way to ECS is wrong."
        : way.state === 'open'
          ? "The network lets them reach ECS, so the agent's cluster name, its role or the agent itself is wrong."
          : way.sentence;
  return found({
    // Nothing else is missing than the hosts that run without being there.
    verdict: hosts.all.length === 0 || complaint !== undefined || !hosts.all.some(fits) ? 'proven' : 'likely',
    title: `${counted(ids.length, 'instance')} ${ids.length === 1 ? 'runs' : 'run'} and did not join the cluster.`,
    explanation: `Auto scaling group ${first.group.value.AutoScalingGroupName ?? ''} has ${ids.slice(0, 3).join(', ')} in service, and the cluster has ${counted(hosts.all.length, 'container instance')}. ${suspects}`,
    evidence: [
      below(first.group, '.Instances'),
      ...bare.slice(0, 2).map((machine) => below(machine, '.InstanceId')),
      ...(complaint === undefined ? [] : [complaint.at]),
      ...way.evidence,
    ],
    culprits: [...ids.slice(0, 10), first.group.value.AutoScalingGroupName ?? '', ...way.culprits],
    fixes: way.fixes,
    paths: way.paths,
  });
}

/** The machines among these that were read and have no instance profile. */
function withoutProfile({ bundle }: Facts, ids: readonly string[]): Observed<Ec2.Instance>[] {
  return (bundle.hosts?.instances.items ?? []).filter(
    ({ value }) => ids.includes(value.InstanceId ?? '') && value.IamInstanceProfile === undefined,
  );
}

/** A subnet without free addresses, by its own count. */
function noAddresses(facts: Facts): Judgement {
  const start = facts.starts.find(({ text }) => NO_ADDRESSES.test(text));
  const complaint = complaintOf(facts, 'addresses');
  const launch = facts.bundle.capacity?.activities.items.find(({ value }) =>
    NO_ADDRESSES.test(value.StatusMessage ?? ''),
  );
  const evidence = [
    ...(start?.evidence ?? []),
    ...(complaint === undefined ? [] : [complaint.at]),
    ...(launch === undefined ? [] : [below(launch, '.StatusMessage')]),
  ];
  const seen = facts.bundle.network.subnets.items.filter(({ value }) =>
    facts.service.subnets.includes(value.SubnetId ?? ''),
  );
  const counted = seen.filter(({ value }) => value.AvailableIpAddressCount !== undefined);
  const full = counted.filter(({ value }) => (value.AvailableIpAddressCount ?? 1) <= 0);
  if (evidence.length === 0) return silent;
  // The group's own record of its newest launch is no message about something, it is what happened.
  const newest = shortGroup(facts)?.failure;
  const recorded = launch !== undefined && newest === launch;
  const said = start?.text ?? complaint?.message ?? launch?.value.StatusMessage ?? '';
  const named = [...new Set(said.match(/\bsubnet-[0-9a-f]{8,17}\b/g) ?? [])];
  if (full.length === 0 && counted.length > 0 && launch === undefined)
    return refuted('Every subnet of the service has free addresses.');
  return found({
    verdict: full.length > 0 || recorded ? 'proven' : 'likely',
    title: 'There is no free private address left where tasks or hosts are placed.',
    explanation:
      full.length > 0
        ? `No address is free in ${listed(full.map(({ value }) => `${value.SubnetId ?? ''} (${value.CidrBlock ?? 'its block'})`))}.`
        : `AWS says: "${said.slice(0, 240)}"${recorded ? ` That is the newest launch of Auto Scaling group ${launch.value.AutoScalingGroupName ?? ''}: add a subnet with free addresses to it, or free some.` : ''}`,
    evidence: [...full.map((one) => below(one, '.AvailableIpAddressCount')), ...evidence],
    culprits: full.length > 0 ? full.map(({ value }) => value.SubnetId ?? '') : named,
    cannotVerify: facts.bundle.network.subnets.gaps
      .filter(({ kind }) => kind !== 'unread')
      .map(({ what, missingAction }) => ({ what, missingAction })),
  });
}
