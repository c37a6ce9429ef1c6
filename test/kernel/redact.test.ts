import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/kernel/canonical-json.ts';
import { createRedactor } from '../../src/kernel/redact.ts';
import { bareSecrets, heldSecrets, lookAlikes, made } from './secrets.ts';

const redactor = createRedactor({ key: Buffer.alloc(32, 7) });
const samples = [...bareSecrets, ...heldSecrets];

describe('a secret in text', () => {
  test('is taken out when it is one of our own', () => {
    const token = 'Ab3_-'.repeat(9).slice(0, 43);
    for (const text of [
      `sign in with lko_${token}`,
      `Cookie: a=b; __Host-lockkeeper-session=${token}; c=d`,
      `cookie lockkeeper-session-7373=${token}`,
    ])
      expect(redactor.text(text).text).not.toContain(token);
  });

  test('is taken out of key lines behind a log prefix, and digests stay', () => {
    const line = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj';
    for (const prefix of ['', '    ', '2026-01-02T03:04:05Z web-1 ', '\t| '])
      expect(redactor.text(`${prefix}${line}`).text).not.toContain(line);
    const digest = `sha256:${'0a1b2c3d'.repeat(8)}`;
    expect(redactor.text(digest)).toEqual({ text: digest, count: 0 });
    const longer = `x ${line}abc`;
    expect(redactor.text(longer)).toEqual({ text: longer, count: 0 });
  });

  test('is taken out when it stands beside its access key id, and only there', () => {
    const id = `AKIA${'ABCD1234'.repeat(2)}`;
    const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
    expect(redactor.text(`${id} ${secret}`).text).not.toContain(secret);
    expect(redactor.text(`${secret},${id}`).text).not.toContain(secret);
    const sha = 'd3486ae9136e7856bc42212385ea797094475802';
    expect(redactor.text(`${id} at ${sha}\n${secret}`).text).toContain(sha);
    expect(redactor.text(`${id}\n${secret}`).text).toContain(secret);
  });

  test.each(samples)('is taken out: $name', ({ text, secret }) => {
    const result = redactor.text(text);
    expect(result.text).not.toContain(secret);
    expect(result.count).toBeGreaterThan(0);
    expect(result.text).toMatch(/\[secret:[a-z0-9-]+:[0-9a-f]{8}\]/);
  });

  const contexts: readonly [string, (text: string) => string][] = [
    ['after a log prefix', (text) => `2026-01-02T03:04:05.678Z INFO [web-1] ${text}`],
    ['before more text', (text) => `${text} (attempt 2 of 3)`],
    ['within a JSON log line', (text) => JSON.stringify({ level: 'info', msg: text, port: 8080 })],
    ['within JSON within JSON', (text) => JSON.stringify({ log: JSON.stringify({ msg: text }) })],
    ['between quotes', (text) => `said "${text.replaceAll('"', "'")}"`],
    ['after other lines', (text) => `first line\nsecond line\n${text}\nlast line`],
  ];
  describe.each(contexts)('%s', (_, wrap) => {
    test.each(bareSecrets)('is taken out: $name', ({ text, secret }) => {
      const inner = JSON.stringify(secret).slice(1, -1);
      const result = redactor.text(wrap(text)).text;
      for (const line of [secret, inner]) expect(result).not.toContain(line);
    });
    test.each(heldSecrets.filter((sample) => !/["\\\n]|\[3[36]m/.test(sample.text)))(
      'is taken out: $name',
      ({ text, secret }) => {
        const wrapped = wrap(text);
        fc.pre(wrapped.includes(secret));
        expect(redactor.text(wrapped).text).not.toContain(secret);
      },
    );
  });
});

describe('a password on a command line', () => {
  test.each([
    ['curl -u admin:letmein https://x', 'letmein'],
    ['curl -uadmin:letmein https://x', 'letmein'],
    ['curl -s -u admin:1234 https://x', ':1234'],
    ["curl -u 'admin:let me in' https://x", 'let me in'],
    ['curl --user admin:letmein https://x', 'letmein'],
    ['curl --user=admin:letmein https://x', 'letmein'],
    ['http-probe -u admin:letmein host', 'letmein'],
    ['["curl","-u","admin:letmein","https://x"]', 'letmein'],
    ['{"cmd":"curl -u \\"admin:letmein\\" https://x"}', 'letmein'],
    ['mysql -pTopSecret', 'TopSecret'],
    ['mysql -h db -uroot -pTopSecret shop', 'TopSecret'],
    ["mysql -uroot -p'Top Secret' shop", 'Top Secret'],
    ['/usr/bin/mysqldump -u root -pTopSecret shop > x.sql', 'TopSecret'],
    ['mariadb -pTopSecret', 'TopSecret'],
    ['["mysql", "-uroot", "-pTopSecret"]', 'TopSecret'],
    ['mysql --password=TopSecret', 'TopSecret'],
    ['mysql --password TopSecret', 'TopSecret'],
    ['sshpass -p letmein ssh me@host', 'letmein'],
    ['sshpass -pletmein ssh me@host', 'letmein'],
    ['$ PGPASSWORD=letmein psql -h db', 'letmein'],
  ])('is taken out, and nothing else: %s', (text, secret) => {
    const result = redactor.text(text);
    expect(result.text).not.toContain(secret);
    expect(result.text.replace(/\[secret:[a-z-]+:[0-9a-f]{8}\]/, secret.replace(':', ''))).toBe(text);
    expect(redactor.text(result.text)).toEqual({ text: result.text, count: 0 });
  });

  test.each([
    'docker run -p 8080:80 -u root nginx',
    'docker run --user 1000:1000 -u app:staff nginx',
    'docker run --name mysql -p3306:3306 mysql:8',
    'mkdir -p dir/sub && cp -pr a b',
    'curl -u admin:$PASSWORD https://x',
    'curl -u admin https://x',
    'mysql -u root -p shop',
    'mysql -h db -P3306 shop',
    'find /var/lib/mysql -path x -print',
    'journalctl -u docker.service: failed',
    'sort -u names | head; date -u 12:30',
    'rsync -u host:/srv/data .',
    'sshpass -f file ssh -p 2222 me@host',
    'ssh -p 2222 me@host',
    'mysql is ready, connect with -p as you like',
  ])('is not seen where there is none: %s', (text) => {
    expect(redactor.text(text)).toEqual({ text, count: 0 });
  });
});

describe('text that only looks like a secret', () => {
  test.each(lookAlikes)('stays as it is: %s', (text) => {
    expect(redactor.text(text)).toEqual({ text, count: 0 });
  });

  test.each(lookAlikes)('stays as it is as a member of JSON: %s', (text) => {
    expect(redactor.json({ message: text })).toEqual({ value: { message: text }, count: 0 });
  });
});

describe('the placeholder', () => {
  test('is equal for equal secrets under one key, wherever they stand', () => {
    const a = redactor.text('password=hunter2').text;
    const b = redactor.text('{"db_password":"hunter2"}').text;
    expect(a.match(/[0-9a-f]{8}\]/)?.[0]).toBe(b.match(/[0-9a-f]{8}\]/)?.[0]);
  });

  test('differs between secrets and between keys', () => {
    const other = createRedactor({ key: Buffer.alloc(32, 8) });
    const placeholders = [
      redactor.text('password=hunter2').text,
      redactor.text('password=hunter3').text,
      other.text('password=hunter2').text,
    ];
    expect(new Set(placeholders).size).toBe(3);
  });

  test('keeps what stands around the secret', () => {
    expect(redactor.text('user=app password=hunter2 db=shop').text).toMatch(
      /^user=app password=\[secret:password:[0-9a-f]{8}\] db=shop$/,
    );
  });
});

describe('JSON', () => {
  test('loses the values of an environment list whatever they are', () => {
    const { value, count } = redactor.json({
      containerDefinitions: [
        {
          environment: [
            { name: 'PORT', value: '8080' },
            { name: 'X', value: 'y' },
          ],
          secrets: [{ name: 'A', valueFrom: 'arn:aws:ssm:x' }],
        },
      ],
    });
    expect(value).toEqual({
      containerDefinitions: [
        {
          environment: [
            { name: 'PORT', value: '[dropped:env]' },
            { name: 'X', value: '[dropped:env]' },
          ],
          secrets: [{ name: 'A', valueFrom: 'arn:aws:ssm:x' }],
        },
      ],
    });
    expect(count).toBe(2);
  });

  test('loses members with telling names at any depth, numbers too', () => {
    const { value } = redactor.json({
      a: [{ dbPassword: 'short', PIN_PASSWORD: 1234, ok: true, port: 5432 }],
    });
    const text = JSON.stringify(value);
    expect(text).not.toMatch(/short|1234/);
    expect(text).toContain('"port":5432');
  });

  test('loses the value that a name beside it makes a secret', () => {
    expect(JSON.stringify(redactor.json([{ Key: 'DB_PASSWORD', Value: 'hunter2' }]).value)).not.toContain(
      'hunter2',
    );
    expect(redactor.json([{ Key: 'team', Value: 'checkout' }]).value).toEqual([
      { Key: 'team', Value: 'checkout' },
    ]);
  });

  test('keeps pagination tokens', () => {
    const page = { nextToken: made('page', 120), NextToken: made('page2', 64), clientToken: made('c', 36) };
    expect(redactor.json(page)).toEqual({ value: page, count: 0 });
  });

  test('is not led astray by prototype names or depth', () => {
    const hostile: Json = JSON.parse('{"__proto__":{"password":"hunter2"},"constructor":1}');
    const { value } = redactor.json(hostile);
    expect(JSON.stringify(value)).not.toContain('hunter2');
    expect(Object.hasOwn(value as object, '__proto__')).toBe(true);
    let deep: Json = 'x';
    for (let i = 0; i < 5_000; i++) deep = [deep];
    expect(() => redactor.json(deep)).not.toThrow();
  });
});

describe('whatever the text', () => {
  const piece = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.constantFrom(...samples.map((sample) => sample.text), ...lookAlikes),
    fc.constantFrom(
      ' ',
      '\n',
      '"',
      '\\',
      '=',
      ':',
      '&',
      '@',
      '://',
      'password',
      'token',
      '%3D',
      '{',
      '}',
      ',',
    ),
  );
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));

  test('redacting twice changes nothing', () => {
    fc.assert(
      fc.property(text, (input) => {
        const once = redactor.text(input).text;
        expect(redactor.text(once)).toEqual({ text: once, count: 0 });
      }),
      { numRuns: 2_000 },
    );
  });

  test('a password of any printable characters does not survive in JSON', () => {
    const password = fc
      .string({ minLength: 6, maxLength: 40 })
      .filter(
        (value) => /^[!-~]+$/.test(value) && !/^[$<%{[(*xX#.:/-]/.test(value) && value.trim() === value,
      );
    fc.assert(
      fc.property(password, (secret) => {
        const marked = `Zq9${secret}`;
        expect(redactor.text(JSON.stringify({ user: 'app', password: marked })).text).not.toContain('Zq9');
        expect(JSON.stringify(redactor.json({ user: 'app', password: marked }).value)).not.toContain('Zq9');
      }),
    );
  });
});
