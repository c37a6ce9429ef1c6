// Empty, loading and failed: what a page shows when it has nothing else to show. Says what happened, then what to do next.

import type { JSX } from 'preact';
import type { ApiError } from '../api.ts';
import { visible } from '../model/words.ts';
import { Gate } from './gate.tsx';
import { Icon, type IconName } from './icon.tsx';

interface EmptyProps {
  readonly icon?: IconName;
  readonly tone?: string;
  readonly title: string;
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void };
}

/** A page or card without content. Without an icon it shows open gates: nothing waits. */
export function Empty(props: EmptyProps): JSX.Element {
  return (
    <div class="empty" role="status">
      {props.icon === undefined ? (
        <Gate state="open-a open-b flowing" tone="off" size="gate-l" />
      ) : (
        <Icon name={props.icon} tone={props.tone ?? 'off'} />
      )}
      <h2>{visible(props.title)}</h2>
      <p>{visible(props.text)}</p>
      {props.action !== undefined && (
        <button class="btn" type="button" onClick={props.action.run}>
          {props.action.label}
        </button>
      )}
    </div>
  );
}

/** Lines in the place of what is being loaded. */
export function PageSkeleton(): JSX.Element {
  return (
    <div class="page" role="status" aria-label="Loading">
      <div class="card skel">
        {[30, 80, 95, 88, 60, 72, 40].map((width) => (
          <i key={width} class={width === 80 ? 'tall' : ''} style={{ width: `${width}%` }} />
        ))}
      </div>
    </div>
  );
}

/** A page whose content is not here: lines until it is, or what keeps it away and the way to try again. */
export function Unloaded(props: { error: ApiError | null; retry: () => void }): JSX.Element {
  if (props.error === null) return <PageSkeleton />;
  const { message, next } = props.error;
  return (
    <Empty
      icon="bad"
      tone="bad"
      title={message}
      text={next}
      action={{ label: 'Try again', run: props.retry }}
    />
  );
}
