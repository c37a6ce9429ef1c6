// Log lines of a task: levels by mark and ground, repeats with a count, what the revision before did not log marked as new, levels that can
// be hidden, never without saying how many.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { LogLine, LogPane as LogPaneData } from '../model/results.ts';
import { clockMillis, count, fullTime, visible } from '../model/words.ts';
import { Icon, type IconName } from './icon.tsx';

type Level = LogLine['level'];

const levels: readonly { level: Level; icon: IconName; tone: string; row: string; words: string }[] = [
  { level: 'error', icon: 'bad', tone: 'bad', row: 'e', words: 'Errors' },
  { level: 'warn', icon: 'warn', tone: 'warn', row: 'w', words: 'Warnings' },
  { level: 'info', icon: 'queue', tone: 'off', row: '', words: 'Others' },
];

/** The pane. */
export function LogPane({ log }: { log: LogPaneData }): JSX.Element {
  const [hidden, setHidden] = useState<ReadonlySet<Level>>(new Set());
  const shown = log.lines.filter(({ level }) => !hidden.has(level));
  const toggle = (level: Level): void => {
    const next = new Set(hidden);
    if (!next.delete(level)) next.add(level);
    setHidden(next);
  };
  return (
    <section class="viewer" aria-label="Log">
      <header>
        <Icon name="log" tone="off" />
        <b class="strong break">{visible(log.title)}</b>
        <span class="faint hide-phone">{count(log.lines.length, 'line')}</span>
        <span class="push seg">
          {levels.map(({ level, icon, tone, words }) => (
            <label key={level} class={hidden.has(level) ? '' : 'on'}>
              <input type="checkbox" checked={!hidden.has(level)} onChange={() => toggle(level)} />
              {level !== 'info' && <Icon name={icon} tone={tone} small />}
              {words} {log.lines.filter((line) => line.level === level).length}
            </label>
          ))}
        </span>
      </header>
      {log.group !== null && (
        <p class="source micro faint">
          <code>{visible(log.group)}</code> {log.stream !== null && <code>{visible(log.stream)}</code>}
        </p>
      )}
      {log.comparedWith !== null && (
        <p class="source micro faint">
          {count(log.lines.filter(({ isNew }) => isNew).length, 'line')} new: not in the log of{' '}
          <code>{visible(log.comparedWith)}</code>
        </p>
      )}
      <ul class="log">
        {shown.map((line, at) => (
          <Line key={at} line={line} />
        ))}
        {shown.length < log.lines.length && (
          <li class="gap">
            <Icon name="dots" />
            <span>{count(log.lines.length - shown.length, 'line')} hidden</span>
          </li>
        )}
        {log.lines.length === 0 && (
          <li class="gap">
            <Icon name="dots" />
            <span>No lines in this time.</span>
          </li>
        )}
      </ul>
    </section>
  );
}

function Line({ line }: { line: LogLine }): JSX.Element {
  const mark = levels.find(({ level }) => level === line.level) ?? {
    icon: 'queue' as const,
    tone: 'off',
    row: '',
  };
  const repeats = [line.isNew ? 'new' : '', line.repeated > 1 ? `×${line.repeated}` : '', line.note ?? '']
    .filter(Boolean)
    .join(' ');
  return (
    <li class={repeats === '' ? mark.row : `${mark.row} marked`}>
      <Icon name={mark.icon} tone={mark.tone} label={line.level} />
      {line.at === null ? <span /> : <time title={fullTime(line.at)}>{clockMillis(line.at)}</time>}
      <span class="msg">{visible(line.text)}</span>
      {repeats !== '' && <span class="x">{visible(repeats)}</span>}
    </li>
  );
}
