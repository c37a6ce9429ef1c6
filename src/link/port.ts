// The hub's view of its nodes: send a call, hear what AWS calls it makes, hand over an approval.

import type { NodeView } from '../contract/api.ts';
import type { AwsCall, ErrorBody, Evidence } from '../contract/call.ts';
import type { ProposalOutcome, SignedApproval, SignedProposal } from '../contract/proposal.ts';
import type { CallOrigin } from '../contract/wire.ts';
import type { Json } from '../kernel/canonical-json.ts';

export interface NodeCall {
  readonly call: string;
  readonly tool: string;
  readonly input: Readonly<Record<string, Json>>;
  readonly origin: CallOrigin;
  readonly deadlineMs: number;
  readonly approvals: number;
  readonly level: 'click' | 'passkey' | 'independent';
  readonly supersedes: string | null;
}

export interface NodeCallObserver {
  /** Must be durable in the audit log when it resolves; the node sends nothing to AWS before. A rejection stops the request. */
  awsStarted(aws: AwsCall): Promise<void>;
  /** Must not throw. */
  awsFinished(aws: AwsCall, evidence: Evidence | null): void;
}

export type NodeCallResult =
  | { readonly status: 'ok'; readonly output: Json; readonly evidence: readonly string[] }
  | { readonly status: 'refused'; readonly error: ErrorBody }
  | { readonly status: 'failed'; readonly error: ErrorBody }
  | { readonly status: 'prepared'; readonly proposal: string; readonly signed: SignedProposal };

export interface NodeDirectory {
  /** Connected nodes first. */
  list(): Promise<readonly NodeView[]>;
  /** The connected node that serves `account` (any connected node when null); null when there is none. */
  connected(account: string | null): NodeView | null;
  /** Runs a read or prepares a change. Resolves with a refusal or failure rather than throwing, `node-lost` included. */
  run(node: string, call: NodeCall, observer: NodeCallObserver, signal: AbortSignal): Promise<NodeCallResult>;
  /** Hands a decision to the node. What comes of it arrives at `onProposalMoved`. Throws `node-offline`. */
  submitApproval(node: string, proposal: string, approval: SignedApproval): Promise<void>;
}

/** What the hub does when a node reports by itself; injected into the link. Each must be durable when it resolves. */
export interface NodeReports {
  /**
   * A proposal moved. May be repeated after a reconnect, so the same outcome twice must be harmless. An outcome whose
   * `state` is still pending and whose `error` is set tells of a decision that the node refused; one without an error
   * counts approvals.
   */
  proposalMoved(node: string, outcome: ProposalOutcome): Promise<void>;
  /**
   * An AWS request that belongs to no call in flight: the state is read again, or the change itself is made, after an
   * approval. `aws.call` is the call that made the proposal. Rejecting stops the request. Without it the link writes
   * the audit record alone.
   */
  awsStarted?(node: string, aws: AwsCall): Promise<void>;
  /** Its end. Must not throw. */
  awsFinished?(node: string, aws: AwsCall, evidence: Evidence | null): void;
  /** After a (re)connect: every pending proposal of this node that is not in `live` is void. */
  proposalsAlive(node: string, live: readonly string[]): Promise<void>;
  connected(node: NodeView): Promise<void>;
  disconnected(node: string, because: string): Promise<void>;
}
