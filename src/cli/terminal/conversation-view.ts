// A conversation as it happens, line by line: AWS calls while they run, the answer, proposals, the watch.

import { openProposal } from '../../approval/document.ts';
import type { AwsCall } from '../../contract/call.ts';
import type { ChatDelta, ChatEvent } from '../../contract/chat.ts';
import { renderMarkdown } from './markdown.ts';
import { proposalCard } from './proposal-card.ts';
import { oneLine, type Terminal } from './terminal.ts';

export interface ConversationView {
  show(event: ChatEvent | ChatDelta): void;
}

/** Prints answers to stdout; AWS calls and progress to stderr, so that a pipe gets the answer alone. */
export function createConversationView(terminal: Terminal, now: () => number): ConversationView {
  let stage = '';
  return {
    show(event) {
      switch (event.type) {
        case 'call.started':
          stage = '';
          return terminal.note(terminal.style('dim', `· ${oneLine(event.title)}`));
        case 'aws.finished':
          if (event.aws.stage !== stage && event.aws.stage !== '') {
            stage = event.aws.stage;
            terminal.note(terminal.style('dim', `  ${oneLine(stage)}`));
          }
          return terminal.note(awsLine(terminal, event.aws));
        case 'call.finished':
          if (event.result.status === 'refused' || event.result.status === 'failed') {
            terminal.note(
              terminal.style(
                'red',
                `  ${oneLine(event.result.error.message)} ${oneLine(event.result.error.next)}`,
              ),
            );
          }
          return;
        case 'answer':
          return terminal.print(`\n${renderMarkdown(terminal, event.text)}\n`);
        case 'proposal.created': {
          const { document, digest } = openProposal(event.proposal.signed);
          for (const line of proposalCard(terminal, {
            document,
            digest,
            state: event.proposal.state,
            nowMs: now(),
          }))
            terminal.print(line);
          return;
        }
        case 'proposal.moved':
          return terminal.note(
            `  ${terminal.style('bold', event.outcome.state)} ${oneLine(event.outcome.detail)}`,
          );
        case 'watch.looked': {
          const look = event.watch.looks.at(-1);
          return look === undefined
            ? undefined
            : terminal.note(
                terminal.style(
                  'dim',
                  `  ${look.running}/${look.desired} running, ${look.healthy} healthy. ${oneLine(look.note)}`,
                ),
              );
        }
        case 'watch.ended':
          return terminal.print(
            terminal.style(
              event.watch.state === 'succeeded' ? 'green' : 'yellow',
              oneLine(event.watch.detail),
            ),
          );
        case 'turn.ended':
          if (event.error !== null)
            terminal.note(
              terminal.style('red', `${oneLine(event.error.message)} ${oneLine(event.error.next)}`),
            );
          return;
        default:
          return;
      }
    },
  };
}

function awsLine(terminal: Terminal, aws: AwsCall): string {
  const mark =
    aws.status === 'ok'
      ? terminal.style('green', '✓')
      : terminal.style('red', aws.status === 'denied' ? '⊘' : '✗');
  const ms = aws.ms === null ? '' : terminal.style('dim', ` ${Math.round(aws.ms)} ms`);
  const problem = aws.error === null ? '' : terminal.style('red', ` ${oneLine(aws.error.code)}`);
  return `  ${mark} ${oneLine(aws.cli)}${ms}${problem}`;
}
