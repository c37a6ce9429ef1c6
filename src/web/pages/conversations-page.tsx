// All conversations, for phones and for looking further back than the navigation shows.

import { Fragment, type JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ConversationSummary } from '../../contract/chat.ts';
import { asApiError } from '../api.ts';
import { Icon } from '../components/icon.tsx';
import { StateMark } from '../components/moment-pill.tsx';
import { Empty, PageSkeleton } from '../components/states.tsx';
import { useConsole } from '../context.ts';
import { go } from '../hooks/use-route.ts';
import { useTitle } from '../hooks/use-title.ts';
import { hrefOf } from '../model/route.ts';
import { clockTime, dayName, visible } from '../model/words.ts';

/** The list. */
export function ConversationsPage(): JSX.Element {
  const { conversations } = useConsole();
  useTitle('Conversations');
  return (
    <Fragment>
      <header class="head">
        <h1>Conversations</h1>
        <a class="btn primary tiny push" href={hrefOf({ page: 'start' })}>
          <Icon name="plus" small />
          New
        </a>
      </header>
      {conversations === null ? <PageSkeleton /> : <List first={conversations} />}
    </Fragment>
  );
}

function List({ first }: { first: readonly ConversationSummary[] }): JSX.Element {
  const { api, toast } = useConsole();
  const [older, setOlder] = useState<{ items: readonly ConversationSummary[]; next: string | null } | null>(
    null,
  );
  const more = async (): Promise<void> => {
    try {
      const known = older ?? { items: [], next: (await api.conversations(null)).next };
      if (known.next === null) {
        setOlder({ items: known.items, next: null });
        return;
      }
      const page = await api.conversations(known.next);
      setOlder({ items: [...known.items, ...page.items], next: page.next });
    } catch (error) {
      toast(asApiError(error).message);
    }
  };
  if (first.length === 0) {
    return (
      <Empty
        icon="chat"
        title="No conversation yet"
        text="Ask why a service is unhealthy, or what is wrong in a cluster."
        action={{ label: 'Ask something', run: () => go({ page: 'start' }) }}
      />
    );
  }
  const seen = new Set(first.map(({ id }) => id));
  const items = [...first, ...(older?.items ?? []).filter(({ id }) => !seen.has(id))];
  const now = Date.now();
  return (
    <div class="list wide-list">
      {items.map((item) => (
        <a key={item.id} class="li" href={hrefOf({ page: 'conversation', id: item.id, proposal: null })}>
          <StateMark state={item.state} />
          <b>{visible(item.title)}</b>
          <time>
            {dayName(item.updatedAt, now)} {clockTime(item.updatedAt)}
          </time>
          <small>{visible(item.subtitle)}</small>
        </a>
      ))}
      {older?.next !== null && items.length >= 20 && (
        <button class="btn quiet" type="button" onClick={() => void more()}>
          Older
        </button>
      )}
    </div>
  );
}
