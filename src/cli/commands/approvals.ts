// `lockkeeper approvals`: read proposals from the bytes the node signed, and decide them.

import { type Command, Option } from 'commander';
import { openProposal } from '../../approval/document.ts';
import { proposalPage } from '../../contract/api.ts';
import type { WatchView } from '../../contract/chat.ts';
import { fail } from '../../contract/errors.ts';
import { type ProposalView, proposalState, proposalView, settledStates } from '../../contract/proposal.ts';
import { rivalsOf } from '../../contract/rival-proposals.ts';
import { isoTime } from '../../kernel/clock.ts';
import type { Context } from '../context.ts';
import type { HubClient } from '../hub-client.ts';
import { findHub } from '../run-file.ts';
import { createConversationView } from '../terminal/conversation-view.ts';
import { proposalCard } from '../terminal/proposal-card.ts';
import { table } from '../terminal/table.ts';
import { oneLine } from '../terminal/terminal.ts';
import { followWatch } from '../watch.ts';
import { type AddCommand, optionsOf } from './command.ts';

const SETTLE_TRIES = 240;
const SETTLE_EVERY_MS = 250;

export const addApprovals: AddCommand = (approvals, context) => {
  approvals
    .command('list', { isDefault: true })
    .description('proposals, newest first')
    .addOption(new Option('--state <state>', 'only these').choices(proposalState.options))
    .addHelpText(
      'after',
      '\nExamples:\n  lockkeeper approvals list --state pending\n  lockkeeper approvals list --json\n\nExit codes: 0 listed, 2 no such state, 5 no hub.',
    )
    .action(async (_, command: Command) => {
      const options = optionsOf<{ state?: string }>(command);
      const { client } = findHub(context, options);
      const query = options.state === undefined ? '' : `?state=${encodeURIComponent(options.state)}`;
      const page = await client.get(`/proposals${query}`, proposalPage);
      if (options.json === true) return context.terminal.json(page.items);
      if (page.items.length === 0)
        return context.terminal.note(
          options.state === undefined
            ? 'No proposals. They appear when a change is asked for.'
            : `No proposal is ${options.state} now. Without --state all are listed.`,
        );
      const rows = page.items.map((p) => [
        p.id,
        p.state,
        new Date(p.createdAt).toISOString(),
        p.document.display.title,
      ]);
      for (const line of table(['proposal', 'state', 'made', 'what'], rows, context.terminal.columns))
        context.terminal.print(line);
    });

  approvals
    .command('show <proposal>')
    .description('the whole proposal')
    .addHelpText(
      'after',
      '\nExample:\n  lockkeeper approvals show prop_01JD…\n\nExit codes: 0 shown, 3 no such proposal, 4 altered on its way, 5 no hub.',
    )
    .action(async (name: string, _, command: Command) => {
      const options = optionsOf(command);
      const { client } = findHub(context, options);
      const proposal = await read(client, proposalId(name));
      if (options.json === true) return context.terminal.json(proposal);
      show(context, { proposal, rivals: await rivals(context, client, proposal) });
      for (const line of whatBecameOf(proposal)) context.terminal.print(line);
    });
  addDeciding(approvals, context);
};

function addDeciding(approvals: Command, context: Context): void {
  approvals
    .command('approve <proposal>')
    .description(
      'approve exactly this change; it runs once, and the command waits for the outcome and the watch after it',
    )
    .option('-y, --yes', 'do not ask; needed with --json and where nobody can answer')
    .option('--no-watch', 'end at the outcome; the watch goes on in the hub')
    .addHelpText(
      'after',
      '\nExamples:\n  lockkeeper approvals approve prop_01JD…\n  lockkeeper approvals approve prop_01JD… --yes --json | jq .watch.state\n\nWith --json the proposal carries watch: {state, detail}, or null when nothing is watched; state is watching, succeeded or failed.\nCtrl-C leaves the watch to the hub.\n\nExit codes: 0 done (whatever the watch saw), 2 nobody to confirm and no --yes, 3 no such proposal, 4 not approved, refused, expired, stale or failed, 5 no hub or node.',
    )
    .action(async (name: string, _, command: Command) =>
      decide(context, command, { id: proposalId(name), decision: 'approve' }),
    );

  approvals
    .command('deny <proposal>')
    .description('refuse this change; nothing runs, the reason is kept')
    .option('--reason <text>', 'why')
    .addHelpText(
      'after',
      '\nExample:\n  lockkeeper approvals deny prop_01JD… --reason "not during the sale"\n\nExit codes: 0 denied, 3 no such proposal, 4 no longer pending, 5 no hub.',
    )
    .action(async (name: string, _, command: Command) =>
      decide(context, command, { id: proposalId(name), decision: 'deny' }),
    );
}

async function decide(
  context: Context,
  command: Command,
  what: { id: string; decision: 'approve' | 'deny' },
): Promise<void> {
  const options = optionsOf<{ yes?: boolean; reason?: string; watch?: boolean }>(command);
  const quiet = options.json === true;
  const asks = what.decision === 'approve' && options.yes !== true;
  // A pipe is not a person: what it holds, or its end, never stands for a confirmation.
  if (asks && (quiet || !context.terminal.canAsk))
    throw fail('usage', { detail: 'Approving needs a terminal to confirm in, or --yes.' });
  const { client } = findHub(context, options);
  const proposal = await read(client, what.id);
  // Only what the node signed is shown and approved: the digest is computed here from those bytes.
  const digest = quiet
    ? openProposal(proposal.signed).digest
    : show(
        context,
        { proposal, rivals: await rivals(context, client, proposal) },
        asks && !context.terminal.interactive ? 'note' : 'print',
      );
  if (asks) {
    const answer = (await context.terminal.ask('Approve? Type yes: '))?.trim().toLowerCase();
    if (answer !== 'yes' && answer !== 'y') return context.terminal.note('Not approved. Nothing ran.');
  }
  await client.post(
    `/proposals/${what.id}/decision`,
    { decision: what.decision, digest, reason: options.reason ?? null },
    proposalView,
  );
  const settled = await settle(context, client, what.id);
  if (!quiet) context.terminal.print(`${settled.state}: ${oneLine(settled.outcome?.detail ?? '')}`);
  const watch = options.watch === true ? await watchOf(context, client, { settled, quiet }) : null;
  if (quiet) context.terminal.json({ ...settled, watch });
  const wanted = what.decision === 'approve' ? 'done' : 'denied';
  if (settled.state !== wanted) process.exitCode = 4;
}

/** What became of the service after the change, printed while it happens unless `quiet`. Ctrl-C ends the looking. */
async function watchOf(
  context: Context,
  client: HubClient,
  { settled, quiet }: { settled: ProposalView; quiet: boolean },
): Promise<{ state: WatchView['state']; detail: string } | null> {
  const stop = new AbortController();
  void context.interrupted.then(() => stop.abort());
  const view = createConversationView(context.terminal, () => context.clock.now());
  const watch = await followWatch(client, settled, {
    signal: stop.signal,
    onEvent: (event) => (quiet ? undefined : view.show(event)),
  });
  if (stop.signal.aborted) context.terminal.note('Not looking any more; the watch goes on in the hub.');
  return watch === null ? null : { state: watch.state, detail: watch.detail };
}

/** The id as the hub has it; people copy it without its prefix. */
function proposalId(name: string): string {
  if (/^[0-9A-HJKMNP-TV-Z]{26}$/i.test(name)) return `prop_${name.toUpperCase()}`;
  if (/^prop_[0-9A-Za-z-]{1,60}$/.test(name)) return name;
  throw fail('proposal-id-wrong', { id: oneLine(name) });
}

/** Who decided, when and why, and what came of it. */
function whatBecameOf(proposal: ProposalView): string[] {
  const lines = proposal.decisions.map(({ decision, person, at, reason, via }) => {
    const why = reason === null ? '' : `: ${oneLine(reason)}`;
    return `${decision === 'approve' ? 'approved' : 'denied'} by ${oneLine(person)} (${oneLine(via)}) at ${isoTime(at)}${why}`;
  });
  if (proposal.outcome !== null)
    lines.push(`${proposal.state} at ${isoTime(proposal.outcome.at)}: ${oneLine(proposal.outcome.detail)}`);
  return lines;
}

async function read(client: HubClient, id: string): Promise<ProposalView> {
  return client.get(`/proposals/${encodeURIComponent(id)}`, proposalView);
}

/** Titles of the changes that wait for the same thing. */
async function rivals(context: Context, client: HubClient, proposal: ProposalView): Promise<string[]> {
  if (proposal.state !== 'pending') return [];
  const waiting = await client.get('/proposals?state=pending', proposalPage);
  return rivalsOf(proposal, waiting.items, context.clock.now()).map(({ document }) => document.display.title);
}

/** Prints the card and returns the digest of what it says; as a note where the results of a question go into a pipe. */
function show(
  context: Context,
  { proposal, rivals }: { readonly proposal: ProposalView; readonly rivals: readonly string[] },
  to: 'print' | 'note' = 'print',
): string {
  const { document, digest } = openProposal(proposal.signed);
  if (digest !== proposal.digest) throw fail('proposal-altered', { id: proposal.id });
  for (const line of proposalCard(context.terminal, {
    document,
    digest,
    state: proposal.state,
    nowMs: context.clock.now(),
    rivals,
  }))
    context.terminal[to](line);
  context.terminal[to]('');
  return digest;
}

/** Polls until the node has said what came of it. */
async function settle(context: Context, client: HubClient, id: string): Promise<ProposalView> {
  for (let tries = 0; ; tries++) {
    const proposal = await read(client, id);
    const waitsForOthers =
      proposal.state === 'pending' && proposal.decisions.length > 0 && proposal.document.quorum.approvals > 1;
    if (settledStates.has(proposal.state) || waitsForOthers || tries >= SETTLE_TRIES) return proposal;
    await new Promise<void>((resolve) => context.clock.after(SETTLE_EVERY_MS, resolve));
  }
}
