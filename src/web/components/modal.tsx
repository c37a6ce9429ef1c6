// A dialog that holds the keyboard until it is closed and gives it back. Built on the browser's own <dialog>.

import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** Shows `children` over the page. Esc and a press beside it call `onClose`. */
export function Modal(props: {
  label: string;
  class?: string;
  onClose: () => void;
  children: ComponentChildren;
}): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const { onClose } = props;
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    // A press on the backdrop has the dialog itself as its target.
    const beside = (event: MouseEvent): void => {
      if (event.target === element) close.current();
    };
    element?.addEventListener('click', beside);
    element?.showModal();
    return () => {
      element?.removeEventListener('click', beside);
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={`dialog ${props.class ?? ''}`}
      aria-label={props.label}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      {props.children}
    </dialog>
  );
}
