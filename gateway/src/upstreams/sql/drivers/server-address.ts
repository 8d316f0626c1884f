/** The address of a database server, read into what drivers want. */
import { isIP } from 'node:net';
import { checkServerIdentity, type ConnectionOptions, type SecureContextOptions } from 'node:tls';
import type { WayOut } from '../../../egress/index.ts';
import type { LoginConfig } from '../../auth-schema.ts';
import { askedTls } from '../address-problem.ts';

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  /** Words where TLS is set up in a way that cannot be used. */
  securing(): Securing | false | string;
}

/** How a connection is secured; the server's certificate is always verified, its name included. */
export interface Securing {
  readonly options: ConnectionOptions;
  /** What `options.secureContext` was made of. */
  readonly material: SecureContextOptions;
  /** The certificate is to be made out to another name than that of the address. */
  readonly hasOwnName: boolean;
}

/** `auth.basic` wins over what stands in the address. */
export function serverAddress(
  written: string,
  defaultPort: number,
  login: LoginConfig | undefined,
  wayOut: WayOut | undefined,
): ServerAddress {
  const url = new URL(written);
  const path = decode(url.pathname.slice(1));
  const host = url.searchParams.get('host') ?? decode(url.hostname).replace(/^\[|\]$/g, '');
  return {
    host: host === '' ? '127.0.0.1' : host,
    port: url.port === '' ? defaultPort : Number(url.port),
    user: login?.username ?? (url.username === '' ? undefined : decode(url.username)),
    password: login?.password ?? (url.password === '' ? undefined : decode(url.password)),
    database: path === '' ? undefined : path,
    securing: () => securing(url, host, wayOut),
  };
}

/** Without a section `tls`, the address asks for it. Never both a certificate and a way around it. */
function securing(url: URL, host: string, wayOut: WayOut | undefined): Securing | false | string {
  const { tls } = wayOut ?? {};
  if (tls === undefined && askedTls(url) !== 'on') return false;
  if (host.startsWith('/')) return 'TLS is not spoken over a socket that is a file';
  const secured = tls?.securing(url.host);
  if (secured instanceof Error) return secured.message;
  const name = secured?.serverName ?? host;
  return {
    material: secured?.material ?? {},
    hasOwnName: secured?.serverName !== undefined,
    options: {
      ...(secured === undefined ? {} : { secureContext: secured.secureContext }),
      rejectUnauthorized: true,
      ...named(name),
      // Drivers ask for the name of the address, whatever the certificate is to be made out to.
      checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
    },
  };
}

/** An address is no name that could be asked for (RFC 6066, section 3). */
function named(host: string): ConnectionOptions {
  return isIP(host) === 0 ? { servername: host } : {};
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
