// Which operation of which service has a handler. Everything else that AWS knows is answered with NotImplemented,
// a client error, so that no SDK retries it.

import type { SimulatedAccount } from '../account.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import type { WireRequest } from '../wire/server.ts';
import { applicationAutoscalingHandlers } from './application-autoscaling.ts';
import { autoscalingHandlers } from './autoscaling.ts';
import { cloudtrailHandlers } from './cloudtrail.ts';
import { cloudwatchHandlers } from './cloudwatch.ts';
import { codedeployHandlers } from './codedeploy.ts';
import { ec2Handlers } from './ec2.ts';
import { ecrHandlers } from './ecr.ts';
import { ecsHandlers } from './ecs.ts';
import { efsHandlers } from './efs.ts';
import { elbv2Handlers } from './elbv2.ts';
import { eventsHandlers } from './events.ts';
import type { HandlerTable } from './handler.ts';
import { iamHandlers } from './iam.ts';
import { kmsHandlers } from './kms.ts';
import { logsHandlers } from './logs.ts';
import { rdsHandlers } from './rds.ts';
import { secretsmanagerHandlers } from './secrets.ts';
import { servicediscoveryHandlers } from './servicediscovery.ts';
import { servicequotasHandlers } from './servicequotas.ts';
import { ssmHandlers } from './ssm.ts';
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
  cloudtrail: cloudtrailHandlers,
  codedeploy: codedeployHandlers,
  ecr: ecrHandlers,
  elasticfilesystem: efsHandlers,
  events: eventsHandlers,
  iam: iamHandlers,
  kms: kmsHandlers,
  rds: rdsHandlers,
  secretsmanager: secretsmanagerHandlers,
  servicediscovery: servicediscoveryHandlers,
  servicequotas: servicequotasHandlers,
  ssm: ssmHandlers,
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
