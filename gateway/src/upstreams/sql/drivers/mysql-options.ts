/** How connections to MySQL and MariaDB are made. */
import { Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import type { PoolOptions } from 'mysql2';
import type { DatabaseSettings } from './database.ts';
import type { ServerAddress } from './server-address.ts';

/** @returns words where TLS cannot be had as it is asked for */
export function mysqlOptions(
  address: ServerAddress,
  settings: DatabaseSettings,
): PoolOptions | string {
  const { host, port, user, password, database } = address;
  const ssl = address.securing();
  if (typeof ssl === 'string') return ssl;
  if (ssl !== false && ssl.hasOwnName) {
    return 'its driver verifies the name of the address, so tls.serverName cannot be set';
  }
  const stream = (): Socket => connectNamed(host, port);
  return {
    ...(host.startsWith('/') ? { socketPath: host } : { host, port, stream }),
    user: user ?? 'root',
    password: password ?? '',
    ...(database === undefined ? {} : { database }),
    ...(ssl === false ? {} : { ssl: { ...sslOf(ssl.material), ...VERIFIED } }),
    connectTimeout: settings.connectTimeoutMs,
    charset: 'utf8mb4',
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    jsonStrings: true,
    multipleStatements: false,
    // A server must never read files of the gateway.
    flags: ['-LOCAL_FILES'],
  };
}

const LOGIN_BYTES = 1_048_576;
const VERIFIED = { rejectUnauthorized: true, verifyIdentity: true };

/** The driver would hold the certificate of an address to the name `localhost`. */
function connectNamed(host: string, port: number): Socket {
  const socket = new LoginSocket().setNoDelay(true);
  Reflect.set(socket, '_host', host);
  return socket.connect(port, host);
}

/** Hears only so much until somebody is logged in, whatever the server says. */
export class LoginSocket extends Socket {
  private left = LOGIN_BYTES;

  override emit(event: string | symbol, ...args: unknown[]): boolean {
    const [chunk] = args;
    if (event === 'data' && chunk instanceof Uint8Array) this.left -= chunk.length;
    if (this.left >= 0) return super.emit(event, ...args);
    this.left = Infinity;
    this.destroy(new Error('it says too much'));
    return true;
  }

  /** From now on others look at what is heard. */
  letGo(): void {
    this.left = Infinity;
  }
}

/** Its types know fewer forms than the TLS library that it hands them to. */
function sslOf(material: SecureContextOptions): object {
  return { minVersion: 'TLSv1.2', ...material };
}
