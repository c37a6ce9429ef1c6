// A watch after a change: the level rises to the line that the approver read as the success test.

import { Fragment, type JSX } from 'preact';
import type { WatchView } from '../../contract/chat.ts';
import {
  stateWords,
  watchChart,
  watchCounts,
  watchDetail,
  watchNote,
  watchTests,
} from '../model/watch-chart.ts';
import { visible } from '../model/words.ts';
import { Icon } from './icon.tsx';

/** The card of one watch. */
export function WatchCard({ watch }: { watch: WatchView }): JSX.Element {
  const { wanted, running } = watchCounts(watch);
  const tone = { watching: 'run', succeeded: 'ok', failed: 'bad' }[watch.state];
  const icon = ({ watching: 'run', succeeded: 'ok', failed: 'bad' } as const)[watch.state];
  return (
    <article class="card" aria-label="Watch" data-watch={watch.id} data-state={watch.state}>
      <div class="watch">
        <div>
          <div class={`status ${tone}`} role="status">
            <Icon name={icon} spin={watch.state === 'watching'} />
            {stateWords(watch)}
          </div>
          <p class="small faint under">{visible(watchDetail(watch))}</p>
          {watchNote(watch) !== '' && <p class="small muted under">{visible(watchNote(watch))}</p>}
        </div>
        <div class="count-big">
          {running ?? '–'}
          <small> / {wanted}</small>
        </div>
        <div class="gauge">
          <Chart watch={watch} />
          <div class="only-phone">
            <Chamber watch={watch} />
          </div>
        </div>
        <ul class="tests gauge">
          {watchTests(watch).map((test) => (
            <li key={test.text}>
              {test.done ? (
                <Icon name="ok" tone="ok" label="holds" />
              ) : (
                <Icon
                  name={watch.state === 'watching' ? 'queue' : 'bad'}
                  tone={watch.state === 'watching' ? 'off' : 'bad'}
                  label="does not hold"
                />
              )}
              {test.text}
              <span class="push">{test.when}</span>
            </li>
          ))}
        </ul>
      </div>
    </article>
  );
}

function Chart({ watch }: { watch: WatchView }): JSX.Element {
  const chart = watchChart(watch);
  const good = watch.state === 'succeeded';
  return (
    <svg class="draw only-wide" viewBox="0 0 700 122" role="img" aria-label={chart.sentence}>
      {chart.grid.map((line) => (
        <Fragment key={line.label}>
          <path class="grid" d={`M52 ${line.y}H690`} />
          <text class="t3" x={40} y={line.y + 4} text-anchor="end">
            {line.label}
          </text>
        </Fragment>
      ))}
      <path class="want" d={`M52 ${chart.wantY}H690`} />
      {chart.area !== '' && <path class="old bare" d={chart.area} />}
      {chart.line !== '' && <path class={good ? 'level good' : 'level'} d={chart.line} />}
      {chart.pending !== null && <rect class="soon" {...chart.pending} />}
      {chart.dot !== null && (
        <circle class={good ? 'dot good' : 'dot'} cx={chart.dot.x} cy={chart.dot.y} r={4} />
      )}
      {chart.dot !== null && (
        <text
          class={good ? 'tg' : 'tw'}
          // Above the highest line that can be drawn, so that it never lies on one.
          x={690}
          y={14}
          text-anchor="end"
        >
          {chart.note}
        </text>
      )}
      <text class="t3" x={60} y={116}>
        {chart.from}
      </text>
      <text class="t3" x={690} y={116} text-anchor="end">
        {chart.to}
      </text>
    </svg>
  );
}

const segmentsMax = 12;

/** One segment a task; above twelve tasks the numbers have to do. */
export function Chamber({ watch }: { watch: WatchView }): JSX.Element {
  const { wanted, running, pending } = watchCounts(watch);
  const label = running === null ? 'Not read yet' : `${running} of ${wanted} tasks running`;
  if (wanted > segmentsMax || wanted === 0) return <p class="small">{label}</p>;
  const kind = (at: number): string =>
    at < (running ?? 0) ? '' : at < (running ?? 0) + (pending ?? 0) ? 'rising' : 'empty';
  return (
    <div
      class={watch.state === 'succeeded' ? 'chamber full' : 'chamber'}
      style={{ '--n': String(wanted) }}
      role="img"
      aria-label={label}
    >
      {Array.from({ length: wanted }, (_, at) => (
        <i key={at} class={kind(at)} />
      ))}
    </div>
  );
}
