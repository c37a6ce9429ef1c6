// elbv2_modify_target_group_attributes: proposes another deregistration delay: how long a target that goes keeps its connections.

import { z } from 'zod';
import { fail } from '../../src/contract/errors.ts';
import { type AwsRequest, defineChangeTool } from '../../src/contract/tool.ts';
import { settingRows } from '../diff-rows.ts';
import { serviceBlastRadius, serviceUseActions } from '../ecs/service-use.ts';
import { steadySuccess } from '../ecs/steady-success.ts';
import { countField, healsField, targetGroupArnField } from '../fields.ts';
import { observeTargetGroup } from './target-group-state.ts';

const DELAY = 'deregistration_delay.timeout_seconds';
/** API reference of Elastic Load Balancing, TargetGroupAttribute. */
const DELAY_DEFAULT = 300;
const DELAY_MAX = 3_600;

const delayState = z.strictObject({ arn: z.string(), name: z.string(), seconds: z.number().int() });

export const elbv2ModifyTargetGroupAttributes = defineChangeTool({
  name: 'elbv2_modify_target_group_attributes',
  summary:
    'Proposes to change the deregistration delay of a target group: how many seconds a load balancer waits for open requests before it lets go of a task that stops. A person approves it before anything changes.',
  risk: 'change',
  actions: [
    'elasticloadbalancing:ModifyTargetGroupAttributes',
    'elasticloadbalancing:DescribeTargetGroupAttributes',
    'elasticloadbalancing:DescribeTargetGroups',
    ...serviceUseActions,
  ],
  input: z.strictObject({
    target_group_arn: targetGroupArnField,
    deregistration_delay_seconds: countField(0, DELAY_MAX, 'Seconds to wait for open requests.'),
    heals: healsField.optional(),
  }),
  target: ({ target_group_arn }) => ({ resources: [target_group_arn] }),
  observe: async ({ target_group_arn: arn }, aws) => {
    const { name } = await observeTargetGroup(arn, aws);
    const { output } = await aws.call('elasticloadbalancing:DescribeTargetGroupAttributes', {
      TargetGroupArn: arn,
    });
    const value = output.Attributes?.find(({ Key }) => Key === DELAY)?.Value;
    return { arn, name, seconds: value === undefined ? DELAY_DEFAULT : Number(value) };
  },
  prepare: async ({ deregistration_delay_seconds: wanted, heals }, observed, aws) => {
    const { arn, name, seconds } = delayState.parse(observed);
    if (wanted === seconds) throw fail('change-unneeded', { detail: `${name} waits ${seconds} s already` });
    const [blastRadius, success] = await Promise.all([
      serviceBlastRadius(aws, 'target group', (service) =>
        (service.loadBalancers ?? []).some(({ targetGroupArn }) => targetGroupArn === arn),
      ),
      steadySuccess(heals, aws),
    ]);
    return {
      title: `Wait ${wanted} s for open requests when a target of ${name} goes`,
      call: requestOf(arn, wanted),
      targets: [arn],
      diff: {
        caption: `Target group ${name}`,
        rows: settingRows([{ name: 'deregistration delay', before: `${seconds} s`, after: `${wanted} s` }]),
      },
      blastRadius,
      opens: ['Nothing becomes reachable that was not.'],
      inverse: { call: requestOf(arn, seconds) },
      success,
      warnings:
        wanted < seconds
          ? ['Requests that take longer than this are cut when their task is replaced.']
          : ['Deployments and scaling in take longer by as much.'],
      idempotency: 'declarative',
    };
  },
});

function requestOf(TargetGroupArn: string, seconds: number): AwsRequest {
  return {
    action: 'elasticloadbalancing:ModifyTargetGroupAttributes',
    input: { TargetGroupArn, Attributes: [{ Key: DELAY, Value: String(seconds) }] },
  };
}
