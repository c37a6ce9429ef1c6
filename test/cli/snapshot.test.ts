import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { finding } from '../../src/contract/finding.ts';
import { parseSnapshot, type Snapshot } from '../../src/contract/snapshot.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { demoSnapshot } from '../../src/simulator/demo-account.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { healthyAccount } from '../support/account-builder.ts';
import { type AccountCase, accountCases, accountOf } from '../support/account-cases.ts';
import { type CliOptions, runCli } from '../support/run-cli.ts';

const NOW_MS = Date.parse('2026-11-20T10:00:00Z');
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'lockkeeper-snapshot-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fileOf = (name: string) => path.join(folder, name);
const write = (name: string, value: unknown) =>
  writeFileSync(fileOf(name), typeof value === 'string' ? value : JSON.stringify(value));
const snapshotCommand = (args: readonly string[], options: CliOptions = {}) =>
  runCli(['snapshot', ...args], { cwd: folder, ...options });

describe('snapshot check', () => {
  it('counts what a valid file holds, and leaves out what it does not', async () => {
    write('ok.json', { ...healthyAccount(), denied: ['iam:GetRole'] });
    const { exit, stdout } = await snapshotCommand(['check', 'ok.json']);
    expect(exit).toBe(0);
    expect(stdout).toContain('ok.json is a valid snapshot of 210987654321, eu-central-1');
    expect(stdout).toContain('ecs: 1 clusters, 1 services, 2 tasks, 1 taskDefinitions');
    expect(stdout).toContain('denied: iam:GetRole');
    expect(stdout).not.toContain('elbv2');
  });

  it('is one document with --json', async () => {
    write('ok.json', healthyAccount());
    const { json } = await snapshotCommand(['check', 'ok.json', '--json']);
    expect(json).toMatchObject({
      valid: true,
      sections: { ecs: { services: 1 }, ec2: { SecurityGroups: 2 } },
    });
  });

  it.each([
    ['{"format":"lockkeeper-snapshot/1"}', /at \$\.takenAt/],
    [JSON.stringify({ ...healthyAccount(), lambda: [] }), /at \$: unknown key "lambda"/],
    [
      JSON.stringify({ ...healthyAccount(), ec2: { Subnets: [{ SubnetId: 's' }] } }),
      /at \$\.ec2\.Subnets\[0\]\.VpcId/,
    ],
    ['not json', /at \$: it is not JSON/],
  ])('ends with 2, the path and the reason for %.40s', async (text, expected) => {
    write('bad.json', text);
    const run = await snapshotCommand(['check', 'bad.json']);
    expect(run).toMatchObject({ exit: 2, stdout: '' });
    expect(run.stderr).toMatch(expected);
  });

  it('reads a file that begins with a byte order mark', async () => {
    write('mark.json', `\uFEFF${JSON.stringify(healthyAccount())}`);
    expect(await snapshotCommand(['check', 'mark.json'])).toMatchObject({ exit: 0 });
  });
});

describe('snapshot serve', () => {
  it('prints where the account is and what to set, answers an SDK client, and stops when it is told', async () => {
    write('serve.json', healthyAccount());
    let stop = (): void => {};
    const interrupted = new Promise<void>((resolve) => {
      stop = resolve;
    });
    const printed: string[] = [];
    const running = snapshotCommand(['serve', 'serve.json'], {
      interrupted,
      onPrint: (line) => {
        printed.push(line);
        if (line.includes('SECRET')) void ask(printed).finally(stop);
      },
    });
    let arns: readonly string[] = [];
    async function ask(lines: readonly string[]): Promise<void> {
      const endpoint = /AWS_ENDPOINT_URL=(\S+)/.exec(lines.join('\n'))?.[1] ?? '';
      const client = new ECSClient({
        endpoint,
        region: 'eu-central-1',
        credentials: { accessKeyId: 'SIMULATED', secretAccessKey: 'simulated' },
      });
      arns = (await client.send(new ListClustersCommand({}))).clusterArns ?? [];
      client.destroy();
    }
    const { exit, stderr } = await running;
    expect(exit).toBe(0);
    expect(arns).toEqual(['arn:aws:ecs:eu-central-1:210987654321:cluster/prod']);
    expect(printed.join('\n')).toContain('AWS_REGION=eu-central-1');
    expect(stderr).toContain('Ctrl-C stops');
  });

  it('says so when the port is taken', async () => {
    const simulator = await startSimulator({ snapshot: healthyAccount(), static: true });
    write('serve.json', healthyAccount());
    const run = await snapshotCommand(['serve', 'serve.json', '--port', String(simulator.port)]);
    await simulator.close();
    expect(run).toMatchObject({ exit: 6, stderr: expect.stringContaining(String(simulator.port)) });
  });

  it('refuses a port that is none', async () => {
    write('serve.json', healthyAccount());
    expect(await snapshotCommand(['serve', 'serve.json', '--port', 'x'])).toMatchObject({ exit: 2 });
  });
});

describe('snapshot take', () => {
  let simulator: Simulator | undefined;
  const before = { ...process.env };
  beforeEach(() => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'SIMULATED', AWS_SECRET_ACCESS_KEY: 'simulated' });
  });
  afterEach(async () => {
    process.env = { ...before };
    await simulator?.close();
    simulator = undefined;
  });

  /** Serves an account, takes a snapshot of it at the moment it shows, and gives the file back. */
  async function taken(snapshot: Snapshot, args: readonly string[], out: string) {
    simulator = await startSimulator({ snapshot, static: true });
    const nowMs = Date.parse(snapshot.takenAt);
    const run = await snapshotCommand(['take', ...args, '--out', out], {
      env: { AWS_ENDPOINT_URL: simulator.endpoint, AWS_REGION: snapshot.account.region },
      clock: { ...systemClock, now: () => nowMs },
    });
    return run;
  }

  async function findingsIn(file: string, cluster: string, service: string) {
    const args = ['diagnose', '--snapshot', file, '--cluster', cluster, '--service', service, '--json'];
    const run = await runCli(args, { cwd: folder });
    expect(run.exit, run.stderr).toBe(0);
    return z.object({ findings: z.array(finding) }).parse(run.json).findings;
  }

  it.each([['--service', 'my-web-service'], []])(
    'of the demo account gives the same diagnosis (%s)',
    async (...only) => {
      const out = `demo-${only.length}.json`;
      const run = await taken(demoSnapshot(NOW_MS), ['--cluster', 'production-cluster', ...only], out);
      expect(run.exit, run.stderr).toBe(0);
      write('original.json', demoSnapshot(NOW_MS));
      const [first, ...others] = await findingsIn(out, 'production-cluster', 'my-web-service');
      const [expected, ...more] = await findingsIn('original.json', 'production-cluster', 'my-web-service');
      const {
        class: name,
        verdict,
        title,
        explanation,
        culprits,
        fixes,
      } = first ?? expect.fail('there is a finding');
      expect({ name, verdict, title, explanation, culprits }).toEqual({
        name: expected?.class,
        verdict: expected?.verdict,
        title: expected?.title,
        explanation: expected?.explanation,
        culprits: expected?.culprits,
      });
      expect(fixes.map((fix) => fix.input)).toEqual(expected?.fixes.map((fix) => fix.input));
      expect(others).toHaveLength(more.length);
    },
  );

  it('drops the values of environment variables and secrets in logs, and writes for its owner alone', async () => {
    const out = 'redacted.json';
    const run = await taken(demoSnapshot(NOW_MS), ['--cluster', 'production-cluster'], out);
    expect(run.exit, run.stderr).toBe(0);
    const text = readFileSync(fileOf(out), 'utf8');
    const values = demoSnapshot(NOW_MS)
      .ecs.taskDefinitions.flatMap((one) => one.containerDefinitions ?? [])
      .flatMap((container) => container.environment ?? [])
      .flatMap(({ value }) => (value !== undefined && value.length > 12 ? [value] : []));
    expect(values.length).toBeGreaterThan(0);
    for (const value of values) expect(text).not.toContain(`"value":"${value}"`);
    expect(text).not.toContain('Tr0ub4dor');
    expect(statSync(fileOf(out)).mode & 0o077).toBe(0);
    expect(parseSnapshot(text).ecs.services.length).toBeGreaterThan(3);
  });

  it('takes one service only, with what its VPC needs', async () => {
    const run = await taken(
      demoSnapshot(NOW_MS),
      ['--cluster', 'production-cluster', '--service', 'checkout'],
      'one.json',
    );
    expect(run.exit, run.stderr).toBe(0);
    const snapshot = parseSnapshot(readFileSync(fileOf('one.json'), 'utf8'));
    expect(snapshot.ecs.services.map((one) => one.serviceName)).toEqual(['checkout']);
    expect(new Set(snapshot.ecs.tasks.map((one) => one.group))).toEqual(new Set(['service:checkout']));
    expect(snapshot.ec2.RouteTables.length).toBeGreaterThan(1);
    expect(run.stderr).toContain('task definitions');
  });

  it('takes what stands around the services: balancers in front, hosts below, scaling beside', async () => {
    const whole = demoSnapshot(NOW_MS);
    const cluster = 'arn:aws:ecs:us-east-1:123456789012:cluster/production-cluster';
    whole.ecs.containerInstances = [
      {
        containerInstanceArn: `${cluster.replace(':cluster/', ':container-instance/')}/0a`,
        ec2InstanceId: 'i-0aaaa1111bbbb2222',
      },
    ];
    whole.ec2.Instances = [{ InstanceId: 'i-0aaaa1111bbbb2222' }, { InstanceId: 'i-0cccc3333dddd4444' }];
    whole.autoscaling.AutoScalingGroups = [
      { AutoScalingGroupName: 'hosts', Instances: [{ InstanceId: 'i-0aaaa1111bbbb2222' }] },
      { AutoScalingGroupName: 'elsewhere', Instances: [] },
    ] as never; // Only the members that say to which cluster a group belongs.
    const run = await taken(whole, ['--cluster', 'production-cluster'], 'around.json');
    expect(run.exit, run.stderr).toBe(0);
    const found = parseSnapshot(readFileSync(fileOf('around.json'), 'utf8'));
    expect(found.elbv2.LoadBalancers).toHaveLength(whole.elbv2.LoadBalancers.length);
    expect(found.elbv2.Listeners).toHaveLength(whole.elbv2.Listeners.length);
    expect(Object.keys(found.elbv2.TargetHealth).sort()).toEqual(
      Object.keys(found.elbv2.TargetGroupAttributes).sort(),
    );
    expect(found.ec2.Instances.map((one) => one.InstanceId)).toEqual(['i-0aaaa1111bbbb2222']);
    expect(found.autoscaling.AutoScalingGroups.map((one) => one.AutoScalingGroupName)).toEqual(['hosts']);
    expect(found.applicationAutoscaling.ScalableTargets.length).toBeGreaterThan(0);
    expect(found.ecs.serviceDeployments.length).toBe(whole.ecs.serviceDeployments.length);
  });

  it('writes down what was refused, so that it stays "cannot verify" afterwards', async () => {
    const snapshot = demoSnapshot(NOW_MS);
    snapshot.denied = ['ec2:DescribeSecurityGroups', 'logs:GetLogEvents'];
    const run = await taken(snapshot, ['--cluster', 'production-cluster', '--json'], 'refused.json');
    expect(run.json).toMatchObject({ denied: ['ec2:DescribeSecurityGroups', 'logs:GetLogEvents'] });
    expect(run.stderr).toContain('Refused, and so not in the file');
    const [first] = await findingsIn('refused.json', 'production-cluster', 'my-web-service');
    expect(first?.verdict).not.toBe('proven');
    expect(first?.cannotVerify.map((gap) => gap.missingAction)).toContain('ec2:DescribeSecurityGroups');
  });

  // What that one tells by is a port that only an environment variable names.
  const kept = accountCases.filter((one) => one.name !== 'names that do not resolve');
  it.each(kept)('keeps the verdict about $name', async (one: AccountCase) => {
    const out = `case-${accountCases.indexOf(one)}.json`;
    const run = await taken(accountOf(one), ['--cluster', 'prod', '--service', 'api'], out);
    expect(run.exit, run.stderr).toBe(0);
    const [first] = await findingsIn(out, 'prod', 'api');
    expect(first).toMatchObject(one.expected);
  });

  it('claims nothing that only the dropped environment could tell', async () => {
    const one = accountCases.find(({ name }) => name === 'names that do not resolve');
    await taken(
      accountOf(one ?? expect.fail('the case is there')),
      ['--cluster', 'prod', '--service', 'api'],
      'dns.json',
    );
    const [first] = await findingsIn('dns.json', 'prod', 'api');
    expect(first?.verdict).not.toBe('proven');
  });

  it('fails, and writes nothing, when AWS breaks off', async () => {
    simulator = await startSimulator({ snapshot: demoSnapshot(NOW_MS), static: true });
    simulator.inject.throttle('ec2:DescribeRouteTables', 50);
    const run = await snapshotCommand(['take', '--cluster', 'production-cluster', '--out', 'broken.json'], {
      env: { AWS_ENDPOINT_URL: simulator.endpoint, AWS_REGION: 'us-east-1' },
    });
    expect(run).toMatchObject({ exit: 5, stderr: expect.stringContaining('route tables') });
    expect(existsSync(fileOf('broken.json'))).toBe(false);
  });

  it('does not overwrite a file, and asks AWS nothing then', async () => {
    write('there.json', '{}');
    const run = await taken(demoSnapshot(NOW_MS), ['--cluster', 'production-cluster'], 'there.json');
    expect(run).toMatchObject({ exit: 2, stderr: expect.stringContaining('exists already') });
    expect(simulator?.recorder.requests).toEqual([]);
  });

  it('ends with 3 for names that do not exist', async () => {
    expect((await taken(demoSnapshot(NOW_MS), ['--cluster', 'nope'], 'nope.json')).exit).toBe(3);
    await simulator?.close();
    const run = await taken(
      demoSnapshot(NOW_MS),
      ['--cluster', 'production-cluster', '--service', 'nope'],
      'nope.json',
    );
    expect(run.exit).toBe(3);
    expect(existsSync(fileOf('nope.json'))).toBe(false);
  });
});
