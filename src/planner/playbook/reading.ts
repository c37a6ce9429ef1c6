// One message as words and concepts, with the names taken out: what the rules of intents are asked of.

import type { Entities } from './entities.ts';
import { type Concept, conceptsOf } from './vocabulary.ts';

/** "The sale is over, how is checkout?": a question that follows something else. */
const QUESTION_BEHIND =
  /(?:[,.;:!–-]\s*|\b(?:and|but|so)\s+)(?:who|what|why|when|where|how|which|whose|whats|what's)\b.*\?\s*$/;

export class Reading {
  readonly text: string;
  readonly words: readonly string[];
  readonly entities: Entities;
  /** The first word that is no name. */
  readonly firstWord: string;
  private readonly concepts: ReadonlySet<Concept>;
  private readonly first: ReadonlySet<Concept>;

  constructor(text: string, words: readonly string[], entities: Entities) {
    this.text = text.toLowerCase().replace(/’/g, "'");
    this.words = words;
    this.entities = entities;
    // Words inside names say nothing about the intent: "my-web-service" is not the word "service".
    const names = new Set(
      entities.names.flatMap((name) => name.text.toLowerCase().match(/[a-z0-9][a-z0-9'-]*/g) ?? []),
    );
    const plain = words.filter((word) => !names.has(word));
    this.concepts = new Set(plain.flatMap((word) => conceptsOf(word)));
    this.firstWord = plain[0] ?? '';
    this.first = new Set(conceptsOf(this.firstWord));
  }

  /** Any word of the message stands for one of `concepts`. */
  has(...concepts: readonly Concept[]): boolean {
    return concepts.some((concept) => this.concepts.has(concept));
  }

  /** The first word that is no name does. */
  startsWith(...concepts: readonly Concept[]): boolean {
    return concepts.some((concept) => this.first.has(concept));
  }

  /** The whole message, in lower case, matches. */
  says(pattern: RegExp): boolean {
    return pattern.test(this.text);
  }

  /** A question or a request to look, never an order to change something. */
  asks(): boolean {
    if (this.says(QUESTION_BEHIND)) return true;
    return this.says(
      /^(?:does|do|did|is|are|was|were|has|have|had|can|could|should|would|will|may|check|chekc|chcek|verify|test|see|find|look|tell|explain|whether|if|what|what's|whats|which|why|how|how's|hows|when|where|who|who's|show|list|display|give me|get me|print|any)\b/,
    );
  }

  get isEmpty(): boolean {
    return this.words.length === 0;
  }
}
