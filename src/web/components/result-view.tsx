// What a tool found out: cards for what has a picture, a plain fold for the rest, a sentence when it was refused or failed.

import { Fragment, type JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { type CallEnding, callEnding } from '../../contract/call-ending.ts';
import type { CallView } from '../model/conversation.ts';
import { resultParts } from '../model/results.ts';
import { storyOf } from '../model/story.ts';
import { visible } from '../model/words.ts';
import { FindingCard } from './finding-card.tsx';
import { Icon } from './icon.tsx';
import { LogPane } from './log-pane.tsx';
import { PathPictures } from './path-picture.tsx';

/** The result of a call that ended with `ok`. Only the first finding is a card; the others are named below it. */
export function ResultView({ call }: { call: CallView }): JSX.Element | null {
  const { result } = call;
  const output = result?.status === 'ok' ? result.output : null;
  const parts = useMemo(() => resultParts(output), [output]);
  const story = useMemo(() => storyOf(output), [output]);
  if (result?.status !== 'ok') return null;
  const [first, ...others] = parts.findings;
  if (first === undefined && parts.paths.length === 0 && parts.log === null)
    return <PlainFold call={call} text={result.text} />;
  return (
    <Fragment>
      {first !== undefined && <FindingCard finding={first} story={story} />}
      {others.length > 0 && (
        <details class="card others">
          <summary class="small muted">
            <Icon name="chev" tone="chev" small />{' '}
            {others.length === 1 ? '1 more finding' : `${others.length} more findings`}
          </summary>
          {others.map((finding, at) => (
            <FindingCard key={at} finding={finding} />
          ))}
        </details>
      )}
      {parts.paths.length > 0 && (
        <div class="card lone-path">
          <PathPictures paths={parts.paths} />
        </div>
      )}
      {parts.log !== null && <LogPane log={parts.log} />}
    </Fragment>
  );
}

function PlainFold({ call, text }: { call: CallView; text: string }): JSX.Element {
  return (
    <details class="card plain">
      <summary class="small">
        <Icon name="chev" tone="chev" small />
        <Icon name="ok" tone="ok" small />
        <span>{visible(call.title)}</span>
        <code class="push faint hide-phone">{visible(call.call.tool)}</code>
      </summary>
      <pre class="block">{visible(text)}</pre>
    </details>
  );
}

const endings: Readonly<Record<CallEnding, { icon: 'stop' | 'bad' | 'unknown'; words: string }>> = {
  'not found': { icon: 'unknown', words: 'found nothing.' },
  'not clear': { icon: 'unknown', words: 'needs a clearer name.' },
  'not needed': { icon: 'stop', words: 'is not needed.' },
  refused: { icon: 'stop', words: 'was refused.' },
  failed: { icon: 'bad', words: 'failed.' },
};

/** Calls that did not succeed: what happened and what to do next. */
export function Refusals({ calls }: { calls: readonly CallView[] }): JSX.Element {
  return (
    <Fragment>
      {calls.map(({ call, title, result }) => {
        if (result?.status !== 'refused' && result?.status !== 'failed') return null;
        const { icon, words } = endings[callEnding(result.status, result.error.code)];
        return (
          <div class="card refusal small" key={call.id} role="status">
            <Icon name={icon} tone={icon === 'bad' ? 'bad' : 'off'} />
            <span>
              <b class="strong">{visible(title)}</b> {words} {visible(result.error.message)}{' '}
              <span class="muted">{visible(result.error.next)}</span>
            </span>
          </div>
        );
      })}
    </Fragment>
  );
}
