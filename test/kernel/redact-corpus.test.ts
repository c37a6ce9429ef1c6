import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/kernel/redact.ts';
import { ordinaryLines, secretLines } from './secret-corpus.ts';

const redactor = createRedactor({ key: Buffer.alloc(32, 7) });

describe('a corpus of lines', () => {
  it('loses at least 99.5 % of its secrets, whatever their format and the syntax around them', () => {
    const lines = secretLines(6_000, 'recall');
    const missed = lines.filter(({ text, secret }) => redactor.text(text).text.includes(secret));
    expect(lines.every(({ text, secret }) => text.includes(secret))).toBe(true);
    expect(missed.length / lines.length, missed.map(({ name }) => name).join('\n')).toBeLessThanOrEqual(
      0.005,
    );
  });

  it('keeps at least 99.9 % of ordinary lines byte by byte', () => {
    const lines = ordinaryLines(6_000, 'benign');
    const changed = lines.filter((line) => redactor.text(line).text !== line);
    expect(changed.length / lines.length, changed.slice(0, 20).join('\n')).toBeLessThanOrEqual(0.001);
  });

  it('is redacted to what redacting again leaves as it is', () => {
    for (const { text } of secretLines(600, 'again')) {
      const once = redactor.text(text).text;
      expect(redactor.text(once).text).toBe(once);
    }
  });
});

describe('where a secret stands', () => {
  it('is told in the text as it was, also for one found beside another', () => {
    const text = 'user=app password=hunter2 AKIAABCDEFGHIJKLMNOP wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
    expect(redactor.find(text).map(({ start, end }) => text.slice(start, end))).toEqual([
      'hunter2',
      'AKIAABCDEFGHIJKLMNOP',
      'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    ]);
    for (const line of secretLines(400, 'places')) {
      const spans = redactor.find(line.text);
      const rebuilt = spans
        .toReversed()
        .reduce(
          (rest, { kind, start, end }) =>
            rest.slice(0, start) + redactor.mark(kind, line.text.slice(start, end)) + rest.slice(end),
          line.text,
        );
      expect(rebuilt).toBe(redactor.text(line.text).text);
    }
  });
});

describe('a private key that was torn into the events of a log', () => {
  const body = ['MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj', 'Zk0yQ1bd9Q=='];
  const events = [
    'starting',
    '-----BEGIN RSA PRIVATE KEY-----',
    ...body,
    '-----END RSA PRIVATE KEY-----',
    'started',
  ];

  it('is taken out with its short last line', () => {
    const list = redactor.json({ events: events.map((message) => ({ message, timestamp: 1 })) }).value;
    const text = redactor.text(events.map((message) => JSON.stringify({ log: message })).join('\n')).text;
    for (const line of body) {
      expect(JSON.stringify(list)).not.toContain(line);
      expect(text).not.toContain(line);
    }
    for (const line of ['starting', 'started']) {
      expect(JSON.stringify(list)).toContain(line);
      expect(text).toContain(line);
    }
  });

  it('takes nothing with it when its end never comes, or when it is public', () => {
    const open = ['-----BEGIN PRIVATE KEY-----', 'listening on 8080', 'GET / 200'];
    const publicKey = ['-----BEGIN PUBLIC KEY-----', 'Zk0yQ1bd9Q==', '-----END PUBLIC KEY-----'];
    for (const lines of [open, publicKey]) expect(redactor.json(lines)).toEqual({ value: lines, count: 0 });
  });
});
