// Passwords inside addresses: `scheme://user:password@host`, the same percent-encoded, and the drivers' own spellings.

import type { Finder } from './find-formats.ts';
import type { Span } from './span.ts';
import { isSecretValue } from './values.ts';

const marks = /:\/\/|%3A%2F%2F|@(?:tcp|unix)\(|@\/\/|jdbc:oracle:\w{1,8}:/gi;
/** In web addresses a slash ends the part that can hold a password; database drivers take one within it. */
const webLogin = /:\/\/[^\s/@:"'<>`\\?#]{0,128}:([^\s/@"'<>`\\?#]{1,512})@/y;
const driverLogin = /:\/\/[^\s/@:"'<>`\\?#]{0,128}:([^\s"'<>`\\,]{1,512})@(?=[\w.[(*-])/y;
const encodedLogin = /%3A%2F%2F[^\s%"'<>&]{0,128}%3A([^\s"'<>&;,@]{1,512}?)%40/iy;
const oracleLogin = /jdbc:oracle:\w{1,8}:[^\s/@"']{1,128}\/([^\s@"']{1,256})@/iy;
const webScheme = /(?:^|[^a-z0-9+])(?:https?|wss?|ftps?|git|ssh|git\+https?)$/i;
/** Oracle's easy connect: `user/password@//host:port/service`. */
const easyLogin = /(?:^|[\s"'`=:])[\w$#.]{1,64}\/([^\s/@"'`]{1,128})$/;
const loginBefore = /(?:^|[\s"'`=])[^\s:@"'`=/]{1,64}:([^\s"'`]{1,128})$/;

/** More than the longest user, password and marks that the patterns take. */
const LOGIN_CHARS = 660;

export function createUrlFinder(): Finder {
  return (text) => {
    const spans: Span[] = [];
    let nextAt = -1;
    marks.lastIndex = 0;
    for (let hit = marks.exec(text); hit !== null; hit = marks.exec(text)) {
      // An address without an @ soon after it has no login; most have none.
      if (nextAt < hit.index) nextAt = indexOrEnd(text, hit.index);
      if (nextAt - hit.index > LOGIN_CHARS && !hit[0].startsWith('%')) continue;
      const span = loginAt(text, hit.index, hit[0]);
      if (span === null || !isSecretValue(text.slice(span.start, span.end), 'strong')) continue;
      spans.push(span);
      marks.lastIndex = Math.max(marks.lastIndex, span.end);
    }
    return spans;
  };
}

function indexOrEnd(text: string, from: number): number {
  const at = text.indexOf('@', from);
  return at < 0 ? Number.MAX_SAFE_INTEGER : at;
}

function loginAt(text: string, at: number, mark: string): Span | null {
  if (mark.startsWith('@')) return driverSpan(text, at, mark === '@//' ? easyLogin : loginBefore);
  if (mark.startsWith('%')) return spanOf(encodedLogin, text, at);
  if (mark.startsWith('j') || mark.startsWith('J')) return spanOf(oracleLogin, text, at);
  const span = spanOf(driverLogin, text, at);
  const isWeb = span !== null && webScheme.test(text.slice(Math.max(0, at - 12), at));
  return isWeb ? spanOf(webLogin, text, at) : span;
}

function spanOf(pattern: RegExp, text: string, at: number): Span | null {
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  const secret = match?.[1];
  if (match === null || secret === undefined) return null;
  const start = at + match[0].lastIndexOf(secret);
  return { start, end: start + secret.length, kind: 'url-password' };
}

/** `user:password@tcp(host:3306)/name`, as the Go MySQL driver writes it, or what else ends where the host begins. */
function driverSpan(text: string, at: number, login: RegExp): Span | null {
  const secret = login.exec(text.slice(Math.max(0, at - 200), at))?.[1];
  return secret === undefined ? null : { start: at - secret.length, end: at, kind: 'url-password' };
}
