// `lockkeeper sign-in`: a fresh one-time link to the web page, for somebody on the hub's own machine.

import type { Command } from 'commander';
import { z } from 'zod';
import type { HubClient } from '../hub-client.ts';
import { findHub } from '../run-file.ts';
import { type AddCommand, optionsOf } from './command.ts';

export const addSignIn: AddCommand = (command, context) => {
  command
    .addHelpText('after', '\nExample:\n  lockkeeper sign-in\n\nExit codes: 0 printed, 5 no hub.')
    .action(async (_, command: Command) => {
      const options = optionsOf(command);
      const { client } = findHub(context, options);
      const link = await newSignInLink(client);
      if (options.json === true) context.terminal.json({ link });
      else context.terminal.print(link);
    });
};

/** A one-time link to the page of the hub of `client`. Throws what the request throws. */
export async function newSignInLink(client: HubClient): Promise<string> {
  return (await client.post('/session/links', {}, z.object({ link: z.string() }))).link;
}
