// application_autoscaling_register_scalable_target: proposes other bounds for the scaling of a service, or to pause parts of it.

import type { RegisterScalableTargetCommandInput } from '@aws-sdk/client-application-auto-scaling';
import { z } from 'zod';
import type { Aws } from '../../src/contract/aws.ts';
import { fail } from '../../src/contract/errors.ts';
import { defineChangeTool, type PreparedChange } from '../../src/contract/tool.ts';
import { lastPart } from '../arn.ts';
import { settingRows } from '../diff-rows.ts';
import { serviceUseActions } from '../ecs/service-use.ts';
import { steadySuccess } from '../ecs/steady-success.ts';
import { clusterField, countField, serviceField } from '../fields.ts';
import { desiredCountOf, readTarget, type ScaledService } from './scalable-target.ts';

const CAPACITY_MAX = 5_000;

const targetState = z.strictObject({
  min: z.number().int(),
  max: z.number().int(),
  scaleIn: z.boolean(),
  scaleOut: z.boolean(),
  scheduled: z.boolean(),
});
type TargetState = z.infer<typeof targetState>;

const pause = (what: string) => z.boolean().optional().describe(`True pauses ${what}, false lets it go on.`);

const input = z
  .strictObject({
    cluster: clusterField,
    service: serviceField,
    min_capacity: countField(0, CAPACITY_MAX, 'Fewest tasks that scaling may set.').optional(),
    max_capacity: countField(0, CAPACITY_MAX, 'Most tasks that scaling may set.').optional(),
    pause_scale_in: pause('scaling in'),
    pause_scale_out: pause('scaling out'),
    pause_scheduled: pause('scheduled scaling'),
  })
  .refine(
    ({ cluster: _, service: __, ...change }) => Object.values(change).some((one) => one !== undefined),
    'names nothing to change',
  );
type Input = z.infer<typeof input>;

export const applicationAutoscalingRegisterScalableTarget = defineChangeTool({
  name: 'application_autoscaling_register_scalable_target',
  summary:
    'Proposes other bounds for the automatic scaling of an ECS service (fewest and most tasks), or to pause scaling in, out or on schedule. The service must be scaled already. A person approves it before anything changes.',
  risk: 'change',
  actions: [
    'application-autoscaling:RegisterScalableTarget',
    'application-autoscaling:DescribeScalableTargets',
    ...serviceUseActions,
  ],
  input,
  target: ({ cluster, service }) => ({
    cluster: lastPart(cluster),
    service: lastPart(service),
    resources: [service],
  }),
  observe: async (scaled, aws) => {
    const found = await readTarget(scaled, aws);
    if (found === undefined) throw notScaled(scaled);
    return {
      min: found.MinCapacity ?? 0,
      max: found.MaxCapacity ?? 0,
      scaleIn: found.SuspendedState?.DynamicScalingInSuspended ?? false,
      scaleOut: found.SuspendedState?.DynamicScalingOutSuspended ?? false,
      scheduled: found.SuspendedState?.ScheduledScalingSuspended ?? false,
    };
  },
  prepare: async (wanted, state, aws) => prepareTarget(wanted, targetState.parse(state), aws),
});

function notScaled({ cluster, service }: ScaledService) {
  return fail('change-unsafe', {
    detail: `${lastPart(service)} in ${lastPart(cluster)} is not scaled automatically`,
    advice: 'Set scaling up where the service is managed; its bounds can be changed then.',
  });
}

async function prepareTarget(wanted: Input, state: TargetState, aws: Aws): Promise<PreparedChange> {
  const after: TargetState = {
    min: wanted.min_capacity ?? state.min,
    max: wanted.max_capacity ?? state.max,
    scaleIn: wanted.pause_scale_in ?? state.scaleIn,
    scaleOut: wanted.pause_scale_out ?? state.scaleOut,
    scheduled: wanted.pause_scheduled ?? state.scheduled,
  };
  const service = lastPart(wanted.service);
  if (JSON.stringify(after) === JSON.stringify(state))
    throw fail('change-unneeded', { detail: `the scaling of ${service} has these settings already` });
  if (after.min > after.max)
    throw fail('change-unsafe', {
      detail: `${after.min} at least and ${after.max} at most leave nothing between`,
      advice: 'Choose a minimum that is not above the maximum.',
    });
  const success = await steadySuccess(wanted, aws);
  const desired = success.kind === 'service-steady' ? success.running : 0;
  const moved = Math.min(Math.max(desired, after.min), after.max);
  const paused = (value: boolean) => (value ? 'paused' : 'on');
  return {
    title: titleOf(service, state, after),
    call: { action: 'application-autoscaling:RegisterScalableTarget', input: requestOf(wanted, after) },
    targets: [desiredCountOf(wanted).ResourceId],
    diff: {
      caption: `Scaling of ${service} in ${lastPart(wanted.cluster)}`,
      rows: settingRows([
        { name: 'fewest tasks', before: state.min, after: after.min },
        { name: 'most tasks', before: state.max, after: after.max },
        { name: 'scaling in', before: paused(state.scaleIn), after: paused(after.scaleIn) },
        { name: 'scaling out', before: paused(state.scaleOut), after: paused(after.scaleOut) },
        { name: 'scheduled scaling', before: paused(state.scheduled), after: paused(after.scheduled) },
      ]),
    },
    blastRadius: {
      summary:
        moved === desired
          ? `1 service. Its desired count of ${desired} lies within the bounds and stays.`
          : `1 service. Scaling sets its desired count from ${desired} to ${moved} to get within the bounds.`,
      items: [service],
    },
    opens: ['Nothing becomes reachable that was not.'],
    inverse: {
      call: { action: 'application-autoscaling:RegisterScalableTarget', input: requestOf(wanted, state) },
    },
    success: success.kind === 'service-steady' ? { ...success, running: moved } : success,
    warnings: [
      ...(after.max > state.max ? ['More tasks may run and cost accordingly.'] : []),
      ...(after.max < desired ? [`${desired - after.max} tasks that run now are stopped.`] : []),
      ...(after.scaleIn || after.scaleOut || after.scheduled
        ? ['What is paused stays paused until somebody lets it go on.']
        : []),
    ],
    idempotency: 'declarative',
  };
}

function titleOf(service: string, state: TargetState, after: TargetState): string {
  const bounds = state.min !== after.min || state.max !== after.max;
  if (bounds) return `Keep ${service} between ${after.min} and ${after.max} tasks when it scales`;
  const moved = (['scaleIn', 'scaleOut', 'scheduled'] as const).filter((part) => state[part] !== after[part]);
  if (moved.every((part) => after[part])) return `Pause ${partsOf(moved)} of ${service}`;
  if (moved.every((part) => !after[part])) return `Let ${partsOf(moved)} of ${service} go on`;
  return `Change what is paused of the scaling of ${service}`;
}

const PART_NAMES = {
  scaleIn: 'scaling in',
  scaleOut: 'scaling out',
  scheduled: 'scheduled scaling',
} as const;

function partsOf(parts: readonly (keyof typeof PART_NAMES)[]): string {
  return parts.length === 3 ? 'the scaling' : parts.map((part) => PART_NAMES[part]).join(' and ');
}

function requestOf(scaled: ScaledService, state: TargetState): RegisterScalableTargetCommandInput {
  return {
    ...desiredCountOf(scaled),
    MinCapacity: state.min,
    MaxCapacity: state.max,
    SuspendedState: {
      DynamicScalingInSuspended: state.scaleIn,
      DynamicScalingOutSuspended: state.scaleOut,
      ScheduledScalingSuspended: state.scheduled,
    },
  };
}
