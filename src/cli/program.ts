// The command line as one tree. The reference page docs/reference/cli.md is generated from it.

import { Command } from 'commander';
import { addApprovals } from './commands/approvals.ts';
import { addAsk } from './commands/ask.ts';
import { addAudit } from './commands/audit.ts';
import { addChat } from './commands/chat.ts';
import { addDoctor } from './commands/doctor.ts';
import { addHub } from './commands/hub.ts';
import { addIamPolicy } from './commands/iam-policy.ts';
import { addNode } from './commands/node.ts';
import { addSignIn } from './commands/sign-in.ts';
import { addTools } from './commands/tools.ts';
import { addUp } from './commands/up.ts';
import type { Context } from './context.ts';

export function createProgram(context: Context): Command {
  const program = new Command('lockkeeper')
    .description(
      'Finds out why an Amazon ECS service is unhealthy, proposes the fix, and changes nothing until a person has approved exactly that change.',
    )
    .version(context.version)
    .option('--data <dir>', 'data folder (default: .lockkeeper in a checkout, else ~/.lockkeeper)')
    .option('--hub <url>', 'the hub to talk to (default: the one of the data folder)')
    .option('--json', 'one JSON document on standard output')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('See --help.')
    .addHelpText(
      'after',
      '\nStart here:\n  lockkeeper up --demo      a hub, a node and a simulated AWS account; prints a link\n  lockkeeper up             the same against the AWS credentials of this shell\n  lockkeeper ask "why is checkout 3/4 in prod?"\n',
    );
  for (const add of [
    addUp,
    addHub,
    addNode,
    addAsk,
    addChat,
    addApprovals,
    addAudit,
    addTools,
    addIamPolicy,
    addSignIn,
    addDoctor,
  ])
    add(program, context);
  return program;
}
