// What the routes work with. The server is handed one of these; nothing in routes/ reaches for anything else.

import type { AuditVerifyResponse, StatusResponse } from '../../contract/api.ts';
import type { ProposalView } from '../../contract/proposal.ts';
import type { Tool } from '../../contract/tool.ts';
import type { Caller } from '../../dispatch/request.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { NodeDirectory } from '../../link/port.ts';
import type { AuditFilter, Store } from '../../store/port.ts';
import type { Auth } from '../auth.ts';
import type { Conversations } from '../conversations/conversations.ts';
import type { DecisionInput } from '../decision-step.ts';
import type { Feed } from '../feed.ts';
import type { ScenarioSwitch } from '../scenario-switch.ts';
import type { StreamSlots } from '../stream-slots.ts';

export interface AuditReading {
  /** A search as people write it: words, `event:…`, `conv:…`, `since:2h`. Throws `input-invalid`. */
  parse(text: string): Partial<AuditFilter>;
  verify(): Promise<AuditVerifyResponse>;
  export(format: 'jsonl' | 'csv'): AsyncIterable<string | Uint8Array>;
}

export interface HubServices {
  readonly store: Store;
  readonly auth: Auth;
  readonly feed: Feed;
  readonly clock: Clock;
  readonly directory: NodeDirectory;
  readonly conversations: Conversations;
  readonly tools: readonly Tool[];
  readonly audit: AuditReading;
  readonly scenarios: ScenarioSwitch;
  readonly streams: StreamSlots;
  /** Aborts when the hub closes, so that streams end. */
  readonly closing: AbortSignal;
  /** The address people and nodes use. */
  url(): string;
  status(): Promise<StatusResponse>;
  decide(person: Caller, input: DecisionInput): Promise<ProposalView>;
  createJoinToken(): Promise<{ readonly token: string; readonly expiresAt: number }>;
}
