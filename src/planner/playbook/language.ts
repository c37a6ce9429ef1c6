// Questions in other languages than English: which is meant is not understood, and saying so with what was recognised is better than a
// guess that looks like an answer. Only words that English questions about services do not hold count.

import { isOtherLanguage, ownWords } from './tongue.ts';
import { quoted, type View } from './view.ts';

const SHOWN_MAX = 4;

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
  return `Questions are understood in English only; ${named.length === 0 ? 'no name of a service was recognised in this one' : `recognised in this one: ${named.join(', ')}`}.${ownWords(question)}`;
}
