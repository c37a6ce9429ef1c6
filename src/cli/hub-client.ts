// The HTTP API as the command line uses it: JSON requests and the event stream of a conversation.

import { createParser } from 'eventsource-parser';
import type { z } from 'zod';
import { errorResponse } from '../contract/api.ts';
import { type ChatDelta, type ChatEvent, chatDelta, chatEvent } from '../contract/chat.ts';
import { errorTable, fail } from '../contract/errors.ts';
import { LockkeeperError, messageOf } from '../kernel/errors.ts';

export interface HubClient {
  readonly url: string;
  get<S extends z.ZodType>(path: string, shape: S): Promise<z.infer<S>>;
  post<S extends z.ZodType>(path: string, body: unknown, shape: S): Promise<z.infer<S>>;
  /** A body as it arrives, for exports. */
  stream(path: string): Promise<AsyncIterable<Uint8Array>>;
  /** Events of a conversation after `after`, for ever, reconnecting where it left off. Ends when `signal` aborts. */
  events(conversation: string, after: number, signal: AbortSignal): AsyncGenerator<ChatEvent | ChatDelta>;
}

const RETRIES_MAX = 20;
const RETRY_MS = 250;

/** A client of the hub at `url` that signs in with `token`. */
export function createHubClient(url: string, token: string): HubClient {
  const base = `${url.replace(/\/$/, '')}/api/v1`;
  const headers = { authorization: `Bearer ${token}` };

  async function request(path: string, init: RequestInit): Promise<Response> {
    const response = await fetch(`${base}${path}`, {
      ...init,
      headers: { ...headers, ...init.headers },
    }).catch((error: unknown) => {
      throw isAbort(error) ? error : fail('hub-unreachable', { url }, error);
    });
    if (!response.ok) throw await errorOf(response);
    return response;
  }

  async function parsed<S extends z.ZodType>(response: Response, shape: S): Promise<z.infer<S>> {
    const result = shape.safeParse(await response.json());
    if (result.success) return result.data;
    throw fail('input-invalid', {
      where: `the hub's answer`,
      detail: `it is not what this version of the command line expects (${result.error.issues[0]?.path.join('.') ?? ''})`,
    });
  }

  return {
    url,
    get: async (path, shape) => parsed(await request(path, {}), shape),
    post: async (path, body, shape) =>
      parsed(
        await request(path, {
          method: 'POST',
          body: JSON.stringify(body ?? {}),
          headers: { 'content-type': 'application/json' },
        }),
        shape,
      ),
    async stream(path) {
      const { body } = await request(path, {});
      if (body === null) throw fail('hub-unreachable', { url });
      return body;
    },
    async *events(conversation, after, signal) {
      let last = after;
      for (let failures = 0; !signal.aborted; ) {
        try {
          const response = await request(
            `/conversations/${encodeURIComponent(conversation)}/events?after=${last}`,
            { signal },
          );
          for await (const event of eventsOf(response)) {
            failures = 0;
            if ('seq' in event) last = event.seq;
            yield event;
          }
        } catch (error) {
          if (signal.aborted) return;
          // A hub that answers with an error will do so again; one that is away may be restarting.
          if (!(error instanceof LockkeeperError) || error.code !== 'hub-unreachable') {
            if (error instanceof LockkeeperError) throw error;
          }
          if (++failures > RETRIES_MAX) throw fail('hub-unreachable', { url }, error);
        }
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    },
  };
}

async function* eventsOf(response: Response): AsyncGenerator<ChatEvent | ChatDelta> {
  const queue: (ChatEvent | ChatDelta)[] = [];
  const parser = createParser({
    onEvent: ({ data }) => {
      const value: unknown = JSON.parse(data);
      const event = chatEvent.safeParse(value);
      if (event.success) return void queue.push(event.data);
      const delta = chatDelta.safeParse(value);
      if (delta.success) queue.push(delta.data);
    },
  });
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    yield* queue.splice(0);
  }
}

async function errorOf(response: Response): Promise<LockkeeperError> {
  const body = errorResponse.safeParse(await response.json().catch((error: unknown) => messageOf(error)));
  if (!body.success)
    return fail('hub-unreachable', { url: `${response.url} (it answered ${response.status})` });
  const { code, message, next } = body.data.error;
  return new LockkeeperError(code, {
    status: response.status,
    exit: exitOf(code, response.status),
    message,
    next,
  });
}

/** As the reference has it; for a code of a newer hub, the HTTP status says which kind of failure it was. */
function exitOf(code: string, status: number): number {
  const known = Object.entries(errorTable).find(([name]) => name === code);
  if (known !== undefined) return known[1].exit;
  if (status === 400 || status === 413) return 2;
  if (status === 404) return 3;
  if (status === 401 || status === 403 || status === 409 || status === 429) return 4;
  return 5;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
