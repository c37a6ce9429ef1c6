// The page as a whole: signed in or not, the shell, and which page stands in it.

import { Fragment, type JSX } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { EvidenceRef } from '../contract/finding.ts';
import { type Api, type ApiError, asApiError, type Me } from './api.ts';
import { Banners } from './components/banners.tsx';
import { EvidenceDrawer } from './components/evidence-drawer.tsx';
import { Sprite } from './components/icon.tsx';
import { Navigation, Tabs } from './components/navigation.tsx';
import { KeyHelp, Palette } from './components/palette.tsx';
import { Empty } from './components/states.tsx';
import { type Console, ConsoleContext } from './context.ts';
import { useKeys } from './hooks/use-keys.ts';
import { usePolled } from './hooks/use-polled.ts';
import { useUnfoldedPrint } from './hooks/use-printing.ts';
import { go, useRoute } from './hooks/use-route.ts';
import { useTheme } from './hooks/use-theme.ts';
import { hrefOf, type Route } from './model/route.ts';
import { visible } from './model/words.ts';
import { ApprovalsPage } from './pages/approvals-page.tsx';
import { AuditPage } from './pages/audit-page.tsx';
import { ConversationPage, focusCard } from './pages/conversation-page.tsx';
import { ConversationsPage } from './pages/conversations-page.tsx';
import { NodesPage } from './pages/nodes-page.tsx';
import { ScenariosPage } from './pages/scenarios-page.tsx';
import { SignInPage } from './pages/sign-in-page.tsx';
import { StartPage } from './pages/start-page.tsx';

const pollMs = 4_000;
const toastMs = 4_000;
const bootRetryMs = 3_000;

/** The application. */
export function App({ api }: { api: Api }): JSX.Element {
  const route = useRoute();
  const [me, setMe] = useState<Me | null>(null);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const [attempt, setAttempt] = useState(0);
  const [theme, setTheme] = useTheme();
  const again = useCallback(() => setAttempt((n) => n + 1), []);
  const signedOut = useCallback(() => {
    setMe(null);
    again();
  }, [again]);
  const code = route.page === 'sign-in' ? route.code : null;

  // A sign-in link is followed even by somebody who is signed in: it may be for another person. `attempt` asks again.
  useEffect(() => {
    if (code !== null) return undefined;
    let timer: ReturnType<typeof setTimeout> | null = null;
    let gone = false;
    api.me().then(
      (found) => {
        if (gone) return;
        setMe(found);
        setProblem(null);
      },
      (error: unknown) => {
        if (gone) return;
        const failed = asApiError(error);
        setProblem(failed);
        if (failed.status !== 401) timer = setTimeout(again, bootRetryMs);
      },
    );
    return () => {
      gone = true;
      if (timer !== null) clearTimeout(timer);
    };
  }, [api, code, attempt, again]);

  let page: JSX.Element | null = null;
  if (code !== null || (me === null && problem?.status === 401))
    page = <SignInPage key={code} api={api} code={code} onSignedIn={again} />;
  else if (me !== null)
    page = (
      <Shell api={api} me={me} route={route} theme={theme} setTheme={setTheme} onSignedOut={signedOut} />
    );
  else if (problem !== null)
    page = (
      <Empty
        icon="warn"
        tone="warn"
        title={problem.message}
        text={`${problem.next}`}
        action={{ label: 'Try now', run: again }}
      />
    );
  return (
    <Fragment>
      <Sprite />
      {page}
    </Fragment>
  );
}

interface ShellProps {
  readonly api: Api;
  readonly me: Me;
  readonly route: Route;
  readonly theme: ReturnType<typeof useTheme>[0];
  readonly setTheme: ReturnType<typeof useTheme>[1];
  readonly onSignedOut: () => void;
}

type Overlay =
  | { readonly kind: 'palette' | 'help' }
  | { readonly kind: 'evidence'; readonly evidence: EvidenceRef; readonly label: string };

function Shell(props: ShellProps): JSX.Element {
  const { route } = props;
  const place = route.page === 'conversation' ? `conversation ${route.id}` : route.page;
  const [overlay, setOverlay] = useState<Overlay | null>(null);
  const [toast, showToast] = useToast();
  const openEvidence = useCallback(
    (evidence: EvidenceRef, label: string) => setOverlay({ kind: 'evidence', evidence, label }),
    [],
  );
  const value = useConsoleValue(props, { openEvidence, toast: showToast });
  useKeys({
    openPalette: () => setOverlay({ kind: 'palette' }),
    openHelp: () => setOverlay({ kind: 'help' }),
    toProposal: () => {
      const card = [...document.querySelectorAll<HTMLElement>('[data-proposal][data-state="pending"]')].at(
        -1,
      );
      if (card?.dataset['proposal'] === undefined) go({ page: 'approvals', id: null });
      else focusCard(card.dataset['proposal']);
    },
  });
  useUnfoldedPrint();
  const close = useCallback(() => setOverlay(null), []);
  // What floats over a page belongs to that page; `here` is read by being watched.
  const here = hrefOf(route);
  useLayoutEffect(() => {
    if (here !== '') setOverlay(null);
  }, [here]);
  // A page opens at its top, not where the one before it was left; `place` is read by being watched.
  useLayoutEffect(() => {
    if (place !== '') scrollTo({ top: 0, behavior: 'instant' });
  }, [place]);
  return (
    <ConsoleContext.Provider value={value}>
      <button class="skip" type="button" onClick={skip}>
        Skip to content
      </button>
      <div class={route.page === 'conversation' ? 'frame in-thread' : 'frame'}>
        <div class="app">
          <Navigation
            route={route}
            theme={props.theme}
            setTheme={props.setTheme}
            openPalette={() => setOverlay({ kind: 'palette' })}
          />
          <main class="main" id="main" tabIndex={-1}>
            <Banners />
            <Page route={route} />
          </main>
        </div>
        <Tabs route={route} />
      </div>
      {overlay?.kind === 'palette' && <Palette onClose={close} />}
      {overlay?.kind === 'help' && <KeyHelp onClose={close} />}
      {overlay?.kind === 'evidence' && (
        <EvidenceDrawer evidence={overlay.evidence} label={overlay.label} onClose={close} />
      )}
      <div class="toasts" role="status" aria-live="polite">
        {toast !== null && <div class="toast">{visible(toast)}</div>}
      </div>
    </ConsoleContext.Provider>
  );
}

// What the shell gives to every part below it; the hub is asked for its state again and again.
function useConsoleValue(
  { api, me, onSignedOut }: ShellProps,
  { openEvidence, toast }: Pick<Console, 'openEvidence' | 'toast'>,
): Console {
  const status = usePolled(
    useCallback(() => api.status(), [api]),
    pollMs,
  );
  const list = usePolled(
    useCallback(() => api.conversations(null), [api]),
    pollMs,
  );
  const refreshStatus = status.refresh;
  const refreshList = list.refresh;
  const lost = status.error?.status === 401;
  useEffect(() => {
    if (lost) onSignedOut();
  }, [lost, onSignedOut]);
  return useMemo<Console>(
    () => ({
      api,
      me,
      status: status.value,
      conversations: list.value?.items ?? null,
      trouble: status.error,
      refresh: () => {
        refreshStatus();
        refreshList();
      },
      openEvidence,
      toast,
    }),
    [api, me, status.value, status.error, list.value, refreshStatus, refreshList, openEvidence, toast],
  );
}

// A button, not a link: the address bar names pages after `#`, and this only moves the keyboard.
function skip(): void {
  document.getElementById('main')?.focus();
}

function Page({ route }: { route: Route }): JSX.Element {
  switch (route.page) {
    case 'start':
    case 'sign-in':
      return <StartPage />;
    case 'conversations':
      return <ConversationsPage />;
    case 'conversation':
      return <ConversationPage key={route.id} id={route.id} proposal={route.proposal} />;
    case 'approvals':
      return <ApprovalsPage id={route.id} />;
    case 'audit':
      return <AuditPage place={route} />;
    case 'nodes':
      return <NodesPage />;
    case 'scenarios':
      return <ScenariosPage />;
    case 'nowhere':
      return (
        <Empty
          icon="unknown"
          title="There is no such page"
          text="The address may be from another version."
          action={{ label: 'To the start', run: () => go({ page: 'start' }) }}
        />
      );
  }
}

function useToast(): [string | null, (text: string) => void] {
  const [toast, setToast] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const show = useCallback((text: string) => {
    if (timer.current !== null) clearTimeout(timer.current);
    setToast(text);
    timer.current = setTimeout(() => setToast(null), toastMs);
  }, []);
  return [toast, show];
}
