// Who is asking: a browser by its session cookie, the command line of this machine by the operator token.
// Secrets are compared and stored as SHA-256 only. Each request reads the person anew, so a right that was taken away is gone.

import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { fail } from '../contract/errors.ts';
import type { Caller } from '../dispatch/request.ts';
import { sha256Hex } from '../kernel/canonical-json.ts';
import type { Clock } from '../kernel/clock.ts';
import { limits } from '../kernel/limits.ts';
import { type Store, StoreConflict } from '../store/port.ts';

const SECRET_BYTES = 32;
const HEADER_CHARS_MAX = 4_096;

export interface Identity {
  readonly person: Caller;
  /** The channel, as decisions record it. */
  readonly via: 'web' | 'cli';
  /** What unsafe requests of this session have to carry; null for the token, which no browser sends by itself. */
  readonly csrf: string | null;
}

export interface Auth {
  /** Null when nobody valid is named. */
  identify(headers: IncomingHttpHeaders): Promise<Identity | null>;
  /** Uses a one-time code up and returns the cookie of a new session. Throws `sign-in-invalid`. */
  signIn(code: string): Promise<{ readonly cookie: string; readonly identity: Identity }>;
  /** Ends the session of these headers; returns the cookie that removes it. */
  signOut(headers: IncomingHttpHeaders): Promise<string>;
  /** A one-time code for a person, good for 15 minutes. */
  createSignInCode(person: Caller): Promise<string>;
}

export interface AuthOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly operator: Caller;
  readonly operatorToken: string;
  /** Under TLS the cookie is bound to this host and never sent in the clear. */
  readonly secure: boolean;
  /** Cookies do not know ports: the name keeps two hubs of one machine apart. */
  port(): number;
}

export function createAuth(options: AuthOptions): Auth {
  const { store, clock, operator } = options;
  const tokenHash = Buffer.from(sha256Hex(options.operatorToken), 'hex');

  function cookieName(): string {
    return options.secure ? '__Host-lockkeeper-session' : `lockkeeper-session-${options.port()}`;
  }

  function cookie(value: string, maxAgeMs: number): string {
    const secure = options.secure ? '; Secure' : '';
    return `${cookieName()}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${Math.floor(maxAgeMs / 1_000)}${secure}`;
  }

  async function byToken(token: string): Promise<Identity | null> {
    if (!timingSafeEqual(Buffer.from(sha256Hex(token), 'hex'), tokenHash)) return null;
    const person = (await store.person(operator.id)) ?? operator;
    return { person, via: 'cli', csrf: null };
  }

  return {
    async identify(headers) {
      const { authorization } = headers;
      if (authorization !== undefined) {
        const token = /^Bearer ([\w.~+/-]{1,200}=*)$/.exec(authorization)?.[1];
        // Whoever shows a token stands or falls with it; a cookie beside it does not help.
        return token === undefined ? null : byToken(token);
      }
      const secret = cookieValue(headers.cookie, cookieName());
      if (secret === null) return null;
      const session = await store.session(sha256Hex(secret), clock.now());
      return session === null ? null : { person: session.person, via: 'web', csrf: session.csrf };
    },

    async signIn(code) {
      const { secret, identity } = await openSession(store, clock, code);
      return { cookie: cookie(secret, limits.session.lifeMs), identity };
    },

    async signOut(headers) {
      const secret = cookieValue(headers.cookie, cookieName());
      if (secret !== null) await store.commit([{ kind: 'session.delete', sha256: sha256Hex(secret) }], []);
      return cookie('', 0);
    },

    async createSignInCode(person) {
      const code = randomBytes(SECRET_BYTES).toString('base64url');
      const expiresAt = clock.now() + limits.session.signInLinkMs;
      await store.commit(
        [{ kind: 'sign-in.create', sha256: sha256Hex(code), person: person.id, expiresAt }],
        [
          {
            event: 'link.created',
            actor: { kind: 'person', id: person.id, name: person.name },
            data: { expiresAt },
          },
        ],
      );
      return code;
    },
  };
}

/** Uses a code up and opens a session in one step. Throws `sign-in-invalid`. */
async function openSession(
  store: Store,
  clock: Clock,
  code: string,
): Promise<{ readonly secret: string; readonly identity: Identity }> {
  const now = clock.now();
  const codeHash = sha256Hex(code);
  const personId = await store.signInPerson(codeHash);
  const person = personId === null ? null : await store.person(personId);
  if (person === null) throw fail('sign-in-invalid');
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  const csrf = randomBytes(SECRET_BYTES).toString('base64url');
  const expiresAt = now + limits.session.lifeMs;
  try {
    await store.commit(
      [
        { kind: 'sign-in.use', sha256: codeHash, now },
        { kind: 'session.create', sha256: sha256Hex(secret), person: person.id, csrf, expiresAt },
      ],
      [
        {
          event: 'person.signed-in',
          actor: { kind: 'person', id: person.id, name: person.name },
          data: { expiresAt },
        },
      ],
    );
  } catch (error) {
    if (error instanceof StoreConflict) throw fail('sign-in-invalid', {}, error);
    throw error;
  }
  return { secret, identity: { person, via: 'web', csrf } };
}

/** Whether `sent` is the session's csrf token, in constant time. */
export function csrfHolds(identity: Identity, sent: string | string[] | undefined): boolean {
  if (identity.csrf === null) return true;
  if (typeof sent !== 'string') return false;
  const a = Buffer.from(sha256Hex(sent), 'hex');
  return timingSafeEqual(a, Buffer.from(sha256Hex(identity.csrf), 'hex'));
}

function cookieValue(header: string | undefined, name: string): string | null {
  if (header === undefined || header.length > HEADER_CHARS_MAX) return null;
  for (const part of header.split(';')) {
    const cut = part.indexOf('=');
    if (cut >= 0 && part.slice(0, cut).trim() === name) return part.slice(cut + 1).trim();
  }
  return null;
}
