// Where tasks go: hosts with room, ports, interfaces and attributes; capacity providers and the groups behind them;
// daemons; Fargate's quota and zones. What cannot be placed is said in AWS's words and placed once the account allows it.

import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { satisfies } from '../../src/simulator/engine/placement/expression.ts';
import {
  addHost,
  batch,
  batchDefinition,
  GROUP,
  hostArn,
  PROVIDER,
  SERVICE,
  withHosts,
} from './ec2-account.ts';
import { group, type Live, live, liveOf, MINUTE_MS, oneMore } from './live-account.ts';
import { balancerGroup, groups, subnets, targetGroupArn } from './placement-names.ts';

const want = (count: number) => (state: Snapshot) => {
  batch(state).desiredCount = count;
};
const hosts = (scene: Live) => scene.state.ecs.containerInstances;
const left = (scene: Live, name: 'CPU' | 'MEMORY', index = 0) =>
  hosts(scene)[index]?.remainingResources?.find((one) => one.name === name)?.integerValue;
const CLOSEST =
  /^\(service batch\) was unable to place a task because no container instance met all of its requirements\. The closest matching \(container-instance (\d)\1{31}\) /;

/** Plays a cluster in which nothing can be placed until `right`; `says` is the end of the event. */
async function unplaced({
  fault,
  says,
  right,
}: {
  fault: (state: Snapshot) => void;
  says: RegExp;
  right: (state: Snapshot) => void;
}): Promise<Live> {
  const scene = await liveOf(withHosts(fault));
  scene.clock.advance(5 * MINUTE_MS);
  const said = scene.messages(SERVICE).filter((text) => text.includes('unable to place'));
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(CLOSEST);
  expect(said[0]).toMatch(says);
  expect(batch(scene.state).runningCount).toBe(0);
  scene.change(right);
  scene.clock.advance(2 * MINUTE_MS);
  expect(batch(scene.state).runningCount).toBe(1);
  return scene;
}
const everyHost =
  (edit: (host: Snapshot['ecs']['containerInstances'][number]) => void) => (state: Snapshot) => {
    for (const host of state.ecs.containerInstances) edit(host);
  };
const leave = (name: string, integerValue: number) =>
  everyHost((host) => {
    Object.assign(host.remainingResources!.find((one) => one.name === name)!, { integerValue });
  });

describe('a container instance', () => {
  it('gives a task its CPU, memory and a port, and has them back when it is gone', async () => {
    const scene = await liveOf(withHosts(want(3)));
    scene.clock.advance(2 * MINUTE_MS);
    expect(batch(scene.state).runningCount).toBe(3);
    expect(hosts(scene).map((host) => host.runningTasksCount)).toEqual([1, 1, 1]);
    expect([left(scene, 'CPU'), left(scene, 'MEMORY')]).toEqual([1024, 5552]);
    const [task] = scene.fresh(SERVICE);
    expect(task?.containers?.[0]?.networkBindings).toEqual([
      { bindIP: '0.0.0.0', containerPort: 8080, hostPort: 32768, protocol: 'tcp' },
    ]);
    expect(task?.attachments).toEqual([]);
    scene.change(want(0));
    scene.clock.advance(2 * MINUTE_MS);
    expect([left(scene, 'CPU'), left(scene, 'MEMORY')]).toEqual([2048, 7600]);
  });
  it('without room is the closest match', async () => {
    await unplaced({
      fault: leave('CPU', 512),
      says: /has insufficient CPU units available\./,
      right: leave('CPU', 2048),
    });
    await unplaced({
      fault: leave('MEMORY', 512),
      says: /has insufficient memory available\./,
      right: leave('MEMORY', 4096),
    });
  });
  it('has each port only once', async () => {
    const fixed = (state: Snapshot) => {
      batchDefinition(state).containerDefinitions![0]!.portMappings![0]!.hostPort = 80;
    };
    const scene = await liveOf(
      withHosts((state) => {
        fixed(state);
        want(4)(state);
      }),
    );
    scene.clock.advance(3 * MINUTE_MS);
    expect(batch(scene.state).runningCount).toBe(3);
    expect(
      scene.messages(SERVICE).some((text) => text.includes('is already using a port required by your task')),
    ).toBe(true);
    scene.change((state) => addHost(state, 4));
    scene.clock.advance(2 * MINUTE_MS);
    expect(batch(scene.state).runningCount).toBe(4);
  });
  it('needs the attributes and meets the constraints that the task names', async () => {
    await unplaced({
      fault: (state) => {
        batchDefinition(state).requiresAttributes = [{ name: 'ecs.capability.gpu' }];
      },
      says: /is missing an attribute required by your task\./,
      right: everyHost((host) => host.attributes!.push({ name: 'ecs.capability.gpu' })),
    });
    await unplaced({
      fault: (state) => {
        batch(state).placementConstraints = [
          { type: 'memberOf', expression: 'attribute:ecs.instance-type =~ c5.*' },
        ];
      },
      says: /encountered error "MemberOf placement constraint unsatisfied\."/,
      right: (state) => {
        batch(state).placementConstraints = [
          { type: 'memberOf', expression: 'attribute:ecs.instance-type =~ m5.*' },
        ];
      },
    });
  });
  it('whose agent is gone takes nothing', async () => {
    await unplaced({
      fault: everyHost((host) => {
        host.agentConnected = false;
      }),
      says: /encountered error "AGENT"/,
      right: everyHost((host) => {
        host.agentConnected = true;
      }),
    });
  });
  it('has as many interfaces as its type, less its own', async () => {
    const own = (state: Snapshot) => {
      batchDefinition(state).networkMode = 'awsvpc';
      batch(state).networkConfiguration = {
        awsvpcConfiguration: { subnets: [...subnets.private], securityGroups: [groups.worker] },
      };
      state.ec2.InstanceTypes.push({
        InstanceType: 'm5.large',
        NetworkInfo: { MaximumNetworkInterfaces: 2 },
      });
      leave('CPU', 10_000)(state);
      want(4)(state);
    };
    const scene = await liveOf(withHosts(own));
    scene.clock.advance(2 * MINUTE_MS);
    expect(batch(scene.state).runningCount).toBe(3);
    expect(scene.messages(SERVICE).find((text) => text.includes('unable'))).toMatch(
      /encountered error "RESOURCE:ENI"/,
    );
    scene.change(everyHost((host) => host.attributes!.push({ name: 'ecs.awsvpc-trunk-id', value: 'eni-1' })));
    scene.clock.advance(2 * MINUTE_MS);
    expect(batch(scene.state).runningCount).toBe(4);
  });
  it('that is drained hands its tasks over', async () => {
    const scene = await liveOf(withHosts());
    scene.clock.advance(2 * MINUTE_MS);
    const first = scene.fresh(SERVICE)[0]!.containerInstanceArn;
    scene.change((state) => {
      state.ecs.containerInstances.find((one) => one.containerInstanceArn === first)!.status = 'DRAINING';
    });
    scene.clock.advance(3 * MINUTE_MS);
    const running = scene.fresh(SERVICE).filter((task) => task.lastStatus === 'RUNNING');
    expect(running).toHaveLength(1);
    expect(running[0]!.containerInstanceArn).not.toBe(first);
  });
  it('is a target at the port of the host, which the load balancer has to reach', async () => {
    const balanced = (state: Snapshot) => {
      balancerGroup(state, 'instance');
      batch(state).loadBalancers = [
        { targetGroupArn: targetGroupArn('checkout'), containerName: 'api', containerPort: 8080 },
      ];
    };
    const scene = await liveOf(withHosts(balanced));
    scene.clock.advance(2 * MINUTE_MS);
    const target = () => scene.state.elbv2.TargetHealth[targetGroupArn('checkout')]!.at(-1)!;
    expect(scene.messages(SERVICE).find((text) => text.includes('unhealthy'))).toMatch(
      /^\(service batch\) \(port 32768\) is unhealthy in \(target-group .*\) due to \(reason Request timed out\)$/,
    );
    scene.change((state) => {
      group(state, groups.worker).IpPermissions = [
        {
          IpProtocol: 'tcp',
          FromPort: 32768,
          ToPort: 65535,
          UserIdGroupPairs: [{ GroupId: groups.balancer }],
        },
      ];
    });
    scene.clock.advance(20 * MINUTE_MS);
    expect(target().TargetHealth?.State).toBe('healthy');
    expect(target().Target).toMatchObject({ Id: expect.stringMatching(/^i-\d$/), Port: expect.any(Number) });
  });
  it('pulls with its own network and role, in the words of Docker', async () => {
    const scene = await liveOf(
      withHosts((state) => {
        delete batchDefinition(state).executionRoleArn;
        group(state, groups.worker).IpPermissionsEgress = [];
      }),
    );
    scene.clock.advance(3 * MINUTE_MS);
    const [task] = scene.stopped(SERVICE);
    expect(task?.stoppedReason).toBe('Task failed to start');
    expect(task?.containers?.[0]?.reason).toMatch(
      /^CannotPullECRContainerError: RequestError: send request failed caused by: Post "https:\/\/api\.ecr\.us-east-1\.amazonaws\.com\/": dial tcp .*: i\/o timeout$/,
    );
  });
});

describe('a capacity provider', () => {
  const provided = (state: Snapshot) => {
    for (const one of [batch(state), batch(state).deployments![0]!]) {
      delete one.launchType;
      one.capacityProviderStrategy = [{ capacityProvider: PROVIDER, weight: 1 }];
    }
  };
  const group_ = (state: Snapshot) =>
    state.autoscaling.AutoScalingGroups.find((one) => one.AutoScalingGroupName === GROUP)!;
  const full =
    (more: (state: Snapshot) => void = () => {}) =>
    (state: Snapshot) => {
      provided(state);
      leave('MEMORY', 100)(state);
      more(state);
    };
  const failures = (scene: Live) =>
    scene.state.autoscaling.Activities.filter((one) => one.StatusCode === 'Failed');
  it('launches an instance for tasks that wait, and they run on it', async () => {
    const scene = await liveOf(withHosts(full()));
    scene.clock.advance(60_000);
    expect(scene.fresh(SERVICE)[0]?.lastStatus).toBe('PROVISIONING');
    scene.clock.advance(3 * MINUTE_MS);
    expect(group_(scene.state).DesiredCapacity).toBe(4);
    expect(scene.state.autoscaling.Activities.at(-1)).toMatchObject({ StatusCode: 'Successful' });
    expect(hosts(scene)).toHaveLength(4);
    expect(batch(scene.state).runningCount).toBe(1);
  });
  it('stays at the largest size of its group until that is raised', async () => {
    const scene = await liveOf(
      withHosts(
        full((state) => {
          group_(state).MaxSize = 3;
        }),
      ),
    );
    scene.clock.advance(10 * MINUTE_MS);
    expect([hosts(scene).length, scene.fresh(SERVICE)[0]?.lastStatus]).toEqual([3, 'PROVISIONING']);
    scene.change((state) => {
      group_(state).MaxSize = 5;
    });
    scene.clock.advance(4 * MINUTE_MS);
    expect(batch(scene.state).runningCount).toBe(1);
  });
  it('gives up on a task after half an hour', async () => {
    const scene = await liveOf(
      withHosts(
        full((state) => {
          group_(state).MaxSize = 3;
        }),
      ),
    );
    scene.clock.advance(34 * MINUTE_MS);
    expect(scene.stopped(SERVICE)[0]).toMatchObject({ stopCode: 'TaskFailedToStart' });
  });
  it('shows why its group cannot launch', async () => {
    const sold = await liveOf(
      withHosts(
        full((state) => {
          group_(state).Tags = [{ Key: 'simulate', Value: 'no-capacity' }];
        }),
      ),
    );
    sold.clock.advance(5 * MINUTE_MS);
    expect(failures(sold)[0]?.StatusMessage).toMatch(
      /^We currently do not have sufficient m5\.large capacity in the Availability Zone .*Launching EC2 instance failed\.$/,
    );
    const limited = await liveOf(
      withHosts(
        full((state) => {
          state.servicequotas.quotas.push({ ServiceCode: 'ec2', QuotaCode: 'L-1216C47A', Value: 6 });
        }),
      ),
    );
    limited.clock.advance(5 * MINUTE_MS);
    expect(failures(limited)[0]?.StatusMessage).toMatch(/your current vCPU limit of 6 allows/);
    limited.change((state) => {
      state.servicequotas.quotas[0]!.Value = 64;
    });
    limited.clock.advance(5 * MINUTE_MS);
    expect(batch(limited.state).runningCount).toBe(1);
  });
  it('gains nothing from an instance that cannot register', async () => {
    const scene = await liveOf(
      withHosts(
        full((state) => {
          state.iam.Roles.find((role) => role.RoleName === 'hosts')!.AttachedManagedPolicies = [];
        }),
      ),
    );
    scene.clock.advance(10 * MINUTE_MS);
    expect([scene.state.ec2.Instances.length, hosts(scene).length]).toEqual([4, 3]);
    expect(batch(scene.state).runningCount).toBe(0);
  });
  it('without any instance says so', async () => {
    const scene = await liveOf(
      withHosts((state) => {
        provided(state);
        state.ecs.containerInstances = [];
        group_(state).MaxSize = 0;
      }),
    );
    scene.clock.advance(MINUTE_MS);
    expect(
      scene
        .messages(SERVICE)
        .some((text) =>
          text.includes('Reason: No Container Instances were found in your capacity provider.'),
        ),
    ).toBe(true);
  });
});

describe('a daemon', () => {
  it('runs once on every instance, also on those that come later', async () => {
    const scene = await liveOf(
      withHosts((state) => {
        Object.assign(batch(state), {
          schedulingStrategy: 'DAEMON',
          deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 100 },
        });
      }),
    );
    scene.clock.advance(2 * MINUTE_MS);
    expect([batch(scene.state).runningCount, batch(scene.state).desiredCount]).toEqual([3, 3]);
    scene.change((state) => addHost(state, 4));
    scene.clock.advance(2 * MINUTE_MS);
    expect(new Set(scene.fresh(SERVICE).map((task) => task.containerInstanceArn))).toEqual(
      new Set([1, 2, 3, 4].map(hostArn)),
    );
  });
});

describe('Fargate', () => {
  it('stops at the account’s quota of vCPUs', async () => {
    const scene = await live((state) => {
      state.servicequotas.quotas.push({ ServiceCode: 'fargate', QuotaCode: 'L-3032A538', Value: 5.5 });
    });
    scene.change(oneMore('payments-api'));
    scene.change(oneMore('payments-api'));
    scene.clock.advance(2 * MINUTE_MS);
    expect(scene.service('payments-api').runningCount).toBe(3);
    expect(scene.messages('payments-api').find((text) => text.includes('unable'))).toBe(
      "(service payments-api) was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
    );
    scene.change((state) => {
      state.servicequotas.quotas[0]!.Value = 20;
    });
    scene.clock.advance(2 * MINUTE_MS);
    expect(scene.service('payments-api').runningCount).toBe(4);
  });
  it('is out of capacity in some zones and not in others', async () => {
    const empty = (ids: readonly string[]) => (state: Snapshot) => {
      for (const one of state.ec2.Subnets)
        one.Tags = ids.includes(one.SubnetId) ? [{ Key: 'simulate', Value: 'no-fargate-capacity' }] : [];
    };
    const scene = await live(empty(subnets.private));
    scene.change(oneMore('payments-api'));
    scene.clock.advance(2 * MINUTE_MS);
    expect(scene.messages('payments-api')[0]).toMatch(
      /Reason: Capacity is unavailable at this time\. Please try again later or in a different availability zone\./,
    );
    scene.change(empty([subnets.private[0]]));
    scene.clock.advance(2 * MINUTE_MS);
    expect(scene.fresh('payments-api')[0]?.availabilityZone).toBe('us-east-1b');
  });
});

describe('the cluster query language', () => {
  const subject = { attribute: (name: string) => ({ type: 'm5.large', zone: 'us-east-1a', gpu: '' })[name] };
  it.each([
    ['attribute:type == m5.large', true],
    ['attribute:type != m5.large', false],
    ['attribute:type =~ m5.* and attribute:zone == us-east-1a', true],
    ['attribute:type =~ c5.* or attribute:zone in [us-east-1a, us-east-1b]', true],
    ['not (attribute:zone in [us-east-1b])', true],
    ['attribute:gpu exists', true],
    ['attribute:ssd exists', false],
    ['attribute:type == "m5.large" && attribute:zone !~ eu-*', true],
    ['nonsense', false],
    ['attribute:type == m5.large and', false],
    [`${'('.repeat(100)}attribute:gpu exists`, false],
  ])('%s is %s', (expression, expected) => {
    expect(satisfies(expression, subject)).toBe(expected);
  });
});
