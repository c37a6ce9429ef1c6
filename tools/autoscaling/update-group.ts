// autoscaling_update_group: proposes another largest size for an EC2 Auto Scaling group, such as one whose instances are all taken.

import { z } from 'zod';
import type { Aws } from '../../src/contract/aws.ts';
import { fail } from '../../src/contract/errors.ts';
import { type AwsRequest, defineChangeTool, type PreparedChange } from '../../src/contract/tool.ts';
import { settingRows } from '../diff-rows.ts';
import { serviceUseActions } from '../ecs/service-use.ts';
import { steadySuccess } from '../ecs/steady-success.ts';
import { autoScalingGroupField, countField, healsField } from '../fields.ts';
import { managerWarnings } from '../managed-by.ts';
import { counted } from '../text-lines.ts';

const SIZE_MAX = 1_000;

const groupState = z.strictObject({
  name: z.string(),
  min: z.number().int(),
  max: z.number().int(),
  tags: z.record(z.string(), z.string()),
});
type GroupState = z.infer<typeof groupState>;

export const autoscalingUpdateGroup = defineChangeTool({
  name: 'autoscaling_update_group',
  summary:
    'Proposes another largest size for an EC2 Auto Scaling group behind a capacity provider, so that it may start more instances. A person approves it before anything changes.',
  risk: 'change',
  actions: [
    'autoscaling:UpdateAutoScalingGroup',
    'autoscaling:DescribeAutoScalingGroups',
    ...serviceUseActions,
  ],
  input: z.strictObject({
    group: autoScalingGroupField,
    max_size: countField(1, SIZE_MAX, 'Most instances the group may have.'),
    heals: healsField.optional(),
  }),
  target: ({ group }) => ({ resources: [group] }),
  observe: ({ group }, aws) => observeGroup(group, aws),
  prepare: async ({ max_size, heals }, state, aws) => {
    const change = prepareSize(
      max_size,
      groupState.parse(state),
      await sizeNow(groupState.parse(state), aws),
    );
    return { ...change, success: await steadySuccess(heals, aws) };
  },
});

/** Throws `resource-unknown`. The present size moves by itself and is left out. */
async function observeGroup(name: string, aws: Aws): Promise<GroupState> {
  const found = await readGroup(name, aws);
  return {
    name,
    min: found.MinSize ?? 0,
    max: found.MaxSize ?? 0,
    tags: Object.fromEntries((found.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
  };
}

async function sizeNow({ name }: GroupState, aws: Aws): Promise<{ desired: number; running: number }> {
  const found = await readGroup(name, aws);
  return { desired: found.DesiredCapacity ?? 0, running: (found.Instances ?? []).length };
}

async function readGroup(name: string, aws: Aws) {
  const { output } = await aws.call('autoscaling:DescribeAutoScalingGroups', {
    AutoScalingGroupNames: [name],
  });
  const found = output.AutoScalingGroups?.find((one) => one.AutoScalingGroupName === name);
  if (found !== undefined) return found;
  const { account, region } = aws;
  throw fail('resource-unknown', { kind: 'Auto Scaling group', id: name, account, region, nearest: '' });
}

function prepareSize(
  wanted: number,
  state: GroupState,
  now: { desired: number; running: number },
): Omit<PreparedChange, 'success'> {
  const { name, min, max } = state;
  if (wanted === max) throw fail('change-unneeded', { detail: `${name} may have ${max} already` });
  if (wanted < Math.max(min, now.desired))
    throw fail('change-unsafe', {
      detail: `${name} wants ${now.desired} instances now and ${min} at least; a largest size of ${wanted} would end some`,
      advice: 'Drain instances first, or change the group where it is managed.',
    });
  return {
    title: `Let ${name} have up to ${counted(wanted, 'instance')}`,
    call: requestOf(name, wanted),
    targets: [name],
    diff: {
      caption: `Auto Scaling group ${name}`,
      rows: settingRows([
        { name: 'fewest instances', before: min, after: undefined },
        { name: 'most instances', before: max, after: wanted },
      ]),
    },
    blastRadius: {
      summary: `1 group, with ${counted(now.running, 'instance')} now. What the group wants does not change; its scaling decides how many start.`,
      items: [name],
    },
    opens: ['Nothing becomes reachable that was not.'],
    inverse: { call: requestOf(name, max) },
    warnings: [
      ...managerWarnings('Auto Scaling group', state.tags),
      ...(wanted > max
        ? [`Up to ${counted(wanted - max, 'instance')} more may run and cost accordingly.`]
        : []),
    ],
    idempotency: 'declarative',
  };
}

function requestOf(AutoScalingGroupName: string, MaxSize: number): AwsRequest {
  return { action: 'autoscaling:UpdateAutoScalingGroup', input: { AutoScalingGroupName, MaxSize } };
}
