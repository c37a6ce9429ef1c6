// A server that speaks the Messages API over HTTP: server-sent events, split tool input, thinking with signatures,
// errors before and in the middle of a stream. What it answers is a list of replies, taken one per request.

import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeRequest {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  // The body is what the SDK sent; tests look at the parts they are about.
  readonly body: {
    readonly model: string;
    readonly max_tokens: number;
    readonly system: readonly Record<string, unknown>[];
    readonly tools: readonly { readonly name: string; readonly input_schema: Record<string, unknown> }[];
    readonly tool_choice: { readonly type: string };
    readonly output_config?: Record<string, unknown>;
    readonly messages: readonly {
      readonly role: string;
      readonly content: readonly Record<string, unknown>[];
    }[];
    readonly [key: string]: unknown;
  };
}

export type FakeBlock =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly json: string };

export type FakeReply =
  | {
      readonly kind: 'message';
      readonly content: readonly FakeBlock[];
      readonly stop: string;
      readonly usage?: Record<string, number>;
      /** Cuts the connection after this many events. */
      readonly cutAfter?: number;
      /** Sends an error event after this many events. */
      readonly errorAfter?: number;
      /** Keeps the stream open after this many events. */
      readonly hangAfter?: number;
    }
  | { readonly kind: 'error'; readonly status: number; readonly type: string; readonly message: string };

export interface FakeAnthropic {
  readonly url: string;
  readonly requests: FakeRequest[];
  /** Resolves when a reply with `hangAfter` has sent what it sends. */
  readonly hanging: Promise<void>;
  close(): Promise<void>;
}

/** Starts the server on a free port of this machine. A request beyond the last reply gets status 500. */
export async function startFakeAnthropic(replies: readonly FakeReply[]): Promise<FakeAnthropic> {
  const requests: FakeRequest[] = [];
  const rest = [...replies];
  let hangs = () => {};
  const hanging = new Promise<void>((resolve) => {
    hangs = resolve;
  });
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    requests.push({ url: request.url ?? '', headers: request.headers, body: JSON.parse(body) });
    const wrong = faultOf(JSON.parse(body).messages);
    if (wrong !== null) {
      sendError(response, { kind: 'error', status: 400, type: 'invalid_request_error', message: wrong });
      return;
    }
    const reply = rest.shift() ?? { kind: 'error', status: 500, type: 'api_error', message: 'no reply left' };
    if (reply.kind === 'error') sendError(response, reply);
    else send(response, reply, hangs);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    hanging,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/**
 * What the real API refuses in a list of messages: a tool use that is not answered right behind, an answer without its use or behind
 * other content, empty text, and a first message that is not the user's. Null when it takes them.
 * https://docs.claude.com/en/docs/agents-and-tools/tool-use/implement-tool-use
 */
export function faultOf(messages: FakeRequest['body']['messages']): string | null {
  if (messages[0]?.role !== 'user') return 'messages.0: the first message must be of the user';
  const seen = new Set<unknown>();
  for (const [index, { role, content }] of messages.entries()) {
    if (content.length === 0) return `messages.${index}: content is empty`;
    if (content.some((block) => block.type === 'text' && String(block.text).trim() === ''))
      return `messages.${index}: text content blocks must contain non-whitespace text`;
    const before = index === 0 ? [] : (messages[index - 1]?.content ?? []);
    const asked = before.filter(({ type }) => type === 'tool_use').map(({ id }) => id);
    const answered = content.filter(({ type }) => type === 'tool_result').map((block) => block.tool_use_id);
    if (role === 'user' && asked.some((id) => !answered.includes(id)))
      return `messages.${index}: tool_use ids were found without tool_result blocks immediately after`;
    if (answered.some((id) => !asked.includes(id)) || new Set(answered).size !== answered.length)
      return `messages.${index}: unexpected tool_use_id found in tool_result blocks`;
    if (content.slice(0, answered.length).some(({ type }) => type !== 'tool_result'))
      return `messages.${index}: tool_result blocks must come first`;
    for (const block of content) {
      if (block.type !== 'tool_use') continue;
      if (role !== 'assistant' || seen.has(block.id)) return `messages.${index}: tool_use ids must be unique`;
      seen.add(block.id);
    }
  }
  return messages.at(-1)?.content.some(({ type }) => type === 'tool_use') === true
    ? 'the last tool_use is not answered'
    : null;
}

function sendError(response: ServerResponse, reply: Extract<FakeReply, { kind: 'error' }>): void {
  // `retry-after-ms` is what the SDK reads first; it keeps its back-off out of the tests.
  response.writeHead(reply.status, {
    'content-type': 'application/json',
    'retry-after-ms': '1',
    'request-id': 'req_1',
  });
  response.end(JSON.stringify({ type: 'error', error: { type: reply.type, message: reply.message } }));
}

function send(
  response: ServerResponse,
  reply: Extract<FakeReply, { kind: 'message' }>,
  hangs: () => void,
): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': 'req_1' });
  const events = eventsOf(reply);
  for (const [index, event] of events.entries()) {
    if (index === reply.cutAfter) {
      // Only once what came before has left this process.
      response.write(': cut\n\n', () => response.socket?.end(() => response.destroy()));
      return;
    }
    if (index === reply.hangAfter) {
      hangs();
      return;
    }
    if (index === reply.errorAfter) {
      write(response, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });
      response.end();
      return;
    }
    write(response, event);
  }
  response.end();
}

function write(response: ServerResponse, event: ApiEvent): void {
  response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}

interface ApiEvent {
  readonly type: string;
  readonly [key: string]: unknown;
}

function eventsOf(reply: Extract<FakeReply, { kind: 'message' }>): ApiEvent[] {
  const usage = {
    input_tokens: 100,
    output_tokens: 20,
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
  };
  const { output_tokens: output, ...input } = { ...usage, ...reply.usage };
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-test',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...input, output_tokens: 0 },
  };
  return [
    { type: 'message_start', message },
    ...reply.content.flatMap((block, index) => blockEvents(block, index)),
    {
      type: 'message_delta',
      delta: { stop_reason: reply.stop, stop_sequence: null },
      usage: { output_tokens: output },
    },
    { type: 'message_stop' },
  ];
}

function blockEvents(block: FakeBlock, index: number): ApiEvent[] {
  const start = (content: Record<string, unknown>) => ({
    type: 'content_block_start',
    index,
    content_block: content,
  });
  const delta = (part: Record<string, unknown>) => ({ type: 'content_block_delta', index, delta: part });
  const stop = { type: 'content_block_stop', index };
  switch (block.type) {
    case 'text':
      return [
        start({ type: 'text', text: '' }),
        ...pieces(block.text).map((text) => delta({ type: 'text_delta', text })),
        stop,
      ];
    case 'thinking':
      return [
        start({ type: 'thinking', thinking: '', signature: '' }),
        ...pieces(block.thinking).map((thinking) => delta({ type: 'thinking_delta', thinking })),
        delta({ type: 'signature_delta', signature: block.signature }),
        stop,
      ];
    case 'tool_use':
      return [
        start({ type: 'tool_use', id: block.id, name: block.name, input: {} }),
        ...pieces(block.json).map((json) => delta({ type: 'input_json_delta', partial_json: json })),
        stop,
      ];
  }
}

const PIECE_CHARS = 5;

function pieces(text: string): string[] {
  const out: string[] = [];
  for (let at = 0; at < text.length; at += PIECE_CHARS) out.push(text.slice(at, at + PIECE_CHARS));
  return out;
}

/** A reply that says `text` and ends. */
export function says(text: string, stop = 'end_turn'): FakeReply {
  return { kind: 'message', content: [{ type: 'text', text }], stop };
}

/** A reply that asks for tools. */
export function uses(...calls: readonly (readonly [id: string, name: string, input: unknown])[]): FakeReply {
  return {
    kind: 'message',
    content: calls.map(([id, name, input]) => ({ type: 'tool_use', id, name, json: JSON.stringify(input) })),
    stop: 'tool_use',
  };
}
