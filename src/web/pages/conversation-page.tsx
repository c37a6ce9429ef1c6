// A conversation: the thread, the composer, and the Situation column on wide screens (a dock above the composer on others).

import { Fragment, type JSX } from 'preact';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { asApiError } from '../api.ts';
import { EarlierPlaceBanner, EndpointPill, ReconnectBanner } from '../components/banners.tsx';
import { EvidenceMarks, type Marks } from '../components/citation.tsx';
import { Composer } from '../components/composer.tsx';
import { Gate } from '../components/gate.tsx';
import { Icon } from '../components/icon.tsx';
import { MomentPill, momentWords } from '../components/moment-pill.tsx';
import { Situation, waitingProposal } from '../components/situation.tsx';
import { Empty, PageSkeleton } from '../components/states.tsx';
import { Turn } from '../components/turn.tsx';
import { useConsole } from '../context.ts';
import { useConversation } from '../hooks/use-conversation.ts';
import { useDrawnTurns } from '../hooks/use-drawn-turns.ts';
import { useFollow } from '../hooks/use-follow.ts';
import { useWhereRead, type WhereRead } from '../hooks/use-place.ts';
import { useShownTurns } from '../hooks/use-shown-turns.ts';
import { useTitle } from '../hooks/use-title.ts';
import { type ConversationView, momentOf, type ProposalCard, watchMomentOf } from '../model/conversation.ts';
import { findingsOf } from '../model/current.ts';
import { auditRoute, hrefOf } from '../model/route.ts';
import { fullTime, visible } from '../model/words.ts';

/** The page of one conversation; `proposal` names the card to bring into view. */
export function ConversationPage(props: { id: string; proposal: string | null }): JSX.Element {
  const { api, conversations, status, refresh } = useConsole();
  const live = useConversation(api, props.id);
  const { view } = live;
  const where = useWhereRead(api, status, view);
  const title =
    conversations?.find(({ id }) => id === props.id)?.title ?? live.summary?.title ?? 'Conversation';
  const moment = view === null ? null : momentOf(view);
  const beside = view !== null && moment === 'waiting' ? watchMomentOf(view) : null;
  useTitle(moment === null || moment === 'answered' ? title : `${momentWords[moment]} · ${title}`);
  // A change of state here is news for the lists as well; `moment` is read by being watched.
  useEffect(() => {
    if (moment !== null) refresh();
  }, [moment, refresh]);

  if (live.error !== null) {
    return (
      <Fragment>
        <Head title={title} />
        <Empty
          icon="bad"
          tone="bad"
          title={live.error.message}
          text={live.error.next}
          action={{ label: 'Try again', run: live.retry }}
        />
      </Fragment>
    );
  }
  return (
    <Fragment>
      <header class="head">
        <BackLink />
        <h1>{visible(title)}</h1>
        {beside !== null && <MomentPill moment={beside} />}
        {moment !== null && <MomentPill moment={moment} />}
        <EndpointPill place={where.place} />
        <span class="push row hide-phone">
          <a class="btn quiet tiny" href={hrefOf(auditRoute({ conversation: props.id }))}>
            <Icon name="log" small />
            Records
          </a>
        </span>
      </header>
      <ReconnectBanner stream={live.stream} retry={live.retry} />
      <EarlierPlaceBanner where={where} />
      {view === null ? (
        <PageSkeleton />
      ) : (
        <Thread id={props.id} view={view} where={where} proposal={props.proposal} />
      )}
    </Fragment>
  );
}

function Head({ title }: { title: string }): JSX.Element {
  return (
    <header class="head">
      <BackLink />
      <h1>{visible(title)}</h1>
    </header>
  );
}

function BackLink(): JSX.Element {
  return (
    <a
      class="btn quiet icon back only-phone"
      href={hrefOf({ page: 'conversations' })}
      aria-label="Back to conversations"
    >
      <Icon name="back" />
    </a>
  );
}

function Thread(props: {
  id: string;
  view: ConversationView;
  where: WhereRead;
  proposal: string | null;
}): JSX.Element {
  const { view } = props;
  const { status, trouble } = useConsole();
  const thread = useRef<HTMLDivElement>(null);
  const [quiet, setQuiet] = useState(false);
  const working = momentOf(view) === 'working';
  const findings = useMemo(() => findingsOf(view), [view]);
  const waiting = waitingProposal(view);
  const card = waiting === null ? null : `proposal-${waiting.view.id}`;
  const resumed = (view.turns.at(-1)?.phases.length ?? 0) > 1;
  useFollow(thread, { version: view.lastSeq, working, stop: card, resumed });

  const { send, say, stop } = useTalk(props.id);
  const marks = useMarks(view);
  const { from, turns: shown, showEarlier } = useShownTurns(view, props.proposal);
  const turns = useDrawnTurns(shown, String(findings.length), (turn, at) => (
    <Turn
      key={turn.id}
      view={view}
      turn={turn}
      index={from + at}
      last={at === shown.length - 1}
      findings={findings}
      say={say}
    />
  ));
  const review = useCallback((id: string) => focusCard(id), []);
  useEffect(() => {
    if (props.proposal !== null) focusCard(props.proposal);
  }, [props.proposal]);
  useCardInView(waiting?.view.id ?? null, setQuiet);

  const offline = status !== null && status.nodes.length > 0 && status.nodes.every((node) => !node.connected);
  const busy = working ? 'Working on the last message' : null;
  const blocked = trouble !== null ? 'The hub does not answer' : busy;
  return (
    <div class="talk">
      <div class="thread" ref={thread}>
        <PrintHead id={props.id} where={props.where} />
        {from > 0 && <Earlier count={from} show={showEarlier} />}
        <EvidenceMarks.Provider value={marks}>{turns}</EvidenceMarks.Provider>
        <div class="composer">
          {waiting !== null && !quiet && <Dock card={waiting} review={review} />}
          {offline && <NoNode />}
          <Composer
            placeholder="Ask about a service, a task or an error"
            blocked={blocked}
            working={working}
            planner={status === null ? null : plannerName(status.planner)}
            send={send}
            stop={stop}
          />
        </div>
      </div>
      <Situation
        view={view}
        findings={findings}
        status={status}
        where={props.where}
        quiet={quiet}
        review={review}
      />
    </div>
  );
}

function Earlier(props: { count: number; show: () => void }): JSX.Element {
  return (
    <button class="btn earlier" type="button" data-action="earlier" onClick={props.show}>
      <Icon name="clock" small />
      Show earlier turns ({props.count})
    </button>
  );
}

// What a paper has to say of itself; the title of the conversation is the heading above it.
function PrintHead({ id, where: { place } }: { id: string; where: WhereRead }): JSX.Element {
  const from =
    place === null
      ? ''
      : ` Account ${place.account}, ${place.region}${place.endpoint === null ? '' : `, at ${place.endpoint}, not AWS`}.`;
  return (
    <p class="only-print print-head">
      Conversation <code>{visible(id)}</code>.{visible(from)} Printed {fullTime(Date.now())} from{' '}
      {location.origin}. E1, E2 … are observations; the commands that made them stand in the lists of calls.
    </p>
  );
}

function NoNode(): JSX.Element {
  return (
    <p class="micro wait row offline" role="status">
      <Icon name="off" small /> No node is connected. Questions about the account cannot be answered until one
      is back.
    </p>
  );
}

// One reader for all views of the conversation: a mark never changes, and whoever cites a new one is drawn again anyway.
function useMarks(view: ConversationView): Marks {
  const evidence = useRef(view.evidence);
  evidence.current = view.evidence;
  return useMemo(() => ({ get: (id) => evidence.current.get(id) }), []);
}

function Dock({ card, review }: { card: ProposalCard; review: (id: string) => void }): JSX.Element {
  return (
    <div class="dock">
      <Gate tone="wait" />
      <div>
        <b>1 change waits for you.</b> <span class="muted">{visible(card.view.document.display.title)}</span>
      </div>
      <button class="btn primary" type="button" onClick={() => review(card.view.id)}>
        Review
      </button>
    </div>
  );
}

// Sending into a conversation and stopping its turn; what fails is said at the corner of the page.
function useTalk(id: string): {
  send: (text: string) => Promise<boolean>;
  say: (text: string) => void;
  stop: () => void;
} {
  const { api, refresh, toast } = useConsole();
  const send = useCallback(
    async (text: string): Promise<boolean> => {
      try {
        await api.say(id, text);
        refresh();
        scrollTo({ top: document.body.scrollHeight });
        return true;
      } catch (error) {
        const { message, next } = asApiError(error);
        toast(`${message} ${next}`);
        return false;
      }
    },
    [api, id, refresh, toast],
  );
  const stop = useCallback(() => {
    api.stop(id).then(refresh, (error: unknown) => toast(asApiError(error).message));
  }, [api, id, refresh, toast]);
  const say = useCallback((text: string) => void send(text), [send]);
  return { send, say, stop };
}

function plannerName(planner: { name: string; model: string | null }): string {
  return planner.model ?? (planner.name === 'playbook' ? 'built-in playbook' : planner.name);
}

/** Brings a proposal's card into view and gives it the keyboard. */
export function focusCard(id: string): void {
  const card = document.getElementById(`proposal-${id}`);
  if (card === null) return;
  card.scrollIntoView({ block: 'start', behavior: 'auto' });
  card.focus({ preventScroll: true });
}

// Only one filled button is on the screen: while the card is in view, the others become plain.
function useCardInView(id: string | null, setInView: (inView: boolean) => void): void {
  useEffect(() => {
    const card = id === null ? null : document.getElementById(`proposal-${id}`);
    if (card === null) {
      setInView(false);
      return undefined;
    }
    const observer = new IntersectionObserver(
      (entries) => setInView(entries.at(-1)?.isIntersecting === true),
      // A card may be higher than the window: what counts is that it crosses the middle of it.
      { rootMargin: '-35% 0px -35% 0px' },
    );
    observer.observe(card);
    return () => observer.disconnect();
  }, [id, setInView]);
}
