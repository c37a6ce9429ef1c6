// Changes of scaling: the bounds and the pauses of a scalable target, its policies, and the bounds of an EC2 Auto Scaling group.

import type * as Scaling from '@aws-sdk/client-application-auto-scaling';
import type * as Groups from '@aws-sdk/client-auto-scaling';
import type { Snapshot } from '../../contract/snapshot.ts';
import { isoTime } from '../../kernel/clock.ts';
import type { SimulatedAccount } from '../account.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import type { Handler } from './handler.ts';

type Policy = Snapshot['applicationAutoscaling']['ScalingPolicies'][number];

interface Named {
  readonly ServiceNamespace?: string | undefined;
  readonly ResourceId?: string | undefined;
  readonly ScalableDimension?: string | undefined;
}

const sameTarget = (left: Named, right: Named) =>
  left.ServiceNamespace === right.ServiceNamespace &&
  left.ResourceId === right.ResourceId &&
  (left.ScalableDimension ?? right.ScalableDimension) === right.ScalableDimension;

/** Registers or updates; what is left out of an update stays. Throws ValidationException. */
export const registerScalableTarget: Handler<
  Scaling.RegisterScalableTargetCommandInput,
  Scaling.RegisterScalableTargetCommandOutput
> = (input, account) => {
  const { ScalableTargets } = account.state.applicationAutoscaling;
  const found = ScalableTargets.find((target) => sameTarget(target, input));
  const min = input.MinCapacity ?? found?.MinCapacity;
  const max = input.MaxCapacity ?? found?.MaxCapacity;
  if (min === undefined || max === undefined)
    throw new AwsFault(
      'ValidationException',
      'MinCapacity and MaxCapacity are required to register a target.',
    );
  if (min < 0 || max < min)
    throw new AwsFault(
      'ValidationException',
      `Maximum capacity cannot be less than minimum capacity. Found: min ${min}, max ${max}`,
    );
  requireService(account, input.ResourceId ?? '');
  const bounds = {
    MinCapacity: min,
    MaxCapacity: max,
    ...(input.SuspendedState === undefined
      ? {}
      : { SuspendedState: { ...found?.SuspendedState, ...input.SuspendedState } }),
  };
  if (found === undefined)
    ScalableTargets.push({
      ServiceNamespace: 'ecs',
      ResourceId: input.ResourceId ?? '',
      ScalableDimension: 'ecs:service:DesiredCount',
      RoleARN: `arn:aws:iam::${account.id}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService`,
      CreationTime: isoTime(account.now()),
      ...bounds,
    });
  else Object.assign(found, bounds);
  note(account, 'RegisterScalableTarget', input);
  return {};
};

/** Creates or replaces a policy. Throws ObjectNotFoundException and ValidationException. */
export const putScalingPolicy: Handler<
  Scaling.PutScalingPolicyCommandInput,
  Scaling.PutScalingPolicyCommandOutput
> = (input, account) => {
  const { ScalableTargets, ScalingPolicies } = account.state.applicationAutoscaling;
  if (!ScalableTargets.some((target) => sameTarget(target, input)))
    throw new AwsFault(
      'ObjectNotFoundException',
      `No scalable target registered for service namespace: ${input.ServiceNamespace}, resource ID: ${input.ResourceId}, scalable dimension: ${input.ScalableDimension}`,
    );
  const tracking = input.TargetTrackingScalingPolicyConfiguration;
  if (tracking !== undefined && !((tracking.TargetValue ?? 0) > 0))
    throw new AwsFault('ValidationException', 'TargetValue must be greater than 0.');
  const index = ScalingPolicies.findIndex(
    (one) => one.PolicyName === input.PolicyName && sameTarget(one, input),
  );
  const arn =
    ScalingPolicies[index]?.PolicyARN ??
    `arn:aws:autoscaling:${account.region}:${account.id}:scalingPolicy:${account.newHex(8)}:resource/ecs/${input.ResourceId ?? ''}:policyName/${input.PolicyName ?? ''}`;
  // The request has the members of a policy, with times that a policy of ECS does not use.
  const policy = {
    ...structuredClone(input),
    PolicyARN: arn,
    CreationTime: ScalingPolicies[index]?.CreationTime ?? isoTime(account.now()),
  } as Policy;
  if (index === -1) ScalingPolicies.push(policy);
  else ScalingPolicies[index] = policy;
  note(account, 'PutScalingPolicy', input);
  return { PolicyARN: arn, Alarms: [] };
};

/** Throws ObjectNotFoundException. */
export const deleteScalingPolicy: Handler<
  Scaling.DeleteScalingPolicyCommandInput,
  Scaling.DeleteScalingPolicyCommandOutput
> = (input, account) => {
  const { applicationAutoscaling } = account.state;
  const isIt = (one: Policy) => one.PolicyName === input.PolicyName && sameTarget(one, input);
  if (!applicationAutoscaling.ScalingPolicies.some(isIt))
    throw new AwsFault(
      'ObjectNotFoundException',
      `No scaling policy found for service namespace: ${input.ServiceNamespace}, resource ID: ${input.ResourceId}, policy name: ${input.PolicyName}`,
    );
  applicationAutoscaling.ScalingPolicies = applicationAutoscaling.ScalingPolicies.filter((one) => !isIt(one));
  note(account, 'DeleteScalingPolicy', input);
  return {};
};

/** Changes the size of a group. Throws ValidationError. */
export const updateAutoScalingGroup: Handler<
  Groups.UpdateAutoScalingGroupCommandInput,
  Groups.UpdateAutoScalingGroupCommandOutput
> = (input, account) => {
  const name = input.AutoScalingGroupName ?? '';
  const group = account.state.autoscaling.AutoScalingGroups.find((one) => one.AutoScalingGroupName === name);
  if (group === undefined)
    throw new AwsFault(
      'ValidationError',
      `AutoScalingGroup name not found - AutoScalingGroup ${name} not found`,
    );
  const min = input.MinSize ?? group.MinSize ?? 0;
  const max = input.MaxSize ?? group.MaxSize ?? 0;
  const desired = input.DesiredCapacity ?? Math.min(Math.max(group.DesiredCapacity ?? 0, min), max);
  if (min > max || desired < min || desired > max)
    throw new AwsFault(
      'ValidationError',
      `Desired capacity:${desired} must be between the specified min size:${min} and max size:${max}`,
    );
  Object.assign(group, { MinSize: min, MaxSize: max, DesiredCapacity: desired });
  account.changed({
    service: 'autoscaling',
    operation: 'UpdateAutoScalingGroup',
    input: { ...input },
    resources: [{ ResourceType: 'AWS::AutoScaling::AutoScalingGroup', ResourceName: name }],
  });
  return {};
};

/** `service/<cluster>/<service>`, which has to exist. */
function requireService(account: SimulatedAccount, resource: string): void {
  const arn = `arn:aws:ecs:${account.region}:${account.id}:${resource}`;
  if (!account.state.ecs.services.some(({ serviceArn }) => serviceArn === arn))
    throw new AwsFault('ValidationException', `ECS service doesn't exist: ${resource}`);
}

function note(account: SimulatedAccount, operation: string, input: Named): void {
  account.changed({
    service: 'application-autoscaling',
    operation,
    input: { ...input },
    resources: [
      { ResourceType: 'AWS::ApplicationAutoScaling::ScalableTarget', ResourceName: input.ResourceId ?? '' },
    ],
  });
}
