// Where a message is written. Enter sends, Shift+Enter makes a new line. What cannot be sent says why.

import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './icon.tsx';

export interface ComposerProps {
  readonly placeholder: string;
  /** Why nothing can be sent now, or null. */
  readonly blocked: string | null;
  readonly working: boolean;
  readonly planner: string | null;
  /** Sends; the text stays when it rejects. */
  readonly send: (text: string) => Promise<boolean>;
  readonly stop: (() => void) | null;
  readonly autofocus?: boolean;
}

const charsMax = 8_000;
// On a phone the whole placeholder would be cut off.
const narrow = '(max-width: 760px)';
const shortPlaceholder = 'Ask about a service';

/** The composer. */
export function Composer(props: ComposerProps): JSX.Element {
  const [text, setText] = useState('');
  const [sending, setSending] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const area = box.current;
    // A browser that grows fields by itself need not be asked how high the text is, which lays out the whole page for each key.
    if (area === null || CSS.supports('field-sizing', 'content')) return;
    area.style.height = 'auto';
    area.style.height = `${Math.min(area.scrollHeight, 200)}px`;
  }, [text]);
  const submit = (): void => {
    const wanted = text.trim();
    if (wanted === '' || sending || props.blocked !== null) return;
    setSending(true);
    props.send(wanted).then(
      (sent) => {
        setSending(false);
        if (sent) setText('');
      },
      () => setSending(false),
    );
  };
  const off = props.blocked !== null || text.trim() === '' || sending;
  return (
    <form
      class="compose"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <textarea
        ref={box}
        id="composer"
        rows={1}
        aria-label="Message"
        placeholder={props.blocked ?? (matchMedia(narrow).matches ? shortPlaceholder : props.placeholder)}
        maxLength={charsMax}
        value={text}
        autofocus={props.autofocus === true}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          // While an input method is composing, Enter chooses a candidate.
          if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
            event.preventDefault();
            submit();
          }
        }}
      />
      {props.planner !== null && <span class="tag hide-phone">{props.planner}</span>}
      {props.working && props.stop !== null && (
        <button class="btn" type="button" data-action="stop" onClick={props.stop}>
          <Icon name="stop" />
          Stop
        </button>
      )}
      <button class="btn icon" type="submit" aria-label="Send" title={props.blocked ?? 'Send'} disabled={off}>
        <Icon name="send" />
      </button>
    </form>
  );
}
