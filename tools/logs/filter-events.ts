// logs_filter_events: log events of a group in a time range, filtered by CloudWatch Logs.

import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { listOf, logGroupField, logStreamField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, evidenceField, moreField, moreLine, textOf } from '../text-lines.ts';
import {
  EVENTS_MAX,
  eventLimitField,
  eventLines,
  eventOf,
  logEvent,
  rangeOf,
  sinceField,
  untilField,
  withExistingLogs,
} from './log-events.ts';

/** FilterLogEvents searches on from page to page and may return empty pages; fewer pages keep a wide search bounded. */
const PAGE = 100;

export const logsFilterEvents = defineReadTool({
  name: 'logs_filter_events',
  summary:
    'Searches the log events of a CloudWatch Logs group in a time range, oldest first, optionally by pattern and streams. For the logs of one ECS task use task_logs instead.',
  risk: 'reveal',
  actions: ['logs:FilterLogEvents'],
  input: z.strictObject({
    log_group: logGroupField,
    log_streams: listOf(logStreamField, 20, 'Only these streams.').optional(),
    pattern: z
      .string()
      .min(1)
      .max(1_024)
      .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u)
      .optional()
      .describe('CloudWatch Logs filter pattern, such as ERROR, "connection refused" or ?ERROR ?timeout.'),
    since: sinceField,
    until: untilField,
    limit: eventLimitField,
  }),
  output: z.object({
    group: z.string(),
    events: z.array(logEvent).max(EVENTS_MAX),
    more: moreField,
    evidence: evidenceField,
  }),
  target: ({ log_group }) => ({ resources: [log_group] }),
  run: async ({ log_group, log_streams, pattern, since, until, limit }, aws, context) => {
    const range = rangeOf({ since, until }, context.nowMs);
    const { items, more, evidence } = await withExistingLogs(
      `log group ${log_group} or one of the streams`,
      () =>
        collectPages(limit, async (nextToken) => {
          const { output, evidence } = await aws.call('logs:FilterLogEvents', {
            logGroupName: log_group,
            ...(log_streams === undefined ? {} : { logStreamNames: log_streams }),
            ...(pattern === undefined ? {} : { filterPattern: pattern }),
            ...range,
            limit: Math.min(limit, PAGE),
            ...(nextToken === undefined ? {} : { nextToken }),
          });
          return { items: output.events ?? [], next: output.nextToken, evidence };
        }),
    );
    return {
      group: log_group,
      events: items.map((event) => eventOf(event, event.logStreamName ?? '')),
      more,
      evidence,
    };
  },
  text: ({ group, events, more, evidence }) =>
    textOf(
      [`${counted(events.length, 'event')} in ${group}.`, ...eventLines(events), ...moreLine(more)],
      evidence,
    ),
});
