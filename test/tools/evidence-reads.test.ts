// The reads around a service: many pages, batches that AWS takes, what is missing, what is denied, and hostile text.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { AwsCallError } from '../../src/contract/aws.ts';
import type { ReadTool } from '../../src/contract/tool.ts';
import { cloudtrailLookupEvents } from '../../tools/cloudtrail/lookup-events.ts';
import { cloudwatchGetMetricData } from '../../tools/cloudwatch/get-metric-data.ts';
import { codedeployListDeployments } from '../../tools/codedeploy/list-deployments.ts';
import { ecrDescribeImages } from '../../tools/ecr/describe-images.ts';
import { ecrGetRepositoryPolicy } from '../../tools/ecr/get-repository-policy.ts';
import { ecsDescribeServiceRevisions } from '../../tools/ecs/describe-service-revisions.ts';
import { ecsGetTaskProtection } from '../../tools/ecs/get-task-protection.ts';
import { ecsListAccountSettings } from '../../tools/ecs/list-account-settings.ts';
import { efsDescribeFileSystem } from '../../tools/efs/describe-file-system.ts';
import { eventsListRules } from '../../tools/events/list-rules.ts';
import { iamGetRole } from '../../tools/iam/get-role.ts';
import { iamSimulatePolicy } from '../../tools/iam/simulate-policy.ts';
import { kmsDescribeKey } from '../../tools/kms/describe-key.ts';
import { logsQuery } from '../../tools/logs/query.ts';
import { rdsDescribeDatabases } from '../../tools/rds/describe-databases.ts';
import { secretsmanagerDescribeSecret } from '../../tools/secretsmanager/describe-secret.ts';
import { servicequotasListQuotas } from '../../tools/servicequotas/list-quotas.ts';
import { ssmDescribeParameters } from '../../tools/ssm/describe-parameters.ts';
import { CLUSTER, ids, NOW_MS, SERVICE } from '../support/account-builder.ts';
import { evidence, evidenceAccount } from '../support/evidence-account.ts';
import { type SimulatedAws, simulatedAws } from '../support/simulated-aws.ts';
import { runRead } from './run-tool.ts';

const SINCE = new Date(NOW_MS - 3_600_000).toISOString();
const UNTIL = new Date(NOW_MS).toISOString();
let aws: SimulatedAws;
beforeEach(async () => {
  aws = await simulatedAws(evidenceAccount());
});
afterEach(() => aws.close());

/** At the moment of the account, which is another one than the demo's. */
async function lookUp(input: object) {
  const context = { nowMs: NOW_MS, stage: () => {}, wait: async () => {} };
  const output = await cloudtrailLookupEvents.run(cloudtrailLookupEvents.input.parse(input), aws, context);
  return { output, text: cloudtrailLookupEvents.text(output) };
}

const calls = (action: string) => aws.simulator.recorder.of(action);

test('a role is shown with its trust and with inline and managed policies as statements', async () => {
  const { output, text } = await runRead(iamGetRole, { role: evidence.role }, aws);
  expect(output.policies.map(({ name, kind }) => [name, kind])).toEqual([
    ['read-secrets', 'inline'],
    ['AmazonECSTaskExecutionRolePolicy', 'managed'],
  ]);
  expect(output.trust).toEqual(['Allow sts:AssumeRole to {"Service":"ecs-tasks.amazonaws.com"}']);
  expect(text).toContain('Deny secretsmanager:* on arn:aws:secretsmanager');
  await expect(runRead(iamGetRole, { role: 'nope' }, aws)).rejects.toMatchObject({
    failure: { code: 'NoSuchEntityException' },
  });
});

test('a policy that may not be read is "cannot verify", never a role without policies', async () => {
  aws.simulator.state.denied.push('iam:GetRolePolicy', 'iam:ListAttachedRolePolicies');
  const { output, text } = await runRead(iamGetRole, { role: evidence.role }, aws);
  expect(output.unverified).toEqual(['iam:GetRolePolicy', 'iam:ListAttachedRolePolicies']);
  expect(output.policies).toMatchObject([{ name: 'read-secrets', statements: null }]);
  expect(text).toContain('Cannot verify what iam:ListAttachedRolePolicies would show: access denied.');
  expect(text).not.toContain('it may do nothing');
});

test("many inline policies are read over all of IAM's pages up to a bound", async () => {
  const [role] = aws.simulator.state.iam.Roles;
  for (let index = 0; index < 120; index++)
    role?.policies.push({ PolicyName: `p${index}`, Document: { Statement: [] } });
  const { output } = await runRead(iamGetRole, { role: evidence.role }, aws);
  expect(output.policies.filter(({ kind }) => kind === 'inline')).toHaveLength(40);
  expect(output.more).toBe(true);
});

test('the simulator of policies is asked with the full ARN of the role and says which policy decides', async () => {
  const ask = { role: evidence.role, actions: ['secretsmanager:GetSecretValue'] };
  const { output, text } = await runRead(iamSimulatePolicy, { ...ask, resources: [evidence.secretArn] }, aws);
  expect(output.items).toMatchObject([{ decision: 'allowed', by: ['read-secrets'] }]);
  expect(text).toContain('1 of 1 decision allow');
  const all = await runRead(iamSimulatePolicy, ask, aws);
  expect(all.output.items).toMatchObject([{ decision: 'implicitDeny', resource: '*' }]);
  const foreign = evidence.secretArn.replace('210987654321', '999999999999');
  await expect(runRead(iamSimulatePolicy, { ...ask, resources: [foreign] }, aws)).rejects.toMatchObject({
    code: 'input-invalid',
  });
});

test('images are looked up by tag and digest; one that is missing is named and hides none of the others', async () => {
  const input = { repository: evidence.repository, images: ['v8', 'v9', evidence.digest] };
  const { output, text } = await runRead(ecrDescribeImages, input, aws);
  expect(output.items).toMatchObject([{ digest: evidence.digest, platforms: ['linux/arm64'] }]);
  expect(output.missing).toEqual(['v9']);
  expect(text).toContain('No image v9 in the repository.');
});

test('a denied manifest leaves the processors unknown, a denied repository is a failure', async () => {
  aws.simulator.state.denied.push('ecr:BatchGetImage');
  const { output } = await runRead(
    ecrDescribeImages,
    { repository: evidence.repository, images: ['v8'] },
    aws,
  );
  expect(output).toMatchObject({ items: [{ platforms: null }], unverified: ['ecr:BatchGetImage'] });
  aws.simulator.state.denied.push('ecr:DescribeImages', 'ecr:GetRepositoryPolicy');
  for (const run of [
    runRead(ecrDescribeImages, { repository: evidence.repository, images: ['v8'] }, aws),
    runRead(ecrGetRepositoryPolicy, { repository: evidence.repository }, aws),
  ])
    await expect(run).rejects.toMatchObject({ failure: { kind: 'denied' } });
});

test('the newest images are found behind many pages, and a repository without a policy says so', async () => {
  const [repository] = aws.simulator.state.ecr.repositories;
  delete repository?.policy;
  for (let index = 0; index < 250; index++)
    repository?.images.push({
      imageDigest: `sha256:${String(index).padStart(64, '0')}`,
      imagePushedAt: new Date(NOW_MS - (index + 2) * 86_400_000).toISOString(),
    });
  const { output } = await runRead(ecrDescribeImages, { repository: evidence.repository }, aws);
  expect(output.items[0]?.digest).toBe(evidence.digest);
  expect([output.items.length, output.more, calls('ecr:DescribeImages').length]).toEqual([100, true, 3]);
  const policy = await runRead(ecrGetRepositoryPolicy, { repository: evidence.repository }, aws);
  expect(policy.text).toContain('The repository has no policy');
});

test('protection is asked for in batches of 100, and a task that is gone is missing', async () => {
  const [known] = aws.simulator.state.ecs.tasks;
  const gone = Array.from({ length: 149 }, (_, index) => (index + 1_000).toString(16).padStart(32, '0'));
  const tasks = [known?.taskArn.split('/').at(-1) ?? '', ...gone];
  const { output, text } = await runRead(ecsGetTaskProtection, { cluster: CLUSTER, tasks }, aws);
  expect(calls('ecs:GetTaskProtection').map(({ input }) => (input.tasks as string[]).length)).toEqual([
    100, 50,
  ]);
  expect(output.items).toMatchObject([{ protected: true }]);
  expect(output.missing.length).toBe(100);
  expect(text).toContain('1 of 1 task protected');
});

test('service revisions are asked for in batches of 20 and failures are named', async () => {
  const revisions = Array.from({ length: 25 }, (_, index) => String(index + 1));
  const { output } = await runRead(
    ecsDescribeServiceRevisions,
    { cluster: CLUSTER, service: SERVICE, revisions },
    aws,
  );
  expect(
    calls('ecs:DescribeServiceRevisions').map(({ input }) => (input.serviceRevisionArns as string[]).length),
  ).toEqual([20, 5]);
  expect(output.missing).toHaveLength(25);
});

test('account settings are read over all their pages, those nobody set included', async () => {
  const { output } = await runRead(ecsListAccountSettings, {}, aws);
  expect(output.items).toContainEqual({ name: 'awsvpcTrunking', value: 'enabled' });
  expect(output.items.length).toBeGreaterThan(10);
  expect(calls('ecs:ListAccountSettings').length).toBeGreaterThan(1);
});

test('secrets, parameters and keys are described without any value', async () => {
  const secret = await runRead(secretsmanagerDescribeSecret, { secret: 'prod/api/db' }, aws);
  expect(secret.output).toMatchObject({ kmsKey: evidence.key, deletedAt: null });
  expect(secret.text).toContain('Allow secretsmanager:GetSecretValue on * to *');
  const deleted = await runRead(secretsmanagerDescribeSecret, { secret: 'old' }, aws);
  expect(deleted.text).toContain('marked for deletion');
  const parameters = await runRead(
    ssmDescribeParameters,
    { names: ['/prod/api/url', '/prod/api/none'] },
    aws,
  );
  expect(parameters.output).toMatchObject({ items: [{ type: 'SecureString' }], missing: ['/prod/api/none'] });
  aws.simulator.state.denied.push('kms:GetKeyPolicy');
  const key = await runRead(kmsDescribeKey, { key: 'alias/api' }, aws);
  expect(key.output).toMatchObject({
    state: 'PendingDeletion',
    enabled: false,
    unverified: ['kms:GetKeyPolicy'],
  });
});

test('a file system is shown with what guards its mount targets', async () => {
  aws.simulator.state.denied.push('elasticfilesystem:DescribeAccessPoints');
  const { output, text } = await runRead(efsDescribeFileSystem, { file_system: evidence.fileSystem }, aws);
  expect(output.mountTargets).toMatchObject([{ zone: 'eu-central-1a', groups: [ids.groups.database] }]);
  expect(output.unverified).toEqual(['elasticfilesystem:DescribeAccessPoints']);
  expect(text).toContain('Deny * to {"AWS":"*"} if {"Bool":{"aws:SecureTransport":"false"}}');
  delete aws.simulator.state.efs.policies[evidence.fileSystem];
  expect(
    (await runRead(efsDescribeFileSystem, { file_system: evidence.fileSystem }, aws)).output.statements,
  ).toEqual([]);
});

test('history shows changes only, newest first, and its text cannot draw on a terminal', async () => {
  aws.simulator.state.cloudtrail.events.push({
    EventName: 'RunTask',
    EventTime: new Date(NOW_MS - 1000).toISOString(),
    Username: 'eve\u001b[2J\u202e\nAllow everything',
    Resources: [],
    CloudTrailEvent: { errorCode: 'AccessDenied' },
  });
  const { output, text } = await lookUp({ since: SINCE, until: UNTIL });
  expect(output.items.map(({ name }) => name)).toEqual([
    'RunTask',
    'RevokeSecurityGroupEgress',
    'AuthorizeSecurityGroupIngress',
  ]);
  expect(output.items[0]?.error).toBe('AccessDenied');
  expect(text).not.toContain('\u001b');
  expect(text).not.toContain('\u202e');
  const one = await lookUp({ resource: ids.groups.app, since: SINCE, until: UNTIL });
  expect(one.output.items.map(({ name }) => name)).toEqual(['RevokeSecurityGroupEgress']);
});

test('history reads on behind pages of reads until it has found enough, and says when there is more', async () => {
  const { events } = aws.simulator.state.cloudtrail;
  const push = (EventName: string, secondsAgo: number) =>
    events.push({
      EventName,
      EventTime: new Date(NOW_MS - secondsAgo * 1000).toISOString(),
      Resources: [{ ResourceName: 'web' }],
    });
  for (let index = 0; index < 120; index++) push('DescribeServices', index + 1);
  for (let index = 0; index < 5; index++) push('UpdateService', 600 + index);
  const input = { resource: 'web', since: SINCE, until: UNTIL, limit: 3 };
  const { output } = await lookUp(input);
  expect(output.items.map(({ name }) => name)).toEqual(Array(3).fill('UpdateService'));
  expect([output.more, calls('cloudtrail:LookupEvents').length]).toEqual([true, 3]);
  aws.simulator.state.denied.push('cloudtrail:LookupEvents');
  await expect(lookUp(input)).rejects.toMatchObject({
    failure: { kind: 'denied' },
  });
});

test('deployments of CodeDeploy are described in batches of 25', async () => {
  const { deployments } = aws.simulator.state.codedeploy;
  for (let index = 0; index < 59; index++)
    deployments.push({ deploymentId: `d-X${index}`, status: 'Succeeded', createTime: UNTIL });
  const input = { since: SINCE, limit: 60 };
  const { output } = await runRead(codedeployListDeployments, input, aws);
  expect(output.items).toHaveLength(60);
  expect(
    calls('codedeploy:BatchGetDeployments').map(({ input }) => (input.deploymentIds as string[]).length),
  ).toEqual([25, 25, 10]);
  expect(output.items.at(-1)).toMatchObject({
    status: 'Failed',
    error: expect.stringContaining('unhealthy'),
  });
});

test('schedules, databases and quotas are found, and a name that is not there is not a failure', async () => {
  const rules = await runRead(eventsListRules, { cluster: CLUSTER }, aws);
  expect(rules.output.items).toMatchObject([{ name: 'nightly', state: 'DISABLED', targets: [{ count: 1 }] }]);
  const databases = await runRead(rdsDescribeDatabases, { id: 'orders' }, aws);
  expect(databases.output.items).toMatchObject([
    { kind: 'instance', port: 5432, groups: [ids.groups.database] },
  ]);
  expect((await runRead(rdsDescribeDatabases, { id: 'none' }, aws)).output.items).toEqual([]);
  const quotas = await runRead(
    servicequotasListQuotas,
    { service: 'fargate', codes: [evidence.quota, 'L-00000000'] },
    aws,
  );
  expect(quotas.output).toMatchObject({ items: [{ value: 6 }], missing: ['L-00000000'] });
});

test('a metric with other dimensions than recorded says that there is no data', async () => {
  const input = { namespace: 'AWS/ECS', metric: 'CPUUtilization', until: UNTIL };
  const dimensions = [
    { name: 'ClusterName', value: CLUSTER },
    { name: 'ServiceName', value: SERVICE },
  ];
  const { text } = await runRead(cloudwatchGetMetricData, { ...input, dimensions }, aws);
  expect(text).toContain('2 points, lowest 71.5, highest 99, last 99');
  expect((await runRead(cloudwatchGetMetricData, input, aws)).text).toContain('no data in that time');
  const long = { ...input, since: '2026-01-01T00:00:00Z', period_seconds: 60 };
  await expect(runRead(cloudwatchGetMetricData, long, aws)).rejects.toMatchObject({ code: 'input-invalid' });
});

test('a query of logs is asked for until it is done', async () => {
  const query = 'filter @message like /(?i)timedout/ | stats count(*) as n by bin(1h)';
  const input = { log_groups: [evidence.group], query, since: SINCE, until: UNTIL };
  const { output, text } = await runRead(logsQuery, input, aws);
  expect(output).toMatchObject({ status: 'Complete', matched: 1, more: false });
  expect(output.rows[0]).toMatchObject({ n: '1' });
  expect(text).toContain('n: 1');
  expect(calls('logs:GetQueryResults')).toHaveLength(2);
});

test('a query of logs is stopped when the answer is wanted now, and reaches back 24 hours at most', async () => {
  const hurry = new AbortController();
  hurry.abort();
  const tool: ReadTool<typeof logsQuery.input, typeof logsQuery.output> = logsQuery;
  const input = tool.input.parse({
    log_groups: [evidence.group],
    query: 'fields @message',
    since: SINCE,
    until: UNTIL,
  });
  const context = { nowMs: NOW_MS, stage: () => {}, wait: async () => {}, hurry: hurry.signal };
  const output = await tool.run(input, aws, context);
  expect(output).toMatchObject({ status: 'stopped', more: true });
  expect(tool.text(output)).toContain('did not end as it should');
  expect(calls('logs:StopQuery')).toHaveLength(1);
  const long = { ...input, since: '2026-02-28T00:00:00Z' };
  await expect(runRead(logsQuery, long, aws)).rejects.toMatchObject({ code: 'input-invalid' });
  const malformed = runRead(logsQuery, { ...input, query: 'select everything' }, aws);
  await expect(malformed).rejects.toBeInstanceOf(AwsCallError);
});
