// The palette (jump to a page or a conversation, or ask what was typed) and the list of keys.

import { Fragment, type JSX } from 'preact';
import { useState } from 'preact/hooks';
import { asApiError } from '../api.ts';
import { useConsole } from '../context.ts';
import { go } from '../hooks/use-route.ts';
import { auditRoute, type Route } from '../model/route.ts';
import { visible } from '../model/words.ts';
import { Icon, type IconName } from './icon.tsx';
import { Modal } from './modal.tsx';

interface Choice {
  readonly key: string;
  readonly words: string;
  readonly note: string;
  readonly icon: IconName;
  readonly run: () => void;
}

const choicesMax = 9;
const pages: readonly { words: string; note: string; icon: IconName; route: Route }[] = [
  { words: 'New conversation', note: '', icon: 'plus', route: { page: 'start' } },
  { words: 'Conversations', note: 'G C', icon: 'chat', route: { page: 'conversations' } },
  { words: 'Approvals', note: 'G P', icon: 'key', route: { page: 'approvals', id: null } },
  { words: 'Audit', note: 'G A', icon: 'log', route: auditRoute() },
  { words: 'Nodes', note: 'G N', icon: 'node', route: { page: 'nodes' } },
];
const scenarios: (typeof pages)[number] = {
  words: 'Scenarios of the demo',
  note: '',
  icon: 'play',
  route: { page: 'scenarios' },
};

/** The palette. */
export function Palette({ onClose }: { onClose: () => void }): JSX.Element {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const choices = useChoices(text);
  const chosen = Math.min(at, choices.length - 1);
  const run = (choice: Choice | undefined): void => {
    onClose();
    choice?.run();
  };
  return (
    <Modal label="Palette" class="palette" onClose={onClose}>
      <input
        aria-label="Search or jump to"
        placeholder="Jump to, or ask"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={`palette-${chosen}`}
        autofocus
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') setAt(Math.min(choices.length - 1, chosen + 1));
          else if (event.key === 'ArrowUp') setAt(Math.max(0, chosen - 1));
          else if (event.key === 'Enter') run(choices[chosen]);
          else return;
          event.preventDefault();
        }}
      />
      <div role="listbox" id="palette-list" aria-label="Results">
        {choices.map((choice, index) => (
          <button
            key={choice.key}
            id={`palette-${index}`}
            class="choice"
            type="button"
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            onClick={() => run(choice)}
            onMouseMove={() => setAt(index)}
          >
            <Icon name={choice.icon} tone="off" />
            <span class="cut">{visible(choice.words)}</span>
            <span class="push small faint nowrap">{choice.note}</span>
          </button>
        ))}
      </div>
    </Modal>
  );
}

function useChoices(text: string): readonly Choice[] {
  const { api, conversations, status, refresh, toast } = useConsole();
  const wanted = text.trim().toLowerCase();
  const found = (words: string): boolean => words.toLowerCase().includes(wanted);
  const jumps = (status?.demo === true ? [...pages, scenarios] : pages)
    .filter(({ words }) => found(words))
    .map(({ route, ...page }) => ({ ...page, key: page.words, run: () => go(route) }));
  const talks = (conversations ?? [])
    .filter(({ title }) => found(title))
    .map(
      ({ id, title, state }): Choice => ({
        key: id,
        words: title,
        note: state,
        icon: 'chat',
        run: () => go({ page: 'conversation', id, proposal: null }),
      }),
    );
  const ask: Choice = {
    key: 'ask',
    words: `Ask “${text.trim()}”`,
    note: '↵',
    icon: 'send',
    run: () => {
      api.start(text.trim()).then(
        ({ conversation }) => {
          refresh();
          go({ page: 'conversation', id: conversation, proposal: null });
        },
        (error: unknown) => toast(asApiError(error).message),
      );
    },
  };
  const ordered = wanted === '' ? [...jumps, ...talks] : [...talks, ...jumps];
  return wanted === '' ? ordered.slice(0, choicesMax) : [...ordered.slice(0, choicesMax - 1), ask];
}

const keys: readonly [string, string][] = [
  ['Ctrl K, ⌘ K', 'palette: jump or ask'],
  ['/', 'composer or search'],
  ['Esc', 'leave it, close, step back'],
  ['J K', 'next, previous turn, proposal or record'],
  ['G C', 'conversations'],
  ['G P', 'the change that waits, or approvals'],
  ['G A', 'audit'],
  ['G N', 'nodes'],
  ['A, then Enter', 'arm, then approve; arming lapses after 5 s'],
  ['D', 'deny, with a reason'],
  ['.', 'fold or unfold the calls'],
  ['?', 'this list'],
];

/** The list of keys. */
export function KeyHelp({ onClose }: { onClose: () => void }): JSX.Element {
  return (
    <Modal label="Keyboard" onClose={onClose}>
      <div class="pad">
        <h3>Keyboard</h3>
        <dl class="facts keys">
          {keys.map(([key, does]) => (
            <Fragment key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{does}</dd>
            </Fragment>
          ))}
        </dl>
        <button class="btn" type="button" onClick={onClose} autofocus>
          Close
        </button>
      </div>
    </Modal>
  );
}
