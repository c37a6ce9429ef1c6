// Which names say that their value is a secret: of JSON members, environment variables, headers, flags and query fields.
// A name is read as words (`dbPassword`, `DB_PASSWORD` and `db-password` are the same), because `token` is in `tokenizer`.

/** `strong`: any value is a secret. `weak`: only a value that looks made by a machine is. */
export type Sensitivity = 'strong' | 'weak' | null;

export interface NamedSecret {
  readonly sensitivity: Sensitivity;
  /** What stands in the placeholder. */
  readonly kind: string;
}

const strongEndings = /(?:password|passwd|passphrase|passcode|passwort|pwd)$/;
/** A quick look at a whole text: without any of these letters in it no name below can match. */
export const nameStems =
  /pass|pwd|secret|token|key|cred|cookie|jwt|sess|sid\b|auth|sig|csrf|xsrf|otp|plaintext|connection.?string|bearer|seed/i;

const secretWords: Readonly<Record<string, string>> = {
  secret: 'secret',
  secrets: 'secret',
  token: 'token',
  tokens: 'token',
  credential: 'credential',
  credentials: 'credential',
  creds: 'credential',
  jwt: 'token',
  bearer: 'token',
  authtoken: 'token',
  accesstoken: 'token',
  refreshtoken: 'token',
  csrf: 'token',
  xsrf: 'token',
  signature: 'signature',
  sig: 'signature',
  otp: 'otp',
  totp: 'otp',
  auth: 'credential',
  plaintext: 'data-key',
  sessionid: 'session',
  phpsessid: 'session',
  jsessionid: 'session',
  sid: 'session',
  sess: 'session',
  apikey: 'api-key',
  secretkey: 'secret',
  privatekey: 'private-key',
  accountkey: 'account-key',
  connectionstring: 'connection-string',
};
const keyQualifiers = new Set(
  `api access private secret signing encryption master account shared auth service license routing integration app
   application admin ssh deploy storage client consumer hmac jwt cipher crypt webhook ingest subscription function host
   write read root user session django flask rails`.split(/\s+/),
);
/** As a last word these say that the value is about a secret, not one. */
const aboutWords = new Set(
  `id ids name names arn arns type types count counts length size policy policies file path dir url uri endpoint expires
   expiry expiration ttl status state version versions rotation enabled required limit limits usage used manager provider
   field header headers at on date time age location region ref reference description label prefix suffix from index hint
   format algorithm method error errors message reason days seconds ms minutes max min reset changed change source
   store bucket budget window rate per scheme signedheaders mount mode by stdin attempt attempts tries retry retries
   failure failures strength score history complexity lifetime interval hashing validator validators`.split(
    /\s+/,
  ),
);
/** Before `token` these say that it marks a place in a list or makes a request repeatable. */
const placeWords = new Set(
  `next page pagination continuation continue sequence forward backward starting start client idempotency request max
   min input output prompt completion total cached cancel resume marker last previous prev scan sync task`.split(
    /\s+/,
  ),
);

/** Reads `name`, which may carry any prefix and any spelling. */
export function classifyName(name: string): NamedSecret {
  const words = wordsOf(name.slice(-100));
  const last = words.at(-1) ?? '';
  const before = words.at(-2) ?? '';
  if (isAccessKeyPart(words)) return { sensitivity: 'strong', kind: 'aws-secret-key' };
  if (last === 'id' && (before === 'session' || before === 'sess'))
    return { sensitivity: 'weak', kind: 'session' };
  if (aboutWords.has(last)) return nothing;
  if (words.some((word) => strongEndings.test(word))) return { sensitivity: 'strong', kind: 'password' };
  if (last === 'pass' || (last === 'pw' && words.length > 1))
    return { sensitivity: 'strong', kind: 'password' };
  if (last.endsWith('cookie')) return { sensitivity: 'strong', kind: 'cookie' };
  if (last === 'authorization') return { sensitivity: 'strong', kind: 'credential' };
  return weakName(words, last, before);
}

function weakName(words: readonly string[], last: string, before: string): NamedSecret {
  if (
    /tokens?$/.test(last) &&
    (placeWords.has(before) || [...placeWords].some((word) => last === `${word}token`))
  )
    return pageToken;
  if (last === 'key' && keyQualifiers.has(before)) return { sensitivity: 'weak', kind: `${before}-key` };
  if (last === 'seed' && /otp|mfa/.test(before)) return { sensitivity: 'weak', kind: 'otp' };
  if (last === 'string' && before === 'connection') return { sensitivity: 'weak', kind: 'connection-string' };
  if (before === 'public') return nothing;
  for (const word of [last, ...words]) {
    const kind = Object.hasOwn(secretWords, word) ? secretWords[word] : undefined;
    if (kind !== undefined && (word === last || word === 'secret' || word === 'token'))
      return { sensitivity: 'weak', kind };
  }
  const ending = /(token|secret|apikey|secretkey|privatekey|accesskey)$/.exec(last)?.[1];
  return ending === undefined ? nothing : { sensitivity: 'weak', kind: ending };
}

const nothing: NamedSecret = { sensitivity: null, kind: '' };
/** A place in a list of AWS: not a secret, and worthless when altered. */
export const pageToken: NamedSecret = { sensitivity: null, kind: 'page-token' };

/** `SecretAccessKey` in any spelling; AWS access key ids are found by their form. */
function isAccessKeyPart(words: readonly string[]): boolean {
  const joined = words.join('');
  return joined.endsWith('secretaccesskey') || joined.endsWith('awssecretkey');
}

function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}
