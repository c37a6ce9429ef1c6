// Which sentences need evidence, and which evidence counts.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markWith, UNSUPPORTED, withoutRepeats } from '../../src/planner/citations.ts';

const support = {
  evidence: new Set(['ev_A', 'ev_B']),
  proposals: 'Allow tcp/5432 from my-web-service tasks to sg-0d55e0931c2b4a567',
};
const mark = (text: string) => markWith(text, support);

describe('claims', () => {
  it.each([
    'my-web-service runs 3 of 4 tasks.',
    'The service is ACTIVE.',
    'Security group sg-0a41f7c2d9e0b1a23 has no such rule.',
    'tcp/5432 is blocked.',
    'The address is 10.0.40.18.',
    'All tasks are healthy.',
    '- running: 3',
    'The role is arn:aws:iam::123456789012:role/x.',
  ])('are marked without evidence: %s', (claim) => {
    expect(mark(claim)).toBe(`${claim}${UNSUPPORTED}`);
    expect(mark(`${claim} [ev_A]`)).toBe(`${claim} [ev_A]`);
    expect(mark(`${claim} [ev_A, ev_B]`)).toBe(`${claim} [ev_A, ev_B]`);
  });

  it('are marked when the evidence is not of this conversation', () => {
    expect(mark('It runs 3 tasks. [ev_FORGED]')).toContain(UNSUPPORTED);
    expect(mark('It runs 3 tasks. [ev_A; ev_B]')).toContain(UNSUPPORTED);
  });

  it('count one by one inside a line', () => {
    expect(mark('It runs 3 tasks [ev_A]. It wants 4. That is all.')).toBe(
      `It runs 3 tasks [ev_A]. It wants 4.${UNSUPPORTED} That is all.`,
    );
  });

  it('in quoted blocks need evidence beside the block', () => {
    expect(mark('The log:\n```\nerror 42\n```\nAnd on.')).toContain(UNSUPPORTED.trim());
    expect(mark('The log: [ev_A]\n```\nerror 42\n```\nAnd on.')).not.toContain(UNSUPPORTED.trim());
  });

  it('about a proposal stand on what the proposal says', () => {
    expect(mark('tcp/5432 to sg-0d55e0931c2b4a567 was allowed.')).not.toContain(UNSUPPORTED);
    expect(mark('tcp/5433 to sg-0d55e0931c2b4a567 was allowed.')).toContain(UNSUPPORTED);
  });
});

describe('what is no claim', () => {
  it.each([
    'Shall I scale it to 6 tasks?',
    'Which one?',
    'Nothing was changed.',
    'Say for example: "Scale it to 6."',
    'Not checked: the key policy.',
    '## 3 things',
    '',
  ])('is left alone: %s', (text) => {
    expect(mark(text)).toBe(text);
  });

  it('keeps every other character of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(mark(text).replaceAll('(unsupported)', '').replace(/\s+/g, '')).toBe(
          text.replaceAll('(unsupported)', '').replace(/\s+/g, ''),
        );
      }),
    );
  });
});

describe('marks side by side', () => {
  it.each([
    ['It runs. [ev_A, ev_B] [ev_A, ev_B]', 'It runs. [ev_A, ev_B]'],
    ['It runs. [ev_A] [ev_B] [ev_A] And on.', 'It runs. [ev_A, ev_B] And on.'],
    ['It runs. [ev_A, ev_A]', 'It runs. [ev_A]'],
    ['It runs. [ev_A] [ev_B]', 'It runs. [ev_A] [ev_B]'],
    ['It runs. [ev_A] It waits. [ev_A]', 'It runs. [ev_A] It waits. [ev_A]'],
    ['One. [ev_A]\n[ev_A]', 'One. [ev_A]\n[ev_A]'],
  ])('%s', (text, once) => {
    expect(withoutRepeats(text)).toBe(once);
  });
});
