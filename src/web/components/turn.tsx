// One turn of a conversation: what the person said and, phase by phase, what answers it.

import { Fragment, type JSX } from 'preact';
import type { Finding } from '../../contract/finding.ts';
import type { Card, ConversationView, PhaseView, TurnView } from '../model/conversation.ts';
import { groundsOf } from '../model/grounds.ts';
import { auditRoute, hrefOf } from '../model/route.ts';
import { saidOnce, toldOnCards } from '../model/said-once.ts';
import { clockTime, fullTime, grouped, initials, visible } from '../model/words.ts';
import { Calls } from './calls.tsx';
import { Icon } from './icon.tsx';
import { ProposalCard } from './proposal-card.tsx';
import { Prose } from './prose.tsx';
import { Refusals, ResultView } from './result-view.tsx';
import { WatchCard } from './watch-card.tsx';

export interface TurnProps {
  readonly view: ConversationView;
  readonly turn: TurnView;
  readonly index: number;
  readonly last: boolean;
  /** Of the whole conversation, oldest first. */
  readonly findings: readonly Finding[];
  readonly say: (text: string) => void;
}

/** The turn. Suggestions are offered only below the last one, where they can still be meant. */
export function Turn(props: TurnProps): JSX.Element {
  const { turn, last, say } = props;
  const suggestions = turn.phases.at(-1)?.suggestions ?? [];
  return (
    <section
      class="turn"
      aria-label={`Turn ${props.index + 1}`}
      data-turn={turn.id}
      data-status={turn.status}
      tabIndex={-1}
    >
      <div class="said">
        <span class="who" aria-hidden="true">
          {initials(turn.person.name)}
        </span>
        <div class="by">
          <b>{visible(turn.person.name)}</b>
          <time title={fullTime(turn.at)}>{clockTime(turn.at)}</time>
          {turn.channel !== 'web' && <span class="micro"> from {turn.channel}</span>}
        </div>
        <p class="message">{visible(turn.text)}</p>
      </div>
      <div class="answer">
        {turn.phases.map((phase, at) => (
          <Phase
            key={phase.key}
            {...props}
            phase={phase}
            live={turn.status === 'working' && at === turn.phases.length - 1}
          />
        ))}
        {turn.phases.flatMap(({ cards }) =>
          cards.filter(isWatch).map((card) => <CardView key={card.id} {...props} card={card} />),
        )}
        <Ending turn={turn} />
        {last && turn.status !== 'working' && suggestions.length > 0 && (
          <div class="suggest">
            {suggestions.map((text) => (
              <button key={text} type="button" onClick={() => say(text)}>
                {visible(text)}
              </button>
            ))}
          </div>
        )}
      </div>
    </section>
  );
}

function Phase(props: TurnProps & { phase: PhaseView; live: boolean }): JSX.Element {
  const { phase, live } = props;
  const told = toldOnCards(props.view, phase, props.findings);
  const whole = phase.answer ?? (phase.streaming !== '' ? phase.streaming : null);
  const text = whole === null ? null : saidOnce(whole, told);
  const nothingYet = live && text === null && phase.cards.length === 0;
  return (
    <Fragment>
      {phase.said.map((said, at) => (
        <Prose key={`said${at}`} text={saidOnce(said, told)} />
      ))}
      {text !== null && <Prose text={text} live={phase.answer === null} />}
      <Calls calls={phase.calls} live={live} />
      {nothingYet && <Skeleton />}
      <Refusals calls={phase.calls} />
      {phase.cards
        .filter((card) => !isWatch(card))
        .map((card) => (
          <CardView key={keyOf(card)} {...props} card={card} />
        ))}
    </Fragment>
  );
}

// A watch outlasts the phase in which it began, so its card stands below everything that the turn says.
function isWatch(card: Card): card is Extract<Card, { kind: 'watch' }> {
  return card.kind === 'watch';
}

function keyOf(card: Card): string {
  return card.kind === 'result' ? card.call : card.id;
}

function CardView(props: TurnProps & { card: Card }): JSX.Element | null {
  const { card, view } = props;
  if (card.kind === 'result') {
    const call = view.calls.get(card.call);
    return call === undefined ? null : <ResultView call={call} />;
  }
  if (card.kind === 'watch') {
    const watch = view.watches.get(card.id);
    return watch === undefined ? null : <WatchCard watch={watch} />;
  }
  const proposal = view.proposals.get(card.id);
  return proposal === undefined ? null : (
    <ProposalCard card={proposal} grounds={groundsOf(view, props.findings, proposal.view)} say={props.say} />
  );
}

function Skeleton(): JSX.Element {
  return (
    <div class="card skel" role="status" aria-label="The answer is being worked out">
      {[18, 74, 92, 60].map((width) => (
        <i key={width} class={width === 74 ? 'tall' : ''} style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}

function Ending({ turn }: { turn: TurnView }): JSX.Element | null {
  if (turn.status === 'working') return null;
  return (
    <Fragment>
      {turn.status === 'stopped' && (
        <p class="small muted row" role="status">
          <Icon name="stop" tone="off" small />
          Stopped. Nothing else runs.
        </p>
      )}
      {turn.error !== null && (
        <div class="card refusal small" role="alert">
          <Icon name="bad" tone="bad" />
          <span>
            <b class="strong">{visible(turn.error.message)}</b>{' '}
            <span class="muted">{visible(turn.error.next)}</span>{' '}
            <code class="faint">{visible(turn.error.code)}</code>
          </span>
        </div>
      )}
      {turn.audit !== null && turn.status === 'answered' && (
        <p class="micro faint">
          {turn.usage?.model != null &&
            `${visible(turn.usage.model)}, ${grouped(turn.usage.inputTokens + turn.usage.outputTokens)} tokens. `}
          Records{' '}
          <a
            class="quiet-link"
            href={hrefOf(auditRoute({ seq: turn.audit.to }))}
          >{`${grouped(turn.audit.from)} to ${grouped(turn.audit.to)}`}</a>
        </p>
      )}
    </Fragment>
  );
}
