// List prices of Claude models in US dollars per million tokens, for the cost shown with a turn.
// Source: https://platform.claude.com/docs/en/about-claude/pricing. A model that is not listed has no known cost.

/** When the table was last compared with its source. */
export const PRICES_AS_OF = '2026-10-10';

export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  /** Reading a token from the prompt cache. */
  readonly cacheRead: number;
}

/** Writing a token to the five-minute prompt cache costs this much more than reading it in. */
const CACHE_WRITE_FACTOR = 1.25;

/** Longest matching prefix wins, so that dated model names find their family. */
const prices: Readonly<Record<string, ModelPrice>> = {
  'claude-fable-5-1': { input: 10, output: 50, cacheRead: 0.25 },
  'claude-mythos-5-1': { input: 10, output: 50, cacheRead: 0.25 },
  'claude-fable-5': { input: 10, output: 50, cacheRead: 1 },
  'claude-mythos-5': { input: 10, output: 50, cacheRead: 1 },
  'claude-opus-5-5': { input: 4, output: 20, cacheRead: 0.2 },
  'claude-opus-5': { input: 5, output: 25, cacheRead: 0.5 },
  'claude-opus-4-8': { input: 5, output: 25, cacheRead: 0.5 },
  'claude-opus-4-7': { input: 5, output: 25, cacheRead: 0.5 },
  'claude-opus-4-6': { input: 5, output: 25, cacheRead: 0.5 },
  'claude-opus-4-5': { input: 5, output: 25, cacheRead: 0.5 },
  'claude-sonnet-5': { input: 2, output: 10, cacheRead: 0.2 },
  'claude-sonnet-4-6': { input: 3, output: 15, cacheRead: 0.3 },
  'claude-sonnet-4-5': { input: 3, output: 15, cacheRead: 0.3 },
  'claude-haiku-4-5': { input: 1, output: 5, cacheRead: 0.1 },
};

export interface TokenCounts {
  /** Read in at the full price. */
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** Cost in US dollars; null for a model whose price is not known. */
export function costUsd(model: string, tokens: TokenCounts): number | null {
  const name = model.replace(/^(?:[a-z]{2,6}\.)?anthropic\./, '');
  const known = Object.keys(prices)
    .filter(
      (prefix) =>
        name === prefix || (name.startsWith(`${prefix}-`) && !/^-\d-|^-\d$/.test(name.slice(prefix.length))),
    )
    .sort((a, b) => b.length - a.length)[0];
  const price = known === undefined ? undefined : prices[known];
  if (price === undefined) return null;
  const perMillion =
    tokens.input * price.input +
    tokens.cacheWrite * price.input * CACHE_WRITE_FACTOR +
    tokens.cacheRead * price.cacheRead +
    tokens.output * price.output;
  return perMillion / 1_000_000;
}
