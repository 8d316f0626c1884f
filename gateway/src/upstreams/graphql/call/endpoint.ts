/** The endpoint of one API: where requests go, and with which credentials. */
import type { FindAddresses, WayOut } from '../../../egress/index.ts';
import type { Clock } from '../../../kernel/index.ts';
import type { CredentialPort } from '../../credential-port.ts';
import { createCaller, type Caller } from '../../api/http/caller.ts';
import type { UpstreamConfig } from '../../schema.ts';

const CONNECT_TIMEOUT_MS = 10_000;

export interface Endpoint {
  readonly caller: Caller;
  /** Path and query of the address. */
  readonly path: string;
}

export interface EndpointDeps {
  readonly clock: Clock;
  readonly version: string;
  readonly timeoutMs: number;
  readonly credentials: CredentialPort;
  readonly find?: FindAddresses;
  readonly wayOut?: WayOut | undefined;
}

/** @param url as the operator wrote it @param secrets what else of the entry nobody may see */
export function openEndpoint(
  url: string,
  config: Pick<UpstreamConfig, 'auth' | 'headers'>,
  deps: EndpointDeps,
  secrets: readonly string[] = [],
): Endpoint {
  const { origin, pathname, search } = new URL(url);
  const { find } = deps;
  const caller = createCaller({
    index: { servers: [], schemes: [], operations: [] },
    url: origin,
    documentUrl: '',
    writtenUrl: '',
    hosts: [],
    auth: config.auth,
    port: deps.credentials,
    headers: config.headers ?? {},
    secrets,
    userAgent: `drawbridge/${deps.version}`,
    clock: deps.clock,
    connectTimeoutMs: Math.min(CONNECT_TIMEOUT_MS, deps.timeoutMs),
    wayOut: deps.wayOut,
    ...(find === undefined ? {} : { find }),
  });
  return { caller, path: pathname + search };
}
