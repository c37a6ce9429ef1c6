// Whose interface packets leave by, and where hosts stand, from as much of the evidence as there is.

import type { Instance } from '@aws-sdk/client-ec2';
import type { ContainerInstance, Task } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import type { EvidenceBundle, PlacedHosts } from '../../../src/diagnosis/evidence.ts';
import { hostPlaces, vpcIdOf } from '../../../src/diagnosis/facts/host-place.ts';
import {
  containersLeaveBy,
  hostSources,
  placeSources,
  startLeavesBy,
} from '../../../src/diagnosis/facts/sources.ts';
import type { StartPhase } from '../../../src/diagnosis/facts/start-failure.ts';
import type { TaskFacts } from '../../../src/diagnosis/facts/tasks.ts';
import { seen } from '../support/vpc.ts';

const arn = (id: string) => `arn:aws:ecs:eu-west-1:111122223333:container-instance/c/${id}`;

function registered(id: string, more: Partial<ContainerInstance> = {}): ContainerInstance {
  return {
    containerInstanceArn: arn(id),
    ec2InstanceId: `i-${id}`,
    attributes: [
      { name: 'ecs.vpc-id', value: 'vpc-1' },
      { name: 'ecs.subnet-id', value: `subnet-${id}` },
    ],
    ...more,
  };
}

const hosts = (containers: ContainerInstance[], machines: Instance[]): { hosts: PlacedHosts } => ({
  hosts: {
    containerInstances: seen('$.containerInstances', containers),
    instances: seen('$.Reservations', machines),
  },
});

/** Only what is looked at here. */
function task(value: Partial<Task>, subnetId?: string): TaskFacts {
  return { observed: { value, at: { id: 'ev_t', path: '$' } }, subnetId } as unknown as TaskFacts;
}

const onFargate = task({ launchType: 'FARGATE' }, 'subnet-t');
const onHost = task({ launchType: 'EC2', containerInstanceArn: arn('a') });
const onHostWithInterface = task({ launchType: 'EC2', containerInstanceArn: arn('a') }, 'subnet-t');

describe('what a start asks for', () => {
  const phases: readonly StartPhase[] = ['pull', 'secret', 'env-file', 'logger', 'volume'];

  it.each([
    ['on Fargate', onFargate, ['task', 'task', 'task', 'task', 'task']],
    ['on a host in its network', onHost, ['host', 'host', 'host', 'host', 'host']],
    ['on a host with an interface', onHostWithInterface, ['host', 'host', 'host', 'host', 'task']],
  ] as const)('%s leaves by', (_, one, by) => {
    expect(phases.map((phase) => startLeavesBy({ phase, task: one }))).toEqual(by);
  });
});

describe('what programs say', () => {
  it.each([
    ['on Fargate', onFargate, ['subnet-t'], 'task'],
    ['on a host in awsvpc mode', onHostWithInterface, ['subnet-t'], 'task'],
    ['on a host in bridge or host mode', onHost, [], 'host'],
  ] as const)('%s leaves by its interface', (_, one, subnets, by) => {
    expect(containersLeaveBy({ subnets }, [one])).toBe(by);
  });
});

describe('a host', () => {
  const machine: Instance = {
    InstanceId: 'i-a',
    VpcId: 'vpc-1',
    SubnetId: 'subnet-a',
    PrivateIpAddress: '10.0.1.5',
    SecurityGroups: [{ GroupId: 'sg-machine' }],
    NetworkInterfaces: [
      { NetworkInterfaceId: 'eni-trunk', SubnetId: 'subnet-x', Attachment: { DeviceIndex: 1 }, Groups: [] },
      {
        NetworkInterfaceId: 'eni-own',
        SubnetId: 'subnet-a',
        PrivateIpAddress: '10.0.1.5',
        Attachment: { DeviceIndex: 0 },
        Groups: [{ GroupId: 'sg-own' }],
        Association: { PublicIp: '198.51.100.7' },
      },
    ],
  };

  it('stands where its primary interface is, whichever comes first in the list', () => {
    const [place] = hostPlaces(hosts([registered('a')], [machine]));
    expect(place).toMatchObject({
      instance: 'i-a',
      subnetId: 'subnet-a',
      securityGroups: ['sg-own'],
      publicAddress: true,
      networkInterface: 'eni-own',
    });
    expect(place?.evidence[0]?.path).toBe('$.Reservations[0].NetworkInterfaces[1].Groups');
  });

  it('is known by its machine alone when the interfaces are not listed', () => {
    const { NetworkInterfaces: _, ...bare } = machine;
    expect(hostPlaces(hosts([registered('a')], [bare]))[0]).toMatchObject({
      securityGroups: ['sg-machine'],
      address: '10.0.1.5',
      publicAddress: false,
    });
  });

  it('whose machine was not read has a subnet, and neither groups nor a public address to speak of', () => {
    expect(hostPlaces(hosts([registered('a')], []))[0]).toMatchObject({
      vpcId: 'vpc-1',
      subnetId: 'subnet-a',
      securityGroups: [],
      publicAddress: undefined,
    });
  });

  it('outside AWS stands in no VPC', () => {
    const external = registered('a', { ec2InstanceId: 'mi-0123456789abcdef0' });
    expect(hostPlaces(hosts([external], []))).toEqual([]);
  });

  it('names the VPC where nothing else does', () => {
    const bare = {
      ...hosts([registered('a')], []),
      network: { subnets: seen('$', []) },
      targetGroups: seen('$', []),
    } as unknown as EvidenceBundle;
    expect(vpcIdOf(bare)).toBe('vpc-1');
    const behindInstances = seen('$', [{ TargetType: 'instance' as const, VpcId: 'vpc-2' }]);
    expect(vpcIdOf({ ...bare, targetGroups: behindInstances })).toBe('vpc-2');
  });
});

describe('the sources of a path', () => {
  const both = hosts(
    [registered('a'), registered('b'), registered('c')],
    ['a', 'b', 'c'].map((id) => ({
      InstanceId: `i-${id}`,
      VpcId: 'vpc-1',
      SubnetId: id === 'c' ? 'subnet-2' : 'subnet-1',
      PrivateIpAddress: `10.0.1.${id.charCodeAt(0)}`,
      SecurityGroups: [{ GroupId: 'sg-hosts' }],
    })),
  );

  it('are hosts that stand alike only once', () => {
    expect(placeSources(hostPlaces(both)).map(({ host, subnetId }) => [host, subnetId])).toEqual([
      ['i-a', 'subnet-1'],
      ['i-c', 'subnet-2'],
    ]);
  });

  it('are the hosts of the tasks and no others', () => {
    const on = (id: string) => task({ containerInstanceArn: arn(id), launchType: 'EC2' });
    const bundle = both as unknown as EvidenceBundle;
    expect(hostSources(bundle, [on('c')]).map(({ host }) => host)).toEqual(['i-c']);
    expect(hostSources(bundle, [task({ launchType: 'EC2' })])).toEqual([]);
  });
});
