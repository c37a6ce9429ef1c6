// The address of the hub as a person writes it, made into the one the node dials.

import { isIP } from 'node:net';
import { fail } from '../contract/errors.ts';

const schemes: Readonly<Record<string, string>> = {
  'http:': 'ws:',
  'https:': 'wss:',
  'ws:': 'ws:',
  'wss:': 'wss:',
};
const NODE_PATH = '/node';

/** Throws `hub-insecure` for plain addresses of other machines and `config-invalid` for what is no address. */
export function hubUrl(text: string): string {
  const parsed = URL.canParse(text) ? new URL(text) : null;
  const scheme = schemes[parsed?.protocol ?? ''];
  if (parsed === null || scheme === undefined) {
    throw fail('input-invalid', {
      where: 'the address of the hub',
      detail: 'it is not an address such as https://hub.example.com',
    });
  }
  const { hostname, host } = parsed;
  if (scheme === 'ws:' && !isLoopback(hostname)) throw fail('hub-insecure', { scheme: 'ws', host: hostname });
  const path = parsed.pathname === '/' ? NODE_PATH : parsed.pathname;
  return `${scheme}//${host}${path}`;
}

/** Names other than localhost are not resolved here: what they mean may change between this check and the dial. */
function isLoopback(hostname: string): boolean {
  if (hostname === 'localhost' || hostname === '[::1]') return true;
  return isIP(hostname) === 4 && hostname.startsWith('127.');
}
