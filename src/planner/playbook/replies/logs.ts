// The logs of a failed task, error lines first as the tool orders them. Log text is quoted, never interpreted.

import { type LogsView, readOutput } from '../outputs.ts';
import { serviceOf } from '../subject.ts';
import { wholeTaskId } from '../task-ids.ts';
import {
  cite,
  counted,
  type Next,
  needs,
  problemText,
  quoted,
  say,
  type View,
  verbatim,
  type WantedCall,
} from '../view.ts';
import {
  causes,
  citeFinding,
  OFFER_NETWORK,
  OFFER_STATUS,
  OFFER_TASKS,
  OFFER_WHY,
  offerOf,
} from '../words.ts';

const LINES_SHOWN_MAX = 12;

/** "Show me the logs from the failed task." */
export function logs(view: View): Next {
  const subject = serviceOf(view);
  if ('next' in subject) return subject.next;
  const { cluster = '', service } = subject.found;
  const [named] = view.intent.entities.taskIds;
  const whole = named === undefined ? { found: undefined } : wholeTaskId(view, named);
  if ('next' in whole) return whole.next;
  const task = whole.found;
  const wanted: WantedCall = {
    tool: 'task_logs',
    input: { cluster, service, ...(task === undefined ? {} : { task }) },
  };
  const asked = needs(view, [wanted]);
  if ('next' in asked) return asked.next;
  const [result] = asked.results;
  const read = readOutput('logs', result);
  if (read === null) return say(result === undefined ? '' : problemText(result), [OFFER_STATUS, OFFER_TASKS]);
  return shown(view, read.value, read.evidence);
}

function shown(view: View, value: LogsView, evidence: readonly string[]): Next {
  const cited = cite(value.evidence.filter((id) => evidence.includes(id)).concat(evidence), 1);
  const source = `The log of ${value.container ? `container ${quoted(value.container, 100)} of ` : ''}task ${quoted(value.task ?? 'unknown', 100)}`;
  if (value.lines.length === 0) return say(`${source} has no lines in this window.${cited}`, [OFFER_WHY]);
  const errors = value.lines.filter(({ level }) => level === 'error');
  const picked = (errors.length > 0 ? errors : value.lines).slice(0, LINES_SHOWN_MAX);
  const repeats = value.counts?.error ?? errors.reduce((sum, line) => sum + (line.repeated ?? 1), 0);
  const counts =
    errors.length === 0
      ? `${source} holds no error line; these are its newest lines.`
      : `${source} holds ${counted(repeats, 'error line')}.`;
  const cause = causes(view.context.diagnosis?.value.findings ?? [])[0];
  const fix = cause?.fixes[0];
  const isNetwork = (cause?.paths.length ?? 0) > 0 || errors.some(({ text }) => NETWORK_TROUBLE.test(text));
  return say(
    [
      `${counts}${cited}`,
      ['```', ...picked.map(lineText), '```'].join('\n'),
      `Quoted from the log; secrets are replaced.${cited}`,
      noveltyText(value, cited),
      cause === undefined || errors.length === 0
        ? ''
        : `This agrees with the diagnosis: ${quoted(cause.title)}${citeFinding(cause)}`,
      isNetwork ? 'Shall I check the network path?' : '',
    ],
    [...(isNetwork ? [OFFER_NETWORK] : []), ...(fix === undefined ? [] : [offerOf(fix)]), OFFER_STATUS],
  );
}

/** What the log of the revision before did not say; nothing when there was none to compare with. */
function noveltyText({ lines, comparedWith }: LogsView, cited: string): string {
  if (comparedWith === null || comparedWith === undefined) return '';
  const fresh = lines.filter(({ isNew }) => isNew);
  // Of a log without any of them, that all of them are old says nothing.
  if (fresh.length === 0 && lines.every(({ level }) => level !== 'error' && level !== 'warn')) return '';
  if (fresh.length === 0)
    return `Each of its errors and warnings is also in the log of ${quoted(comparedWith.revision, 200)}.${cited}`;
  const newest = fresh.find(({ level }) => level === 'error') ?? fresh[0];
  const rest = fresh.length > 1 ? ` and ${counted(fresh.length - 1, 'more line')}` : '';
  return `New since ${quoted(comparedWith.revision, 200)}: \`${verbatim(newest?.text ?? '')}\`${rest}.${cited}`;
}

const NETWORK_TROUBLE = /time(?:d )?-?out|refused|unreachable|failed to connect|no route/i;

function lineText(line: LogsView['lines'][number]): string {
  const at = typeof line.at === 'number' ? new Date(line.at).toISOString() : (line.at ?? '');
  const times = (line.repeated ?? 1) > 1 ? ` (×${line.repeated})` : '';
  return `${at.slice(11, 19)} ${verbatim(line.text)}${times}${line.isNew ? ' (new)' : ''}`.trim();
}
