// The planner with a model behind it: one request to the Messages API per step, streamed.
// It executes nothing and decides nothing about risk; it returns text and the calls the model asks for.

import type {
  ContentBlock,
  Message,
  MessageParam,
  MessageStreamParams,
} from '@anthropic-ai/sdk/resources/messages/messages';
import type { Usage } from '../../contract/chat.ts';
import { fail } from '../../contract/errors.ts';
import { canonicalJson, type Json } from '../../kernel/canonical-json.ts';
import { isoTime } from '../../kernel/clock.ts';
import { withOpening } from '../opening.ts';
import type { PlannedCall, Planner, PlannerRequest, PlannerStep } from '../port.ts';
import { type ModelClient, type ModelClientOptions, openModelClient } from './client.ts';
import { failureOf, isBrokenStream } from './failure.ts';
import { messagesOf } from './messages.ts';
import { costUsd } from './prices.ts';
import { ANSWER_NOW, placePrompt, SYSTEM_PROMPT } from './prompt.ts';
import { toolSchemas } from './tool-schemas.ts';

export interface ModelPlannerOptions extends ModelClientOptions {
  readonly model: string;
  /** The most tokens one step may write, thinking included. */
  readonly maxTokens: number;
  readonly effort?: 'low' | 'medium' | 'high' | 'xhigh' | 'max';
}

/** Sent of a conversation at most; about a quarter as many tokens. */
const BUDGET_CHARS = 480_000;
/** How often a server may pause a step before it is given up. */
const PAUSES_MAX = 3;

/**
 * A planner that asks a Claude model. Throws `model-unavailable`, `model-refused` or `cancelled`.
 * The SDK is loaded and the client made at the first step.
 */
export function createModelPlanner(options: ModelPlannerOptions): Planner {
  let client: Promise<ModelClient> | undefined;
  return withOpening({
    name: 'model',
    model: options.model,
    step: async (request) => {
      try {
        client ??= openModelClient(options).catch((thrown: unknown) => {
          client = undefined;
          throw thrown;
        });
        return await new ModelStep(options, await client, request).run();
      } catch (thrown) {
        throw request.signal.aborted ? fail('cancelled', {}, thrown) : failureOf(thrown, options.model);
      }
    },
  });
}

/** One step: usually one request; more when the server pauses, the stream breaks or the context is too long. */
class ModelStep {
  private readonly options: ModelPlannerOptions;
  private readonly client: ModelClient;
  private readonly request: PlannerRequest;
  private readonly content: ContentBlock[] = [];
  private readonly tokens = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
  private roundTrips = 0;
  private streamed = false;

  constructor(options: ModelPlannerOptions, client: ModelClient, request: PlannerRequest) {
    this.options = options;
    this.client = client;
    this.request = request;
  }

  async run(): Promise<PlannerStep> {
    let budgetChars = BUDGET_CHARS;
    for (let pauses = 0; pauses <= PAUSES_MAX; ) {
      const message = await this.ask(budgetChars);
      this.count(message);
      switch (message.stop_reason) {
        case 'refusal':
          // What came before a refusal may be cut off, calls above all: none of it is used.
          throw fail('model-refused');
        case 'pause_turn':
          this.content.push(...message.content);
          pauses += 1;
          continue;
        case 'model_context_window_exceeded':
          if (budgetChars < BUDGET_CHARS) throw fail('model-unavailable', { detail: TOO_LONG });
          budgetChars /= 4;
          continue;
        case 'max_tokens':
          this.content.push(...message.content);
          return this.cutOff();
        default:
          this.content.push(...message.content);
          return this.step();
      }
    }
    throw fail('model-unavailable', { detail: 'it paused again and again' });
  }

  private async ask(budgetChars: number): Promise<Message> {
    for (let tries = 1; ; tries++) {
      try {
        const stream = this.client.stream(this.params(budgetChars), this.request.signal);
        stream.on('text', (delta) => {
          this.streamed = true;
          this.request.onText(delta);
        });
        this.roundTrips += 1;
        return await stream.finalMessage();
      } catch (thrown) {
        // Once text has been shown, a second try would show it twice.
        if (tries > 1 || this.streamed || this.request.signal.aborted || !isBrokenStream(thrown))
          throw thrown;
      }
    }
  }

  private params(budgetChars: number): MessageStreamParams {
    const { request, options } = this;
    const answerNow = request.answerNow === true;
    const now = `Now: ${isoTime(request.nowMs)}.`;
    const messages: MessageParam[] = messagesOf(request.transcript, {
      model: options.model,
      budgetChars,
      remark: answerNow ? `${now} ${ANSWER_NOW}` : now,
    });
    if (this.content.length > 0) messages.push({ role: 'assistant', content: this.content });
    return {
      model: options.model,
      max_tokens: options.maxTokens,
      system: [
        { type: 'text', text: SYSTEM_PROMPT },
        {
          type: 'text',
          text: placePrompt(request.account, request.region),
          cache_control: { type: 'ephemeral' },
        },
      ],
      tools: toolSchemas(request.tools),
      tool_choice: { type: answerNow ? 'none' : 'auto' },
      messages,
      ...(options.effort === undefined ? {} : { output_config: { effort: options.effort } }),
    };
  }

  private count({ usage }: Message): void {
    this.tokens.input += usage.input_tokens;
    this.tokens.output += usage.output_tokens;
    this.tokens.cacheRead += usage.cache_read_input_tokens ?? 0;
    this.tokens.cacheWrite += usage.cache_creation_input_tokens ?? 0;
  }

  private step(): PlannerStep {
    const calls = this.request.answerNow === true ? [] : this.calls();
    const said = this.text();
    const { text, suggestions } = calls.length > 0 ? { text: said, suggestions: [] } : withoutOffers(said);
    return { text, calls, raw: this.raw(), suggestions, usage: this.usage() };
  }

  /** The token limit struck. A call at the end may be incomplete, so no call of such a step runs. */
  private cutOff(): PlannerStep {
    const { text } = withoutOffers(this.text());
    const limit = `${this.options.maxTokens} tokens`;
    if (text.trim() === '') throw fail('model-unavailable', { detail: `its step was longer than ${limit}` });
    return {
      text: `${text}\n\nThe answer ends here because it reached the length limit.`,
      calls: [],
      raw: this.raw(),
      suggestions: ['Go on.'],
      usage: this.usage(),
    };
  }

  private calls(): PlannedCall[] {
    return this.content
      .filter((block) => block.type === 'tool_use')
      .map((block) => ({
        id: this.request.newCallId(),
        tool: block.name.slice(0, NAME_CHARS_MAX),
        input: inputOf(block.input),
      }));
  }

  private text(): string {
    return this.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  }

  private raw(): Json {
    // The SDK's blocks are plain JSON data; the round trip drops members that are undefined.
    return JSON.parse(canonicalJson({ v: 1, model: this.options.model, content: this.content })) as Json;
  }

  private usage(): Usage {
    const { input, output, cacheRead, cacheWrite } = this.tokens;
    return {
      planner: 'model',
      model: this.options.model,
      roundTrips: this.roundTrips,
      inputTokens: input + cacheWrite,
      outputTokens: output,
      cacheReadTokens: cacheRead,
      costUsd: costUsd(this.options.model, this.tokens),
    };
  }
}

const TOO_LONG = 'the conversation is too long for this model';
const NAME_CHARS_MAX = 128;
const OFFERS_MAX = 4;
const OFFER_CHARS_MAX = 160;

/** Whatever the model wrote as input; the tool's own schema judges it and the model gets to read the judgement. */
function inputOf(input: unknown): Record<string, Json> {
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
  // The input was parsed from JSON by the SDK, so it is JSON data.
  return isObject ? (input as Record<string, Json>) : { input: (input ?? null) as Json };
}

/** Takes the "→ …" lines at the end of an answer off: they become buttons. */
function withoutOffers(text: string): { text: string; suggestions: string[] } {
  const lines = text.trimEnd().split('\n');
  const offers: string[] = [];
  while (lines.length > 0) {
    const last = lines.at(-1)?.trim() ?? '';
    const offer = /^(?:[-*]\s*)?(?:→|->)\s*(.+)$/.exec(last)?.[1];
    if (offer === undefined && last !== '') break;
    if (offer !== undefined) offers.unshift(offer.replace(/[*_`"]/g, '').slice(0, OFFER_CHARS_MAX));
    lines.pop();
  }
  return offers.length === 0
    ? { text, suggestions: [] }
    : { text: lines.join('\n'), suggestions: offers.slice(0, OFFERS_MAX) };
}
