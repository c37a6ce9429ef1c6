// Counts the connections this process opens to anywhere but this machine, as Node itself reports them.

import diagnostics from 'node:diagnostics_channel';
import net, { type Socket } from 'node:net';

export interface WatchedConnections {
  /** Connections so far whose other end was not on loopback, or whose name was asked for and is not localhost. */
  elsewhere(): number;
  stop(): void;
}

/** Begins to count. https://nodejs.org/api/diagnostics_channel.html (`net.client.socket`) */
export function watchConnections(): WatchedConnections {
  let count = 0;
  const seen = (message: unknown): void => {
    const { socket } = message as { socket: Socket };
    socket.once('lookup', (_error, _address, _family, host) => {
      if (!isHere(host)) count += 1;
    });
    socket.once('connect', () => {
      if (!isHere(socket.remoteAddress ?? '')) count += 1;
    });
  };
  diagnostics.subscribe('net.client.socket', seen);
  return {
    elsewhere: () => count,
    stop: () => void diagnostics.unsubscribe('net.client.socket', seen),
  };
}

function isHere(host: string): boolean {
  const address = host.replace(/^::ffff:/, '');
  return (
    address === '' ||
    address === 'localhost' ||
    address === '::1' ||
    (net.isIPv4(address) && address.startsWith('127.'))
  );
}
