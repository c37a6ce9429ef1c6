// `lockkeeper iam-policy`: the least a node's role needs, derived from the tools.

import type { Command } from 'commander';
import { allTools } from '../../../tools/index.ts';
import { iamPolicy } from '../../catalog/iam-document.ts';
import { type AddCommand, optionsOf } from './command.ts';

export const addIamPolicy: AddCommand = (command, context) => {
  command
    .option('--read-only', 'leave the changes out')
    .addHelpText('after', '\nExample:\n  lockkeeper iam-policy --read-only > lockkeeper-read.json\n')
    .action((_, command: Command) => {
      const options = optionsOf<{ readOnly?: boolean }>(command);
      context.terminal.print(
        JSON.stringify(iamPolicy(allTools, { readOnly: options.readOnly === true }), null, 2),
      );
    });
};
