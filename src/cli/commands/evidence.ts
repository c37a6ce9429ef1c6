// `lockkeeper evidence`: the stored answer behind a citation, exactly as the answer's author saw it.

import type { Command } from 'commander';
import { evidence } from '../../contract/call.ts';
import { readableBody } from '../../contract/evidence-body.ts';
import { harmless } from '../../kernel/harmless.ts';
import { findHub } from '../run-file.ts';
import { oneLine } from '../terminal/terminal.ts';
import { type AddCommand, optionsOf } from './command.ts';

export const addEvidence: AddCommand = (command, context) => {
  command
    .argument('<id>', 'the id behind a citation, ev_…')
    .addHelpText(
      'after',
      '\nExamples:\n  lockkeeper evidence ev_01JD…\n  lockkeeper evidence ev_01JD… --json | jq .body\n\nExit codes: 0 printed, 3 unknown or past its retention time, 5 no hub.',
    )
    .action(async (id: string, _, command: Command) => {
      const options = optionsOf(command);
      const { client } = findHub(context, options);
      const found = await client.get(`/evidence/${encodeURIComponent(id)}`, evidence);
      const body = readBody(found.body);
      const { terminal } = context;
      if (options.json === true) return terminal.json({ ...found, body });
      const notes = [
        new Date(found.at).toISOString(),
        `call ${found.call}`,
        found.redactions === 0 ? 'nothing redacted' : `${found.redactions} values redacted`,
        ...(found.truncated ? ['cut: the answer was longer'] : []),
      ];
      terminal.note(terminal.style('cyan', oneLine(found.cli)));
      terminal.note(terminal.style('dim', notes.join(' · ')));
      terminal.print(harmless(typeof body === 'string' ? body : JSON.stringify(readableBody(body), null, 2)));
    });
};

/** A cut answer is no JSON any more and is shown as text. */
function readBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
