// Questions back and offers about names: the same request, with names that exist spelled out.

import type { Subject } from './context.ts';
import { type Next, say, type View } from './view.ts';

const NAMES_LISTED_MAX = 12;

/** The question back when several services match. */
export function whichOne(view: View, candidates: readonly Required<Subject>[]): Next {
  const shown = candidates.map(({ service, cluster }) => `${service} in ${cluster}`);
  return say(
    `Several services match: ${listed(shown)}. Which one?`,
    candidates.map((one) => rephrased(view, one)),
    'name-ambiguous',
  );
}

/** The question back when no service is named. */
export function whichService(view: View, services: readonly Required<Subject>[]): Next {
  const names = services.map(({ service, cluster }) => `${service} (${cluster})`);
  return say(
    `Which service? There are: ${listed(names)}.`,
    services.map((one) => rephrased(view, one)),
    'name-ambiguous',
  );
}

/** The same request with the name that does not exist replaced by one that does. */
export function corrected(view: View, said: string, name: string, end = ''): string {
  const question = withoutEnd(view.question).replace(/^[a-z]/, (letter) => letter.toUpperCase());
  const at = question.toLowerCase().indexOf(said.toLowerCase());
  if (at < 0) return `${question}: ${name}${end}`;
  const before = question.slice(0, at).replace(/['"“‘`]$/, '');
  const rest = question.slice(at + said.length).replace(/^['"”’`]?(?: cluster\b)?/, '');
  const place = rest.toLowerCase().includes(end.toLowerCase().replace(/[' ]|in /g, '')) ? '' : end;
  return `${before}${name}${rest}${place}`;
}

/** The same request with the names spelled out, so that picking it needs no memory. */
function rephrased(view: View, { service, cluster }: Required<Subject>): string {
  const question = withoutEnd(view.question).replace(/^[a-z]/, (letter) => letter.toUpperCase());
  return `${question}: '${service}' in '${cluster}'`;
}

/** A question without its punctuation, so that names can follow it. */
export function withoutEnd(question: string): string {
  return question
    .trim()
    .replace(/[\s.?!:]+$/, '')
    .slice(0, 200);
}

/** Names in a sentence, as many as one can read. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_LISTED_MAX).join(', ');
  return names.length > NAMES_LISTED_MAX ? `${shown} and ${names.length - NAMES_LISTED_MAX} more` : shown;
}
