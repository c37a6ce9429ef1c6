// What stands behind a secret on its line stays readable: the command a shell runs, the attributes of a cookie, the rest of an address. And
// secrets in lists, on the command lines of programs and in percent-encoded text.

import { describe, expect, test } from 'vitest';
import { createRedactor } from '../../src/kernel/redact.ts';
import { made } from './secrets.ts';

const redactor = createRedactor({ key: Buffer.alloc(32, 7) });
const pw = `${made('ends', 11)}!k`;
const hex = made('ends', 40, 'hex');
const cookie = `session=${hex}`;
const expires = 'Expires=Wed, 21 Oct 2026 07:28:00 GMT';
const pem = `-----BEGIN RSA PRIVATE KEY-----\n${made('e1', 64)}\n${made('e2', 64)}\n-----END RSA PRIVATE KEY-----`;
const json = (text: string): string => JSON.stringify({ level: 'info', msg: text, port: 8080 });

/** Each with the secret in it, and words that must be readable afterwards. */
const held: readonly (readonly [text: string, secret: string, kept: string])[] = [
  ['DB_PASSWORD=x node server.js', '=x ', ' node server.js'],
  [`DB_PASSWORD=${pw} node server.js --port 8080`, pw, ' node server.js --port 8080'],
  [`PGPASSWORD=${pw} psql -h db -c "select 1"`, pw, ' psql -h db -c "select 1"'],
  [`API_KEY=${hex} ./deploy.sh production`, hex, ' ./deploy.sh production'],
  [`SECRET_KEY=${hex} && /usr/bin/app start`, hex, ' && /usr/bin/app start'],
  [`--password=${pw} --port 80`, pw, ' --port 80'],
  [`Set-Cookie: ${cookie}; Path=/; HttpOnly; Max-Age=3600`, hex, '; Path=/; HttpOnly; Max-Age=3600'],
  [`< set-cookie: ${cookie}; ${expires}; Path=/; SameSite=Lax request_id=4f2`, hex, 'request_id=4f2'],
  [`{"headers":{"set-cookie":["${cookie}; Path=/"],"status":200}}`, hex, '"status":200'],
  [`headers: { 'set-cookie': [ '${cookie}; Path=/', 'b=${pw}' ], status: 200 }`, pw, 'status: 200'],
  [`git clone https://x-access-token:${hex}@github.example/org/repo`, hex, '@github.example/org/repo'],
  [`exec: ["node","app.js","--token","${hex}","--port","80"]`, hex, '"--port","80"'],
  [json(`exec: ["app","--db-password","${pw}","-v"]`), pw, 'port'],
  [`openssl enc -aes-256-cbc -k ${pw} -in data`, pw, ' -in data'],
  [`echo ${pw} | docker login -u ci --password-stdin registry.example`, pw, '| docker login -u ci'],
  [`connecting to app/${pw}@//db:1521/ORCL`, pw, '@//db:1521/ORCL'],
  [`\u001b[36mredis-cli -a ${pw} ping\u001b[0m`, pw, 'ping'],
];

test.each(held)('%s', (text, secret, kept) => {
  const out = redactor.text(text).text;
  expect(out).not.toContain(secret);
  expect(out).toContain(kept);
  expect(redactor.text(out).text).toBe(out);
});

describe('a cookie', () => {
  test.each([
    `Set-Cookie: a=${hex}; Path=/, b=${pw}; Path=/`,
    `Set-Cookie: a=${hex}; b=${pw}; Path=/`,
    `Set-Cookie: a=${hex}; Path=/; b=${pw}; c=1`,
    `Cookie: theme=dark; a=${hex}; b=${pw}`,
  ])('that is followed by another takes it along: %s', (text) => {
    const out = redactor.text(text).text;
    expect(out).not.toContain(hex);
    expect(out).not.toContain(pw);
  });
});

test('a password with blanks is taken to the end of its line when no command follows', () => {
  for (const text of ['DB_PASSWORD=correct horse battery', 'DB_PASSWORD=correct nodes']) {
    expect(redactor.text(text).text).toMatch(/^DB_PASSWORD=\[secret:password:\w{8}\]$/);
  }
});

test.each([
  [
    `Authorization: Basic ${Buffer.from(`svc:${pw}`).toString('base64')}`,
    Buffer.from(`svc:${pw}`).toString('base64'),
  ],
  [`the password is ${pw} for bob`, pw],
  [`mysql -u root -p${pw} shop`, pw],
  [`{"name":"DB_PASSWORD","value":"${pw}"}`, pw],
  [pem, made('e1', 64)],
])('percent-encoded, it is found as in plain text: %s', (text, secret) => {
  const encoded = `GET /cb?state=1&x=${encodeURIComponent(text)}&y=2 200`;
  const out = redactor.text(encoded).text;
  expect(encoded).toContain(encodeURIComponent(secret));
  expect(out).not.toContain(encodeURIComponent(secret));
  expect(out).toMatch(/^GET \/cb\?state=1&x=/);
  expect(redactor.text(out).text).toBe(out);
});

const registry = 'pull access denied, repository does not exist or may require authorization: server message';
test.each([
  `${registry}: insufficient_scope: authorization failed`,
  'denied: requested access to the resource is denied; authorization: insufficient permissions',
  json(`${registry}: insufficient_scope`),
  `/cb?x=${encodeURIComponent(registry)}&y=2`,
  `/cb?arn=${encodeURIComponent('arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf')}`,
  `/cb?x=${encodeURIComponent(`DB_PASSWORD=\${DB_PASSWORD} password=[REDACTED] https://example.com/a`)}`,
  'level=info msg="environment variable is missing: DB_PASSWORD" caller=main.go:12',
  json("Access denied for user 'app'@'10.0.1.7' (using password: YES)"),
  'acme/web@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'progress: 20% done, 100%; %20 of it',
])('what only looks like one stays: %s', (text) => {
  expect(redactor.text(text)).toEqual({ text, count: 0 });
});

test('an authorization that is no word of prose goes', () => {
  for (const value of ['hunter2x9', hex, `Bearer ${'abcdefgh'}`, `token ${hex}`])
    expect(redactor.text(`authorization: ${value}`).text).toMatch(/^authorization: (?:\w+ )?\[secret:/);
});

test('percent-encoded text is read in time that grows with its length', () => {
  const lines = ['secret%3A', 'password%3Dx%26', 'a%20b', '%', '%3D%22'].map((unit) => unit.repeat(20_000));
  for (const line of lines) redactor.text(line.slice(0, 1_000));
  const cpuMs = lines.map((line) => {
    const before = process.cpuUsage();
    redactor.text(line);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  });
  expect(Math.max(...cpuMs)).toBeLessThan(1_500);
});
