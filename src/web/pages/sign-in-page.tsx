// Signing in: with the link the hub printed, or by pasting its code. The code is used once and leaves no trace in the history.

import type { JSX } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { type Api, type ApiError, asApiError } from '../api.ts';
import { Gate } from '../components/gate.tsx';
import { Icon } from '../components/icon.tsx';
import { go } from '../hooks/use-route.ts';
import { useTitle } from '../hooks/use-title.ts';
import { visible } from '../model/words.ts';

/** The page. `code` came with the link; `onSignedIn` is called when the hub has taken it. */
export function SignInPage(props: { api: Api; code: string | null; onSignedIn: () => void }): JSX.Element {
  const { api, onSignedIn } = props;
  const [busy, setBusy] = useState(props.code !== null);
  const [problem, setProblem] = useState<ApiError | null>(null);
  useTitle('Sign in');
  const signIn = useCallback(
    (code: string): void => {
      setBusy(true);
      setProblem(null);
      api.signIn(code).then(
        () => {
          go({ page: 'start' }, true);
          onSignedIn();
        },
        (error: unknown) => {
          setBusy(false);
          setProblem(asApiError(error));
        },
      );
    },
    [api, onSignedIn],
  );
  useEffect(() => {
    if (props.code !== null) signIn(props.code);
  }, [props.code, signIn]);
  return (
    <div class="start">
      <header>
        <span class="brand">
          <Gate />
          Lockkeeper
        </span>
      </header>
      <main id="main" class="sign-in">
        <h1>Sign in</h1>
        <p class="intro">
          Open the one-time link that the hub printed when it started, or paste its code here.
        </p>
        <CodeForm busy={busy} signIn={signIn} />
        {problem !== null && (
          <p class="small row" role="alert">
            <Icon name="bad" tone="bad" />
            <span>
              <b class="strong">{visible(problem.message)}</b> {visible(problem.next)}
            </span>
          </p>
        )}
        <p class="small muted how">
          No link at hand? On the hub’s machine run <code>lockkeeper sign-in</code>. It prints a new one, good
          once, for 15 minutes.
        </p>
      </main>
      <footer>
        <span>Nothing of this page comes from another machine.</span>
      </footer>
    </div>
  );
}

function CodeForm(props: { busy: boolean; signIn: (code: string) => void }): JSX.Element {
  const [text, setText] = useState('');
  return (
    <form
      class="row wrap"
      onSubmit={(event) => {
        event.preventDefault();
        const code = codeIn(text);
        if (code !== '') props.signIn(code);
      }}
    >
      <label class="field grow">
        <Icon name="key" small />
        <input
          aria-label="Sign-in link or code"
          placeholder="Sign-in link or code"
          value={text}
          autocomplete="off"
          spellcheck={false}
          maxLength={400}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button class="btn primary" type="submit" disabled={props.busy || codeIn(text) === ''}>
        {props.busy ? 'Signing in' : 'Sign in'}
      </button>
    </form>
  );
}

// A whole link and the bare code both work.
function codeIn(text: string): string {
  return text.trim().split('/').at(-1) ?? '';
}
