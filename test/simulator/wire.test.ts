// The wire layer with real SDK clients: errors in each protocol's shape, injected troubles, and the recorder.

import * as cloudwatchApi from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import * as ec2Api from '@aws-sdk/client-ec2';
import * as ecsApi from '@aws-sdk/client-ecs';
import * as elbApi from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { demoSnapshot } from '../../src/simulator/demo-account.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const cluster = 'production-cluster';
let clock: FakeClock;
let simulator: Simulator;
let config: {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  maxAttempts: number;
};
let ecs: ecsApi.ECSClient;
let ec2: ec2Api.EC2Client;
let elb: elbApi.ElasticLoadBalancingV2Client;

beforeEach(async () => {
  clock = createFakeClock(NOW);
  simulator = await startSimulator({
    snapshot: { ...demoSnapshot(NOW), denied: ['ec2:DescribeSubnets'] },
    clock,
    static: true,
  });
  config = {
    endpoint: simulator.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'sim', secretAccessKey: 'sim' },
    maxAttempts: 3,
  };
  ecs = new ecsApi.ECSClient(config);
  ec2 = new ec2Api.EC2Client(config);
  elb = new elbApi.ElasticLoadBalancingV2Client(config);
});

afterEach(() => simulator.close());

/** Sends a request as it is, signed for `service` in name only. */
async function raw(
  service: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string }> {
  const authorization = `AWS4-HMAC-SHA256 Credential=sim/20261120/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  const response = await fetch(simulator.endpoint, {
    method: 'POST',
    body,
    headers: { authorization, ...headers },
  });
  return { status: response.status, text: await response.text() };
}

describe('requests that cannot be served', () => {
  it('answers an operation that is not simulated with a client error that nobody retries', async () => {
    const error = await ecs
      .send(new ecsApi.DeleteClusterCommand({ cluster }))
      .catch((thrown: ecsApi.ECSServiceException) => thrown);
    expect(error).toMatchObject({ name: 'NotImplemented', message: 'ecs:DeleteCluster is not simulated.' });
    expect((error as ecsApi.ECSServiceException).$metadata).toMatchObject({
      httpStatusCode: 400,
      attempts: 1,
    });
    await expect(ec2.send(new ec2Api.DeleteVpcCommand({ VpcId: 'vpc-1' }))).rejects.toMatchObject({
      name: 'NotImplemented',
    });
    await expect(elb.send(new elbApi.DeleteRuleCommand({ RuleArn: 'x' }))).rejects.toMatchObject({
      name: 'NotImplemented',
    });
  });
  it('refuses an unsigned request and a service it does not have', async () => {
    expect((await fetch(simulator.endpoint, { method: 'POST', body: '{}' })).status).toBe(400);
    expect((await raw('s3', '')).text).toContain('UnrecognizedClientException');
  });
  it('refuses missing parameters, wrong types and bodies that are not JSON as AWS does', async () => {
    const target = { 'x-amz-target': 'AmazonEC2ContainerServiceV20141113.DescribeServices' };
    expect((await raw('ecs', '{}', target)).text).toContain('InvalidParameterException');
    expect((await raw('ecs', '{"services":"web"}', target)).text).toContain('SerializationException');
    expect((await raw('ecs', '{"services":[1]}', target)).text).toContain('SerializationException');
    expect((await raw('ecs', '{"services"', target)).text).toContain('SerializationException');
    expect((await raw('ecs', '{}', { 'x-amz-target': 'x.Nope' })).text).toContain(
      'UnknownOperationException',
    );
  });
  it('refuses unknown actions and parameters in form requests', async () => {
    expect((await raw('ec2', 'Action=Nope&Version=2016-11-15')).text).toContain('<Code>InvalidAction</Code>');
    const unknown = await raw('ec2', 'Action=DescribeVpcs&Version=2016-11-15&VpcIdd.1=vpc-1');
    expect(unknown).toMatchObject({ status: 400 });
    expect(unknown.text).toContain('The parameter VpcIdd is not recognized');
    expect((await raw('ec2', 'Action=DescribeVpcAttribute&VpcId=vpc-1')).text).toContain(
      '<Code>MissingParameter</Code>',
    );
    expect((await raw('ec2', 'Action=DescribeVpcs&MaxResults=many')).text).toContain(
      '<Code>InvalidParameterValue</Code>',
    );
  });
  it('escapes what it echoes in XML', async () => {
    expect(
      (await raw('ec2', 'Action=DescribeVpcs&Filter.1.Name=%3Cb%3E%00&Filter.1.Value.1=x')).text,
    ).toContain("The filter '&lt;b&gt;' is invalid");
  });
  it('refuses a body beyond a mebibyte', async () => {
    expect((await raw('ec2', 'x'.repeat(1024 * 1024 + 1))).status).toBe(413);
    expect((await raw('ec2', 'x'.repeat(1024 * 1024))).status).toBe(400);
  });
});

describe('denied actions', () => {
  it('denies what the snapshot lists, in the words of EC2', async () => {
    const denied = ec2.send(new ec2Api.DescribeSubnetsCommand({}));
    await expect(denied).rejects.toMatchObject({
      name: 'UnauthorizedOperation',
      message: expect.stringContaining(
        'User: arn:aws:sts::123456789012:assumed-role/LockkeeperNode/lockkeeper is not authorized to perform: ec2:DescribeSubnets on resource: *',
      ),
    });
    expect((await ec2.send(new ec2Api.DescribeVpcsCommand({}))).Vpcs).toHaveLength(1);
  });
  it('denies what is injected, until the injection is cleared', async () => {
    simulator.inject.deny('ecs:*');
    simulator.inject.deny('elasticloadbalancing:DescribeRules');
    const arn = 'arn:aws:ecs:us-east-1:123456789012:cluster/production-cluster';
    await expect(ecs.send(new ecsApi.ListServicesCommand({ cluster: arn }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(
        `ecs:ListServices on resource: ${arn} because no identity-based policy allows`,
      ),
    });
    await expect(elb.send(new elbApi.DescribeRulesCommand({}))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    simulator.inject.clear();
    expect(
      (await ecs.send(new ecsApi.ListServicesCommand({ cluster: arn }))).serviceArns?.length,
    ).toBeGreaterThan(0);
  });
});

describe('injected troubles', () => {
  it('throttles a given number of times, which a client outlasts by retrying', async () => {
    simulator.inject.throttle('ecs:ListClusters', 2);
    const answer = await ecs.send(new ecsApi.ListClustersCommand({}));
    expect(answer.$metadata.attempts).toBe(3);
    expect(
      simulator.recorder.of('ecs:ListClusters').map((request) => [request.status, request.errorCode]),
    ).toEqual([
      [400, 'ThrottlingException'],
      [400, 'ThrottlingException'],
      [200, undefined],
    ]);
  });
  it('throttles in the words of each service', async () => {
    const once = { ...config, maxAttempts: 1 };
    simulator.inject.throttle('*');
    await expect(new ec2Api.EC2Client(once).send(new ec2Api.DescribeVpcsCommand({}))).rejects.toMatchObject({
      name: 'RequestLimitExceeded',
    });
    await expect(
      new elbApi.ElasticLoadBalancingV2Client(once).send(new elbApi.DescribeRulesCommand({})),
    ).rejects.toMatchObject({ name: 'Throttling' });
  });
  it('answers late by the clock it was given', async () => {
    simulator.inject.latency('ecs:ListClusters', 250);
    let settled = false;
    const waiting = ecs.send(new ecsApi.ListClustersCommand({})).then(() => {
      settled = true;
    });
    await until(() => clock.waiting > 0);
    clock.advance(249);
    await ecs.send(new ecsApi.ListTaskDefinitionsCommand({}));
    expect(settled).toBe(false);
    clock.advance(1);
    await waiting;
    expect(settled).toBe(true);
  });
  it('never answers an action that times out, and still closes', async () => {
    simulator.inject.timeOut('ecs:ListClusters');
    const abort = new AbortController();
    const waiting = ecs
      .send(new ecsApi.ListClustersCommand({}), { abortSignal: abort.signal })
      .catch((thrown: Error) => thrown.name);
    await until(() => simulator.recorder.of('ecs:ListClusters').length === 1);
    await ecs.send(new ecsApi.ListTaskDefinitionsCommand({}));
    expect(simulator.recorder.of('ecs:ListClusters')[0]?.status).toBe(0);
    abort.abort();
    expect(await waiting).toBe('AbortError');
  });
});

describe('the recorder', () => {
  it('keeps decoded requests with service, operation, input, time, region and status', async () => {
    await ecs.send(new ecsApi.DescribeServicesCommand({ cluster, services: ['checkout'] }));
    await new ec2Api.EC2Client({ ...config, region: 'eu-west-1' }).send(
      new ec2Api.DescribeVpcsCommand({ Filters: [{ Name: 'vpc-id', Values: ['vpc-1'] }] }),
    );
    await new cloudwatchApi.CloudWatchClient(config).send(
      new cloudwatchApi.DescribeAlarmsCommand({ AlarmNames: ['x'] }),
    );
    const startTime = NOW - 1000;
    await new CloudWatchLogsClient(config).send(
      new FilterLogEventsCommand({ logGroupName: '/ecs/checkout', startTime }),
    );
    expect(simulator.recorder.requests).toEqual([
      {
        service: 'ecs',
        operation: 'DescribeServices',
        input: { cluster, services: ['checkout'] },
        at: NOW,
        region: 'us-east-1',
        status: 200,
      },
      {
        service: 'ec2',
        operation: 'DescribeVpcs',
        input: { Filters: [{ Name: 'vpc-id', Values: ['vpc-1'] }] },
        at: NOW,
        region: 'eu-west-1',
        status: 200,
      },
      {
        service: 'cloudwatch',
        operation: 'DescribeAlarms',
        input: { AlarmNames: ['x'] },
        at: NOW,
        region: 'us-east-1',
        status: 200,
      },
      {
        service: 'logs',
        operation: 'FilterLogEvents',
        input: { logGroupName: '/ecs/checkout', startTime },
        at: NOW,
        region: 'us-east-1',
        status: 200,
      },
    ]);
    simulator.recorder.clear();
    expect(simulator.recorder.requests).toEqual([]);
  });
  it('answers with a request id that the client can quote', async () => {
    const answer = await new CloudWatchLogsClient(config).send(new DescribeLogGroupsCommand({}));
    expect(answer.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect((await ec2.send(new ec2Api.DescribeVpcsCommand({}))).$metadata.requestId).toMatch(
      /^[0-9a-f-]{36}$/,
    );
  });
});

/** Yields to the event loop until `holds`; the test's own time limit bounds it. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
