// An independent client: the real AWS CLI against the simulated account. Where it is not installed the test says so
// and checks only that, since the command is a convenience of development machines.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { groups } from '../../src/simulator/demo/names.ts';
import { demoSnapshot } from '../../src/simulator/demo-account.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { createFakeClock } from './fake-clock.ts';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const run = promisify(execFile);
let simulator: Simulator;
let installed = false;

beforeAll(async () => {
  simulator = await startSimulator({
    snapshot: demoSnapshot(NOW),
    clock: createFakeClock(NOW),
    static: true,
  });
  installed = await run('aws', ['--version']).then(
    () => true,
    () => false,
  );
  if (!installed)
    console.info('The AWS CLI is not on the PATH, so the simulator is not checked against it here.');
});

afterAll(() => simulator.close());

/** Runs `aws <args>` and parses its JSON; a failure comes back as its error text. */
async function aws(
  ...args: string[]
): Promise<{ json: Record<string, never> & { [key: string]: unknown }; error: string }> {
  const env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: 'sim',
    AWS_SECRET_ACCESS_KEY: 'sim',
    AWS_PAGER: '',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_MAX_ATTEMPTS: '1',
  };
  const common = ['--endpoint-url', simulator.endpoint, '--region', 'us-east-1', '--output', 'json'];
  try {
    const { stdout } = await run('aws', [...args, ...common], { env });
    return { json: stdout === '' ? {} : JSON.parse(stdout), error: '' };
  } catch (thrown) {
    return { json: {}, error: String((thrown as { stderr?: string }).stderr) };
  }
}

describe('the AWS CLI', () => {
  it('reads seven services and understands their answers', async () => {
    if (!installed) return;
    const [services, interfaces, health, identity, events, targets, alarms] = await Promise.all([
      aws(
        'ecs',
        'describe-services',
        '--cluster',
        'production-cluster',
        '--services',
        'my-web-service',
        'nope',
      ),
      aws('ec2', 'describe-network-interfaces', '--filters', 'Name=tag:dns-name,Values=db.*'),
      aws('elbv2', 'describe-target-groups', '--names', 'my-web-service'),
      aws('sts', 'get-caller-identity'),
      aws(
        'logs',
        'filter-log-events',
        '--log-group-name',
        '/ecs/my-web-service',
        '--filter-pattern',
        '"Database connection timeout"',
        '--max-items',
        '2',
      ),
      aws('application-autoscaling', 'describe-scalable-targets', '--service-namespace', 'ecs'),
      aws('cloudwatch', 'describe-alarms'),
    ]);
    expect(services.json).toMatchObject({
      services: [{ desiredCount: 4, runningCount: 3 }],
      failures: [{ reason: 'MISSING' }],
    });
    expect(interfaces.json).toMatchObject({
      NetworkInterfaces: [{ PrivateIpAddress: '10.0.20.15', RequesterId: 'amazon-rds' }],
    });
    expect(health.json).toMatchObject({ TargetGroups: [{ Port: 8080 }] });
    expect(identity.json).toMatchObject({ Account: '123456789012' });
    expect(events.json).toMatchObject({ events: [{}, {}], NextToken: expect.any(String) });
    expect(targets.json).toMatchObject({ ScalableTargets: [{ MaxCapacity: 6 }] });
    expect(alarms.json).toMatchObject({ MetricAlarms: [] });
  });
  it('changes a rule and sees the errors by their names', async () => {
    if (!installed) return;
    const permission = `IpProtocol=tcp,FromPort=5432,ToPort=5432,UserIdGroupPairs=[{GroupId=${groups.database}}]`;
    const change = (verb: string, ...more: string[]) =>
      aws(
        'ec2',
        `${verb}-security-group-egress`,
        '--group-id',
        groups.app,
        '--ip-permissions',
        permission,
        ...more,
      );
    expect((await change('authorize', '--dry-run')).error).toContain('(DryRunOperation)');
    expect((await change('authorize')).json).toMatchObject({
      Return: true,
      SecurityGroupRules: [{ IsEgress: true, FromPort: 5432 }],
    });
    expect((await change('authorize')).error).toContain('(InvalidPermission.Duplicate)');
    expect((await change('revoke')).json).toMatchObject({ Return: true });
    expect((await change('revoke')).error).toContain('(InvalidPermission.NotFound)');
    expect((await aws('ecs', 'list-tasks', '--cluster', 'nope')).error).toContain(
      '(ClusterNotFoundException)',
    );
    expect(simulator.recorder.of('ec2:AuthorizeSecurityGroupEgress')).toHaveLength(3);
  });
}, 60_000);
