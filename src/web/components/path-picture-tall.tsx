// The network path for phones: the same gates, downwards.

import { Fragment, type JSX } from 'preact';
import type { NetworkPicture } from '../model/network-picture.ts';
import { shortened, visible } from '../model/words.ts';

const step = 50;
const noteHeight = 46;

/** The picture of a path from top to bottom. */
export function TallPicture({ picture }: { picture: NetworkPicture }): JSX.Element {
  const { gates, stop, note } = picture;
  const room = note === null ? 0 : noteHeight + 12;
  const yOf = (at: number): number => 86 + at * step + (stop !== null && at > stop ? room : 0);
  const end = yOf(gates.length - 1) + 30 + (stop === gates.length - 1 ? room : 0);
  const stopY = stop === null ? end : yOf(stop);
  return (
    <svg
      class="draw only-phone"
      viewBox={`0 0 330 ${end + 52}`}
      role="img"
      aria-label={visible(picture.sentence)}
    >
      <rect class="dry" x={15} y={58} width={30} height={end - 58} />
      <rect class="watered" x={15} y={58} width={30} height={stopY - 58} />
      <path class="bank" d={`M15 58V${end}M45 58V${end}`} />
      <path class="stream" d={`M30 62V${stop === null ? end - 4 : stopY - 15}`} />
      {stop !== null && <path class="would" d={`M30 ${stopY + 14}V${end - 3}`} />}
      {gates.map(({ hop, name, direction, resource }, at) => {
        const y = yOf(at);
        const blocked = hop.verdict === 'blocked';
        return (
          <Fragment key={at}>
            {blocked && <circle class="halo" cx={30} cy={y} r={22} />}
            {hop.verdict === 'open' && (
              <path class="leafs" d={`M18.5 ${y + 9}L19.5 ${y - 7}M41.5 ${y + 9}L40.5 ${y - 7}`} />
            )}
            {blocked && <path class="leafs shut" d={`M16 ${y + 8}L30 ${y - 7}L44 ${y + 8}`} />}
            {hop.verdict === 'unknown' && <circle class="unsure" cx={30} cy={y} r={12} />}
            <text class={blocked ? 'tb' : 't1'} x={64} y={y - 1}>{`${name}, ${direction}`}</text>
            <text class="t3 tm" x={64} y={y + 14}>
              {visible(resource)}
            </text>
            <text class={blocked ? 'tb' : 't3'} x={322} y={y - 1} text-anchor="end">
              {{ open: 'open', blocked: 'blocked', unknown: 'not known' }[hop.verdict]}
            </text>
          </Fragment>
        );
      })}
      {note !== null && stop !== null && (
        <Fragment>
          <rect class="note" x={64} y={stopY + 22} width={262} height={noteHeight} rx={6} />
          <text class="tb" x={74} y={stopY + 41}>
            {visible(shortened(note.title, 36))}
          </text>
          <text x={74} y={stopY + 57}>
            {visible(shortened(missingWords(note), 40))}
          </text>
        </Fragment>
      )}
      <TallEnd y={6} lines={picture.from} />
      <TallEnd y={end} lines={picture.to} />
    </svg>
  );
}

function missingWords(note: NonNullable<NetworkPicture['note']>): string {
  const missing = note.rows.find((row) => row.missing);
  if (missing !== undefined) return `Missing: ${missing.cells[0]} to ${missing.cells[1]}`;
  return `${note.rows.length + note.folded} rules were considered`;
}

function TallEnd({ y, lines }: { y: number; lines: readonly string[] }): JSX.Element {
  const [first = '', ...rest] = lines;
  return (
    <Fragment>
      <rect class="node" x={2} y={y} width={324} height={48} rx={6} />
      <text class="t1" x={14} y={y + 20}>
        {visible(first)}
      </text>
      <text class="t3" x={14} y={y + 37}>
        {visible(rest.filter((line) => line !== '').join(' · '))}
      </text>
    </Fragment>
  );
}
