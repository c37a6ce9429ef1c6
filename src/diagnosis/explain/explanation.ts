// Reads one message of ECS, AWS, Docker or an application and ranks the causes it points to. Pure: text in, explanation out.
// Text alone proves nothing, so every cause comes with the state that would decide, and with whether the text can tell at all.

import type { CauseClass } from '../../contract/finding.ts';
import { harmless } from '../../kernel/harmless.ts';
import { causeNotes } from './cause-table.ts';
import { EXPLAIN_CHARS_MAX, type PlainText, plainText, unwrapped } from './plain-text.ts';
import { fallbackScores, type Score, scores, toldScores, topicScores } from './scores/all-scores.ts';
import { type SignalName, signals } from './signals/all-signals.ts';
import { everyday, isTechnical } from './technical.ts';

export interface Candidate {
  readonly class: CauseClass;
  /** 0 to 1: how strongly the words point to this cause. No probability. */
  readonly confidence: number;
  readonly why: string;
  /** What to look at: an API or tool and the deciding field. */
  readonly confirmWith: readonly string[];
}

export interface Explanation {
  readonly text: string;
  /** Best first, at least one; `unknown` alone when nothing was recognised. */
  readonly candidates: readonly Candidate[];
  /** False when several causes word themselves like this, or none was recognised. */
  readonly decidable: boolean;
}

const CANDIDATES_MAX = 7;
const CONFIDENCE_MIN = 0.12;
const CONFIDENCE_MAX = 0.95;
/** A candidate much weaker than the first is noise. */
const SHARE_OF_FIRST_MIN = 0.3;
/** Below this the combinations of signals have not spoken, and single signals are asked. */
const SPOKEN_FROM = 0.3;
/** The text decides when its first candidate is at least this strong and this far ahead. */
const DECIDES_FROM = 0.6;
const DECIDES_AHEAD = 0.2;
/** What a further score for the same cause adds to what is still missing. */
const SUPPORT_SHARE = 0.2;
/** What is left of a candidate when the text may be about anything. */
const EVERYDAY_SHARE = 0.5;
/** Longest text in which sentences of people are looked for; longer ones are logs, and machines have words of their own. */
const TOLD_CHARS_MAX = 2_000;
const QUOTE_CHARS_MAX = 80;

/**
 * The causes `text` points to. Reads at most 64 KiB and takes time in proportion to the length. Never throws.
 */
export function explainText(text: string): Explanation {
  const plain = plainText(text);
  const joined = unwrapped(text);
  const seen = new Seen(joined === null ? [plain] : [plain, joined]);
  const [strongest] = rank(scores, seen);
  const spoken = (strongest?.points ?? 0) >= SPOKEN_FROM;
  const technical =
    isTechnical(plain) || (strongest?.score.when.some((name) => !everyday.has(name)) ?? false);
  const told = technical && plain.lower.length <= TOLD_CHARS_MAX ? toldScores : [];
  const known = rank([...scores, ...told, ...(spoken ? [] : fallbackScores)], seen);
  const quiet = (known[0]?.points ?? 0) < SPOKEN_FROM;
  const ranked =
    quiet && told.length > 0 ? rank([...scores, ...fallbackScores, ...topicScores], seen) : known;
  const first = ranked[0]?.points ?? 0;
  const kept = ranked
    .filter(({ points }) => points >= CONFIDENCE_MIN && points >= first * SHARE_OF_FIRST_MIN)
    .slice(0, CANDIDATES_MAX);
  const shown = harmless(text.slice(0, EXPLAIN_CHARS_MAX));
  if (kept.length === 0) return { text: shown, candidates: [unrecognised()], decidable: false };
  const second = kept[1]?.points ?? 0;
  return {
    text: shown,
    candidates: kept.map(({ cause, points, score }) => ({
      class: cause,
      confidence: Math.round(Math.min(points, CONFIDENCE_MAX) * (technical ? 1 : EVERYDAY_SHARE) * 100) / 100,
      why: whyOf(cause, score, seen),
      confirmWith: causeNotes[cause].confirmWith,
    })),
    decidable: technical && first >= DECIDES_FROM && first - second >= DECIDES_AHEAD,
  };
}

interface Ranked {
  readonly cause: CauseClass;
  readonly points: number;
  readonly score: Score;
}

/** The causes that the scores of `table` give to what was seen, strongest first. */
function rank(table: readonly Score[], seen: Seen): Ranked[] {
  const best = new Map<CauseClass, Ranked>();
  for (const score of table) {
    if (!score.when.every((name) => seen.has(name)) || score.unless.some((name) => seen.has(name))) continue;
    for (const [cause, points] of score.points) {
      const before = best.get(cause);
      const now = { cause, points, score };
      best.set(cause, before === undefined ? now : together(before, now));
    }
  }
  return [...best.values()].sort((a, b) => b.points - a.points);
}

/** Two scores for one cause: the stronger counts and gives the reason, the weaker supports it a little. */
function together(a: Ranked, b: Ranked): Ranked {
  const [strong, weak] = a.points >= b.points ? [a, b] : [b, a];
  return { ...strong, points: strong.points + (1 - strong.points) * SUPPORT_SHARE * weak.points };
}

function whyOf(cause: CauseClass, score: Score, seen: Seen): string {
  const clauses = score.when.map((name) => `${signals[name][0]} ("${seen.quote(name)}")`);
  return `Points to ${causeNotes[cause].noun}: ${clauses.join(', and ')}.`;
}

function unrecognised(): Candidate {
  return {
    class: 'unknown',
    confidence: 0.05,
    why: 'Points to nothing known: none of the words of ECS, AWS, Docker or a failing program was recognised.',
    confirmWith: causeNotes.unknown.confirmWith,
  };
}

/** The signals of one text, each looked for once. */
class Seen {
  private readonly readings: readonly PlainText[];
  private readonly found = new Map<SignalName, string | null>();

  /** `readings`: the text in the ways it can be read; the first that holds a signal counts. */
  constructor(readings: readonly PlainText[]) {
    this.readings = readings;
  }

  has(name: SignalName): boolean {
    return this.words(name) !== null;
  }

  quote(name: SignalName): string {
    const words = this.words(name)?.trim() ?? '';
    return harmless(words.length > QUOTE_CHARS_MAX ? `${words.slice(0, QUOTE_CHARS_MAX - 1)}…` : words);
  }

  /** The words that give the signal, in their own writing. */
  private words(name: SignalName): string | null {
    const known = this.found.get(name);
    if (known !== undefined) return known;
    let words: string | null = null;
    for (const { lower, shown } of this.readings) {
      const match = signals[name][1].exec(lower);
      if (match === null) continue;
      words = shown.slice(match.index, match.index + match[0].length);
      break;
    }
    this.found.set(name, words);
    return words;
  }
}
