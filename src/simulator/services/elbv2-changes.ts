// Elastic Load Balancing changes: how a target group checks its targets, and its attributes.

import type * as Elb from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Snapshot } from '../../contract/snapshot.ts';
import type { SimulatedAccount } from '../account.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import type { Handler } from './handler.ts';

type TargetGroup = Snapshot['elbv2']['TargetGroups'][number];

const INTERVAL_MAX = 300;
const TIMEOUT_MAX = 120;
const THRESHOLD_MIN = 2;
const THRESHOLD_MAX = 10;
const DELAY_MAX = 3_600;

/** Throws TargetGroupNotFound, ValidationError and InvalidConfigurationRequest. */
export const modifyTargetGroup: Handler<
  Elb.ModifyTargetGroupCommandInput,
  Elb.ModifyTargetGroupCommandOutput
> = (input, account) => {
  const group = existing(account, input.TargetGroupArn);
  const { TargetGroupArn: _, ...change } = input;
  check(group, change);
  for (const [key, value] of Object.entries(change))
    if (value !== undefined) Object.assign(group, { [key]: value });
  note(account, 'ModifyTargetGroup', { input, group });
  return { TargetGroups: [group] };
};

/** Throws TargetGroupNotFound and ValidationError. */
export const modifyTargetGroupAttributes: Handler<
  Elb.ModifyTargetGroupAttributesCommandInput,
  Elb.ModifyTargetGroupAttributesCommandOutput
> = (input, account) => {
  const group = existing(account, input.TargetGroupArn);
  const before = account.state.elbv2.TargetGroupAttributes[group.TargetGroupArn] ?? [];
  const wanted = (input.Attributes ?? []).map(({ Key = '', Value = '' }) => {
    if (!/^[a-z_]+(?:\.[a-z_]+)+$/.test(Key))
      throw new AwsFault('ValidationError', `Target group attribute key '${Key}' is not recognized`);
    const seconds = Number(Value);
    if (Key === 'deregistration_delay.timeout_seconds' && !(seconds >= 0 && seconds <= DELAY_MAX))
      throw new AwsFault(
        'ValidationError',
        `'${Key}' must be a valid integer between 0 and ${DELAY_MAX} inclusive`,
      );
    return { Key, Value };
  });
  const after = [...before.filter(({ Key }) => !wanted.some((one) => one.Key === Key)), ...wanted];
  account.state.elbv2.TargetGroupAttributes[group.TargetGroupArn] = after;
  note(account, 'ModifyTargetGroupAttributes', { input, group });
  return { Attributes: after };
};

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyTargetGroup.html */
function check(group: TargetGroup, change: Omit<Elb.ModifyTargetGroupCommandInput, 'TargetGroupArn'>): void {
  const within = (name: string, value: number | undefined, [min, max]: readonly [number, number]) => {
    if (value !== undefined && (value < min || value > max))
      throw new AwsFault('ValidationError', `${name} must be between ${min} and ${max}`);
  };
  const interval = change.HealthCheckIntervalSeconds ?? group.HealthCheckIntervalSeconds ?? 30;
  const timeout = change.HealthCheckTimeoutSeconds ?? group.HealthCheckTimeoutSeconds ?? 5;
  within('Health check interval', change.HealthCheckIntervalSeconds, [5, INTERVAL_MAX]);
  within('Health check timeout', change.HealthCheckTimeoutSeconds, [2, TIMEOUT_MAX]);
  within('Healthy threshold count', change.HealthyThresholdCount, [THRESHOLD_MIN, THRESHOLD_MAX]);
  within('Unhealthy threshold count', change.UnhealthyThresholdCount, [THRESHOLD_MIN, THRESHOLD_MAX]);
  if (timeout >= interval)
    throw new AwsFault(
      'InvalidConfigurationRequest',
      `Health check interval must be greater than the timeout.`,
    );
  const isHttp = /^HTTPS?$/.test(change.HealthCheckProtocol ?? group.HealthCheckProtocol ?? 'HTTP');
  if (change.HealthCheckPath !== undefined && !change.HealthCheckPath.startsWith('/'))
    throw new AwsFault(
      'ValidationError',
      `Health check path '${change.HealthCheckPath}' must begin with '/'`,
    );
  if (!isHttp && (change.HealthCheckPath !== undefined || change.Matcher !== undefined))
    throw new AwsFault(
      'InvalidConfigurationRequest',
      'You cannot specify a health check path or matcher for health checks of this protocol',
    );
  const codes = change.Matcher?.HttpCode;
  if (codes !== undefined && !/^\d{3}(?:-\d{3})?(?:,\d{3}(?:-\d{3})?)*$/.test(codes))
    throw new AwsFault('ValidationError', `Health check matcher HTTP code '${codes}' is not valid`);
}

function existing(account: SimulatedAccount, arn: string | undefined): TargetGroup {
  const group = account.state.elbv2.TargetGroups.find((one) => one.TargetGroupArn === arn);
  if (group === undefined) throw new AwsFault('TargetGroupNotFound', 'One or more target groups not found');
  return group;
}

function note(
  account: SimulatedAccount,
  operation: string,
  { input, group }: { input: object; group: TargetGroup },
): void {
  account.changed({
    service: 'elasticloadbalancing',
    operation,
    input: { ...input },
    resources: [
      { ResourceType: 'AWS::ElasticLoadBalancingV2::TargetGroup', ResourceName: group.TargetGroupArn },
    ],
  });
}
