// `lockkeeper chat`: the conversation in a terminal, with approvals where they come up.

import { openProposal } from '../../approval/document.ts';
import { decisionRequest, proposalPage } from '../../contract/api.ts';
import { type ProposalView, proposalView } from '../../contract/proposal.ts';
import { type Context, commandName } from '../context.ts';
import type { HubClient } from '../hub-client.ts';
import { findHub } from '../run-file.ts';
import { type ConversationView, createConversationView } from '../terminal/conversation-view.ts';
import { followTurn, takeTurn } from '../turn.ts';
import { commandBehind, lastConversation } from './ask.ts';
import { type AddCommand, optionsOf } from './command.ts';

interface Chat {
  readonly context: Context;
  readonly client: HubClient;
  readonly view: ConversationView;
  conversation: string | null;
  lastSeq: number;
}

export const addChat: AddCommand = (command, context) => {
  command
    .option('-c, --continue', 'go on in the last conversation')
    .addHelpText(
      'after',
      '\nExamples:\n  lockkeeper chat\n  lockkeeper chat --continue\n  printf "how is checkout?\\nwhy?\\n" | lockkeeper chat\n\nExit codes: 0 ended, 3 nothing to continue, 5 no hub.',
    )
    .action(async (_, command) => {
      const options = optionsOf<{ continue?: boolean }>(command);
      const { client } = findHub(context, options);
      const chat: Chat = {
        context,
        client,
        view: createConversationView(context.terminal, () => context.clock.now()),
        conversation: options.continue === true ? await lastConversation(client) : null,
        lastSeq: 0,
      };
      context.terminal.note(
        'Ask about a service, a task or an error. An empty line ends the chat; what runs goes on.',
      );
      let meant: string | null = null;
      for (;;) {
        const line: string | undefined = meant ?? (await context.terminal.ask('> '))?.trim();
        if (line === undefined || line === '') return;
        meant = await turn(chat, line);
      }
    });
};

/** One message and its answer. Returns a next message that was given where an approval was asked for, or null. */
async function turn(chat: Chat, text: string): Promise<string | null> {
  const finished = await takeTurn(chat.client, {
    conversation: chat.conversation,
    text,
    onEvent: chat.view.show,
  });
  await chat.view.legend((id) => commandBehind(chat.client, id));
  chat.conversation = finished.conversation;
  chat.lastSeq = finished.events.at(-1)?.seq ?? chat.lastSeq;
  const ended = finished.events.findLast((event) => event.type === 'turn.ended');
  if (ended?.type === 'turn.ended' && ended.status === 'waiting') return decide(chat, finished.turn);
  return null;
}

async function decide(chat: Chat, turnId: string): Promise<string | null> {
  const page = await chat.client.get(
    `/proposals?state=pending&conversation=${chat.conversation}`,
    proposalPage,
  );
  for (const proposal of page.items) {
    const answer = await askDecision(chat);
    if (answer.kind === 'approve') await send(chat, proposal, { decision: 'approve', reason: null });
    else if (answer.kind === 'deny') {
      const reason = (
        await chat.context.terminal.ask('The reason, kept with the denial (may be empty): ')
      )?.trim();
      await send(chat, proposal, { decision: 'deny', reason: reason || null });
    } else {
      chat.context.terminal.note(
        `It stays until it expires: ${commandName(chat.context)} approvals approve ${proposal.id}`,
      );
      if (answer.kind === 'message') return answer.text;
      continue;
    }
    await followDecided(chat, turnId);
  }
  return null;
}

type Answer =
  | { readonly kind: 'approve' | 'deny' | 'later' }
  | { readonly kind: 'message'; readonly text: string };

/** Asks once more when the line is none of the three; a script cannot answer that, so its line is the next message. */
async function askDecision({ context: { terminal } }: Chat): Promise<Answer> {
  let question = 'Approve this change? [y]es, [n]o, [l]ater: ';
  for (let tries = 0; tries < 2; tries++) {
    const line = (await terminal.ask(question))?.trim();
    const word = line?.toLowerCase() ?? '';
    if (word === 'y' || word === 'yes') return { kind: 'approve' };
    if (word === 'n' || word === 'no') return { kind: 'deny' };
    if (line === undefined || word === '' || word === 'l' || word === 'later') return { kind: 'later' };
    if (!terminal.interactive) return { kind: 'message', text: line };
    question = 'Please answer y (approve), n (deny) or l (later, then ask on): ';
  }
  return { kind: 'later' };
}

async function send(
  chat: Chat,
  proposal: ProposalView,
  decision: { decision: 'approve' | 'deny'; reason: string | null },
): Promise<void> {
  // The digest of the bytes that were shown, not the one the hub claims.
  const { digest } = openProposal(proposal.signed);
  const body = decisionRequest.parse({ ...decision, digest });
  await chat.client.post(`/proposals/${proposal.id}/decision`, body, proposalView);
}

/** Follows the resumed turn to its end, and the watch after it. Ctrl-C leaves it running. */
async function followDecided(chat: Chat, turnId: string): Promise<void> {
  let watching = false;
  const track = (event: Parameters<ConversationView['show']>[0]): void => {
    if ('seq' in event) chat.lastSeq = event.seq;
    if (event.type === 'watch.started') watching = true;
    if (event.type === 'watch.ended') watching = false;
    chat.view.show(event);
  };
  const conversation = chat.conversation ?? '';
  await followTurn(chat.client, { conversation, turn: turnId, after: chat.lastSeq, onEvent: track });
  if (!watching) return;
  const stop = new AbortController();
  for await (const event of chat.client.events(conversation, chat.lastSeq, stop.signal)) {
    track(event);
    if (event.type === 'watch.ended') return stop.abort();
  }
}
