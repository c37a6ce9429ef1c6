// Questions in other languages than English: which is meant is not understood, and saying so with what was recognised is better than a
// guess that looks like an answer. Only words that English questions about services do not hold count.

import { quoted, type View } from './view.ts';

/** Frequent words of German, French, Spanish, Italian, Portuguese and Dutch that are no English word or name of this field. */
const WORDS = new Set(
  `warum wieso weshalb wie geht ist nicht kein keine der das und oder mein meine dienst läuft startet zeig zeige mir bitte welche ungesund kaputt
  pourquoi mon mes ne pas les est une quel quelle marche sont dans montre
  por qué porque cómo funciona está mi los las del muéstrame cuál servicio
  perché mio non funziona sono mostra quale della
  não meu minha está quais serviço você
  waarom hoe mijn niet werkt een welke laat zien`.split(/\s+/),
);
const LETTERS_BEYOND = /[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/gu;
/** One such word can be a name; two are a sentence. */
const WORDS_MIN = 2;
const SHOWN_MAX = 4;

/** True for a message that is written in another language than English, as far as its words tell. */
export function isOtherLanguage(message: string): boolean {
  const beyond = message.match(LETTERS_BEYOND) ?? [];
  if (beyond.length >= WORDS_MIN) return true;
  const words = message.toLowerCase().match(/[\p{L}'-]+/gu) ?? [];
  return words.filter((word) => WORDS.has(word)).length >= WORDS_MIN;
}

/** The sentence before an answer to such a message, with the names that were recognised in it; empty for English. */
export function languageNote({ question, intent, context }: View): string {
  if (!isOtherLanguage(question)) return '';
  const lower = question.toLowerCase();
  const known = context.known.flatMap(({ service, cluster }) => [service, cluster]);
  const { names, groupIds, taskIds } = intent.entities;
  const certain = names.filter(({ sure, text }) => sure && /[-\d]/.test(text)).map(({ text }) => text);
  const found = [...known, ...certain, ...groupIds, ...taskIds].filter((name) =>
    lower.includes(name.toLowerCase()),
  );
  const named = [...new Set(found)].slice(0, SHOWN_MAX).map((name) => quoted(name, 100));
  return `Questions are understood in English only; ${named.length === 0 ? 'no name of a service was recognised in this one' : `recognised in this one: ${named.join(', ')}`}.`;
}
