// logs_get_events: the newest events of one log stream.

import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { logGroupField, logStreamField } from '../fields.ts';
import { counted, evidenceField, moreField, moreLine, textOf } from '../text-lines.ts';
import {
  EVENTS_MAX,
  eventLimitField,
  eventLines,
  eventOf,
  logEvent,
  withExistingLogs,
} from './log-events.ts';

export const logsGetEvents = defineReadTool({
  name: 'logs_get_events',
  summary: 'Reads the newest events of one CloudWatch Logs stream, oldest of them first.',
  risk: 'reveal',
  actions: ['logs:GetLogEvents'],
  input: z.strictObject({ log_group: logGroupField, log_stream: logStreamField, limit: eventLimitField }),
  output: z.object({
    group: z.string(),
    stream: z.string(),
    events: z.array(logEvent).max(EVENTS_MAX),
    more: moreField,
    evidence: evidenceField,
  }),
  target: ({ log_group, log_stream }) => ({ resources: [log_group, log_stream] }),
  run: async ({ log_group, log_stream, limit }, aws) => {
    const { output, evidence } = await withExistingLogs(`log stream ${log_stream} of ${log_group}`, () =>
      aws.call('logs:GetLogEvents', {
        logGroupName: log_group,
        logStreamName: log_stream,
        limit,
        startFromHead: false,
      }),
    );
    const events = (output.events ?? []).slice(-limit).map((event) => eventOf(event, log_stream));
    return {
      group: log_group,
      stream: log_stream,
      events,
      more: events.length >= limit,
      evidence: [evidence],
    };
  },
  text: ({ group, stream, events, more, evidence }) =>
    textOf(
      [
        `The newest ${counted(events.length, 'event')} of ${stream} in ${group}.`,
        ...eventLines(events),
        ...moreLine(more),
      ],
      evidence,
    ),
});
