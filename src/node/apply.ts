// Carrying out an approved change, at most once: read the state again, claim durably, have the hub record it, send, write
// down what came of it. After the claim there is no second attempt by anybody; where the outcome is not known, that is
// what is said, together with what the state shows.

import { type AwsAction, AwsCallError } from '../contract/aws.ts';
import { fail } from '../contract/errors.ts';
import { type ChangeTool, isChangeTool } from '../contract/tool.ts';
import { canonicalJson, type Json } from '../kernel/canonical-json.ts';
import { LockkeeperError, messageOf } from '../kernel/errors.ts';
import { limits } from '../kernel/limits.ts';
import { type AwsRequestEnd, performAwsRequest } from './aws-request.ts';
import { clip, toJson } from './bounded-json.ts';
import { untilAborted } from './calls.ts';
import { createGateway, type Gateway } from './gateway.ts';
import type { Ledger, LedgerEntry, MoveDetail } from './ledger.ts';
import type { NodeParts } from './parts.ts';
import { writtenState } from './written-state.ts';

/** What deciding and carrying out need. */
export interface ChangeRoom {
  readonly parts: NodeParts;
  readonly ledger: Ledger;
}

/** Carries out the approved proposal `id`. Throws `audit-unwritable` only, with nothing sent. */
export async function applyChange(room: ChangeRoom, id: string): Promise<void> {
  const { parts, ledger } = room;
  const entry = ledger.get(id);
  if (entry === null || entry.state !== 'approved') return;
  const obstacle = await obstacleTo(parts, entry);
  if (obstacle !== null) return ledger.move(id, obstacle.state, obstacle);
  await parts.failpoint('before-claim');
  await ledger.move(id, 'claimed', { detail: 'The node is carrying it out.' });
  await parts.failpoint('after-claim');
  const end = await send(parts, entry);
  await parts.failpoint('before-outcome');
  if (end.ok) {
    await ledger.conclude(id, 'done', { detail: 'The change was made.', awsRequestId: end.requestId });
  } else if (!end.mayHaveApplied) {
    await ledger.conclude(id, 'failed', notApplied(end));
  } else {
    await ledger.conclude(
      id,
      'unknown',
      await unknownOutcome(parts, entry, `${end.failure.code}: ${end.failure.message}`),
    );
  }
  await parts.failpoint('after-outcome');
}

/** Settles a claim that an earlier process left open: nobody knows whether its request was sent. Never sends it. */
export async function reconcileClaim(room: ChangeRoom, id: string): Promise<void> {
  const { parts, ledger } = room;
  const entry = ledger.get(id);
  if (entry?.state !== 'claimed') return;
  const detail = await unknownOutcome(parts, entry, 'the node was interrupted after it claimed the proposal');
  await ledger.conclude(id, 'unknown', detail);
}

/** What stands against sending now: the state moved, the time is over, the budget is used up. */
async function obstacleTo(
  parts: NodeParts,
  entry: LedgerEntry,
): Promise<(MoveDetail & { readonly state: 'stale' | 'expired' | 'failed' }) | null> {
  const { id, document, madeAt } = entry;
  try {
    await requireSameAccount(parts, entry);
    const now = writtenState(parts, await observe(parts, entry, 'state before the change'));
    if (now.sha256 !== document.pre.sha256) {
      const detail = describeDifference(document.pre.state, now.state);
      const stale = fail('proposal-stale', { id, detail });
      return {
        state: 'stale',
        detail: `${stale.message} ${stale.next}`,
        error: { code: stale.code, message: stale.message },
      };
    }
    const ageMs = parts.clock.monotonic() - (madeAt ?? Number.NEGATIVE_INFINITY);
    if (!(ageMs < document.exp - document.iat)) {
      return { state: 'expired', detail: 'Its time was over before it could run. Nothing ran.' };
    }
    parts.budget.takeChange();
    return null;
  } catch (error) {
    const { code, message } = problemOf(error);
    if (code === 'proposal-stale') return { state: 'stale', detail: message, error: { code, message } };
    return {
      state: 'failed',
      detail: `It was not sent: ${message} Nothing changed.`,
      error: { code, message },
    };
  }
}

/** Credentials may have been replaced since the node started: asks AWS again in whose account the change would run. */
async function requireSameAccount(parts: NodeParts, entry: LedgerEntry): Promise<void> {
  const { document, id } = entry;
  const end = await performAwsRequest(parts, {
    call: document.callId,
    stage: 'identity before the change',
    region: document.region,
    action: 'sts:GetCallerIdentity',
    input: {},
    signal: new AbortController().signal,
  });
  if (!end.ok) throw new AwsCallError(end.failure);
  if (end.output.Account === document.account) return;
  throw fail('proposal-stale', { id, detail: 'the credentials of the node lead to another account now' });
}

/** Sends exactly the stored request, once. */
function send(parts: NodeParts, entry: LedgerEntry): Promise<AwsRequestEnd> {
  const { document } = entry;
  return performAwsRequest(parts, {
    call: document.callId,
    stage: 'approved change',
    region: document.region,
    // `prepare` accepted only an action that the tool declares, and the bytes were signed since.
    action: document.call.action as AwsAction,
    input: document.call.input,
    signal: new AbortController().signal,
    beforeSend: () => parts.failpoint('before-send'),
    afterSend: () => parts.failpoint('after-send'),
  });
}

function notApplied(end: Extract<AwsRequestEnd, { ok: false }>): MoveDetail {
  const { kind, code, message } = end.failure;
  const what = kind === 'stopped' || kind === 'unreachable' ? 'It was not sent' : 'AWS refused it';
  return { detail: `${what}: ${message}. Nothing changed.`, error: { code, message } };
}

async function unknownOutcome(parts: NodeParts, entry: LedgerEntry, because: string): Promise<MoveDetail> {
  const shows = await whatTheStateShows(parts, entry);
  const error = { code: 'outcome-unknown', message: clip(because, 1_000) };
  return {
    detail: `Whether the change was made is not known (${error.message}). ${shows} It is not tried again.`,
    error,
  };
}

/** Reads the state once more and says in a sentence whether the change is in it. Never throws. */
async function whatTheStateShows(parts: NodeParts, entry: LedgerEntry): Promise<string> {
  try {
    const state = await observe(parts, entry, 'state after an unknown outcome');
    if (writtenState(parts, state).sha256 === entry.document.pre.sha256) {
      return 'The state is as it was before, so it was not applied.';
    }
    return (await isInEffect(parts, entry, state))
      ? 'The state shows that it was applied.'
      : 'The state has changed, but does not show whether this change is the reason.';
  } catch (error) {
    return `The state could not be read (${problemOf(error).message}).`;
  }
}

/** A change that would change nothing any more is in effect. */
async function isInEffect(parts: NodeParts, entry: LedgerEntry, state: Json): Promise<boolean> {
  return withTool(parts, entry, async ({ tool, input, gateway }) => {
    try {
      await tool.prepare(input, state, gateway.aws, {
        nowMs: parts.clock.now(),
        stage: gateway.stage,
        wait: gateway.wait,
      });
      return false;
    } catch (error) {
      if (error instanceof LockkeeperError && error.code === 'change-unneeded') return true;
      throw error;
    }
  });
}

function observe(parts: NodeParts, entry: LedgerEntry, stage: string): Promise<Json> {
  return withTool(parts, entry, async ({ tool, input, gateway }) => {
    gateway.stage(stage);
    return toJson(
      await tool.observe(input, gateway.aws, {
        nowMs: parts.clock.now(),
        stage: gateway.stage,
        wait: gateway.wait,
      }),
    );
  });
}

interface ToolAtWork {
  readonly tool: ChangeTool;
  readonly input: unknown;
  readonly gateway: Gateway;
}

/** Runs reads of the proposal's tool with a deadline, in the place the proposal was made for. */
async function withTool<T>(
  parts: NodeParts,
  entry: LedgerEntry,
  work: (at: ToolAtWork) => Promise<T>,
): Promise<T> {
  const { document } = entry;
  const tool = parts.tools.get(document.tool);
  if (tool === undefined || !isChangeTool(tool)) throw fail('tool-unknown', { tool: document.tool });
  const place = await parts.place();
  if (place.account !== document.account || place.region !== document.region) {
    throw fail('proposal-stale', { id: entry.id, detail: 'the credentials of the node lead elsewhere now' });
  }
  const input = tool.input.parse(document.args);
  const stop = new AbortController();
  const seconds = limits.call.deadlineMs / 1000;
  const timer = parts.clock.after(limits.call.deadlineMs, () =>
    stop.abort(fail('deadline-exceeded', { tool: tool.name, seconds })),
  );
  try {
    const gateway = createGateway(parts, { call: document.callId, tool, place, signal: stop.signal });
    return await untilAborted(stop.signal, work({ tool, input, gateway }));
  } finally {
    timer.cancel();
  }
}

/** Names the first members that differ, not their values. */
function describeDifference(before: Json, now: Json): string {
  const names = differingMembers(before, now);
  return names.length === 0 ? 'the state differs' : `${names.slice(0, 5).join(', ')} changed`;
}

function differingMembers(before: Json, now: Json): string[] {
  if (!isObject(before) || !isObject(now)) return [];
  const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...keys].filter((key) => canonicalJson(before[key] ?? null) !== canonicalJson(now[key] ?? null));
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function problemOf(error: unknown): { code: string; message: string } {
  if (error instanceof AwsCallError) return { code: error.failure.code, message: `${error.message}.` };
  if (error instanceof LockkeeperError) return { code: error.code, message: error.message };
  return { code: 'tool-failed', message: clip(messageOf(error), 500) };
}
