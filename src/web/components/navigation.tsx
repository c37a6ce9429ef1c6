// The way around: the column on the left, the bar at the foot of a phone.

import { Fragment, type JSX } from 'preact';
import type { StatusResponse } from '../../contract/api.ts';
import { useConsole } from '../context.ts';
import type { Theme } from '../hooks/use-theme.ts';
import { auditRoute, hrefOf, type Route } from '../model/route.ts';
import { count, initials, visible } from '../model/words.ts';
import { Gate } from './gate.tsx';
import { Icon, type IconName } from './icon.tsx';
import { StateMark } from './moment-pill.tsx';

interface Place {
  readonly name: string;
  readonly short: string;
  readonly icon: IconName | 'gate';
  readonly route: Route;
  readonly pages: readonly Route['page'][];
}

const places: readonly Place[] = [
  {
    name: 'Conversations',
    short: 'Chats',
    icon: 'chat',
    route: { page: 'conversations' },
    pages: ['conversations', 'conversation', 'start'],
  },
  {
    name: 'Approvals',
    short: 'Approvals',
    icon: 'gate',
    route: { page: 'approvals', id: null },
    pages: ['approvals'],
  },
  {
    name: 'Audit',
    short: 'Audit',
    icon: 'log',
    route: auditRoute(),
    pages: ['audit'],
  },
  { name: 'Nodes', short: 'Nodes', icon: 'node', route: { page: 'nodes' }, pages: ['nodes'] },
];

/** Of the demo alone. */
const scenarios: Place = {
  name: 'Scenarios',
  short: 'Scenarios',
  icon: 'play',
  route: { page: 'scenarios' },
  pages: ['scenarios'],
};

function placesIn(status: StatusResponse | null): readonly Place[] {
  return status?.demo === true ? [...places, scenarios] : places;
}

const recentMax = 30;

/** The column. */
export function Navigation(props: {
  route: Route;
  theme: Theme;
  setTheme: (theme: Theme) => void;
  openPalette: () => void;
}): JSX.Element {
  const { status } = useConsole();
  const waiting = status?.pendingProposals ?? 0;
  return (
    <nav class="nav" aria-label="Main">
      <a class="brand" href={hrefOf({ page: 'start' })}>
        <Gate />
        Lockkeeper
      </a>
      <button class="jump" type="button" onClick={props.openPalette}>
        <Icon name="search" />
        Search or jump to{' '}
        <kbd class="push">{/Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘K' : 'Ctrl K'}</kbd>
      </button>
      <a
        class="item"
        href={hrefOf({ page: 'start' })}
        aria-current={props.route.page === 'start' ? 'page' : undefined}
      >
        <Icon name="plus" />
        New conversation
      </a>
      {placesIn(status).map((place) => (
        <a
          key={place.name}
          class="item"
          href={hrefOf(place.route)}
          aria-current={
            place.pages.includes(props.route.page) && props.route.page !== 'start' ? 'page' : undefined
          }
        >
          {place.icon === 'gate' ? <Gate size="i" /> : <Icon name={place.icon} />}
          {place.name}
          {place.icon === 'gate' && waiting > 0 && (
            <span class="count hot">
              {waiting}
              <span class="vh"> waiting</span>
            </span>
          )}
        </a>
      ))}
      <Recent route={props.route} />
      <Foot theme={props.theme} setTheme={props.setTheme} />
    </nav>
  );
}

// The only part of the column that scrolls.
function Recent({ route }: { route: Route }): JSX.Element | null {
  const { conversations } = useConsole();
  if (conversations === null || conversations.length === 0) return null;
  return (
    <Fragment>
      <p class="nav-h">Recent conversations</p>
      <div class="recent">
        {conversations.slice(0, recentMax).map((one) => (
          <a
            key={one.id}
            class="convo"
            href={hrefOf({ page: 'conversation', id: one.id, proposal: null })}
            aria-current={route.page === 'conversation' && route.id === one.id ? 'page' : undefined}
          >
            <StateMark state={one.state} />
            <span title={visible(one.title)}>{visible(one.title)}</span>
            <small title={visible(one.subtitle)}>{visible(one.subtitle)}</small>
          </a>
        ))}
      </div>
    </Fragment>
  );
}

const themes: readonly { theme: Theme; words: string }[] = [
  { theme: 'auto', words: 'Auto' },
  { theme: 'light', words: 'Light' },
  { theme: 'dark', words: 'Dark' },
];

function Foot(props: { theme: Theme; setTheme: (theme: Theme) => void }): JSX.Element {
  const { me, status, trouble } = useConsole();
  const connected = (status?.nodes ?? []).filter((node) => node.connected).length;
  return (
    <div class="nav-foot">
      <div class="row">
        <span class="who" aria-hidden="true">
          {initials(me.person.name)}
        </span>
        <span class="cut" title={visible(me.person.name)}>
          {visible(me.person.name)}
        </span>
      </div>
      <ThemeSwitch {...props} />
      <div class="row micro faint">
        <Icon
          name={trouble !== null ? 'warn' : connected > 0 ? 'ok' : 'off'}
          tone={trouble !== null ? 'warn' : connected > 0 ? 'ok' : 'off'}
          small
        />
        {trouble !== null ? 'hub does not answer' : count(connected, 'node')}
        {status !== null && <span class="push nowrap">version {visible(status.version)}</span>}
      </div>
    </div>
  );
}

/** Auto, light or dark. */
export function ThemeSwitch(props: { theme: Theme; setTheme: (theme: Theme) => void }): JSX.Element {
  return (
    <span class="push seg" role="radiogroup" aria-label="Theme">
      {themes.map(({ theme, words }) => (
        <label key={theme} class={props.theme === theme ? 'on' : ''}>
          <input
            type="radio"
            name="theme"
            value={theme}
            checked={props.theme === theme}
            onChange={() => props.setTheme(theme)}
          />
          {words}
        </label>
      ))}
    </span>
  );
}

/** The bar at the foot of a phone. */
export function Tabs({ route }: { route: Route }): JSX.Element {
  const { status } = useConsole();
  const waiting = status?.pendingProposals ?? 0;
  const shown = placesIn(status);
  return (
    <nav class={shown.length === 4 ? 'tabs four' : 'tabs'} aria-label="Main, short">
      {shown.map((place) => (
        <a
          key={place.name}
          href={hrefOf(place.route)}
          aria-current={place.pages.includes(route.page) ? 'page' : undefined}
        >
          {place.icon === 'gate' ? <Gate size="i" /> : <Icon name={place.icon} />}
          {place.short}
          {place.icon === 'gate' && waiting > 0 && <span class="dot">{waiting}</span>}
        </a>
      ))}
    </nav>
  );
}
