// Real SDK clients against the demo account: every read action, its filters, pages, failures and errors.

import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  DescribeScalingPoliciesCommand,
} from '@aws-sdk/client-application-auto-scaling';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import * as ec2Api from '@aws-sdk/client-ec2';
import * as ecsApi from '@aws-sdk/client-ecs';
import * as elbApi from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { groups, VPC } from '../../src/simulator/demo/names.ts';
import { demoSnapshot } from '../../src/simulator/demo-account.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { createFakeClock } from './fake-clock.ts';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const clock = createFakeClock(NOW);
const cluster = 'production-cluster';
const group = '/ecs/my-web-service';
let simulator: Simulator;
let config: {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  maxAttempts: number;
};
let ecs: ecsApi.ECSClient;
let ec2: ec2Api.EC2Client;
let logs: CloudWatchLogsClient;
let elb: elbApi.ElasticLoadBalancingV2Client;

beforeAll(async () => {
  simulator = await startSimulator({ snapshot: demoSnapshot(NOW), clock, static: true });
  config = {
    endpoint: simulator.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'sim', secretAccessKey: 'sim' },
    maxAttempts: 1,
  };
  ecs = new ecsApi.ECSClient(config);
  ec2 = new ec2Api.EC2Client(config);
  logs = new CloudWatchLogsClient(config);
  elb = new elbApi.ElasticLoadBalancingV2Client(config);
});

afterAll(() => simulator.close());

describe('ECS reads', () => {
  it('describes the troubled service with exact dates, deployments and events', async () => {
    const answer = await ecs.send(
      new ecsApi.DescribeServicesCommand({ cluster, services: ['my-web-service'] }),
    );
    const [service] = answer.services ?? [];
    expect([service?.desiredCount, service?.runningCount, service?.pendingCount]).toEqual([4, 3, 0]);
    expect(service?.deployments?.map((one) => [one.status, one.rolloutState, one.runningCount])).toEqual([
      ['PRIMARY', 'IN_PROGRESS', 0],
      ['ACTIVE', 'COMPLETED', 3],
    ]);
    expect(service?.deployments?.[0]?.updatedAt).toEqual(new Date(NOW - 5 * 60_000));
    expect(service?.events?.[0]?.message).toContain('(service my-web-service)');
    expect(service?.tags).toBeUndefined();
  });
  it('adds tags only when asked for and names what is missing in failures', async () => {
    const answer = await ecs.send(
      new ecsApi.DescribeServicesCommand({ cluster, services: ['checkout', 'nope'], include: ['TAGS'] }),
    );
    expect(answer.services?.[0]?.tags).toEqual([{ key: 'team', value: 'storefront' }]);
    expect(answer.failures).toEqual([
      { arn: 'arn:aws:ecs:us-east-1:123456789012:service/production-cluster/nope', reason: 'MISSING' },
    ]);
  });
  it('refuses an unknown cluster and more than ten services', async () => {
    await expect(
      ecs.send(new ecsApi.DescribeServicesCommand({ cluster: 'nope', services: ['x'] })),
    ).rejects.toBeInstanceOf(ecsApi.ClusterNotFoundException);
    const services = Array.from({ length: 11 }, (_, index) => `s${index}`);
    await expect(ecs.send(new ecsApi.DescribeServicesCommand({ cluster, services }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });
  it('pages through services with opaque tokens and refuses a token of another question', async () => {
    const names: string[] = [];
    let nextToken: string | undefined;
    do {
      const page: ecsApi.ListServicesCommandOutput = await ecs.send(
        new ecsApi.ListServicesCommand({ cluster, maxResults: 2, nextToken }),
      );
      expect(page.serviceArns?.length).toBeLessThanOrEqual(2);
      names.push(...(page.serviceArns ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(new Set(names).size).toBe(5);
    const { nextToken: other } = await ecs.send(new ecsApi.ListTaskDefinitionsCommand({ maxResults: 1 }));
    await expect(
      ecs.send(new ecsApi.ListServicesCommand({ cluster, nextToken: other })),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
  it('lists running and stopped tasks of one service and describes them', async () => {
    const running = await ecs.send(new ecsApi.ListTasksCommand({ cluster, serviceName: 'my-web-service' }));
    const stopped = await ecs.send(
      new ecsApi.ListTasksCommand({ cluster, serviceName: 'my-web-service', desiredStatus: 'STOPPED' }),
    );
    expect([running.taskArns?.length, stopped.taskArns?.length]).toEqual([3, 5]);
    const { tasks, failures } = await ecs.send(
      new ecsApi.DescribeTasksCommand({ cluster, tasks: [...(stopped.taskArns ?? []), 'f'.repeat(32)] }),
    );
    const last = tasks?.at(-1);
    expect(last?.stoppedReason).toBe('Task failed container health checks');
    expect(last?.stoppedAt).toEqual(new Date(NOW - 5 * 60_000));
    expect(failures?.[0]?.reason).toBe('MISSING');
    await expect(
      ecs.send(new ecsApi.ListTasksCommand({ cluster, serviceName: 'nope' })),
    ).rejects.toBeInstanceOf(ecsApi.ServiceNotFoundException);
  });
  it('finds task definitions by family, by revision and by ARN', async () => {
    const newest = await ecs.send(
      new ecsApi.DescribeTaskDefinitionCommand({ taskDefinition: 'my-web-service' }),
    );
    expect(newest.taskDefinition?.revision).toBe(42);
    const older = await ecs.send(
      new ecsApi.DescribeTaskDefinitionCommand({ taskDefinition: 'my-web-service:41' }),
    );
    const byArn = await ecs.send(
      new ecsApi.DescribeTaskDefinitionCommand({ taskDefinition: older.taskDefinition?.taskDefinitionArn }),
    );
    expect(byArn.taskDefinition).toEqual(older.taskDefinition);
    await expect(
      ecs.send(new ecsApi.DescribeTaskDefinitionCommand({ taskDefinition: 'my-web-service:99' })),
    ).rejects.toMatchObject({ name: 'ClientException' });
  });
  it('answers clusters, families, capacity providers, instances and deployments', async () => {
    expect((await ecs.send(new ecsApi.ListClustersCommand({}))).clusterArns).toHaveLength(2);
    const clusters = await ecs.send(
      new ecsApi.DescribeClustersCommand({ clusters: [cluster, 'nope'], include: ['SETTINGS'] }),
    );
    expect([clusters.clusters?.[0]?.settings?.length, clusters.failures?.length]).toEqual([1, 1]);
    expect(
      (await ecs.send(new ecsApi.ListTaskDefinitionFamiliesCommand({ familyPrefix: 'my-' }))).families,
    ).toEqual(['my-web-service']);
    expect(
      (await ecs.send(new ecsApi.DescribeCapacityProvidersCommand({ capacityProviders: ['FARGATE', 'x'] })))
        .failures,
    ).toHaveLength(1);
    expect(
      (await ecs.send(new ecsApi.ListContainerInstancesCommand({ cluster }))).containerInstanceArns,
    ).toEqual([]);
    expect(
      (await ecs.send(new ecsApi.DescribeContainerInstancesCommand({ cluster, containerInstances: ['x'] })))
        .failures,
    ).toHaveLength(1);
    expect(
      (await ecs.send(new ecsApi.ListServiceDeploymentsCommand({ cluster, service: 'checkout' })))
        .serviceDeployments,
    ).toEqual([]);
    expect(
      (
        await ecs.send(
          new ecsApi.DescribeServiceDeploymentsCommand({ serviceDeploymentArns: ['arn:aws:ecs:x'] }),
        )
      ).failures,
    ).toHaveLength(1);
  });
});

describe('CloudWatch Logs reads', () => {
  it('finds errors by quoted phrase, by alternatives and without exclusions', async () => {
    const search = async (filterPattern: string) =>
      (await logs.send(new FilterLogEventsCommand({ logGroupName: group, filterPattern }))).events ?? [];
    const phrase = await search('"Database connection timeout"');
    expect(phrase).toHaveLength(4);
    expect(phrase[0]?.message).toContain('Database connection timeout after 30 seconds');
    expect(await search('?ENOTFOUND ?timeout')).toHaveLength(4);
    expect(await search('ERROR -timeout')).toHaveLength(4);
    await expect(search('{ $.level = "x" }')).rejects.toMatchObject({ name: 'NotImplemented' });
  });
  it('bounds a search by time and by page', async () => {
    const recent = await logs.send(
      new FilterLogEventsCommand({
        logGroupName: group,
        filterPattern: 'ERROR',
        startTime: NOW - 8 * 60_000,
      }),
    );
    expect(recent.events).toHaveLength(2);
    const first = await logs.send(
      new FilterLogEventsCommand({ logGroupName: group, filterPattern: 'ERROR', limit: 3 }),
    );
    const second = await logs.send(
      new FilterLogEventsCommand({
        logGroupName: group,
        filterPattern: 'ERROR',
        limit: 5,
        nextToken: first.nextToken,
      }),
    );
    expect([first.events?.length, second.events?.length, second.nextToken]).toEqual([3, 5, undefined]);
  });
  it('reads one stream forwards and backwards until the token repeats', async () => {
    const { logStreams } = await logs.send(
      new DescribeLogStreamsCommand({
        logGroupName: group,
        orderBy: 'LastEventTime',
        descending: true,
        limit: 4,
      }),
    );
    const logStreamName = logStreams?.[3]?.logStreamName;
    const head = await logs.send(
      new GetLogEventsCommand({ logGroupName: group, logStreamName, startFromHead: true, limit: 2 }),
    );
    expect(head.events?.[0]?.message).toContain('starting');
    const all = await logs.send(
      new GetLogEventsCommand({ logGroupName: group, logStreamName, nextToken: head.nextForwardToken }),
    );
    const end = await logs.send(
      new GetLogEventsCommand({ logGroupName: group, logStreamName, nextToken: all.nextForwardToken }),
    );
    expect([end.events?.length, end.nextForwardToken]).toEqual([0, all.nextForwardToken]);
    const tail = await logs.send(new GetLogEventsCommand({ logGroupName: group, logStreamName, limit: 1 }));
    expect(tail.events?.[0]).toEqual(all.events?.at(-1));
  });
  it('names a missing group and a missing stream', async () => {
    expect(
      (await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/ecs/my' }))).logGroups?.[0]
        ?.retentionInDays,
    ).toBe(30);
    const error = { name: 'ResourceNotFoundException' };
    await expect(logs.send(new FilterLogEventsCommand({ logGroupName: '/nope' }))).rejects.toMatchObject(
      error,
    );
    await expect(
      logs.send(new GetLogEventsCommand({ logGroupName: group, logStreamName: 'nope' })),
    ).rejects.toMatchObject(error);
  });
});

describe('EC2 reads', () => {
  it('filters network interfaces by tag, group and wildcard', async () => {
    const by = async (...Filters: ec2Api.Filter[]) =>
      (await ec2.send(new ec2Api.DescribeNetworkInterfacesCommand({ Filters }))).NetworkInterfaces ?? [];
    const [database] = await by({ Name: 'tag:dns-name', Values: ['db.*.internal'] });
    expect([database?.PrivateIpAddress, database?.Description, database?.RequesterId]).toEqual([
      '10.0.20.15',
      'RDSNetworkInterface',
      'amazon-rds',
    ]);
    expect(await by({ Name: 'group-id', Values: [groups.app] })).toHaveLength(5);
    expect(
      await by({ Name: 'group-id', Values: [groups.app] }, { Name: 'subnet-id', Values: ['subnet-nope'] }),
    ).toEqual([]);
    await expect(by({ Name: 'nope', Values: ['x'] })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
  });
  it('pages and refuses an unknown or malformed group', async () => {
    const first = await ec2.send(
      new ec2Api.DescribeSecurityGroupsCommand({
        MaxResults: 5,
        Filters: [{ Name: 'vpc-id', Values: [VPC] }],
      }),
    );
    expect([first.SecurityGroups?.length, first.NextToken]).toEqual([5, undefined]);
    const page = await ec2.send(new ec2Api.DescribeSecurityGroupRulesCommand({ MaxResults: 5 }));
    expect(page.NextToken).toBeDefined();
    await expect(
      ec2.send(new ec2Api.DescribeSecurityGroupsCommand({ GroupIds: ['sg-0123'] })),
    ).rejects.toMatchObject({ name: 'InvalidGroup.NotFound' });
    await expect(
      ec2.send(new ec2Api.DescribeSecurityGroupsCommand({ GroupIds: ['web'] })),
    ).rejects.toMatchObject({ name: 'InvalidGroupId.Malformed' });
  });
  it('takes page sizes within their bounds only, and none beside interface ids', async () => {
    const page = (MaxResults: number, NetworkInterfaceIds?: string[]) =>
      ec2.send(new ec2Api.DescribeNetworkInterfacesCommand({ MaxResults, NetworkInterfaceIds }));
    const five = (await page(5)).NetworkInterfaces ?? [];
    expect(five).toHaveLength(5);
    expect((await page(1000)).NextToken).toBeUndefined();
    for (const size of [4, 1001])
      await expect(page(size)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await expect(page(5, [five[0]!.NetworkInterfaceId!])).rejects.toMatchObject({
      name: 'InvalidParameterCombination',
    });
    const tables = (MaxResults: number) => ec2.send(new ec2Api.DescribeRouteTablesCommand({ MaxResults }));
    expect((await tables(100)).RouteTables).toHaveLength(4);
    await expect(tables(101)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    const list = (maxResults: number) => ecs.send(new ecsApi.ListServicesCommand({ cluster, maxResults }));
    expect((await list(100)).serviceArns).toHaveLength(5);
    for (const size of [0, 101])
      await expect(list(size)).rejects.toBeInstanceOf(ecsApi.InvalidParameterException);
    await expect(elb.send(new elbApi.DescribeTargetGroupsCommand({ PageSize: 401 }))).rejects.toMatchObject({
      name: 'ValidationError',
    });
  });
  it('gives every rule of a group an id', async () => {
    const { SecurityGroupRules } = await ec2.send(
      new ec2Api.DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [groups.app] }] }),
    );
    expect(SecurityGroupRules?.map((rule) => [rule.IsEgress, rule.FromPort])).toEqual([
      [false, 8080],
      [true, 443],
      [true, 6379],
    ]);
    expect(new Set(SecurityGroupRules?.map((rule) => rule.SecurityGroupRuleId)).size).toBe(3);
  });
  it('answers the parts of a network', async () => {
    expect((await ec2.send(new ec2Api.DescribeVpcsCommand({}))).Vpcs).toHaveLength(1);
    const attribute = await ec2.send(
      new ec2Api.DescribeVpcAttributeCommand({ VpcId: VPC, Attribute: 'enableDnsHostnames' }),
    );
    expect(attribute.EnableDnsHostnames?.Value).toBe(true);
    expect(
      (await ec2.send(new ec2Api.DescribeSubnetsCommand({ Filters: [{ Name: 'vpc-id', Values: [VPC] }] })))
        .Subnets,
    ).toHaveLength(6);
    const main = await ec2.send(
      new ec2Api.DescribeRouteTablesCommand({ Filters: [{ Name: 'association.main', Values: ['true'] }] }),
    );
    expect(main.RouteTables?.map((table) => table.Routes?.[0]?.GatewayId)).toEqual(['local']);
    expect(
      (await ec2.send(new ec2Api.DescribeNetworkAclsCommand({}))).NetworkAcls?.[0]?.Entries,
    ).toHaveLength(4);
    expect((await ec2.send(new ec2Api.DescribeVpcEndpointsCommand({}))).VpcEndpoints?.[0]?.State).toBe(
      'available',
    );
    expect(
      (
        await ec2.send(
          new ec2Api.DescribeNatGatewaysCommand({ Filter: [{ Name: 'state', Values: ['available'] }] }),
        )
      ).NatGateways,
    ).toHaveLength(1);
    expect(
      (
        await ec2.send(
          new ec2Api.DescribeInternetGatewaysCommand({
            Filters: [{ Name: 'attachment.vpc-id', Values: [VPC] }],
          }),
        )
      ).InternetGateways,
    ).toHaveLength(1);
    const [list] = (await ec2.send(new ec2Api.DescribeManagedPrefixListsCommand({}))).PrefixLists ?? [];
    expect(
      (await ec2.send(new ec2Api.GetManagedPrefixListEntriesCommand({ PrefixListId: list?.PrefixListId })))
        .Entries,
    ).toHaveLength(3);
    expect((await ec2.send(new ec2Api.DescribeInstancesCommand({}))).Reservations).toEqual([]);
  });
});

describe('load balancing, scaling and identity', () => {
  it('shows three healthy targets behind the load balancer', async () => {
    const [balancer] =
      (await elb.send(new elbApi.DescribeLoadBalancersCommand({ Names: ['production-alb'] })))
        .LoadBalancers ?? [];
    const targets = await elb.send(
      new elbApi.DescribeTargetGroupsCommand({ LoadBalancerArn: balancer?.LoadBalancerArn }),
    );
    const TargetGroupArn = targets.TargetGroups?.find(
      (one) => one.TargetGroupName === 'my-web-service',
    )?.TargetGroupArn;
    const health = await elb.send(new elbApi.DescribeTargetHealthCommand({ TargetGroupArn }));
    expect(health.TargetHealthDescriptions?.map((one) => one.TargetHealth?.State)).toEqual([
      'healthy',
      'healthy',
      'healthy',
    ]);
    const stranger = await elb.send(
      new elbApi.DescribeTargetHealthCommand({ TargetGroupArn, Targets: [{ Id: '10.9.9.9', Port: 1 }] }),
    );
    expect(stranger.TargetHealthDescriptions?.[0]?.TargetHealth).toMatchObject({
      State: 'unused',
      Reason: 'Target.NotRegistered',
    });
    const listeners = await elb.send(
      new elbApi.DescribeListenersCommand({ LoadBalancerArn: balancer?.LoadBalancerArn }),
    );
    expect(
      (
        await elb.send(
          new elbApi.DescribeRulesCommand({ ListenerArn: listeners.Listeners?.[0]?.ListenerArn }),
        )
      ).Rules,
    ).toHaveLength(2);
    const attributes = await elb.send(new elbApi.DescribeTargetGroupAttributesCommand({ TargetGroupArn }));
    expect(attributes.Attributes).toEqual([{ Key: 'deregistration_delay.timeout_seconds', Value: '10' }]);
    await expect(
      elb.send(new elbApi.DescribeTargetGroupsCommand({ Names: ['nope'] })),
    ).rejects.toBeInstanceOf(elbApi.TargetGroupNotFoundException);
  });
  it('answers scaling targets, policies and activities', async () => {
    const scaling = new ApplicationAutoScalingClient(config);
    const ask = { ServiceNamespace: 'ecs' as const, ResourceId: 'service/production-cluster/checkout' };
    expect(
      (await scaling.send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs' }))).ScalableTargets,
    ).toHaveLength(1);
    expect(
      (await scaling.send(new DescribeScalingPoliciesCommand(ask))).ScalingPolicies?.[0]
        ?.TargetTrackingScalingPolicyConfiguration?.TargetValue,
    ).toBe(60);
    expect((await scaling.send(new DescribeScalingActivitiesCommand(ask))).ScalingActivities).toEqual([]);
  });
  it('says who the caller is', async () => {
    expect((await new STSClient(config).send(new GetCallerIdentityCommand({}))).Account).toBe('123456789012');
  });
  it('shows an empty account in another region', async () => {
    const other = new ecsApi.ECSClient({ ...config, region: 'eu-west-1' });
    expect((await other.send(new ecsApi.ListClustersCommand({}))).clusterArns).toEqual([]);
    await expect(other.send(new ecsApi.ListServicesCommand({ cluster }))).rejects.toBeInstanceOf(
      ecsApi.ClusterNotFoundException,
    );
  });
});
