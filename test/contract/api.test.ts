import { expect, test } from 'vitest';
import { decisionRequest, messageRequest } from '../../src/contract/api.ts';

test('half a character is refused in what people write, a whole one is not', () => {
  const digest = 'a'.repeat(64);
  const decision = (reason: string) =>
    decisionRequest.safeParse({ decision: 'deny', digest, reason }).success;
  expect(messageRequest.safeParse({ text: 'why \ud83d' }).success).toBe(false);
  expect(messageRequest.safeParse({ text: 'why \ude00?' }).success).toBe(false);
  expect(messageRequest.safeParse({ text: 'why 😀' }).success).toBe(true);
  expect(decision('no \ud83d')).toBe(false);
  expect(decision('no 😀')).toBe(true);
});
