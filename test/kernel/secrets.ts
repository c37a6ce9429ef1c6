// One made-up secret of every format the redactor knows, and text that only looks like one. Nothing here was ever valid:
// the characters come from a fixed generator, put together at run time so that no scanner mistakes this file for a leak.

import { createHash } from 'node:crypto';

const alphabets = {
  hex: '0123456789abcdef',
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567',
  word: 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789',
} as const;

/** `length` characters that depend on `seed` alone; always with a digit, and a letter of either case where there is any. */
export function made(seed: string, length: number, alphabet: keyof typeof alphabets = 'word'): string {
  const chars = alphabets[alphabet];
  const lead = { hex: 'a7', upper: 'Q7', word: 'xK7' }[alphabet];
  let text = lead;
  for (let i = 0; text.length < length; i++)
    for (const byte of createHash('sha256').update(`${seed}${i}`).digest())
      text += chars[byte % chars.length];
  return text.slice(0, length);
}

const madeBy = made;
const b64 = (text: string): string => Buffer.from(text).toString('base64');
const b64url = (text: string): string => Buffer.from(text).toString('base64url');
const jwtOf = (seed: string): string =>
  [
    b64url('{"alg":"HS256","typ":"JWT"}'),
    b64url('{"sub":"1234567890","name":"Jo"}'),
    made(`${seed}jwt`, 43),
  ].join('.');
const pemOf = (seed: string, kind: string): string => {
  const lines = Array.from({ length: 6 }, (_, i) => made(`${seed}pem${kind}${i}`, 64));
  return `-----BEGIN ${kind}-----\n${lines.join('\n')}\n-----END ${kind}-----`;
};

export interface Sample {
  readonly name: string;
  /** The text the secret stands in. */
  readonly text: string;
  /** What must not be in the output. */
  readonly secret: string;
}

const bare = (name: string, secret: string): Sample => ({ name, text: `got ${secret} from peer`, secret });
const held = (name: string, template: string, secret: string): Sample => ({
  name,
  text: template.replace('@@', () => secret),
  secret,
});

/** Secrets that are known by their own form; another `seed` makes others of the same forms. */
export function bareSecretsOf(seed: string): readonly Sample[] {
  const made = (name: string, length: number, alphabet?: keyof typeof alphabets): string =>
    madeBy(`${seed}${name}`, length, alphabet);
  const pem = (kind: string): string => pemOf(seed, kind);
  return [
    bare('AWS access key', `AKIA${made('akia', 16, 'upper')}`),
    bare('AWS temporary key', `ASIA${made('asia', 16, 'upper')}`),
    bare('AWS documentation key', 'AKIAIOSFODNN7EXAMPLE'),
    bare('AWS session token', `IQoJb3JpZ2luX2Vj${made('sts', 300)}`),
    bare('Bedrock key', `ABSK${made('absk', 128)}`),
    bare('ECR auth', b64(`AWS:eyJ${made('ecr', 400)}`)),
    bare('JWT', jwtOf(seed)),
    bare('docker config', b64(`{"auths":{"registry":{"auth":"${made('dock', 30)}"}}}`)),
    bare('GitHub classic', `ghp_${made('ghp', 36)}`),
    bare('GitHub fine-grained', `github_pat_${made('ghf', 22)}_${made('ghf2', 59)}`),
    bare('GitHub OAuth', `gho_${made('gho', 36)}`),
    bare('GitHub app', `ghs_${made('ghs', 36)}`),
    bare('GitLab', `glpat-${made('gl', 20)}`),
    bare('Slack bot', `xoxb-${'1'.repeat(12)}-${'2'.repeat(13)}-${made('xoxb', 24)}`),
    bare('Slack user', `xoxp-${'1'.repeat(12)}-${made('xoxp', 32, 'hex')}`),
    bare('Slack app', `xapp-1-A${made('xapp', 10, 'upper')}-${made('xapp2', 64, 'hex')}`),
    held(
      'Slack webhook',
      'https://hooks.slack.com/services/@@ failed',
      `T0${made('t', 8, 'upper')}/B0${made('b', 8, 'upper')}/${made('w', 24)}`,
    ),
    bare('Stripe live', `sk_live_${made('sk', 24)}`),
    bare('Stripe restricted', `rk_live_${made('rk', 24)}`),
    bare('Stripe webhook', `whsec_${made('wh', 32)}`),
    bare('Twilio', `SK${made('tw', 32, 'hex')}`),
    bare('SendGrid', `SG.${made('sg', 22)}.${made('sg2', 43)}`),
    bare('Mailgun', `key-${made('mg', 32, 'hex')}`),
    bare('Mailchimp', `${made('mc', 32, 'hex')}-us12`),
    bare('OpenAI', `sk-proj-${made('oa', 48)}`),
    bare('OpenAI legacy', `sk-${made('oa2', 48)}`),
    bare('Anthropic', `sk-ant-api03-${made('an', 90)}`),
    bare('npm', `npm_${made('npm', 36)}`),
    bare('PyPI', `pypi-AgEIcHlwaS5vcmc${made('py', 70)}`),
    bare('Docker PAT', `dckr_pat_${made('dp', 27)}`),
    bare('Vault', `hvs.${made('hv', 90)}`),
    bare('New Relic', `NRAK-${made('nr', 27, 'upper')}`),
    bare('New Relic licence', `${made('nrl', 36, 'hex')}NRAL`),
    held('Sentry DSN', 'dsn is https://@@@o1.ingest.sentry.io/2', made('se', 32, 'hex')),
    held('PagerDuty', 'Authorization: Token token=@@', made('pd', 20)),
    bare('Google OAuth', `ya29.${made('ya', 120)}`),
    bare('Google API', `AIza${made('ai', 35)}`),
    bare('Google client', `GOCSPX-${made('go', 28)}`),
    bare('Azure client', `${made('az', 3)}8Q~${made('az2', 34)}`),
    bare('DigitalOcean', `dop_v1_${made('do', 64, 'hex')}`),
    bare('Shopify', `shpat_${made('sh', 32, 'hex')}`),
    bare('Telegram', `123456789:AA${made('tg', 33)}`),
    bare('Discord', `MT${made('di', 22)}.${made('di2', 6)}.${made('di3', 38)}`),
    bare('age', `AGE-SECRET-KEY-1${made('age', 58, 'upper')}`),
    bare('join token', `lkj_${made('lkj', 43)}_${made('lkj2', 32, 'hex')}`),
    bare('Databricks', `dapi${made('da', 32, 'hex')}`),
    bare('Grafana', `glsa_${made('gr', 32)}_${made('gr2', 8, 'hex')}`),
    bare('Hugging Face', `hf_${made('hf', 34)}`),
    bare('PEM RSA', pem('RSA PRIVATE KEY')),
    bare('PEM PKCS8', pem('PRIVATE KEY')),
    bare('PEM EC', pem('EC PRIVATE KEY')),
    bare('PEM OpenSSH', pem('OPENSSH PRIVATE KEY')),
    bare('PEM encrypted', pem('ENCRYPTED PRIVATE KEY')),
    bare('PGP', pem('PGP PRIVATE KEY BLOCK')),
    bare('PEM on one line', pem('PRIVATE KEY').replaceAll('\n', '\\n')),
    bare('base64 of key=value', b64(`DB_USER=app\nDB_PASSWORD=${made('blob', 12)}\n`)),
  ];
}

/** Secrets that are known by the name they are given to, or by what stands around them. */
export function heldSecretsOf(seed: string): readonly Sample[] {
  const made = (name: string, length: number, alphabet?: keyof typeof alphabets): string =>
    madeBy(`${seed}${name}`, length, alphabet);
  const pw = made('password', 14);
  const secretKey = `${made('aws', 19)}/${made('aws2', 20)}`;

  return [
    held('AWS secret in env', 'AWS_SECRET_ACCESS_KEY=@@', secretKey),
    held('AWS secret in JSON', '{"SecretAccessKey":"@@","Expiration":"2030-01-01T00:00:00Z"}', secretKey),
    held('AWS secret in ini', 'aws_secret_access_key = @@', secretKey),
    held('container credentials token', '{"AccessKeyId":"x","Token":"@@"}', made('cc', 200)),
    held('presigned signature', 'GET /b/k?X-Amz-Expires=300&X-Amz-Signature=@@&x=1', made('sig', 64, 'hex')),
    held(
      'SigV4 header',
      'Authorization: AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=@@',
      made('s4', 64, 'hex'),
    ),
    held('bearer header', 'Authorization: Bearer @@', made('be', 40)),
    held('bearer in JSON', '{"authorization":"Bearer @@"}', made('be2', 40)),
    held('basic header', 'authorization: Basic @@', b64(`app:${pw}`)),
    held('basic without a header name', 'sent Basic @@ to proxy', b64(`app:${pw}`)),
    held('basic URL', 'GET https://app:@@@host.example/path', pw),
    held('Postgres URL', 'postgres://app:@@@db:5432/shop?sslmode=require', pw),
    held('Postgres URL with a slash in it', 'postgres://app:@@@db:5432/shop', `${pw}/x`),
    held('MySQL URL', 'mysql://root:@@@10.0.0.1/shop', pw),
    held('MongoDB URL', 'mongodb+srv://app:@@@cluster0.example.net/db', pw),
    held('Redis URL', 'redis://:@@@cache:6379/0', pw),
    held('AMQP URL', 'amqps://u:@@@mq/vhost', pw),
    held('key=value DSN', 'host=db port=5432 user=app password=@@ dbname=shop', pw),
    held('SQL Server DSN', 'Server=db;Database=shop;User Id=sa;Password=@@;Encrypt=true', pw),
    held('JDBC', 'jdbc:postgresql://db/shop?user=app&password=@@&ssl=true', pw),
    held('JDBC Oracle', 'jdbc:oracle:thin:app/@@@db:1521:orcl', pw),
    held('Go MySQL DSN', 'app:@@@tcp(db:3306)/shop', pw),
    held('JSON password', '{"user":"app","password":"@@"}', pw),
    held('JSON password with an escaped quote', '{"password":"@@","x":1}', `ab\\"${pw}`),
    held('escaped JSON password', '{"msg":"{\\"user\\":\\"app\\",\\"password\\":\\"@@\\"}"}', pw),
    held('twice escaped JSON password', '"{\\\\\\"password\\\\\\":\\\\\\"@@\\\\\\"}"', pw),
    held('YAML', 'db:\n  user: app\n  password: @@\n', pw),
    held('YAML with spaces in it', 'password: @@', `correct ${pw} staple`),
    held('form', 'username=app&password=@@&remember=1', pw),
    held('query token', 'GET /cb?access_token=@@&state=1', made('qt', 32)),
    held('query key', 'GET /v1?api_key=@@ 200', made('qk', 32)),
    held('env dump', 'PATH=/bin\nDB_PASSWORD=@@\nHOME=/root', `${pw},&;x`),
    held('Django', "SECRET_KEY = '@@'", `django-insecure-${made('dj', 40)}!@#`),
    held('Rails', 'secret_key_base: @@', made('ra', 128, 'hex')),
    held('X-API-Key', 'X-API-Key: @@', made('xa', 32)),
    held('Twilio auth token', 'TWILIO_AUTH_TOKEN=@@', made('twa', 32, 'hex')),
    held('docker config auth', '{"auths":{"r":{"auth":"@@"}}}', b64(`user:${pw}`)),
    held('Datadog', 'DD_API_KEY=@@', made('dd', 32, 'hex')),
    held(
      'Azure storage',
      'DefaultEndpointsProtocol=https;AccountName=x;AccountKey=@@;EndpointSuffix=y',
      `${made('ast', 86)}==`,
    ),
    held('Discord token by name', 'discord_token: "@@"', made('dtk', 59)),
    held('session cookie', 'Cookie: sid=@@; theme=dark', made('ck', 32)),
    held('set-cookie', 'set-cookie: session=@@; HttpOnly', made('ck2', 32)),
    held('hub cookie', 'sent lk_session=@@', made('hub', 43)),
    held('refresh token', '"refresh_token": "@@"', made('rt', 64)),
    held('TOTP seed', 'otpauth://totp/x?secret=@@&issuer=y', made('to', 32, 'upper')),
    held('URL-encoded DSN', 'redirect=postgres%3A%2F%2Fapp%3A@@%40db%2Fshop', pw),
    held('URL-encoded query', 'u=%2Fcb%3Fpassword%3D@@%26x%3D1', pw),
    held('flag', 'exec: migrate --password @@ --verbose', pw),
    held('flag with =', 'exec: migrate --db-password=@@ --verbose', pw),
    held('wrapped in colours', '\u001b[36mpassword\u001b[0m=\u001b[33m@@\u001b[0m ok', pw),
    held('stack-trace object', "  config: { host: 'db', password: '@@', port: 5432 },", pw),
    held('Ruby hash', 'Parameters: {"password"=>"@@", "user"=>"x"}', pw),
    held('KMS data key', '{"Plaintext":"@@","KeyId":"k"}', b64(made('kms', 32))),
    held('XML', '<user>x</user><password>@@</password>', pw),
    held('SQL', "ALTER USER app IDENTIFIED BY '@@'", pw),
    held('name and value', '{"name":"DB_PASSWORD","value":"@@"}', pw),
    held('weak password', 'password=@@', 'hunter2'),
    held('numeric password', '{"password": @@}', '123456'),
    held('npmrc', '//registry.npmjs.org/:_authToken=@@', made('nr2', 36)),
    held('spring', 'spring.datasource.password=@@', pw),
  ];
}

export const bareSecrets = bareSecretsOf('');
export const heldSecrets = heldSecretsOf('');

export const lookAlikes: readonly string[] = [
  'arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db/password-AbCdEf',
  'arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf:password::',
  '{"name":"DB_PASSWORD","valueFrom":"arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf:password::"}',
  'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  'arn:aws:ecs:us-east-1:123456789012:task/production/0f9de17a6465404e8b1b2356dc13c2f8',
  'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf from secrets manager: AccessDeniedException: User is not authorized to perform: secretsmanager:GetSecretValue on resource',
  'i-0abcd1234efgh5678 eni-0123456789abcdef0 sg-0a1b2c3d subnet-0123abcd vpc-0a1b2c3d4e',
  'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'integrity="sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="',
  '550e8400-e29b-41d4-a716-446655440000 01ARZ3NDEKTSV4RRFFQ69G5FAV conv_01ARZ3NDEKTSV4RRFFQ69G5FAV',
  'X-Amzn-Trace-Id: Root=1-67891233-abcdef012345678912345678;Sampled=1',
  'requestId: 79104EXAMPLEB723 x-amz-request-id=4442587FB7D0A2F9',
  'commit 3f786850e387550fdab836ed7e6dc881de23001b',
  'password must be at least 12 characters',
  'Password: must contain a digit',
  'password authentication failed for user "app"',
  'DB_PASSWORD=${DB_PASSWORD} API_KEY=$API_KEY TOKEN={{ token }} SECRET=%s',
  'password=*** token=[REDACTED] secret=<redacted> api_key=xxxxx',
  'password=[secret:password:0a1b2c3d] [dropped:env]',
  'postgres://app:${DB_PASSWORD}@db:5432/shop postgres://app:***@db/shop',
  `-----BEGIN PUBLIC KEY-----\n${made('pub', 60)}\n-----END PUBLIC KEY-----`,
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJx8dGVzdGtleXRlc3RrZXl0ZXN0a2V5dGVzdGs= me@host',
  `{"nextToken":"eyJ2IjoiMiIsImMiOiJ${made('next', 60)}","services":[]}`,
  `nextForwardToken: f/${made('fwd', 56)}/s NextToken=${made('nt', 40)}`,
  `{"clientToken":"550e8400-e29b-41d4-a716-446655440000","sequenceToken":"49590302212345678901234567890123"}`,
  'max_tokens=4096 input_tokens: 1200 token_type: bearer tokenCount=12',
  'https://sts.us-east-1.amazonaws.com/ https://docs.example.com/token/refresh?page=2',
  'GET http://user-service:8080/login?next=me@example.com 401',
  'Unauthorized: token expired; token: invalid; secret: not found',
  'author: alice keyboard=qwerty monkey: 1 design=ok passed=12 bypass: true compass=north',
  'registry-1.docker.io/library/nginx@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'disk-usage task-definition-family-name-very-long-indeed-for-tests risk-assessment-of-the-day',
  'see arn:aws:iam::123456789012:role/ecsTaskExecutionRole and AROAEXAMPLEID',
  'port mapping 0.0.0.0:32768->8080/tcp us-east-1a 10.0.1.23:54321',
];
