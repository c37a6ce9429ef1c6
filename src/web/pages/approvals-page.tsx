// All proposals, those that wait first. The card beside the list is the same card as in the conversation.

import { Fragment, type JSX } from 'preact';
import { useCallback, useEffect } from 'preact/hooks';
import type { ProposalView } from '../../contract/proposal.ts';
import { EvidenceMarks } from '../components/citation.tsx';
import { Gate } from '../components/gate.tsx';
import { Icon } from '../components/icon.tsx';
import { ProposalCard } from '../components/proposal-card.tsx';
import { Empty, Unloaded } from '../components/states.tsx';
import { useConsole } from '../context.ts';
import { useGrounds } from '../hooks/use-grounds.ts';
import { useNow } from '../hooks/use-now.ts';
import { usePersonNames } from '../hooks/use-person-names.ts';
import { usePolled } from '../hooks/use-polled.ts';
import { go } from '../hooks/use-route.ts';
import { useTitle } from '../hooks/use-title.ts';
import type { ProposalCard as Card } from '../model/conversation.ts';
import { listWords, proposalHead } from '../model/proposal-card.ts';
import { hrefOf } from '../model/route.ts';
import { clockTime, count, countdown, dayName, visible } from '../model/words.ts';

const everyMs = 3_000;

/** The page; `id` is the proposal that is open. */
export function ApprovalsPage({ id }: { id: string | null }): JSX.Element {
  const { api, status } = useConsole();
  const { value, error, refresh } = usePolled(
    useCallback(() => api.proposals(null), [api]),
    everyMs,
  );
  const now = useNow(1_000);
  const items = value?.items ?? null;
  const waiting = (items ?? []).filter((one) => isWaiting(one, now));
  useTitle(waiting.length > 0 ? `(${waiting.length}) Approvals` : 'Approvals');
  // The hub's count moves before the next look; `pendingProposals` is read by being watched.
  const pending = status?.pendingProposals;
  useEffect(() => {
    if (pending !== undefined) refresh();
  }, [pending, refresh]);
  return (
    <Fragment>
      <header class="head">
        <h1>Approvals</h1>
        {waiting.length > 0 && (
          <span class="pill wait" role="status">
            <Gate tone="wait" />
            {waiting.length === 1 ? '1 waits' : `${waiting.length} wait`}
          </span>
        )}
      </header>
      {items === null && <Unloaded error={error} retry={refresh} />}
      {items !== null && items.length === 0 && (
        <Empty
          title="Nothing waits for you"
          text="Changes that need an approval appear here. Nothing runs before one is given."
        />
      )}
      {items !== null && items.length > 0 && <Split items={items} id={id} now={now} />}
    </Fragment>
  );
}

function isWaiting(proposal: ProposalView, now: number): boolean {
  return proposal.state === 'pending' && proposal.document.exp > now;
}

// Decisions name people by id; the page shows names.
function cardOf(view: ProposalView, names: ReadonlyMap<string, string>): Card {
  const decisions = view.decisions.map((one) => ({ ...one, person: names.get(one.person) ?? one.person }));
  return { view, state: view.state, outcome: view.outcome, decisions };
}

function byDay(items: readonly ProposalView[], now: number): Map<string, ProposalView[]> {
  const days = new Map<string, ProposalView[]>();
  for (const one of items)
    days.set(dayName(one.createdAt, now), [...(days.get(dayName(one.createdAt, now)) ?? []), one]);
  return days;
}

function Split({
  items,
  id,
  now,
}: {
  items: readonly ProposalView[];
  id: string | null;
  now: number;
}): JSX.Element {
  const { api, me, refresh, toast } = useConsole();
  const names = usePersonNames(api, me.person, items);
  const waiting = items.filter((one) => isWaiting(one, now)).sort((a, b) => a.document.exp - b.document.exp);
  const others = items.filter((one) => !isWaiting(one, now)).sort((a, b) => b.createdAt - a.createdAt);
  const ordered = [...waiting, ...others];
  const open = ordered.find((one) => one.id === id) ?? null;
  const shown = open ?? ordered[0];
  const grounds = useGrounds(api, shown ?? null);
  const days = byDay(others, now);
  const say = (text: string): void => {
    if (shown === undefined) return;
    api.say(shown.conversation, text).then(
      () => {
        refresh();
        go({ page: 'conversation', id: shown.conversation, proposal: null });
      },
      (error: unknown) => toast(error instanceof Error ? error.message : 'The message was not sent.'),
    );
  };
  return (
    <div class={open === null ? 'split' : 'split opened'}>
      <nav class="list" aria-label="Proposals">
        {waiting.length > 0 && <h2>Waiting</h2>}
        {waiting.map((one) => (
          <Item key={one.id} proposal={one} now={now} names={names} current={one.id === shown?.id} />
        ))}
        {[...days].map(([day, ones]) => (
          <Fragment key={day}>
            <h2>{day}</h2>
            {ones.map((one) => (
              <Item key={one.id} proposal={one} now={now} names={names} current={one.id === shown?.id} />
            ))}
          </Fragment>
        ))}
      </nav>
      {shown !== undefined && (
        <div class="detail">
          <div class="row small faint">
            <a
              class="btn quiet icon back only-phone"
              href={hrefOf({ page: 'approvals', id: null })}
              aria-label="Back to the list"
            >
              <Icon name="back" />
            </a>
            <ToConversation proposal={shown} />
            <span class="push hide-phone row">
              <kbd>J</kbd>
              <kbd>K</kbd> next, previous
            </span>
          </div>
          <EvidenceMarks.Provider value={grounds.evidence}>
            <ProposalCard key={shown.id} card={cardOf(shown, names)} grounds={grounds} say={say} />
          </EvidenceMarks.Provider>
        </div>
      )}
    </div>
  );
}

function Item({
  proposal,
  now,
  names,
  current,
}: {
  proposal: ProposalView;
  now: number;
  names: ReadonlyMap<string, string>;
  current: boolean;
}): JSX.Element {
  const card = cardOf(proposal, names);
  const head = proposalHead(card, now);
  const waiting = isWaiting(proposal, now);
  const { document } = proposal;
  const what = waiting
    ? `${count(document.quorum.approvals, 'approval')} · account ${document.account}`
    : listWords(card, now);
  return (
    <a
      class="li"
      data-step
      href={hrefOf({ page: 'approvals', id: proposal.id })}
      aria-current={current ? 'true' : undefined}
    >
      <Gate state={head.gate} tone={head.tone} />
      <b>{visible(document.display.title)}</b>
      <time>{waiting ? `${countdown(document.exp - now)} left` : clockTime(proposal.createdAt)}</time>
      <small>
        {visible(what)}
        {head.quote !== null && `: “${visible(head.quote)}”`}
      </small>
    </a>
  );
}

function ToConversation({ proposal }: { proposal: ProposalView }): JSX.Element {
  const { id, conversation } = proposal;
  return (
    <a class="page-link" href={hrefOf({ page: 'conversation', id: conversation, proposal: id })}>
      Open in its conversation
    </a>
  );
}
