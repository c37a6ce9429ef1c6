// What holds for the whole page: the hub is away, requests do not go to AWS, the demo, an audit log that cannot be written.

import { Fragment, type JSX } from 'preact';
import type { StatusResponse } from '../../contract/api.ts';
import { useConsole } from '../context.ts';
import { useNow } from '../hooks/use-now.ts';
import type { WhereRead } from '../hooks/use-place.ts';
import type { Place } from '../model/place.ts';
import { momentTime, visible } from '../model/words.ts';
import type { StreamState } from '../stream.ts';
import { Icon } from './icon.tsx';

/** The banners of the hub's state. */
export function Banners(): JSX.Element {
  const { status, trouble, refresh } = useConsole();
  return (
    <Fragment>
      {trouble !== null && trouble.status === 0 && (
        <div class="banner" role="alert">
          <Icon name="warn" tone="warn" />
          <span>
            <b class="strong">The hub does not answer.</b> You see the state of before. Trying again by
            itself.
          </span>
          <button class="btn tiny push" type="button" onClick={refresh}>
            Try now
          </button>
        </div>
      )}
      {status !== null && !status.audit.writable && (
        <div class="banner bad" role="alert">
          <Icon name="bad" tone="bad" />
          <span>
            <b class="strong">The audit log cannot be written.</b> Nothing runs until it can: free space on
            the data folder, then try again.
          </span>
          <button class="btn tiny push" type="button" onClick={refresh}>
            Try now
          </button>
        </div>
      )}
      {status !== null && <Endpoints status={status} />}
    </Fragment>
  );
}

function Endpoints({ status }: { status: StatusResponse }): JSX.Element | null {
  if (status.endpoints.length === 0) return null;
  return (
    <div class={status.demo ? 'banner slim' : 'banner'} role="status" data-banner="endpoint">
      <Icon name="change" tone="wait" />
      <span>
        {status.demo && (
          <Fragment>
            <b class="strong">Demo: a simulated AWS account.</b>{' '}
          </Fragment>
        )}
        {status.endpoints.map(({ node, endpoint }) => {
          const name = status.nodes.find(({ id }) => id === node)?.inventory.name ?? node;
          return (
            <span key={node}>
              AWS requests of node {visible(name)} go to <code>{visible(endpoint)}</code>, not to AWS.{' '}
            </span>
          );
        })}
      </span>
    </div>
  );
}

/**
 * The same in the head of a conversation, where the banner may have been scrolled away: of the place that the conversation was
 * read from, and of all nodes while that is not known.
 */
export function EndpointPill({ place }: { place: Place | null }): JSX.Element | null {
  const { status } = useConsole();
  if (status === null) return null;
  const endpoints = place === null ? status.endpoints.map(({ endpoint }) => endpoint) : [place.endpoint];
  const where = [...new Set(endpoints.filter((one) => one !== null))].join(', ');
  if (where === '') return null;
  return (
    <span class="pill wait" data-pill="endpoint" title={visible(`AWS requests go to ${where}, not to AWS.`)}>
      <Icon name="change" small />
      {status.demo ? 'simulated' : 'not AWS'}
      <span class="hide-phone">{status.demo ? ' account' : ' endpoint'}</span>
    </span>
  );
}

/** Over a conversation that was read from another account than the one its node is in now. */
export function EarlierPlaceBanner({ where }: { where: WhereRead }): JSX.Element | null {
  const { place, at, movedTo } = where;
  const now = useNow(60_000, movedTo !== null);
  if (place === null || at === null || movedTo === null) return null;
  const same = place.account === movedTo.account && place.region === movedTo.region;
  return (
    <div class="banner slim" role="status" data-banner="earlier-place">
      <Icon name="clock" tone="wait" />
      <span>
        <b class="strong">
          From {visible(placeWords(place))}, as it was at {momentTime(at, now)}.
        </b>{' '}
        {same
          ? 'The node reads another account of that number now'
          : `The node is in ${visible(placeWords(movedTo))} now`}
        , and a new question is answered from there.
      </span>
    </div>
  );
}

function placeWords({ account, region, endpoint }: Place): string {
  const what = `account ${account}, ${region}`;
  return endpoint === null ? what : `${what} at ${endpoint}, which is not AWS`;
}

/** Over a conversation whose live events have stopped. */
export function ReconnectBanner(props: { stream: StreamState; retry: () => void }): JSX.Element | null {
  const waiting = props.stream.state === 'waiting' ? props.stream : null;
  const now = useNow(500, waiting !== null);
  if (waiting === null) return null;
  const seconds = Math.max(0, Math.ceil((waiting.retryAt - now) / 1_000));
  return (
    <div class="banner" role="alert" data-banner="reconnecting">
      <Icon name="warn" tone="warn" />
      <span>
        <b class="strong">The live connection is lost.</b> You see the state of before. Trying again in{' '}
        {seconds} s.
      </span>
      <button class="btn tiny push" type="button" onClick={props.retry}>
        Try now
      </button>
    </div>
  );
}
