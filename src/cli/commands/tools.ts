// `lockkeeper tools`: what a planner can call, and what each tool may do in AWS.

import type { Command } from 'commander';
import { allTools } from '../../../tools/index.ts';
import { modelSchema } from '../../catalog/model-schema.ts';
import { createRegistry } from '../../catalog/registry.ts';
import { table } from '../terminal/table.ts';
import { type AddCommand, optionsOf } from './command.ts';

export const addTools: AddCommand = (tools, context) => {
  tools
    .command('list', { isDefault: true })
    .description('every tool with its risk')
    .addHelpText('after', '\nExample:\n  lockkeeper tools list --json | jq -r .[].name')
    .action((_, command: Command) => {
      if (optionsOf(command).json === true) {
        return context.terminal.json(
          allTools.map((tool) => ({
            name: tool.name,
            risk: tool.risk,
            summary: tool.summary,
            actions: tool.actions,
            input: modelSchema(tool),
          })),
        );
      }
      const rows = allTools.map((tool) => [tool.name, tool.risk, tool.summary]);
      for (const line of table(['tool', 'risk', 'what it is for'], rows, context.terminal.columns))
        context.terminal.print(line);
    });
  tools
    .command('show <name>')
    .description('one tool: input, AWS actions')
    .addHelpText(
      'after',
      '\nExample:\n  lockkeeper tools show task_logs\n\nExit codes: 0 shown, 3 no such tool.',
    )
    .action((name: string, _, command: Command) => {
      const tool = createRegistry(allTools).get(name);
      const view = {
        name: tool.name,
        risk: tool.risk,
        summary: tool.summary,
        actions: tool.actions,
        input: modelSchema(tool),
      };
      if (optionsOf(command).json === true) return context.terminal.json(view);
      context.terminal.print(
        `${view.name}  (${view.risk})\n${view.summary}\n\nAWS actions: ${view.actions.join(', ')}\n\nInput:\n${JSON.stringify(view.input, null, 2)}`,
      );
    });
};
