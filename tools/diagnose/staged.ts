// Requests that wait for nothing but the same answers leave together, and are one stage. A gate that counts stages is handed on: what has
// to wait for answers of a gate is asked of its `next`, so that reads that run side by side each know how deep they are.

import type { Aws } from '../../src/contract/aws.ts';

/** A gate that counts stages. */
export interface StagedAws extends Aws {
  /** Whether the same request is sent once only, and who asks again has the first answer. */
  readonly remembers: boolean;
  /** The gate of the stage after this one; `name` is what people read, unless that stage has a name already. */
  next(name?: string): StagedAws;
}

/** The gate for what has to wait for answers of `aws`. A gate that counts nothing is its own next. */
export function next(aws: Aws, name?: string): Aws {
  return isStaged(aws) ? aws.next(name) : aws;
}

/**
 * Begins reads whose answers are needed if what is not known yet turns out as it looks. Nothing waits for them and nothing fails with them:
 * who needs an answer asks for it, and finds it on its way. Does nothing at a gate that remembers nothing.
 */
export function foresee(aws: Aws, read: (aws: Aws) => Promise<unknown>): void {
  if (isStaged(aws) && aws.remembers) read(aws).catch(() => {});
}

function isStaged(aws: Aws): aws is StagedAws {
  return 'next' in aws;
}
