// The AWS calls of a phase: open while they run, folded to one line when they are done. Bars share one axis.

import { Fragment, type JSX } from 'preact';
import { useContext, useState } from 'preact/hooks';
import type { AwsCall } from '../../contract/call.ts';
import { useConsole } from '../context.ts';
import { useNow } from '../hooks/use-now.ts';
import { usePrinting } from '../hooks/use-printing.ts';
import type { CallView } from '../model/conversation.ts';
import {
  type Timeline,
  type TimelineRow,
  timelineCounts,
  timelineDetail,
  timelineOf,
} from '../model/timeline.ts';
import { clockSeconds, duration, visible } from '../model/words.ts';
import { EvidenceMarks } from './citation.tsx';
import { Cli } from './command-line.tsx';
import { Icon, type IconName } from './icon.tsx';

/** The timeline of some calls; nothing when none of them has reached AWS. */
export function Calls(props: { calls: readonly CallView[]; live: boolean }): JSX.Element | null {
  const [open, setOpen] = useState(false);
  const printing = usePrinting();
  const now = useNow(200, props.live);
  const timeline = timelineOf(props.calls, now);
  if (timeline.total === 0) return null;
  if (props.live && timeline.running) {
    return (
      <div class="calls" data-calls="live">
        <div class="calls-head">
          <Icon name="run" tone="run" spin />
          <b class="strong">Reading</b>
          <span>
            {timeline.answered} of {timeline.total} calls answered
          </span>
          <span class="push faint">{duration(timeline.busyMs)}</span>
        </div>
        <Stages timeline={timeline} />
      </div>
    );
  }
  return (
    <details class="calls" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Icon name="chev" tone="chev" small />
        <Icon name={timeline.failed > 0 ? 'warn' : 'ok'} tone={timeline.failed > 0 ? 'warn' : 'ok'} />
        <span>
          <b class="strong">{timelineCounts(timeline)}</b> {timelineDetail(timeline)}
        </span>
        {timeline.changes === 0 && <span class="faint hide-phone">nothing changed</span>}
        <span class="push faint nowrap">{duration(timeline.busyMs)}</span>
      </summary>
      {(open || printing) && <Stages timeline={timeline} />}
    </details>
  );
}

function Stages(props: { timeline: Timeline }): JSX.Element {
  return (
    <Fragment>
      {props.timeline.stages.map((stage, at) => (
        <Fragment key={stage.key}>
          <div class="stage">
            <b class="strong">Stage {at + 1}</b>
            {visible(stage.name)}
          </div>
          {stage.rows.map((row) => (
            <Row key={row.aws.id} row={row} />
          ))}
        </Fragment>
      ))}
    </Fragment>
  );
}

const marks: Readonly<
  Record<AwsCall['status'], { name: IconName; tone: string; label: string; bar: string }>
> = {
  started: { name: 'run', tone: 'run', label: 'running', bar: 'run' },
  ok: { name: 'ok', tone: 'ok', label: 'done', bar: '' },
  denied: { name: 'stop', tone: 'off', label: 'denied', bar: 'off' },
  failed: { name: 'bad', tone: 'bad', label: 'failed', bar: 'bad' },
};

function Row({ row }: { row: TimelineRow }): JSX.Element {
  const { openEvidence } = useConsole();
  const { aws } = row;
  const label = useContext(EvidenceMarks).get(aws.evidence ?? '')?.label ?? '';
  const mark = marks[aws.status];
  const open =
    aws.evidence === null ? undefined : () => openEvidence({ id: aws.evidence ?? '', path: '' }, '');
  return (
    <div class="cmd" data-aws={aws.id}>
      <Icon name={mark.name} tone={mark.tone} label={mark.label} spin={aws.status === 'started'} />
      <Cli text={aws.cli} />
      <span class="fall" aria-hidden="true">
        <i class={mark.bar} style={{ '--a': String(row.left), '--w': String(row.width) }} />
      </span>
      <span class="ms">{aws.ms === null ? '' : duration(aws.ms)}</span>
      <span class="only-print small">
        {aws.evidence === null ? '' : `${label} `}
        {clockSeconds(aws.startedAt)}
      </span>
      {open === undefined ? (
        <span />
      ) : (
        <button class="copy" type="button" aria-label={`Open evidence of ${aws.action}`} onClick={open}>
          <Icon name="chev" small />
        </button>
      )}
      {aws.error !== null && <span class="note">{refusal(aws)}</span>}
    </div>
  );
}

function refusal(aws: AwsCall): string {
  const words = `${aws.error?.code ?? ''}: ${aws.error?.message ?? ''}`;
  return visible(aws.status === 'denied' ? `Denied. It would need ${aws.action}. ${words}` : words).slice(
    0,
    600,
  );
}
