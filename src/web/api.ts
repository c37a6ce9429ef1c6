// The hub's HTTP API as the page uses it. Every answer that is not 2xx becomes an ApiError with the hub's own words;
// a hub that does not answer becomes `hub-unreachable`. The anti-forgery token of /me goes with every unsafe request.

import type {
  AuditVerifyResponse,
  ConversationDetail,
  NodeView,
  Person,
  ScenarioList,
  StatusResponse,
} from '../contract/api.ts';
import type { AuditRecord } from '../contract/audit-event.ts';
import type { Evidence } from '../contract/call.ts';
import type { ConversationSummary } from '../contract/chat.ts';
import type { ProposalView } from '../contract/proposal.ts';

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  /** What the reader can do about it. */
  readonly next: string;

  constructor(status: number, body: { code: string; message: string; next: string }) {
    super(body.message);
    this.status = status;
    this.code = body.code;
    this.next = body.next;
  }
}

export interface AuditQuery {
  readonly before?: number | undefined;
  readonly q?: string | undefined;
  readonly event?: string | undefined;
  readonly conversation?: string | undefined;
  /** No newer than this instant. */
  readonly to?: number | undefined;
  readonly limit?: number | undefined;
}

export interface Me {
  readonly person: Person;
  readonly csrf: string | null;
}

export type Api = ReturnType<typeof createApi>;

/** A client for the hub that served the page. Methods reject with ApiError only. */
export function createApi(request: typeof fetch) {
  let csrf: string | null = null;
  const send = <T>(method: string, path: string, body?: unknown): Promise<T> =>
    exchange<T>(request, { method, path, body, csrf });
  const id = encodeURIComponent;
  return {
    async me(): Promise<Me> {
      const me = await send<Me>('GET', '/me');
      csrf = me.csrf;
      return me;
    },
    signIn: (code: string) => send<unknown>('POST', '/session', { code }),
    status: () => send<StatusResponse>('GET', '/status'),
    conversations: (cursor: string | null) =>
      send<{ items: ConversationSummary[]; next: string | null }>(
        'GET',
        `/conversations${search({ cursor: cursor ?? undefined })}`,
      ),
    conversation: (conversation: string) =>
      send<ConversationDetail>('GET', `/conversations/${id(conversation)}`),
    start: (text: string) =>
      send<{ conversation: string; turn: string; after: number }>('POST', '/conversations', {
        text,
        channel: 'web',
      }),
    say: (conversation: string, text: string) =>
      send<{ conversation: string; turn: string; after: number }>(
        'POST',
        `/conversations/${id(conversation)}/messages`,
        { text, channel: 'web' },
      ),
    stop: (conversation: string) => send<unknown>('POST', `/conversations/${id(conversation)}/stop`, {}),
    evidence: (evidence: string) => send<Evidence>('GET', `/evidence/${id(evidence)}`),
    proposals: (state: string | null) =>
      send<{ items: ProposalView[]; next: string | null }>(
        'GET',
        `/proposals${search({ state: state ?? undefined })}`,
      ),
    proposal: (proposal: string) => send<ProposalView>('GET', `/proposals/${id(proposal)}`),
    decide: (
      proposal: string,
      decision: { decision: 'approve' | 'deny'; digest: string; reason: string | null },
    ) => send<ProposalView>('POST', `/proposals/${id(proposal)}/decision`, decision),
    nodes: () => send<{ items: NodeView[] }>('GET', '/nodes'),
    joinToken: () => send<{ token: string; command: string; expiresAt: number }>('POST', '/nodes/tokens', {}),
    demo: () => send<ScenarioList>('GET', '/demo'),
    showScenario: (scenario: string) => send<ScenarioList>('POST', '/demo', { scenario }),
    audit: (query: AuditQuery) =>
      send<{ items: AuditRecord[]; next: number | null; total: number }>(
        'GET',
        `/audit${search({ ...query })}`,
      ),
    auditRecord: (seq: number) => send<AuditRecord>('GET', `/audit/${seq}`),
    verifyAudit: () => send<AuditVerifyResponse>('POST', '/audit/verify', {}),
  };
}

interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly csrf: string | null;
}

async function exchange<T>(request: typeof fetch, { method, path, body, csrf }: Exchange): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (method !== 'GET' && csrf !== null) headers['x-lockkeeper-csrf'] = csrf;
  let response: Response;
  try {
    response = await request(`/api/v1${path}`, {
      method,
      headers,
      credentials: 'same-origin',
      cache: 'no-store',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError(0, unreachable);
  }
  const text = await response.text().catch(() => '');
  const parsed = parse(text);
  if (!response.ok) throw new ApiError(response.status, errorOf(parsed, response.status));
  // The hub's answers are made from the same zod shapes that these types come from.
  return parsed as T;
}

/** Any thrown value as an ApiError, so that a page has one shape to show. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ApiError(0, { code: 'page-failed', message: `The page failed: ${message}`, next: 'Reload it.' });
}

const unreachable = {
  code: 'hub-unreachable',
  message: 'The hub does not answer.',
  next: 'Trying again by itself.',
};

function search(query: Record<string, string | number | undefined>): string {
  const entries = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  return entries.length === 0
    ? ''
    : `?${new URLSearchParams(entries.map(([key, value]) => [key, String(value)]))}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function errorOf(body: unknown, status: number): { code: string; message: string; next: string } {
  if (typeof body === 'object' && body !== null && 'error' in body) {
    const { error } = body;
    if (typeof error === 'object' && error !== null && 'code' in error && 'message' in error) {
      const next = 'next' in error ? String(error.next) : '';
      return { code: String(error.code), message: String(error.message), next };
    }
  }
  return { code: `http-${status}`, message: `The hub answered ${status}.`, next: 'Try again.' };
}
