// The Situation column: what is wrong, what is proposed, where to click. Made by code from typed state; it only ever leads to the card.

import { Fragment, type JSX } from 'preact';
import type { StatusResponse } from '../../contract/api.ts';
import type { WatchView } from '../../contract/chat.ts';
import type { Finding } from '../../contract/finding.ts';
import { useNow } from '../hooks/use-now.ts';
import type { WhereRead } from '../hooks/use-place.ts';
import { type ConversationView, momentOf, type ProposalCard } from '../model/conversation.ts';
import { currentFinding, currentService, type FactsAt, isOver } from '../model/current.ts';
import { proposalHead } from '../model/proposal-card.ts';
import { hrefOf } from '../model/route.ts';
import { watchCounts } from '../model/watch-chart.ts';
import { countdown, duration, momentTime, visible } from '../model/words.ts';
import { Gate } from './gate.tsx';
import { Icon } from './icon.tsx';
import { Chamber } from './watch-card.tsx';

/** The column beside a conversation. `quiet`: the card is in view, so its own button is the only filled one. */
export function Situation(props: {
  view: ConversationView;
  /** Of the conversation, oldest first. */
  findings: readonly Finding[];
  status: StatusResponse | null;
  where: WhereRead;
  quiet: boolean;
  review: (id: string) => void;
}): JSX.Element {
  const { view } = props;
  const moment = momentOf(view);
  const finding = currentFinding(props.findings);
  const service = currentService(view);
  const wrong = finding !== null && finding.class !== 'healthy' && finding.class !== 'unknown';
  const [now, then] = wrong ? ['What is wrong', 'What was wrong'] : ['State', 'Before the change'];
  const label = isOver(view) ? then : now;
  return (
    <aside class="side" aria-label="Situation">
      <div>
        <h2 class="label">{label}</h2>
        <p class="big">
          {finding === null ? (
            <span class="faint">
              {moment === 'working' ? 'Still reading. No cause yet.' : 'No cause named yet.'}
            </span>
          ) : (
            visible(finding.title)
          )}
        </p>
      </div>
      <Going {...props} />
      {service !== null && <Facts service={service} status={props.status} where={props.where} />}
      {finding !== null && finding.cannotVerify.length > 0 && (
        <div>
          <h2 class="label">Could not check</h2>
          <ul class="tests">
            {finding.cannotVerify.slice(0, 4).map((one, at) => (
              <li key={at}>
                <Icon name="unknown" tone="off" small />
                {visible(one.what)}
              </li>
            ))}
          </ul>
        </div>
      )}
    </aside>
  );
}

/** The change that somebody approved last, whatever became of it since. */
export function actedProposal(view: ConversationView): ProposalCard | null {
  const approvedAt = (card: ProposalCard): number =>
    card.state === 'pending' ? 0 : (card.decisions.findLast((one) => one.decision === 'approve')?.at ?? 0);
  return [...view.proposals.values()].reduce<ProposalCard | null>(
    (last, card) => (approvedAt(card) > (last === null ? 0 : approvedAt(last)) ? card : last),
    null,
  );
}

/** The proposal that waits, newest first. */
export function waitingProposal(view: ConversationView): ProposalCard | null {
  return [...view.proposals.values()].findLast(({ state }) => state === 'pending') ?? null;
}

type GoingProps = Parameters<typeof Situation>[0];

// What became of the change approved last stays above the one that waits: an answer to the first must not be lost to the second.
function Going(props: GoingProps): JSX.Element {
  const { view } = props;
  const waiting = waitingProposal(view);
  const here = [...view.proposals.values()].filter(({ state }) => state === 'pending').length;
  const pending = Math.max(here, props.status?.pendingProposals ?? 0);
  const acted = actedProposal(view);
  const watch = acted === null ? null : (watchOf(view, acted.view.id) ?? null);
  return (
    <Fragment>
      {acted !== null && (watch === null ? <Acted card={acted} /> : <Watched card={acted} watch={watch} />)}
      {waiting !== null && (
        <Waiting card={waiting} pending={pending} quiet={props.quiet} review={props.review} />
      )}
    </Fragment>
  );
}

function watchOf(view: ConversationView, proposal: string): WatchView | undefined {
  return [...view.watches.values()].findLast((one) => one.proposal === proposal);
}

// Which change it was, as a link to its card.
function Which({ card }: { card: ProposalCard }): JSX.Element {
  const { conversation, id, document } = card.view;
  return (
    <a class="small" href={hrefOf({ page: 'conversation', id: conversation, proposal: id })}>
      {visible(document.display.title)}
    </a>
  );
}

function Acted({ card }: { card: ProposalCard }): JSX.Element {
  const head = proposalHead(card, card.view.document.iat);
  return (
    <div class={`go ${head.tone}`} data-acted={card.state}>
      <div class={`row ${head.tone}`}>
        <Gate state={head.gate} tone={head.tone} />
        <b class="strong">{visible(head.state)}</b>
      </div>
      <Which card={card} />
    </div>
  );
}

function Watched({ card, watch }: { card: ProposalCard; watch: WatchView }): JSX.Element {
  const { wanted, running: now } = watchCounts(watch);
  if (watch.state === 'watching') {
    return (
      <div class="go run" data-acted="watching">
        <div class="row run">
          <Gate state="open-a open-b passed" />
          <b class="strong">Change made, watching</b>
        </div>
        <Which card={card} />
        <Chamber watch={watch} />
        <p class="small muted">{now === null ? 'Not looked yet.' : `${now} of ${wanted} running.`}</p>
      </div>
    );
  }
  const good = watch.state === 'succeeded';
  const spent = (watch.looks.at(-1)?.at ?? watch.startedAt) - watch.startedAt;
  return (
    <div class={good ? 'go ok' : 'go wait'} data-acted={good ? 'solved' : 'unsolved'}>
      <div class={good ? 'row ok' : 'row wait'}>
        <Icon name={good ? 'ok' : 'warn'} />
        <b class="strong">{good ? `Solved in ${duration(spent)}` : 'Not recovered'}</b>
      </div>
      <Which card={card} />
      <Chamber watch={watch} />
    </div>
  );
}

function Waiting(props: {
  card: ProposalCard;
  /** How many proposals wait, here and elsewhere. */
  pending: number;
  quiet: boolean;
  review: (id: string) => void;
}): JSX.Element | null {
  const now = useNow(1_000);
  const { document } = props.card.view;
  const left = document.exp - now;
  if (left <= 0) return null;
  return (
    <div class="go wait-box">
      <div class="row">
        <Gate tone="wait" />
        <b class="strong">Waiting for you</b>
        <span class="push small muted">{countdown(left)} left</span>
      </div>
      <p class="small muted">
        {visible(document.display.title)}.{' '}
        {visible(document.display.blastRadius.summary.replace(/[.:]?$/, '.'))}
        {'call' in document.display.inverse ? ' The undo is prepared.' : ''}
      </p>
      <button
        class={props.quiet ? 'btn' : 'btn primary'}
        type="button"
        onClick={() => props.review(props.card.view.id)}
      >
        Review the change<kbd>G P</kbd>
      </button>
      {props.pending > 1 && (
        <a class="small" href={hrefOf({ page: 'approvals', id: null })}>
          {props.pending} changes wait: see all
        </a>
      )}
    </div>
  );
}

function Facts(props: { service: FactsAt; status: StatusResponse | null; where: WhereRead }): JSX.Element {
  const { service } = props;
  const { place } = props.where;
  const now = useNow(30_000);
  const node = props.status?.nodes.find(({ id }) => id === place?.node);
  const short = service.running !== null && service.desired !== null && service.running < service.desired;
  return (
    <div>
      <h2 class="label">
        {visible(service.service)} at {momentTime(service.at, now)}
      </h2>
      <dl class="facts">
        {service.cluster !== null && <Fact name="Cluster" value={service.cluster} />}
        {service.status !== null && <Fact name="Status" value={service.status} />}
        <dt>Running</dt>
        <dd>
          <b class={short ? 'bad' : 'ok'}>{service.running ?? '?'}</b> of {service.desired ?? '?'},{' '}
          {service.pending ?? 0} pending
        </dd>
        {service.targets !== null && <Fact name="Targets" value={service.targets} />}
        {service.deployment !== null && <Fact name="Deployment" value={service.deployment} />}
        {place !== null && (
          <Fragment>
            <Fact name="Account" value={place.account} />
            <Fact name="Node" value={`${node?.inventory.name ?? place.node}, ${place.region}`} />
          </Fragment>
        )}
      </dl>
    </div>
  );
}

function Fact(props: { name: string; value: string }): JSX.Element {
  return (
    <Fragment>
      <dt>{props.name}</dt>
      <dd>{visible(props.value)}</dd>
    </Fragment>
  );
}
