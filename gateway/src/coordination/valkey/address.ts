import { CoordinationError } from '../error.ts';

/** Where the server is and how to log in there. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
}

const DEFAULT_PORT = 6379;
const FORM = 'Write redis://[user:password@]host[:port][/database], or rediss:// for TLS.';

/**
 * Reads `redis[s]://[user][:password]@host[:port][/database]` (`valkey[s]://` means the same).
 * @throws {CoordinationError} `address_invalid`; the message repeats no part of the address, which
 *   may hold a password wherever somebody mistyped it
 */
export function readAddress(url: string): ServerAddress {
  const parsed = URL.parse(url);
  const scheme = parsed?.protocol.replace('valkey', 'redis');
  if (parsed === null || (scheme !== 'redis:' && scheme !== 'rediss:')) {
    throw invalid('is not an address of a Valkey or Redis server');
  }
  const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1');
  if (host === '') throw invalid('names no host');
  const database = /^\/?(\d{0,4})$/.exec(parsed.pathname)?.[1];
  if (database === undefined) throw invalid('has a path that is not the number of a database');
  if (parsed.search !== '' || parsed.hash !== '') throw invalid('has a query or fragment');
  return {
    host,
    port: parsed.port === '' ? DEFAULT_PORT : Number(parsed.port),
    isTls: scheme === 'rediss:',
    username: decoded(parsed.username),
    password: decoded(parsed.password),
    database: Number(database),
  };
}

function decoded(part: string): string | undefined {
  if (part === '') return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid('has a user or password with a % that begins no escape');
  }
}

function invalid(what: string): CoordinationError {
  return new CoordinationError('address_invalid', `The address in VALKEY_URL ${what}. ${FORM}`);
}
