// What goes into the one door and what it needs to do its work.
// Everything is passed in, so that the hub, the watches and the tests share one dispatch and differ in nothing else.

import type { NodeView } from '../contract/api.ts';
import type { AuditActor } from '../contract/audit-event.ts';
import type { ErrorBody, ToolCall, ToolResult } from '../contract/call.ts';
import type { ChatEventDraft } from '../contract/chat.ts';
import type { Decision, DecisionRequest, LinkLevel } from '../contract/decision.ts';
import type { ProposalDocument, SignedProposal } from '../contract/proposal.ts';
import type { Target, Tool } from '../contract/tool.ts';
import type { Json } from '../kernel/canonical-json.ts';
import type { Clock } from '../kernel/clock.ts';
import { LockkeeperError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/log.ts';
import type { NodeDirectory } from '../link/port.ts';
import type { Store, Write } from '../store/port.ts';

/** A person on whose behalf a call is made, with the rights of now and not of when the message was sent. */
export interface Caller {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
}

export interface DispatchRequest {
  readonly call: ToolCall;
  readonly conversation: string;
  readonly turn: string;
  readonly person: Caller;
  readonly agent: string;
  readonly level: LinkLevel;
  /** Ends the call. With the reason `closing` its end is not recorded, so that it is made again after the restart. */
  readonly signal: AbortSignal;
  /** The proposal that this call replaces; its node makes both documents name each other. */
  readonly supersedes?: string | undefined;
  /**
   * `chat` tells the conversation of every step, for calls of a planner. `audit` leaves the conversation alone, for the looks
   * of a watch, which tell it in a form of their own. The audit log gets the same records either way.
   */
  readonly visibility?: 'chat' | 'audit' | undefined;
}

/** The policy of the hub. The node asks its own as well. */
export interface DispatchPolicy {
  /** Any error inside must come back as a `deny`; a throw is treated as one. */
  decide(request: DecisionRequest): Decision;
}

export interface ToolLookup {
  find(name: string): Tool | null;
}

export interface DispatchRedactor {
  text(text: string): { readonly text: string; readonly count: number };
  json(value: Json): { readonly value: Json; readonly count: number };
}

export interface DispatchPorts {
  readonly store: Store;
  readonly policy: DispatchPolicy;
  readonly directory: NodeDirectory;
  readonly tools: ToolLookup;
  readonly clock: Clock;
  readonly log: Logger;
  readonly redact: DispatchRedactor;
  /** Opens a proposal strictly: schema, canonical bytes, the node's signature. Throws when any of it does not hold. */
  openProposal(signed: SignedProposal): { readonly document: ProposalDocument; readonly digest: string };
}

export interface Dispatch {
  /**
   * Runs a read or has a change prepared. Refusals and AWS errors come back as results; what is thrown is `audit-unwritable`
   * when not even the refusal could be recorded, or a bug of ours.
   */
  call(request: DispatchRequest): Promise<ToolResult>;
}

/** A call that passed every check of the hub. */
export interface AdmittedCall {
  readonly request: DispatchRequest;
  readonly tool: Tool;
  readonly target: Target;
  /** The input as the tool's schema reads it. */
  readonly parsed: unknown;
  readonly node: NodeView;
  readonly decision: Decision;
}

export function agentActor(request: DispatchRequest): AuditActor {
  return { kind: 'agent', id: request.agent, name: `${request.agent} for ${request.person.name}` };
}

export function bodyOf(error: LockkeeperError): ErrorBody {
  return error.toJSON();
}

/** A result that stays true however often it is asked for: `refused`. */
export function refused(error: LockkeeperError | ErrorBody): ToolResult {
  const body = error instanceof LockkeeperError ? bodyOf(error) : error;
  return { status: 'refused', error: body, text: sentenceOf(body) };
}

/** A result that may come out otherwise next time: `failed`. */
export function failed(error: LockkeeperError | ErrorBody): ToolResult {
  const body = error instanceof LockkeeperError ? bodyOf(error) : error;
  return { status: 'failed', error: body, text: sentenceOf(body) };
}

function sentenceOf(body: ErrorBody): string {
  return body.next === '' ? `${body.message} (${body.code})` : `${body.message} ${body.next} (${body.code})`;
}

/** The chat event of a step, unless the call is one that only the audit log hears of. */
export function chat(request: DispatchRequest, event: ChatEventDraft): Write[] {
  if (request.visibility === 'audit') return [];
  return [{ kind: 'events.append', conversation: request.conversation, events: [event] }];
}
