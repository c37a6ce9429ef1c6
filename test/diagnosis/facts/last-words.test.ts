import { describe, expect, it } from 'vitest';
import { missingSetting } from '../../../src/diagnosis/facts/last-words.ts';

describe('the setting a line says is missing', () => {
  const wordings = [
    'Missing required environment variable "DATABASE_URL"',
    'environment variable `DATABASE_URL` is not set',
    'Error: DATABASE_URL is required',
    '"DATABASE_URL" is not defined',
    "KeyError: 'DATABASE_URL'",
    'KeyError: "DATABASE_URL"',
    'Could not resolve placeholder "DATABASE_URL" in value "${DATABASE_URL}"',
    'key not found: "DATABASE_URL"',
    '/app/start.sh: line 3: DATABASE_URL: unbound variable',
  ];
  it.each(wordings)('%s', (line) => {
    expect(missingSetting(line)).toBe('DATABASE_URL');
    expect(missingSetting(JSON.stringify({ level: 60, msg: line }))).toBe('DATABASE_URL');
    expect(missingSetting(JSON.stringify({ log: JSON.stringify({ msg: `${line}\n` }) }))).toBe(
      'DATABASE_URL',
    );
  });
});
