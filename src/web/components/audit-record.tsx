// One audit record in full: what it says, the exact text that was hashed, and the hash in its chain, computed again in the page.

import { Fragment, type JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { AuditRecord } from '../../contract/audit-event.ts';
import { type ApiError, asApiError } from '../api.ts';
import { useConsole } from '../context.ts';
import { auditRow } from '../model/audit-row.ts';
import { hrefOf } from '../model/route.ts';
import { fullTime, grouped, visible } from '../model/words.ts';
import { CommandLine, CopyButton } from './command-line.tsx';
import { Icon } from './icon.tsx';

/** The drawer beside the list. A record that the list has is shown at once; others are asked for. */
export function AuditRecordDrawer(props: {
  seq: number;
  known: readonly AuditRecord[];
  onClose: () => void;
}): JSX.Element {
  const { api } = useConsole();
  const listed = props.known.find(({ seq }) => seq === props.seq) ?? null;
  const [asked, setAsked] = useState<AuditRecord | null>(null);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const wanted = listed === null;
  useEffect(() => {
    if (!wanted) return undefined;
    let gone = false;
    setProblem(null);
    api.auditRecord(props.seq).then(
      (found) => !gone && setAsked(found),
      (error: unknown) => !gone && setProblem(asApiError(error)),
    );
    return () => {
      gone = true;
    };
  }, [api, props.seq, wanted]);
  const record = listed ?? (asked?.seq === props.seq ? asked : null);
  return (
    <aside class="drawer open" aria-label={`Record ${props.seq}`}>
      <div class="row">
        <h2>Record {grouped(props.seq)}</h2>
        <button
          class="btn quiet icon push"
          type="button"
          aria-label="Close the record"
          onClick={props.onClose}
        >
          <Icon name="plus" tone="close" />
        </button>
      </div>
      {problem !== null && <p class="small bad">{visible(problem.message)}</p>}
      {record !== null && <Whole record={record} />}
    </aside>
  );
}

function Whole({ record }: { record: AuditRecord }): JSX.Element {
  const row = auditRow(record);
  return (
    <Fragment>
      <p class="small muted">{fullTime(row.at)}</p>
      {row.cli !== null && <CommandLine text={row.cli} />}
      <dl class="facts">
        <dt>Event</dt>
        <dd>
          {visible(row.event)} <span class="faint">{visible(row.code)}</span>
        </dd>
        <dt>By</dt>
        <dd>{visible(row.who)}</dd>
        {row.outcome !== null && (
          <Fragment>
            <dt>Outcome</dt>
            <dd class={row.outcome.tone}>{row.outcome.word}</dd>
          </Fragment>
        )}
        {row.conversation !== null && (
          <Fragment>
            <dt>Belongs to</dt>
            <dd>
              <a href={hrefOf({ page: 'conversation', id: row.conversation, proposal: null })}>
                its conversation
              </a>
            </dd>
          </Fragment>
        )}
      </dl>
      <div>
        <h3 class="label row">
          Exact text that was hashed
          <span class="push">
            <CopyButton text={record.body} label="Copy the exact text" />
          </span>
        </h3>
        <pre class="block">{visible(record.body)}</pre>
      </div>
      <div>
        <h3 class="label">Chain</h3>
        <ul class="links">
          <li>
            <span class="chain" />
            <span>{grouped(Math.max(0, record.seq - 1))}</span>
            <code title={record.prev}>{record.prev}</code>
          </li>
          <li class="here">
            <span class="chain" />
            <span>{grouped(record.seq)}</span>
            <code title={record.hash}>{record.hash}</code>
          </li>
        </ul>
      </div>
    </Fragment>
  );
}
