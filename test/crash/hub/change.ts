// One change through all its deaths: asked for, approved, carried on by people who only do what the page offers, and then
// held against what AWS received and what the log says.

import { expect } from 'vitest';
import { verifyAuditFile } from '../../../src/audit/verify-file.ts';
import type { ChatEvent } from '../../../src/contract/chat.ts';
import { type ProposalView, settledStates } from '../../../src/contract/proposal.ts';
import { dataFiles } from '../../../src/store/sqlite/database.ts';
import { type Asked, eventually, type World } from './world.ts';

export interface Change extends Asked {
  readonly port: number;
  readonly proposal: ProposalView;
}

/** Has a rule proposed that no other change asks for. */
export async function propose(world: World, port: number): Promise<Change> {
  const asked = await world.ask(`open port ${port}`);
  const proposal = await eventually('a proposal', async () => {
    const { state } = await world.conversation(asked.conversation);
    if (state === 'working') return null;
    return (await world.proposals(asked.conversation)).at(-1) ?? null;
  });
  expect(proposal.state).toBe('pending');
  expect(world.opened(port)).toBe(0);
  return { ...asked, port, proposal };
}

/** Approves without caring whether the hub lives to answer. */
export async function approveSomehow(world: World, proposal: ProposalView): Promise<void> {
  await world.approve(proposal).catch(() => undefined);
}

/** Waits until nothing goes on any more; what is offered for approval meanwhile is approved. */
export async function finish(world: World, { conversation }: Asked): Promise<ChatEvent[]> {
  const approved = new Set<string>();
  return eventually('the end of the conversation', async () => {
    const now = await world.conversation(conversation);
    if (now.state === 'answered' || now.state === 'failed') return now.events;
    if (now.state !== 'waiting') return null;
    const offered = (await world.proposals(conversation)).at(-1);
    if (offered?.state === 'pending' && !approved.has(offered.id) && (await nodeIsThere(world))) {
      approved.add(offered.id);
      expect((await world.approve(offered)).status).toBe(200);
    }
    return null;
  });
}

export async function nodeIsThere(world: World): Promise<boolean> {
  const { body } = await world.request('GET', '/status');
  return (body as { nodes: { connected: boolean }[] }).nodes[0]?.connected === true;
}

/** Holds a finished change against the account and the log. Returns the last state it was in. */
export async function checkChange(
  world: World,
  change: Change,
  on: { readonly events: readonly ChatEvent[]; readonly mayBeUnknown: boolean },
): Promise<ProposalView> {
  const { events } = on;
  const { conversation, port, turn } = change;
  const proposals = await world.proposals(conversation);
  const last = proposals.at(-1) ?? change.proposal;
  const received = world.opened(port);
  expect(received, 'AWS got the change more than once').toBeLessThanOrEqual(1);
  expect(world.isOpen(port)).toBe(received === 1);
  for (const { id, state } of proposals)
    expect(settledStates.has(state), `${id} ends as ${state}`).toBe(true);
  for (const { state } of proposals.slice(0, -1)) expect(state).toBe('voided');
  expect(['done', 'failed', ...(on.mayBeUnknown ? ['unknown'] : [])]).toContain(last.state);
  if (last.state === 'done') expect(received).toBe(1);
  if (last.state === 'failed') expect(received).toBe(0);
  if (last.state === 'unknown')
    expect(last.outcome?.detail).toMatch(received === 1 ? /shows that it was applied/ : /was not applied/);

  checkConversation(events, { turn, watched: last.state === 'done' });
  await checkAudit(world, conversation, received);
  return last;
}

/** Numbered without gaps, one result, one answer, and a watch that began once and ended once. */
function checkConversation(
  events: readonly ChatEvent[],
  { turn, watched }: { readonly turn: string; readonly watched: boolean },
): void {
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  const count = (type: ChatEvent['type']) =>
    events.filter((event) => event.type === type && event.turn === turn).length;
  const calls = events.flatMap((event) =>
    event.type === 'planner.step' ? event.calls.map(({ id }) => id) : [],
  );
  const finished = events.flatMap((event) => (event.type === 'call.finished' ? [event.call] : []));
  expect(finished.toSorted()).toEqual(calls.toSorted());
  expect(count('answer'), 'answers').toBe(1);
  expect(events.findLast((event) => event.type === 'turn.ended')).toMatchObject({ status: 'answered' });
  expect(count('watch.started'), 'watches begun').toBe(watched ? 1 : 0);
  expect(count('watch.ended'), 'watches ended').toBe(watched ? 1 : 0);
}

/** Whatever AWS received was approved and claimed before, and each of these is told once. */
async function checkAudit(world: World, conversation: string, received: number): Promise<void> {
  const records = await world.audited(conversation);
  const names = records.map(({ event }) => event);
  const count = (name: string) => names.filter((event) => event === name).length;
  for (const name of ['change.claimed', 'change.done', 'change.failed', 'change.unknown'])
    expect(count(name), name).toBeLessThanOrEqual(1);
  const approved = records
    .filter(({ event }) => event === 'proposal.approved')
    .map(({ data }) => data.proposal);
  expect(new Set(approved).size).toBe(approved.length);
  if (received === 0) return;
  expect(count('proposal.approved')).toBeGreaterThanOrEqual(1);
  const sent = records.findIndex(
    ({ event, data }) => event === 'aws.started' && data.action === 'ec2:AuthorizeSecurityGroupEgress',
  );
  expect(sent, 'the request is on record').toBeGreaterThan(names.indexOf('proposal.approved'));
  expect(names.indexOf('proposal.approved')).toBeGreaterThanOrEqual(0);
}

/** The whole log of the hub, from its files, proven with the key the hub had at its first start. */
export async function checkLog(world: World): Promise<void> {
  const { database, checkpoints } = dataFiles(world.hubDir);
  const result = await verifyAuditFile({ database, checkpoints, publicKey: world.hubKey });
  expect(result.problem).toBeNull();
  expect(result.ok).toBe(true);
}
