// The Situation column: what is wrong, what is proposed, where to click. Made by code from typed state; it only ever leads to the card.

import { Fragment, type JSX } from 'preact';
import type { StatusResponse } from '../../contract/api.ts';
import { useNow } from '../hooks/use-now.ts';
import { type ConversationView, momentOf, type ProposalCard, watchMomentOf } from '../model/conversation.ts';
import { currentFinding, currentService, type ServiceFacts } from '../model/results.ts';
import { hrefOf } from '../model/route.ts';
import { watchCounts } from '../model/watch-chart.ts';
import { countdown, duration, visible } from '../model/words.ts';
import { Gate } from './gate.tsx';
import { Icon } from './icon.tsx';
import { Chamber } from './watch-card.tsx';

/** The column beside a conversation. `quiet`: the card is in view, so its own button is the only filled one. */
export function Situation(props: {
  view: ConversationView;
  status: StatusResponse | null;
  quiet: boolean;
  review: (id: string) => void;
}): JSX.Element {
  const { view } = props;
  const moment = momentOf(view);
  const finding = currentFinding(view);
  const service = currentService(view);
  const wrong = finding !== null && finding.class !== 'healthy' && finding.class !== 'unknown';
  const over = moment === 'solved' || watchMomentOf(view) === 'solved';
  const [now, then] = wrong ? ['What is wrong', 'What was wrong'] : ['State', 'Before the change'];
  const label = over ? then : now;
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
      {service !== null && <Facts service={service} status={props.status} view={view} />}
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

/** The proposal that waits, newest first. */
export function waitingProposal(view: ConversationView): ProposalCard | null {
  return [...view.proposals.values()].findLast(({ state }) => state === 'pending') ?? null;
}

function Going(props: {
  view: ConversationView;
  status: StatusResponse | null;
  quiet: boolean;
  review: (id: string) => void;
}): JSX.Element | null {
  const { view } = props;
  const waiting = waitingProposal(view);
  const running = [...view.proposals.values()].findLast(
    ({ state }) => state === 'approved' || state === 'claimed',
  );
  const watch = [...view.watches.values()].at(-1);
  if (waiting !== null) {
    const here = [...view.proposals.values()].filter(({ state }) => state === 'pending').length;
    const pending = Math.max(here, props.status?.pendingProposals ?? 0);
    return <Waiting card={waiting} pending={pending} quiet={props.quiet} review={props.review} />;
  }
  if (running !== undefined) {
    return (
      <div class="go run">
        <div class="row run">
          <Gate state={running.state === 'claimed' ? 'open-a open-b passing' : 'open-a open-b flowing'} />
          <b class="strong">{running.state === 'claimed' ? 'Change is running' : 'Approved, on its way'}</b>
        </div>
      </div>
    );
  }
  if (watch === undefined) return null;
  const { wanted, running: now } = watchCounts(watch);
  if (watch.state === 'watching') {
    return (
      <div class="go run">
        <div class="row run">
          <Gate state="open-a open-b passed" />
          <b class="strong">Change made, watching</b>
        </div>
        <Chamber watch={watch} />
        <p class="small muted">
          {now} of {wanted} running.
        </p>
      </div>
    );
  }
  const good = watch.state === 'succeeded';
  const spent = (watch.looks.at(-1)?.at ?? watch.startedAt) - watch.startedAt;
  return (
    <div class={good ? 'go ok' : 'go wait'}>
      <div class={good ? 'row ok' : 'row wait'}>
        <Icon name={good ? 'ok' : 'warn'} />
        <b class="strong">{good ? `Solved in ${duration(spent)}` : 'Not recovered'}</b>
      </div>
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

function Facts(props: {
  service: ServiceFacts;
  status: StatusResponse | null;
  view: ConversationView;
}): JSX.Element {
  const { service } = props;
  const nodeId = [...props.view.calls.values()].findLast(({ node }) => node !== null)?.node;
  const node = props.status?.nodes.find(({ id }) => id === nodeId);
  const short = service.running !== null && service.desired !== null && service.running < service.desired;
  return (
    <div>
      <h2 class="label">{visible(service.service)} now</h2>
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
        {node !== undefined && (
          <Fragment>
            <Fact name="Account" value={node.inventory.account} />
            <Fact name="Node" value={`${node.inventory.name}, ${node.inventory.region}`} />
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
