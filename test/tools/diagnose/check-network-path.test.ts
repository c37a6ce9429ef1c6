import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../src/contract/snapshot.ts';
import { checkNetworkPath } from '../../../tools/diagnose/check-network-path.ts';
import { changed, context, healEgress, parts, TROUBLED, withAccount } from './support.ts';

const check = (
  input: Partial<Parameters<typeof checkNetworkPath.run>[0]> = {},
  change: (s: Snapshot) => void = () => {},
) =>
  withAccount(changed(change), async (aws) =>
    checkNetworkPath.output.parse(await checkNetworkPath.run({ ...TROUBLED, ...input }, aws, context)),
  );

describe('the path from a service to a destination', () => {
  it('is taken to what the failed task tried when nothing is said', async () => {
    const out = await check();
    expect(out).toMatchObject({
      verdict: 'blocked',
      destination: {
        host: 'db.production.internal',
        port: 5432,
        portName: 'PostgreSQL',
        name: 'production-database',
        from: 'attempt',
      },
    });
    expect(out.missing).toEqual([
      {
        resource: 'sg-0f3a9b1c7d2e48650',
        check: 'security-group-egress',
        protocol: 'tcp',
        ports: '5432',
        peer: 'sg-08c5d7e12f9a4b360',
      },
    ]);
    expect(out.fixes).toHaveLength(1);
    expect(checkNetworkPath.text(out)).toMatch(/blocks tcp\/5432.*production-database.*\[ev_\d+\]/);
  });

  it('is reachable once the rule is there, and offers nothing', async () => {
    expect(await check({}, healEgress)).toMatchObject({ verdict: 'reachable', missing: [], fixes: [] });
  });

  it('is found for a port alone, a group, a host and a block of addresses', async () => {
    expect(await check({ port: 5432 })).toMatchObject({
      verdict: 'blocked',
      destination: { name: 'production-database' },
    });
    expect(await check({ port: 6379, group_id: 'sg-0e61b4a90c7d3f825' })).toMatchObject({
      verdict: 'reachable',
      destination: { name: 'production-cache' },
    });
    expect(await check({ port: 443, host: 'api.example.com' })).toMatchObject({ verdict: 'reachable' });
    expect(await check({ port: 22, cidr: '10.0.20.0/24' })).toMatchObject({ verdict: 'blocked' });
  });

  it('is known for a service that is well, from its environment', async () => {
    const out = await check({ service: 'checkout', port: 5432 });
    expect(out.verdict).toBe('blocked');
    expect(out.fixes).toHaveLength(1);
  });

  it('is unknown when a deciding read is refused, and says which', async () => {
    const out = await check({ port: 6379, group_id: 'sg-0e61b4a90c7d3f825' }, (s) => {
      s.denied = ['ec2:DescribeNetworkAcls'];
    });
    expect(out.verdict).toBe('unknown');
    expect(out.cannotVerify.map((one) => one.missingAction)).toContain('ec2:DescribeNetworkAcls');
  });

  it('cannot be asked without a port when nothing names a destination', async () => {
    const silent = (s: Snapshot) => {
      for (const definition of s.ecs.taskDefinitions)
        for (const container of definition.containerDefinitions ?? []) container.environment = [];
      for (const group of s.logs.logGroups) for (const stream of group.streams) stream.events = [];
    };
    await expect(check({}, silent)).rejects.toMatchObject({ code: 'input-invalid' });
  });

  it('offers no rule that would not open the closed gate', async () => {
    const out = await check({}, (s) => {
      healEgress(s);
      for (const acl of s.ec2.NetworkAcls)
        acl.Entries = (acl.Entries ?? []).map((entry) => ({ ...entry, RuleAction: 'deny' as const }));
    });
    expect(out).toMatchObject({ verdict: 'blocked', fixes: [] });
  });

  it('refuses hostile inputs before anything is asked', () => {
    const hostile = ['--profile', 'a b', 'x\n', 'http://x/', '*', '$(id)', 'a;b', ''];
    for (const host of hostile)
      expect(checkNetworkPath.input.safeParse({ ...TROUBLED, host }).success, host).toBe(false);
    expect(checkNetworkPath.input.safeParse({ ...TROUBLED, port: 0 }).success).toBe(false);
    expect(checkNetworkPath.input.safeParse({ ...TROUBLED, port: 65_536 }).success).toBe(false);
    expect(checkNetworkPath.input.safeParse({ ...TROUBLED, other: 1 }).success).toBe(false);
  });
});

it('the sources of a path are all subnets of the service', async () => {
  const out = await check();
  const subnets = parts.subnetsOf(changed(() => {}));
  expect([...new Set(out.paths.flatMap((path) => path.from.subnets))].sort()).toEqual([...subnets].sort());
});
