import fc from 'fast-check';
import { expect, it } from 'vitest';
import { wholeMinutes } from '../../../tools/diagnose/whole-minutes.ts';

const at = (time: string) => Date.parse(`2026-11-20T${time}Z`);

it('people who ask in the same minute ask about the same time', () => {
  const first = wholeMinutes(at('09:00:07.001'), at('10:00:07.001'));
  expect(wholeMinutes(at('09:00:41.900'), at('10:00:41.900'))).toEqual(first);
  expect(first).toEqual({
    StartTime: new Date('2026-11-20T09:00:00Z'),
    EndTime: new Date('2026-11-20T10:01:00Z'),
  });
});

it('nothing that was asked about is left out, and no more than a minute at either end is added', () => {
  const moment = fc.integer({ min: at('00:00:00'), max: at('23:00:00') });
  fc.assert(
    fc.property(moment, fc.nat(86_400_000), (from, length) => {
      const { StartTime, EndTime } = wholeMinutes(from, from + length);
      expect(from - StartTime.getTime()).toBeGreaterThanOrEqual(0);
      expect(from - StartTime.getTime()).toBeLessThan(60_000);
      expect(EndTime.getTime() - from - length).toBeGreaterThanOrEqual(0);
      expect(EndTime.getTime() - from - length).toBeLessThan(60_000);
    }),
  );
});
