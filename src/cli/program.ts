// The command line as one tree. The reference page docs/reference/cli.md is generated from it.

import { Command } from 'commander';
import { addApprovals } from './commands/approvals.ts';
import { addAsk } from './commands/ask.ts';
import { addAudit } from './commands/audit.ts';
import { addBench } from './commands/bench.ts';
import { addChat } from './commands/chat.ts';
import { addDiagnose } from './commands/diagnose.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEvidence } from './commands/evidence.ts';
import { addExplain } from './commands/explain.ts';
import { addHub } from './commands/hub.ts';
import { addIamPolicy } from './commands/iam-policy.ts';
import { addNode } from './commands/node.ts';
import { addRedact } from './commands/redact.ts';
import { addSignIn } from './commands/sign-in.ts';
import { addSnapshot } from './commands/snapshot.ts';
import { addTools } from './commands/tools.ts';
import { addUp } from './commands/up.ts';
import type { Context } from './context.ts';
import { oneLine } from './terminal/terminal.ts';

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
    // Set before the commands are added, which inherit both: one line on stderr, and main.ts chooses the exit code.
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => write(`${oneLine(text.replace(/^error: /, ''))}. See --help.\n`),
    })
    .addHelpText(
      'after',
      '\nStart here:\n  lockkeeper up --demo      a hub, a node and a simulated AWS account; prints a link\n  lockkeeper up             the same against the AWS credentials of this shell\n  lockkeeper ask "why is checkout 3/4 in prod?"\n\nExit codes: 0 done, 1 unexpected, 2 wrong usage, 3 not found, 4 refused, 5 no hub, node or AWS, 6 set-up, 7 audit log.\n',
    );
  for (const add of [
    addUp,
    addHub,
    addNode,
    addAsk,
    addChat,
    addExplain,
    addEvidence,
    addRedact,
    addDiagnose,
    addSnapshot,
    addApprovals,
    addAudit,
    addTools,
    addIamPolicy,
    addSignIn,
    addDoctor,
    addBench,
  ])
    add(program, context);
  return program;
}
