// Proposals as they come from a node. Before one is stored and shown it must be signed by the key the node enrolled with and
// be about exactly this call: a document that says anything else than what was asked never becomes decidable.

import { isCommandLineOf } from '../catalog/cli-line.ts';
import type { ToolResult } from '../contract/call.ts';
import { fail } from '../contract/errors.ts';
import {
  approvalLevels,
  type ProposalDocument,
  type ProposalView,
  settledStates,
} from '../contract/proposal.ts';
import { canonicalJson } from '../kernel/canonical-json.ts';
import { messageOf } from '../kernel/errors.ts';
import { thumbprintOf } from '../kernel/keys.ts';
import { limits } from '../kernel/limits.ts';
import type { NodeCallResult } from '../link/port.ts';
import { type AdmittedCall, type DispatchPorts, type DispatchRequest, failed } from './request.ts';

type Prepared = Extract<NodeCallResult, { status: 'prepared' }>;

/** What became of this very call before, when it is asked for again after a restart; null when it is new. */
export async function existingProposal(
  ports: DispatchPorts,
  request: DispatchRequest,
): Promise<ToolResult | null> {
  if (request.supersedes !== undefined) return null;
  const newest = await newestProposalOf(ports, request);
  // A voided one is prepared anew; it decided nothing.
  if (newest === null || newest.state === 'voided') return null;
  return settledStates.has(newest.state) ? changedResult(newest) : proposedResult(newest);
}

/** The proposal of the same change that waits in this conversation already, by its id: two cards for one change would get two approvals. */
export async function waitingTwin(ports: DispatchPorts, admitted: AdmittedCall): Promise<string | null> {
  const { request, tool, node, parsed } = admitted;
  if (request.supersedes !== undefined) return null;
  // A node repeats the input as it was sent or as its tool read it.
  const wanted = [request.call.input, parsed].map(canonicalJson);
  const waiting = await ports.store.proposals(
    { conversation: request.conversation, state: 'pending' },
    null,
    limits.http.pageMax,
  );
  const twin = waiting.items.find(
    ({ document, node: its }) =>
      its === node.id && document.tool === tool.name && wanted.includes(canonicalJson(document.args)),
  );
  return twin?.id ?? null;
}

/** The result of a call whose proposal is stored and waits. */
export function proposedResult(proposal: ProposalView): ToolResult {
  return {
    status: 'proposed',
    proposal,
    text: `${proposal.id} waits for approval: ${proposal.document.display.title}. Nothing has run.`,
  };
}

/** The result of a call whose proposal has ended. */
export function changedResult(proposal: ProposalView): ToolResult {
  const detail = proposal.outcome?.detail ?? '';
  return {
    status: 'changed',
    proposal,
    text: `${proposal.id} is ${proposal.state}: ${proposal.document.display.title}. ${detail}`.trim(),
  };
}

/** Checks, stores and announces a prepared proposal; null when the call was no change (the caller then refuses the answer). */
export async function acceptProposal(
  ports: DispatchPorts,
  admitted: AdmittedCall,
  answer: Prepared,
): Promise<ToolResult | null> {
  const { request, tool, node } = admitted;
  if (tool.risk !== 'change' && tool.risk !== 'destroy') return null;
  const view = await checkedProposal(ports, admitted, answer).catch((error: unknown) => messageOf(error));
  if (typeof view === 'string') {
    ports.log.warn({ node: node.id, call: request.call.id, detail: view }, 'a proposal was not accepted');
    return failed(fail('node-answer-invalid', { tool: tool.name, detail: view }));
  }
  const { document, digest } = view;
  await ports.store.commit(
    [
      { kind: 'proposal.create', proposal: view },
      {
        kind: 'events.append',
        conversation: request.conversation,
        events: [{ turn: request.turn, type: 'proposal.created', proposal: view }],
      },
    ],
    [
      {
        event: 'proposal.created',
        actor: { kind: 'node', id: node.id, name: node.inventory.name },
        conversation: request.conversation,
        turn: request.turn,
        call: request.call.id,
        node: node.id,
        cli: document.call.cli,
        data: {
          proposal: view.id,
          digest,
          title: document.display.title,
          targets: document.targets,
          approvals: document.quorum.approvals,
          level: document.assuranceMin,
          expiresAt: document.exp,
          supersedes: document.supersedes,
        },
      },
    ],
  );
  return proposedResult(view);
}

async function checkedProposal(
  ports: DispatchPorts,
  admitted: AdmittedCall,
  answer: Prepared,
): Promise<ProposalView> {
  const { request, node } = admitted;
  const enrolled = await ports.store.node(node.id);
  if (enrolled === null || enrolled.key !== answer.signed.nodeKey)
    throw new Error('it is signed by another key than the node enrolled with');
  const { document, digest } = ports.openProposal(answer.signed);
  const wrong = firstMismatch(admitted, { document, proposal: answer.proposal, nodeKey: enrolled.key });
  if (wrong !== null) throw new Error(`its ${wrong} is not what was asked for`);
  return {
    id: document.proposal,
    conversation: request.conversation,
    turn: request.turn,
    call: request.call.id,
    node: node.id,
    state: 'pending',
    digest,
    document,
    signed: answer.signed,
    outcome: null,
    decisions: [],
    createdAt: ports.clock.now(),
  };
}

/** The first part of a document that differs from what the hub asked this node for, by name; null when none does. */
function firstMismatch(
  admitted: AdmittedCall,
  received: { readonly document: ProposalDocument; readonly proposal: string; readonly nodeKey: string },
): string | null {
  const { request, tool, node, decision, parsed } = admitted;
  const { document } = received;
  const args = canonicalJson(document.args);
  const checks: readonly (readonly [string, boolean])[] = [
    ['proposal id', document.proposal === received.proposal],
    // A node names itself by its key; the id is only the hub's name for it.
    [
      'node',
      document.aud.nodeKey === received.nodeKey && document.aud.node === thumbprintOf(received.nodeKey),
    ],
    ['account', document.account === node.inventory.account && document.region === node.inventory.region],
    ['tool', document.tool === tool.name && document.risk === tool.risk],
    ['AWS action', tool.actions.some((action) => action === document.call.action)],
    [
      'command line',
      [document.call, ...inverseOf(document)].every(({ action, cli }) => isCommandLineOf(action, cli)),
    ],
    ['input', args === canonicalJson(request.call.input) || args === canonicalJson(parsed)],
    ['conversation', document.conversation === request.conversation && document.callId === request.call.id],
    [
      'requester',
      document.requester.person === request.person.id && document.requester.agent === request.agent,
    ],
    ['predecessor', document.supersedes === (request.supersedes ?? null)],
    ['number of approvals', document.quorum.approvals >= Math.max(1, decision.approvals)],
    [
      'approval level',
      approvalLevels.indexOf(document.assuranceMin) >= approvalLevels.indexOf(decision.level),
    ],
    ['life time', document.exp > document.iat && document.exp - document.iat <= limits.proposal.lifeMs],
  ];
  return checks.find(([, holds]) => !holds)?.[0] ?? null;
}

function inverseOf({ display }: ProposalDocument): ProposalDocument['call'][] {
  return 'call' in display.inverse ? [display.inverse.call] : [];
}

async function newestProposalOf(
  ports: DispatchPorts,
  request: DispatchRequest,
): Promise<ProposalView | null> {
  let cursor: string | null = null;
  do {
    const page = await ports.store.proposals(
      { conversation: request.conversation },
      cursor,
      limits.http.pageMax,
    );
    const own = page.items.filter(
      (proposal) => proposal.call === request.call.id && proposal.turn === request.turn,
    );
    const newest = own.toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1))[0];
    if (newest !== undefined) return newest;
    cursor = page.next;
  } while (cursor !== null);
  return null;
}
