// Lines for measuring the redactor: every format of a secret in every syntax that logs print one in, and ordinary lines of ECS services that
// hold none. Both come from a seed, so that a miss can be made again.

import { bareSecretsOf, heldSecretsOf, lookAlikes, made } from './secrets.ts';

export interface CorpusLine {
  readonly name: string;
  readonly text: string;
  /** What must not be in the output. */
  readonly secret: string;
}

type Wrap = readonly [name: string, wrap: (text: string) => string];

const ESC = '\u001b';
const inJson = (text: string): string => JSON.stringify({ level: 'info', msg: text, port: 8080 });

/** Around a text that holds a secret. */
const contexts: readonly Wrap[] = [
  ['bare', (text) => text],
  ['log prefix', (text) => `2026-01-02T03:04:05.678Z INFO [web-1] ${text}`],
  ['syslog prefix', (text) => `<34>Jan  2 03:04:05 ip-10-0-1-7 web[42]: ${text}`],
  ['before more', (text) => `${text} (attempt 2 of 3)`],
  ['JSON', inJson],
  ['JSON in JSON', (text) => JSON.stringify({ log: inJson(text), stream: 'stdout' })],
  ['JSON in JSON in JSON', (text) => JSON.stringify({ message: JSON.stringify({ log: inJson(text) }) })],
  ['ANSI', (text) => `${ESC}[32mINFO${ESC}[0m ${ESC}[36m${text}${ESC}[0m done`],
  ['lines in JSON', (text) => inJson(`first line\n${text}\nlast line`)],
  ['several lines', (text) => `first line\n${text}\nlast line`],
  ['CRLF', (text) => `first line\r\n${text}\r\nlast line`],
  ['logfmt', (text) => `ts=2026-01-02 level=info msg=${JSON.stringify(text)} caller=main.go:12`],
];

/** Right before and after a secret with a form of its own. */
const borders: readonly Wrap[] = [
  ['alone', (secret) => secret],
  ['in quotes', (secret) => `'${secret}'`],
  ['coloured', (secret) => `${ESC}[1;33m${secret}${ESC}[0m`],
  ['between tabs', (secret) => `a\t${secret}\tb`],
  ['query', (secret) => `GET /cb?x=1&t=${encodeURIComponent(secret)}&y=2`],
  ['encoded query', (secret) => `u=%2Fcb%3Ft%3D${secret}%26y%3D2`],
  ['Java entity', (secret) => `"url":"/cb?t\\u003d${secret}\\u0026y\\u003d2"`],
  ['argument', (secret) => `run --x=${secret} --y`],
  ['list', (secret) => `[a, ${secret}, b]`],
];

/** Names that say that what follows is a secret. */
const names =
  `password DB_PASSWORD dbPassword db-password PGPASSWORD MYSQL_ROOT_PASSWORD REDIS_PASSWORD api_key apiKey API_KEY
  x-api-key X-API-Key client_secret clientSecret secret SECRET_KEY DJANGO_SECRET_KEY SECRET_KEY_BASE RAILS_MASTER_KEY access_token
  accessToken refresh_token refreshToken auth_token TWILIO_AUTH_TOKEN DD_API_KEY DD_APP_KEY NEW_RELIC_LICENSE_KEY
  SENTRY_AUTH_TOKEN aws_secret_access_key AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN SecretAccessKey SessionToken private_key
  spring.datasource.password ConnectionStrings__Password signing_key webhook_secret totp_secret session_token VAULT_TOKEN`.split(
    /\s+/,
  );

/** A name and its value in the syntaxes of programs. */
const syntaxes: readonly (readonly [string, (name: string, value: string) => string])[] = [
  ['env', (name, value) => `${name}=${value}`],
  ['env in quotes', (name, value) => `export ${name}="${value}"`],
  ['YAML', (name, value) => `app:\n  ${name}: ${value}\n  port: 8080`],
  ['YAML in quotes', (name, value) => `  ${name}: '${value}'`],
  ['JSON member', (name, value) => JSON.stringify({ user: 'app', [name]: value, port: 5432 })],
  ['JSON, indented', (name, value) => JSON.stringify({ user: 'app', [name]: value }, null, 2)],
  ['name and value', (name, value) => JSON.stringify({ name, value })],
  ['name and value, indented', (name, value) => JSON.stringify({ name, value }, null, 4)],
  ['query', (name, value) => `GET /cb?state=1&${name}=${encodeURIComponent(value)}&x=2 200`],
  ['form', (name, value) => `body: user=app&${name}=${encodeURIComponent(value)}`],
  ['flag', (name, value) => `exec: app --${name} ${value} --verbose`],
  ['flag with =', (name, value) => `exec: app --${name}=${value} --verbose`],
  ['Python dict', (name, value) => `config={'user': 'app', '${name}': '${value}', 'port': 5432}`],
  ['Ruby hash', (name, value) => `Parameters: {"${name}"=>"${value}", "user"=>"x"}`],
  ['JavaScript object', (name, value) => `  config: { host: 'db', '${name}': '${value}' }`],
  ['ini', (name, value) => `[app]\n${name} = ${value}`],
  ['header', (name, value) => `> ${name}: ${value}`],
  ['XML', (name, value) => `<user>x</user><${name}>${value}</${name}>`],
  ['toString', (name, value) => `Config(host=db, ${name}=${value}, port=5432)`],
  ['colours', (name, value) => `${ESC}[36m${name}${ESC}[0m=${ESC}[33m${value}${ESC}[0m ok`],
];

/** Values that people and programs make up; none of them has a form of its own. */
function plainValue(seed: string): string {
  const kind = Number.parseInt(made(seed, 8, 'hex').slice(4, 8), 16) % 5;
  if (kind === 0) return made(seed, 32, 'hex');
  if (kind === 1) return `${made(seed, 12)}!`;
  if (kind === 2) return `${made(seed, 20)}/${made(`${seed}b`, 18)}+`;
  if (kind === 3) return `${made(seed, 10)}-${made(`${seed}c`, 10)}_x`;
  return made(seed, 24);
}

/** `count` lines, each with one secret; the seeds of all are different. */
export function secretLines(count: number, seed: string): CorpusLine[] {
  const lines: CorpusLine[] = [];
  for (let n = 0; lines.length < count; n += 1) {
    for (const [index, { name, secret, text: sample }] of bareSecretsOf(`${seed}b${n}`).entries()) {
      const [border, set] = pick(borders, n + index);
      const [where, wrap] = pick(contexts, n * 5 + index);
      // Some are known only by the address they are part of.
      if (sample !== `got ${secret} from peer` || /\s/.test(secret) || secret.length > 120) continue;
      const text = set(secret);
      const shown = text.includes(secret) ? secret : encodeURIComponent(secret);
      lines.push({ name: `${name}, ${border}, ${where}`, ...wrapped(wrap, text, shown) });
    }
    const samples = [...bareSecretsOf(`${seed}${n}`), ...heldSecretsOf(`${seed}${n}`)];
    for (const [index, { name, text, secret }] of samples.entries()) {
      const [where, wrap] = pick(contexts, n + index);
      lines.push({ name: `${name}, ${where}`, ...wrapped(wrap, text, secret) });
    }
    for (const [index, name] of names.entries()) {
      const [how, write] = pick(syntaxes, n * 7 + index);
      const [where, wrap] = pick(contexts, n * 3 + index);
      const value = plainValue(`${seed}${n}${name}`);
      const text = write(name, value);
      lines.push({
        name: `${name}, ${how}, ${where}`,
        ...wrapped(wrap, text, text.includes(value) ? value : encodeURIComponent(value)),
      });
    }
  }
  return lines.slice(0, count);
}

function wrapped(
  wrap: (text: string) => string,
  text: string,
  secret: string,
): { text: string; secret: string } {
  const whole = wrap(text);
  let escaped = secret;
  for (let depth = 0; depth < 4 && !whole.includes(escaped); depth += 1)
    escaped = JSON.stringify(escaped).slice(1, -1);
  return { text: whole, secret: escaped };
}

function pick<T>(list: readonly T[], at: number): T {
  // The remainder is within the list, which is not empty.
  return list[at % list.length] as T;
}

const hex = (seed: string, length: number): string => made(seed, length, 'hex');

/** Ordinary lines of services, agents and AWS itself. */
const ordinary: readonly ((seed: string) => string)[] = [
  (s) => `(service web) has started 1 tasks: (task ${hex(s, 32)}).`,
  (s) =>
    `(service web, taskSet ecs-svc/${Number.parseInt(hex(s, 12), 16)}) has begun draining connections on 1 tasks.`,
  (s) => `2026-01-02T03:04:05Z INFO GET /api/users/${hex(s, 6)} 200 ${s.length}ms trace=${hex(s, 32)}`,
  (s) => `{"level":"info","traceId":"${hex(s, 32)}","spanId":"${hex(`${s}1`, 16)}","msg":"handled"}`,
  (s) => `X-Amzn-Trace-Id: Root=1-${hex(s, 8)}-${hex(`${s}r`, 24)};Parent=${hex(`${s}p`, 16)};Sampled=1`,
  (s) => `arn:aws:ecs:us-east-1:123456789012:task/production/${hex(s, 32)}`,
  (s) => `arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db/password-${made(s, 6)}`,
  (s) => `arn:aws:kms:us-east-1:123456789012:key/${uuid(s)}`,
  (s) => `pulled 123456789012.dkr.ecr.us-east-1.amazonaws.com/web@sha256:${hex(s, 64)}`,
  (s) => `commit ${hex(s, 40)} deployed as web:${hex(`${s}v`, 7)}`,
  (s) => `requestId: ${uuid(s)} status=ok duration=12.5ms`,
  (s) => `eni-${hex(s, 17)} subnet-${hex(`${s}s`, 17)} sg-${hex(`${s}g`, 17)} i-${hex(`${s}i`, 17)}`,
  (s) =>
    `10.0.3.7 - - [02/Jan/2026:03:04:05 +0000] "GET /static/app.${hex(s, 8)}.js HTTP/1.1" 200 5120 "-" "Mozilla/5.0"`,
  (s) => `session ${uuid(s)} opened by user 42 from 203.0.113.7`,
  (s) => `integrity sha512-${Buffer.from(hex(s, 64)).toString('base64')} ok`,
  (s) => `Kafka consumer group=orders partition=3 offset=${Number.parseInt(hex(s, 10), 16)} lag=0`,
  (s) => `cache key user:profile:${hex(s, 8)} hit`,
  (s) => `primary key orders_pkey violated: Key (id)=(${hex(s, 8)}) already exists.`,
  (s) => `password authentication failed for user "app_${hex(s, 4)}"`,
  (s) => `token expired ${s.length} seconds ago for client ${uuid(s)}`,
  (s) => `Authorization failed: missing bearer token (request ${uuid(s)})`,
  (s) => `secret prod/db version AWSCURRENT rotated at 2026-01-02T03:04:05Z, id ${uuid(s)}`,
  (s) => `tokens used: prompt_tokens=${s.length} completion_tokens=12 total_tokens=99`,
  (s) => `    at Object.verifyToken (/app/dist/auth-${hex(s, 8)}.js:12:34)`,
  (s) => `DEBUG AuthenticationFilter keyId=${uuid(s)} alg=RS256 kid=${hex(s, 16)}`,
  (s) => `env: DB_PASSWORD=\${DB_PASSWORD} API_KEY=$API_KEY build=${hex(s, 7)}`,
  (s) => `ETag: "${hex(s, 32)}" Content-MD5 ok x-amz-request-id=${made(s, 16, 'upper')}`,
  (s) => `nextToken=${made(s, 64)} page=2`,
  (s) => `ulid 01${made(s, 24, 'upper')} queued`,
  (s) => `Lambda RequestId: ${uuid(s)} Version: $LATEST Init Duration: 120 ms`,
  (s) => `ssh-rsa key fingerprint SHA256:${made(s, 43)} accepted for deploy`,
  (s) => `https://web.example.com/reset/password?step=2&lang=en#${hex(s, 6)} 200`,
];

function uuid(seed: string): string {
  const digits = hex(seed, 32);
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20),
  ].join('-');
}

/** `count` lines without a secret. */
export function ordinaryLines(count: number, seed: string): string[] {
  return Array.from({ length: count }, (_, n) => {
    if (n % 50 === 0) return pick(lookAlikes, n / 50);
    const line = pick(ordinary, n)(`${seed}${n}`);
    return pick(contexts.slice(0, 5), Math.floor(n / ordinary.length))[1](line);
  });
}
