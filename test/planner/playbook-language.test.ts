// Questions in other languages: said to be so, with what was recognised.

import { describe, expect, it } from 'vitest';
import { isOtherLanguage } from '../../src/planner/playbook/tongue.ts';

describe('a question', () => {
  it.each([
    'Warum ist my-web-service ungesund?',
    'Zeig mir die Dienste',
    'pourquoi mon service checkout ne marche pas',
    '¿Por qué no funciona my-web-service?',
    'perché checkout non funziona',
    'なぜ my-web-service は動かないのですか',
    'почему checkout не работает',
  ])('in another language is known as such: %s', (text) => {
    expect(isOtherLanguage(text)).toBe(true);
  });

  it.each([
    "Show me the status of the 'my-web-service' in the 'production-cluster'.",
    'is checkout healthy?',
    'why is café-api failing?',
    'what changed in prod since the last deploy?',
    'roll back die-cast',
    'no',
    'frobnicate the flux',
    '¿',
    '',
  ])('in English is not: %s', (text) => {
    expect(isOtherLanguage(text)).toBe(false);
  });
});
