// The state of a conversation as a pill and as the mark in lists.

import type { JSX } from 'preact';
import type { ConversationSummary } from '../../contract/chat.ts';
import type { Moment } from '../model/conversation.ts';
import { Gate } from './gate.tsx';
import { Icon } from './icon.tsx';

/** The words of a moment, also used in the window's title. */
export const momentWords: Readonly<Record<Moment, string>> = {
  working: 'Investigating',
  executing: 'Running the change',
  waiting: 'Waiting for approval',
  watching: 'Watching',
  solved: 'Solved',
  unsolved: 'Not recovered',
  failed: 'Stopped early',
  answered: 'Answered',
};

/** The pill in the head of a conversation. */
export function MomentPill({ moment }: { moment: Moment }): JSX.Element {
  const tone = {
    working: 'run',
    executing: 'run',
    waiting: 'wait',
    watching: 'run',
    solved: 'ok',
    unsolved: 'bad',
    failed: 'bad',
    answered: 'off',
  }[moment];
  return (
    <span class={`pill ${tone}`} role="status" data-moment={moment}>
      {moment === 'waiting' ? (
        <Gate tone="wait" />
      ) : moment === 'executing' ? (
        <Gate state="open-a open-b passing" />
      ) : tone === 'run' ? (
        <Icon name="run" spin />
      ) : (
        <Icon name={tone === 'bad' ? 'bad' : 'ok'} />
      )}
      {moment === 'waiting' ? (
        <span>
          Waiting<span class="hide-phone"> for approval</span>
        </span>
      ) : (
        momentWords[moment]
      )}
    </span>
  );
}

/** The mark of a conversation in a list. */
export function StateMark({ state }: { state: ConversationSummary['state'] }): JSX.Element {
  if (state === 'waiting') return <Gate tone="wait" label="waiting for approval" />;
  if (state === 'watching') return <Gate state="open-a open-b passing" tone="run" label="watching" />;
  if (state === 'working') return <Icon name="run" tone="run" label="investigating" spin />;
  if (state === 'failed') return <Icon name="bad" tone="bad" label="stopped early" />;
  return <Icon name="ok" tone="ok" label="answered" />;
}
