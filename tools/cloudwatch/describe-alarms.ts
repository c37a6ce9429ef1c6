// cloudwatch_describe_alarms: which metric alarms there are, in which state, and why.

import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { alarmNameField, listOf } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, evidenceField, isoOrNull, moreField, moreLine, oneLine, textOf } from '../text-lines.ts';

const ITEMS_MAX = 200;

const alarm = z.object({
  name: z.string(),
  state: z.string(),
  since: z.string().nullable(),
  reason: z.string(),
  metric: z.string(),
  dimensions: z.array(z.string()),
});

export const cloudwatchDescribeAlarms = defineReadTool({
  name: 'cloudwatch_describe_alarms',
  summary:
    'Describes CloudWatch metric alarms: state, since when, and why. Alarms drive scaling and can roll a deployment back. By names, by the beginning of the name, or by state; without any, all of them.',
  risk: 'read',
  actions: ['cloudwatch:DescribeAlarms'],
  input: z.strictObject({
    names: listOf(alarmNameField, 100, 'Names of the alarms.').optional(),
    name_prefix: alarmNameField.optional(),
    state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']).optional().describe('Only alarms in this state.'),
  }),
  output: z.object({ items: z.array(alarm).max(ITEMS_MAX), more: moreField, evidence: evidenceField }),
  target: ({ names }) => ({ resources: names ?? [] }),
  run: async ({ names, name_prefix, state }, aws) => {
    const { items, more, evidence } = await collectPages(ITEMS_MAX, async (NextToken) => {
      const { output, evidence } = await aws.call('cloudwatch:DescribeAlarms', {
        ...(names === undefined ? {} : { AlarmNames: names }),
        ...(name_prefix === undefined ? {} : { AlarmNamePrefix: name_prefix }),
        ...(state === undefined ? {} : { StateValue: state }),
        ...(NextToken === undefined ? {} : { NextToken }),
      });
      return { items: output.MetricAlarms ?? [], next: output.NextToken, evidence };
    });
    return { items: items.map(factsOf), more, evidence };
  },
  text: ({ items, more, evidence }) =>
    textOf(
      [
        `${counted(items.length, 'alarm')}.`,
        ...items.map(
          (one) =>
            `${one.name}: ${one.state} since ${one.since ?? 'an unknown time'}, ${one.metric}${one.dimensions.length === 0 ? '' : ` of ${one.dimensions.join(', ')}`}; ${one.reason}`,
        ),
        ...moreLine(more),
      ],
      evidence,
    ),
});

function factsOf(found: MetricAlarm): z.infer<typeof alarm> {
  return {
    name: oneLine(found.AlarmName ?? ''),
    state: found.StateValue ?? 'unknown',
    since: isoOrNull(found.StateTransitionedTimestamp ?? found.StateUpdatedTimestamp),
    reason: oneLine(found.StateReason ?? ''),
    metric: oneLine(`${found.Namespace ?? ''} ${found.MetricName ?? ''}`),
    dimensions: (found.Dimensions ?? []).map((one) => oneLine(`${one.Name}=${one.Value}`)),
  };
}
