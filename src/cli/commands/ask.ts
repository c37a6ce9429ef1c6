// `lockkeeper ask`: one question, one answer, for people and scripts.

import { conversationPage } from '../../contract/api.ts';
import { type AwsCall, evidence } from '../../contract/call.ts';
import type { ChatEvent } from '../../contract/chat.ts';
import { fail } from '../../contract/errors.ts';
import { type Finding, finding } from '../../contract/finding.ts';
import { LockkeeperError } from '../../kernel/errors.ts';
import { type Context, commandName, type GlobalOptions } from '../context.ts';
import type { HubClient } from '../hub-client.ts';
import { findHub } from '../run-file.ts';
import { createConversationView } from '../terminal/conversation-view.ts';
import { table } from '../terminal/table.ts';
import { type FinishedTurn, takeTurn } from '../turn.ts';
import { exitCodeOf } from '../turn-exit.ts';
import { type AddCommand, INTERRUPTED, optionsOf } from './command.ts';

export const addAsk: AddCommand = (command, context) => {
  command
    .argument('[question...]', 'the question, in your words')
    .option('-c, --continue', 'go on in the last conversation')
    .option('--conversation <id>', 'go on in this conversation')
    .option('--list', 'list the conversations instead, newest first')
    .addHelpText(
      'after',
      `
Examples:
  lockkeeper ask "why is checkout 3/4 in prod?"
  lockkeeper ask --continue "show me the logs from the failed task"
  lockkeeper ask --conversation conv_01JD… "and now?"
  lockkeeper ask --json "status of my-web-service in production-cluster" | jq .findings

The JSON document is {conversation, answer, findings, commands: [{cli, status, ms, evidence}],
proposals: [{id, cli, state, expiresAt}], audit: {from, to}}.

Exit codes: 0 answered or waiting for an approval, 2 the question is not clear, 3 a name was not found,
4 refused by policy, budget or AWS state, 5 no hub, no node or no AWS, 6 no credentials or region, 7 no audit log,
130 Ctrl-C (the hub goes on).`,
    )
    .action(async (words: string[], _, command) => {
      const options = optionsOf<AskOptions>(command);
      const { client } = findHub(context, options);
      if (options.list === true) return list(context, client, options);
      if (words.join('').trim() === '')
        throw fail('usage', { detail: 'Say what you want to know, in quotes, or use --list.' });
      const conversation =
        options.conversation ?? (options.continue === true ? await lastConversation(client) : null);
      const view = createConversationView(context.terminal, () => context.clock.now());
      const stop = new AbortController();
      void context.interrupted.then(() => stop.abort());
      const turn = await takeTurn(client, {
        conversation,
        signal: stop.signal,
        text: words.join(' '),
        onEvent: (event) => (options.json === true ? undefined : view.show(event)),
      });
      if (stop.signal.aborted) {
        context.terminal.note(
          `Not waiting any more; the hub goes on. Its answer will be on the web page: ${commandName(context)} sign-in`,
        );
        process.exitCode = INTERRUPTED;
        return;
      }
      const summary = summarise(turn);
      if (options.json === true) context.terminal.json(summary);
      else {
        await view.legend((id) => commandBehind(client, id));
        for (const line of nextSteps(summary, commandName(context))) context.terminal.note(line);
      }
      process.exitCode = exitCodeOf(turn);
    });
};

interface AskOptions extends GlobalOptions {
  readonly continue?: boolean;
  readonly conversation?: string;
  readonly list?: boolean;
}

async function list(context: Context, client: HubClient, options: AskOptions): Promise<void> {
  const { items } = await client.get('/conversations', conversationPage);
  if (options.json === true) return context.terminal.json(items);
  if (items.length === 0) return context.terminal.note('No conversation yet. Ask something.');
  const rows = items.map((item) => [item.id, item.state, new Date(item.updatedAt).toISOString(), item.title]);
  for (const line of table(['conversation', 'state', 'last', 'about'], rows, context.terminal.columns))
    context.terminal.print(line);
}

/** The `aws …` line of evidence that an earlier turn collected; null when it is past its retention time. */
export async function commandBehind(client: HubClient, id: string): Promise<string | null> {
  try {
    return (await client.get(`/evidence/${id}`, evidence)).cli;
  } catch (error) {
    if (error instanceof LockkeeperError) return null;
    throw error;
  }
}

/** The newest conversation. Throws `nothing-to-continue`. */
export async function lastConversation(client: HubClient): Promise<string> {
  const page = await client.get('/conversations?limit=1', conversationPage);
  const last = page.items[0];
  if (last === undefined) throw fail('nothing-to-continue');
  return last.id;
}

export interface TurnSummary {
  readonly conversation: string;
  readonly answer: string;
  readonly findings: readonly Finding[];
  readonly commands: readonly {
    readonly cli: string;
    readonly status: AwsCall['status'];
    readonly ms: number | null;
    readonly evidence: string | null;
  }[];
  readonly proposals: readonly {
    readonly id: string;
    readonly cli: string;
    readonly state: string;
    readonly expiresAt: string;
  }[];
  readonly audit: { readonly from: number; readonly to: number } | null;
}

/** What a script needs of a finished turn. */
export function summarise(turn: FinishedTurn): TurnSummary {
  const of = <T extends ChatEvent['type']>(type: T) =>
    turn.events.filter((event): event is Extract<ChatEvent, { type: T }> => event.type === type);
  return {
    conversation: turn.conversation,
    answer: of('answer')
      .map((event) => event.text)
      .join('\n\n'),
    findings: of('call.finished').flatMap((event) => findingsIn(event.result)),
    commands: of('aws.finished').map(({ aws }) => ({
      cli: aws.cli,
      status: aws.status,
      ms: aws.ms,
      evidence: aws.evidence,
    })),
    proposals: of('proposal.created').map(({ proposal }) => ({
      id: proposal.id,
      cli: proposal.document.call.cli,
      state:
        of('proposal.moved').findLast((event) => event.outcome.proposal === proposal.id)?.outcome.state ??
        proposal.state,
      expiresAt: new Date(proposal.document.exp).toISOString(),
    })),
    audit: of('turn.ended').at(-1)?.audit ?? null,
  };
}

function findingsIn(result: Extract<ChatEvent, { type: 'call.finished' }>['result']): Finding[] {
  if (
    result.status !== 'ok' ||
    typeof result.output !== 'object' ||
    result.output === null ||
    !('findings' in result.output)
  )
    return [];
  const parsed = finding.array().safeParse(result.output.findings);
  return parsed.success ? parsed.data : [];
}

function nextSteps(summary: TurnSummary, me: string): string[] {
  return summary.proposals
    .filter((proposal) => proposal.state === 'pending')
    .flatMap((proposal) => [
      `Approve:  ${me} approvals approve ${proposal.id}`,
      `Deny:     ${me} approvals deny ${proposal.id} --reason "…"`,
    ]);
}
