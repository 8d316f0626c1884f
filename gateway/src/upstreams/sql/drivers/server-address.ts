/** The address of a database server, read into what drivers want. */
import type { ConnectionOptions } from 'node:tls';
import type { WayOut } from '../../../egress/index.ts';
import type { LoginConfig } from '../../auth-schema.ts';

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  /** Words where TLS is set up in a way that cannot be used. */
  securing(): ConnectionOptions | false | string;
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

/** Without a section `tls`, `sslmode=require` or `verify-full` asks for it in the usual way. */
function securing(
  url: URL,
  host: string,
  wayOut: WayOut | undefined,
): ConnectionOptions | false | string {
  const { tls } = wayOut ?? {};
  const mode = url.searchParams.get('sslmode') ?? url.searchParams.get('ssl-mode') ?? '';
  const isAsked = /^(?:require|required|verify[-_](?:ca|full|identity))$/i.test(mode);
  if (tls === undefined) return isAsked ? { rejectUnauthorized: true, ...named(host) } : false;
  const secured = tls.securing(url.host);
  if (secured instanceof Error) return secured.message;
  const { secureContext, serverName } = secured;
  return { secureContext, rejectUnauthorized: true, ...named(serverName ?? host) };
}

/** An address is no name that could be asked for (RFC 6066, section 3). */
function named(host: string): ConnectionOptions {
  return /^[\d.]+$|:|\//.test(host) ? {} : { servername: host };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
