// Security Token Service: who the caller is.

import type * as Sts from '@aws-sdk/client-sts';
import { CALLER_SESSION, callerArn } from '../account.ts';
import type { Handler, HandlerTable } from './handler.ts';

/** The one identity every caller has here. */
const getCallerIdentity: Handler<Sts.GetCallerIdentityCommandInput, Sts.GetCallerIdentityCommandOutput> = (
  _input,
  account,
) => ({
  UserId: `AROASIMULATEDACCOUNT0:${CALLER_SESSION}`,
  Account: account.id,
  Arn: callerArn(account.id),
});

export const stsHandlers: HandlerTable = { GetCallerIdentity: getCallerIdentity };
