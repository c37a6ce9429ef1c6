// Log events as the log tools return them. Their text is written by applications and by whoever talks to them: it is bounded,
// cleaned of control characters and never interpreted.

import { z } from 'zod';
import { AwsCallError } from '../../src/contract/aws.ts';
import { fail } from '../../src/contract/errors.ts';
import { isoTime } from '../../src/kernel/clock.ts';
import { limits } from '../../src/kernel/limits.ts';
import { oneLine } from '../text-lines.ts';

export const EVENTS_MAX = 500;
const MESSAGE_CHARS_MAX = 1_000;

export const logEvent = z.object({ at: z.string(), stream: z.string(), text: z.string() });
export type LogEvent = z.infer<typeof logEvent>;

export const eventLimitField = z
  .number()
  .int()
  .min(1)
  .max(EVENTS_MAX)
  .default(100)
  .describe(`How many events at most; 1 to ${EVENTS_MAX}, 100 when left out.`);

export const sinceField = z.iso
  .datetime({ offset: true })
  .optional()
  .describe(
    'Start of the time range, ISO-8601; one hour before until when left out. At most 24 hours are read.',
  );

export const untilField = z.iso
  .datetime({ offset: true })
  .optional()
  .describe('End of the time range, ISO-8601; now when left out.');

/** The range in milliseconds since the epoch. Throws `input-invalid` for an empty or too long one. */
export function rangeOf(
  { since, until }: { since?: string | undefined; until?: string | undefined },
  nowMs: number,
): { startTime: number; endTime: number } {
  const endTime = until === undefined ? nowMs : Date.parse(until);
  const startTime = since === undefined ? endTime - 3_600_000 : Date.parse(since);
  if (startTime >= endTime) throw fail('input-invalid', { where: 'since', detail: 'it is not before until' });
  if (endTime - startTime > limits.node.logWindowMs) {
    throw fail('input-invalid', {
      where: 'since',
      detail: 'more than 24 hours of logs are not read at once',
    });
  }
  return { startTime, endTime };
}

export function eventOf(
  event: { timestamp?: number | undefined; message?: string | undefined },
  stream: string,
): LogEvent {
  return {
    at: isoTime(event.timestamp ?? 0),
    stream,
    text: oneLine(event.message ?? '', MESSAGE_CHARS_MAX),
  };
}

export function eventLines(events: readonly LogEvent[]): string[] {
  return events.map(({ at, stream, text }) => `${at} ${stream} ${text}`);
}

/** A log group or stream that does not exist becomes `logs-unavailable`; everything else is thrown as it is. */
export async function withExistingLogs<T>(what: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (thrown) {
    if (thrown instanceof AwsCallError && thrown.failure.code === 'ResourceNotFoundException') {
      throw fail(
        'logs-unavailable',
        { detail: `${what} does not exist`, advice: 'Check the names in the task definition.' },
        thrown,
      );
    }
    throw thrown;
  }
}
