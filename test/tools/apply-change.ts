// Sends what a change proposes, and what undoes it, to the simulated account: what a node does after an approval.

import type { AwsAction, AwsInput } from '../../src/contract/aws.ts';
import type { PreparedChange } from '../../src/contract/tool.ts';
import type { SimulatedAws } from '../support/simulated-aws.ts';

export async function applied(aws: SimulatedAws, { call }: PreparedChange): Promise<void> {
  // A request is a union of actions: action and input belong together by construction.
  await aws.call(call.action, call.input as AwsInput<AwsAction>);
}

/** Throws when the change has no undo. */
export async function undone(aws: SimulatedAws, { inverse }: PreparedChange): Promise<void> {
  if ('none' in inverse) throw new Error(inverse.none);
  await aws.call(inverse.call.action, inverse.call.input as AwsInput<AwsAction>);
}
