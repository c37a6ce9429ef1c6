// Health checks of load balancers and containers against what the application really serves, and draining.

import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { groups, targetGroupArn } from '../../src/simulator/demo/names.ts';
import { container, group, type Live, live, MINUTE_MS, oneMore } from './live-account.ts';

const SERVICE = 'checkout';
const like = (words: string) => (state: Snapshot) => {
  container(state, SERVICE).environment!.push({ name: 'SIMULATE', value: words });
};
const targetGroup = (state: Snapshot) =>
  state.elbv2.TargetGroups.find((one) => one.TargetGroupArn === targetGroupArn(SERVICE))!;
const newest = (scene: Live) => scene.state.elbv2.TargetHealth[targetGroupArn(SERVICE)]!.at(-1)!.TargetHealth;

/** One more task; what the load balancer says of it after `seconds`. */
async function balanced(prepare: (state: Snapshot) => void, seconds = 90): Promise<Live> {
  const scene = await live((state) => {
    prepare(state);
    delete container(state, SERVICE).healthCheck;
  });
  scene.change(oneMore(SERVICE));
  scene.clock.advance(seconds * 1000);
  return scene;
}

describe('a target group', () => {
  it('says which code it got when the path is not served, and is content with the right path', async () => {
    const scene = await balanced(like('health=/ready'));
    expect(newest(scene)).toEqual({
      State: 'unhealthy',
      Reason: 'Target.ResponseCodeMismatch',
      Description: 'Health checks failed with these codes: [404]',
    });
    scene.change((state) => {
      targetGroup(state).HealthCheckPath = '/ready';
    });
    scene.clock.advance(MINUTE_MS);
    expect(newest(scene)).toEqual({ State: 'healthy' });
    expect(scene.stopped(SERVICE)).toEqual([]);
  });
  it('takes a redirect for a failure unless its matcher names it', async () => {
    expect(newest(await balanced(like('answers=301')))?.Description).toMatch(/codes: \[301\]$/);
    const matched = await balanced((state) => {
      like('answers=301')(state);
      targetGroup(state).Matcher = { HttpCode: '200-299,301' };
    });
    expect(newest(matched)).toEqual({ State: 'healthy' });
  });
  it('is refused where nothing listens', async () => {
    const refused = {
      State: 'unhealthy',
      Reason: 'Target.FailedHealthChecks',
      Description: 'Health checks failed',
    };
    expect(newest(await balanced(like('port=3000')))).toEqual(refused);
    expect(newest(await balanced(like('binds=loopback')))).toEqual(refused);
    expect(newest(await balanced(like('binds=interface')))).toEqual({ State: 'healthy' });
  });
  it('needs a way to its health check port, which may be another than the traffic port', async () => {
    const other = (state: Snapshot) => {
      targetGroup(state).HealthCheckPort = '9000';
    };
    expect(newest(await balanced(other))?.Reason).toBe('Target.Timeout');
    const open = (state: Snapshot) => {
      other(state);
      group(state, groups.app).IpPermissions!.push({
        IpProtocol: 'tcp',
        FromPort: 9000,
        ToPort: 9000,
        UserIdGroupPairs: [{ GroupId: groups.balancer }],
      });
    };
    expect(newest(await balanced(open))?.Reason).toBe('Target.FailedHealthChecks');
    const both = (state: Snapshot) => {
      open(state);
      like('port=9000')(state);
    };
    expect(newest(await balanced(both))).toEqual({ State: 'healthy' });
  });
  it('gives a slow application the grace period and no more', async () => {
    const slow = await balanced(like('starts-after=300'), 8 * 60);
    expect(slow.stopped(SERVICE)[0]?.stoppedReason).toMatch(/^Task failed ELB health checks/);
    const patient = await balanced((state) => {
      like('starts-after=300')(state);
      state.ecs.services.find((one) => one.serviceName === SERVICE)!.healthCheckGracePeriodSeconds = 400;
    }, 8 * 60);
    expect(patient.stopped(SERVICE)).toEqual([]);
    expect(newest(patient)).toEqual({ State: 'healthy' });
  });
  it('without a load balancer, or in a zone that is not enabled, checks nothing', async () => {
    const unused = await balanced((state) => {
      targetGroup(state).LoadBalancerArns = [];
    }, 5 * 60);
    expect(newest(unused)).toMatchObject({ State: 'unused', Reason: 'Target.NotInUse' });
    expect(unused.stopped(SERVICE)).toEqual([]);
    const elsewhere = await balanced((state) => {
      state.elbv2.LoadBalancers[0]!.AvailabilityZones!.length = 0;
    }, 5 * 60);
    expect(newest(elsewhere)).toMatchObject({
      State: 'unused',
      Description: expect.stringContaining('Availability Zone'),
    });
  });
  it('drains for its delay before the task is told to stop', async () => {
    const scene = await live((state) => {
      state.elbv2.TargetGroupAttributes[targetGroupArn(SERVICE)] = [
        { Key: 'deregistration_delay.timeout_seconds', Value: '300' },
      ];
    });
    scene.change((state) => {
      state.ecs.services.find((one) => one.serviceName === SERVICE)!.desiredCount = 1;
    });
    scene.clock.advance(4 * MINUTE_MS);
    const states = () =>
      scene.state.elbv2.TargetHealth[targetGroupArn(SERVICE)]!.map((one) => one.TargetHealth?.State).sort();
    expect(states()).toEqual(['draining', 'healthy']);
    const task = scene.state.ecs.tasks.find((one) => one.lastStatus === 'DEACTIVATING')!;
    expect(task.containers?.[0]?.lastStatus).toBe('RUNNING');
    scene.clock.advance(2 * MINUTE_MS);
    expect(states()).toEqual(['healthy']);
    expect(task.lastStatus).toBe('STOPPED');
  });
});

describe('a container health check', () => {
  const checked = async (command: string[], words = '') => {
    const scene = await live((state) => {
      container(state, SERVICE).healthCheck = { command, interval: 10, retries: 3 };
      like(words)(state);
      if (words === 'health=/ready') targetGroup(state).HealthCheckPath = '/ready';
    });
    scene.change(oneMore(SERVICE));
    scene.clock.advance(3 * MINUTE_MS);
    return scene.stopped(SERVICE)[0]?.stoppedReason ?? scene.fresh(SERVICE)[0]?.healthStatus;
  };
  const FAILED = 'Task failed container health checks';
  const curl = (url: string) => ['CMD-SHELL', `curl -f ${url} || exit 1`];
  it('asks the port and the path that its command names', async () => {
    expect(await checked(curl('http://localhost:8080/health'))).toBe('HEALTHY');
    expect(await checked(curl('http://localhost:9090/health'))).toBe(FAILED);
    expect(await checked(curl('http://localhost:8080/health'), 'health=/ready')).toBe(FAILED);
    expect(await checked(curl('http://localhost:8080/ready'), 'health=/ready')).toBe('HEALTHY');
  });
  it('asks from inside, where an application on the task’s address does not listen', async () => {
    expect(await checked(curl('http://localhost:8080/'), 'binds=interface')).toBe(FAILED);
  });
  it('needs its program, and a kind that Docker knows', async () => {
    expect(await checked(curl('http://localhost:8080/'), 'lacks=curl')).toBe(FAILED);
    expect(await checked(['CMD-SHELL', 'wget -qO- http://localhost:8080/'], 'lacks=curl')).toBe('HEALTHY');
    expect(await checked(['curl', '-f', 'http://localhost:8080/'])).toBe(FAILED);
  });
});

describe('containers that depend on each other', () => {
  const sidecar = (state: Snapshot, words: string, more: object = {}) => {
    const main = container(state, SERVICE);
    state.ecs.taskDefinitions
      .find((one) => one.family === SERVICE)!
      .containerDefinitions!.push({
        name: 'init',
        image: main.image,
        essential: false,
        logConfiguration: main.logConfiguration!,
        environment: [{ name: 'SIMULATE', value: words }],
        ...more,
      });
  };
  const run = async (prepare: (state: Snapshot) => void, minutes = 3) => {
    const scene = await live(prepare);
    scene.change(oneMore(SERVICE));
    scene.clock.advance(minutes * MINUTE_MS);
    return scene;
  };
  const waitsFor = (condition: 'SUCCESS' | 'HEALTHY' | 'COMPLETE') => (state: Snapshot) => {
    container(state, SERVICE).dependsOn = [{ containerName: 'init', condition }];
  };
  it('start one after the other', async () => {
    const scene = await run((state) => {
      sidecar(state, 'exits=0@30');
      waitsFor('SUCCESS')(state);
    });
    const [task] = scene.fresh(SERVICE);
    expect(task?.lastStatus).toBe('RUNNING');
    expect(Date.parse(task!.startedAt!) - Date.parse(task!.createdAt!)).toBeGreaterThan(50_000);
    expect(task?.containers?.map((one) => [one.name, one.exitCode])).toEqual([
      ['checkout', undefined],
      ['init', 0],
    ]);
  });
  it('do not start after one that failed', async () => {
    const scene = await run((state) => {
      sidecar(state, 'exits=1@10');
      waitsFor('SUCCESS')(state);
    });
    const [task] = scene.stopped(SERVICE);
    expect(task).toMatchObject({ stopCode: 'TaskFailedToStart' });
    expect(task?.startedAt).toBeUndefined();
    expect(task?.containers?.[0]?.reason).toMatch(
      /dependency \[init:SUCCESS\] for target \[checkout\] as dependency did not exit successfully\.$/,
    );
    const lenient = await run((state) => {
      sidecar(state, 'exits=1@10');
      waitsFor('COMPLETE')(state);
    });
    expect(lenient.fresh(SERVICE)[0]?.lastStatus).toBe('RUNNING');
  });
  it('wait for health, but not for ever', async () => {
    const check = { healthCheck: { command: ['CMD-SHELL', 'test -f /tmp/ready'], interval: 5, retries: 3 } };
    const scene = await run((state) => {
      sidecar(state, 'starts-after=12', check);
      waitsFor('HEALTHY')(state);
    });
    expect(scene.fresh(SERVICE)[0]?.lastStatus).toBe('RUNNING');
    const stuck = await run((state) => {
      sidecar(state, 'starts-after=9000', { healthCheck: { ...check.healthCheck, startPeriod: 300 } });
      waitsFor('HEALTHY')(state);
    }, 5);
    expect(stuck.stopped(SERVICE)[0]?.containers?.[0]?.reason).toMatch(/has timed out\.$/);
  });
});
