// A paragraph that stands on a card is left out of the text beside it; everything else stays as it was written.

import { describe, expect, it } from 'vitest';
import { conversationView } from '../../../src/web/model/conversation.ts';
import { findingsOf } from '../../../src/web/model/current.ts';
import { saidOnce, toldOnCards } from '../../../src/web/model/said-once.ts';
import { waitingIncident } from '../support/incident.ts';

const why = 'Group sg-1 lets `tcp/443` out, and nothing else. See https://example.org <now>.';

describe('a paragraph that stands on a card', () => {
  it.each([
    `${why} [ev_A, ev_B]`,
    "Group sg-1 lets 'tcp/443' out, and nothing else. See https[:]//example.org 'now'. [ev_A]",
    'Group sg-1 lets tcp/443 out, and nothing else. See… [ev_A]',
  ])('is left out: %s', (paragraph) => {
    expect(saidOnce(`**The cause.** [ev_A]\n\n${paragraph}\n\nShall I?`, [why])).toBe(
      '**The cause.** [ev_A]\n\nShall I?',
    );
  });

  it.each([
    `${why} And more. [ev_A]`,
    `\`\`\`\nfirst\n\n${why}\n\`\`\``,
    'Group sg-1 lets tcp/443 out. [ev_A]',
    `- ${why}\n- and another`,
  ])('stays where it is more, less or something else: %s', (text) => {
    expect(saidOnce(text, [why, ''])).toBe(text);
  });

  it('is why a finding is one, and why a change was prepared', () => {
    const view = conversationView(waitingIncident(1_800_000_000_000).events);
    const findings = findingsOf(view);
    const [asked, , ordered] = view.turns;
    expect(toldOnCards(view, asked!.phases[0]!, findings)).toEqual([findings[0]?.explanation]);
    expect(toldOnCards(view, ordered!.phases[0]!, findings)).toContain(
      'The smallest rule that opens the path.',
    );
  });
});
