// The marks of the console, on a 16 grid. Status marks differ in outline, never in colour alone.
// They are drawn once as symbols; every use refers to one of them by name.

import { Fragment, h, type JSX } from 'preact';

type Shape = readonly ['path' | 'circle' | 'rect', Readonly<Record<string, string | number>>];
const solid = { fill: 'currentColor', stroke: 'none' };
const inked = { stroke: 'var(--mark-ink)', 'stroke-width': 1.75 };

const shapes = {
  ok: [
    ['circle', { ...solid, cx: 8, cy: 8, r: 6.5 }],
    ['path', { ...inked, d: 'm5 8.2 2.1 2.1L11 6' }],
  ],
  bad: [
    ['path', { ...solid, d: 'M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3z' }],
    ['path', { ...inked, d: 'm5.7 5.7 4.6 4.6m0-4.6-4.6 4.6' }],
  ],
  warn: [
    ['path', { d: 'M8 1.6 15 14H1z', fill: 'currentColor', stroke: 'currentColor', 'stroke-width': 1 }],
    ['path', { ...inked, d: 'M8 6v3.6m0 2v.1' }],
  ],
  run: [
    ['circle', { cx: 8, cy: 8, r: 5.75, 'stroke-opacity': 0.25, 'stroke-width': 2 }],
    ['path', { d: 'M8 2.25A5.75 5.75 0 0 1 13.75 8', 'stroke-width': 2 }],
  ],
  queue: [['circle', { cx: 8, cy: 8, r: 3, 'stroke-width': 1.5 }]],
  unknown: [
    ['circle', { cx: 8, cy: 8, r: 6.25, 'stroke-dasharray': '2 2.2' }],
    ['path', { d: 'M6.3 6.4a1.8 1.8 0 1 1 2.5 1.7c-.6.3-.8.6-.8 1.1m0 1.9v.1' }],
  ],
  stop: [
    ['rect', { ...solid, x: 2, y: 2, width: 12, height: 12, rx: 2.5 }],
    ['path', { d: 'M5 8h6', stroke: 'var(--mark-ink)', 'stroke-width': 2 }],
  ],
  off: [
    ['circle', { cx: 8, cy: 8, r: 5.75 }],
    ['path', { d: 'm4.2 11.8 7.6-7.6' }],
  ],
  read: [['circle', { cx: 8, cy: 8, r: 4.5 }]],
  reveal: [
    ['circle', { cx: 8, cy: 8, r: 4.5 }],
    ['path', { d: 'M8 3.5a4.5 4.5 0 0 1 0 9z', fill: 'currentColor' }],
  ],
  change: [['path', { d: 'M8 2.5 13.5 8 8 13.5 2.5 8z', fill: 'currentColor' }]],
  destroy: [
    ['path', { d: 'M3 3h10v10H3z', fill: 'currentColor' }],
    ['path', { d: 'm5.5 5.5 5 5m0-5-5 5', stroke: 'var(--mark-ink)' }],
  ],
  chev: [['path', { d: 'm6 3.5 4.5 4.5L6 12.5' }]],
  copy: [
    ['rect', { x: 5.5, y: 5.5, width: 8, height: 8, rx: 1.5 }],
    ['path', { d: 'M10.5 3.5v-.5A1.5 1.5 0 0 0 9 1.5H4A1.5 1.5 0 0 0 2.5 3v5A1.5 1.5 0 0 0 4 9.5h.3' }],
  ],
  search: [
    ['circle', { cx: 7, cy: 7, r: 4.5 }],
    ['path', { d: 'm10.5 10.5 3.5 3.5' }],
  ],
  play: [['path', { d: 'M4.5 2.5 13 8l-8.5 5.5z' }]],
  chat: [['path', { d: 'M2.5 3.5h11v7.5H8l-3 2.5V11H2.5z' }]],
  log: [['path', { d: 'M3 3.5h10M3 8h10M3 12.5h6.5' }]],
  node: [
    ['rect', { x: 2.5, y: 3, width: 11, height: 4.2, rx: 1 }],
    ['rect', { x: 2.5, y: 8.8, width: 11, height: 4.2, rx: 1 }],
    ['path', { d: 'M5 5.1h.1M5 10.9h.1' }],
  ],
  key: [
    ['circle', { cx: 5, cy: 8, r: 2.75 }],
    ['path', { d: 'M7.750 8h6.500v2.500M11.500 8v2' }],
  ],
  back: [['path', { d: 'M10 3 5 8l5 5' }]],
  undo: [['path', { d: 'M3.500 6.500h6a3.500 3.500 0 0 1 0 7H6M6 3.500l-3 3 3 3' }]],
  send: [['path', { d: 'M8 13V3.500M4 7.200 8 3.200l4 4' }]],
  doc: [['path', { d: 'M4 1.800h5.500L12.500 5v9.200H4zM9.300 2v3.200h3' }]],
  clock: [
    ['circle', { cx: 8, cy: 8, r: 6 }],
    ['path', { d: 'M8 4.700V8l2.300 1.600' }],
  ],
  plus: [['path', { d: 'M8 3v10M3 8h10' }]],
  dots: [['path', { d: 'M3.500 8h.1M8 8h.1M12.500 8h.1', 'stroke-width': 2.4 }]],
  down: [['path', { d: 'M8 2.500v8M4.500 7.500 8 11l3.500-3.500M3 13.500h10' }]],
  chainok: [
    [
      'path',
      {
        d: 'M6.600 9.400 9.400 6.600M7 4.600l1.300-1.300a3.100 3.100 0 0 1 4.400 4.400L11.400 9M9 11.400l-1.300 1.300a3.100 3.100 0 0 1-4.400-4.400L4.600 7',
      },
    ],
  ],
} as const satisfies Readonly<Record<string, readonly Shape[]>>;

export type IconName = keyof typeof shapes;

/** One mark. With a `label` it is read aloud; without one it is decoration beside a word. */
export function Icon(props: {
  name: IconName;
  tone?: string;
  small?: boolean;
  label?: string;
  spin?: boolean;
}): JSX.Element {
  const classes = [
    'i',
    props.tone ?? '',
    props.small === true ? 'i-s' : '',
    props.spin === true ? 'spin' : '',
  ]
    .filter(Boolean)
    .join(' ');
  if (props.label === undefined) {
    return (
      <svg class={classes} viewBox="0 0 16 16" aria-hidden="true">
        <use href={`#i-${props.name}`} />
      </svg>
    );
  }
  return (
    <svg class={classes} viewBox="0 0 16 16" role="img" aria-label={props.label}>
      <use href={`#i-${props.name}`} />
    </svg>
  );
}

/** The symbols that `Icon` refers to and the hatching of pending tasks; once per page. */
export function Sprite(): JSX.Element {
  return (
    <svg width="0" height="0" class="sprite" aria-hidden="true">
      <defs>
        {Object.entries(shapes).map(([name, parts]) => (
          <symbol key={name} id={`i-${name}`} viewBox="0 0 16 16">
            {h(Fragment, null, ...parts.map(([tag, attributes]) => h(tag, attributes)))}
          </symbol>
        ))}
        <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="6" height="6" fill="var(--water-soft)" />
          <path d="M0 0V6" stroke="var(--water-line)" stroke-width="3" />
        </pattern>
      </defs>
    </svg>
  );
}
