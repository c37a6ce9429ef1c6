// Which addresses the hub answers to. A browser that was led here under another name (DNS rebinding), or by a page of another
// origin, is refused before anything else is looked at.

import type { IncomingHttpHeaders } from 'node:http';

export interface Origins {
  /** The first thing that is wrong with the headers of a request, as the `{origin}` of `origin-refused`; null when nothing is. */
  refusal(headers: IncomingHttpHeaders): string | null;
  /** The same for a connection of a node, which is a program and never sends an Origin. */
  upgradeRefusal(headers: IncomingHttpHeaders): string | null;
}

export interface OriginOptions {
  /** The port that is listened on. Known only after the start, hence a function. */
  port(): number;
  readonly scheme: 'http' | 'https';
  /** The address people use when it is not this machine's loopback. */
  readonly publicUrl: URL | null;
}

export function createOrigins(options: OriginOptions): Origins {
  function hosts(): string[] {
    const port = options.port();
    const own = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
    return options.publicUrl === null ? own : [...own, options.publicUrl.host];
  }

  function isOwnOrigin(origin: string): boolean {
    if (options.publicUrl?.origin === origin) return true;
    const port = options.port();
    return ['127.0.0.1', 'localhost', '[::1]'].some(
      (host) => origin === `${options.scheme}://${host}:${port}`,
    );
  }

  function hostRefusal(headers: IncomingHttpHeaders): string | null {
    const host = headers.host?.toLowerCase();
    if (host !== undefined && hosts().includes(host)) return null;
    return `the host name ${shown(host ?? 'of nobody')}`;
  }

  return {
    refusal(headers) {
      const wrongHost = hostRefusal(headers);
      if (wrongHost !== null) return wrongHost;
      const { origin } = headers;
      if (origin !== undefined && !isOwnOrigin(origin)) return shown(origin);
      // A page elsewhere may link here, but it may not load anything from here.
      const mode = headers['sec-fetch-mode'];
      if (headers['sec-fetch-site'] === 'cross-site' && mode !== 'navigate') return 'another site';
      return null;
    },
    upgradeRefusal(headers) {
      const wrongHost = hostRefusal(headers);
      if (wrongHost !== null) return wrongHost;
      return headers.origin === undefined ? null : `${shown(headers.origin)}: nodes are no browsers`;
    },
  };
}

function shown(text: string): string {
  return text.slice(0, 100).replace(/[^\x20-\x7e]/g, '?');
}
