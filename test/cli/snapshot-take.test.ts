// What `lockkeeper snapshot take` writes besides what a diagnosis of a service decides with: everything the services name and what stands
// around them, what was refused as refused, what was left out as left out, and never half a file.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { takenActions } from '../../src/cli/offline/take/filings.ts';
import { isReadAction } from '../../src/contract/aws.ts';
import { parseSnapshot, type Snapshot } from '../../src/contract/snapshot.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { demoSnapshot } from '../../src/simulator/demo-account.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { diagnoseCluster } from '../../tools/diagnose/diagnose-cluster.ts';
import { diagnoseContainerInstance } from '../../tools/diagnose/diagnose-container-instance.ts';
import { diagnoseFamily } from '../../tools/diagnose/diagnose-family.ts';
import { diagnoseSchedule } from '../../tools/diagnose/diagnose-schedule.ts';
import { diagnoseService } from '../../tools/diagnose/diagnose-service.ts';
import { diagnoseTask } from '../../tools/diagnose/diagnose-task.ts';
import { addTasks, CLUSTER, SERVICE } from '../support/account-builder.ts';
import { evidence, evidenceAccount } from '../support/evidence-account.ts';
import { type CliOptions, runCli } from '../support/run-cli.ts';

let folder = '';
let simulator: Simulator | undefined;
const before = { ...process.env };
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'lockkeeper-take-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'SIMULATED', AWS_SECRET_ACCESS_KEY: 'simulated' });
});
afterEach(async () => {
  process.env = { ...before };
  process.exitCode = undefined;
  await simulator?.close();
  simulator = undefined;
});

/** Serves the account and takes a snapshot of it at the moment it shows; pauses of seconds are over at once. */
async function take(account: Snapshot, args: readonly string[], options: CliOptions = {}) {
  await simulator?.close();
  simulator = await startSimulator({ snapshot: account, static: true });
  return takeAgain(account, args, options);
}

async function takeAgain(account: Snapshot, args: readonly string[], options: CliOptions = {}) {
  const nowMs = Date.parse(account.takenAt);
  const out = path.join(folder, `${Math.random().toString(36).slice(2)}.json`);
  const run = await runCli(
    ['snapshot', 'take', '--cluster', account.ecs.clusters[0]?.clusterName ?? '', ...args, '--out', out],
    {
      cwd: folder,
      env: { AWS_ENDPOINT_URL: simulator?.endpoint, AWS_REGION: account.account.region },
      clock: {
        ...systemClock,
        now: () => nowMs,
        after: (ms, then) => systemClock.after(ms < 10_000 ? 0 : ms, then),
      },
      ...options,
    },
  );
  return { ...run, out };
}

async function taken(account: Snapshot, ...args: string[]) {
  const { exit, stderr, out } = await take(account, args);
  expect(exit, stderr).toBe(0);
  return { file: parseSnapshot(readFileSync(out, 'utf8')), out, stderr };
}

const HOST = 'i-0aaaa1111bbbb2222';

/** An account whose service uses everything there is in it. */
function fullAccount(): Snapshot {
  const account = evidenceAccount();
  const { id, region } = account.account;
  const [service] = account.ecs.services;
  const [definition] = account.ecs.taskDefinitions;
  const [container] = definition?.containerDefinitions ?? [];
  if (service === undefined || definition === undefined || container === undefined)
    throw new Error('no service');
  Object.assign(definition, {
    executionRoleArn: evidence.roleArn,
    volumes: [{ name: 'uploads', efsVolumeConfiguration: { fileSystemId: evidence.fileSystem } }],
  });
  Object.assign(container, {
    image: `${id}.dkr.ecr.${region}.amazonaws.com/${evidence.repository}:v8`,
    secrets: [
      { name: 'DB_PASSWORD', valueFrom: evidence.secretArn },
      { name: 'API_URL', valueFrom: '/prod/api/url' },
    ],
    environment: [
      { name: 'DATABASE_HOST', value: 'orders.abc.eu-central-1.rds.amazonaws.com' },
      { name: 'GREETING', value: 'good-morning-to-everybody' },
    ],
  });
  Object.assign(service, {
    deploymentController: { type: 'CODE_DEPLOY' },
    deploymentConfiguration: { alarms: { alarmNames: ['api-cpu'], enable: true, rollback: true } },
    serviceRegistries: [
      { registryArn: `arn:aws:servicediscovery:${region}:${id}:service/${evidence.discovery}` },
    ],
  });
  Object.assign(account.ecs.containerInstances[0] ?? {}, { ec2InstanceId: HOST });
  account.ec2.Instances.push({
    InstanceId: HOST,
    InstanceType: 'm5.large',
    IamInstanceProfile: { Arn: `arn:aws:iam::${id}:instance-profile/hosts` },
  });
  account.iam.Roles.push({
    RoleName: 'host-role',
    Arn: `arn:aws:iam::${id}:role/host-role`,
    policies: [],
    AttachedManagedPolicies: [{ PolicyArn: `arn:aws:iam::${id}:policy/unread`, PolicyName: 'unread' }],
    InstanceProfiles: ['hosts'],
  });
  return account;
}

describe('snapshot take', () => {
  it('may ask whatever a diagnosis asks, and nothing but reads', () => {
    const asked = [
      diagnoseCluster,
      diagnoseContainerInstance,
      diagnoseFamily,
      diagnoseSchedule,
      diagnoseService,
      diagnoseTask,
    ].flatMap(({ actions }) => actions);
    expect(asked.filter((action) => !takenActions.includes(action))).toEqual([]);
    expect(takenActions.filter((action) => !isReadAction(action))).toEqual([]);
  });

  it('takes what the services name and what stands beside them', async () => {
    const account = fullAccount();
    const { file } = await taken(account);
    // Of an index AWS tells the platforms in the manifest; what a scan found is not asked.
    const [repository] = file.ecr.repositories;
    expect(repository).toMatchObject({ policy: account.ecr.repositories[0]?.policy });
    expect(repository?.images).toEqual([
      expect.objectContaining({
        imageDigest: evidence.digest,
        imageTags: ['v8', 'latest'],
        architecture: ['arm64'],
      }),
    ]);
    expect(file.iam.Roles).toHaveLength(2);
    expect(file.iam.Roles).toEqual(
      expect.arrayContaining(account.iam.Roles.map((role) => expect.objectContaining(role))),
    );
    expect(file.secretsmanager.secrets).toEqual([expect.objectContaining(account.secretsmanager.secrets[0])]);
    expect(file.kms.keys[0]).toMatchObject({ KeyId: evidence.key, policy: account.kms.keys[0]?.policy });
    expect(file.ssm.parameters).toEqual(account.ssm.parameters);
    expect(file.efs).toMatchObject(JSON.parse(JSON.stringify(account.efs)));
    expect(file.rds.DBInstances).toEqual(account.rds.DBInstances);
    expect(file.logs.logGroups.map(({ logGroupName }) => logGroupName)).toEqual([evidence.group]);
    expect(file.ec2.Instances.map(({ InstanceId }) => InstanceId)).toEqual([HOST]);
    expect(file.ec2.InstanceTypes).toEqual(account.ec2.InstanceTypes);
    expect(file.ec2.VpcAttributes).toEqual({
      [account.ec2.Vpcs[0]?.VpcId ?? '']: { enableDnsSupport: true, enableDnsHostnames: false },
    });
    expect(file.cloudwatch.metrics[0]).toMatchObject({ MetricName: 'CPUUtilization' });
    expect(file.cloudwatch.metrics[0]?.points.map(([, value]) => value).sort()).toEqual([71.5, 99]);
    expect(file.cloudwatch.MetricAlarms).toEqual(account.cloudwatch.MetricAlarms);
    expect(file.servicediscovery).toMatchObject({
      namespaces: [{ Id: evidence.namespace }],
      services: [{ Id: evidence.discovery, NamespaceId: evidence.namespace }],
      instances: account.servicediscovery.instances,
    });
    expect(file.codedeploy.deployments).toEqual(account.codedeploy.deployments);
    expect(file.events.rules[0]).toMatchObject({
      Name: 'nightly',
      Targets: account.events.rules[0]?.Targets,
    });
    expect(file.servicequotas.quotas[0]).toMatchObject({ QuotaCode: evidence.quota, Value: 6 });
    expect(file.ecs.accountSettings).toContainEqual({ name: 'awsvpcTrunking', value: 'enabled' });
    expect(file.ecs.taskProtections).toContainEqual(account.ecs.taskProtections[0]);
    expect(file.cloudtrail.events.map(({ EventName }) => EventName)).toEqual([
      'AuthorizeSecurityGroupIngress',
      'RevokeSecurityGroupEgress',
    ]);
    expect(file.denied).toEqual([]);
  });

  it('serves again what it took, the managed policies and the profiles of hosts included', async () => {
    const first = (await taken(fullAccount())).file;
    const second = (await taken(first)).file;
    // Which database there is only a variable tells, whose value the first file does not have.
    expect(second).toEqual({ ...first, takenAt: second.takenAt, rds: { DBInstances: [], DBClusters: [] } });
  });

  it('holds no value of a variable, wherever one may stand', async () => {
    const account = fullAccount();
    const [target] = account.events.rules[0]?.Targets ?? [];
    Object.assign(target ?? {}, {
      Input: JSON.stringify({
        containerOverrides: [
          { name: 'app', environment: [{ name: 'MODE', value: 'night-mode-of-the-report' }] },
        ],
      }),
    });
    const [task] = account.ecs.tasks;
    Object.assign(task ?? {}, {
      overrides: {
        containerOverrides: [{ name: 'app', environment: [{ name: 'X', value: 'overridden-by-hand' }] }],
      },
    });
    const text = JSON.stringify((await taken(account)).file);
    expect(text).toContain('GREETING');
    for (const value of ['good-morning-to-everybody', 'night-mode-of-the-report', 'overridden-by-hand'])
      expect(text).not.toContain(value);
  });

  it('takes of one service neither the tasks of others nor the schedules', async () => {
    const { file } = await taken(fullAccount(), '--service', SERVICE);
    expect(file.events.rules).toEqual([]);
    expect(file.iam.Roles.length).toBeGreaterThan(0);
  });

  it('leaves a role its policies when they may not be read', async () => {
    const account = fullAccount();
    account.denied = ['iam:GetRolePolicy'];
    const { file } = await taken(account);
    // Without that policy the simulator would be wrong.
    expect(file.denied).toEqual(['iam:GetRolePolicy', 'iam:SimulatePrincipalPolicy']);
    expect(file.iam.Roles[0]?.policies.map(({ PolicyName }) => PolicyName)).toContain('read-secrets');
  });

  it('denies also what nobody came to ask, since a list was refused', async () => {
    const account = fullAccount();
    account.denied = ['events:ListRuleNamesByTarget', 'ecs:ListContainerInstances'];
    const { file, out, stderr } = await taken(account);
    expect(file.denied).toEqual([
      'ec2:DescribeIamInstanceProfileAssociations',
      'ec2:DescribeInstanceTypes',
      'ec2:DescribeInstances',
      'ecs:DescribeContainerInstances',
      'ecs:ListContainerInstances',
      'events:DescribeRule',
      'events:ListRuleNamesByTarget',
      'events:ListRules',
      'events:ListTargetsByRule',
      'iam:ListInstanceProfiles',
    ]);
    expect(stderr).toContain('Refused, and so not in the file');
    const run = await runCli(['diagnose', '--rule', 'nightly', '--snapshot', out], { cwd: folder });
    expect(run).toMatchObject({ exit: 5, stderr: expect.stringContaining('events:DescribeRule') });
  });

  it('says what was left out because there is too much of it', async () => {
    const account = evidenceAccount();
    addTasks(account, { count: 250, stop: { stoppedReason: 'Scaling activity initiated by deployment' } });
    const { file, stderr } = await taken(account, '--service', SERVICE);
    expect(stderr).toContain('Left out: the rest of the tasks of api.');
    expect(file.ecs.tasks).toHaveLength(202);
  });

  it('asks again when AWS throttles', async () => {
    const account = evidenceAccount();
    simulator = await startSimulator({ snapshot: account, static: true });
    // The client itself tries three times.
    simulator.inject.throttle('ec2:DescribeRouteTables', 4);
    const { exit, stderr, out } = await takeAgain(account, []);
    expect(exit, stderr).toBe(0);
    expect(parseSnapshot(readFileSync(out, 'utf8')).ec2.RouteTables).toHaveLength(2);
  });

  it('does not take what AWS called invalid for what is not there', async () => {
    const account = fullAccount();
    simulator = await startSimulator({ snapshot: account, static: true });
    simulator.inject.fail('ecr:GetRepositoryPolicy', 'InvalidParameterException', 'not like that');
    const { exit, stderr, out } = await takeAgain(account, []);
    expect(exit, stderr).toBe(0);
    expect(stderr).toContain('InvalidParameterException');
    expect(parseSnapshot(readFileSync(out, 'utf8')).denied).toEqual(['ecr:GetRepositoryPolicy']);
  });

  it('needs a service to be named where services may not be listed', async () => {
    const account = evidenceAccount();
    account.denied = ['ecs:ListServices'];
    expect(await take(account, [])).toMatchObject({
      exit: 5,
      stderr: expect.stringContaining('ListServices'),
    });
    expect(await takeAgain(account, ['--service', SERVICE])).toMatchObject({ exit: 0 });
  });

  it('writes nothing and asks nothing more when it is stopped', async () => {
    const run = await take(evidenceAccount(), [], { interrupted: Promise.resolve() });
    expect(run).toMatchObject({ stdout: '', stderr: 'Stopped; nothing was written.' });
    expect(process.exitCode).toBe(130);
    expect(existsSync(run.out)).toBe(false);
    expect(simulator?.recorder.requests.map(({ service }) => service)).toEqual(['sts']);
  });

  it('says that a place cannot be written before it asks AWS anything', async () => {
    const account = evidenceAccount();
    simulator = await startSimulator({ snapshot: account, static: true });
    const args = ['snapshot', 'take', '--cluster', CLUSTER, '--out', path.join(folder, 'nowhere', 'x.json')];
    const run = await runCli(args, {
      env: { AWS_ENDPOINT_URL: simulator.endpoint, AWS_REGION: 'eu-central-1' },
    });
    expect(run).toMatchObject({ exit: 2, stderr: expect.stringContaining('cannot be written') });
    expect(simulator.recorder.requests).toEqual([]);
  });

  it('of a whole cluster is diagnosed as the cluster, its tasks and its hosts are', async () => {
    const account = demoSnapshot(Date.parse('2026-11-20T10:00:00Z'));
    const original = await take(account, []);
    const direct = { AWS_ENDPOINT_URL: simulator?.endpoint, AWS_REGION: account.account.region };
    const clock = { ...systemClock, now: () => Date.parse(account.takenAt) };
    const [here, there] = await Promise.all([
      runCli(['diagnose', '--cluster', 'production-cluster', '--json'], { env: direct, clock }),
      runCli(['diagnose', '--cluster', 'production-cluster', '--json', '--snapshot', original.out]),
    ]);
    expect(here.exit, here.stderr).toBe(0);
    expect(summary(there.json)).toEqual(summary(here.json));
  });
});

interface ClusterView {
  readonly healthy: readonly string[];
  readonly hosts: unknown;
  readonly standalone: readonly { readonly family: string; readonly reason: string }[];
  readonly services: readonly {
    readonly service: { readonly name: string };
    readonly findings: readonly {
      readonly class: string;
      readonly verdict: string;
      readonly culprits: readonly string[];
    }[];
  }[];
}

function summary(json: unknown): object {
  // The command's own document, as its help describes it.
  const { healthy, hosts, standalone, services } = json as ClusterView;
  return {
    healthy,
    hosts,
    standalone: standalone.map(({ family, reason }) => ({ family, reason })),
    services: services.map(({ service, findings }) => ({
      name: service.name,
      findings: findings.map(({ class: cause, verdict, culprits }) => ({ cause, verdict, culprits })),
    })),
  };
}
