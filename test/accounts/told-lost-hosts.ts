// Services whose numbers are right although a task of them is on a host that reports nothing any more, and their healthy twins.

import { found, type World, type Zone, zones } from './base.ts';
import { hostArn, theHost } from './base-hosts.ts';
import { changed, type ToldCase } from './case.ts';
import { everydayStops, oldOutOfMemory, scaryLines, workerOutOfMemory } from './decoys.ts';
import { timedOut } from './health.ts';
import { withoutBalancer } from './host-places.ts';
import { targetGroupArn } from './workload.ts';

const at = {
  region: 'eu-north-1',
  account: '565612340172',
  cluster: 'quarry',
  service: 'crusher',
  net: 152,
  launch: 'EC2',
} as const;
const own = { ...at, mode: 'awsvpc' } as const;
const idOf = (w: World, zone: Zone) => hostArn(w, zone).split('/').at(-1) ?? '';

/** ECS hears nothing of the host any more, and says so of its tasks. */
function silent(w: World, zone: Zone): void {
  theHost(w, zone).agentConnected = false;
  for (const task of w.snapshot.ecs.tasks)
    if (task.containerInstanceArn === hostArn(w, zone)) task.connectivity = 'DISCONNECTED';
}

function machineIs(w: World, zone: Zone, Code: number, Name: 'stopped' | 'terminated'): void {
  const machine = found(
    w.snapshot.ec2.Instances.find(({ InstanceId }) => InstanceId === w.id('i', zone)),
    'machine',
  );
  machine.State = { Code, Name };
}

/** The targets on the host do not answer the load balancer. */
function targetsTimeOut(w: World, zone: Zone): void {
  const ids = new Set([
    w.id('i', zone),
    ...w.snapshot.ecs.tasks
      .filter(({ containerInstanceArn }) => containerInstanceArn === hostArn(w, zone))
      .flatMap(({ attachments = [] }) => attachments.flatMap(({ details = [] }) => details))
      .map(({ value }) => value),
  ]);
  for (const target of w.snapshot.elbv2.TargetHealth[targetGroupArn(w)] ?? [])
    if (ids.has(target.Target?.Id ?? '')) target.TargetHealth = timedOut;
}

const notSeen = /it does not see them fail, replaces none/;

export const toldLostHosts: readonly ToldCase[] = [
  {
    name: 'a task that counts as running on a stopped machine',
    class: 'agent-disconnected',
    verdicts: ['proven'],
    says: (w) => [idOf(w, 'b'), w.id('i', 'b'), /is stopped/, /1 of 3 hosts/, notSeen],
    neverClass: ['healthy'],
    account: () =>
      changed(at, [
        withoutBalancer,
        (w) => {
          silent(w, 'b');
          machineIs(w, 'b', 80, 'stopped');
        },
        everydayStops,
        scaryLines,
      ]),
  },
  {
    name: 'a task that counts as running on a machine that is gone',
    class: 'agent-disconnected',
    verdicts: ['proven'],
    says: (w) => [idOf(w, 'c'), /does not exist any more/],
    account: () =>
      changed(own, [
        withoutBalancer,
        (w) => {
          silent(w, 'c');
          w.snapshot.ec2.Instances = w.snapshot.ec2.Instances.filter(
            ({ InstanceId }) => InstanceId !== w.id('i', 'c'),
          );
        },
        oldOutOfMemory,
      ]),
  },
  {
    name: 'a task that counts as running below an agent that is off',
    class: 'agent-disconnected',
    verdicts: ['likely'],
    says: (w) => [idOf(w, 'a'), /ECS does not know whether 1 task/, /reconnects by itself within minutes/],
    never: [/does not run/, /does not exist/],
    account: () => changed(at, [withoutBalancer, (w) => silent(w, 'a')]),
  },
  {
    name: 'a silent host of which EC2 may not be asked',
    class: 'agent-disconnected',
    verdicts: ['likely'],
    missing: 'ec2:DescribeInstances',
    never: [/does not run/, /does not exist/],
    account: () =>
      changed(at, [
        withoutBalancer,
        (w) => {
          silent(w, 'b');
          machineIs(w, 'b', 80, 'stopped');
          w.snapshot.denied.push('ec2:DescribeInstances');
        },
      ]),
  },
  {
    name: 'a target that times out because its machine is stopped',
    class: 'agent-disconnected',
    verdicts: ['proven'],
    says: (w) => [idOf(w, 'b'), /is stopped/, /finds 1 target there unhealthy/, /Target\.Timeout/],
    neverClass: ['lb-healthcheck-misconfig', 'lb-sg-ingress-missing'],
    account: () =>
      changed(at, [
        (w) => {
          silent(w, 'b');
          machineIs(w, 'b', 80, 'stopped');
          targetsTimeOut(w, 'b');
        },
        workerOutOfMemory,
      ]),
  },
  {
    name: 'a target of its own address that times out because its machine is stopped',
    class: 'agent-disconnected',
    verdicts: ['proven'],
    says: (w) => [idOf(w, 'c'), /is stopped/, /finds 1 target there unhealthy/],
    account: () =>
      changed(own, [
        (w) => {
          silent(w, 'c');
          machineIs(w, 'c', 80, 'stopped');
          targetsTimeOut(w, 'c');
        },
      ]),
  },
  {
    name: 'a stopped machine that carries no task of the service',
    class: 'healthy',
    verdicts: ['proven'],
    never: [/disconnected/],
    account: () =>
      changed({ ...at, count: 2 }, [
        withoutBalancer,
        (w) => {
          silent(w, 'c');
          machineIs(w, 'c', 80, 'stopped');
        },
      ]),
  },
  {
    name: 'hosts that all report while others come and go',
    class: 'healthy',
    verdicts: ['proven'],
    never: [/disconnected/],
    account: () => changed(own, [everydayStops, oldOutOfMemory]),
  },
  {
    name: 'every host silent while its machine runs',
    class: 'agent-disconnected',
    verdicts: ['proven'],
    says: () => [/lost contact with every host/],
    never: [/does not run/],
    account: () =>
      changed(at, [
        withoutBalancer,
        (w) => {
          for (const zone of zones) silent(w, zone);
        },
      ]),
  },
];
