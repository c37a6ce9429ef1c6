// A conversation as it happens, line by line: AWS calls while they run, the answer, proposals, the watch.

import { openProposal } from '../../approval/document.ts';
import type { AwsCall } from '../../contract/call.ts';
import type { ChatDelta, ChatEvent, WatchView } from '../../contract/chat.ts';
import type { ProposalView } from '../../contract/proposal.ts';
import { createCitations } from './citations.ts';
import { logView } from './log-view.ts';
import { renderMarkdown } from './markdown.ts';
import { proposalCard } from './proposal-card.ts';
import { oneLine, type Terminal } from './terminal.ts';

export interface ConversationView {
  show(event: ChatEvent | ChatDelta): void;
  /** Says on stderr which AWS call each new citation is; `lookUp` finds the line of what an earlier turn observed. */
  legend(lookUp: (evidence: string) => Promise<string | null>): Promise<void>;
}

/** Prints answers to stdout; AWS calls and progress to stderr, so that a pipe gets the answer alone. */
export function createConversationView(terminal: Terminal, now: () => number): ConversationView {
  const stages = new Set(['']);
  const citations = createCitations(terminal);
  // What is said before calls is why they are made: beside a change it belongs to what is decided.
  let why = '';
  return {
    async legend(lookUp) {
      for (const line of await citations.legend(lookUp)) terminal.note(line);
    },
    show(event) {
      switch (event.type) {
        case 'planner.step':
          why = event.text;
          return;
        case 'call.started':
          stages.clear();
          stages.add('');
          return terminal.note(terminal.style('dim', `· ${oneLine(event.title)}`));
        case 'aws.finished':
          // Answers of one stage may come when the next has begun.
          if (!stages.has(event.aws.stage))
            terminal.note(terminal.style('dim', `  ${oneLine(event.aws.stage)}`));
          stages.add(event.aws.stage);
          citations.learn(event.aws.evidence, event.aws.cli);
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
          if (event.tool === 'task_logs')
            for (const line of logView(terminal, event.result)) terminal.print(line);
          return;
        case 'answer':
          return terminal.print(`\n${renderMarkdown(terminal, event.text, citations)}\n`);
        case 'proposal.created': {
          if (why !== '') terminal.print(`\n${renderMarkdown(terminal, why, citations)}`);
          why = '';
          return showProposal(terminal, event.proposal, now());
        }
        case 'proposal.moved':
          return terminal.note(
            `  ${terminal.style('bold', event.outcome.state)} ${oneLine(event.outcome.detail)}`,
          );
        case 'watch.looked':
          return showLook(terminal, event.watch);
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

function showProposal(terminal: Terminal, proposal: ProposalView, nowMs: number): void {
  const { document, digest } = openProposal(proposal.signed);
  for (const line of proposalCard(terminal, { document, digest, state: proposal.state, nowMs }))
    terminal.print(line);
}

function showLook(terminal: Terminal, watch: WatchView): void {
  const look = watch.looks.at(-1);
  if (look === undefined) return;
  const text = `  ${look.running}/${look.desired} running, ${look.healthy} healthy. ${oneLine(look.note)}`;
  terminal.note(terminal.style('dim', text));
}

function awsLine(terminal: Terminal, aws: AwsCall): string {
  const mark =
    aws.status === 'ok'
      ? terminal.style('green', '✓')
      : terminal.style('red', aws.status === 'denied' ? '⊘' : '✗');
  const ms = aws.ms === null ? '' : ` ${Math.round(aws.ms)} ms`;
  const problem = aws.error === null ? '' : ` ${oneLine(aws.error.code)}`;
  // What stands behind the command stays visible; the command itself gives way, since --json and the console have it whole.
  const room = ' '.repeat(ms.length + problem.length + 4);
  const cli = terminal.fit(`${room}${oneLine(aws.cli)}`, 'note').slice(room.length);
  return `  ${mark} ${cli}${terminal.style('dim', ms)}${terminal.style('red', problem)}`;
}
