// The command line as one tree. The reference page docs/reference/cli.md is generated from it.
// A command's options, help and work are loaded when that command is asked for: `--help` and `audit tail` need no AWS and no hub.

import { Command } from 'commander';
import type { AddCommand } from './commands/command.ts';
import type { Context } from './context.ts';
import { oneLine } from './terminal/terminal.ts';
import { asTyped } from './typed.ts';

interface CommandEntry {
  /** With its arguments, as commander reads them. */
  readonly name: string;
  readonly about: string;
  load(): Promise<AddCommand>;
}

/** In the order of the help. */
const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'up',
    about: 'a hub and a node in one process; prints a link to the chat',
    load: async () => (await import('./commands/up.ts')).addUp,
  },
  {
    name: 'hub',
    about: 'the hub: web page, API, approvals and audit log',
    load: async () => (await import('./commands/hub.ts')).addHub,
  },
  {
    name: 'node',
    about: 'the node: dials out to the hub, holds the AWS credentials',
    load: async () => (await import('./commands/node.ts')).addNode,
  },
  {
    name: 'ask',
    about: 'ask a question; ends when the answer is there or waits for an approval',
    load: async () => (await import('./commands/ask.ts')).addAsk,
  },
  {
    name: 'chat',
    about: 'talk in the terminal; an empty line or Ctrl-D ends it',
    load: async () => (await import('./commands/chat.ts')).addChat,
  },
  {
    name: 'explain [text...]',
    about:
      'what an error message, service event, exit code or log line points to; lines from standard input without a text',
    load: async () => (await import('./commands/explain.ts')).addExplain,
  },
  {
    name: 'evidence',
    about: 'print what AWS answered to one call, redacted and as it was stored',
    load: async () => (await import('./commands/evidence.ts')).addEvidence,
  },
  {
    name: 'redact',
    about: 'standard input without passwords, keys and tokens; equal secrets get equal marks within one run',
    load: async () => (await import('./commands/redact.ts')).addRedact,
  },
  {
    name: 'diagnose',
    about: 'find out what is wrong, without a hub: in your AWS account or in a snapshot',
    load: async () => (await import('./commands/diagnose.ts')).addDiagnose,
  },
  {
    name: 'snapshot',
    about: "an account's state in a file: take it, check it, serve it as a simulated account",
    load: async () => (await import('./commands/snapshot.ts')).addSnapshot,
  },
  {
    name: 'approvals',
    about: 'list, read, approve and deny proposed changes',
    load: async () => (await import('./commands/approvals.ts')).addApprovals,
  },
  {
    name: 'audit',
    about: 'the hash-chained log of every command, decision and refusal',
    load: async () => (await import('./commands/audit.ts')).addAudit,
  },
  {
    name: 'tools',
    about: 'the closed list of tools',
    load: async () => (await import('./commands/tools.ts')).addTools,
  },
  {
    name: 'iam-policy',
    about: 'print the IAM policy document a node needs',
    load: async () => (await import('./commands/iam-policy.ts')).addIamPolicy,
  },
  {
    name: 'sign-in',
    about: 'print a one-time link to the web page, valid for 15 minutes',
    load: async () => (await import('./commands/sign-in.ts')).addSignIn,
  },
  {
    name: 'doctor',
    about: 'check this machine, the hub, its nodes and the audit log',
    load: async () => (await import('./commands/doctor.ts')).addDoctor,
  },
  {
    name: 'bench',
    about: 'score investigations on simulated accounts that were broken on purpose',
    load: async () => (await import('./commands/bench.ts')).addBench,
  },
];

/** The tree with the names of all commands; each is completed just before it runs or shows its help. */
export function createProgram(context: Context): Command {
  const program = new Command('lockkeeper')
    .description(
      'Finds out why an Amazon ECS service is unhealthy, proposes the fix, and changes nothing until a person has approved exactly that change.',
    )
    .version(context.version)
    .option('--data <dir>', 'data folder (default: .lockkeeper in a checkout, else ~/.lockkeeper)')
    .option('--hub <url>', 'the hub to talk to (default: the one of the data folder)')
    .option('--json', 'one JSON document on standard output')
    .configureHelp({ showGlobalOptions: true, subcommandTerm: nameAndArguments })
    // Set before the commands are added, which inherit both: one line on stderr, and main.ts chooses the exit code.
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void process.stdout.write(asTyped(context, text)),
      outputError: (text, write) =>
        write(`${oneLine(text.replace(/^error: /, '').replace(/\.?\s*$/, ''))}. See --help.\n`),
    })
    .addHelpText(
      'after',
      '\nStart here:\n  lockkeeper up --demo      a hub, a node and a simulated AWS account; prints a link\n  lockkeeper up             the same against the AWS credentials of this shell\n  lockkeeper ask "why is checkout 3/4 in prod?"\n\nExit codes: 0 done, 1 unexpected, 2 wrong usage, 3 not found, 4 refused, 5 no hub, node or AWS, 6 set-up, 7 audit log.\n',
    );
  const waiting = new Map<Command, CommandEntry>();
  for (const entry of COMMANDS) waiting.set(program.command(entry.name).description(entry.about), entry);
  program.hook('preSubcommand', async (_, command) => {
    const entry = waiting.get(command);
    waiting.delete(command);
    if (entry !== undefined) (await entry.load())(command, context);
  });
  return program;
}

/** The tree for one line of arguments, which begins with the two of Node. */
export async function programFor(context: Context, argv: readonly string[]): Promise<Command> {
  // commander prints the help of `help NAME` without telling anybody first.
  return argv[2] === 'help' ? createWholeProgram(context) : createProgram(context);
}

/** The tree with everything in it, for those who read it as a whole. */
export async function createWholeProgram(context: Context): Promise<Command> {
  const program = createProgram(context);
  for (const [index, entry] of COMMANDS.entries()) {
    const command = program.commands[index];
    if (command !== undefined) (await entry.load())(command, context);
  }
  return program;
}

/** In a list of commands; commander's own says `[options]` too, which is known only of commands that are loaded. */
function nameAndArguments(command: Command): string {
  const given = command.registeredArguments.map((one) => {
    const name = `${one.name()}${one.variadic ? '...' : ''}`;
    return one.required ? `<${name}>` : `[${name}]`;
  });
  return [command.name(), ...given].join(' ');
}
