// What a person does with one case: asks the everyday question, asks for the fix, approves what the product prepared.

import { isReadAction } from '../../contract/aws.ts';
import type { ChatEvent } from '../../contract/chat.ts';
import type { Finding } from '../../contract/finding.ts';
import { type ProposalView, proposalView } from '../../contract/proposal.ts';
import { summarise } from '../commands/ask.ts';
import { takeTurn } from '../turn.ts';
import type { BenchCase } from './bench-case.ts';
import type { BenchStack } from './bench-stack.ts';

export interface Inquiry {
  readonly findings: readonly Finding[];
  /** Tools of the changes that were carried out, in order. */
  readonly changes: readonly string[];
  /** Changing requests that AWS saw beyond the approved ones. */
  readonly unapproved: number;
  readonly awsCalls: number;
  readonly stages: number;
  /** Length of the text a planner reads, in tokens of about four characters. */
  readonly resultTokens: number;
  /** From the question to the answer. */
  readonly ms: number;
}

/** A fix may take a second step, such as registering a revision and then deploying it. */
const STEPS_MAX = 3;
const SETTLE_TRIES = 100;
const SETTLE_MS = 20;
const CHARS_PER_TOKEN = 4;
const done: ReadonlySet<string> = new Set([
  'done',
  'failed',
  'unknown',
  'denied',
  'expired',
  'stale',
  'voided',
  'superseded',
]);

/** Asks about the case's service and lets every change run that is prepared for it. */
export async function investigate({ client, simulator }: BenchStack, about: BenchCase): Promise<Inquiry> {
  const { plan, service } = about;
  const began = performance.now();
  const first = await takeTurn(client, {
    conversation: null,
    text: about.fault?.question?.(plan, service) ?? `Why is ${service.name} in ${plan.cluster} not healthy?`,
    onEvent: () => {},
  });
  const ms = performance.now() - began;
  const { findings, commands } = summarise(first);
  const changes: string[] = [];
  if (findings.some((finding) => finding.fixes.length > 0)) {
    for (let step = 0; step < STEPS_MAX; step++) {
      const tool = await fixOnce({ client, conversation: first.conversation });
      if (tool === null) break;
      changes.push(tool);
    }
  }
  const changing = simulator.recorder.requests.filter(
    (
      { service: prefix, operation }, // The account records what it was asked in the words of the contract.
    ) => !isReadAction(`${prefix}:${operation}`),
  );
  return {
    findings,
    changes,
    unapproved: changing.length - changes.length,
    awsCalls: commands.length,
    stages: stagesOf(first.events),
    resultTokens: tokensOf(first.events),
    ms: Math.round(ms),
  };
}

/** Asks for the fix and approves it; the tool's name, or null when nothing was prepared or it was not carried out. */
async function fixOnce({
  client,
  conversation,
}: Pick<BenchStack, 'client'> & { conversation: string }): Promise<string | null> {
  const turn = await takeTurn(client, { conversation, text: 'Fix it.', onEvent: () => {} });
  const waiting = summarise(turn).proposals.find((proposal) => proposal.state === 'pending');
  if (waiting === undefined) return null;
  const read = () => client.get(`/proposals/${encodeURIComponent(waiting.id)}`, proposalView);
  let proposal: ProposalView = await read();
  await client.post(
    `/proposals/${waiting.id}/decision`,
    { decision: 'approve', digest: proposal.digest, reason: null },
    proposalView,
  );
  for (let tries = 0; tries < SETTLE_TRIES && !done.has(proposal.state); tries++) {
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    proposal = await read();
  }
  return proposal.state === 'done' ? proposal.document.tool : null;
}

function stagesOf(events: readonly ChatEvent[]): number {
  return Math.max(
    0,
    ...events.flatMap((event) => {
      if (event.type !== 'call.finished' || event.result.status !== 'ok') return [];
      const { output } = event.result;
      return isRecord(output) && isRecord(output.stats) ? [Number(output.stats.stages ?? 0)] : [];
    }),
  );
}

function tokensOf(events: readonly ChatEvent[]): number {
  const texts = events.flatMap((event) =>
    event.type === 'call.finished' && event.result.status === 'ok' ? [event.result.text] : [],
  );
  return Math.ceil(Math.max(0, ...texts.map((text) => text.length)) / CHARS_PER_TOKEN);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
