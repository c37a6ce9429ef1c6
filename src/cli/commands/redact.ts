// `lockkeeper redact`: standard input without secrets, as a stream. Needs no hub and no AWS access; nothing is stored.

import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { harmless, harmlessJson } from '../../kernel/harmless.ts';
import { createRedactor } from '../../kernel/redact.ts';
import { createRedactionStream, type RedactedPiece } from '../../kernel/redact-stream.ts';
import { type AddCommand, optionsOf } from './command.ts';

const KEY_BYTES = 32;

export const addRedact: AddCommand = (command, context) => {
  command
    .addHelpText(
      'after',
      '\nWith --json: one JSON object for each secret instead of the text, with its kind, line, column and length, never the secret.\n\nExamples:\n  kubectl logs deploy/web | lockkeeper redact > shareable.log\n  lockkeeper redact --json < app.log     where the secrets are\n',
    )
    .action(async (_, command: Command) => {
      const { json = false } = optionsOf(command);
      const { terminal, pipe } = context;
      const stream = createRedactionStream(createRedactor({ key: randomBytes(KEY_BYTES) }));
      const toScreen = terminal.columns !== Number.POSITIVE_INFINITY;
      let secrets = 0;
      const pass = async ({ bytes, findings }: RedactedPiece): Promise<void> => {
        secrets += findings.length;
        if (json) for (const finding of findings) await pipe.write(`${harmlessJson(finding)}\n`);
        else if (bytes.length > 0) await pipe.write(toScreen ? harmless(bytes.toString('utf8')) : bytes);
      };
      for await (const piece of pipe.read()) await pass(stream.write(piece));
      await pass(stream.end());
      if (terminal.interactive)
        terminal.note(`${secrets} ${secrets === 1 ? 'secret' : 'secrets'} taken out.`);
    });
};
