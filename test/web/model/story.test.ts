// What happened around a finding, as the page reads it from an output.

import { describe, expect, it } from 'vitest';
import { storyOf } from '../../../src/web/model/story.ts';
import { momentTime } from '../../../src/web/model/words.ts';

describe('what happened', () => {
  it('is read in its order, and what is no moment is left out', () => {
    const story = storyOf({
      timeline: [
        { at: '2026-11-20T09:30:00Z', what: 'alice called RevokeSecurityGroupEgress.', evidence: 'ev_3' },
        { at: 'yesterday', what: 'No time.', evidence: 'ev_4' },
        { at: '2026-11-20T09:40:00Z', what: '' },
        { at: '2026-11-20T09:41:00Z', what: 'First failure.' },
        'text',
      ],
    });
    expect(story).toEqual([
      {
        atMs: Date.parse('2026-11-20T09:30:00Z'),
        what: 'alice called RevokeSecurityGroupEgress.',
        evidence: 'ev_3',
      },
      { atMs: Date.parse('2026-11-20T09:41:00Z'), what: 'First failure.', evidence: '' },
    ]);
  });

  it('is bounded to its newest moments', () => {
    const timeline = Array.from({ length: 40 }, (_, index) => ({
      at: new Date(index * 60_000).toISOString(),
      what: `moment ${index}`,
    }));
    const story = storyOf({ timeline });
    expect(story).toHaveLength(12);
    expect(story.at(-1)?.what).toBe('moment 39');
  });

  it('names the day of a moment that was on another one', () => {
    const newest = new Date(2026, 10, 20, 12, 0).getTime();
    expect(momentTime(new Date(2026, 10, 20, 9, 5).getTime(), newest)).toBe('09:05');
    expect(momentTime(new Date(2026, 10, 14, 9, 5).getTime(), newest)).toBe('14 Nov, 09:05');
  });
});
