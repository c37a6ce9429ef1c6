// Conversations: the list, one with its events, messages in, the stop button, and the stream of events.

import { z } from 'zod';
import { conversationDetail, conversationPage, messageAccepted, messageRequest } from '../../contract/api.ts';
import type { ChatEvent } from '../../contract/chat.ts';
import { fail } from '../../contract/errors.ts';
import { forReaders, streamEvents } from '../event-stream.ts';
import { type AnyRoute, defineRoute, type RouteCall } from './route.ts';
import type { HubServices } from './services.ts';
import { cursor, done, idParams, noBody, nothing, pageSize, seq } from './shapes.ts';

const PAGE = 1_000;

export function conversationRoutes(services: HubServices): AnyRoute[] {
  return [...readingRoutes(services), ...speakingRoutes(services)];
}

function readingRoutes(services: HubServices): AnyRoute[] {
  const { store } = services;
  return [
    defineRoute({
      method: 'GET',
      path: '/conversations',
      summary: 'Conversations, newest first.',
      access: 'viewer',
      params: nothing,
      query: z.strictObject({ cursor, limit: pageSize(50) }),
      body: noBody,
      response: conversationPage,
      handle: ({ query }) => store.conversations(query.cursor ?? null, query.limit),
    }),
    defineRoute({
      method: 'GET',
      path: '/conversations/:id',
      summary: 'A conversation with its events so far.',
      access: 'viewer',
      params: idParams,
      query: nothing,
      body: noBody,
      response: conversationDetail,
      async handle({ params }) {
        const conversation = await known(services, params.id);
        return { conversation, events: (await allEvents(services, params.id)).map(forReaders) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/conversations/:id/events',
      summary:
        'Events as Server-Sent Events; goes on after Last-Event-ID or ?after=. Text that streams comes without an id.',
      access: 'viewer',
      params: idParams,
      query: z.strictObject({ after: seq.optional() }),
      body: noBody,
      response: 'text/event-stream',
      handle: (call) => openEventStream(services, call),
    }),
  ];
}

function speakingRoutes({ conversations }: HubServices): AnyRoute[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/conversations',
      summary: 'Start a conversation with its first message.',
      access: 'operator',
      params: nothing,
      query: nothing,
      body: messageRequest,
      response: messageAccepted,
      handle: ({ body, identity }) => conversations.start(identity.person, body),
    }),
    defineRoute({
      method: 'POST',
      path: '/conversations/:id/messages',
      summary: 'Send a message; refused while the last one is being answered.',
      access: 'operator',
      params: idParams,
      query: nothing,
      body: messageRequest,
      response: messageAccepted,
      handle: ({ params, body, identity }) => conversations.send(identity.person, params.id, body),
    }),
    defineRoute({
      method: 'POST',
      path: '/conversations/:id/stop',
      summary: 'Stop the running turn.',
      access: 'operator',
      params: idParams,
      query: nothing,
      body: noBody,
      response: done,
      async handle({ params }) {
        await conversations.stop(params.id);
        return {};
      },
    }),
  ];
}

type StreamCall = RouteCall<{ id: string }, { after?: number | undefined }, unknown>;

async function openEventStream(services: HubServices, call: StreamCall): Promise<unknown> {
  const { params, query, request, reply, identity } = call;
  await known(services, params.id);
  const release = services.streams.take(identity.person.id);
  // The browser's own resumption is newer than the address it first opened.
  const last = seq.safeParse(request.headers['last-event-id']);
  reply.hijack();
  const response = reply.raw;
  response.writeHead(200, {
    ...headersOf(reply.getHeaders()),
    'content-type': 'text/event-stream; charset=utf-8',
    'x-accel-buffering': 'no',
  });
  try {
    await streamEvents({
      response,
      conversation: params.id,
      after: last.success && request.headers['last-event-id'] !== undefined ? last.data : (query.after ?? 0),
      feed: services.feed,
      clock: services.clock,
      closing: services.closing,
      read: (after, limit) => services.store.events(params.id, after, limit),
      mayGoOn: async () => (await services.auth.identify(request.headers)) !== null,
    });
  } finally {
    release();
  }
  return reply;
}

function headersOf(
  headers: Record<string, number | string | string[] | undefined>,
): Record<string, number | string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}

async function known(services: HubServices, id: string) {
  const conversation = await services.store.conversation(id);
  if (conversation === null) throw fail('conversation-unknown', { id });
  return conversation;
}

async function allEvents(services: HubServices, id: string): Promise<ChatEvent[]> {
  const all: ChatEvent[] = [];
  for (;;) {
    const page = await services.store.events(id, all.at(-1)?.seq ?? 0, PAGE);
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}
