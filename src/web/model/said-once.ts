// What stands on a card is not said again in the text above it. Whole paragraphs only, and only the very same words: a summary stays.

import type { Finding } from '../../contract/finding.ts';
import type { ConversationView, PhaseView } from './conversation.ts';
import { groundsOf } from './grounds.ts';
import { resultParts } from './results.ts';

/** `text`, a Markdown answer, without the paragraphs that are among `told`. */
export function saidOnce(text: string, told: readonly string[]): string {
  const keys = told.map(keyOf).filter((key) => key !== '');
  if (keys.length === 0) return text;
  let fenced = false;
  return text
    .split('\n\n')
    .filter((paragraph) => {
      const fences = paragraph.match(/^ {0,3}(?:```|~~~)/gm)?.length ?? 0;
      const isText = !fenced && fences === 0;
      if (fences % 2 === 1) fenced = !fenced;
      return !isText || !isTold(paragraph, keys);
    })
    .join('\n\n');
}

/** The sentences that the cards of a phase hold: why a finding is one, why a change was prepared. */
export function toldOnCards(
  view: ConversationView,
  phase: PhaseView,
  findings: readonly Finding[],
): readonly string[] {
  return phase.cards.flatMap((card) => {
    if (card.kind === 'result') {
      const result = view.calls.get(card.call)?.result;
      // The card shows the first finding open; the others are folded.
      return result?.status === 'ok'
        ? resultParts(result.output)
            .findings.slice(0, 1)
            .map(({ explanation }) => explanation)
        : [];
    }
    const proposal = card.kind === 'proposal' ? view.proposals.get(card.id) : undefined;
    if (proposal === undefined) return [];
    const { fix, left } = groundsOf(view, findings, proposal.view);
    return [fix?.why ?? '', left?.text ?? ''];
  });
}

function isTold(paragraph: string, keys: readonly string[]): boolean {
  const key = keyOf(paragraph);
  if (key === '') return false;
  // A long explanation is cut in the text and whole on the card.
  const cut = /…(?:\s*\[ev_[^\]]*\])*\s*$/.test(paragraph);
  return keys.some((one) => one === key || (cut && one.startsWith(key)));
}

/** Letters and digits alone: citations, marks of Markdown and the quotes that replace them say nothing. */
function keyOf(text: string): string {
  return text
    .replace(/\[ev_[^\]]*\]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, '')
    .toLowerCase();
}
