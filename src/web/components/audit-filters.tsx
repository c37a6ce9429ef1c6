// What the audit list is narrowed to: words, one kind of event, one conversation. On paper the same as a sentence.

import { Fragment, type JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { go } from '../hooks/use-route.ts';
import { type AuditPlace, auditRoute, hrefOf } from '../model/route.ts';
import { fullTime, grouped, visible } from '../model/words.ts';
import { Icon } from './icon.tsx';

const searchDelayMs = 200;
// The choices of the filter, by what people look for; a value is the name of an event.
const filters: readonly { event: string; words: string }[] = [
  { event: 'aws.finished', words: 'AWS calls' },
  { event: 'proposal.created', words: 'Proposals' },
  { event: 'proposal.approved', words: 'Approvals' },
  { event: 'proposal.denied', words: 'Denials' },
  { event: 'change.done', words: 'Changes made' },
  { event: 'call.refused', words: 'Refusals' },
  { event: 'person.signed-in', words: 'Sign-ins' },
];

/** The bar above the list. Every change of it goes to the address, and typing when it has paused. */
export function Filters({ place }: { place: AuditPlace }): JSX.Element {
  return (
    <search class="filters">
      <Words place={place} />
      {place.conversation !== null && (
        <a class="filter set" href={hrefOf(auditRoute({ ...place, conversation: null }))}>
          <b>One conversation</b>×
        </a>
      )}
      {choices(place.event).map(({ event, words }) => {
        const set = place.event === event;
        return (
          <button
            key={event}
            class={set ? 'filter set' : 'filter'}
            type="button"
            aria-pressed={set}
            onClick={() => go(auditRoute({ ...place, event: set ? '' : event }))}
          >
            {set ? (
              <Fragment>
                <b>{visible(words)}</b>×
              </Fragment>
            ) : (
              words
            )}
          </button>
        );
      })}
    </search>
  );
}

// An address may name an event that has no button.
function choices(event: string): readonly { event: string; words: string }[] {
  const known = event === '' || filters.some((one) => one.event === event);
  return known ? filters : [{ event, words: event }, ...filters];
}

function Words({ place }: { place: AuditPlace }): JSX.Element {
  const [typed, setTyped] = useState(place.text);
  const latest = useRef(place);
  latest.current = place;
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  // Going back in the history changes the address, which this field follows unless somebody is typing.
  useEffect(() => {
    if (timer.current === null) setTyped(place.text);
  }, [place.text]);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
    },
    [],
  );
  const type = (text: string): void => {
    setTyped(text);
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      timer.current = null;
      go(auditRoute({ ...latest.current, text }), true);
    }, searchDelayMs);
  };
  return (
    <label class="field">
      <Icon name="search" small />
      <input
        id="audit-search"
        type="search"
        aria-label="Search"
        placeholder="Search commands and messages"
        value={typed}
        onInput={(event) => type(event.currentTarget.value)}
      />
    </label>
  );
}

/** What a printed list is of: what it was narrowed to, and how much of it is on the paper. */
export function AuditPrintHead(props: { place: AuditPlace; shown: number; total: number }): JSX.Element {
  const { text, event, conversation } = props.place;
  const narrowed = [
    event === '' ? '' : `event ${event}`,
    conversation === null ? '' : `conversation ${conversation}`,
    text === '' ? '' : `search “${text}”`,
  ].filter((one) => one !== '');
  return (
    <p class="only-print print-head">
      {narrowed.length === 0 ? 'All records' : `Records of ${visible(narrowed.join(', '))}`}, newest first:{' '}
      {grouped(props.shown)} of {grouped(props.total)}. Printed {fullTime(Date.now())} from {location.origin}.
    </p>
  );
}
