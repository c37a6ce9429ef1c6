// A stored answer as lines of JSON with the deciding path marked. Lines are typed so that the page colours them
// without building markup from text.

import { readableBody } from '../../contract/evidence-body.ts';

export interface JsonPiece {
  readonly kind: 'key' | 'string' | 'number' | 'plain';
  readonly text: string;
}

export interface JsonLine {
  readonly pieces: readonly JsonPiece[];
  readonly marked: boolean;
}

const linesMax = 4_000;

/**
 * Lays out JSON text. `path` is a JSON path such as `$.SecurityGroups[0].IpPermissionsEgress`; its value's lines are marked.
 * Text that is not JSON (an answer that was cut) is shown as it is, line by line.
 */
export function evidenceLines(body: string, path: string): readonly JsonLine[] {
  let value: unknown;
  try {
    value = readableBody(JSON.parse(body));
  } catch {
    return body
      .split('\n')
      .slice(0, linesMax)
      .map((line) => ({ pieces: [{ kind: 'plain', text: line }], marked: false }));
  }
  const lines: JsonLine[] = [];
  write(value, {
    lines,
    target: pathSteps(path),
    matched: 0,
    onPath: path !== '',
    inside: false,
    indent: '',
    before: [],
    after: '',
  });
  return lines.slice(0, linesMax);
}

/** The steps of a JSON path: `$.a[0]['b c']` and `a.0.b` and `/a/0/b` all work. */
export function pathSteps(path: string): readonly string[] {
  if (path.startsWith('/'))
    return path
      .split('/')
      .slice(1)
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const steps: string[] = [];
  for (const match of path.replace(/^\$/, '').matchAll(/\[(?:'([^']*)'|"([^"]*)"|(\d+|\*))\]|([^.[\]]+)/g)) {
    steps.push(match[1] ?? match[2] ?? match[3] ?? match[4] ?? '');
  }
  return steps;
}

interface Place {
  readonly lines: JsonLine[];
  readonly target: readonly string[];
  readonly matched: number;
  readonly onPath: boolean;
  readonly inside: boolean;
  readonly indent: string;
  readonly before: readonly JsonPiece[];
  readonly after: string;
}

function write(value: unknown, place: Place): void {
  const inside =
    place.inside || (place.onPath && place.matched === place.target.length && place.target.length > 0);
  const push = (pieces: readonly JsonPiece[]): void => {
    place.lines.push({ pieces: [{ kind: 'plain', text: place.indent }, ...pieces], marked: inside });
  };
  if (place.lines.length > linesMax) return;
  if (typeof value !== 'object' || value === null) {
    const kind = typeof value === 'string' ? 'string' : typeof value === 'number' ? 'number' : 'plain';
    push([
      ...place.before,
      { kind, text: JSON.stringify(value) ?? 'null' },
      { kind: 'plain', text: place.after },
    ]);
    return;
  }
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const entries: [string, unknown][] = Object.entries(value);
  if (entries.length === 0) {
    push([...place.before, { kind: 'plain', text: `${open}${close}${place.after}` }]);
    return;
  }
  push([...place.before, { kind: 'plain', text: open }]);
  entries.forEach(([key, inner], at) => {
    const step = place.target[place.matched];
    write(inner, {
      ...place,
      inside,
      matched: place.matched + 1,
      onPath: place.onPath && place.matched < place.target.length && (step === key || step === '*'),
      indent: `${place.indent}  `,
      before: Array.isArray(value)
        ? []
        : [
            { kind: 'key', text: JSON.stringify(key) },
            { kind: 'plain', text: ': ' },
          ],
      after: at === entries.length - 1 ? '' : ',',
    });
  });
  push([{ kind: 'plain', text: `${close}${place.after}` }]);
}
