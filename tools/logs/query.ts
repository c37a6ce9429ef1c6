// logs_query: a query of CloudWatch Logs Insights over a bounded time. It is started, asked for until it is done, and stopped
// when there is no more time to wait for it.

import { z } from 'zod';
import { type Aws, AwsCallError, type AwsOutput } from '../../src/contract/aws.ts';
import { defineReadTool, type ToolContext } from '../../src/contract/tool.ts';
import { listOf, logGroupField } from '../fields.ts';
import { counted, evidenceField, moreField, moreLine, oneLine, textOf } from '../text-lines.ts';
import { rangeOf, sinceField, untilField, withExistingLogs } from './log-events.ts';

const ROWS_MAX = 500;
const CELL_CHARS = 1_000;
const POLL_MS = 1_000;
/** Insights queries of 24 hours take seconds; one that takes longer than this many looks is stopped. */
const LOOKS_MAX = 45;

const ENDED = new Set(['Complete', 'Failed', 'Cancelled', 'Timeout', 'Unknown']);

export const logsQuery = defineReadTool({
  name: 'logs_query',
  summary:
    'Runs a CloudWatch Logs Insights query over log groups and at most 24 hours: for counting and grouping, such as "filter @message like /timeout/ | stats count(*) by bin(5m)". For plain lines use logs_filter_events.',
  risk: 'reveal',
  actions: ['logs:StartQuery', 'logs:GetQueryResults', 'logs:StopQuery'],
  input: z.strictObject({
    log_groups: listOf(logGroupField, 20, 'Names of the log groups.'),
    query: z
      .string()
      .min(1)
      .max(4_096)
      .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u)
      .describe('Query in the language of Logs Insights, on one line.'),
    since: sinceField,
    until: untilField,
    limit: z.number().int().min(1).max(ROWS_MAX).default(100).describe('How many rows at most.'),
  }),
  output: z.object({
    status: z.string(),
    rows: z.array(z.record(z.string(), z.string())).max(ROWS_MAX),
    scanned: z.number(),
    matched: z.number(),
    more: moreField,
    evidence: evidenceField,
  }),
  target: ({ log_groups }) => ({ resources: log_groups }),
  run: async ({ log_groups, query, since, until, limit }, aws, context) => {
    const { startTime, endTime } = rangeOf({ since, until }, context.nowMs);
    const started = await withExistingLogs(`one of the log groups ${log_groups.join(', ')}`, () =>
      aws.call('logs:StartQuery', {
        logGroupNames: log_groups,
        startTime: Math.floor(startTime / 1000),
        endTime: Math.ceil(endTime / 1000),
        queryString: query,
        limit,
      }),
    );
    const queryId = started.output.queryId ?? '';
    const ended = await resultsOf(queryId, aws, context).catch(async (thrown: unknown) => {
      // Nobody waits for the results any more, or nobody can have them: the query would go on reading, and be paid for.
      await stop(queryId, aws).catch(() => undefined);
      throw thrown;
    });
    const rows = (ended.output.results ?? []).slice(0, limit).map(rowOf);
    const matched = ended.output.statistics?.recordsMatched ?? 0;
    return {
      status: ended.status,
      rows,
      scanned: ended.output.statistics?.recordsScanned ?? 0,
      matched,
      more: ended.status !== 'Complete' || rows.length >= limit,
      evidence: [started.evidence, ended.evidence],
    };
  },
  text: ({ status, rows, scanned, matched, more, evidence }) =>
    textOf(
      [
        status === 'Complete'
          ? `${counted(rows.length, 'row')}; ${matched} of ${scanned} events matched.`
          : `The query did not end as it should (${status}); ${counted(rows.length, 'row')} so far. Ask for less time or fewer groups.`,
        ...rows.map((row) =>
          Object.entries(row)
            .map(([field, value]) => `${field}: ${value}`)
            .join(' · '),
        ),
        ...moreLine(more),
      ],
      evidence,
    ),
});

interface Ended {
  /** As AWS says it, or `stopped` when it was not worth waiting any longer. */
  readonly status: string;
  readonly output: AwsOutput<'logs:GetQueryResults'>;
  readonly evidence: string;
}

async function resultsOf(queryId: string, aws: Aws, { wait, hurry }: ToolContext): Promise<Ended> {
  for (let look = 1; ; look++) {
    const { output, evidence } = await aws.call('logs:GetQueryResults', { queryId });
    const status = output.status ?? 'Unknown';
    if (ENDED.has(status)) return { status, output, evidence };
    if (look >= LOOKS_MAX || hurry?.aborted === true) {
      await stop(queryId, aws);
      return { status: 'stopped', output, evidence };
    }
    await wait(POLL_MS);
  }
}

/** A query that has ended by itself in the meantime needs no stopping. */
async function stop(queryId: string, aws: Aws): Promise<void> {
  try {
    await aws.call('logs:StopQuery', { queryId });
  } catch (thrown) {
    if (!(thrown instanceof AwsCallError) || thrown.failure.code !== 'InvalidParameterException')
      throw thrown;
  }
}

function rowOf(
  cells: readonly { field?: string | undefined; value?: string | undefined }[],
): Record<string, string> {
  return Object.fromEntries(
    cells
      .filter(({ field }) => field !== '@ptr')
      .map(({ field, value }) => [oneLine(field ?? '', 100), oneLine(value ?? '', CELL_CHARS)]),
  );
}
