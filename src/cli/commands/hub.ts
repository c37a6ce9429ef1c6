// `lockkeeper hub start`: the hub alone; nodes dial in from elsewhere.

import type { Command } from 'commander';
import { commandName, dataDirOf } from '../context.ts';
import { defaultPort, openHub } from '../open-hub.ts';
import { choosePlanner } from '../planner-choice.ts';
import { portOf } from '../port-option.ts';
import { type AddCommand, optionsOf } from './command.ts';

export const addHub: AddCommand = (hub, context) => {
  hub
    .command('start')
    .description('run the hub until Ctrl-C')
    .option('--port <n>', 'port to listen on', String(defaultPort))
    .option(
      '--host <address>',
      'address to listen on; put a TLS proxy in front for anything but this machine',
      '127.0.0.1',
    )
    .option('--planner <name>', 'playbook or model (default: model when ANTHROPIC_API_KEY is set)')
    .option('--model <id>', 'which Claude model')
    .addHelpText(
      'after',
      '\nExamples:\n  lockkeeper hub start\n  lockkeeper hub start --data /var/lib/lockkeeper --port 8443 --host 0.0.0.0   (with tls in config.yaml)\n\nExit codes: 0 stopped by Ctrl-C, 2 wrong usage, 6 port taken, data folder unwritable, locked or damaged, configuration not valid.',
    )
    .action(async (_, command: Command) => {
      const options = optionsOf<{ port: string; host: string; planner?: string; model?: string }>(command);
      const running = await openHub(context, {
        dataDir: dataDirOf(context, options),
        host: options.host,
        port: portOf(options.port),
        demo: false,
        planner: choosePlanner(context.env, options),
      });
      const link = await running.createSignInLink();
      const join = await running.createJoinToken();
      if (options.json === true) context.terminal.json({ url: running.url, link, joinToken: join.token });
      else {
        context.terminal.print(`Open         ${link}`);
        context.terminal.print(
          `Join a node  ${commandName(context)} node install --hub ${running.url} --token ${join.token}`,
        );
        context.terminal.print(
          '             (the link and the token work once, for 15 minutes; Ctrl-C stops the hub)',
        );
      }
      await context.interrupted;
      await running.close();
    });
};
