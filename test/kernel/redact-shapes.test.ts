// Secrets that neither a separator nor a form of their own gives away at once: named in a sentence, on a command line, inside an element,
// behind a type, in another encoding.

import { describe, expect, test } from 'vitest';
import { createRedactor } from '../../src/kernel/redact.ts';
import { made } from './secrets.ts';

const redactor = createRedactor({ key: Buffer.alloc(32, 7) });
const pw = `${made('shape', 11)}!k`;
const b64 = (text: string): string => Buffer.from(text).toString('base64');
const awsSecret = `${made('aws', 19)}/${made('aws2', 20)}`;
const pem = `-----BEGIN PRIVATE KEY-----\n${made('p1', 64)}\n${made('p2', 64)}\n-----END PRIVATE KEY-----\n`;

/** Each with the secret in it, and words that must be readable afterwards. */
const held: readonly (readonly [text: string, secret: string, kept: string])[] = [
  [`aws configure set aws_secret_access_key ${awsSecret} --profile ci`, awsSecret, '--profile ci'],
  [`set api_token ${made('tok', 30)} for deploy`, made('tok', 30), 'for deploy'],
  [`login failed for bob with password ${pw}, retrying`, pw, 'retrying'],
  [`the new password is: ${pw}`, pw, 'the new password is'],
  [`password was ${pw}`, pw, 'password was'],
  ['machine git.example login bob password hunter22', 'hunter22', 'machine git.example'],
  [`docker login -u AWS -p ${made('dl', 60)} registry.example`, made('dl', 60), 'registry.example'],
  [`helm registry login -u u -p ${pw} registry.example`, pw, 'registry.example'],
  [`redis-cli -h cache -a ${pw} PING`, pw, 'PING'],
  [`mongosh -u root -p ${pw} --host db`, pw, '--host db'],
  [`ldapsearch -D cn=admin -w ${pw} -b dc=x`, pw, '-b dc=x'],
  [`openssl rsa -passin pass:${pw} -in key.pem`, pw, '-in key.pem'],
  [`<wsse:Password Type="#PasswordText">${pw}</wsse:Password>`, pw, 'PasswordText'],
  [`<entry key="db.password">${pw}</entry>`, pw, '<entry'],
  [`["password"]=> string(13) "${pw}"`, pw, 'string(13)'],
  [` Password: (string) (len=13) "${pw}",`, pw, '(len=13)'],
  [`Config { password: Some("${pw}"), port: 5432 }`, pw, 'port: 5432'],
  [`"AUTH" "default" "${pw}"`, pw, 'default'],
  [`C: AUTH PLAIN ${b64(`\0bob\0${pw}`)}`, b64(`\0bob\0${pw}`), 'AUTH PLAIN'],
  [`data=%7B%22password%22%3A%22${pw}%22%2C%22user%22%3A%22bob%22%7D`, pw, 'bob'],
  [`data=%7B%22password%22%3A+%22${pw}%22%7D`, pw, 'data='],
  [`GET /v1/maps?key=${made('qk', 40)}&alt=json 403`, made('qk', 40), '&alt=json 403'],
  [`pulling with ${b64(`{"payload":"${made('ecr', 300)}`)}`, made('ecr', 30), 'pulling with'],
  [`call with key s.${made('vault', 24)}: denied`, `s.${made('vault', 24)}`, 'denied'],
  [`square EAAA${made('sq', 60)} refused`, `EAAA${made('sq', 60)}`, 'refused'],
  [`fly fo1_${made('fly', 43)} refused`, `fo1_${made('fly', 43)}`, 'refused'],
  [
    `key v1.0-${made('cf', 24, 'hex')}-${made('cf2', 146, 'hex')} refused`,
    made('cf2', 146, 'hex'),
    'refused',
  ],
];

describe('a secret', () => {
  test.each(held)('is taken out, and what stands around it stays: %s', (text, secret, kept) => {
    const result = redactor.text(text);
    expect(result.text).not.toContain(secret.slice(0, 12));
    expect(result.text).not.toContain(secret.slice(-8));
    expect(result.text).toContain(kept);
    expect(redactor.text(result.text)).toEqual({ text: result.text, count: 0 });
  });

  test.each([`https://x:${made('gp', 20)}@git.example/a`, `ghp_${made('gh', 36)}`, pem, `key: ${pem}`])(
    'is taken out of base64, however it is aligned: %s',
    (secret) => {
      for (const lead of ['', ' ', '- ']) {
        const hidden = b64(lead + secret);
        expect(redactor.text(`tls.key: ${hidden}`).text).not.toContain(hidden.slice(0, 40));
      }
    },
  );
});

test.each([
  'password authentication failed for user "app"',
  'password SCRAM-SHA-256 is not supported',
  'password PBKDF2-SHA512 chosen',
  'the password is: expired',
  'password is required and must have 8 characters',
  'login bob password incorrect',
  'password hashing took 12.3ms',
  'password_attempts=2 token_refresh_interval=30 password_retries: 3',
  'access_key AKIA is malformed',
  'api_key validation_failed',
  'partition_key Order2024Item0001Region',
  'docker run -p 8080:80 nginx',
  'docker login -u AWS --password-stdin registry.example',
  'mongodb://db:27017 -p is a flag of mongosh',
  'redis-cli -h cache -p 6379 PING',
  'GET /object?key=reports/2026/Q1.pdf 200',
  'GET /object?key=user_profile_settings 200',
  '<Password Type="none"></Password> <entry key="db.host">db.example</entry>',
  'AUTH failed: WRONGPASS; AUTH LOGIN; AUTH PLAIN',
  'errors.getApplicationContextName24 s.getApplicationContextNam()',
  `-----BEGIN CERTIFICATE-----\n${made('c1', 64)}\n${made('c2', 64)}\n-----END CERTIFICATE-----`,
  `-----BEGIN PUBLIC KEY----- ${made('c3', 64)} -----END PUBLIC KEY-----`,
])('what only looks like a secret stays: %s', (text) => {
  expect(redactor.text(text)).toEqual({ text, count: 0 });
});
