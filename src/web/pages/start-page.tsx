// The first thing a person sees: what this is, what is connected, and a question to begin with.

import type { JSX } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { StatusResponse } from '../../contract/api.ts';
import { type Api, asApiError } from '../api.ts';
import { Composer } from '../components/composer.tsx';
import { Gate } from '../components/gate.tsx';
import { Icon } from '../components/icon.tsx';
import { useConsole } from '../context.ts';
import { go } from '../hooks/use-route.ts';
import { useTitle } from '../hooks/use-title.ts';
import { hrefOf } from '../model/route.ts';
import { visible } from '../model/words.ts';

const questions = [
  'Which services are short of tasks?',
  'List my clusters',
  'Who am I in AWS?',
  'What can you do?',
];

/** The page for a new conversation. */
export function StartPage(): JSX.Element {
  const { api, status, trouble, refresh, toast } = useConsole();
  useTitle('New conversation');
  const send = useCallback(
    async (text: string): Promise<boolean> => {
      try {
        const { conversation } = await api.start(text);
        refresh();
        go({ page: 'conversation', id: conversation, proposal: null });
        return true;
      } catch (error) {
        const { message, next } = asApiError(error);
        toast(`${message} ${next}`);
        return false;
      }
    },
    [api, refresh, toast],
  );
  const demo = status?.demo === true;
  const demoQuestions = useDemoQuestions(api, demo);
  return (
    <div class="begin">
      <div class="begin-in">
        <h1>Ask why a service is unhealthy. Nothing changes until you open the gate.</h1>
        <p class="intro">
          {demo
            ? 'This is the demo: a simulated AWS account with trouble in it. It behaves like AWS and costs nothing.'
            : 'Reads run at once and are shown as the aws command that does the same. Every change waits for an approval.'}
        </p>
        <Flight />
        <Connected status={status} />
        <div class="ask">
          <Composer
            placeholder="Ask about a service, a task or an error"
            blocked={trouble === null ? null : 'The hub does not answer'}
            working={false}
            planner={status === null ? null : (status.planner.model ?? 'built-in playbook')}
            send={send}
            stop={null}
            autofocus
          />
          <p class="small faint or">
            {demo
              ? 'Or start with a question. It runs against the simulated account.'
              : 'Or start with a question.'}{' '}
            {demo && <a href={hrefOf({ page: 'scenarios' })}>Another incident</a>}
          </p>
          <div class="suggest">
            {(demo ? demoQuestions : questions).map((text) => (
              <button key={text} type="button" disabled={trouble !== null} onClick={() => void send(text)}>
                {text}
              </button>
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}

/** What the incident that is shown gives reason to ask. */
function useDemoQuestions(api: Api, demo: boolean): readonly string[] {
  const [found, setFound] = useState<readonly string[]>([]);
  useEffect(() => {
    if (!demo) return;
    // Without an answer there is nothing to suggest; the banner says that the hub is away.
    api.demo().then(
      ({ current }) => setFound(current.questions),
      () => setFound([]),
    );
  }, [api, demo]);
  return found;
}

function Flight(): JSX.Element {
  return (
    <svg class="draw flight" viewBox="0 0 1080 64" aria-hidden="true">
      <rect class="dry" x="0" y="14" width="1080" height="36" />
      <rect class="watered" x="0" y="14" width="182" height="36" />
      <path class="bank" d="M0 14H1080M0 50H1080" />
      <path class="stream" d="M6 32H166" />
      <path class="would" d="M200 32H1070" />
      <path class="leafs first" d="M192 15.5L170 32L192 48.5" />
      <path class="leafs later" d="M552 15.5L530 32L552 48.5" />
      <path class="leafs later" d="M912 15.5L890 32L912 48.5" />
    </svg>
  );
}

function Connected({ status }: { status: StatusResponse | null }): JSX.Element {
  if (status === null) return <p class="small faint">Asking the hub what is connected.</p>;
  return (
    <ul class="tests">
      {status.nodes.map((node) => (
        <li key={node.id}>
          {node.connected ? (
            <Icon name="ok" tone="ok" label="connected" />
          ) : (
            <Icon name="off" tone="off" label="offline" />
          )}
          <span>
            {visible(node.inventory.name)}, account {visible(node.inventory.account)},{' '}
            {visible(node.inventory.region)}
            {node.inventory.problem !== null && <span class="bad"> {visible(node.inventory.problem)}</span>}
          </span>
        </li>
      ))}
      {status.nodes.length === 0 && (
        <li>
          <Icon name="warn" tone="warn" />
          No node is connected yet. Add one under Nodes, or start the hub with lockkeeper up.
        </li>
      )}
      <li>
        <Gate tone="off" size="i" />
        {status.planner.model === null
          ? 'The built-in playbook answers: status, why, logs, network, deployments, scaling, roll back.'
          : `${visible(status.planner.model)} answers.`}
      </li>
    </ul>
  );
}
