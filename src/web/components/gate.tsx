// The one ornament: a lock from above. It always carries a state, through the classes that `proposalHead` chooses.

import { Fragment, type JSX } from 'preact';

/** A gate. `state` is the class list of its leaves, boat and planks; without a label it is decoration beside a word. */
export function Gate(props: { state?: string; tone?: string; size?: string; label?: string }): JSX.Element {
  const classes = ['gate', props.state ?? '', props.tone ?? '', props.size ?? ''].filter(Boolean).join(' ');
  if (props.label === undefined) {
    return (
      <svg class={classes} viewBox="0 0 24 24" aria-hidden="true">
        <Parts />
      </svg>
    );
  }
  return (
    <svg class={classes} viewBox="0 0 24 24" role="img" aria-label={props.label}>
      <Parts />
    </svg>
  );
}

function Parts(): JSX.Element {
  return (
    <Fragment>
      <path class="wall" d="M2 5H22M2 19H22" />
      <path class="flow" d="M3 12H21" />
      <path class="leaf leaf-a" d="M15.5 6 8.5 12" />
      <path class="leaf leaf-b" d="M15.5 18 8.5 12" />
      <circle class="boat" cx="12" cy="12" r="2.7" />
      <path class="plank" stroke-width="2.75" d="M4.5 6V18" />
      <path class="level" d="M2 9H6M18 15H22" />
      <path class="back" d="M20 12H5M8.4 8.8 5 12l3.4 3.2" />
      <path class="x" d="m9.5 9.5 5 5m0-5-5 5" />
      <path class="q" d="M9.8 10a2.3 2.3 0 1 1 3.2 2.1c-.7.4-1 .8-1 1.5M12 15.9v.1" />
    </Fragment>
  );
}
