// What one diagnosis costs, and when it has to end: counts its requests and stages, sends no request twice, and stops reading once the
// caller is in a hurry, so that what was read until then is judged instead of lost.

import { setMaxListeners } from 'node:events';
import { z } from 'zod';
import {
  type Aws,
  type AwsAction,
  type AwsAnswer,
  AwsCallError,
  type AwsInput,
} from '../../src/contract/aws.ts';
import type { ToolContext } from '../../src/contract/tool.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { limits } from '../../src/kernel/limits.ts';
import type { StagedAws } from './staged.ts';

export const statsField = z.object({
  awsCalls: z.number().int(),
  /** Requests that had to wait for each other: the longest chain of them. */
  stages: z.number().int(),
  ms: z.number(),
});

export interface Measured {
  readonly aws: Aws;
  readonly context: ToolContext;
  stats(): z.infer<typeof statsField>;
}

/** What a stage is called that only follows from another. */
const FOLLOWING = 'what those answers name';

/**
 * The same gate and context, counted. A stage begins when the context names it, or with the `next` of a gate. A request after, or under way
 * at, the moment of hurry fails as one without an answer. With `forgets`, answers go as soon as they are read, and may be asked for again.
 */
export function measured(
  aws: Aws,
  context: ToolContext,
  { forgets = false }: { readonly forgets?: boolean } = {},
): Measured {
  const startedMs = systemClock.monotonic();
  // Every request listens for the hurry, and a stage sends many at once.
  if (context.hurry !== undefined) setMaxListeners(limits.call.awsCallsMax, context.hurry);
  const names: string[] = [];
  const answers = new Map<string, Promise<AwsAnswer<AwsAction>>>();
  let begun = 0;
  let deepest = 0;
  let awsCalls = 0;
  let told: string | undefined;

  function send<A extends AwsAction>(depth: number, action: A, input: AwsInput<A>): Promise<AwsAnswer<A>> {
    const key = `${action} ${JSON.stringify(input)}`;
    const known = answers.get(key);
    // What is kept under a request is its own answer.
    if (known !== undefined) return known as Promise<AwsAnswer<A>>;
    if (context.hurry?.aborted === true) return Promise.reject(outOfTime(action));
    awsCalls += 1;
    deepest = Math.max(deepest, depth);
    const name = names[depth - 1] ?? FOLLOWING;
    if (name !== told) context.stage(name);
    told = name;
    const answer = unlessHurried(action, aws.call(action, input), context.hurry);
    if (!forgets) answers.set(key, answer);
    return answer;
  }

  const gate = (depthOf: () => number): StagedAws => ({
    account: aws.account,
    region: aws.region,
    remembers: !forgets,
    call: (action, input) => send(depthOf(), action, input),
    next: (name) => {
      const depth = depthOf() + 1;
      if (name !== undefined) names[depth - 1] ??= name;
      return gate(() => depth);
    },
  });

  return {
    aws: gate(() => Math.max(begun, 1)),
    context: {
      ...context,
      stage: (name) => {
        // A stage in which nothing had to be asked was none.
        if (deepest >= begun) begun += 1;
        names[begun - 1] = name;
      },
    },
    stats: () => ({ awsCalls, stages: deepest, ms: Math.round(systemClock.monotonic() - startedMs) }),
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
