// Change actions with real SDK clients: what they change, what they refuse, and that CloudTrail remembers them.

import * as ec2Api from '@aws-sdk/client-ec2';
import * as ecsApi from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { groups, S3_PREFIX_LIST } from '../../src/simulator/demo/names.ts';
import { demoSnapshot } from '../../src/simulator/demo-account.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { createFakeClock } from './fake-clock.ts';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const cluster = 'production-cluster';
const service = 'my-web-service';
const GroupId = groups.app;
const toDatabase = {
  IpProtocol: 'tcp',
  FromPort: 5432,
  ToPort: 5432,
  UserIdGroupPairs: [{ GroupId: groups.database, Description: 'database' }],
};
let simulator: Simulator;
let ecs: ecsApi.ECSClient;
let ec2: ec2Api.EC2Client;

beforeEach(async () => {
  simulator = await startSimulator({
    snapshot: demoSnapshot(NOW),
    clock: createFakeClock(NOW),
    static: true,
  });
  const config = {
    endpoint: simulator.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'sim', secretAccessKey: 'sim' },
    maxAttempts: 1,
  };
  ecs = new ecsApi.ECSClient(config);
  ec2 = new ec2Api.EC2Client(config);
});

afterEach(() => simulator.close());

const authorize = (IpPermissions: ec2Api.IpPermission[], more: { DryRun?: boolean } = {}) =>
  ec2.send(new ec2Api.AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions, ...more }));
const revoke = (IpPermissions: ec2Api.IpPermission[]) =>
  ec2.send(new ec2Api.RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions }));
const egress = async () =>
  (await ec2.send(new ec2Api.DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }))).SecurityGroups?.[0]
    ?.IpPermissionsEgress ?? [];

describe('rules of security groups', () => {
  it('adds a rule, answers its id, and shows it afterwards', async () => {
    const answer = await authorize([toDatabase]);
    expect(answer.Return).toBe(true);
    expect(answer.SecurityGroupRules).toMatchObject([
      {
        GroupId,
        IsEgress: true,
        IpProtocol: 'tcp',
        FromPort: 5432,
        ToPort: 5432,
        ReferencedGroupInfo: { GroupId: groups.database },
        Description: 'database',
      },
    ]);
    expect((await egress()).find((one) => one.FromPort === 5432)?.UserIdGroupPairs).toMatchObject([
      { GroupId: groups.database, Description: 'database' },
    ]);
    const listed = await ec2.send(
      new ec2Api.DescribeSecurityGroupRulesCommand({
        SecurityGroupRuleIds: [answer.SecurityGroupRules![0]!.SecurityGroupRuleId!],
      }),
    );
    expect(listed.SecurityGroupRules).toHaveLength(1);
  });
  it('refuses a rule that is there already, whatever its description', async () => {
    await authorize([toDatabase]);
    await expect(
      authorize([{ ...toDatabase, UserIdGroupPairs: [{ GroupId: groups.database }] }]),
    ).rejects.toMatchObject({ name: 'InvalidPermission.Duplicate' });
    await authorize([{ ...toDatabase, FromPort: 5433, ToPort: 5433 }]);
  });
  it('revokes a rule by content or by id, and refuses to revoke what is not there', async () => {
    const before = await egress();
    const { SecurityGroupRules } = await authorize([toDatabase]);
    expect((await revoke([toDatabase])).Return).toBe(true);
    expect(await egress()).toEqual(before);
    await expect(revoke([toDatabase])).rejects.toMatchObject({ name: 'InvalidPermission.NotFound' });
    await authorize([toDatabase]);
    const SecurityGroupRuleIds = [SecurityGroupRules![0]!.SecurityGroupRuleId!];
    await ec2.send(new ec2Api.RevokeSecurityGroupEgressCommand({ GroupId, SecurityGroupRuleIds }));
    expect(await egress()).toEqual(before);
    await expect(
      ec2.send(new ec2Api.RevokeSecurityGroupEgressCommand({ GroupId, SecurityGroupRuleIds })),
    ).rejects.toMatchObject({ name: 'InvalidSecurityGroupRuleId.NotFound' });
  });
  it('only says what would happen when asked for a dry run', async () => {
    const before = await egress();
    const error = await authorize([toDatabase], { DryRun: true }).catch(
      (thrown: ec2Api.EC2ServiceException) => thrown,
    );
    expect(error).toMatchObject({ name: 'DryRunOperation', $metadata: { httpStatusCode: 412 } });
    expect(await egress()).toEqual(before);
    await authorize([toDatabase]);
    await expect(authorize([toDatabase], { DryRun: true })).rejects.toMatchObject({
      name: 'InvalidPermission.Duplicate',
    });
  });
  it('keeps ingress and egress apart', async () => {
    await ec2.send(new ec2Api.AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [toDatabase] }));
    expect((await egress()).some((one) => one.FromPort === 5432)).toBe(false);
    await ec2.send(new ec2Api.RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: [toDatabase] }));
  });
  it('stores the network address of a block and accepts prefix lists', async () => {
    await authorize([
      {
        IpProtocol: '6',
        FromPort: 22,
        ToPort: 22,
        IpRanges: [{ CidrIp: '10.1.2.3/16' }],
        PrefixListIds: [{ PrefixListId: S3_PREFIX_LIST }],
      },
    ]);
    const rule = (await egress()).find((one) => one.FromPort === 22);
    expect([rule?.IpProtocol, rule?.IpRanges?.[0]?.CidrIp, rule?.PrefixListIds?.[0]?.PrefixListId]).toEqual([
      'tcp',
      '10.1.0.0/16',
      S3_PREFIX_LIST,
    ]);
  });
  const refused: [string, ec2Api.IpPermission, string][] = [
    [
      'a malformed block',
      { IpProtocol: 'tcp', FromPort: 1, ToPort: 1, IpRanges: [{ CidrIp: '10.0.0.0/33' }] },
      'InvalidParameterValue',
    ],
    [
      'an address without a length',
      { IpProtocol: 'tcp', FromPort: 1, ToPort: 1, IpRanges: [{ CidrIp: '10.0.0.1' }] },
      'InvalidParameterValue',
    ],
    [
      'a port beyond 65535',
      { IpProtocol: 'tcp', FromPort: 1, ToPort: 65_536, IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
      'InvalidParameterValue',
    ],
    [
      'a range upside down',
      { IpProtocol: 'tcp', FromPort: 2, ToPort: 1, IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
      'InvalidParameterValue',
    ],
    [
      'TCP without ports',
      { IpProtocol: 'tcp', IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
      'InvalidParameterValue',
    ],
    [
      'an unknown protocol',
      { IpProtocol: 'smtp', FromPort: 1, ToPort: 1, IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
      'InvalidParameterValue',
    ],
    ['no peer', { IpProtocol: 'tcp', FromPort: 1, ToPort: 1 }, 'InvalidParameterValue'],
    [
      'an unknown group',
      { IpProtocol: 'tcp', FromPort: 1, ToPort: 1, UserIdGroupPairs: [{ GroupId: 'sg-0123' }] },
      'InvalidGroup.NotFound',
    ],
    [
      'an unknown prefix list',
      { IpProtocol: 'tcp', FromPort: 1, ToPort: 1, PrefixListIds: [{ PrefixListId: 'pl-1' }] },
      'InvalidPrefixListID.NotFound',
    ],
  ];
  it.each(refused)('refuses %s', async (_name, permission, code) => {
    await expect(authorize([permission])).rejects.toMatchObject({ name: code });
  });
  it('allows sixty rules in a direction and no more', async () => {
    const present = (await egress()).length;
    const rules = (count: number, from: number) =>
      Array.from({ length: count }, (_, index) => ({
        IpProtocol: 'tcp',
        FromPort: from + index,
        ToPort: from + index,
        IpRanges: [{ CidrIp: '10.0.0.0/8' }],
      }));
    await authorize(rules(60 - present, 10_000));
    await expect(authorize(rules(1, 20_000))).rejects.toMatchObject({
      name: 'RulesPerSecurityGroupLimitExceeded',
    });
  });
  it('records each change in CloudTrail, but no dry run and no refusal', async () => {
    const before = simulator.state.cloudtrail.events.length;
    await authorize([toDatabase], { DryRun: true }).catch(() => undefined);
    await authorize([toDatabase]);
    await authorize([toDatabase]).catch(() => undefined);
    expect(simulator.state.cloudtrail.events.slice(before)).toMatchObject([
      {
        EventName: 'AuthorizeSecurityGroupEgress',
        EventSource: 'ec2.amazonaws.com',
        EventTime: '2026-11-20T10:00:00.000Z',
        Username: 'lockkeeper',
        Resources: [{ ResourceName: GroupId }],
      },
    ]);
  });
});

describe('UpdateService and StopTask', () => {
  const update = (input: Omit<ecsApi.UpdateServiceCommandInput, 'cluster' | 'service'>) =>
    ecs.send(new ecsApi.UpdateServiceCommand({ cluster, service, ...input }));
  it('changes numbers without a new deployment', async () => {
    const answer = await update({
      desiredCount: 5,
      healthCheckGracePeriodSeconds: 30,
      deploymentConfiguration: { maximumPercent: 150 },
    });
    expect(answer.service).toMatchObject({
      desiredCount: 5,
      healthCheckGracePeriodSeconds: 30,
      deploymentConfiguration: { maximumPercent: 150, minimumHealthyPercent: 75 },
    });
    expect(answer.service?.deployments).toHaveLength(2);
    expect(answer.service?.deployments?.[0]?.desiredCount).toBe(5);
  });
  it('begins a deployment for another revision, other subnets, or when forced', async () => {
    const rolled = await update({ taskDefinition: 'my-web-service:41' });
    expect(rolled.service?.taskDefinition).toMatch(/:41$/);
    expect(rolled.service?.deployments?.map((one) => one.status)).toEqual(['PRIMARY', 'ACTIVE', 'ACTIVE']);
    expect((await update({ forceNewDeployment: true })).service?.deployments).toHaveLength(4);
    expect((await update({ taskDefinition: 'my-web-service:41' })).service?.deployments).toHaveLength(4);
    const listed = await ecs.send(new ecsApi.ListServiceDeploymentsCommand({ cluster, service }));
    expect(listed.serviceDeployments?.map((one) => one.status)).toEqual([
      'IN_PROGRESS',
      'IN_PROGRESS',
      'IN_PROGRESS',
      'SUCCESSFUL',
    ]);
    const described = await ecs.send(
      new ecsApi.DescribeServiceDeploymentsCommand({
        serviceDeploymentArns: [listed.serviceDeployments![0]!.serviceDeploymentArn!],
      }),
    );
    expect(described.serviceDeployments).toHaveLength(1);
  });
  it('refuses what does not exist or makes no sense', async () => {
    await expect(
      ecs.send(new ecsApi.UpdateServiceCommand({ cluster, service: 'nope' })),
    ).rejects.toBeInstanceOf(ecsApi.ServiceNotFoundException);
    await expect(update({ taskDefinition: 'my-web-service:99' })).rejects.toMatchObject({
      name: 'ClientException',
    });
    await expect(update({ desiredCount: -1 })).rejects.toBeInstanceOf(ecsApi.InvalidParameterException);
    const network = (awsvpcConfiguration: ecsApi.AwsVpcConfiguration) =>
      update({ networkConfiguration: { awsvpcConfiguration } });
    await expect(network({ subnets: ['subnet-1'] })).rejects.toMatchObject({
      message: expect.stringContaining('InvalidSubnetID.NotFound'),
    });
    await expect(network({ subnets: [] })).rejects.toBeInstanceOf(ecsApi.InvalidParameterException);
    await expect(
      ecs.send(new ecsApi.StopTaskCommand({ cluster, task: 'f'.repeat(32) })),
    ).rejects.toBeInstanceOf(ecsApi.InvalidParameterException);
  });
  it('marks a task to be stopped once', async () => {
    const { taskArns } = await ecs.send(new ecsApi.ListTasksCommand({ cluster, serviceName: 'checkout' }));
    const stop = async () =>
      (await ecs.send(new ecsApi.StopTaskCommand({ cluster, task: taskArns![0]!, reason: 'stuck' }))).task;
    expect(await stop()).toMatchObject({
      desiredStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: 'stuck',
    });
    await stop();
    expect(simulator.state.cloudtrail.events.filter((event) => event.EventName === 'StopTask')).toHaveLength(
      1,
    );
  });
});
