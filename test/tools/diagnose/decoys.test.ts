import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../src/contract/snapshot.ts';
import { diagnosisOf, failStart, healEgress, parts, relog } from './support.ts';

const findings = async (change: (s: Snapshot) => void) => (await diagnosisOf(change)).findings;

describe('what looks like the cause and is not', () => {
  it('an old incident does not make a steady service ill', async () => {
    const [finding] = await findings((s) => {
      const service = parts.service(s);
      const [primary] = service.deployments ?? [];
      Object.assign(service, {
        runningCount: 4,
        deployments: [{ ...primary, runningCount: 4, rolloutState: 'COMPLETED' }],
      });
      for (const task of parts.failed(s)) {
        const longAgo = new Date(Date.parse(s.takenAt) - 40 * 60_000).toISOString();
        Object.assign(task, { stoppedAt: longAgo, stoppingAt: longAgo });
      }
    });
    expect(finding).toMatchObject({ class: 'healthy' });
    expect(finding?.explanation).toContain('failed earlier');
  });

  it('a rule for the port to another group does not open the way', async () => {
    const [finding] = await findings((s) => {
      const app = parts.group(s, 'production-app-tasks');
      const cache = parts.group(s, 'production-cache');
      app.IpPermissionsEgress?.push({
        IpProtocol: 'tcp',
        FromPort: 5432,
        ToPort: 5432,
        UserIdGroupPairs: [{ GroupId: cache.GroupId }],
      });
    });
    expect(finding).toMatchObject({ class: 'task-sg-egress-blocked', verdict: 'proven' });
  });

  it('an inbound rule on the tasks does not open the way', async () => {
    const [finding] = await findings((s) => {
      const app = parts.group(s, 'production-app-tasks');
      app.IpPermissions?.push({ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] });
    });
    expect(finding).toMatchObject({ class: 'task-sg-egress-blocked', verdict: 'proven' });
  });

  it('logs of other tasks are not read as those of the failed ones', async () => {
    const [finding] = await findings((s) => {
      relog(s, 'starting', 'ready');
      for (const definition of s.ecs.taskDefinitions)
        for (const container of definition.containerDefinitions ?? []) container.environment = [];
      const other = s.logs.logGroups.find((group) => group.logGroupName.includes('checkout'));
      for (const stream of other?.streams ?? [])
        stream.events.push({
          timestamp: Date.parse(s.takenAt),
          message: 'connect ETIMEDOUT 10.0.20.15:5432',
        });
    });
    expect(finding?.class).toBe('unknown');
  });

  it('a sidecar that AWS injected and that comes first is not the container whose log is read', async () => {
    const out = await diagnosisOf((s) => {
      for (const task of parts.failed(s))
        task.containers?.unshift({
          name: 'aws-guardduty-agent-x1',
          lastStatus: 'STOPPED',
          exitCode: 1,
          reason: 'agent stopped',
        });
    });
    expect(out.logs.map((log) => log.container)).toEqual(['web']);
    expect(out.findings[0]).toMatchObject({ class: 'task-sg-egress-blocked', verdict: 'proven' });
  });
});

describe('when two things could be meant', () => {
  const twoDatabases = (s: Snapshot) => {
    for (const eni of s.ec2.NetworkInterfaces)
      eni.TagSet = (eni.TagSet ?? []).filter((tag) => tag.Key !== 'dns-name');
    const database = parts.group(s, 'production-database');
    s.ec2.SecurityGroups.push({
      ...structuredClone(database),
      GroupId: 'sg-0aaaaaaaaaaaaaaaa',
      GroupName: 'reporting-database',
      Tags: [],
    });
  };

  it('the block is proven for both, and each gets its own fix', async () => {
    const [finding] = await findings(twoDatabases);
    expect(finding).toMatchObject({ class: 'task-sg-egress-blocked', verdict: 'proven' });
    expect(finding?.fixes.map((fix) => (fix.input.peer as { group_id: string }).group_id).sort()).toEqual([
      'sg-08c5d7e12f9a4b360',
      'sg-0aaaaaaaaaaaaaaaa',
    ]);
    expect(finding?.fixes.every((fix) => fix.why.includes('if that is where it listens'))).toBe(true);
  });

  it('a way to only one of them is likely the cause, not proven', async () => {
    const [finding] = await findings((s) => {
      twoDatabases(s);
      healEgress(s);
    });
    expect(finding).toMatchObject({ class: 'task-sg-egress-blocked', verdict: 'likely' });
  });
});

describe('when only some zones are ill', () => {
  const timeout =
    'CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref 123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1: dial tcp 10.9.9.9:443: i/o timeout';
  const oneZone = (s: Snapshot) => {
    failStart(s, timeout);
    const [ill, well] = parts.subnetsOf(s);
    const table = parts.privateTable(s);
    const association = table.Associations?.find((one) => one.SubnetId === ill);
    table.Associations = table.Associations?.filter((one) => one.SubnetId !== ill) ?? [];
    s.ec2.RouteTables.push({
      ...structuredClone(table),
      RouteTableId: 'rtb-0aaaaaaaaaaaaaaaa',
      Associations: association === undefined ? [] : [association],
      Routes: (table.Routes ?? []).filter((route) => route.GatewayId === 'local'),
    });
    return { ill, well };
  };
  const onlyFailedIn = (s: Snapshot, subnet: string | undefined) => {
    const gone = new Set(
      parts
        .failed(s)
        .concat(s.ecs.tasks.filter((task) => task.stopCode === 'TaskFailedToStart'))
        .filter((task) => !JSON.stringify(task.attachments).includes(subnet ?? ''))
        .map((task) => task.taskArn),
    );
    s.ecs.tasks = s.ecs.tasks.filter((task) => !gone.has(task.taskArn));
  };

  it('the route of the zone in which tasks fail is proven', async () => {
    const [finding] = await findings((s) => onlyFailedIn(s, oneZone(s).ill));
    expect(finding).toMatchObject({ class: 'no-egress-route', verdict: 'proven' });
    expect(finding?.culprits).toContain('rtb-0aaaaaaaaaaaaaaaa');
  });

  it('a missing route elsewhere does not explain failures where the route is fine', async () => {
    const all = await findings((s) => onlyFailedIn(s, oneZone(s).well));
    expect(all[0]?.class).toBe('unknown');
    expect(all.filter((one) => one.class === 'no-egress-route').map((one) => one.verdict)).toEqual([
      'possible',
    ]);
  });
});
