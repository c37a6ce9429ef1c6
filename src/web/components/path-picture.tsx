// A network path drawn as gates on a canal, sideways on wide screens and downwards on phones, with the same content as a list.

import { Fragment, type JSX } from 'preact';
import type { NetworkPath } from '../../contract/finding.ts';
import { oneOfEach } from '../model/evidence-marks.ts';
import {
  canal,
  checkName,
  directionName,
  type NetworkPicture,
  networkPicture,
  type PictureGate,
  verdictName,
} from '../model/network-picture.ts';
import { shortArn, visible } from '../model/words.ts';
import { Cite } from './citation.tsx';
import { Icon } from './icon.tsx';
import { TallPicture } from './path-picture-tall.tsx';

const shownPaths = 2;

/** Several paths, those that are not open first; beyond two the rest is folded. */
export function PathPictures({ paths }: { paths: readonly NetworkPath[] }): JSX.Element | null {
  const rank = { blocked: 0, unknown: 1, reachable: 2 };
  const ordered = [...paths].sort((a, b) => rank[a.verdict] - rank[b.verdict]);
  const rest = ordered.slice(shownPaths);
  return (
    <Fragment>
      {ordered.slice(0, shownPaths).map((path, at) => (
        <PathPicture key={at} path={path} />
      ))}
      {rest.length > 0 && (
        <details class="fold">
          <summary>
            <Icon name="chev" tone="chev" small />
            <span>{rest.length === 1 ? '1 more path' : `${rest.length} more paths`}</span>
          </summary>
          {rest.map((path, at) => (
            <PathPicture key={at} path={path} />
          ))}
        </details>
      )}
    </Fragment>
  );
}

/** The picture and its list. */
function PathPicture({ path }: { path: NetworkPath }): JSX.Element | null {
  const picture = networkPicture(path);
  if (picture.gates.length === 0) return null;
  return (
    <figure class="pic">
      <figcaption>
        {visible(picture.caption)}
        <span class="push faint hide-phone">{picture.subnets}</span>
      </figcaption>
      <WidePicture picture={picture} />
      <TallPicture picture={picture} />
      <details class="path-list">
        <summary class="small faint">
          <Icon name="chev" tone="chev" small /> The same as a list
        </summary>
        <ol class="ruled">
          {path.hops.map((hop, at) => (
            <li key={at}>
              <Icon
                name={hop.verdict === 'open' ? 'ok' : hop.verdict === 'blocked' ? 'bad' : 'unknown'}
                tone={hop.verdict === 'open' ? 'ok' : hop.verdict === 'blocked' ? 'bad' : 'off'}
                small
                label={verdictName(hop)}
              />
              <b class="cause">
                {checkName(hop)}, {directionName(hop)}
              </b>
              <span>
                <code>{visible(shortArn(hop.resource))}</code> {visible(hop.because)}
                {oneOfEach(hop.evidence).map((ref) => (
                  <Cite key={ref.id} evidence={ref} />
                ))}
              </span>
            </li>
          ))}
        </ol>
      </details>
    </figure>
  );
}

function WidePicture({ picture }: { picture: NetworkPicture }): JSX.Element {
  const { gates, stop, note } = picture;
  const stopX = stop === null ? canal.to : (gates[stop]?.x ?? canal.to);
  const noteRows = note === null ? 0 : note.rows.length + (note.folded > 0 ? 1 : 0);
  const height = note === null ? 134 : 140 + 36 + noteRows * 16;
  return (
    <svg
      class="draw only-wide"
      viewBox={`0 0 ${canal.width} ${height}`}
      role="img"
      aria-label={visible(picture.sentence)}
    >
      <rect
        class="dry"
        x={canal.from}
        y={canal.top}
        width={canal.to - canal.from}
        height={canal.bottom - canal.top}
      />
      <rect
        class="watered"
        x={canal.from}
        y={canal.top}
        width={stopX - canal.from}
        height={canal.bottom - canal.top}
      />
      <path
        class="bank"
        d={`M${canal.from} ${canal.top}H${canal.to}M${canal.from} ${canal.bottom}H${canal.to}`}
      />
      <path
        class="stream"
        d={`M${canal.from + 4} ${canal.middle}H${stop === null ? canal.to - 4 : stopX - 16}`}
      />
      {stop !== null && <path class="would" d={`M${stopX + 14} ${canal.middle}H${canal.to - 4}`} />}
      {gates.map((gate, at) => (
        <WideGate key={at} gate={gate} />
      ))}
      <End x={1} width={111} lines={picture.from} />
      <End x={656} width={103} lines={picture.to} />
      {note !== null && <Note note={note} x={stopX} height={height - 144} />}
    </svg>
  );
}

function WideGate({ gate }: { gate: PictureGate }): JSX.Element {
  const { x, hop } = gate;
  const blocked = hop.verdict === 'blocked';
  return (
    <Fragment>
      {blocked && <circle class="halo" cx={x} cy={canal.middle} r={25} />}
      {hop.verdict === 'open' && (
        <path class="leafs" d={`M${x + 9} 48.5L${x - 9} 49.5M${x + 9} 75.5L${x - 9} 74.5`} />
      )}
      {blocked && <path class="leafs shut" d={`M${x + 9} 46L${x - 8} 62L${x + 9} 78`} />}
      {hop.verdict === 'unknown' && <circle class="unsure" cx={x} cy={canal.middle} r={13} />}
      <text class={blocked ? 'tb' : 't1'} x={x} y={21} text-anchor="middle">
        {gate.shortName}
      </text>
      <text class="t3" x={x} y={34} text-anchor="middle">
        {gate.shortDirection}
      </text>
      <text class="t3 tm" x={x} y={gate.lower ? 111 : 96} text-anchor="middle">
        {visible(gate.shortResource)}
      </text>
      <HopMark x={x} y={125} verdict={hop.verdict} />
    </Fragment>
  );
}

/** The small verdict mark of a hop inside a drawing. */
export function HopMark({ x, y, verdict }: { x: number; y: number; verdict: string }): JSX.Element {
  if (verdict === 'open') {
    return (
      <Fragment>
        <circle class="mark-ok" cx={x} cy={y} r={5.5} />
        <path class="crossx" fill="none" d={`m${x - 2.3} ${y + 0.2} 1.7 1.7 3-3.4`} />
      </Fragment>
    );
  }
  if (verdict === 'blocked') {
    return (
      <Fragment>
        <path class="cross" d={`M${x - 2.6} ${y - 6}h5.2l3.6 3.6v5.2l-3.6 3.6h-5.2l-3.6-3.6v-5.2z`} />
        <path class="crossx" d={`m${x - 2.2} ${y - 2} 4.4 4.4m0-4.4-4.4 4.4`} />
      </Fragment>
    );
  }
  return <circle class="unsure" cx={x} cy={y} r={5} />;
}

function End({ x, width, lines }: { x: number; width: number; lines: readonly string[] }): JSX.Element {
  return (
    <Fragment>
      <rect class="node" x={x} y={32} width={width} height={60} rx={6} />
      {lines.map((line, at) => (
        <text key={at} class={at === 0 ? 't1' : 't3 end'} x={x + 9} y={[52, 68, 83][at] ?? 83}>
          {visible(line)}
        </text>
      ))}
    </Fragment>
  );
}

function Note({
  note,
  x,
  height,
}: {
  note: NonNullable<NetworkPicture['note']>;
  x: number;
  height: number;
}): JSX.Element {
  const columns = [128, 212, 336, 638];
  return (
    <Fragment>
      <path class="lead" d={`M${x} 132V140`} />
      <rect class="note" x={canal.from} y={140} width={canal.to - canal.from} height={height} rx={6} />
      <text class="tb" x={128} y={160}>
        {visible(note.title)}
      </text>
      {note.rows.map((row, at) => (
        <Fragment key={at}>
          {row.cells.map((cell, column) => (
            <text
              key={column}
              class={[row.missing ? 'tb' : column > 1 ? 't3' : '', column === 1 ? 'tm' : ''].join(' ')}
              x={columns[column]}
              y={179 + at * 16}
              text-anchor={column === 3 ? 'end' : 'start'}
            >
              {visible(cell)}
            </text>
          ))}
          {row.missing && <path class="miss" d={`M122 ${166.5 + at * 16}H646V${183.5 + at * 16}H122Z`} />}
        </Fragment>
      ))}
      {note.folded > 0 && (
        <text class="t3" x={128} y={179 + note.rows.length * 16}>
          and {note.folded} more rules that do not match
        </text>
      )}
    </Fragment>
  );
}
