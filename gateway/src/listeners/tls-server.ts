/** A server of node:https that takes over new certificates, and leaves out nobody whom it lets in. */
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ServerTlsConfig } from './schema.ts';
import { ListenerFiles, type Renewed, type TlsFilesDeps } from './tls-files.ts';

export interface TlsSettings extends TlsFilesDeps {
  readonly config: ServerTlsConfig;
}

export interface TlsServer {
  readonly server: Server;
  /** Looks for changes of the files from now on; called once whoever reads requests is in place. */
  watch(): void;
  /** @returns false where it takes a start to put the new configuration in force */
  configure(config: ServerTlsConfig | undefined): boolean;
  /** Ends connections that are still being set up, too. */
  closeAll(): void;
  stop(): void;
}

/**
 * A certificate that a caller shows is looked at when the caller is identified: one that does not
 * count is refused there, with words.
 * @throws {Error} with words where certificate or key cannot be used
 */
export function createTlsServer(
  settings: TlsSettings,
  options: ServerOptions,
  listener: RequestListener,
): TlsServer {
  const files = new ListenerFiles(settings.config, settings);
  const server = createServer(
    {
      ...options,
      ...files.options(),
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: options.headersTimeout,
      requestCert: files.asksCallers,
      // The verdict is kept with the connection; whoever is refused hears why.
      rejectUnauthorized: false,
    },
    listener,
  );
  const sockets = new Set<Socket>();
  const withCertificate = new Set<TLSSocket>();
  keepTrack(server, sockets);
  const take = ({ options: context, hasOtherAuthorities }: Renewed): void => {
    server.setSecureContext(context);
    if (!hasOtherAuthorities) return;
    // Who was vouched for before has to be vouched for again.
    for (const socket of withCertificate) socket.destroy();
  };
  return {
    server,
    watch: () => {
      server.on('secureConnection', (socket) => {
        if (!files.asksCallers || socket.getPeerX509Certificate() === undefined) return;
        withCertificate.add(socket);
        socket.on('close', () => withCertificate.delete(socket));
      });
      files.watch(take);
    },
    configure: (config) => {
      const renewed = config === undefined ? undefined : files.configure(config);
      if (renewed !== undefined) take(renewed);
      return renewed !== undefined;
    },
    closeAll: () => {
      for (const socket of sockets) socket.destroy();
    },
    stop: () => files.stop(),
  };
}

function keepTrack(server: Server, sockets: Set<Socket>): void {
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
}
