// Changes of security group rules: what is proposed, what is refused, and what people are told about it.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { groups } from '../../src/simulator/demo/names.ts';
import { ec2AuthorizeSecurityGroupEgress as allowOut } from '../../tools/ec2/authorize-security-group-egress.ts';
import { ec2AuthorizeSecurityGroupIngress as allowIn } from '../../tools/ec2/authorize-security-group-ingress.ts';
import { ec2RevokeSecurityGroupEgress as removeOut } from '../../tools/ec2/revoke-security-group-egress.ts';
import { ec2RevokeSecurityGroupIngress as removeIn } from '../../tools/ec2/revoke-security-group-ingress.ts';
import { NOW_MS, type SimulatedAws, simulatedAws } from '../support/simulated-aws.ts';
import { missingRule } from './demo-inputs.ts';
import { runPrepare } from './run-tool.ts';

let aws: SimulatedAws;
beforeEach(async () => {
  aws = await simulatedAws();
});
afterEach(() => aws.close());

const appGroup = () => aws.simulator.state.ec2.SecurityGroups.find(({ GroupId }) => GroupId === groups.app);

describe('the rule the demo service lacks', () => {
  test('is proposed with title, exact request, undo and success test', async () => {
    const change = await runPrepare(allowOut, missingRule, aws);
    expect(change.title).toBe('Allow tcp/5432 from my-web-service tasks to production-database');
    expect(change.call).toEqual({
      action: 'ec2:AuthorizeSecurityGroupEgress',
      input: {
        GroupId: groups.app,
        IpPermissions: [
          {
            IpProtocol: 'tcp',
            FromPort: 5432,
            ToPort: 5432,
            UserIdGroupPairs: [{ GroupId: groups.database, Description: 'PostgreSQL to the database' }],
          },
        ],
      },
    });
    expect(change.inverse).toEqual({
      call: {
        action: 'ec2:RevokeSecurityGroupEgress',
        input: {
          GroupId: groups.app,
          IpPermissions: [
            {
              IpProtocol: 'tcp',
              FromPort: 5432,
              ToPort: 5432,
              UserIdGroupPairs: [{ GroupId: groups.database }],
            },
          ],
        },
      },
    });
    expect(change.success).toMatchObject({
      kind: 'service-steady',
      service: 'my-web-service',
      running: 4,
      withinMs: 600_000,
    });
    expect(change.idempotency).toBe('declarative');
    expect(change.targets).toEqual([groups.app]);
    expect(change.warnings).toEqual([]);
  });

  test('is shown among all rules of the group, with the names of the peers', async () => {
    const { diff } = await runPrepare(allowOut, missingRule, aws);
    expect(diff.caption).toBe(`Outbound rules of ${groups.app} production-app-tasks`);
    expect(diff.rows.map(({ sign }) => sign)).toEqual([' ', ' ', '+']);
    expect(diff.rows[1]?.cells).toEqual(['tcp/6379', `${groups.cache} production-cache`, 'cache']);
    expect(diff.rows[2]?.cells).toEqual([
      'tcp/5432',
      `${groups.database} production-database`,
      'PostgreSQL to the database',
    ]);
  });

  test('names every service that uses the group', async () => {
    const { blastRadius } = await runPrepare(allowOut, missingRule, aws);
    expect(blastRadius.summary).toBe(
      '2 services, 5 running tasks use this group: my-web-service (3 of 4), checkout (2).',
    );
    expect(blastRadius.items).toContain('service checkout in production-cluster: 2 of 2 tasks running');
  });

  test('says what opens, and that nothing else does', async () => {
    const { opens } = await runPrepare(allowOut, missingRule, aws);
    expect(opens).toEqual([
      'Both services can reach 1 network interface of production-database on tcp/5432.',
      'Nothing else opens.',
    ]);
  });

  test('really is what was missing: the prepared request and its undo are accepted', async () => {
    const change = await runPrepare(allowOut, missingRule, aws);
    const undo = 'call' in change.inverse ? change.inverse.call : null;
    const rules = () => structuredClone(appGroup()?.IpPermissionsEgress);
    const before = rules();
    await aws.call('ec2:AuthorizeSecurityGroupEgress', change.call.input as never);
    expect(rules()).toHaveLength(3);
    await aws.call('ec2:RevokeSecurityGroupEgress', undo?.input as never);
    expect(rules()).toEqual(before);
  });
});

describe('what is not needed', () => {
  test('a rule that is there already', async () => {
    const attempt = runPrepare(
      allowOut,
      { ...missingRule, from_port: 6379, to_port: 6379, peer: { group_id: groups.cache } },
      aws,
    );
    await expect(attempt).rejects.toMatchObject({ code: 'change-unneeded' });
  });

  test('a rule that a broader one to the same peer covers', async () => {
    const attempt = runPrepare(
      allowOut,
      { group_id: groups.database, protocol: 'tcp', from_port: 443, peer: { cidr: '10.0.0.0/16' } },
      aws,
    );
    await expect(attempt).rejects.toThrow('already allows this with the rule all traffic 0.0.0.0/0');
  });

  test('removing a rule that is not there', async () => {
    const attempt = runPrepare(removeOut, { ...missingRule }, aws);
    await expect(attempt).rejects.toMatchObject({ code: 'change-unneeded' });
  });

  test('but a rule to a group is needed although the internet is allowed on another port', async () => {
    const change = await runPrepare(allowOut, { ...missingRule, from_port: 444, to_port: 444 }, aws);
    expect(change.diff.rows.at(-1)?.sign).toBe('+');
  });
});

describe('opening to the internet', () => {
  const inbound = (ports: object, cidr: string) => ({
    group_id: groups.app,
    protocol: 'tcp',
    ...ports,
    peer: { cidr },
  });

  test.each([
    [{ from_port: 22 }, '0.0.0.0/0'],
    [{ from_port: 5432 }, '::/0'],
    [{ from_port: 1, to_port: 65_535 }, '0.0.0.0/0'],
    [{ from_port: 3_389 }, '0.0.0.0/1'],
    [{ from_port: 3_389 }, '128.0.0.0/1'],
    [{ from_port: 6_379 }, '2000::/3'],
  ])('%j from %s is refused with advice', async (ports, cidr) => {
    const attempt = runPrepare(allowIn, inbound(ports, cidr), aws);
    await expect(attempt).rejects.toMatchObject({
      code: 'change-unsafe',
      next: expect.stringContaining('Name the security group'),
    });
  });

  test('every protocol from anywhere is refused', async () => {
    const attempt = runPrepare(
      allowIn,
      { group_id: groups.app, protocol: 'all', peer: { cidr: '0.0.0.0/0' } },
      aws,
    );
    await expect(attempt).rejects.toMatchObject({ code: 'change-unsafe' });
  });

  test.each([
    [{ from_port: 443 }, '0.0.0.0/0'],
    [{ from_port: 22 }, '10.0.0.0/8'],
    [{ from_port: 22 }, '203.0.113.7/32'],
  ])('%j from %s is prepared', async (ports, cidr) => {
    const change = await runPrepare(allowIn, inbound(ports, cidr), aws);
    expect(change.call.action).toBe('ec2:AuthorizeSecurityGroupIngress');
  });

  test('outbound to anywhere is prepared with a warning', async () => {
    const change = await runPrepare(
      allowOut,
      { group_id: groups.app, protocol: 'tcp', from_port: 587, peer: { cidr: '0.0.0.0/0' } },
      aws,
    );
    expect(change.warnings).toContain('The rule names the whole internet as destination.');
    expect(change.opens[0]).toContain('any address on the internet');
  });
});

describe('warnings', () => {
  test('a group that another tool manages', async () => {
    const group = appGroup();
    if (group !== undefined) group.Tags = [{ Key: 'managed-by', Value: 'terraform' }];
    const { warnings } = await runPrepare(allowOut, missingRule, aws);
    expect(warnings[0]).toMatch(/managed by terraform; the next apply removes/);
  });

  test('a group of a CloudFormation stack', async () => {
    const group = appGroup();
    if (group !== undefined) group.Tags = [{ Key: 'aws:cloudformation:stack-name', Value: 'network' }];
    const { warnings } = await runPrepare(allowOut, missingRule, aws);
    expect(warnings[0]).toContain('CloudFormation stack network');
  });

  test('another end that does not let the traffic in', async () => {
    const { warnings } = await runPrepare(allowOut, { ...missingRule, from_port: 3306, to_port: 3306 }, aws);
    expect(warnings[0]).toContain(
      'production-database has no inbound rule for tcp/3306 from my-web-service tasks',
    );
  });

  test('another end that lets a block in is not said to be closed while no task has an address', async () => {
    const { ec2 } = aws.simulator.state;
    ec2.NetworkInterfaces = ec2.NetworkInterfaces.filter(
      ({ Groups = [] }) => !Groups.some(({ GroupId }) => GroupId === groups.app),
    );
    const database = ec2.SecurityGroups.find(({ GroupId }) => GroupId === groups.database);
    database?.IpPermissions?.push({
      IpProtocol: 'tcp',
      FromPort: 3306,
      ToPort: 3306,
      IpRanges: [{ CidrIp: '10.0.0.0/16' }],
    });
    const { warnings } = await runPrepare(allowOut, { ...missingRule, from_port: 3306, to_port: 3306 }, aws);
    expect(warnings).toEqual([]);
  });

  test('a group at the other end of the tasks that are healed keeps its own name', async () => {
    const { heals } = missingRule;
    const peer = { group_id: groups.app };
    const change = await runPrepare(
      allowIn,
      { group_id: groups.database, protocol: 'tcp', from_port: 3306, peer, heals },
      aws,
    );
    expect(change.title).toBe('Allow tcp/3306 from production-app-tasks to production-database');
    expect(change.opens[0]).toContain('of production-database on tcp/3306');
  });

  test('a removal says what stops working', async () => {
    const change = await runPrepare(
      removeIn,
      { group_id: groups.database, protocol: 'tcp', from_port: 5432, peer: { group_id: groups.app } },
      aws,
    );
    expect(change.title).toBe('Stop allowing tcp/5432 from production-app-tasks to production-database');
    expect(change.warnings[0]).toContain('stop working');
    expect(change.diff.rows.at(-1)?.sign).toBe('-');
    expect(JSON.stringify(change.inverse)).toContain('application tasks');
  });
});

describe('what cannot be seen', () => {
  test('a denied list of services is said, not counted as nobody', async () => {
    aws.simulator.state.denied.push('ecs:ListServices');
    const { heals: _heals, ...input } = missingRule;
    const { blastRadius } = await runPrepare(allowOut, input, aws);
    expect(blastRadius.summary).toContain('cannot be seen: ecs:ListServices is denied');
  });

  test('a group that does not exist', async () => {
    const attempt = runPrepare(allowOut, { ...missingRule, group_id: 'sg-00000000000000000' }, aws);
    await expect(attempt).rejects.toMatchObject({ code: 'resource-unknown' });
  });

  test('a peer group that does not exist', async () => {
    const attempt = runPrepare(allowOut, { ...missingRule, peer: { group_id: 'sg-00000000000000000' } }, aws);
    await expect(attempt).rejects.toMatchObject({ code: 'resource-unknown' });
  });

  test('a service to heal that does not exist', async () => {
    const attempt = runPrepare(
      allowOut,
      { ...missingRule, heals: { ...missingRule.heals, service: 'my-web' } },
      aws,
    );
    await expect(attempt).rejects.toMatchObject({ code: 'service-unknown' });
  });
});

describe('a group with very many rules', () => {
  const fill = (count: number) => {
    const IpRanges = Array.from({ length: count }, (_, index) => ({
      CidrIp: `10.${Math.floor(index / 250)}.${index % 250}.0/24`,
      Description: 'd'.repeat(255),
    }));
    appGroup()?.IpPermissionsEgress?.push({ IpProtocol: 'tcp', FromPort: 9_000, ToPort: 9_000, IpRanges });
  };

  test('is shown cut, with the changed rule, and fits a proposal', async () => {
    fill(60);
    const change = await runPrepare(allowOut, missingRule, aws);
    expect(change.diff.rows.at(-2)?.cells[0]).toMatch(/^and \d+ more$/);
    expect(change.diff.rows.at(-1)).toMatchObject({ sign: '+' });
    const state = await allowOut.observe(allowOut.input.parse(missingRule), aws, {
      nowMs: NOW_MS,
      stage: () => {},
      wait: async () => {},
    });
    expect(JSON.stringify({ state, change }).length).toBeLessThan(60_000);
  });

  test('is refused when it cannot be shown', async () => {
    fill(300);
    await expect(runPrepare(allowOut, missingRule, aws)).rejects.toMatchObject({ code: 'change-unsafe' });
  });
});

describe('the observed state', () => {
  const observe = () =>
    allowOut.observe(allowOut.input.parse(missingRule), aws, {
      nowMs: NOW_MS,
      stage: () => {},
      wait: async () => {},
    });

  test('is the same when nothing changed, whatever order AWS lists rules in', async () => {
    const before = await observe();
    appGroup()?.IpPermissionsEgress?.reverse();
    expect(await observe()).toEqual(before);
  });

  test('differs when a rule of the group changed', async () => {
    const before = await observe();
    appGroup()?.IpPermissionsEgress?.pop();
    expect(await observe()).not.toEqual(before);
  });

  test('does not differ when tasks come and go', async () => {
    const before = await observe();
    aws.simulator.state.ec2.NetworkInterfaces.pop();
    for (const service of aws.simulator.state.ecs.services) service.runningCount = 0;
    expect(await observe()).toEqual(before);
  });
});

describe('the input', () => {
  const cases: readonly (readonly [string, object])[] = [
    ['a block of addresses with host bits', { peer: { cidr: '10.0.0.1/16' } }],
    ['a block that is too long', { peer: { cidr: '10.0.0.0/33' } }],
    ['two peers at once', { peer: { cidr: '10.0.0.0/16', group_id: groups.cache } }],
    ['no peer', { peer: {} }],
    ['ports in the wrong order', { from_port: 10, to_port: 9 }],
    ['tcp without a port', { from_port: undefined, to_port: undefined }],
    ['a port beyond the last', { from_port: 65_536, to_port: 65_536 }],
    ['ports for all protocols', { protocol: 'all' }],
  ];
  test.each(cases)('%s is refused', (_what, part) => {
    expect(allowOut.input.safeParse({ ...missingRule, ...part }).success).toBe(false);
  });

  test('one port is enough', () => {
    const { to_port: _to, ...input } = missingRule;
    expect(allowOut.input.safeParse(input).success).toBe(true);
  });
});
