/** One HTTP/2 connection to an origin: dialled as every other, its streams left to whoever asked. */
import { connect, type ClientHttp2Session } from 'node:http2';
import { TLSSocket } from 'node:tls';
import type { Socket } from 'node:net';
import { dial, type Dialing } from './dial.ts';
import { InvalidResponse, type PoolOptions } from './outbound.ts';

/** Streams that are not wanted are never opened by the other side; what comes unasked is bounded. */
const SETTINGS = {
  enablePush: false,
  initialWindowSize: 1024 * 1024,
  maxHeaderListSize: 64 * 1024,
};
const MAX_HEADERS = 256;
const MAX_SESSION_MB = 64;
const NO_BYTES = { receive: () => undefined };

/**
 * Opens a connection that speaks HTTP/2, by agreement (ALPN `h2`) over TLS and without asking
 * otherwise. `told` hears of it, or why there is none, once and never before this returns.
 * @param origin `http://host:port` or `https://host:port`
 */
export function openHttp2(
  origin: URL,
  options: Omit<PoolOptions, 'maxConnections'>,
  told: (outcome: ClientHttp2Session | Error) => void,
): Dialing {
  const proxy = options.wayOut?.proxies?.find(origin);
  return dial(
    {
      origin,
      proxy,
      isTunnel: true,
      isOwnReader: true,
      alpn: 'h2',
      options: { ...options, maxConnections: 1 },
      inbox: NO_BYTES,
      readBuffer: Buffer.alloc(0),
    },
    (outcome) => told(outcome instanceof Error ? outcome : sessionOver(outcome, origin)),
  );
}

function sessionOver(socket: Socket, origin: URL): ClientHttp2Session | Error {
  if (socket instanceof TLSSocket && socket.alpnProtocol !== 'h2') {
    socket.destroy();
    return new InvalidResponse('it does not speak HTTP/2');
  }
  const session = connect(origin, {
    createConnection: () => socket,
    settings: SETTINGS,
    maxHeaderListPairs: MAX_HEADERS,
    maxSessionMemory: MAX_SESSION_MB,
    maxReservedRemoteStreams: 0,
  });
  // Streams hear of it; without a listener here it would end the process.
  session.on('error', () => undefined);
  return session;
}
