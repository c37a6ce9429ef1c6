// Tasks that find no host, or hang on one, in less usual forms.

import { type World, type Zone, zones } from './base.ts';
import { hostArn, theHost } from './base-hosts.ts';
import { theNetwork } from './base-network.ts';
import { changed, type ToldCase } from './case.ts';
import { failedToStart } from './incident.ts';
import { closest, noHosts, repeat, unplaced, wants } from './placement.ts';
import { addStopped, makeTask, noneRuns } from './tasks.ts';
import { primaryOf, theContainer, theService } from './workload.ts';

const at = {
  region: 'us-west-2',
  account: '565612347890',
  cluster: 'barn',
  service: 'plough',
  net: 151,
  launch: 'EC2',
} as const;

export const toldHosts: readonly ToldCase[] = [
  {
    name: 'instances whose security group lets nothing out to ECS',
    class: 'instance-registration-failed',
    verdicts: ['proven'],
    fix: 'ec2_authorize_security_group_egress',
    says: (w) => [w.id('sg', 'hosts'), /lets nothing out at all/],
    account: () =>
      changed(at, [
        noHosts,
        (w) => {
          theNetwork(w).group('hosts').IpPermissionsEgress = [];
          repeat(w, unplaced(w, 'Reason: No Container Instances were found in your cluster.'));
        },
      ]),
  },
  {
    name: 'no host, and groups that may not be read',
    class: 'unknown',
    verdicts: ['unknown'],
    missing: 'autoscaling:DescribeAutoScalingGroups',
    says: () => [/No Container Instances were found/],
    account: () =>
      changed(at, [
        noHosts,
        (w) => {
          w.snapshot.denied.push('autoscaling:DescribeAutoScalingGroups', 'ec2:DescribeInstances');
          repeat(w, unplaced(w, 'Reason: No Container Instances were found in your cluster.'));
        },
      ]),
  },
  {
    name: 'a capacity provider that stays empty, of which no event tells',
    class: 'asg-capacity-failure',
    verdicts: ['proven'],
    says: () => [/vCPU limit/],
    account: () =>
      changed(at, [
        noHosts,
        (w) => {
          emptyGroup(w);
          for (const zone of zones) provisioning(w, zone, 300);
          addStopped(w, {
            count: 1,
            code: failedToStart,
            reason: 'TaskFailedToStart: EMPTY CAPACITY PROVIDER',
            change: (task) => {
              delete task.containerInstanceArn;
            },
          });
          const [group] = w.snapshot.autoscaling.AutoScalingGroups;
          Object.assign(group ?? {}, { DesiredCapacity: 2 });
          w.snapshot.autoscaling.Activities.push({
            ActivityId: w.hex('activity', 32),
            AutoScalingGroupName: group?.AutoScalingGroupName ?? '',
            Cause: 'an instance was started in response to a difference between desired and actual capacity',
            StartTime: w.ago(200),
            StatusCode: 'Failed',
            StatusMessage:
              'You have requested more vCPU capacity than your current vCPU limit of 0 allows for the instance bucket that the specified instance type belongs to.',
          });
        },
      ]),
  },
  {
    name: 'an empty group that nobody asks to grow',
    class: 'asg-capacity-failure',
    verdicts: ['proven'],
    says: () => [/managed scaling of capacity provider barn-hosts is off/],
    account: () =>
      changed(at, [
        noHosts,
        (w) => {
          emptyGroup(w);
          const [provider] = w.snapshot.ecs.capacityProviders;
          Object.assign(provider?.autoScalingGroupProvider ?? {}, { managedScaling: { status: 'DISABLED' } });
          for (const zone of zones) provisioning(w, zone, 1_500);
        },
      ]),
  },
  {
    name: 'a task that was placed on the one host whose agent is gone',
    class: 'agent-disconnected',
    verdicts: ['proven'],
    says: (w) => [hostArn(w, 'b').split('/').at(-1) ?? ''],
    neverClass: ['container-runtime-failure'],
    account: () =>
      changed(at, [
        (w) => {
          theHost(w, 'b').agentConnected = false;
          wants(w, 4);
          Object.assign(makeTask(w, { name: w.place.service, revision: 41, zone: 'b' }), {
            lastStatus: 'PENDING',
            desiredStatus: 'RUNNING',
            createdAt: w.ago(2_400),
          });
          Object.assign(theService(w), { pendingCount: 1 });
        },
      ]),
  },
  {
    name: 'distinctInstance with as many hosts as tasks that run',
    class: 'placement-constraint-unmet',
    verdicts: ['proven'],
    says: () => [/distinctInstance allows one task of the service a host, and 3 of 3 hosts have one/],
    account: () =>
      changed(at, [
        (w) => {
          theService(w).placementConstraints = [{ type: 'distinctInstance' }];
          wants(w, 4);
          repeat(w, unplaced(w, ''));
        },
      ]),
  },
  {
    name: 'hosts without a GPU',
    class: 'insufficient-cluster-resources',
    verdicts: ['proven'],
    says: () => [/and 1 GPU; of 3 hosts none has all of it even when it is empty/],
    account: () =>
      changed(at, [
        asksForGpu,
        (w) => repeat(w, unplaced(w, `${closest('d')} has insufficient GPU available.`)),
      ]),
  },
  {
    name: 'hosts whose only GPU is in use',
    class: 'insufficient-cluster-resources',
    verdicts: ['likely'],
    says: () => [/A task asks for 1 GPU/],
    account: () =>
      changed(at, [
        asksForGpu,
        (w) => {
          for (const zone of zones)
            theHost(w, zone).registeredResources?.push({
              name: 'GPU',
              type: 'STRINGSET',
              stringSetValue: [`GPU-${w.hex(zone, 8)}`],
            });
          repeat(w, unplaced(w, `${closest('d')} has insufficient GPU available.`));
        },
      ]),
  },
  {
    name: 'a task that is larger than any host',
    class: 'insufficient-cluster-resources',
    verdicts: ['proven'],
    says: () => [
      /the largest of 3 hosts has \d+ MiB in all, so it fits on none, even when it is empty: a larger instance type or a smaller task is needed/,
    ],
    account: () =>
      changed(at, [
        (w) => {
          wants(w, 4);
          Object.assign(theContainer(w), { memory: 16_000, memoryReservation: 16_000 });
          repeat(w, unplaced(w, `${closest('d')} has insufficient memory available.`));
        },
      ]),
  },
  {
    name: 'a host port that something outside ECS holds',
    class: 'host-port-conflict',
    verdicts: ['proven'],
    says: (w) => [
      hostArn(w, 'c').split('/').at(-1) ?? '',
      /host port 8080: something on the host has it already/,
    ],
    account: () =>
      changed(at, [
        (w) => {
          Object.assign(theContainer(w).portMappings?.[0] ?? {}, { hostPort: 8_080 });
          wants(w, 4);
          addStopped(w, {
            zones: ['c'],
            code: failedToStart,
            reason: 'Task failed to start',
            exit: 128,
            why: 'CannotStartContainerError: Error response from daemon: driver failed programming external connectivity on endpoint ecs-plough-41-plough-94958e9a (f1800b5f1a90): Error starting userland proxy: listen tcp4 0.0.0.0:8080: bind: address already in use',
          });
        },
      ]),
  },
  {
    name: 'a host that cannot hand a port on although nobody has it',
    class: 'container-runtime-failure',
    verdicts: ['proven'],
    neverClass: ['host-port-conflict'],
    account: () =>
      changed(at, [
        (w) => {
          wants(w, 4);
          addStopped(w, {
            zones: ['c'],
            code: failedToStart,
            reason: 'Task failed to start',
            exit: 128,
            why: 'CannotStartContainerError: Error response from daemon: driver failed programming external connectivity on endpoint ecs-plough-41-plough-94958e9a (f1800b5f1a90):  (iptables failed: iptables --wait -t nat -A DOCKER -p tcp -d 0/0 --dport 32801 -j DNAT --to-destination 172.17.0.3:8080 ! -i docker0: iptables: No chain/target/match by that name.',
          });
        },
      ]),
  },
];

function asksForGpu(w: World): void {
  wants(w, 4);
  theContainer(w).resourceRequirements = [{ type: 'GPU', value: '1' }];
}

export function emptyGroup(w: World): void {
  noneRuns(w);
  w.snapshot.ec2.Instances = [];
  Object.assign(w.snapshot.autoscaling.AutoScalingGroups[0] ?? {}, { Instances: [], DesiredCapacity: 0 });
}

/** A task that ECS made for the capacity provider and has put on no host yet. */
export function provisioning(w: World, zone: Zone, secondsAgo: number): void {
  const task = makeTask(w, { name: w.place.service, revision: 41, zone });
  Object.assign(task, {
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    createdAt: w.ago(secondsAgo),
    capacityProviderName: `${w.place.cluster}-hosts`,
  });
  delete task.containerInstanceArn;
  const service = theService(w);
  service.pendingCount = (service.pendingCount ?? 0) + 1;
  Object.assign(primaryOf(w), { pendingCount: service.pendingCount });
}
