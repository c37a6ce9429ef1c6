// application_autoscaling_put_scaling_policy: proposes another target for a target tracking policy of a service, or a first one.

import type { PutScalingPolicyCommandInput } from '@aws-sdk/client-application-auto-scaling';
import { z } from 'zod';
import type { Aws } from '../../src/contract/aws.ts';
import { fail } from '../../src/contract/errors.ts';
import { type AwsRequest, defineChangeTool, type PreparedChange } from '../../src/contract/tool.ts';
import { lastPart } from '../arn.ts';
import { settingRows } from '../diff-rows.ts';
import { serviceUseActions } from '../ecs/service-use.ts';
import { steadySuccess } from '../ecs/steady-success.ts';
import { clusterField, countField, serviceField } from '../fields.ts';
import { desiredCountOf, readTarget } from './scalable-target.ts';

type Tracking = NonNullable<PutScalingPolicyCommandInput['TargetTrackingScalingPolicyConfiguration']>;

const policyState = z.strictObject({
  scaled: z.boolean(),
  /** Null when there is no policy of this name. */
  policy: z
    .strictObject({
      type: z.string(),
      /** The target tracking configuration as AWS gave it; empty for other types. */
      tracking: z.record(z.string(), z.json()),
    })
    .nullable(),
});
type PolicyState = z.infer<typeof policyState>;

const COOLDOWN_MAX = 3_600;

const input = z.strictObject({
  cluster: clusterField,
  service: serviceField,
  policy: z
    .string()
    .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/)
    .describe('Name of the policy; one that does not exist is made.'),
  metric: z
    .enum(['ECSServiceAverageCPUUtilization', 'ECSServiceAverageMemoryUtilization'])
    .optional()
    .describe('What a new policy keeps at its target; a policy that exists keeps its own.'),
  target_value: countField(1, 100, 'Percent the metric is kept at.'),
  scale_in_cooldown: countField(0, COOLDOWN_MAX, 'Seconds between two steps down.').optional(),
  scale_out_cooldown: countField(0, COOLDOWN_MAX, 'Seconds between two steps up.').optional(),
});
type Input = z.infer<typeof input>;

export const applicationAutoscalingPutScalingPolicy = defineChangeTool({
  name: 'application_autoscaling_put_scaling_policy',
  summary:
    'Proposes another target value or other cooldowns for a target tracking policy of an ECS service, or a new policy for CPU or memory. The service must be scaled already. A person approves it before anything changes.',
  risk: 'change',
  actions: [
    'application-autoscaling:PutScalingPolicy',
    'application-autoscaling:DeleteScalingPolicy',
    'application-autoscaling:DescribeScalingPolicies',
    'application-autoscaling:DescribeScalableTargets',
    ...serviceUseActions,
  ],
  input,
  target: ({ cluster, service }) => ({
    cluster: lastPart(cluster),
    service: lastPart(service),
    resources: [service],
  }),
  observe: (wanted, aws) => observePolicy(wanted, aws),
  prepare: async (wanted, state, aws) => preparePolicy(wanted, policyState.parse(state), aws),
});

async function observePolicy(wanted: Input, aws: Aws): Promise<PolicyState> {
  const target = await readTarget(wanted, aws);
  const { output } = await aws.call('application-autoscaling:DescribeScalingPolicies', {
    ...desiredCountOf(wanted),
    PolicyNames: [wanted.policy],
  });
  const found = output.ScalingPolicies?.find(({ PolicyName }) => PolicyName === wanted.policy);
  return {
    scaled: target !== undefined,
    policy:
      found === undefined
        ? null
        : {
            type: found.PolicyType ?? '',
            // The round trip drops members without a value.
            tracking: JSON.parse(JSON.stringify(found.TargetTrackingScalingPolicyConfiguration ?? {})),
          },
  };
}

async function preparePolicy(wanted: Input, state: PolicyState, aws: Aws): Promise<PreparedChange> {
  const service = lastPart(wanted.service);
  const before = requireTracking(wanted, state, service);
  const after: Tracking = {
    ...(before ?? {
      PredefinedMetricSpecification: {
        PredefinedMetricType: wanted.metric ?? 'ECSServiceAverageCPUUtilization',
      },
    }),
    TargetValue: wanted.target_value,
    ...(wanted.scale_in_cooldown === undefined ? {} : { ScaleInCooldown: wanted.scale_in_cooldown }),
    ...(wanted.scale_out_cooldown === undefined ? {} : { ScaleOutCooldown: wanted.scale_out_cooldown }),
  };
  if (before !== undefined && JSON.stringify(sorted(after)) === JSON.stringify(sorted(before)))
    throw fail('change-unneeded', { detail: `${wanted.policy} has these settings already` });
  const metric = after.PredefinedMetricSpecification?.PredefinedMetricType ?? 'its metric';
  const text = (one: Tracking | undefined, key: keyof Tracking, unit: string) =>
    one?.[key] === undefined ? 'not set' : `${String(one[key])}${unit}`;
  const row = (name: string, key: keyof Tracking, unit: string) => ({
    name,
    before: text(before, key, unit),
    after: text(after, key, unit),
  });
  return {
    title: `Keep ${metric} of ${service} at ${wanted.target_value} %`,
    call: requestOf(wanted, after),
    targets: [`${desiredCountOf(wanted).ResourceId} ${wanted.policy}`],
    diff: {
      caption: `Scaling policy ${wanted.policy} of ${service}`,
      rows: settingRows([
        row('target', 'TargetValue', ' %'),
        row('pause after scaling in', 'ScaleInCooldown', ' s'),
        row('pause after scaling out', 'ScaleOutCooldown', ' s'),
      ]),
    },
    blastRadius: {
      summary: '1 service. Scaling sets its desired count within its bounds as the metric moves.',
      items: [service],
    },
    opens: ['Nothing becomes reachable that was not.'],
    inverse: {
      call:
        before === undefined
          ? {
              action: 'application-autoscaling:DeleteScalingPolicy',
              input: { ...desiredCountOf(wanted), PolicyName: wanted.policy },
            }
          : requestOf(wanted, before),
    },
    success: await steadySuccess(wanted, aws),
    warnings: ['A lower target runs more tasks for the same load and costs accordingly.'],
    idempotency: 'declarative',
  };
}

/** The present configuration. Throws `change-unsafe` for a service that is not scaled and for policies of another type. */
function requireTracking(wanted: Input, state: PolicyState, service: string): Tracking | undefined {
  if (!state.scaled)
    throw fail('change-unsafe', {
      detail: `${service} is not scaled automatically`,
      advice: 'Set scaling up where the service is managed first.',
    });
  if (state.policy === null) return undefined;
  if (state.policy.type !== 'TargetTrackingScaling')
    throw fail('change-unsafe', {
      detail: `${wanted.policy} is a policy of type ${state.policy.type}`,
      advice: 'Only target tracking policies are changed from here.',
    });
  // It is the configuration AWS gave, kept as JSON; it has no member that JSON changes.
  return state.policy.tracking as unknown as Tracking;
}

function requestOf(wanted: Input, TargetTrackingScalingPolicyConfiguration: Tracking): AwsRequest {
  return {
    action: 'application-autoscaling:PutScalingPolicy',
    input: {
      PolicyName: wanted.policy,
      ...desiredCountOf(wanted),
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration,
    },
  };
}

function sorted(tracking: Tracking): [string, unknown][] {
  return Object.entries(tracking).sort(([left], [right]) => (left < right ? -1 : 1));
}
