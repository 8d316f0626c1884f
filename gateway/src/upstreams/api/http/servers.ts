/** Where the requests of one API go, and where its document may send them. */
import {
  addressFault,
  guardedLookup,
  hostsOf,
  isHostAllowed,
  openPool,
  safeAddress,
  type FindAddresses,
  type OutboundPool,
  type WayOut,
} from '../../../egress/index.ts';

export interface ServerSettings {
  /** As the operator wrote it; '' where the document decides. */
  readonly url: string;
  /** As the document names them. */
  readonly servers: readonly string[];
  /** Where the document was found in the end; '' where it is a file. */
  readonly documentUrl: string;
  /** Address of the document as the operator wrote it; '' where it is a file. */
  readonly writtenUrl: string;
  /** Further hosts that the operator allows. */
  readonly hosts: readonly string[];
  /** How long a connection may take to come up, milliseconds. */
  readonly connectTimeoutMs: number;
  readonly find?: FindAddresses;
  readonly wayOut?: WayOut | undefined;
}

export interface Servers {
  /**
   * @param server an address of the operation itself; '' for that of the API
   * @returns the address that paths are appended to, or words that say why there is none
   */
  resolve(server: string): URL | string;
  /**
   * The address of a further page, which may be named as the outside world knows the API.
   * @param from address of the request that led to it
   * @returns words where it leads to a host that is not allowed
   */
  page(address: string, from: URL): URL | string;
  /** The connections to an address that `resolve` or `page` gave. */
  pool(url: URL): OutboundPool;
  close(): Promise<void>;
}

/** Calls of one API that are under way at one of its servers; further ones wait. */
const MAX_CONNECTIONS = 128;

export function createServers(settings: ServerSettings): Servers {
  const base = baseOf(settings);
  const pools = new Map<string, OutboundPool>();
  const outside = new Set(settings.servers.flatMap((one) => URL.parse(one)?.origin ?? []));
  // A host that the operator named, by the API's address or the document's, may be anywhere.
  const trusted = [settings.url, settings.writtenUrl].flatMap((one) => hostsOf(one));
  const rules = { allow: [...settings.hosts, ...trusted] };
  const judge = (url: URL): URL | string => {
    if (base instanceof URL && url.origin === base.origin) return url;
    const isNamed = isHostAllowed(url, rules);
    if (!isNamed && base instanceof URL && settings.url !== '' && outside.has(url.origin)) {
      return new URL(url.pathname + url.search, base.origin);
    }
    const isSafer = base instanceof URL && url.host === base.host && url.protocol === 'https:';
    if (!isNamed && !isSafer) {
      return `It leads to ${url.host}, which is not allowed; openapi.hosts can name it.`;
    }
    const why = addressFault(url, rules);
    return why === undefined ? url : `${safeAddress(url)} is not asked: ${why}.`;
  };
  return {
    resolve: (server) => {
      if (server === '' || !(base instanceof URL)) return base;
      const url = URL.parse(
        server,
        settings.url === '' ? settings.documentUrl || base.href : base.href,
      );
      return url === null ? `The server "${server}" is not an address.` : judge(url);
    },
    page: (address, from) => {
      const url = URL.parse(address, from.href);
      return url === null ? 'The address of the next page is none.' : judge(url);
    },
    pool: (url) => {
      const known = pools.get(url.origin);
      if (known !== undefined) return known;
      const pool = openPool(url.origin, {
        connectTimeoutMs: settings.connectTimeoutMs,
        maxConnections: MAX_CONNECTIONS,
        lookup: guardedLookup(url, rules, settings.find),
        wayOut: settings.wayOut,
      });
      pools.set(url.origin, pool);
      return pool;
    },
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}

/** The configured address, else the first server that has one or gets one from the document's. */
function baseOf(settings: ServerSettings): URL | string {
  if (settings.url !== '') return URL.parse(settings.url) ?? 'openapi.url is not an address.';
  const { documentUrl, servers } = settings;
  const candidates = servers.map((one) => URL.parse(one, documentUrl || undefined));
  const found = candidates.find((url) => url !== null && /^https?:$/.test(url.protocol));
  if (found === undefined || found === null) {
    const isRoot = servers.length === 0 && documentUrl !== '';
    if (isRoot) return allowed(new URL('/', documentUrl), settings);
    return 'The document does not say where the API is: set openapi.url to its address.';
  }
  return allowed(found, settings);
}

function allowed(server: URL, { hosts, writtenUrl }: ServerSettings): URL | string {
  const why = addressFault(server, { allow: [...hosts, ...hostsOf(writtenUrl)] });
  if (why === undefined) return server;
  return `The document's server ${safeAddress(server)} is not asked: ${why}. Set openapi.url where it is meant.`;
}

/** The address of a request: `path` begins with `/` and goes below the server's own path. */
export function joinUrl(server: URL, path: string): URL {
  const [own, query] = splitQuery(path);
  const queries = [server.search.slice(1), query].filter((part) => part !== '');
  const prefix = server.pathname.replace(/(?<!\/)\/+$/, '');
  const search = queries.length === 0 ? '' : `?${queries.join('&')}`;
  // Not set piece by piece: the setters of a URL would escape what is escaped with care already.
  return new URL(`${server.origin}${prefix}${own}${search}`);
}

function splitQuery(path: string): readonly [string, string] {
  const at = path.indexOf('?');
  return at < 0 ? [path, ''] : [path.slice(0, at), path.slice(at + 1)];
}
