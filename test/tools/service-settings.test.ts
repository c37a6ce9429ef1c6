// Changes of the settings of a service, of its target group, log group and scaling: proposed, refused, undone.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { groups, subnets, targetGroupArn } from '../../src/simulator/demo/names.ts';
import { applicationAutoscalingPutScalingPolicy as policy } from '../../tools/application-autoscaling/put-scaling-policy.ts';
import { applicationAutoscalingRegisterScalableTarget as bounds } from '../../tools/application-autoscaling/register-scalable-target.ts';
import { ecsUpdateService } from '../../tools/ecs/update-service.ts';
import { elbv2ModifyTargetGroup as check } from '../../tools/elbv2/modify-target-group.ts';
import { elbv2ModifyTargetGroupAttributes as delay } from '../../tools/elbv2/modify-target-group-attributes.ts';
import { logsCreateLogGroup as createGroup } from '../../tools/logs/create-log-group.ts';
import { logsPutRetentionPolicy as retention } from '../../tools/logs/put-retention-policy.ts';
import { NOW_MS, type SimulatedAws, simulatedAws } from '../support/simulated-aws.ts';
import { applied, undone } from './apply-change.ts';
import { CLUSTER, LOG_GROUP, SERVICE } from './demo-inputs.ts';
import { runPrepare } from './run-tool.ts';

let aws: SimulatedAws;
beforeEach(async () => {
  aws = await simulatedAws();
});
afterEach(() => aws.close());

const heals = { cluster: CLUSTER, service: SERVICE };
const update = (part: object) => runPrepare(ecsUpdateService, { ...heals, ...part }, aws);
const service = () => aws.simulator.state.ecs.services.find(({ serviceName }) => serviceName === SERVICE);

describe('the network of a service', () => {
  const network = () => structuredClone(service()?.networkConfiguration?.awsvpcConfiguration);

  test('is sent whole, replaces all tasks, and can be set back', async () => {
    const before = network();
    const change = await update({ assign_public_ip: true, subnets: [...subnets.public] });
    expect(change.call.input).toEqual({
      ...heals,
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: [...subnets.public].sort(),
          securityGroups: [groups.app],
          assignPublicIp: 'ENABLED',
        },
      },
    });
    expect(change.title).toContain('public addresses');
    expect(change.opens[0]).toContain('from the internet');
    expect(change.blastRadius.summary).toContain('All tasks are replaced');
    await applied(aws, change);
    expect(network()?.assignPublicIp).toBe('ENABLED');
    await undone(aws, change);
    expect(new Set(network()?.subnets)).toEqual(new Set(before?.subnets));
    expect(network()?.assignPublicIp).toBe('DISABLED');
  });

  test('as it is, in any order, is not needed; on instances there are no public addresses', async () => {
    const same = update({ subnets: [...subnets.private].reverse(), assign_public_ip: false });
    await expect(same).rejects.toMatchObject({ code: 'change-unneeded' });
    Object.assign(service() ?? {}, { launchType: 'EC2' });
    await expect(update({ assign_public_ip: true })).rejects.toMatchObject({ code: 'change-unsafe' });
  });
});

describe('the deployments of a service', () => {
  test('get other bounds and a breaker, with everything else that was set, and get them back', async () => {
    const before = structuredClone(service()?.deploymentConfiguration);
    const change = await update({ maximum_percent: 150, circuit_breaker: 'roll-back' });
    expect(change.call.input).toMatchObject({
      deploymentConfiguration: {
        minimumHealthyPercent: 75,
        maximumPercent: 150,
        strategy: 'ROLLING',
        deploymentCircuitBreaker: { enable: true, rollback: true },
      },
    });
    await applied(aws, change);
    expect(service()?.deploymentConfiguration).toMatchObject({ maximumPercent: 150 });
    await undone(aws, change);
    expect(service()?.deploymentConfiguration).toEqual(before);
  });

  test('are refused bounds that leave no step', async () => {
    const stuck = update({ minimum_healthy_percent: 100, maximum_percent: 100 });
    await expect(stuck).rejects.toThrow('no deployment');
  });
});

test('a placement by capacity providers forces a deployment and is never repeated by machine', async () => {
  const change = await update({ capacity_providers: [{ provider: 'FARGATE_SPOT', weight: 1 }] });
  expect(change.call.input).toMatchObject({
    capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }],
    forceNewDeployment: true,
  });
  expect(change.idempotency).toBe('none');
  await applied(aws, change);
  expect(service()?.launchType).toBeUndefined();
});

test('ECS Exec says who can use it and which tasks it is for', async () => {
  const change = await update({ enable_execute_command: true });
  expect(change.opens.join()).toContain('ecs:ExecuteCommand');
  await applied(aws, change);
  await undone(aws, change);
  expect(service()?.enableExecuteCommand).toBe(false);
});

describe('a health check', () => {
  const arn = targetGroupArn(SERVICE);
  const group = () =>
    aws.simulator.state.elbv2.TargetGroups.find(({ TargetGroupArn }) => TargetGroupArn === arn);
  const set = (part: object) => runPrepare(check, { target_group_arn: arn, ...part }, aws);

  test('sends what differs, names who uses the group, and is undone to what it was', async () => {
    const before = structuredClone(group());
    const change = await set({ path: '/ready', interval_seconds: 10, codes: '200-299', heals });
    expect(change.call).toEqual({
      action: 'elasticloadbalancing:ModifyTargetGroup',
      input: { TargetGroupArn: arn, HealthCheckPath: '/ready', Matcher: { HttpCode: '200-299' } },
    });
    expect(change.blastRadius.summary).toBe(`1 service, 4 tasks use this target group: ${SERVICE} (4).`);
    await applied(aws, change);
    expect(group()).toMatchObject({ HealthCheckPath: '/ready', Matcher: { HttpCode: '200-299' } });
    await undone(aws, change);
    expect(group()).toEqual(before);
  });

  test('as it is is not needed; times and protocols that AWS refuses are not prepared', async () => {
    await expect(set({ path: '/health' })).rejects.toMatchObject({ code: 'change-unneeded' });
    await expect(set({ timeout_seconds: 10 })).rejects.toMatchObject({ code: 'change-unsafe' });
    Object.assign(group() ?? {}, { HealthCheckProtocol: 'TCP' });
    await expect(set({ path: '/ready' })).rejects.toMatchObject({ code: 'change-unsafe' });
  });

  test('says so when nobody may see who uses the group', async () => {
    aws.simulator.state.denied.push('ecs:ListServices');
    expect((await set({ path: '/ready' })).blastRadius.summary).toContain('cannot be seen');
  });

  test('the delay of a target that goes is set and set back', async () => {
    const change = await runPrepare(delay, { target_group_arn: arn, deregistration_delay_seconds: 60 }, aws);
    const value = () => aws.simulator.state.elbv2.TargetGroupAttributes[arn]?.[0]?.Value;
    await applied(aws, change);
    expect(value()).toBe('60');
    await undone(aws, change);
    expect(value()).toBe('10');
    const same = { target_group_arn: arn, deregistration_delay_seconds: 10 };
    await expect(runPrepare(delay, same, aws)).rejects.toMatchObject({ code: 'change-unneeded' });
  });
});

describe('a log group', () => {
  const found = (name: string) =>
    aws.simulator.state.logs.logGroups.find(({ logGroupName }) => logGroupName === name);

  test('is created when it is missing and has no undo that would delete logs', async () => {
    const change = await runPrepare(createGroup, { log_group: '/ecs/new', heals }, aws);
    expect(change.call).toEqual({ action: 'logs:CreateLogGroup', input: { logGroupName: '/ecs/new' } });
    expect(change.inverse).toHaveProperty('none');
    await applied(aws, change);
    expect(found('/ecs/new')).toBeDefined();
  });

  test('that exists is not needed, and one that may not be seen is not called missing', async () => {
    const again = () => runPrepare(createGroup, { log_group: LOG_GROUP }, aws);
    await expect(again()).rejects.toMatchObject({ code: 'change-unneeded' });
    aws.simulator.state.denied.push('logs:DescribeLogGroups');
    await expect(again()).rejects.toMatchObject({ failure: { kind: 'denied' } });
  });

  test('keeps events longer, and never shorter', async () => {
    const keep = (days: string) => runPrepare(retention, { log_group: LOG_GROUP, days }, aws);
    const change = await keep('90');
    await applied(aws, change);
    expect(found(LOG_GROUP)?.retentionInDays).toBe(90);
    expect(change.inverse).toHaveProperty('none');
    await expect(keep('90')).rejects.toMatchObject({ code: 'change-unneeded' });
    await expect(keep('30')).rejects.toMatchObject({ code: 'change-unsafe' });
    expect((await keep('for-ever')).call.action).toBe('logs:DeleteRetentionPolicy');
  });

  test('without a limit gets one only while it is younger than the limit', async () => {
    const group = found(LOG_GROUP);
    if (group === undefined) throw new Error('the demo has its log group');
    delete group.retentionInDays;
    group.creationTime = NOW_MS - 5 * 86_400_000;
    const change = await runPrepare(retention, { log_group: LOG_GROUP, days: '7' }, aws);
    await applied(aws, change);
    await undone(aws, change);
    expect(group.retentionInDays).toBeUndefined();
    const older = runPrepare(retention, { log_group: LOG_GROUP, days: '3' }, aws);
    await expect(older).rejects.toThrow('delete older ones for good');
  });
});

describe('the scaling of a service', () => {
  const scaled = { cluster: CLUSTER, service: 'checkout' };
  const target = () => structuredClone(aws.simulator.state.applicationAutoscaling.ScalableTargets[0]);

  test('gets other bounds and gets them back', async () => {
    const change = await runPrepare(bounds, { ...scaled, min_capacity: 4, max_capacity: 12 }, aws);
    expect(change.call.input).toMatchObject({
      ResourceId: `service/${CLUSTER}/checkout`,
      MinCapacity: 4,
      MaxCapacity: 12,
    });
    expect(change.blastRadius.summary).toContain('from 2 to 4');
    expect(change.success).toMatchObject({ running: 4 });
    await applied(aws, change);
    expect(target()).toMatchObject({ MinCapacity: 4, MaxCapacity: 12 });
    await undone(aws, change);
    expect(target()).toMatchObject({ MinCapacity: 2, MaxCapacity: 6 });
  });

  test('is not set up from here, and its bounds must not cross', async () => {
    await expect(runPrepare(bounds, { ...heals, max_capacity: 9 }, aws)).rejects.toThrow('not scaled');
    await expect(runPrepare(bounds, { ...scaled, min_capacity: 9 }, aws)).rejects.toMatchObject({
      code: 'change-unsafe',
    });
    await expect(runPrepare(bounds, { ...scaled, max_capacity: 6 }, aws)).rejects.toMatchObject({
      code: 'change-unneeded',
    });
  });

  test('tracks another target with everything else of the policy, or a new one that can be deleted', async () => {
    const policies = () => structuredClone(aws.simulator.state.applicationAutoscaling.ScalingPolicies);
    const before = policies();
    const change = await runPrepare(policy, { ...scaled, policy: 'checkout-cpu', target_value: 40 }, aws);
    expect(change.call.input).toMatchObject({
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 40,
        PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
      },
    });
    await applied(aws, change);
    await undone(aws, change);
    expect(policies()[0]?.TargetTrackingScalingPolicyConfiguration).toEqual(
      before[0]?.TargetTrackingScalingPolicyConfiguration,
    );
    const made = await runPrepare(policy, { ...scaled, policy: 'checkout-new', target_value: 40 }, aws);
    await applied(aws, made);
    expect(policies()).toHaveLength(2);
    await undone(aws, made);
    expect(policies()).toHaveLength(1);
  });

  test('with steps is left alone', async () => {
    Object.assign(aws.simulator.state.applicationAutoscaling.ScalingPolicies[0] ?? {}, {
      PolicyType: 'StepScaling',
    });
    const change = runPrepare(policy, { ...scaled, policy: 'checkout-cpu', target_value: 40 }, aws);
    await expect(change).rejects.toMatchObject({ code: 'change-unsafe' });
  });
});
