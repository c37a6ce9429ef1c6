// Whose interface is judged, whose group a fix is for, and when hosts are looked at at all: accounts with hosts, through real SDK clients.

import { describe, expect, it } from 'vitest';
import type { CauseClass, Finding } from '../../../src/contract/finding.ts';
import { checkNetworkPath } from '../../../tools/diagnose/check-network-path.ts';
import { diagnoseService } from '../../../tools/diagnose/diagnose-service.ts';
import type { World } from '../../accounts/base.ts';
import { tcpFrom, theNetwork } from '../../accounts/base-network.ts';
import { databaseHost } from '../../accounts/base-platform.ts';
import { type CauseCase, changed } from '../../accounts/case.ts';
import {
  pullTimesOut,
  secretTimesOut,
  tasksLetOutTheDatabaseOnly,
  withoutBalancer,
} from '../../accounts/host-places.ts';
import { essentialExited, exited, failedToStart, failing } from '../../accounts/incident.ts';
import { onHosts } from '../../accounts/on-hosts.ts';
import { onHostsLost } from '../../accounts/on-hosts-lost.ts';
import { onHostsPeers } from '../../accounts/on-hosts-peers.ts';
import { agentsGone } from '../../accounts/placement.ts';
import { noneRuns } from '../../accounts/tasks.ts';
import { trail } from '../../accounts/trail.ts';
import { imageOf } from '../../accounts/workload.ts';
import { simulatedAws } from '../../support/simulated-aws.ts';

const place = { region: 'eu-west-1', cluster: 'c1', service: 's1', net: 150, launch: 'EC2' } as const;

interface Looked {
  readonly findings: readonly Finding[];
  readonly asked: readonly string[];
}

async function look(w: World, denied: readonly string[] = []): Promise<Looked> {
  const aws = await simulatedAws({ ...w.snapshot, denied: [...denied] });
  try {
    const context = { nowMs: w.nowMs, stage: () => {}, wait: async () => {} };
    const { cluster, service } = w.place;
    const { findings } = await diagnoseService.run({ cluster, service }, aws, context);
    const asked = aws.simulator.recorder.requests.map((one) => `${one.service}:${one.operation}`);
    return { findings, asked };
  } finally {
    await aws.close();
  }
}

function caseOf(name: CauseClass): CauseCase {
  const found = [...onHosts, ...onHostsPeers, ...onHostsLost].find((one) => one.class === name);
  if (found === undefined) throw new RangeError(`no case ${name}`);
  return found;
}

interface Wanted {
  readonly name: CauseClass;
  readonly form: 'plain' | 'decoyed';
  /** The group that is changed, and the group let in or out. */
  readonly group: string;
  readonly peer: string | undefined;
  readonly ports: readonly [number, number];
  readonly leavesBy: 'host' | 'task' | 'balancer';
}

const fixes: readonly Wanted[] = [
  {
    name: 'task-sg-egress-blocked',
    form: 'plain',
    group: 'hosts',
    peer: undefined,
    ports: [443, 443],
    leavesBy: 'host',
  },
  {
    name: 'task-sg-egress-blocked',
    form: 'decoyed',
    group: 'hosts',
    peer: undefined,
    ports: [443, 443],
    leavesBy: 'host',
  },
  {
    name: 'missing-vpc-endpoint',
    form: 'decoyed',
    group: 'endpoints',
    peer: 'hosts',
    ports: [443, 443],
    leavesBy: 'host',
  },
  {
    name: 'dependency-unreachable',
    form: 'plain',
    group: 'database',
    peer: 'hosts',
    ports: [5432, 5432],
    leavesBy: 'host',
  },
  {
    name: 'dependency-unreachable',
    form: 'decoyed',
    group: 'database',
    peer: 'hosts',
    ports: [5432, 5432],
    leavesBy: 'host',
  },
  {
    name: 'efs-unreachable',
    form: 'plain',
    group: 'files',
    peer: 'hosts',
    ports: [2049, 2049],
    leavesBy: 'host',
  },
  {
    name: 'efs-unreachable',
    form: 'decoyed',
    group: 'files',
    peer: 'app',
    ports: [2049, 2049],
    leavesBy: 'task',
  },
  {
    name: 'lb-sg-ingress-missing',
    form: 'plain',
    group: 'hosts',
    peer: 'alb',
    ports: [32_768, 65_535],
    leavesBy: 'balancer',
  },
  {
    name: 'lb-sg-ingress-missing',
    form: 'decoyed',
    group: 'hosts',
    peer: 'alb',
    ports: [4200, 4200],
    leavesBy: 'balancer',
  },
  {
    name: 'agent-disconnected',
    form: 'plain',
    group: 'hosts',
    peer: undefined,
    ports: [443, 443],
    leavesBy: 'host',
  },
  {
    name: 'agent-disconnected',
    form: 'decoyed',
    group: 'endpoints',
    peer: 'hosts',
    ports: [443, 443],
    leavesBy: 'host',
  },
];

describe('a closed gate below tasks on EC2', () => {
  it.each(fixes)(
    '$name ($form) is opened in $group for $peer',
    async ({ name, form, group, peer, ports, leavesBy }) => {
      const w = caseOf(name)[form]();
      const { findings } = await look(w);
      const [first] = findings;
      expect(first?.class).toBe(name);
      const [fix, ...others] = first?.fixes ?? [];
      expect(others).toEqual([]);
      expect(fix?.input).toMatchObject({
        group_id: w.id('sg', group),
        from_port: ports[0],
        to_port: ports[1],
        ...(peer === undefined ? {} : { peer: { group_id: w.id('sg', peer) } }),
      });
      expect(fix?.counterfactual?.flips).toBe(true);
      const hosts = new Set((first?.paths ?? []).map(({ from }) => from.host?.slice(0, 2)));
      expect([...hosts]).toEqual([leavesBy === 'host' ? 'i-' : undefined]);
    },
  );

  it("is said to be the host's, with the machine it was seen at", async () => {
    const w = caseOf('task-sg-egress-blocked').plain();
    const [first] = (await look(w)).findings;
    expect(first?.explanation).toContain('On EC2 the host asks for this, not the task');
    expect(first?.explanation).toContain(w.id('i', 'a'));
    expect(first?.evidence.some(({ path }) => path.includes('.Instances[0].SecurityGroups'))).toBe(true);
    expect(first?.culprits).toEqual([w.id('sg', 'hosts')]);
  });

  it('names the machines that have no public address', async () => {
    const w = caseOf('public-subnet-no-public-ip').plain();
    const [first] = (await look(w)).findings;
    expect(first?.culprits).toEqual(expect.arrayContaining(['a', 'b', 'c'].map((zone) => w.id('i', zone))));
    expect(first?.fixes).toEqual([]);
  });

  it('is told with who shut it, of the host too', async () => {
    const w = caseOf('task-sg-egress-blocked').plain();
    trail(w, 5_400, 'RevokeSecurityGroupEgress', {
      source: 'ec2.amazonaws.com',
      request: { groupId: w.id('sg', 'hosts') },
    });
    trail(w, 5_300, 'RevokeSecurityGroupEgress', {
      source: 'ec2.amazonaws.com',
      request: { groupId: w.id('sg', 'worker') },
    });
    const [first] = (await look(w)).findings;
    expect(first?.explanation).toMatch(
      /GitHubActions called RevokeSecurityGroupEgress at .* before the first of these failures/,
    );
    expect(first?.evidence.some(({ path }) => path.startsWith('$.Events['))).toBe(true);
  });

  it('opens something for whatever else is on those hosts, and that is said', async () => {
    const w = caseOf('dependency-unreachable').plain();
    const [first] = (await look(w)).findings;
    expect(first?.fixes[0]?.counterfactual?.alsoOpens.join(' ')).toContain(
      'tasks in bridge or host mode on them get this way too',
    );
  });
});

describe('the way of tasks in bridge mode to a destination', () => {
  async function check(w: World, input: { port?: number; host?: string; group_id?: string }) {
    const aws = await simulatedAws(w.snapshot);
    try {
      const context = { nowMs: w.nowMs, stage: () => {}, wait: async () => {} };
      const { cluster, service } = w.place;
      const out = await checkNetworkPath.run({ cluster, service, ...input }, aws, context);
      return { out, text: checkNetworkPath.text(out) };
    } finally {
      await aws.close();
    }
  }

  it.each(['bridge', 'host'] as const)('is that of their hosts, in %s mode', async (mode) => {
    const w = changed({ ...place, account: '111122221010', mode }, []);
    const { out, text } = await check(w, { port: 5432, host: databaseHost(w) });
    expect(out.verdict).toBe('reachable');
    expect(out.paths.every(({ from }) => from.host?.startsWith('i-') === true)).toBe(true);
    expect(out.paths[0]?.from.securityGroups).toEqual([w.id('sg', 'hosts')]);
    expect(text).toContain(`Path from host ${w.id('i', 'a')} in subnet-`);
  });

  it('is shut where the hosts are not let in, and the rule offered is for them', async () => {
    const w = changed({ ...place, account: '111122221111' }, [
      withoutBalancer,
      (one) => {
        theNetwork(one).group('cache').IpPermissions = [tcpFrom(6379, one.id('sg', 'app'))];
      },
    ]);
    const { out } = await check(w, { port: 6379, group_id: w.id('sg', 'cache') });
    expect(out.verdict).toBe('blocked');
    expect(out.fixes[0]?.input).toMatchObject({
      group_id: w.id('sg', 'cache'),
      peer: { group_id: w.id('sg', 'hosts') },
    });
  });

  it('cannot be told while no task is on a host', async () => {
    const w = changed({ ...place, account: '111122221212' }, [(one) => noneRuns(one)]);
    await expect(check(w, { port: 5432 })).rejects.toThrow(/none of them is on a host/);
  });
});

describe('hosts that ECS has lost', () => {
  it('are said to be cut off where one of the endpoints of ECS is missing, and it is offered', async () => {
    const w = caseOf('instance-registration-failed').decoyed();
    const [first] = (await look(w)).findings;
    expect(first?.explanation).toContain('reach ecs-agent');
    expect(first?.explanation).not.toContain('ecs-telemetry');
    expect(first?.fixes.map(({ tool, input }) => [tool, input['service']])).toEqual([
      ['ec2_create_vpc_endpoint', 'ecs-agent'],
    ]);
  });

  it('have something else the matter when their way is open', async () => {
    const w = changed({ ...place, account: '111122229999' }, [(one) => agentsGone(one, ['a', 'b', 'c'])]);
    const [first] = (await look(w)).findings;
    expect(first).toMatchObject({ class: 'agent-disconnected', verdict: 'proven', fixes: [] });
    expect(first?.explanation).toContain('The network lets them reach ECS');
  });

  it('are not said to be reached or cut off when their machines may not be read', async () => {
    const w = caseOf('agent-disconnected').plain();
    const [first] = (await look(w, ['ec2:DescribeInstances'])).findings;
    expect(first).toMatchObject({ class: 'agent-disconnected', fixes: [] });
    expect(first?.explanation).not.toMatch(/reach/);
  });
});

describe('a task with an interface of its own', () => {
  it('is not blamed for its closed group when its host has the way', async () => {
    const w = changed({ ...place, account: '111122223333', mode: 'awsvpc' }, [
      tasksLetOutTheDatabaseOnly,
      (one) => secretTimesOut(one),
    ]);
    const { findings } = await look(w);
    expect(findings[0]).toMatchObject({ class: 'unknown' });
    expect(findings.map((one) => one.class)).not.toContain('task-sg-egress-blocked');
    expect(findings[0]?.explanation).toContain('is open');
  });

  it.each([['ecs:DescribeContainerInstances'], ['ec2:DescribeInstances']])(
    'is not judged in the place of its host when %s is refused',
    async (action) => {
      const w = changed({ ...place, account: '111122224444', mode: 'awsvpc' }, [
        tasksLetOutTheDatabaseOnly,
        (one) => secretTimesOut(one),
      ]);
      const { findings } = await look(w, [action]);
      expect(findings.filter(({ verdict }) => verdict === 'proven' || verdict === 'likely')).toEqual([]);
      expect(findings[0]?.cannotVerify.map(({ missingAction }) => missingAction)).toContain(action);
    },
  );
});

describe('hosts are left alone', () => {
  const aboutHosts = ['ecs:DescribeContainerInstances', 'ec2:DescribeInstances'];

  it.each(['awsvpc', 'bridge', 'host'] as const)('when an image is not there, in %s mode', async (mode) => {
    const w = changed({ ...place, account: '111122225555', mode }, [
      (one) =>
        failing(one, {
          code: failedToStart,
          reason: 'Task failed to start',
          why: `CannotPullContainerError: Error response from daemon: manifest for ${imageOf(one, 's1', '2.14.1')} not found: manifest unknown: Requested image not found`,
        }),
    ]);
    const { asked } = await look(w);
    expect(asked.filter((one) => aboutHosts.includes(one))).toEqual([]);
  });

  it('when a program with an interface of its own ends by itself', async () => {
    const w = changed({ ...place, account: '111122226666', mode: 'awsvpc' }, [
      (one) =>
        failing(one, {
          code: exited,
          reason: essentialExited,
          lived: 30,
          exit: 1,
          log: ['Error: ENOENT: no such file or directory, open /etc/app.yaml'],
        }),
    ]);
    const { asked } = await look(w);
    expect(asked.filter((one) => aboutHosts.includes(one))).toEqual([]);
  });

  it('by their machines when a program in bridge mode ends by itself and its log says why', async () => {
    const w = changed({ ...place, account: '111122227777' }, [
      (one) =>
        failing(one, {
          code: exited,
          reason: essentialExited,
          lived: 30,
          exit: 137,
          why: 'OutOfMemoryError: Container killed due to memory usage',
          log: ['loading'],
        }),
    ]);
    const { asked, findings } = await look(w);
    expect(findings[0]?.class).toBe('oom-killed');
    expect(asked).not.toContain('ec2:DescribeInstances');
  });

  it('and looked at when a pull gets no answer', async () => {
    const w = changed({ ...place, account: '111122228888' }, [(one) => pullTimesOut(one)]);
    const { asked } = await look(w);
    expect(asked).toEqual(expect.arrayContaining(aboutHosts));
  });
});
