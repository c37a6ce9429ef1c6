// logs_describe_streams: the streams of a log group, the newest first. Their names can hold customer data.

import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { isoTime } from '../../src/kernel/clock.ts';
import { logGroupField, logStreamField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, evidenceField, moreField, moreLine, textOf } from '../text-lines.ts';
import { withExistingLogs } from './log-events.ts';

const STREAMS_MAX = 200;
const PAGE = 50;

export const logsDescribeStreams = defineReadTool({
  name: 'logs_describe_streams',
  summary:
    'Lists the streams of a CloudWatch Logs group: those with a prefix, or else the ones written to last.',
  risk: 'reveal',
  actions: ['logs:DescribeLogStreams'],
  input: z.strictObject({
    log_group: logGroupField,
    prefix: logStreamField.optional().describe('Only streams whose name starts like this.'),
  }),
  output: z.object({
    group: z.string(),
    streams: z.array(z.object({ name: z.string(), lastEventAt: z.string().nullable() })).max(STREAMS_MAX),
    more: moreField,
    evidence: evidenceField,
  }),
  target: ({ log_group }) => ({ resources: [log_group] }),
  run: async ({ log_group, prefix }, aws) => {
    // CloudWatch Logs orders by last event only when no prefix is given.
    const order =
      prefix === undefined
        ? { orderBy: 'LastEventTime' as const, descending: true }
        : { logStreamNamePrefix: prefix };
    const { items, more, evidence } = await withExistingLogs(`log group ${log_group}`, () =>
      collectPages(STREAMS_MAX, async (nextToken) => {
        const { output, evidence } = await aws.call('logs:DescribeLogStreams', {
          logGroupName: log_group,
          ...order,
          limit: PAGE,
          ...(nextToken === undefined ? {} : { nextToken }),
        });
        return { items: output.logStreams ?? [], next: output.nextToken, evidence };
      }),
    );
    const streams = items.map(({ logStreamName, lastEventTimestamp }) => ({
      name: logStreamName ?? '',
      lastEventAt: lastEventTimestamp === undefined ? null : isoTime(lastEventTimestamp),
    }));
    return { group: log_group, streams, more, evidence };
  },
  text: ({ group, streams, more, evidence }) =>
    textOf(
      [
        `${counted(streams.length, 'stream')} in ${group}.`,
        ...streams.map(({ name, lastEventAt }) => `${name} last event ${lastEventAt ?? 'never'}`),
        ...moreLine(more),
      ],
      evidence,
    ),
});
