// Watches: after a change was made, looking at the service until the stated success test holds or its time is over.
// Each look is an ordinary read through the dispatch, with its audit records; the conversation gets the numbers only.
// An open watch is in the store, so a restart goes on looking until the time that was set at its start.

import { setMaxListeners } from 'node:events';
import { z } from 'zod';
import type { AuditEntry } from '../contract/audit-event.ts';
import type { ToolResult } from '../contract/call.ts';
import type { ChatEventDraft, WatchView } from '../contract/chat.ts';
import type { ProposalView } from '../contract/proposal.ts';
import { messageOf } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { limits } from '../kernel/limits.ts';
import type { Write } from '../store/port.ts';
import { callerOf, type TurnPorts } from './conversations/turn.ts';

/** The tool a watch looks with, and what it has to say at least. */
const LOOK_TOOL = 'service_steadiness';
const steadiness = z.looseObject({
  desired: z.number().int(),
  running: z.number().int(),
  pending: z.number().int(),
  healthy: z.number().int(),
  steady: z.boolean(),
});
type Steadiness = z.infer<typeof steadiness>;
type Look = WatchView['looks'][number];

/** Equal looks are told again only this often. */
const REPEAT_MS = 30_000;
const NOTE_CHARS_MAX = 300;

export interface OpenWatch {
  readonly watch: WatchView;
  readonly conversation: string;
  readonly turn: string;
}

export interface WatchOpening extends OpenWatch {
  readonly write: Write;
  readonly event: ChatEventDraft;
  readonly audit: AuditEntry;
}

export interface Watches {
  /** What to commit together with the end of a change that has something to watch for; null when it has not. */
  opening(proposal: ProposalView): WatchOpening | null;
  /** Starts looking; the opening must be on record. */
  begin(open: OpenWatch): void;
  /** After a start: looks on where the last process stopped. */
  resumeAll(): Promise<void>;
  close(): Promise<void>;
}

export function createWatches(ports: TurnPorts): Watches {
  const abort = new AbortController();
  // Every open watch listens for the close.
  setMaxListeners(0, abort.signal);
  const running = new Set<Promise<void>>();

  function begin(open: OpenWatch): void {
    const run = follow(open)
      .catch((error: unknown) =>
        ports.log.error({ watch: open.watch.id, error: messageOf(error) }, 'a watch broke'),
      )
      .finally(() => running.delete(run));
    running.add(run);
  }

  async function follow(open: OpenWatch): Promise<void> {
    let watch = open.watch;
    const beganMs = ports.clock.now();
    while (!abort.signal.aborted && watch.state === 'watching') {
      const next = await lookOnce(ports, { ...open, watch }, abort.signal);
      if (abort.signal.aborted) return;
      if (next !== watch && (await recorded(ports, { ...open, watch: next }))) watch = next;
      const calm = ports.clock.now() - beganMs >= limits.watch.calmAfterMs;
      if (watch.state === 'watching') await pause(calm ? limits.watch.calmEveryMs : limits.watch.everyMs);
    }
  }

  /** Waits for the next look or until the hub closes. */
  function pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      // An abort that came before would never be heard.
      if (abort.signal.aborted) return resolve();
      const go = (): void => {
        timer.cancel();
        abort.signal.removeEventListener('abort', go);
        resolve();
      };
      const timer = ports.clock.after(delayMs, go);
      abort.signal.addEventListener('abort', go);
    });
  }

  return {
    opening: (proposal) => openingOf(ports, proposal),
    begin,
    async resumeAll() {
      for (const open of await ports.store.openWatches()) begin(open);
    },
    async close() {
      abort.abort('closing');
      await Promise.all(running);
    },
  };
}

function openingOf(ports: TurnPorts, proposal: ProposalView): WatchOpening | null {
  const test = proposal.document.display.success;
  if (test.kind !== 'service-steady') return null;
  const now = ports.clock.now();
  const { conversation, turn } = proposal;
  const withinMs = Math.min(Math.max(test.withinMs, limits.watch.everyMs), limits.watch.lifeMs);
  const watch: WatchView = {
    id: newId('watch', now),
    proposal: proposal.id,
    test,
    state: 'watching',
    looks: [],
    startedAt: now,
    endsBy: now + withinMs,
    detail: `Watching until ${test.running} tasks of ${test.service} run and are healthy.`,
  };
  return {
    watch,
    conversation,
    turn,
    write: { kind: 'watch.save', watch, conversation, turn },
    event: { turn, type: 'watch.started', watch },
    audit: {
      event: 'watch.started',
      actor: { kind: 'hub', id: 'hub' },
      conversation,
      turn,
      data: {
        watch: watch.id,
        proposal: proposal.id,
        cluster: test.cluster,
        service: test.service,
        running: test.running,
        endsBy: watch.endsBy,
      },
    },
  };
}

/** The watch after one look; the same object when there is nothing new to tell. */
async function lookOnce(ports: TurnPorts, open: OpenWatch, signal: AbortSignal): Promise<WatchView> {
  const { watch, conversation, turn } = open;
  if (watch.test.kind !== 'service-steady')
    return { ...watch, state: 'succeeded', detail: watch.test.because };
  const { cluster, service } = watch.test;
  const events = await ports.ledger.events(conversation);
  const result = await ports.dispatch.call({
    call: { id: newId('call', ports.clock.now()), tool: LOOK_TOOL, input: { cluster, service } },
    conversation,
    turn,
    person: await callerOf(ports, events, turn),
    agent: ports.agent.name,
    level: ports.agent.level,
    signal,
    visibility: 'audit',
  });
  const now = ports.clock.now();
  const seen = readingOf(result);
  const look = seen === null ? failedLook(watch, result, now) : lookOf(seen, now, watch.startedAt);
  const looks = [...watch.looks, look];
  if (seen !== null && holds(watch, seen)) {
    return {
      ...watch,
      looks,
      state: 'succeeded',
      detail: `${seen.running}/${seen.desired} tasks running and passed health checks.`,
    };
  }
  if (now >= watch.endsBy)
    return { ...watch, looks, state: 'failed', detail: await failureOf(ports, watch, look) };
  const last = watch.looks.at(-1);
  const tells = last === undefined || !sameNumbers(last, look) || now - last.at >= REPEAT_MS;
  return tells ? { ...watch, looks, detail: `${look.running} of ${look.desired} running.` } : watch;
}

function holds(watch: WatchView, seen: Steadiness): boolean {
  return (
    watch.test.kind === 'service-steady' &&
    seen.steady &&
    seen.running >= watch.test.running &&
    seen.healthy >= watch.test.running
  );
}

function readingOf(result: ToolResult): Steadiness | null {
  return result.status === 'ok' ? (steadiness.safeParse(result.output).data ?? null) : null;
}

/** A failure from before the change says nothing about what came of it. */
function lookOf(seen: Steadiness, at: number, sinceMs: number): Look {
  const failure = seen.newestFailure;
  const note = typeof failure === 'string' ? failure : isOlder(failure, sinceMs) ? '' : noteOf(failure);
  return {
    at,
    running: seen.running,
    pending: seen.pending,
    desired: seen.desired,
    healthy: seen.healthy,
    note: note.slice(0, NOTE_CHARS_MAX),
  };
}

function isOlder(failure: unknown, sinceMs: number): boolean {
  const at = z.looseObject({ at: z.string() }).safeParse(failure).data?.at;
  return at !== undefined && Date.parse(at) < sinceMs;
}

/** The sentence inside a structured failure, whichever member carries it. */
function noteOf(failure: unknown): string {
  const parsed = z
    .looseObject({
      reason: z.string().optional(),
      message: z.string().optional(),
      stoppedReason: z.string().optional(),
    })
    .safeParse(failure);
  return parsed.data?.reason ?? parsed.data?.stoppedReason ?? parsed.data?.message ?? '';
}

/** A look that saw nothing keeps the last numbers and says why, so that a gap never reads as "0 running". */
function failedLook(watch: WatchView, result: ToolResult, at: number): Look {
  const last = watch.looks.at(-1);
  const wanted = watch.test.kind === 'service-steady' ? watch.test.running : 0;
  const why = 'error' in result ? result.error.message : 'the answer could not be read';
  return {
    at,
    running: last?.running ?? 0,
    pending: last?.pending ?? 0,
    desired: last?.desired ?? wanted,
    healthy: last?.healthy ?? 0,
    note: `Could not look: ${why}`.slice(0, NOTE_CHARS_MAX),
  };
}

async function failureOf(ports: TurnPorts, watch: WatchView, look: Look): Promise<string> {
  const minutes = Math.round((watch.endsBy - watch.startedAt) / 60_000);
  const standing = `It has not recovered: ${look.running} of ${look.desired} running after ${minutes} minutes.`;
  const proposal = await ports.store.proposal(watch.proposal);
  if (proposal === null) return standing;
  const { inverse } = proposal.document.display;
  return 'call' in inverse
    ? `${standing} What would undo the change: ${inverse.call.cli}`
    : `${standing} There is no undo: ${inverse.none}`;
}

function sameNumbers(a: Look, b: Look): boolean {
  return (
    a.running === b.running &&
    a.pending === b.pending &&
    a.desired === b.desired &&
    a.healthy === b.healthy &&
    a.note === b.note
  );
}

/** Stores a look or the end; false when the disk refused it, and the same look is then taken again. */
async function recorded(ports: TurnPorts, open: OpenWatch): Promise<boolean> {
  const { watch, conversation, turn } = open;
  const ended = watch.state !== 'watching';
  const write: Write = { kind: 'watch.save', watch, conversation, turn };
  const event: ChatEventDraft = { turn, type: ended ? 'watch.ended' : 'watch.looked', watch };
  const audit: AuditEntry = {
    event: 'watch.ended',
    actor: { kind: 'hub', id: 'hub' },
    conversation,
    turn,
    data: { watch: watch.id, proposal: watch.proposal, state: watch.state, detail: watch.detail },
  };
  try {
    await ports.ledger.append(conversation, () => ({
      writes: [write],
      events: [event],
      audit: ended ? [audit] : [],
    }));
    return true;
  } catch (error) {
    ports.log.warn({ watch: watch.id, error: messageOf(error) }, 'a look is not on record');
    return false;
  }
}
