// Real SDK clients against an account with something in every section around a service: answers, pages, limits and errors.

import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import * as logsApi from '@aws-sdk/client-cloudwatch-logs';
import * as deployApi from '@aws-sdk/client-codedeploy';
import { DescribeInstanceTypesCommand, EC2Client } from '@aws-sdk/client-ec2';
import * as ecrApi from '@aws-sdk/client-ecr';
import * as ecsApi from '@aws-sdk/client-ecs';
import * as efsApi from '@aws-sdk/client-efs';
import * as eventsApi from '@aws-sdk/client-eventbridge';
import * as iamApi from '@aws-sdk/client-iam';
import * as kmsApi from '@aws-sdk/client-kms';
import * as rdsApi from '@aws-sdk/client-rds';
import * as secretsApi from '@aws-sdk/client-secrets-manager';
import * as quotasApi from '@aws-sdk/client-service-quotas';
import * as discoveryApi from '@aws-sdk/client-servicediscovery';
import { DescribeParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { CLUSTER, ids, NOW_MS } from '../support/account-builder.ts';
import { evidence, evidenceAccount } from '../support/evidence-account.ts';
import { createFakeClock } from './fake-clock.ts';

const clock = createFakeClock(NOW_MS);
let simulator: Simulator;
let state: Snapshot;
let config: {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  maxAttempts: number;
};

beforeAll(async () => {
  simulator = await startSimulator({ snapshot: evidenceAccount(), clock, static: true });
  state = simulator.state;
  config = {
    endpoint: simulator.endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'sim', secretAccessKey: 'sim' },
    maxAttempts: 1,
  };
});

afterAll(() => simulator.close());

describe('IAM', () => {
  const role = { RoleName: evidence.role };
  it('answers a role with its trust, inline policies apart from managed ones, as encoded documents', async () => {
    const iam = new iamApi.IAMClient(config);
    const { Role } = await iam.send(new iamApi.GetRoleCommand(role));
    expect(Role?.AssumeRolePolicyDocument).not.toContain('{');
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toContain('ecs-tasks.amazonaws.com');
    const inline = await iam.send(new iamApi.ListRolePoliciesCommand(role));
    expect(inline).toMatchObject({ PolicyNames: ['read-secrets'], IsTruncated: false });
    const attached = await iam.send(new iamApi.ListAttachedRolePoliciesCommand(role));
    expect(attached.AttachedPolicies).toEqual([
      { PolicyName: 'AmazonECSTaskExecutionRolePolicy', PolicyArn: evidence.managedPolicy },
    ]);
    const { Policy } = await iam.send(new iamApi.GetPolicyCommand({ PolicyArn: evidence.managedPolicy }));
    const version = await iam.send(
      new iamApi.GetPolicyVersionCommand({
        PolicyArn: evidence.managedPolicy,
        VersionId: Policy?.DefaultVersionId ?? '',
      }),
    );
    expect(decodeURIComponent(version.PolicyVersion?.Document ?? '')).toContain('ecr:GetAuthorizationToken');
  });
  it('answers an instance profile with the role that names it, else with the one that bears its name', async () => {
    const iam = new iamApi.IAMClient(config);
    const roleIn = async (InstanceProfileName: string) =>
      (
        await iam.send(new iamApi.GetInstanceProfileCommand({ InstanceProfileName }))
      ).InstanceProfile?.Roles?.map(({ RoleName }) => RoleName);
    expect(await roleIn(evidence.role)).toEqual([evidence.role]);
    const host: Snapshot['iam']['Roles'][number] = {
      RoleName: 'hosts-role',
      Arn: 'arn:aws:iam::210987654321:role/hosts-role',
      policies: [],
      InstanceProfiles: ['hosts'],
    };
    state.iam.Roles.push(host);
    expect(await roleIn('hosts')).toEqual(['hosts-role']);
    const { InstanceProfiles, IsTruncated } = await iam.send(new iamApi.ListInstanceProfilesCommand({}));
    expect(IsTruncated).toBe(false);
    expect(InstanceProfiles).toMatchObject([
      { InstanceProfileName: 'hosts', Roles: [{ RoleName: 'hosts-role', Arn: host.Arn }] },
    ]);
    await expect(roleIn('hosts-role')).rejects.toMatchObject({ name: 'NoSuchEntityException' });
    state.iam.Roles.pop();
  });
  it('says NoSuchEntity for what is not there, and a managed policy is not an inline one', async () => {
    const iam = new iamApi.IAMClient(config);
    await expect(iam.send(new iamApi.GetRoleCommand({ RoleName: 'nope' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
    });
    await expect(
      iam.send(new iamApi.GetRolePolicyCommand({ ...role, PolicyName: 'AmazonECSTaskExecutionRolePolicy' })),
    ).rejects.toMatchObject({ name: 'NoSuchEntityException' });
    await expect(
      iam.send(
        new iamApi.SimulatePrincipalPolicyCommand({
          PolicySourceArn: 'arn:aws:iam::1:role/x',
          ActionNames: ['s3:GetObject'],
        }),
      ),
    ).rejects.toMatchObject({ name: 'NoSuchEntityException' });
  });
  it('is one for all regions, and decides each action on each resource in pages', async () => {
    const iam = new iamApi.IAMClient({ ...config, region: 'us-east-1' });
    const ask = {
      PolicySourceArn: evidence.roleArn,
      ActionNames: ['secretsmanager:GetSecretValue', 's3:GetObject'],
      ResourceArns: [evidence.secretArn, evidence.secretArn.replace('api/db', 'root-key')],
    };
    const first = await iam.send(new iamApi.SimulatePrincipalPolicyCommand({ ...ask, MaxItems: 3 }));
    expect(first.IsTruncated).toBe(true);
    const rest = await iam.send(
      new iamApi.SimulatePrincipalPolicyCommand({ ...ask, MaxItems: 3, Marker: first.Marker }),
    );
    const decisions = [...(first.EvaluationResults ?? []), ...(rest.EvaluationResults ?? [])];
    expect(decisions.map((one) => one.EvalDecision)).toEqual([
      'allowed',
      'explicitDeny',
      'implicitDeny',
      'implicitDeny',
    ]);
    expect(rest.IsTruncated).toBe(false);
  });
});

describe('ECR', () => {
  it('finds images by tag and by digest, and names what is missing as each action does', async () => {
    const ecr = new ecrApi.ECRClient(config);
    const repositoryName = evidence.repository;
    const byTag = await ecr.send(
      new ecrApi.DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: 'v8' }] }),
    );
    expect(byTag.imageDetails?.[0]).toMatchObject({
      imageDigest: evidence.digest,
      imageTags: ['v8', 'latest'],
    });
    const byDigest = await ecr.send(
      new ecrApi.DescribeImagesCommand({ repositoryName, imageIds: [{ imageDigest: evidence.digest }] }),
    );
    expect(byDigest.imageDetails).toHaveLength(1);
    await expect(
      ecr.send(new ecrApi.DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: 'v9' }] })),
    ).rejects.toMatchObject({ name: 'ImageNotFoundException' });
    await expect(
      ecr.send(new ecrApi.DescribeImagesCommand({ repositoryName: 'nope' })),
    ).rejects.toMatchObject({ name: 'RepositoryNotFoundException' });
    const batch = await ecr.send(
      new ecrApi.BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: 'v8' }, { imageTag: 'v9' }] }),
    );
    expect(JSON.parse(batch.images?.[0]?.imageManifest ?? '')).toMatchObject({
      manifests: [{ platform: { architecture: 'arm64' } }],
    });
    expect(batch.failures).toMatchObject([{ failureCode: 'ImageNotFound' }]);
  });
  it('answers scan findings and policies only where there are some', async () => {
    const ecr = new ecrApi.ECRClient(config);
    const repositoryName = evidence.repository;
    const scan = await ecr.send(
      new ecrApi.DescribeImageScanFindingsCommand({ repositoryName, imageId: { imageTag: 'v8' } }),
    );
    expect(scan.imageScanFindings?.findingSeverityCounts).toEqual({ CRITICAL: 1, LOW: 2 });
    const imageId = { imageDigest: `sha256:${'b'.repeat(64)}` };
    await expect(
      ecr.send(new ecrApi.DescribeImageScanFindingsCommand({ repositoryName, imageId })),
    ).rejects.toMatchObject({ name: 'ScanNotFoundException' });
    expect((await ecr.send(new ecrApi.GetRepositoryPolicyCommand({ repositoryName }))).policyText).toContain(
      'pull',
    );
  });
});

describe('secrets, parameters and keys', () => {
  it('never answers a value, and knows a secret by name, ARN and the ARN without its ending', async () => {
    const secrets = new secretsApi.SecretsManagerClient(config);
    for (const SecretId of ['prod/api/db', evidence.secretArn, evidence.secretArn.slice(0, -7)]) {
      expect((await secrets.send(new secretsApi.DescribeSecretCommand({ SecretId }))).KmsKeyId).toBe(
        evidence.key,
      );
    }
    await expect(
      secrets.send(new secretsApi.DescribeSecretCommand({ SecretId: 'prod' })),
    ).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(
      secrets.send(new secretsApi.GetSecretValueCommand({ SecretId: 'prod/api/db' })),
    ).rejects.toMatchObject({ name: 'NotImplemented' });
    const listed = await secrets.send(new secretsApi.ListSecretsCommand({}));
    expect(listed.SecretList?.map((one) => one.Name)).toEqual(['prod/api/db']);
    const policy = await secrets.send(new secretsApi.GetResourcePolicyCommand({ SecretId: 'prod/api/db' }));
    expect(policy.ResourcePolicy).toContain('GetSecretValue');
  });
  it('finds a parameter by its exact name, and answers nothing for another', async () => {
    const ssm = new SSMClient(config);
    const find = async (name: string) =>
      (await ssm.send(new DescribeParametersCommand({ ParameterFilters: [{ Key: 'Name', Values: [name] }] })))
        .Parameters;
    expect(await find('/prod/api/url')).toMatchObject([{ Type: 'SecureString' }]);
    expect(await find('/prod/api')).toEqual([]);
  });
  it('knows a key by alias but its policy only by id', async () => {
    const kms = new kmsApi.KMSClient(config);
    const { KeyMetadata } = await kms.send(new kmsApi.DescribeKeyCommand({ KeyId: 'alias/api' }));
    expect(KeyMetadata).toMatchObject({ KeyId: evidence.key, KeyState: 'PendingDeletion', Enabled: false });
    expect((await kms.send(new kmsApi.GetKeyPolicyCommand({ KeyId: evidence.key }))).Policy).toContain(
      'kms:*',
    );
    await expect(kms.send(new kmsApi.GetKeyPolicyCommand({ KeyId: 'alias/api' }))).rejects.toMatchObject({
      name: 'InvalidArnException',
    });
    await expect(kms.send(new kmsApi.DescribeKeyCommand({ KeyId: 'alias/no' }))).rejects.toMatchObject({
      name: 'NotFoundException',
    });
  });
});

describe('EFS over REST', () => {
  it('routes by method and path, and reads query and labels by their types', async () => {
    const efs = new efsApi.EFSClient(config);
    const FileSystemId = evidence.fileSystem;
    const systems = await efs.send(new efsApi.DescribeFileSystemsCommand({ FileSystemId, MaxItems: 10 }));
    expect(systems.FileSystems?.[0]).toMatchObject({
      NumberOfMountTargets: 1,
      CreationTime: expect.any(Date),
    });
    const targets = await efs.send(new efsApi.DescribeMountTargetsCommand({ FileSystemId }));
    expect(targets.MountTargets?.[0]).toMatchObject({ IpAddress: '10.1.10.9' });
    const MountTargetId = evidence.mountTarget;
    const groups = await efs.send(new efsApi.DescribeMountTargetSecurityGroupsCommand({ MountTargetId }));
    expect(groups.SecurityGroups).toEqual([ids.groups.database]);
    const points = await efs.send(
      new efsApi.DescribeAccessPointsCommand({ AccessPointId: evidence.accessPoint }),
    );
    expect(points.AccessPoints?.[0]).toMatchObject({ RootDirectory: { Path: '/uploads' } });
    const policy = await efs.send(new efsApi.DescribeFileSystemPolicyCommand({ FileSystemId }));
    expect(policy.Policy).toContain('SecureTransport');
    expect(simulator.recorder.of('elasticfilesystem:DescribeFileSystems')[0]?.input).toEqual({
      FileSystemId,
      MaxItems: 10,
    });
  });
  it('answers errors, denials and throttling in the shape of the protocol', async () => {
    const efs = new efsApi.EFSClient(config);
    const FileSystemId = 'fs-0000000000000000f';
    await expect(efs.send(new efsApi.DescribeMountTargetsCommand({ FileSystemId }))).rejects.toMatchObject({
      name: 'FileSystemNotFound',
      $metadata: { httpStatusCode: 404 },
    });
    simulator.inject.deny('elasticfilesystem:DescribeAccessPoints');
    simulator.inject.throttle('elasticfilesystem:DescribeFileSystems', 1);
    await expect(efs.send(new efsApi.DescribeAccessPointsCommand({}))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 403 },
    });
    await expect(efs.send(new efsApi.DescribeFileSystemsCommand({}))).rejects.toMatchObject({
      name: 'ThrottlingException',
    });
    simulator.inject.clear();
    await expect(efs.send(new efsApi.DeleteFileSystemCommand({ FileSystemId }))).rejects.toMatchObject({
      name: 'NotImplemented',
    });
  });
});

describe('history', () => {
  it('looks up changes by resource, newest first, and leaves reads to those who ask for them', async () => {
    const trail = new CloudTrailClient(config);
    const look = async (AttributeKey: 'ResourceName' | 'ReadOnly', AttributeValue: string) =>
      (
        await trail.send(new LookupEventsCommand({ LookupAttributes: [{ AttributeKey, AttributeValue }] }))
      ).Events?.map((event) => event.EventName);
    expect(await look('ReadOnly', 'false')).toEqual([
      'RevokeSecurityGroupEgress',
      'AuthorizeSecurityGroupIngress',
    ]);
    expect(await look('ResourceName', ids.groups.app)).toEqual([
      'DescribeSecurityGroups',
      'RevokeSecurityGroupEgress',
    ]);
    const first = await trail.send(new LookupEventsCommand({ MaxResults: 2 }));
    const next = await trail.send(new LookupEventsCommand({ MaxResults: 2, NextToken: first.NextToken }));
    expect([first.Events?.length, next.Events?.length, next.NextToken]).toEqual([2, 1, undefined]);
    await expect(trail.send(new LookupEventsCommand({ MaxResults: 51 }))).rejects.toMatchObject({
      name: 'InvalidMaxResultsException',
    });
  });
  it('answers CodeDeploy deployments in batches of 25 and names the one that is missing', async () => {
    const deploy = new deployApi.CodeDeployClient(config);
    const { deployments = [] } = await deploy.send(new deployApi.ListDeploymentsCommand({}));
    expect(deployments).toEqual([evidence.deployment]);
    const batch = (deploymentIds: string[]) =>
      deploy.send(new deployApi.BatchGetDeploymentsCommand({ deploymentIds }));
    expect((await batch(deployments)).deploymentsInfo?.[0]).toMatchObject({ status: 'Failed' });
    await expect(batch(['d-NOPE'])).rejects.toMatchObject({ name: 'DeploymentDoesNotExistException' });
    await expect(batch(Array(26).fill(evidence.deployment))).rejects.toMatchObject({
      name: 'BatchLimitExceededException',
    });
    await expect(
      deploy.send(new deployApi.ListDeploymentsCommand({ applicationName: 'no', deploymentGroupName: 'no' })),
    ).rejects.toMatchObject({ name: 'ApplicationDoesNotExistException' });
  });
  it('answers the rules that start tasks on a cluster', async () => {
    const events = new eventsApi.EventBridgeClient(config);
    const TargetArn = evidence.clusterArn;
    expect((await events.send(new eventsApi.ListRuleNamesByTargetCommand({ TargetArn }))).RuleNames).toEqual([
      'nightly',
    ]);
    expect(await events.send(new eventsApi.DescribeRuleCommand({ Name: 'nightly' }))).toMatchObject({
      State: 'DISABLED',
      ScheduleExpression: 'rate(1 day)',
    });
    const { Targets } = await events.send(new eventsApi.ListTargetsByRuleCommand({ Rule: 'nightly' }));
    expect(Targets?.[0]?.EcsParameters).toMatchObject({ TaskCount: 1 });
    await expect(events.send(new eventsApi.DescribeRuleCommand({ Name: 'no' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

describe('databases, discovery and limits', () => {
  it('answers databases with endpoint, port and groups, by identifier without regard to case', async () => {
    const rds = new rdsApi.RDSClient(config);
    const instances = await rds.send(
      new rdsApi.DescribeDBInstancesCommand({ DBInstanceIdentifier: 'Orders' }),
    );
    expect(instances.DBInstances?.[0]).toMatchObject({
      Endpoint: { Port: 5432 },
      VpcSecurityGroups: [{ VpcSecurityGroupId: ids.groups.database }],
    });
    const Filters = [{ Name: 'db-cluster-id', Values: ['orders-cluster'] }];
    expect((await rds.send(new rdsApi.DescribeDBInstancesCommand({ Filters }))).DBInstances).toHaveLength(1);
    await expect(
      rds.send(new rdsApi.DescribeDBInstancesCommand({ DBInstanceIdentifier: 'no' })),
    ).rejects.toMatchObject({ name: 'DBInstanceNotFoundFault' });
    await expect(
      rds.send(new rdsApi.DescribeDBClustersCommand({ DBClusterIdentifier: 'no' })),
    ).rejects.toMatchObject({ name: 'DBClusterNotFoundFault' });
  });
  it('answers namespaces, services and instances of Cloud Map', async () => {
    const discovery = new discoveryApi.ServiceDiscoveryClient(config);
    const Filters = [{ Name: 'NAMESPACE_ID' as const, Values: [evidence.namespace] }];
    const { Services } = await discovery.send(new discoveryApi.ListServicesCommand({ Filters }));
    expect(Services?.[0]).toMatchObject({ Id: evidence.discovery, InstanceCount: 1 });
    const instances = await discovery.send(
      new discoveryApi.ListInstancesCommand({ ServiceId: evidence.discovery }),
    );
    expect(instances.Instances?.[0]?.Attributes).toMatchObject({ AWS_INSTANCE_PORT: '8080' });
    await expect(discovery.send(new discoveryApi.GetNamespaceCommand({ Id: 'ns-no' }))).rejects.toMatchObject(
      {
        name: 'NamespaceNotFound',
      },
    );
  });
  it('answers quotas, instance types, attributes, settings and protection', async () => {
    const quotas = new quotasApi.ServiceQuotasClient(config);
    const quota = await quotas.send(
      new quotasApi.GetServiceQuotaCommand({ ServiceCode: 'fargate', QuotaCode: evidence.quota }),
    );
    expect(quota.Quota?.Value).toBe(6);
    await expect(
      quotas.send(new quotasApi.GetServiceQuotaCommand({ ServiceCode: 'fargate', QuotaCode: 'L-0' })),
    ).rejects.toMatchObject({ name: 'NoSuchResourceException' });
    const types = await new EC2Client(config).send(
      new DescribeInstanceTypesCommand({ InstanceTypes: ['m5.large'] }),
    );
    expect(types.InstanceTypes?.[0]?.NetworkInfo?.MaximumNetworkInterfaces).toBe(3);
    const ecs = new ecsApi.ECSClient(config);
    const attributes = await ecs.send(
      new ecsApi.ListAttributesCommand({
        cluster: CLUSTER,
        targetType: 'container-instance',
        attributeName: 'ecs.os-type',
      }),
    );
    expect(attributes.attributes).toMatchObject([{ value: 'linux' }]);
    const own = await ecs.send(new ecsApi.ListAccountSettingsCommand({}));
    expect(own.settings?.map((one) => one.name)).toEqual(['awsvpcTrunking']);
    const all = await ecs.send(new ecsApi.ListAccountSettingsCommand({ effectiveSettings: true }));
    expect([all.settings?.length, typeof all.nextToken]).toEqual([10, 'string']);
    const [one, two] = state.ecs.tasks.map((task) => task.taskArn);
    const protection = await ecs.send(
      new ecsApi.GetTaskProtectionCommand({
        cluster: CLUSTER,
        tasks: [one ?? '', two ?? '', 'f'.repeat(32)],
      }),
    );
    expect(protection.protectedTasks?.map((task) => task.protectionEnabled)).toEqual([true, false]);
    expect(protection.failures).toMatchObject([{ reason: 'MISSING' }]);
  });
});

describe('Logs Insights', () => {
  const ask = async (queryString: string) => {
    const logs = new logsApi.CloudWatchLogsClient(config);
    const { queryId } = await logs.send(
      new logsApi.StartQueryCommand({
        logGroupName: evidence.group,
        startTime: NOW_MS / 1000 - 3600,
        endTime: NOW_MS / 1000,
        queryString,
      }),
    );
    const read = () => logs.send(new logsApi.GetQueryResultsCommand({ queryId }));
    const stop = () => logs.send(new logsApi.StopQueryCommand({ queryId }));
    return { read, stop };
  };
  const cells = (rows: logsApi.ResultField[][] | undefined) =>
    rows?.map((row) => row.filter((cell) => cell.field !== '@ptr').map((cell) => cell.value));
  it('is at work when first asked, then answers the rows that the filter leaves, newest first', async () => {
    const query = await ask(
      'fields @message | filter @message like /(?i)etimedout|nothing/ or ms > 500 | sort @timestamp desc',
    );
    expect(await query.read()).toMatchObject({ status: 'Running', results: [] });
    const done = await query.read();
    expect(done).toMatchObject({ status: 'Complete', statistics: { recordsMatched: 2, recordsScanned: 3 } });
    expect(cells(done.results)).toEqual([
      ['connect ETIMEDOUT 10.1.20.5:5432'],
      ['{"level":"error","path":"/pay","ms":900}'],
    ]);
  });
  it('counts and averages the fields of JSON messages by group', async () => {
    const query = await ask(
      "filter ispresent(path) and level in ['error', 'info'] | stats count(*) as n, avg(ms) by path, bin(1h)",
    );
    await query.read();
    expect(cells((await query.read()).results)).toEqual([['/pay', '2026-03-02 09:00:00.000', '2', '456']]);
  });
  it('can be stopped while it runs and not afterwards', async () => {
    const query = await ask('fields @message | limit 1');
    expect((await query.stop()).success).toBe(true);
    expect((await query.read()).status).toBe('Cancelled');
    await expect(query.stop()).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
  it('refuses a query that it cannot read', async () => {
    for (const text of ['pattern @message', 'filter', 'filter a like', 'limit 0', 'stats nope(x)', '']) {
      await expect(ask(text)).rejects.toMatchObject({ name: 'MalformedQueryException' });
    }
  });
});
