// Hosts that are there and do not count: drained, outside the zones of the service, or served by their daemon already; and a port that one
// host alone does not give. Each beside its twin.

import { type World, zones } from './base.ts';
import { hostArn, resources, theHost } from './base-hosts.ts';
import { subnetId } from './base-network.ts';
import { changed, type ToldCase } from './case.ts';
import { everydayStops, oldOutOfMemory, scaryLines, workerOutOfMemory } from './decoys.ts';
import { withoutBalancer } from './host-places.ts';
import { essentialExited, exited } from './incident.ts';
import { closest, repeat, unplaced, wants } from './placement.ts';
import { addStopped, noneRuns } from './tasks.ts';
import { primaryOf, theService } from './workload.ts';

const at = {
  region: 'ca-central-1',
  account: '565612340149',
  cluster: 'kiln',
  service: 'glaze',
  net: 154,
  launch: 'EC2',
} as const;
const own = { ...at, mode: 'awsvpc' } as const;
const onHostNetwork = { ...at, mode: 'host', port: 8125 } as const;
const idOf = (w: World, zone: (typeof zones)[number]) => hostArn(w, zone).split('/').at(-1) ?? '';

function drained(w: World, which: readonly (typeof zones)[number][]): void {
  for (const zone of which) theHost(w, zone).status = 'DRAINING';
}

function drainedBy(w: World, name: string): void {
  w.snapshot.cloudtrail.events.push({
    EventId: w.hex('drain', 32),
    EventTime: w.ago(2_400),
    EventName: 'UpdateContainerInstancesState',
    EventSource: 'ecs.amazonaws.com',
    Username: name,
    Resources: [],
    CloudTrailEvent: {
      eventTime: w.ago(2_400),
      eventName: 'UpdateContainerInstancesState',
      userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${w.place.account}:user/${name}`, userName: name },
      requestParameters: {
        cluster: w.place.cluster,
        containerInstances: zones.map((zone) => hostArn(w, zone)),
        status: 'DRAINING',
      },
    },
  });
}

/** The service's interfaces may stand in zone c alone. */
function onlyIn(w: World, zone: (typeof zones)[number]): void {
  const vpc = theService(w).networkConfiguration?.awsvpcConfiguration;
  Object.assign(vpc ?? {}, { subnets: [subnetId(w, 'private', zone)] });
  for (const deployment of theService(w).deployments ?? [])
    Object.assign(deployment.networkConfiguration?.awsvpcConfiguration ?? {}, {
      subnets: [subnetId(w, 'private', zone)],
    });
}

function without(w: World, zone: (typeof zones)[number]): void {
  const { ecs } = w.snapshot;
  ecs.containerInstances = ecs.containerInstances.filter((host) => host !== theHost(w, zone));
  for (const group of w.snapshot.autoscaling.AutoScalingGroups)
    group.Instances = (group.Instances ?? []).filter(({ InstanceId }) => InstanceId !== w.id('i', zone));
}

/** One task on every host; the one of zone c is missing. */
function daemon(w: World): void {
  theService(w).schedulingStrategy = 'DAEMON';
  Object.assign(theService(w), { capacityProviderStrategy: [], launchType: 'EC2' });
  w.snapshot.ecs.tasks = w.snapshot.ecs.tasks.filter(
    ({ group, containerInstanceArn }) =>
      group !== `service:${w.place.service}` || containerInstanceArn !== hostArn(w, 'c'),
  );
  Object.assign(theService(w), { runningCount: 2 });
  Object.assign(primaryOf(w), { runningCount: 2 });
}

/** The program ends because its port is taken, on these hosts. */
function portTaken(w: World, on: readonly (typeof zones)[number][]): void {
  wants(w, 4);
  addStopped(w, {
    count: 4,
    zones: on,
    code: exited,
    reason: essentialExited,
    exit: 1,
    lived: 4,
    log: ['statsd starting', 'Error: listen EADDRINUSE: address already in use 0.0.0.0:8125'],
  });
}

export const toldHostsLeft: readonly ToldCase[] = [
  {
    name: 'a cluster of which every host is drained',
    class: 'insufficient-cluster-resources',
    verdicts: ['proven'],
    says: (w) => [...zones.map((zone) => idOf(w, zone)), /3 hosts .* are DRAINING/, /ops-maja/],
    neverClass: ['instance-registration-failed', 'asg-capacity-failure'],
    account: () =>
      changed(at, [
        withoutBalancer,
        (w) => {
          noneRuns(w);
          drained(w, zones);
          drainedBy(w, 'ops-maja');
          repeat(w, unplaced(w, 'Reason: No Container Instances were found in your cluster.'));
        },
        oldOutOfMemory,
      ]),
  },
  {
    name: 'a cluster with one host left that is full, the others drained',
    class: 'insufficient-cluster-resources',
    verdicts: ['proven'],
    says: () => [/2 hosts are being drained and take none/],
    never: [/Every host/],
    account: () =>
      changed(at, [
        (w) => {
          wants(w, 4);
          drained(w, ['a', 'b']);
          theHost(w, 'c').remainingResources = resources(128, 200);
          repeat(w, unplaced(w, `${closest('c')} has insufficient memory available.`));
        },
      ]),
  },
  {
    name: 'subnets of a service in a zone without hosts',
    class: 'placement-constraint-unmet',
    verdicts: ['proven'],
    says: (w) => [subnetId(w, 'private', 'c'), /ca-central-1c/, /only on a host in the zone of its subnet/],
    neverClass: ['insufficient-cluster-resources'],
    account: () =>
      changed(own, [
        withoutBalancer,
        (w) => {
          noneRuns(w);
          onlyIn(w, 'c');
          without(w, 'c');
          repeat(w, unplaced(w, ''));
        },
        workerOutOfMemory,
      ]),
  },
  {
    name: 'one zone of hosts, and full ones in the zone of the service',
    class: 'insufficient-cluster-resources',
    verdicts: ['proven'],
    says: (w) => [idOf(w, 'c')],
    account: () =>
      changed(own, [
        withoutBalancer,
        (w) => {
          noneRuns(w);
          onlyIn(w, 'c');
          for (const zone of zones) theHost(w, zone).remainingResources = resources(100, 100);
          repeat(w, unplaced(w, `${closest('c')} has insufficient memory available.`));
        },
      ]),
  },
  {
    name: 'a daemon whose third host has no room for it',
    class: 'insufficient-cluster-resources',
    verdicts: ['proven'],
    says: (w) => [idOf(w, 'c'), /has one task on every host, and 2 of 3 hosts have it/, /90 MiB/],
    account: () =>
      changed(at, [
        withoutBalancer,
        (w) => {
          daemon(w);
          theHost(w, 'c').remainingResources = resources(1_024, 90);
        },
        everydayStops,
      ]),
  },
  {
    name: 'a program on the network of its host that one host alone refuses the port',
    class: 'host-port-conflict',
    verdicts: ['proven'],
    says: (w) => [idOf(w, 'c'), /port 8125 of the host/, /the same revision runs on/],
    neverClass: ['app-config-error'],
    account: () =>
      changed({ ...onHostNetwork, count: 2 }, [withoutBalancer, (w) => portTaken(w, ['c']), scaryLines]),
  },
  {
    name: 'a program with a network of its own that finds its port taken',
    class: 'app-config-error',
    verdicts: ['likely', 'proven'],
    neverClass: ['host-port-conflict'],
    account: () => changed({ ...own, port: 8125, count: 2 }, [withoutBalancer, (w) => portTaken(w, ['c'])]),
  },
];
