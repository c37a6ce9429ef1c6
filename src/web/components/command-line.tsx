// Command lines as a shell would take them: the command, its options, its values. Text of others is only ever a text node.

import type { JSX } from 'preact';
import { useConsole } from '../context.ts';
import { cliParts } from '../model/timeline.ts';
import { visible } from '../model/words.ts';
import { Icon } from './icon.tsx';

/** One line, cut by the stylesheet where it does not fit; the whole of it is its title. */
export function Cli(props: { text: string }): JSX.Element {
  return (
    <code title={visible(props.text)}>
      {cliParts(props.text).map((part, at) => {
        const words = visible(part.text);
        const space = at === 0 ? '' : ' ';
        if (part.kind === 'command') return <b key={at}>{words}</b>;
        return part.kind === 'value' ? (
          <i key={at}>{`${space}${words}`}</i>
        ) : (
          <span key={at}>{`${space}${words}`}</span>
        );
      })}
    </code>
  );
}

/** The whole command, never shortened, with a button that copies exactly the stored text. */
export function CommandLine(props: { text: string; label?: string }): JSX.Element {
  return (
    <div class="cmdline">
      <span class="vh">{props.label ?? 'Exact command'}: </span>
      <Cli text={props.text} />
      <CopyButton text={props.text} label="Copy the command" />
    </div>
  );
}

/** Copies text and says so. */
export function CopyButton(props: { text: string; label: string }): JSX.Element {
  const { toast } = useConsole();
  const copy = (): void => {
    navigator.clipboard.writeText(props.text).then(
      () => toast('Copied'),
      () => toast('The browser refused to copy'),
    );
  };
  return (
    <button class="copy" type="button" aria-label={props.label} title={props.label} onClick={copy}>
      <Icon name="copy" />
    </button>
  );
}
