// What one diagnosis costs, and when it has to end: counts its requests and stages, and stops reading once the caller is in a
// hurry, so that what was read until then is judged instead of lost.

import { setMaxListeners } from 'node:events';
import { z } from 'zod';
import { type Aws, type AwsAction, AwsCallError } from '../../src/contract/aws.ts';
import type { ToolContext } from '../../src/contract/tool.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { limits } from '../../src/kernel/limits.ts';

export const statsField = z.object({
  awsCalls: z.number().int(),
  stages: z.number().int(),
  ms: z.number(),
});

export interface Measured {
  readonly aws: Aws;
  readonly context: ToolContext;
  stats(): z.infer<typeof statsField>;
}

/** The same gate and context, counted. A request after, or under way at, the moment of hurry fails as one without an answer. */
export function measured(aws: Aws, context: ToolContext): Measured {
  const startedMs = systemClock.monotonic();
  // Every request listens for the hurry, and a stage sends many at once.
  if (context.hurry !== undefined) setMaxListeners(limits.call.awsCallsMax, context.hurry);
  let awsCalls = 0;
  let stages = 0;
  return {
    aws: {
      account: aws.account,
      region: aws.region,
      call: (action, input) => {
        if (context.hurry?.aborted === true) return Promise.reject(outOfTime(action));
        awsCalls += 1;
        return unlessHurried(action, aws.call(action, input), context.hurry);
      },
    },
    context: {
      ...context,
      stage: (name) => {
        stages += 1;
        context.stage(name);
      },
    },
    stats: () => ({ awsCalls, stages, ms: Math.round(systemClock.monotonic() - startedMs) }),
  };
}

function unlessHurried<T>(action: AwsAction, answer: Promise<T>, hurry: AbortSignal | undefined): Promise<T> {
  if (hurry === undefined) return answer;
  return new Promise((resolve, reject) => {
    const leave = () => reject(outOfTime(action));
    hurry.addEventListener('abort', leave, { once: true });
    answer.then(resolve, reject).finally(() => hurry.removeEventListener('abort', leave));
  });
}

function outOfTime(action: AwsAction): AwsCallError {
  return new AwsCallError({
    kind: 'timeout',
    action,
    code: 'out-of-time',
    message: 'the time for this investigation was up',
  });
}
