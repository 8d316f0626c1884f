/** The gateway as a whole: what can be done with it from outside. */
import type { AddressInfo } from 'node:net';
import type { NewCode } from '../admin/index.ts';
import type { UpstreamPart } from '../catalog/index.ts';
import { isLocalMode, resourceMetadata } from '../identity/index.ts';
import type { InteractionStatus } from '../interactions/index.ts';
import { DEFAULT_ENDPOINT, type Clock, type Outlet } from '../kernel/index.ts';
import {
  createHttpListener,
  listenAddress,
  openInProcess,
  requestInProcess,
  type InProcessAnswer,
} from '../listeners/index.ts';
import type { UpstreamStatus } from '../upstreams/index.ts';
import { enabledUpstreams, type Config } from './config.ts';
import { firstCode } from './admin.ts';
import { buildPages } from './pages.ts';
import { buildParts, type GatewayOptions, type Parts } from './parts.ts';
import { createApply } from './unknown-names.ts';
import { buildSnapshot } from './path.ts';

/** An HTTP request that comes through no socket. */
export interface LocalRequest {
  readonly httpMethod: 'POST' | 'GET' | 'DELETE';
  readonly endpoint: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body; empty for GET and DELETE. */
  readonly message: Buffer;
}

export interface Gateway {
  /** Binds the address of the configuration; rejects where it is taken. */
  listen(): Promise<{ readonly url: string }>;
  /** Puts a new configuration in force; calls under way keep the old one. */
  reload(config: Config): Promise<void>;
  /** Walks one message (2026-07-28, JSON text) along the path as the local principal. */
  request(
    message: string,
    options: { readonly endpoint: string; readonly headers?: Readonly<Record<string, string>> },
  ): Promise<InProcessAnswer>;
  /**
   * Takes one HTTP request of this process to an endpoint; the answer goes to `outlet` as it comes.
   * @returns what to call when nobody listens to the answer any more
   */
  open(request: LocalRequest, outlet: Outlet): () => void;
  /** Resolves when every upstream has answered or its first deadline has passed. */
  ready(): Promise<void>;
  /** Asks for an upstream's lists to be read again soon. */
  refresh(upstream: string): void;
  /** The connections, and what of each upstream's lists is known. */
  status(): {
    readonly upstreams: readonly UpstreamStatus[];
    readonly lists: readonly UpstreamPart[];
    readonly interactions: InteractionStatus;
    /** Streams of sessions that are open or can still be resumed. */
    readonly streams: number;
  };
  /**
   * A new one-time code for the first administrator; undefined where nobody is identified, or somebody
   * is administrator already, or the change cannot be recorded. Any code before it is void.
   */
  administratorCode(): Promise<NewCode | undefined>;
  /** Writes what is recorded to disk. */
  flushAudit(): Promise<void>;
  /** Takes no more calls, lets those under way end within `graceMs`, then stops everything. */
  close(graceMs: number): Promise<void>;
}

/** Builds a gateway that is not listening yet; upstreams are asked for their lists at once. */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { clock, config } = options;
  const parts = await buildParts(options);
  let current = buildSnapshot(parts, config, 1, clock);
  const apply = createApply(parts, options.log);
  apply(config);
  const listener = createHttpListener({
    clock,
    addresses: parts.addresses,
    callers: () => current.callers,
    tls: listenerTls(options),
    current: () => current,
    readiness: () => readinessOf(parts, isLocalMode(current.config.identity)),
    publicDocument: (path) => documentAt(path, current.config),
    pages: { ...buildPages(options, parts, () => current), gate: (head) => current.gate(head) },
  });
  return {
    listen: async () => {
      const { host, port } = listenAddress(config.server.listen);
      return { url: urlOf(await listener.listen(host, port), config) };
    },
    reload: (next) => {
      listener.configureTls(next.server.tls);
      current = buildSnapshot(parts, next, current.epoch + 1, clock);
      apply(next);
      parts.subscriptions.everythingChanged();
      return Promise.resolve();
    },
    request: (message, { endpoint, headers = {} }) =>
      requestInProcess(current.path, current.epoch, clock, {
        endpointPath: pathOf(endpoint),
        headers,
        message,
      }),
    open: ({ endpoint, ...request }, outlet) =>
      openInProcess(
        current.path,
        current.epoch,
        clock,
        { ...request, endpointPath: pathOf(endpoint) },
        outlet,
      ),
    ready: () => parts.catalog.settled(enabledUpstreams(current.config)),
    refresh: (upstream) => parts.catalog.refresh(upstream),
    status: () => statusOf(parts),
    flushAudit: () => parts.audit.flush(),
    administratorCode: () => firstCode(current.config, parts, clock),
    close: (graceMs) => close(parts, listener, graceMs, clock),
  };
}

function urlOf({ address, family, port }: AddressInfo, { server }: Config): string {
  const scheme = server.tls === undefined ? 'http' : 'https';
  return `${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

function listenerTls({ config, directory, clock, log }: GatewayOptions) {
  const { tls } = config.server;
  return tls === undefined ? undefined : { config: tls, directory, clock, log };
}

function documentAt(path: string, { identity, endpoints, server }: Config): string | undefined {
  return resourceMetadata(path, Object.keys(endpoints), identity, server.publicUrl ?? '');
}

function statusOf(parts: Parts): ReturnType<Gateway['status']> {
  return {
    upstreams: parts.upstreams.status(),
    lists: parts.catalog.snapshot().parts,
    interactions: parts.interactions.status(),
    streams: parts.sessions.streamCounts().streams,
  };
}

function pathOf(endpoint: string): string {
  return endpoint === DEFAULT_ENDPOINT ? '/mcp' : `/mcp/${endpoint}`;
}

/** Nobody is identified there, so upstreams are named only where all callers are on this machine. */
function readinessOf(parts: Parts, isLocal: boolean): { isReady: boolean; state: string } {
  const snapshot = parts.catalog.snapshot();
  const upstreams = snapshot.parts.map(({ id, state }) => ({ id, state }));
  const isWaiting = upstreams.some(({ state }) => state === 'waiting');
  const status = parts.state.isDraining ? 'draining' : isWaiting ? 'starting' : 'ready';
  return {
    isReady: status === 'ready',
    state: JSON.stringify(isLocal ? { status, upstreams } : { status }),
  };
}

/**
 * Streams are ended properly, questions that are open may be answered, calls get their grace; what is
 * left is cancelled, then all stops.
 */
/** Before all connections are cut, so that callers hear that their questions are given up. */
const LAST_WORDS_MS = 1000;

async function close(
  parts: Parts,
  listener: ReturnType<typeof createHttpListener>,
  graceMs: number,
  clock: Clock,
): Promise<void> {
  parts.state.isDraining = true;
  parts.subscriptions.drain();
  const cut = clock.after(graceMs, () => listener.closeAll());
  await parts.interactions.drain(Math.max(graceMs - LAST_WORDS_MS, graceMs / 2));
  await listener.close();
  cut.cancel();
  await parts.identity.close();
  parts.sessions.close();
  parts.catalog.close();
  await parts.upstreams.close();
  await parts.usage.close();
  await parts.seen.close();
  await parts.audit.close();
  await parts.coordination.close();
  await parts.store.close();
}
