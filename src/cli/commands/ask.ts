// `lockkeeper ask`: one question, one answer, for people and scripts.

import { conversationPage } from '../../contract/api.ts';
import type { AwsCall } from '../../contract/call.ts';
import type { ChatEvent } from '../../contract/chat.ts';
import { fail } from '../../contract/errors.ts';
import { type Finding, finding } from '../../contract/finding.ts';
import type { HubClient } from '../hub-client.ts';
import { findHub } from '../run-file.ts';
import { createConversationView } from '../terminal/conversation-view.ts';
import { type FinishedTurn, takeTurn } from '../turn.ts';
import { type AddCommand, optionsOf } from './command.ts';

export const addAsk: AddCommand = (program, context) => {
  program
    .command('ask')
    .description('ask a question; ends when the answer is there or waits for an approval')
    .argument('<question...>', 'the question, in your words')
    .option('-c, --continue', 'go on in the last conversation')
    .option('--conversation <id>', 'go on in this conversation')
    .addHelpText(
      'after',
      `
Examples:
  lockkeeper ask "why is checkout 3/4 in prod?"
  lockkeeper ask --continue "show me the logs from the failed task"
  lockkeeper ask --json "status of my-web-service in production-cluster" | jq .findings

Exit codes: 0 answered or waiting for an approval, 3 not found, 4 refused, 5 no hub or node, 6 set-up.`,
    )
    .action(async (words: string[], _, command) => {
      const options = optionsOf<{ continue?: boolean; conversation?: string }>(command);
      const { client } = findHub(context, options);
      const conversation =
        options.conversation ?? (options.continue === true ? await lastConversation(client) : null);
      const view = createConversationView(context.terminal, () => context.clock.now());
      const turn = await takeTurn(client, {
        conversation,
        text: words.join(' '),
        onEvent: (event) => (options.json === true ? undefined : view.show(event)),
      });
      const summary = summarise(turn);
      if (options.json === true) context.terminal.json(summary);
      else for (const line of nextSteps(summary)) context.terminal.note(line);
      const ended = turn.events.findLast((event) => event.type === 'turn.ended');
      if (ended?.type === 'turn.ended' && ended.status === 'failed') process.exitCode = 1;
    });
};

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

function nextSteps(summary: TurnSummary): string[] {
  return summary.proposals
    .filter((proposal) => proposal.state === 'pending')
    .flatMap((proposal) => [
      `Approve:  lockkeeper approvals approve ${proposal.id}`,
      `Deny:     lockkeeper approvals deny ${proposal.id} --reason "…"`,
    ]);
}
