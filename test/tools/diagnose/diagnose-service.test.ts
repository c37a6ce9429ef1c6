import { describe, expect, it } from 'vitest';
import { causeClasses } from '../../../src/contract/finding.ts';
import type { Snapshot } from '../../../src/contract/snapshot.ts';
import { diagnoseService } from '../../../tools/diagnose/diagnose-service.ts';
import {
  changed,
  context,
  diagnosisOf,
  failStart,
  healEgress,
  parts,
  relog,
  TROUBLED,
  withAccount,
} from './support.ts';

const first = async (change: (s: Snapshot) => void) => {
  const out = await diagnosisOf(change);
  const [finding] = out.findings;
  if (finding === undefined) throw new Error('a diagnosis always has a finding');
  return { out, finding };
};

describe('the demo account', () => {
  it('is explained by the missing egress rule, proven, with the fix that opens exactly that gate', async () => {
    const { out, finding } = await first(() => {});
    expect(out.findings).toHaveLength(1);
    expect(finding).toMatchObject({ class: 'task-sg-egress-blocked', verdict: 'proven' });
    expect(finding.title).toBe('New tasks cannot reach their database: no egress rule for tcp/5432.');
    expect(finding.fixes).toHaveLength(1);
    expect(finding.fixes[0]).toMatchObject({
      tool: 'ec2_authorize_security_group_egress',
      input: { protocol: 'tcp', from_port: 5432, to_port: 5432, heals: TROUBLED },
      counterfactual: { flips: true },
    });
    expect(finding.fixes[0]?.counterfactual?.alsoOpens.join(' ')).toContain('checkout');
    expect(finding.ruledOut.map((one) => one.class)).toEqual(
      expect.arrayContaining(['dependency-unreachable', 'nacl-blocked', 'no-egress-route']),
    );
    expect(out.stopped[0]).toMatchObject({ kind: 'container-health', count: 4 });
    expect(out.stats.stages).toBeLessThanOrEqual(4);
  });

  it('is told in a short text that cites evidence and holds neither secrets nor environment values', async () => {
    const { out } = await first(() => {});
    const text = diagnoseService.text(out);
    expect(text.length).toBeLessThan(6_000);
    expect(text).toMatch(/PROVEN task-sg-egress-blocked.*\[ev_\d+\]/);
    expect(JSON.stringify(out)).not.toContain('Tr0ub4dor');
  });

  it('gives references that exist in the answers', async () => {
    await withAccount(
      changed(() => {}),
      async (aws) => {
        const bodies = new Map<string, unknown>();
        const recording = {
          ...aws,
          call: async (...args: Parameters<typeof aws.call>) => {
            const answer = await aws.call(...args);
            bodies.set(answer.evidence, answer.output);
            return answer;
          },
        } as typeof aws;
        const out = await diagnoseService.run(TROUBLED, recording, context);
        const refs = out.findings.flatMap((one) => [
          ...one.evidence,
          ...one.paths.flatMap((path) => path.hops.flatMap((hop) => hop.evidence)),
        ]);
        expect(refs.length).toBeGreaterThan(5);
        for (const ref of refs)
          expect(valueAt(bodies.get(ref.id), ref.path), `${ref.id} ${ref.path}`).toBeDefined();
      },
    );
  });

  it('is healthy for the other services, with fewer calls', async () => {
    const out = await diagnosisOf(() => {}, { service: 'checkout' });
    expect(out.findings.map((one) => one.class)).toEqual(['healthy']);
    expect(out.logs).toEqual([]);
  });
});

describe('a closed gate elsewhere is named instead', () => {
  it('on the database side', async () => {
    const { finding } = await first((s) => {
      healEgress(s);
      parts.group(s, 'production-database').IpPermissions = [];
    });
    expect(finding).toMatchObject({ class: 'dependency-unreachable', verdict: 'proven' });
    expect(finding.fixes[0]?.tool).toBe('ec2_authorize_security_group_ingress');
  });

  it('on both sides, as two findings', async () => {
    const { out } = await first((s) => {
      parts.group(s, 'production-database').IpPermissions = [];
    });
    expect(out.findings.map((one) => [one.class, one.verdict])).toEqual([
      ['task-sg-egress-blocked', 'proven'],
      ['dependency-unreachable', 'proven'],
    ]);
  });

  it('in a network ACL that drops the replies', async () => {
    const { finding } = await first((s) => {
      healEgress(s);
      for (const acl of s.ec2.NetworkAcls)
        acl.Entries = [
          ...(acl.Entries ?? []),
          {
            Egress: false,
            RuleNumber: 10,
            RuleAction: 'deny',
            Protocol: '6',
            PortRange: { From: 1024, To: 65_535 },
            CidrBlock: '10.0.20.0/23',
          },
        ];
    });
    expect(finding).toMatchObject({ class: 'nacl-blocked', verdict: 'proven' });
  });

  it('in the DNS attributes when the name does not resolve', async () => {
    const { finding } = await first((s) => {
      healEgress(s);
      relog(s, 'Error: getaddrinfo ENOTFOUND db.production.internal');
      for (const attributes of Object.values(s.ec2.VpcAttributes)) attributes.enableDnsSupport = false;
    });
    expect(finding).toMatchObject({ class: 'vpc-dns-misconfig', verdict: 'proven' });
  });
});

describe('a destination that is not known exactly', () => {
  const anonymous = (s: Snapshot) => {
    for (const eni of s.ec2.NetworkInterfaces)
      eni.TagSet = (eni.TagSet ?? []).filter((tag) => tag.Key !== 'dns-name');
  };

  it('is found by the group that lets the port in from the tasks', async () => {
    const { finding } = await first(anonymous);
    expect(finding).toMatchObject({ class: 'task-sg-egress-blocked', verdict: 'proven' });
    expect(finding.fixes[0]?.input).toMatchObject({ peer: { group_id: 'sg-08c5d7e12f9a4b360' } });
  });

  it('still proves the block when no rule lets the port out to anything', async () => {
    const { finding } = await first((s) => {
      anonymous(s);
      s.ec2.NetworkInterfaces = s.ec2.NetworkInterfaces.filter((eni) => eni.RequesterId !== 'amazon-rds');
      s.ec2.SecurityGroups = s.ec2.SecurityGroups.filter(
        (group) => group.GroupName !== 'production-database',
      );
    });
    expect(finding).toMatchObject({ class: 'task-sg-egress-blocked', verdict: 'proven', fixes: [] });
  });
});

describe('an open network is said to be open', () => {
  it('when the cause lies elsewhere', async () => {
    const { finding } = await first(healEgress);
    expect(finding).toMatchObject({ class: 'unknown', verdict: 'unknown' });
    expect(finding.explanation).toContain('The network path to db.production.internal:5432 is open');
    expect(finding.fixes).toEqual([]);
  });

  it('when the connection is refused', async () => {
    const { finding } = await first((s) => {
      healEgress(s);
      relog(s, 'Error: connect ECONNREFUSED 10.0.20.15:5432');
    });
    expect(finding.explanation).toContain('nothing listens there');
  });
});

describe('refused reads', () => {
  const deny =
    (...actions: string[]) =>
    (s: Snapshot) => {
      s.denied = actions;
    };

  it('of security groups leave the verdict open and name the permission', async () => {
    const { out, finding } = await first(deny('ec2:DescribeSecurityGroups'));
    expect(out.findings.some((one) => one.verdict === 'proven')).toBe(false);
    expect(finding.class).toBe('unknown');
    expect(finding.cannotVerify.map((one) => one.missingAction)).toContain('ec2:DescribeSecurityGroups');
  });

  it('of logs make the environment speak, which is likely and no more', async () => {
    const { finding } = await first(deny('logs:GetLogEvents'));
    expect(finding).toMatchObject({ class: 'task-sg-egress-blocked', verdict: 'likely' });
    expect(finding.cannotVerify.map((one) => one.missingAction)).toContain('logs:GetLogEvents');
  });

  it('of routes and network ACLs do not hide what is proven without them', async () => {
    const { finding } = await first(deny('ec2:DescribeRouteTables', 'ec2:DescribeNetworkAcls'));
    expect(finding).toMatchObject({ class: 'task-sg-egress-blocked', verdict: 'proven' });
  });

  it('never yield a proven cause that was not there, one action at a time', async () => {
    await withAccount(changed(healEgress), async (aws) => {
      const look = async () =>
        diagnoseService.output.parse(await diagnoseService.run(TROUBLED, aws, context));
      await look();
      // What this account is never asked cannot change its diagnosis.
      const asked = new Set(aws.calls.map(({ action }) => action));
      asked.delete('ecs:DescribeServices');
      expect(asked.size).toBeGreaterThan(10);
      for (const action of asked) {
        aws.simulator.state.denied = [action];
        const sure = (await look()).findings.filter((one) => one.verdict === 'proven');
        expect(
          sure.map((one) => one.class),
          action,
        ).toEqual([]);
      }
    });
  });
});

describe('containers that end', () => {
  const exit = (code: number, reason?: string) => (s: Snapshot) => {
    for (const task of parts.failed(s)) {
      task.stopCode = 'EssentialContainerExited';
      task.stoppedReason = 'Essential container in task exited';
      for (const container of task.containers ?? []) {
        container.exitCode = code;
        delete container.healthStatus;
        if (reason !== undefined) container.reason = reason;
      }
    }
    relog(s, 'done');
    healEgress(s);
  };

  it('for memory are proven by the reason, whatever the exit code', async () => {
    expect(
      (await first(exit(0, 'OutOfMemoryError: Container killed due to memory usage'))).finding,
    ).toMatchObject({ class: 'oom-killed', verdict: 'proven' });
  });
  it('with 137 and no such reason are not called out of memory', async () => {
    expect((await first(exit(137))).out.findings.map((one) => one.class)).not.toContain('oom-killed');
  });
  it('with code 0 ended by themselves', async () => {
    expect((await first(exit(0))).finding).toMatchObject({ class: 'app-clean-exit', verdict: 'proven' });
  });
  it('with code 1 after a time-out behind a closed gate are a consequence', async () => {
    const { out } = await first((s) => {
      exit(1)(s);
      relog(s, 'connect ETIMEDOUT 10.0.20.15:5432');
      const app = parts.group(s, 'production-app-tasks');
      app.IpPermissionsEgress = (app.IpPermissionsEgress ?? []).filter((rule) => rule.FromPort !== 5432);
    });
    expect(out.findings.map((one) => one.class)).toEqual(['task-sg-egress-blocked']);
  });
});

describe('failed starts', () => {
  const timeout =
    'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 5 time(s): failed to fetch secret arn:aws:secretsmanager:us-east-1:123456789012:secret:db-Ab12Cd from secrets manager: RequestCanceled: request context canceled caused by: context deadline exceeded';

  it('without an answer are decided by the route', async () => {
    const { finding } = await first((s) => {
      failStart(s, timeout);
      const table = parts.privateTable(s);
      table.Routes = (table.Routes ?? []).filter((route) => route.NatGatewayId === undefined);
    });
    expect(finding).toMatchObject({ class: 'no-egress-route', verdict: 'proven' });
  });

  it('without an answer are decided by the group when nothing goes out', async () => {
    const { finding } = await first((s) => {
      failStart(s, timeout);
      parts.group(s, 'production-app-tasks').IpPermissionsEgress = [];
    });
    expect(finding).toMatchObject({ class: 'task-sg-egress-blocked', verdict: 'proven' });
  });

  it('without an answer over an open path stay unknown', async () => {
    expect((await first((s) => failStart(s, timeout))).finding.class).toBe('unknown');
  });

  it('in a public subnet without a public address are named as that', async () => {
    const { finding } = await first((s) => {
      failStart(s, timeout);
      const table = parts.privateTable(s);
      table.Routes = (table.Routes ?? []).map((route) => {
        if (route.NatGatewayId === undefined) return route;
        const { NatGatewayId: _, ...rest } = route;
        return { ...rest, GatewayId: 'igw-0a7f4d2c9e1b83560' };
      });
    });
    expect(finding).toMatchObject({ class: 'public-subnet-no-public-ip', verdict: 'proven' });
    expect(finding.culprits[0]).toMatch(/:service\/production-cluster\/my-web-service$/);
    expect(finding.culprits.some((id) => id.startsWith('subnet-'))).toBe(true);
  });

  const answered: readonly (readonly [string, string])[] = [
    [
      'exec-role-secret-denied',
      timeout.replace(
        /RequestCanceled.*$/,
        'AccessDeniedException: User: x is not authorized to perform: secretsmanager:GetSecretValue',
      ),
    ],
    [
      'secret-reference-invalid',
      timeout.replace(
        /RequestCanceled.*$/,
        "ResourceNotFoundException: Secrets Manager can't find the specified secret.",
      ),
    ],
    [
      'image-not-found',
      'CannotPullContainerError: Error response from daemon: manifest for 123456789012.dkr.ecr.us-east-1.amazonaws.com/web:9 not found: manifest unknown',
    ],
    [
      'exec-role-ecr-denied',
      'CannotPullContainerError: pull access denied for 123456789012.dkr.ecr.us-east-1.amazonaws.com/web, repository does not exist or may require docker login: denied',
    ],
    [
      'private-registry-auth',
      'CannotPullContainerError: failed to resolve ref ghcr.io/org/app:1: failed to authorize: failed to fetch anonymous token: 401 Unauthorized',
    ],
    [
      'registry-rate-limit',
      'CannotPullContainerError: ref pull has been retried 5 time(s): 429 Too Many Requests - toomanyrequests: You have reached your pull rate limit.',
    ],
  ];
  const blind = (s: Snapshot) => {
    s.denied = [
      'iam:GetRole',
      'ecr:DescribeImages',
      'secretsmanager:DescribeSecret',
      'ssm:DescribeParameters',
    ];
  };
  for (const [name, reason] of answered) {
    it(`with an answer are likely and never proven by text: ${name}`, async () => {
      const { finding } = await first((s) => {
        failStart(s, reason);
        blind(s);
      });
      expect(finding).toMatchObject({ class: name, verdict: 'likely' });
    });
  }

  it('with a very long answer are read as well as with a short one', async () => {
    const long = `CannotPullContainerError: manifest for ${'x'.repeat(60)}/web:9 not found: manifest unknown ${'Check the registry. '.repeat(60)}`;
    expect((await first((s) => failStart(s, long))).finding).toMatchObject({
      class: 'image-not-found',
      verdict: 'likely',
    });
  });

  it('for a missing log group are proven when AWS says that it does not exist', async () => {
    const reason =
      'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist.';
    const group = (s: Snapshot) =>
      parts.definition(s).containerDefinitions?.[0]?.logConfiguration?.options?.['awslogs-group'];
    const { finding } = await first((s) => {
      failStart(s, reason);
      s.logs.logGroups = s.logs.logGroups.filter((one) => one.logGroupName !== group(s));
    });
    expect(finding).toMatchObject({ class: 'log-group-missing', verdict: 'proven' });
    expect((await first((s) => failStart(s, reason))).out.findings.map((one) => one.class)).not.toContain(
      'log-group-missing',
    );
  });
});

describe('states that are no trouble', () => {
  it('a deployment under way without failures', async () => {
    const { finding } = await first((s) => {
      healEgress(s);
      const ids = new Set(parts.failed(s).map((task) => task.taskArn));
      s.ecs.tasks = s.ecs.tasks.filter((task) => !ids.has(task.taskArn));
      for (const deployment of parts.service(s).deployments ?? []) deployment.failedTasks = 0;
    });
    expect(finding).toMatchObject({ class: 'healthy', title: expect.stringContaining('being deployed') });
  });

  it('a service scaled to zero', async () => {
    const { finding } = await first((s) =>
      Object.assign(parts.service(s), { desiredCount: 0, runningCount: 0, pendingCount: 0 }),
    );
    expect(finding).toMatchObject({ class: 'healthy', title: expect.stringContaining('scaled to zero') });
  });

  it('but missing tasks without any stopped task in sight are unknown, and it says why', async () => {
    const { finding } = await first((s) => {
      s.ecs.tasks = s.ecs.tasks.filter((task) => task.lastStatus !== 'STOPPED');
    });
    expect(finding.class).toBe('unknown');
    expect(finding.explanation).toContain('No stopped task is visible any more');
  });
});

describe('names', () => {
  const run = (input: { cluster?: string; service: string }, change: (s: Snapshot) => void = () => {}) =>
    diagnosisOf(change, input);

  it('are found in all clusters when none is given', async () => {
    expect((await run({ service: 'my-web-service' })).service.cluster).toBe('production-cluster');
  });
  it('that are nearly right are answered with the nearest', async () => {
    await expect(run({ cluster: 'production-cluster', service: 'my-web-servce' })).rejects.toMatchObject({
      code: 'service-unknown',
      message: expect.stringContaining('my-web-service'),
    });
    await expect(run({ cluster: 'prod-cluster', service: 'x' })).rejects.toMatchObject({
      code: 'cluster-unknown',
      message: expect.stringContaining('production-cluster'),
    });
    await expect(run({ service: 'my-web-servce' })).rejects.toMatchObject({
      code: 'service-unknown',
      message: expect.stringContaining('my-web-service'),
    });
  });
  it('that mean several services are not guessed', async () => {
    const twice = (s: Snapshot) => {
      const service = parts.service(s, 'checkout');
      const staging = s.ecs.clusters.find((cluster) => cluster.clusterName === 'staging-cluster');
      s.ecs.services.push({
        ...service,
        clusterArn: staging?.clusterArn ?? '',
        serviceArn: service.serviceArn.replace('production-cluster', 'staging-cluster'),
      });
    };
    await expect(run({ service: 'checkout' }, twice)).rejects.toMatchObject({ code: 'name-ambiguous' });
  });
  it('of another account are refused before anything is asked', async () => {
    await expect(
      run({ service: 'arn:aws:ecs:us-east-1:999999999999:service/production-cluster/checkout' }),
    ).rejects.toMatchObject({ code: 'input-invalid' });
  });
});

it('every class a rule can name is in the closed list, once', async () => {
  const { allRules } = await import('../../../src/diagnosis/rules/all-rules.ts');
  const names = allRules.map((rule) => rule.class);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(causeClasses).toContain(name);
});

function valueAt(body: unknown, path: string): unknown {
  const steps = path
    .replace(/^\$\.?/, '')
    .split(/[.[\]]+/)
    .filter((step) => step !== '');
  return steps.reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], body);
}
