// The audit log, newest first, with search, filters, one record in full, and the check of the chain.

import { Fragment, type JSX } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { AuditVerifyResponse } from '../../contract/api.ts';
import type { AuditRecord } from '../../contract/audit-event.ts';
import { type ApiError, asApiError } from '../api.ts';
import { AuditPrintHead, Filters } from '../components/audit-filters.tsx';
import { AuditRecordDrawer } from '../components/audit-record.tsx';
import { Cli } from '../components/command-line.tsx';
import { Icon, type IconName } from '../components/icon.tsx';
import { Empty, PageSkeleton } from '../components/states.tsx';
import { useConsole } from '../context.ts';
import { useNow } from '../hooks/use-now.ts';
import { go } from '../hooks/use-route.ts';
import { useTitle } from '../hooks/use-title.ts';
import { auditRow } from '../model/audit-row.ts';
import { type AuditPlace, auditRoute, hrefOf } from '../model/route.ts';
import { clockMillis, dayName, duration, fullTime, grouped, type Tone, visible } from '../model/words.ts';

const pageSize = 100;
interface Page {
  readonly items: readonly AuditRecord[];
  readonly next: number | null;
  readonly total: number;
}

/** The page. What it is narrowed to is in its address, so that it can be reloaded, gone back to and sent to somebody. */
export function AuditPage({ place }: { place: AuditPlace }): JSX.Element {
  const { page, problem, older } = useRecords(place);
  useTitle('Audit');
  return (
    <Fragment>
      <header class="head">
        <h1>Audit</h1>
        {page !== null && <span class="small faint hide-phone">{grouped(page.total)} records</span>}
        <ChainStatus />
      </header>
      <div class={place.seq === null ? 'audit alone' : 'audit'}>
        <div class="audit-main">
          <Filters place={place} />
          {page !== null && <AuditPrintHead place={place} shown={page.items.length} total={page.total} />}
          {problem !== null && <Empty icon="bad" tone="bad" title={problem.message} text={problem.next} />}
          {page === null && problem === null && <PageSkeleton />}
          {page !== null && problem === null && <Records page={page} place={place} older={older} />}
        </div>
        {place.seq !== null && (
          <AuditRecordDrawer
            seq={place.seq}
            known={page?.items ?? []}
            onClose={() => go(auditRoute({ ...place, seq: null }))}
          />
        )}
      </div>
    </Fragment>
  );
}

// The records that match, newest first.
function useRecords({ text, event, conversation }: AuditPlace): {
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
    load(undefined).then(
      (found) => {
        if (gone) return;
        setPage(found);
        setProblem(null);
      },
      (error: unknown) => !gone && setProblem(asApiError(error)),
    );
    return () => {
      gone = true;
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

function Records({ page, place, older }: { page: Page; place: AuditPlace; older: () => void }): JSX.Element {
  const now = useNow(60_000);
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
      {page.items.map((record, at) => {
        const before = page.items[at - 1];
        const day = dayOf(record, now);
        // The day is said where it changes; today's needs no words.
        const changes = before === undefined ? day !== 'Today' : day !== dayOf(before, now);
        return (
          <Fragment key={record.seq}>
            {changes && <h2 class="rec-day">{day}</h2>}
            <Row record={record} place={place} />
          </Fragment>
        );
      })}
      {page.next !== null && (
        <button class="btn quiet" type="button" onClick={older}>
          Older records
        </button>
      )}
    </div>
  );
}

function dayOf(record: AuditRecord, now: number): string {
  return dayName(auditRow(record).at, now);
}

const outcomeIcons: Readonly<Record<Tone, IconName>> = {
  ok: 'ok',
  bad: 'bad',
  warn: 'warn',
  wait: 'queue',
  run: 'queue',
  off: 'stop',
};

function Row({ record, place }: { record: AuditRecord; place: AuditPlace }): JSX.Element {
  const row = auditRow(record);
  return (
    <a
      class="rec"
      data-step
      href={hrefOf(auditRoute({ ...place, seq: record.seq }))}
      aria-current={record.seq === place.seq ? 'true' : undefined}
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
      <code class="only-print hash">{record.hash}</code>
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
      <a
        class="btn tiny hide-phone"
        href="/api/v1/audit/export?format=jsonl"
        title="Every record as JSON lines, which verify on their own. Filters do not narrow it, and the export is on record."
        download
      >
        Export the whole log
      </a>
    </span>
  );
}
