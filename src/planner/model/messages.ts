// A transcript as the Messages API takes it. Steps the model wrote are sent back unchanged, results are fenced and the
// newest are kept whole. The same transcript always gives the same bytes, so that the prompt cache keeps its prefix.

import type { ContentBlockParam, MessageParam } from '@anthropic-ai/sdk/resources/messages/messages';
import type { Json } from '../../kernel/canonical-json.ts';
import type { TranscriptItem } from '../port.ts';
import { type CallResult, fenced, isError, noted, sizeOf } from './fence.ts';

export interface MessageOptions {
  readonly model: string;
  /** Characters of text and results that are sent; the oldest give way first. */
  readonly budgetChars: number;
  /** A last remark, behind the cached part because it changes every time. */
  readonly remark: string;
}

/** A step as the model wrote it, stored with the conversation. */
export interface StoredStep {
  readonly v: 1;
  readonly model: string;
  readonly content: readonly ContentBlockParam[];
}

/** The step a model wrote, or null when code or another planner made it. */
export function storedStep(raw: Json): StoredStep | null {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return null;
  if (!('v' in raw) || raw.v !== 1 || !('content' in raw) || !Array.isArray(raw.content)) return null;
  // Only this folder writes such steps, from the blocks the SDK returned; the store keeps them byte for byte.
  return raw as unknown as StoredStep;
}

/** The messages of a request. Begins and ends with a user message; every tool use is answered right behind it. */
export function messagesOf(transcript: readonly TranscriptItem[], options: MessageOptions): MessageParam[] {
  const kept = newestTurns(transcript, options.budgetChars);
  const whole = wholeResults(kept, options.budgetChars / 2);
  const results = new Map(
    kept.flatMap((item) => (item.kind === 'result' ? [[item.call, item.result] as const] : [])),
  );
  const messages: MessageParam[] = [];
  if (kept.length < transcript.length) add(messages, 'user', [text(noted('Earlier turns are left out.'))]);
  for (const item of kept) {
    if (item.kind === 'person') add(messages, 'user', [text(item.text)]);
    if (item.kind === 'note') add(messages, 'user', [text(noted(item.text))]);
    if (item.kind !== 'planner') continue;
    const answered = item.calls.map((call) => ({ call, result: results.get(call.id) ?? null }));
    addStep(messages, { item, answered, whole, model: options.model });
  }
  return withCacheMark(messages, options.remark);
}

interface Step {
  readonly item: Extract<TranscriptItem, { kind: 'planner' }>;
  readonly answered: readonly CallResult[];
  readonly whole: ReadonlySet<string>;
  readonly model: string;
}

/** A step the model wrote goes back as it was, its results right behind it. */
function addStep(messages: MessageParam[], { item, answered, whole, model }: Step): void {
  if (item.calls.length === 0) {
    add(messages, 'assistant', [text(item.text)]);
    return;
  }
  const texts = answered.map((one) => fenced(one, !whole.has(one.call.id)));
  const stored = storedStep(item.raw);
  const uses = stored?.content.filter((block) => block.type === 'tool_use') ?? [];
  // A step made by code has no tool use to answer: its results stand in the conversation as data.
  if (stored === null || uses.length !== item.calls.length) {
    add(messages, 'user', texts.map(text));
    return;
  }
  add(messages, 'assistant', replayed(stored, model));
  add(
    messages,
    'user',
    uses.map((use, index) => ({
      type: 'tool_result',
      tool_use_id: use.id,
      content: texts[index] ?? '',
      ...(isError(answered[index]?.result ?? null) ? { is_error: true } : {}),
    })),
  );
}

/** A step's own blocks. Thinking is signed for the model that wrote it; another model gets the step without. */
function replayed(stored: StoredStep, model: string): ContentBlockParam[] {
  const own = stored.model === model;
  return stored.content.filter(
    (block) => own || (block.type !== 'thinking' && block.type !== 'redacted_thinking'),
  );
}

function text(content: string): ContentBlockParam {
  // The API refuses empty text blocks.
  return { type: 'text', text: content.trim() === '' ? '(empty)' : content };
}

function add(
  messages: MessageParam[],
  role: 'user' | 'assistant',
  content: readonly ContentBlockParam[],
): void {
  if (content.length === 0) return;
  const last = messages.at(-1);
  if (last?.role === role && Array.isArray(last.content)) last.content.push(...content);
  else messages.push({ role, content: [...content] });
}

/** The newest whole turns that fit; the running one always stays. */
function newestTurns(transcript: readonly TranscriptItem[], budgetChars: number): readonly TranscriptItem[] {
  let spent = 0;
  let from = transcript.length;
  for (let index = transcript.length - 1; index >= 0; index--) {
    const item = transcript[index];
    if (item === undefined) break;
    spent += item.kind === 'result' ? 0 : item.text.length;
    if (spent > budgetChars && from < transcript.length) break;
    if (item.kind === 'person') from = index;
  }
  return transcript.slice(from === transcript.length ? 0 : from);
}

/** Calls whose results are sent whole, newest first until the budget is spent. */
function wholeResults(transcript: readonly TranscriptItem[], budgetChars: number): ReadonlySet<string> {
  const whole = new Set<string>();
  let spent = 0;
  for (const item of [...transcript].reverse()) {
    if (item.kind !== 'result') continue;
    spent += sizeOf(item.result);
    if (spent > budgetChars && whole.size > 0) break;
    whole.add(item.call);
  }
  return whole;
}

/** The mark stands on the last block that the next request will repeat unchanged. */
function withCacheMark(messages: MessageParam[], remark: string): MessageParam[] {
  const last = messages.at(-1);
  if (last !== undefined && last.role === 'user' && Array.isArray(last.content)) {
    const block = last.content.at(-1);
    if (block?.type === 'text' || block?.type === 'tool_result') {
      last.content[last.content.length - 1] = { ...block, cache_control: { type: 'ephemeral' } };
    }
  }
  add(messages, 'user', [text(noted(remark))]);
  return messages;
}
