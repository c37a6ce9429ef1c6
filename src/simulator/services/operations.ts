// Which operation of which service has a handler. Everything else that AWS knows is answered with NotImplemented,
// a client error, so that no SDK retries it.

import type { SimulatedAccount } from '../account.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import type { WireRequest } from '../wire/server.ts';
import { applicationAutoscalingHandlers } from './application-autoscaling.ts';
import { autoscalingHandlers } from './autoscaling.ts';
import { cloudwatchHandlers } from './cloudwatch.ts';
import { ec2Handlers } from './ec2.ts';
import { ecsHandlers } from './ecs.ts';
import { elbv2Handlers } from './elbv2.ts';
import type { HandlerTable } from './handler.ts';
import { logsHandlers } from './logs.ts';
import { stsHandlers } from './sts.ts';

const handlers: Readonly<Record<string, HandlerTable>> = {
  ecs: ecsHandlers,
  ec2: ec2Handlers,
  logs: logsHandlers,
  elasticloadbalancing: elbv2Handlers,
  'application-autoscaling': applicationAutoscalingHandlers,
  autoscaling: autoscalingHandlers,
  cloudwatch: cloudwatchHandlers,
  sts: stsHandlers,
};

/** Answers a decoded request from `account`. Throws AwsFault. */
export function performOperation(account: SimulatedAccount, request: WireRequest): unknown {
  const table = handlers[request.service];
  const handler =
    table !== undefined && Object.hasOwn(table, request.operation) ? table[request.operation] : undefined;
  if (handler === undefined) {
    throw new AwsFault('NotImplemented', `${request.service}:${request.operation} is not simulated.`);
  }
  // The wire layer decoded the input with this very operation's schema, which is what the handler's type says.
  return handler(request.input as never, account);
}
