// The templates of a log: lines of one wording and one gravity, with where they differ as `<*>`. At first only values make no difference;
// the more templates there are, the more words may differ too, and when there is no room left, lines are only counted. So a log of any
// length and any content makes a bounded number of templates, and the counts of all of them add up to its lines.

import { type LogLevel, levelOf } from '../facts/log-lines.ts';
import { shapeOf, WILDCARD } from './line-shape.ts';

export interface LogTemplate {
  readonly level: LogLevel;
  /** The wording, `<*>` where lines differ. */
  readonly text: string;
  /** Records: lines that began one. */
  readonly count: number;
  /** All lines, those of stack traces too. */
  readonly lines: number;
  /** Milliseconds since the epoch of the first and the last; 0 when the lines had no time. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** The first line of this kind as it was. */
  readonly example: string;
  /** The stack trace of the first one that had any. */
  readonly trace: readonly string[];
}

/** A template while lines are still counted into it. */
export type GrowingTemplate = { -readonly [K in keyof LogTemplate]: LogTemplate[K] } & {
  trace: string[];
  tokens: string[];
};

export interface TemplateSet {
  /** The template for a line of this text, which has no control characters; never throws. */
  place(text: string): GrowingTemplate;
  /** Puts a template of another set among these; it may be joined with one that is there. */
  add(template: LogTemplate): void;
  /** All, the gravest first, else in the order of their first lines. */
  all(): LogTemplate[];
}

/** How many templates a level may have. */
export const TEMPLATES_MAX: Readonly<Record<LogLevel, number>> = { error: 400, warn: 200, info: 400 };
/** What lines are counted under when their level has no room left. */
export const OTHER_LINES = '(other lines)';
/** Up to here only values differ within a template. */
const EXACT_TEMPLATES = 32;
const TOKENS_MAX = 128;
const KNOWN_SHAPES = 8_192;
const EXAMPLE_CHARS = 600;

export function createTemplateSet(): TemplateSet {
  const templates: Record<LogLevel, GrowingTemplate[]> = { error: [], warn: [], info: [] };
  const others = new Map<LogLevel, GrowingTemplate>();
  const known = new Map<string, GrowingTemplate>();

  function find(level: LogLevel, shape: string): GrowingTemplate | undefined {
    if (shape === OTHER_LINES) return others.get(level);
    const found = known.get(`${level} ${shape}`) ?? similar(templates[level], tokensOf(shape), level);
    if (found !== undefined) remember(level, shape, found);
    return found;
  }

  function remember(level: LogLevel, shape: string, template: GrowingTemplate): void {
    if (known.size >= KNOWN_SHAPES) known.clear();
    known.set(`${level} ${shape}`, template);
  }

  function create(level: LogLevel, shape: string, example: string): GrowingTemplate {
    const list = templates[level];
    if (shape !== OTHER_LINES && list.length < TEMPLATES_MAX[level]) {
      const made = emptyTemplate(level, shape, example);
      list.push(made);
      remember(level, shape, made);
      return made;
    }
    const other = others.get(level) ?? emptyTemplate(level, OTHER_LINES, example);
    others.set(level, other);
    return other;
  }

  return {
    place(text) {
      const level = levelOf(text);
      const shape = shapeOf(text);
      return find(level, shape) ?? create(level, shape, text.slice(0, EXAMPLE_CHARS));
    },
    add(template) {
      const { level, text, example } = template;
      const into = find(level, text) ?? create(level, text, example);
      into.count += template.count;
      into.lines += template.lines;
      into.firstMs = Math.min(into.firstMs, template.firstMs);
      into.lastMs = Math.max(into.lastMs, template.lastMs);
      if (into.trace.length === 0) into.trace = [...template.trace];
    },
    all: () =>
      (['error', 'warn', 'info'] as const).flatMap((level) => {
        const other = others.get(level);
        return [...templates[level], ...(other === undefined ? [] : [other])].map(finished);
      }),
  };
}

/**
 * Joins templates that are alike by now, such as those of several streams; folding again changes nothing. Templates widen while lines
 * come in, so that two which were different when the second began may have become one.
 */
export function foldTemplates(templates: readonly LogTemplate[]): LogTemplate[] {
  let folded = [...templates];
  // Every round but the last has fewer templates than the one before.
  for (;;) {
    const set = createTemplateSet();
    for (const template of folded) set.add(template);
    const next = set.all();
    if (next.length === folded.length && next.every((one, index) => one.text === folded[index]?.text))
      return next;
    folded = next;
  }
}

/** What `now` says and `before` does not, the gravest first. A widened template covers whatever fits into it. */
export function newTemplates(now: readonly LogTemplate[], before: readonly LogTemplate[]): LogTemplate[] {
  const old = before.map(({ level, text }) => ({ level, tokens: tokensOf(text) }));
  return now.filter(({ level, text }) => {
    const tokens = tokensOf(text);
    return !old.some((one) => one.level === level && covers(one.tokens, tokens));
  });
}

function covers(wide: readonly string[], narrow: readonly string[]): boolean {
  return (
    wide.length === narrow.length &&
    wide.every((token, index) => token === narrow[index] || isWild(token) || isWild(narrow[index]))
  );
}

function emptyTemplate(level: LogLevel, shape: string, example: string): GrowingTemplate {
  return {
    level,
    text: shape,
    tokens: tokensOf(shape),
    count: 0,
    lines: 0,
    firstMs: Number.POSITIVE_INFINITY,
    lastMs: 0,
    example,
    trace: [],
  };
}

function finished({ tokens: _, ...template }: GrowingTemplate): LogTemplate {
  return { ...template, trace: [...template.trace] };
}

/** The words of a shape, each with the mark behind it, so that together they are the shape again. */
function tokensOf(shape: string): string[] {
  const tokens = shape.split(/(?<=[ ,:=])/, TOKENS_MAX + 1);
  return tokens.length <= TOKENS_MAX ? tokens : [...tokens.slice(0, TOKENS_MAX - 1), WILDCARD];
}

function isWild(token: string | undefined): boolean {
  return token !== undefined && token.length <= WILDCARD.length + 1 && token.startsWith(WILDCARD);
}

/** The template that `tokens` fit best, which is widened to take them; undefined when none is close enough. */
function similar(
  templates: readonly GrowingTemplate[],
  tokens: readonly string[],
  level: LogLevel,
): GrowingTemplate | undefined {
  const allowed = differencesAllowed(templates.length, tokens.length, level);
  let best: GrowingTemplate | undefined;
  let least = allowed + 1;
  for (const template of templates) {
    const differing = differences(template.tokens, tokens, least);
    if (differing >= least) continue;
    best = template;
    least = differing;
    if (differing === 0) break;
  }
  if (best !== undefined && least > 0) widen(best, tokens);
  return best;
}

function differencesAllowed(templates: number, tokens: number, level: LogLevel): number {
  if (templates < EXACT_TEMPLATES) return 0;
  return Math.floor(tokens / (templates < TEMPLATES_MAX[level] ? 4 : 2));
}

/** In how many places the lines differ, counted up to `most`. A `<*>` of the template differs from nothing. */
function differences(template: readonly string[], tokens: readonly string[], most: number): number {
  if (template.length !== tokens.length) return most;
  let count = 0;
  for (let at = 0; at < tokens.length && count < most; at += 1)
    if (template[at] !== tokens[at] && !isWild(template[at])) count += 1;
  return count;
}

function widen(template: GrowingTemplate, tokens: readonly string[]): void {
  template.tokens = template.tokens.map((token, index) =>
    token === tokens[index] || isWild(token) ? token : WILDCARD + (/[ ,:=]$/.exec(token)?.[0] ?? ''),
  );
  template.text = template.tokens.join('');
}
