// Which hosts and ports an application said it could not reach, read from its log lines. Patterns of wording, not of one driver:
// node-postgres, JDBC, Go's net, psycopg, redis-py, .NET, curl and their like say the same few things in different orders.
// A log line is a claim: it names what to look at, and never proves why.

import type { EvidenceRef } from '../../contract/finding.ts';
import type { ContainerLog } from '../evidence.ts';
import { plainLine, unescaped } from './log-lines.ts';

export type AttemptKind = 'timeout' | 'refused' | 'reset' | 'unresolved' | 'unreachable' | 'failed';

/** One destination an application failed to reach, over all lines that say so. */
export interface Attempt {
  readonly host: string;
  readonly port: number | undefined;
  readonly kind: AttemptKind;
  readonly lines: number;
  readonly tasks: readonly string[];
  /** The newest line first; at most a few. */
  readonly evidence: readonly EvidenceRef[];
  /** Milliseconds since the epoch of the newest line. */
  readonly lastMs: number;
  /** What the newest line says, bounded and without credentials. */
  readonly text: string;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number | undefined;
}

/** How many lines above and below a line belong to the same complaint. */
const NEARBY_LINES = 2;
const REFS_MAX = 4;
/** Lines beyond this are not searched; the collector reads fewer. */
const LINES_MAX = 20_000;

const KINDS: readonly (readonly [AttemptKind, RegExp])[] = [
  [
    'unresolved',
    /ENOTFOUND|EAI_AGAIN|EAI_NONAME|no such host|unknown ?host|name or service not known|could not (?:be )?resolved?|couldn'?t resolve|could not translate host name|nodename nor servname|failure in name resolution|getaddrinfo failed|server misbehaving|NXDOMAIN|failed to resolve|dns (?:lookup|resolution) fail|No address associated with hostname|host not found/i,
  ],
  [
    'refused',
    /ECONNREFUSED|connection (?:was )?refused|actively refused|\b(?:errno|error) 111\b|os error 111|:\d+ refused\b|\(111\)/i,
  ],
  [
    'timeout',
    /ETIMEDOUT|ESOCKETTIMEDOUT|i\/o timeout|timed?[ -]?out|timeout|deadline exceeded|execution expired|\b(?:errno|error) 110\b|os error 110|Client\.Timeout|\(110\)|no (?:connection|response|answer) after \d+/i,
  ],
  ['unreachable', /EHOSTUNREACH|ENETUNREACH|no route to host|network is unreachable|host is down/i],
  ['reset', /ECONNRESET|connection reset|broken pipe|EPIPE|unexpected EOF|server closed the connection/i],
  [
    'failed',
    /(?:failed|failing|unable|could ?n[o']t|cannot|can'?t|couldn't)\s+(?:to\s+)?(?:open |establish |make |create )?(?:a |the )?(?:tcp )?(?:connect|connection|reach)|connection (?:attempt |to \S+ )?failed|connect(?:ion)? error|Communications link failure|is not reachable|server is (?:not available|unavailable)/i,
  ],
];

const HOST = String.raw`(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9_-]{1,63}){0,12})`;
/** Wordings in the order in which they are tried; group 1 is the host, group 2 the port. */
const ENDPOINTS: readonly RegExp[] = [
  // psycopg: connection to server at "db" (10.0.0.1), port 5432 failed; is the server running on host "db" (…) … port 5432
  new RegExp(
    String.raw`(?:server at|on host|host name|hostname) "?'?(${HOST})"?'?(?: \([0-9a-fA-F:.]+\))?,?[^\n]{0,60}?\bport:? (\d{1,5})`,
    'gi',
  ),
  // requests, urllib3, aiohttp: HTTPSConnectionPool(host='api.example.com', port=443); "host":"db","port":5432
  new RegExp(
    String.raw`\b(?:host|hostname|address|addr)["']?\s*[=:]\s*["']?(${HOST})["']?[\s,;]{1,4}["']?port["']?\s*[=:]\s*["']?(\d{1,5})`,
    'gi',
  ),
  // curl: Failed to connect to host port 443
  new RegExp(String.raw`\bto (${HOST}) port (\d{1,5})\b`, 'gi'),
  // Java: Connection timed out: db.internal/10.0.0.1:5432
  new RegExp(String.raw`\b(${HOST})/(?:\d{1,3}\.){3}\d{1,3}:(\d{1,5})\b`, 'g'),
  // libmysql: Can't connect to MySQL server on 'host:3306' or on 'host'
  new RegExp(String.raw`MySQL server on '(${HOST})(?::(\d{1,5}))?'`, 'gi'),
  // URLs, with or without credentials: postgres://user:secret@host:5432/db
  new RegExp(String.raw`\b[a-z][a-z0-9+.-]{1,30}://(?:[^\s/@]{0,200}@)?(${HOST}):(\d{1,5})\b`, 'gi'),
  // everything that writes host:port
  new RegExp(String.raw`(?:^|[\s"'(=,@\[{<>/])(${HOST}):(\d{2,5})(?=$|[\s"')\],;:}.>/!?])`, 'g'),
];
/** A name alone, where only its resolution was tried. */
const NAME_ONLY: readonly RegExp[] = [
  new RegExp(String.raw`\blookup (${HOST})\b`),
  // nginx: host not found in upstream "app.internal" in /etc/nginx/conf.d/default.conf:23
  new RegExp(`host not found in (?:upstream|resolver) ["']?(${HOST})`, 'i'),
  new RegExp(String.raw`(?:ENOTFOUND|EAI_AGAIN) (${HOST})(?=$|[\s:"',;)\]}])`),
  new RegExp(`UnknownHostException: (${HOST})`),
  new RegExp(
    String.raw`(?:could not|couldn't|cannot|failed to) (?:translate host name|resolve host(?:name)?|resolve)\s*:?\s*["']?(${HOST})["']?`,
    'i',
  ),
  new RegExp(`no such host:? ["']?(${HOST})`, 'i'),
];
/** `Server.java:123` and its like are places in code, not hosts. */
export const CODE_FILE =
  /\.(?:java|kt|scala|[cm]?[jt]sx?|py|rb|go|rs|cs|php|ex|exs|erl|c|cc|cpp|h|swift|clj|groovy|pl|lua|vue)$/i;
const NOT_HOSTS =
  /^(?:node|internal|file|line|http|https|tcp|udp|port|error|code|errno|at|level|pid|time|localtime|status)$/i;

/** What stands before the first colon of a moment, as `2026-11-20T09` of `2026-11-20T09:50:01Z`. */
const DATE_AND_HOUR = /^(?:\d{4}-)?(?:\d{1,2}-)?\d{1,2}T\d{1,2}$/i;

/** Destinations that could not be reached according to the logs, the most recently mentioned first. */
export function failedAttempts(logs: readonly ContainerLog[]): Attempt[] {
  const found = new Map<string, Attempt>();
  for (const log of logs) {
    const lines = log.lines.slice(-LINES_MAX).map((line) => ({ ...line, text: plainLine(line.text, 1_000) }));
    const kinds = lines.map((line) => kindOf(line.text));
    for (const [index, line] of lines.entries()) {
      const near = nearbyKind(kinds, index);
      if (near === undefined) continue;
      const endpoint = endpointOf(line.text);
      if (endpoint === undefined) continue;
      // A line that only says "connecting to …" counts when the complaint follows; other lines have to complain themselves.
      if (kinds[index] === undefined && !/\bconnect|\bdial|\breach/i.test(line.text)) continue;
      add(found, endpoint, {
        kind: near,
        task: log.taskArn,
        atMs: line.atMs,
        text: withoutCredentials(line.text),
        ref: { id: log.evidence, path: line.path },
      });
    }
  }
  return joinBareNames([...found.values()]).sort((a, b) => b.lastMs - a.lastMs);
}

/** Host and port a line names, if any. Ports of 0 and above 65535 are not ports. */
export function endpointOf(line: string): Endpoint | undefined {
  const text = unescaped(line);
  // Go names the resolver it asked ("lookup db on 10.0.0.2:53"), nginx the line of its file; the name is what was wanted.
  for (const pattern of NAME_ONLY.slice(0, 2)) {
    const host = pattern.exec(text)?.[1];
    if (host !== undefined && isHost(host)) return { host: bare(host), port: undefined };
  }
  for (const pattern of ENDPOINTS) {
    // The first of a wording may be the time in front of the line, or a place in code.
    for (const [, host, digits] of text.matchAll(pattern)) {
      if (host === undefined || !isHost(host)) continue;
      const port = digits === undefined ? (/MySQL/i.test(text) ? 3306 : undefined) : Number(digits);
      if (port !== undefined && (port < 1 || port > 65_535)) continue;
      return { host: bare(host), port };
    }
  }
  for (const pattern of NAME_ONLY) {
    const host = pattern.exec(text)?.[1];
    if (host !== undefined && isHost(host)) return { host: bare(host), port: undefined };
  }
  return undefined;
}

/** What a line complains about, if it does. */
export function kindOf(text: string): AttemptKind | undefined {
  return KINDS.find(([, pattern]) => pattern.test(text))?.[0];
}

/** The same text with user names and passwords in URLs left out. */
export function withoutCredentials(text: string): string {
  return text.replace(/\b([a-z][a-z0-9+.-]{1,30}:\/\/)[^\s/@]{1,200}@/gi, '$1…@');
}

/** True for the task itself: no network lies between. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|::1|0\.0\.0\.0)$/i.test(host);
}

/** True for what no route leads to: the task itself, and the addresses at which its host and AWS serve it (169.254.0.0/16, fd00:ec2::/32). */
export function isOnHost(host: string): boolean {
  return isLoopback(host) || /^169\.254\.\d+\.\d+$|^fd00:ec2:/i.test(host);
}

/** The kind of the line itself when it is specific, else of a line next to it. */
function nearbyKind(kinds: readonly (AttemptKind | undefined)[], index: number): AttemptKind | undefined {
  const own = kinds[index];
  if (own !== undefined && own !== 'failed') return own;
  for (let distance = 1; distance <= NEARBY_LINES; distance += 1) {
    for (const near of [kinds[index - distance], kinds[index + distance]])
      if (near !== undefined && near !== 'failed') return near;
  }
  return own;
}

function isHost(host: string): boolean {
  if (CODE_FILE.test(host) || NOT_HOSTS.test(host) || DATE_AND_HOUR.test(host)) return false;
  // All digits is a number before a colon, such as a time.
  return !/^\d+$/.test(host);
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '').toLowerCase();
}

function add(
  found: Map<string, Attempt>,
  endpoint: Endpoint,
  seen: { kind: AttemptKind; task: string; atMs: number; text: string; ref: EvidenceRef },
): void {
  const key = `${endpoint.host} ${endpoint.port ?? ''}`;
  const old = found.get(key);
  if (old === undefined) {
    found.set(key, {
      ...endpoint,
      kind: seen.kind,
      lines: 1,
      tasks: [seen.task],
      evidence: [seen.ref],
      lastMs: seen.atMs,
      text: seen.text,
    });
    return;
  }
  const newer = seen.atMs >= old.lastMs;
  found.set(key, {
    ...old,
    kind: old.kind === 'failed' ? seen.kind : old.kind,
    lines: old.lines + 1,
    tasks: [...new Set([...old.tasks, seen.task])],
    evidence: (newer ? [seen.ref, ...old.evidence] : [...old.evidence, seen.ref]).slice(0, REFS_MAX),
    lastMs: Math.max(old.lastMs, seen.atMs),
    text: newer ? seen.text : old.text,
  });
}

/** A name without a port is the same complaint as the name with one. */
function joinBareNames(attempts: readonly Attempt[]): Attempt[] {
  return attempts
    .filter(
      (one) =>
        one.port !== undefined ||
        !attempts.some((other) => other.host === one.host && other.port !== undefined),
    )
    .map((one) => {
      const name = attempts.find((other) => other.host === one.host && other.port === undefined);
      return name === undefined || one.port === undefined || name.kind !== 'unresolved'
        ? one
        : { ...one, kind: 'unresolved' };
    });
}
