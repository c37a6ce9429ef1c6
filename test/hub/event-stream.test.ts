// The stream of a conversation: exactly the events after a number, in order, whoever reads how slowly.

import { createParser } from 'eventsource-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningHub } from '../../src/hub/compose.ts';
import { limits } from '../../src/kernel/limits.ts';
import { Client, echo, ended, openHub, puppet, tempDir } from './support/house.ts';

let hub: RunningHub;
let temp: ReturnType<typeof tempDir>;
let client: Client;
let release: () => void = () => {};

beforeAll(async () => {
  temp = tempDir();
  const planner = puppet(async (request) => {
    const asked = request.transcript.findLast((item) => item.kind === 'person');
    if (asked?.kind === 'person' && asked.text === 'slowly') {
      request.onText('One ');
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      request.onText('two.');
      return { answer: '' };
    }
    if (asked?.kind === 'person' && asked.text === 'call') {
      const called = request.transcript.some((item) => item.kind === 'result');
      return called ? { answer: 'Called.' } : { calls: [{ tool: 'ecs_list_clusters', input: {} }] };
    }
    return echo.step(request).then((step) => ({ answer: step.text }));
  });
  hub = await openHub(temp.dir, { planner });
  client = new Client(hub);
});

afterAll(async () => {
  await hub.close();
  temp.remove();
});

interface Frame {
  readonly id: string | undefined;
  readonly data: {
    readonly type: string;
    readonly seq?: number;
    readonly text?: string;
    readonly raw?: unknown;
  };
}

async function open(conversation: string, options: { after?: number; last?: string } = {}) {
  const abort = new AbortController();
  const query = options.after === undefined ? '' : `?after=${options.after}`;
  const response = await fetch(`${hub.url}/api/v1/conversations/${conversation}/events${query}`, {
    signal: abort.signal,
    headers: {
      authorization: `Bearer ${hub.operatorToken}`,
      ...(options.last === undefined ? {} : { 'last-event-id': options.last }),
    },
  });
  const frames: Frame[] = [];
  const parser = createParser({
    onEvent: (event) => frames.push({ id: event.id, data: JSON.parse(event.data) }),
  });
  let wake = (): void => {};
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      parser.feed(decoder.decode(chunk, { stream: true }));
      wake();
    }
  })().catch(() => {});
  return {
    status: response.status,
    frames,
    async until(reached: () => boolean): Promise<void> {
      while (!reached()) await new Promise<void>((resolve) => (wake = resolve));
    },
    async close(): Promise<void> {
      abort.abort();
      await reading;
    },
    ended: reading,
  };
}

describe('the event stream', () => {
  it('sends every event with its number, then what is new', async () => {
    const { conversation, turn } = await client.ask('hello');
    await client.until(conversation, ended(turn));
    const stream = await open(conversation);
    const before = await client.events(conversation);
    await stream.until(() => stream.frames.length >= before.length);
    const next = await client.ask('again', conversation);
    const after = await client.until(conversation, ended(next.turn));
    await stream.until(
      () =>
        stream.frames.at(-1)?.data.type === 'turn.ended' &&
        stream.frames.filter((frame) => frame.id !== undefined).length === after.length,
    );
    const numbered = stream.frames.filter((frame) => frame.id !== undefined);
    expect(numbered.map((frame) => frame.data.seq)).toEqual(after.map((event) => event.seq));
    expect(numbered.map((frame) => frame.id)).toEqual(after.map((event) => String(event.seq)));
    await stream.close();
  });

  it('goes on exactly after the number a reader names, by either way', async () => {
    const { conversation, turn } = await client.ask('hello');
    const events = await client.until(conversation, ended(turn));
    for (let seen = 0; seen < events.length; seen++) {
      for (const options of [{ after: seen }, { last: String(seen) }, { after: 0, last: String(seen) }]) {
        const stream = await open(conversation, options);
        await stream.until(() => stream.frames.length === events.length - seen);
        expect(stream.frames.map((frame) => frame.data.seq)).toEqual(
          events.slice(seen).map((event) => event.seq),
        );
        await stream.close();
      }
    }
  });

  it('passes on text as it streams, without a number', async () => {
    const { conversation, turn } = await client.ask('slowly');
    const stream = await open(conversation);
    await stream.until(() => stream.frames.length >= 1);
    release();
    await stream.until(() => stream.frames.some((frame) => frame.data.type === 'turn.ended'));
    const deltas = stream.frames.filter((frame) => frame.data.type === 'answer.delta');
    expect(deltas.map((frame) => frame.data.text)).toContain('two.');
    // The parser repeats the last id for a frame that has none of its own.
    expect(stream.frames.filter((frame) => frame.data.seq !== undefined)).toHaveLength(
      (await client.events(conversation)).length,
    );
    expect(turn).toBeTypeOf('string');
    await stream.close();
  });

  it('never carries the private form of a planner, neither here nor in the detail', async () => {
    const { conversation, turn } = await client.ask('call');
    const events = await client.until(conversation, ended(turn));
    const stream = await open(conversation);
    await stream.until(() => stream.frames.length === events.length);
    expect(JSON.stringify([stream.frames, events])).not.toContain('thinking');
    await stream.close();
  });

  it('of a conversation that does not exist is refused', async () => {
    const stream = await open('conv_none');
    expect(stream.status).toBe(404);
    await stream.close();
  });

  it('is bounded per person, and a closed one makes room', async () => {
    const { conversation } = await client.ask('hello');
    const streams = await Promise.all(
      Array.from({ length: limits.http.ssePerPerson }, () => open(conversation)),
    );
    expect(streams.map((stream) => stream.status)).toEqual(streams.map(() => 200));
    expect((await open(conversation)).status).toBe(429);
    await Promise.all(streams.map((stream) => stream.close()));
    let again = await open(conversation);
    for (let tries = 0; again.status === 429 && tries < 100; tries++) again = await open(conversation);
    expect(again.status).toBe(200);
    await again.close();
  });

  it('ends when the hub closes, and the hub does not wait for readers', async () => {
    const own = tempDir();
    const second = await openHub(own.dir);
    const { conversation } = await new Client(second).ask('hello');
    const response = await fetch(`${second.url}/api/v1/conversations/${conversation}/events`, {
      headers: { authorization: `Bearer ${second.operatorToken}` },
    });
    const reading = response.text().catch(() => 'cut');
    await second.close();
    await reading;
    own.remove();
  });
});
