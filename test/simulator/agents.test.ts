// Hosts over the simulated network: their agents' connection to ECS, and whose interface a file system is mounted through.

import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { VPC } from '../../src/simulator/demo/names.ts';
import { batch, batchDefinition, SERVICE, withHosts } from './ec2-account.ts';
import { group, type Live, liveOf, MINUTE_MS } from './live-account.ts';
import { groups, subnets } from './placement-names.ts';

const connected = ({ state }: Live) => state.ecs.containerInstances.map((host) => host.agentConnected);
const tcp = (port: number, peers: string[]) => ({
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
  UserIdGroupPairs: peers.map((GroupId) => ({ GroupId })),
});
const everything = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
/** The hosts' security group lets nothing out. */
const shutIn = (state: Snapshot) => {
  group(state, groups.worker).IpPermissionsEgress = [];
};
const letOut = (state: Snapshot) => {
  group(state, groups.worker).IpPermissionsEgress = [everything];
};

describe('the agent of a host', () => {
  it('keeps its connection for a while, loses it for good, and has it back when the way is open again', async () => {
    const wants = (count: number) => (state: Snapshot) => {
      batch(state).desiredCount = count;
    };
    const scene = await liveOf(withHosts(wants(0)));
    scene.change(shutIn);
    scene.clock.advance(10 * MINUTE_MS);
    expect(connected(scene)).toEqual([true, true, true]);
    scene.clock.advance(25 * MINUTE_MS);
    expect(connected(scene)).toEqual([false, false, false]);
    scene.change(wants(3));
    scene.clock.advance(2 * MINUTE_MS);
    expect(scene.messages(SERVICE)[0]).toContain('encountered error "AGENT"');
    scene.change(letOut);
    scene.clock.advance(5 * MINUTE_MS);
    expect(connected(scene)).toEqual([true, true, true]);
    expect(batch(scene.state).runningCount).toBe(3);
  });

  it('needs the endpoints of ECS in a subnet without another way out, and to be let in there', async () => {
    const scene = await liveOf(
      withHosts((state) => {
        state.ec2.NatGateways[0]!.State = 'deleted';
        state.ec2.VpcAttributes[VPC] = { enableDnsSupport: true, enableDnsHostnames: true };
        for (const name of ['ecs', 'ecs-agent'])
          state.ec2.VpcEndpoints.push({
            VpcEndpointId: `vpce-${name}`,
            VpcEndpointType: 'Interface',
            VpcId: VPC,
            ServiceName: `com.amazonaws.${state.account.region}.${name}`,
            State: 'available' as 'Available',
            PrivateDnsEnabled: true,
            SubnetIds: [...subnets.private],
            Groups: [{ GroupId: groups.database }],
          });
        group(state, groups.database).IpPermissions = [tcp(443, [groups.worker])];
      }),
    );
    scene.clock.advance(35 * MINUTE_MS);
    expect(connected(scene)).toEqual([true, true, true]);
    scene.change((state) => {
      group(state, groups.database).IpPermissions = [tcp(443, [groups.app])];
    });
    scene.clock.advance(35 * MINUTE_MS);
    expect(connected(scene)).toEqual([false, false, false]);
  });

  it('that something else stopped does not come back by itself', async () => {
    const scene = await liveOf(withHosts());
    scene.change((state) => {
      state.ecs.containerInstances[0]!.agentConnected = false;
    });
    scene.clock.advance(70 * MINUTE_MS);
    expect(connected(scene)).toEqual([false, true, true]);
  });
});

describe('a file system of a task on a host', () => {
  /** Mount targets that let one group in, for a service in this network mode. */
  const mounting = (mode: 'awsvpc' | 'bridge', letsIn: string) => (state: Snapshot) => {
    const definition = batchDefinition(state);
    definition.networkMode = mode;
    definition.volumes = [{ name: 'data', efsVolumeConfiguration: { fileSystemId: 'fs-1' } }];
    if (mode === 'awsvpc') {
      const network = {
        awsvpcConfiguration: { subnets: [...subnets.private], securityGroups: [groups.app] },
      };
      batch(state).networkConfiguration = network;
      for (const one of batch(state).deployments ?? []) one.networkConfiguration = network;
    }
    state.efs.FileSystems.push({ FileSystemId: 'fs-1', LifeCycleState: 'available' });
    for (const [index, SubnetId] of subnets.private.entries())
      state.efs.MountTargets.push({
        MountTargetId: `fsmt-${index}`,
        FileSystemId: 'fs-1',
        SubnetId,
        LifeCycleState: 'available',
        IpAddress: `10.0.1${index}.250`,
        SecurityGroups: [groups.database],
      });
    group(state, groups.app).IpPermissionsEgress = [everything];
    group(state, groups.worker).IpPermissionsEgress = [everything];
    group(state, groups.database).IpPermissions = [tcp(2049, [letsIn])];
  };

  it.each([
    ['bridge', groups.worker, 1],
    ['bridge', groups.app, 0],
    ['awsvpc', groups.app, 1],
    ['awsvpc', groups.worker, 0],
  ] as const)('in %s mode is mounted where %s is let in: %i task', async (mode, letsIn, running) => {
    const scene = await liveOf(withHosts(mounting(mode, letsIn)));
    scene.clock.advance(4 * MINUTE_MS);
    expect(batch(scene.state).runningCount).toBe(running);
    const reasons = scene.stopped(SERVICE).map(({ stoppedReason }) => stoppedReason ?? '');
    for (const reason of reasons)
      expect(reason).toMatch(
        /^Error response from daemon: create ecs-batch-1-data-\w+: VolumeDriver\.Create: .*Connection timed out/,
      );
    expect(reasons.length > 0).toBe(running === 0);
  });
});
