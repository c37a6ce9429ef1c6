// The audit log, newest first, with search, filters, one record in full, and the check of the chain.

import { Fragment, type JSX } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { AuditVerifyResponse } from '../../contract/api.ts';
import type { AuditRecord } from '../../contract/audit-event.ts';
import { type ApiError, asApiError } from '../api.ts';
import { AuditRecordDrawer } from '../components/audit-record.tsx';
import { Cli } from '../components/command-line.tsx';
import { Icon, type IconName } from '../components/icon.tsx';
import { Empty, PageSkeleton } from '../components/states.tsx';
import { useConsole } from '../context.ts';
import { go } from '../hooks/use-route.ts';
import { useTitle } from '../hooks/use-title.ts';
import { auditRow } from '../model/audit-row.ts';
import { hrefOf } from '../model/route.ts';
import { clockMillis, duration, fullTime, grouped, type Tone, visible } from '../model/words.ts';

const pageSize = 100;
const searchDelayMs = 200;
// The choices of the filter, by what people look for; a value is the name of an event.
const filters: readonly { event: string; words: string }[] = [
  { event: 'aws.finished', words: 'AWS calls' },
  { event: 'proposal.created', words: 'Proposals' },
  { event: 'proposal.approved', words: 'Approvals' },
  { event: 'proposal.denied', words: 'Denials' },
  { event: 'change.done', words: 'Changes made' },
  { event: 'call.refused', words: 'Refusals' },
  { event: 'person.signed-in', words: 'Sign-ins' },
];
interface Page {
  readonly items: readonly AuditRecord[];
  readonly next: number | null;
  readonly total: number;
}

/** The page; `seq` is the record that is open, `conversation` narrows the list to one conversation. */
export function AuditPage(props: { seq: number | null; conversation: string | null }): JSX.Element {
  const [text, setText] = useState('');
  const [event, setEvent] = useState('');
  const { page, problem, older } = useRecords({ text, event, conversation: props.conversation });
  useTitle('Audit');
  return (
    <Fragment>
      <header class="head">
        <h1>Audit</h1>
        {page !== null && <span class="small faint hide-phone">{grouped(page.total)} records</span>}
        <ChainStatus />
      </header>
      <div class={props.seq === null ? 'audit alone' : 'audit'}>
        <div class="audit-main">
          <Filters
            text={text}
            setText={setText}
            event={event}
            setEvent={setEvent}
            conversation={props.conversation}
          />
          {problem !== null && <Empty icon="bad" tone="bad" title={problem.message} text={problem.next} />}
          {page === null && problem === null && <PageSkeleton />}
          {page !== null && problem === null && <Records page={page} seq={props.seq} older={older} />}
        </div>
        {props.seq !== null && (
          <AuditRecordDrawer
            seq={props.seq}
            known={page?.items ?? []}
            onClose={() => go({ page: 'audit', seq: null, conversation: props.conversation })}
          />
        )}
      </div>
    </Fragment>
  );
}

interface Wanted {
  readonly text: string;
  readonly event: string;
  readonly conversation: string | null;
}

// The records that match, newest first; typing is waited out before the hub is asked.
function useRecords({ text, event, conversation }: Wanted): {
  page: Page | null;
  problem: ApiError | null;
  older: () => void;
} {
  const { api } = useConsole();
  const [page, setPage] = useState<Page | null>(null);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const load = useCallback(
    (before: number | undefined) =>
      api.audit({
        before,
        q: text.trim(),
        event,
        conversation: conversation ?? undefined,
        limit: pageSize,
      }),
    [api, text, event, conversation],
  );
  useEffect(() => {
    let gone = false;
    const timer = setTimeout(() => {
      load(undefined).then(
        (found) => {
          if (gone) return;
          setPage(found);
          setProblem(null);
        },
        (error: unknown) => !gone && setProblem(asApiError(error)),
      );
    }, searchDelayMs);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [load]);
  const older = (): void => {
    if (page === null || page.next === null) return;
    load(page.next).then(
      (found) => setPage({ ...found, items: [...page.items, ...found.items] }),
      (error: unknown) => setProblem(asApiError(error)),
    );
  };
  return { page, problem, older };
}

function Filters(props: {
  text: string;
  setText: (text: string) => void;
  event: string;
  setEvent: (event: string) => void;
  conversation: string | null;
}): JSX.Element {
  return (
    <search class="filters">
      <label class="field">
        <Icon name="search" small />
        <input
          id="audit-search"
          type="search"
          aria-label="Search"
          placeholder="Search commands and messages"
          value={props.text}
          onInput={(event) => props.setText(event.currentTarget.value)}
        />
      </label>
      {props.conversation !== null && (
        <a class="filter set" href={hrefOf({ page: 'audit', seq: null, conversation: null })}>
          <b>One conversation</b>×
        </a>
      )}
      {filters.map(({ event, words }) => {
        const set = props.event === event;
        return (
          <button
            key={event}
            class={set ? 'filter set' : 'filter'}
            type="button"
            aria-pressed={set}
            onClick={() => props.setEvent(set ? '' : event)}
          >
            {set ? (
              <Fragment>
                <b>{words}</b>×
              </Fragment>
            ) : (
              words
            )}
          </button>
        );
      })}
    </search>
  );
}

function Records({ page, seq, older }: { page: Page; seq: number | null; older: () => void }): JSX.Element {
  if (page.items.length === 0)
    return (
      <Empty
        icon="search"
        title="No record matches"
        text="Search looks at commands, names and messages. Take a filter away to see more."
      />
    );
  return (
    <div>
      <div class="rec heads" aria-hidden="true">
        <span />
        <span>Record</span>
        <span>Time</span>
        <span>Who</span>
        <span>What</span>
        <span>Kind</span>
        <span>Outcome</span>
      </div>
      {page.items.map((record) => (
        <Row key={record.seq} record={record} current={record.seq === seq} />
      ))}
      {page.next !== null && (
        <button class="btn quiet" type="button" onClick={older}>
          Older records
        </button>
      )}
    </div>
  );
}

const outcomeIcons: Readonly<Record<Tone, IconName>> = {
  ok: 'ok',
  bad: 'bad',
  warn: 'warn',
  wait: 'queue',
  run: 'queue',
  off: 'stop',
};

function Row({ record, current }: { record: AuditRecord; current: boolean }): JSX.Element {
  const row = auditRow(record);
  return (
    <a
      class="rec"
      data-step
      href={hrefOf({ page: 'audit', seq: record.seq, conversation: null })}
      aria-current={current ? 'true' : undefined}
    >
      <span class="chain ok" aria-hidden="true" />
      <span class="seq">{grouped(row.seq)}</span>
      <time title={fullTime(row.at)}>{clockMillis(row.at)}</time>
      <span class="actor">{visible(row.who)}</span>
      {row.cli === null ? (
        <code>
          <b>{visible(row.event)}</b> {visible(row.about)}
        </code>
      ) : (
        <Cli text={row.cli} />
      )}
      <span class={`risk ${row.risk ?? ''}`}>
        {row.risk !== null && <Icon name={row.risk} />}
        {row.risk}
      </span>
      {row.outcome !== null && (
        <span class={`status ${row.outcome.tone}`}>
          <Icon name={outcomeIcons[row.outcome.tone]} small />
          {row.outcome.word}
        </span>
      )}
    </a>
  );
}

function ChainStatus(): JSX.Element {
  const { api, toast } = useConsole();
  const [result, setResult] = useState<AuditVerifyResponse | null>(null);
  const [busy, setBusy] = useState(false);
  const verify = (): void => {
    setBusy(true);
    api.verifyAudit().then(
      (found) => {
        setResult(found);
        setBusy(false);
      },
      (error: unknown) => {
        setBusy(false);
        toast(asApiError(error).message);
      },
    );
  };
  return (
    <span class="push row">
      <span role="status" data-chain={result === null ? 'unchecked' : result.ok ? 'ok' : 'broken'}>
        {busy && (
          <span class="status run">
            <Icon name="run" spin />
            Verifying
          </span>
        )}
        {!busy && result?.ok === true && (
          <span class="status ok">
            <Icon name="chainok" />
            {grouped(result.records)} records verified in {duration(result.ms)}
          </span>
        )}
        {!busy && result?.ok === false && (
          <span class="status bad">
            <Icon name="bad" />
            Record {grouped(result.problem?.seq ?? 0)}: {visible(result.problem?.detail ?? 'does not match')}
          </span>
        )}
      </span>
      <button class="btn tiny" type="button" disabled={busy} onClick={verify}>
        Verify now
      </button>
      <a class="btn tiny hide-phone" href="/api/v1/audit/export?format=jsonl" download>
        Export
      </a>
    </span>
  );
}
