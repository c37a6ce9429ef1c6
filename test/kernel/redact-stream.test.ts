import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/kernel/redact.ts';
import { createRedactionStream, type RedactionFinding } from '../../src/kernel/redact-stream.ts';
import { ordinaryLines, secretLines } from './secret-corpus.ts';

const redactor = createRedactor({ key: Buffer.alloc(32, 7) });

function stream(pieces: readonly Buffer[]): { bytes: Buffer; findings: RedactionFinding[] } {
  const redaction = createRedactionStream(redactor);
  const out = [...pieces.map((piece) => redaction.write(piece)), redaction.end()];
  return { bytes: Buffer.concat(out.map((one) => one.bytes)), findings: out.flatMap((one) => one.findings) };
}

const cut = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => bytes.subarray(n * size, (n + 1) * size));

const key = [
  '-----BEGIN RSA PRIVATE KEY-----',
  'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj',
  'Zk0yQ1bd9QIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us',
  'Zk0yQ1bd9Q==',
  '-----END RSA PRIVATE KEY-----',
];

describe('a redacted stream', () => {
  it('is the same however the text is cut', () => {
    const text = Buffer.from(
      [
        'starting ä 😀',
        'password=hunter2',
        ...key,
        '{\n  "name": "DB_PASSWORD",\n  "value": "s3cretvalue"\n}',
        'db_password: "two\nlines"',
        'bye',
      ].join('\n'),
    );
    const whole = stream([text]);
    for (const secret of ['hunter2', 'Zk0yQ1bd9Q', 's3cretvalue', 'two', 'lines'])
      expect(whole.bytes.toString()).not.toContain(secret);
    for (let size = 1; size < 90; size += size < 20 ? 1 : 13) expect(stream(cut(text, size))).toEqual(whole);
  });

  it('lets a line go as soon as it is whole, and holds a key until its end', () => {
    const redaction = createRedactionStream(redactor);
    expect(redaction.write(Buffer.from('one\ntw')).bytes.toString()).toBe('one\n');
    expect(redaction.write(Buffer.from(`o\n${key.slice(0, 2).join('\n')}\n`)).bytes.toString()).toBe('two\n');
    expect(redaction.write(Buffer.from(`${key.slice(2).join('\n')}\nthree`)).bytes.toString()).toMatch(
      /^\[secret:private-key:[0-9a-f]{8}\]\n$/,
    );
    expect(redaction.end().bytes.toString()).toBe('three');
  });

  it('says where secrets stand and never what they are', () => {
    const { findings } = stream(cut(Buffer.from('ä\nuser=a password=hunter2\r\n\ntoken: x9Kq72LmPa55\n'), 3));
    expect(findings).toEqual([
      { kind: 'password', line: 2, column: 17, length: 7 },
      { kind: 'token', line: 4, column: 8, length: 12 },
    ]);
  });

  it('passes on bytes that are no text exactly as they came', () => {
    const bytes = Buffer.from(Array.from({ length: 4_096 }, (_, n) => (n * 37 + (n >> 5)) % 256));
    expect(stream(cut(bytes, 100)).bytes.equals(bytes)).toBe(true);
    const mixed = Buffer.concat([Buffer.from('password=hunter2 '), Buffer.from([0xff, 0xfe, 10]), bytes]);
    expect(stream([mixed]).bytes.includes('hunter2')).toBe(false);
  });

  it('takes out a secret in a line of megabytes, also where the line is read in parts', () => {
    const filler = 'x '.repeat(524_260);
    const line = `${filler}password=hunter2secret ${filler}token=x9Kq72LmPa55 end`;
    const { bytes, findings } = stream(cut(Buffer.from(line), 65_536));
    expect(findings.map(({ line, column }) => [line, column])).toEqual([
      [1, line.indexOf('hunter2') + 1],
      [1, line.indexOf('x9Kq') + 1],
    ]);
    expect(bytes.toString().replace(/\[secret:[^\]]+\]/g, '')).toBe(
      line.replace('hunter2secret', '').replace('x9Kq72LmPa55', ''),
    );
  });

  it('loses what the text loses at once, for any lines cut anywhere', () => {
    const lines = [...secretLines(300, 'stream').map(({ text }) => text), ...ordinaryLines(60, 'stream')];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...lines), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 400 }),
        (chosen, size) => {
          const bytes = Buffer.from(`${chosen.join('\n')}\n`);
          expect(stream(cut(bytes, size))).toEqual(stream([bytes]));
        },
      ),
      { numRuns: 150 },
    );
  });
});
