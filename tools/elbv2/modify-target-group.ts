// elbv2_modify_target_group: proposes to check targets differently: path, port, codes, times. Nothing runs before the approval.

import { z } from 'zod';
import type { Aws } from '../../src/contract/aws.ts';
import { fail } from '../../src/contract/errors.ts';
import { type AwsRequest, defineChangeTool, type PreparedChange } from '../../src/contract/tool.ts';
import { type Setting, settingRows } from '../diff-rows.ts';
import { serviceBlastRadius, serviceUseActions } from '../ecs/service-use.ts';
import { steadySuccess } from '../ecs/steady-success.ts';
import { countField, healsField, targetGroupArnField } from '../fields.ts';
import { observeTargetGroup, type TargetGroupState, targetGroupState } from './target-group-state.ts';

const input = z
  .strictObject({
    target_group_arn: targetGroupArnField,
    path: z
      .string()
      .max(1_024)
      .regex(/^\/[!-~]*$/, 'begins with a slash and holds no white space')
      .optional()
      .describe('Path that is asked for, such as /healthz.'),
    port: z
      .string()
      .regex(/^(?:traffic-port|[1-9]\d{0,4})$/)
      .optional()
      .describe('Port that is asked, or traffic-port for the one that gets traffic.'),
    codes: z
      .string()
      .max(64)
      .regex(/^\d{3}(?:-\d{3})?(?:,\d{3}(?:-\d{3})?)*$/)
      .optional()
      .describe('HTTP codes of a healthy answer, such as 200 or 200-299.'),
    interval_seconds: countField(5, 300, 'Seconds between two checks.').optional(),
    timeout_seconds: countField(2, 120, 'Seconds without an answer that count as a failure.').optional(),
    healthy_threshold: countField(2, 10, 'Checks in a row that make a target healthy.').optional(),
    unhealthy_threshold: countField(2, 10, 'Failures in a row that make a target unhealthy.').optional(),
    heals: healsField.optional(),
  })
  .refine(
    ({ target_group_arn: _, heals: __, ...change }) => Object.values(change).some((one) => one !== undefined),
    'names nothing to change',
  );
type Input = z.infer<typeof input>;

export const elbv2ModifyTargetGroup = defineChangeTool({
  name: 'elbv2_modify_target_group',
  summary:
    'Proposes to change how a load balancer checks the targets of a target group: path, port, accepted codes, interval, timeout and thresholds. A person approves it before anything changes.',
  risk: 'change',
  actions: [
    'elasticloadbalancing:ModifyTargetGroup',
    'elasticloadbalancing:DescribeTargetGroups',
    ...serviceUseActions,
  ],
  input,
  target: ({ target_group_arn }) => ({ resources: [target_group_arn] }),
  observe: ({ target_group_arn }, aws) => observeTargetGroup(target_group_arn, aws),
  prepare: async (wanted, state, aws) => prepareCheck(wanted, targetGroupState.parse(state), aws),
});

async function prepareCheck(wanted: Input, state: TargetGroupState, aws: Aws): Promise<PreparedChange> {
  const after = {
    path: wanted.path,
    port: wanted.port,
    codes: wanted.codes,
    interval: wanted.interval_seconds,
    timeout: wanted.timeout_seconds,
    healthy: wanted.healthy_threshold,
    unhealthy: wanted.unhealthy_threshold,
  };
  const settings = settingsOf(state, after);
  const changed = settings.filter(({ before, after: one }) => one !== undefined && one !== before);
  if (changed.length === 0)
    throw fail('change-unneeded', { detail: `${state.name} has these settings already` });
  requireValid(state, after);
  const [use, success] = await Promise.all([
    serviceBlastRadius(aws, 'target group', (service) =>
      (service.loadBalancers ?? []).some(({ targetGroupArn }) => targetGroupArn === state.arn),
    ),
    steadySuccess(wanted.heals, aws),
  ]);
  return {
    title: `Check the targets of ${state.name} with ${changed.map(({ name, after: one }) => `${name} ${one}`).join(', ')}`,
    call: requestOf(state.arn, only(after, state)),
    targets: [state.arn],
    diff: {
      caption: `Health check of target group ${state.name} (${state.protocol})`,
      rows: settingRows(settings),
    },
    blastRadius: use,
    opens: ['Nothing becomes reachable that was not.'],
    inverse: { call: requestOf(state.arn, before(only(after, state), state)) },
    success,
    warnings: [
      'The load balancer sends traffic to every target that passes this check; one that asks too little lets broken tasks serve.',
    ],
    idempotency: 'declarative',
  };
}

interface Check {
  readonly path?: string | undefined;
  readonly port?: string | undefined;
  readonly codes?: string | undefined;
  readonly interval?: number | undefined;
  readonly timeout?: number | undefined;
  readonly healthy?: number | undefined;
  readonly unhealthy?: number | undefined;
}

function settingsOf(state: TargetGroupState, after: Check): Setting[] {
  const seconds = (value: number | undefined) => (value === undefined ? undefined : `${value} s`);
  return [
    { name: 'path', before: state.path, after: after.path },
    { name: 'port', before: state.port, after: after.port },
    { name: 'codes', before: state.codes, after: after.codes },
    { name: 'interval', before: `${state.interval} s`, after: seconds(after.interval) },
    { name: 'timeout', before: `${state.timeout} s`, after: seconds(after.timeout) },
    { name: 'healthy after', before: state.healthy, after: after.healthy },
    { name: 'unhealthy after', before: state.unhealthy, after: after.unhealthy },
  ];
}

/** Throws `change-unsafe` for what AWS would refuse. */
function requireValid(state: TargetGroupState, after: Check): void {
  if ((after.timeout ?? state.timeout) >= (after.interval ?? state.interval))
    throw fail('change-unsafe', {
      detail: `a timeout of ${after.timeout ?? state.timeout} s is not below the interval of ${after.interval ?? state.interval} s`,
      advice: 'Choose a timeout below the interval.',
    });
  if (!/^HTTPS?$/.test(state.protocol) && (after.path !== undefined || after.codes !== undefined))
    throw fail('change-unsafe', {
      detail: `the check of ${state.name} is ${state.protocol}, which has no path and no codes`,
      advice: 'Only an HTTP or HTTPS check has them.',
    });
}

/** What differs from the state. */
function only(after: Check, state: TargetGroupState): Check {
  const differing = Object.entries(after).filter(
    ([key, value]) => value !== undefined && value !== state[key as keyof Check],
  );
  // Entries of a Check, so they make a Check again.
  return Object.fromEntries(differing) as Check;
}

/** The same members with the values of before. */
function before(after: Check, state: TargetGroupState): Check {
  // The state has every member of a Check under the same name.
  return Object.fromEntries(Object.keys(after).map((key) => [key, state[key as keyof Check]])) as Check;
}

function requestOf(TargetGroupArn: string, check: Check): AwsRequest {
  const { path, port, codes, interval, timeout, healthy, unhealthy } = check;
  return {
    action: 'elasticloadbalancing:ModifyTargetGroup',
    input: {
      TargetGroupArn,
      ...(path === undefined ? {} : { HealthCheckPath: path }),
      ...(port === undefined ? {} : { HealthCheckPort: port }),
      ...(codes === undefined ? {} : { Matcher: { HttpCode: codes } }),
      ...(interval === undefined ? {} : { HealthCheckIntervalSeconds: interval }),
      ...(timeout === undefined ? {} : { HealthCheckTimeoutSeconds: timeout }),
      ...(healthy === undefined ? {} : { HealthyThresholdCount: healthy }),
      ...(unhealthy === undefined ? {} : { UnhealthyThresholdCount: unhealthy }),
    },
  };
}
