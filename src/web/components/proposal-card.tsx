// The card on which a change is approved, and nowhere else. It stays in its place when decided and then says what became of it.
// Approving takes two steps (arm, then Enter or a second press); arming lapses by itself.

import { Fragment, type JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { ProposalDocument, ProposalView } from '../../contract/proposal.ts';
import { useConsole } from '../context.ts';
import { useNow } from '../hooks/use-now.ts';
import { usePrinting } from '../hooks/use-printing.ts';
import { useReading } from '../hooks/use-reading.ts';
import { useRivals } from '../hooks/use-rivals.ts';
import { useVerified } from '../hooks/use-verified.ts';
import type { ProposalCard as Card } from '../model/conversation.ts';
import type { Grounds } from '../model/grounds.ts';
import { proposalHead } from '../model/proposal-card.ts';
import { hrefOf } from '../model/route.ts';
import { countdown, shortened, visible } from '../model/words.ts';
import { CommandLine } from './command-line.tsx';
import { Gate } from './gate.tsx';
import { Icon } from './icon.tsx';
import { ProposalFoot } from './proposal-foot.tsx';
import { ProposalSpec } from './proposal-spec.tsx';

export interface ProposalProps {
  readonly card: Card;
  readonly grounds: Grounds;
  /** Sends a message in the conversation of the proposal, such as "Prepare this change again". */
  readonly say: ((text: string) => void) | null;
}

/** The card of one proposal. */
export function ProposalCard(props: ProposalProps): JSX.Element {
  const { card } = props;
  const { document, verified } = useVerified(card.view);
  const now = useNow(1_000, card.state === 'pending');
  const head = proposalHead(card, now);
  const pending = card.state === 'pending' && now < document.exp;
  const article = useRef<HTMLElement>(null);
  const reading = useReading(article, pending);
  const rivals = useRivals(card.view, pending);
  const classes = `card proposal ${pending ? 'pending' : card.state}`;
  return (
    <article
      ref={article}
      class={classes}
      id={`proposal-${card.view.id}`}
      data-proposal={card.view.id}
      data-state={pending ? 'pending' : card.state}
      tabIndex={-1}
      aria-label={`Proposal: ${visible(document.display.title)}`}
    >
      <header>
        <Gate state={head.gate} tone={head.tone} />
        <div class="grow">
          <h2>{visible(document.display.title)}</h2>
          <div class={`state ${head.tone}`} role="status">
            {visible(head.state)}
          </div>
        </div>
        {pending && <Expires exp={document.exp} now={now} />}
        {card.state === 'done' && props.say !== null && 'call' in document.display.inverse && (
          <button class="btn" type="button" onClick={() => props.say?.('Undo that change.')}>
            <Icon name="undo" />
            Undo…
          </button>
        )}
      </header>
      {pending ? (
        <Fragment>
          <div data-part>
            <CommandLine text={document.call.cli} />
          </div>
          {rivals.length > 0 && <Rivals rivals={rivals} />}
          <ProposalSpec document={document} grounds={props.grounds} card={card} />
          {verified === 'mismatch' && <Mismatch />}
          <ProposalFoot card={card} document={document} verified={verified} reading={reading} />
        </Fragment>
      ) : (
        <Outcome {...props} document={document} now={now} />
      )}
      <Seal card={card} verified={verified} />
    </article>
  );
}

function Expires({ exp, now }: { exp: number; now: number }): JSX.Element {
  const left = exp - now;
  const spoken =
    left <= 10_000
      ? '10 seconds left'
      : left <= 60_000
        ? '1 minute left'
        : left <= 300_000
          ? '5 minutes left'
          : '';
  return (
    <div class="expires">
      <span class="faint">expires in</span> <b class="strong">{countdown(left)}</b>
      <span class="vh" aria-live="polite">
        {spoken}
      </span>
    </div>
  );
}

// Deciding one of them makes the others out of date.
function Rivals({ rivals }: { rivals: readonly ProposalView[] }): JSX.Element {
  return (
    <div class="banner warn" role="status" data-part data-rivals>
      <Icon name="warn" tone="warn" />
      <span>
        <b class="strong">
          {rivals.length === 1
            ? 'Another change of the same thing waits:'
            : `${rivals.length} other changes of the same thing wait:`}
        </b>{' '}
        {rivals.slice(0, 4).map(({ id, conversation, document }, at) => (
          <Fragment key={id}>
            {at > 0 && ', '}
            <a href={hrefOf({ page: 'conversation', id: conversation, proposal: id })}>
              {visible(document.display.title)}
            </a>
          </Fragment>
        ))}
        {rivals.length > 4 && ' and more'}. Once one of them has run, the others no longer fit the state.
      </span>
    </div>
  );
}

function Mismatch(): JSX.Element {
  return (
    <div class="banner bad" role="alert">
      <Icon name="bad" tone="bad" />
      <span>
        <b class="strong">These are not the bytes the digest names.</b> This card cannot be approved here.
        Compare with <code>lockkeeper approvals show</code>.
      </span>
    </div>
  );
}

function Outcome(props: ProposalProps & { document: ProposalDocument; now: number }): JSX.Element {
  const { card, document, say } = props;
  const head = proposalHead(card, props.now);
  const expired = card.state === 'expired' || card.state === 'pending';
  const again = expired || card.state === 'stale' || card.state === 'voided';
  return (
    <Fragment>
      <div class="outcome">
        {head.quote !== null && <span class="quote">“{visible(head.quote)}”</span>}
        {head.outcome.length > 0 && <span>{visible(head.outcome.join(' '))}</span>}
        <details class="what">
          <summary class="micro faint">
            <Icon name="chev" tone="chev" small /> What it was
          </summary>
          <CommandLine text={document.call.cli} />
          <ProposalSpec document={document} grounds={props.grounds} card={card} />
        </details>
      </div>
      {again && say !== null && (
        <footer>
          <button
            class="btn"
            type="button"
            onClick={() => say(`Prepare this change again: ${document.display.title}`)}
          >
            {card.state === 'stale' ? 'Prepare from the current state' : 'Prepare again'}
          </button>
        </footer>
      )}
    </Fragment>
  );
}

function Seal({ card, verified }: { card: Card; verified: string }): JSX.Element {
  const [opened, setWhole] = useState(false);
  const whole = usePrinting() || opened;
  const { status } = useConsole();
  const node =
    status?.nodes.find((one) => one.id === card.view.node)?.inventory.name ?? shortened(card.view.node, 14);
  const { digest, id } = card.view;
  return (
    <div class="seal">
      <span>
        Written by code from the proposal {visible(node)} signed
        {verified === 'match' ? '; this page checked the digest' : ''}
      </span>
      <span class="mono">{whole ? id : shortened(id, 14)}</span>
      <button class="link mono" type="button" title="Show the whole digest" onClick={() => setWhole(!whole)}>
        sha256 {whole ? digest : `${digest.slice(0, 4)} ${digest.slice(4, 8)}`}
      </button>
    </div>
  );
}
