// The shape of every operation's handler: decoded input and account in, stored value out, AwsFault for errors.

import type { Stored } from '../../contract/snapshot.ts';
import type { SimulatedAccount } from '../account.ts';

/** `Output` is the SDK's output type; handlers return it as stored, with dates as text. */
export type Handler<Input, Output> = (
  input: Input,
  account: SimulatedAccount,
) => Stored<Omit<Output, '$metadata'>>;

/** Handlers of one service by operation name. The wire layer checked the input against the operation's own schema. */
export type HandlerTable = Readonly<Record<string, (input: never, account: SimulatedAccount) => object>>;
