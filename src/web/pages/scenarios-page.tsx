// The incidents of the demo: which one is shown, and another one in its place.

import { Fragment, type JSX } from 'preact';
import { useCallback, useState } from 'preact/hooks';
import type { ScenarioList } from '../../contract/api.ts';
import { asApiError } from '../api.ts';
import { Icon } from '../components/icon.tsx';
import { Unloaded } from '../components/states.tsx';
import { useConsole } from '../context.ts';
import { usePolled } from '../hooks/use-polled.ts';
import { go } from '../hooks/use-route.ts';
import { useTitle } from '../hooks/use-title.ts';
import { visible } from '../model/words.ts';

const everyMs = 10_000;

/** The page. */
export function ScenariosPage(): JSX.Element {
  const { api } = useConsole();
  const { value, error, refresh } = usePolled(
    useCallback(() => api.demo(), [api]),
    everyMs,
  );
  useTitle('Scenarios');
  return (
    <Fragment>
      <header class="head">
        <h1>Scenarios</h1>
        {value !== null && <span class="small faint">{value.scenarios.length} incidents</span>}
      </header>
      {value === null && <Unloaded error={error} retry={refresh} />}
      {value !== null && <List list={value} />}
    </Fragment>
  );
}

function List({ list }: { list: ScenarioList }): JSX.Element {
  const { api, refresh, toast } = useConsole();
  const [preparing, setPreparing] = useState<string | null>(null);
  const show = async (name: string): Promise<void> => {
    setPreparing(name);
    try {
      await api.showScenario(name);
      refresh();
      toast('The account is ready. Ask what is wrong.');
      go({ page: 'start' });
    } catch (error) {
      const { message, next } = asApiError(error);
      toast(`${message} ${next}`);
      setPreparing(null);
    }
  };
  return (
    <div class="page">
      <p class="small muted">
        Each is a simulated AWS account of its own, with what somebody on call would hear about it. Another
        one takes the place of this one, broken anew; conversations and the audit log stay, and proposals that
        still wait are void.
      </p>
      <ul class="card scenarios" aria-label="Incidents">
        {list.scenarios.map(({ name, about }) => (
          <li key={name} data-scenario={name} aria-current={name === list.current.name ? 'true' : undefined}>
            <span>
              <b class="strong">{sentence(about)}</b>
              <br />
              <code class="micro faint">{visible(name)}</code>
            </span>
            <Choice
              state={preparing === name ? 'preparing' : name === list.current.name ? 'shown' : 'other'}
              blocked={preparing !== null}
              about={about}
              show={() => void show(name)}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Choice(props: {
  state: 'preparing' | 'shown' | 'other';
  blocked: boolean;
  about: string;
  show: () => void;
}): JSX.Element {
  if (props.state === 'preparing')
    return (
      <span class="status run push" role="status">
        <Icon name="run" />
        preparing the account
      </span>
    );
  const shown = props.state === 'shown';
  return (
    <span class="row push">
      {shown && (
        <span class="status ok">
          <Icon name="ok" />
          shown now
        </span>
      )}
      <button
        class="btn"
        type="button"
        disabled={props.blocked}
        aria-label={`${shown ? 'Start again' : 'Show'}: ${visible(props.about)}`}
        onClick={props.show}
      >
        {shown ? 'Start again' : 'Show'}
      </button>
    </span>
  );
}

function sentence(about: string): string {
  const text = visible(about);
  return text.charAt(0).toUpperCase() + text.slice(1);
}
