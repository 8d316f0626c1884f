/** Which proxy a request leaves by: `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY` of the environment. */
import { isIP } from 'node:net';
import { isInRange } from './address-kinds.ts';

export interface Proxy {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  /** The value of `Proxy-Authorization`; '' for none. */
  readonly authorization: string;
  /** Why nothing leaves by it; '' where it can be used. */
  readonly fault: string;
}

export interface Proxies {
  /** @returns undefined where a host is connected to without one */
  find(origin: URL): Proxy | undefined;
}

/** A proxy does not connect; its message says so without the address of anybody. */
export class ProxyRefused extends Error {}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the variables, in small letters before capital ones. This machine itself is never asked for
 * through a proxy.
 * @returns undefined where no proxy is set. Where one is set that cannot be used, nothing leaves in
 *   its place: every connection fails, and says why
 */
export function readProxies(env: Environment): Proxies | undefined {
  const https = readProxy(env, 'HTTPS_PROXY');
  const http = readProxy(env, 'HTTP_PROXY');
  if (https === undefined && http === undefined) return undefined;
  const exceptions = (valueOf(env, 'NO_PROXY') ?? '').split(/[\s,]+/).filter((one) => one !== '');
  return {
    find: (origin) => {
      const proxy = origin.protocol === 'https:' ? https : http;
      if (proxy === undefined) return undefined;
      const host = origin.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
      if (isThisMachine(host)) return undefined;
      const port = origin.port || (origin.protocol === 'https:' ? '443' : '80');
      return exceptions.some((one) => covers(one, host, port)) ? undefined : proxy;
    },
  };
}

function valueOf(env: Environment, name: string): string | undefined {
  return env[name.toLowerCase()] || env[name] || undefined;
}

function readProxy(env: Environment, name: string): Proxy | undefined {
  const written = valueOf(env, name);
  if (written === undefined) return undefined;
  const url = URL.parse(written.includes('://') ? written : `http://${written}`);
  const isTls = url?.protocol === 'https:';
  if (url === null || url.hostname === '' || !(isTls || url.protocol === 'http:')) {
    return unusable(
      `${name} is no address of a proxy: write http://host:port or https://host:port`,
    );
  }
  const login = loginOf(url);
  if (login === undefined) return unusable(`${name} holds a name or password that cannot be read`);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || (isTls ? 443 : 80)),
    isTls,
    authorization: login === '' ? '' : `Basic ${Buffer.from(login).toString('base64')}`,
    fault: '',
  };
}

function unusable(fault: string): Proxy {
  return { host: '', port: 0, isTls: false, authorization: '', fault };
}

function loginOf(url: URL): string | undefined {
  if (url.username === '' && url.password === '') return '';
  try {
    return `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  } catch {
    return undefined;
  }
}

function isThisMachine(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.');
  return host === '::1' || host === 'localhost' || host.endsWith('.localhost');
}

/** `*`, `10.0.0.0/8`, `10.0.0.7`, `example.com` with all below it, `.example.com`, each with a port. */
function covers(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const [, name = entry, wanted = ''] = /^(\[[^\]]+\]|[^:]+):(\d{1,5})$/.exec(entry) ?? [];
  if (wanted !== '' && wanted !== port) return false;
  const bare = name.replace(/^\[|\]$/g, '').toLowerCase();
  if (isIP(host) !== 0) return isInRange(host, bare);
  const suffix = bare.replace(/^\*?\./, '');
  return suffix !== '' && (host === suffix || host.endsWith(`.${suffix}`));
}
