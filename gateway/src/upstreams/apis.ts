/**
 * The upstreams that are APIs, and what they share. Everything about APIs hangs on this module: it
 * is imported when the first of them is used.
 */
import { join } from 'node:path';
import type { Clock } from '../kernel/index.ts';
import { DEFAULT_HANDLE_LIMITS, type HandleStore } from './api/handles/contract.ts';
import { createHandleStore } from './api/handles/store.ts';
import { DEFAULT_RESULT_LIMITS, type PageSealer, type Results } from './api/results/contract.ts';
import { createResults } from './api/results/results.ts';
import type { Connector, ConnectorDeps } from './connector.ts';
import { createFetchFile } from './fetch-file.ts';
import type { UpstreamCall } from './mcp/outgoing.ts';
import { openApiConfig } from './openapi/config-schema.ts';
import { createOpenApi } from './openapi/index.ts';
import type { UpstreamConfig } from './schema.ts';

export interface ApisDeps {
  readonly clock: Clock;
  /** Our own version, as upstreams are told. */
  readonly version: string;
  /** The gateway's own folder: imports of APIs and long results are kept below it. */
  readonly stateDir: string;
  /** Seals what callers are handed to read on. */
  readonly sealer: PageSealer;
  /** What the caller of `x` calls a tool of an upstream; undefined where it does not see it. */
  readonly toolName: (x: UpstreamCall, upstream: string, name: string) => string | undefined;
}

/** An upstream that is an API: `openapi` is what its entry says of it. */
export interface ApiEntry {
  readonly id: string;
  readonly config: UpstreamConfig;
  readonly openapi: NonNullable<UpstreamConfig['openapi']>;
}

export interface Apis {
  connector(entry: ApiEntry, deps: ConnectorDeps): Connector;
  /** Forgets the results that were kept; the connectors are closed before. */
  close(): Promise<void>;
}

export function createApis(deps: ApisDeps): Apis {
  const { clock, version, stateDir } = deps;
  const handles = createHandleStore(join(stateDir, 'results'), clock, DEFAULT_HANDLE_LIMITS);
  return {
    connector: ({ id, config, openapi }, connectorDeps) => {
      const document = openApiConfig(openapi);
      return createOpenApi(id, config, document, {
        ...connectorDeps,
        results: resultsOf(id, document.projections ?? {}, deps, handles),
        stateDir,
        version,
        toolName: (x, name) => deps.toolName(x, id, name),
      });
    },
    close: () => handles.close(),
  };
}

function resultsOf(
  upstream: string,
  projections: Readonly<Record<string, string>>,
  { clock, sealer }: ApisDeps,
  handles: HandleStore,
): Results {
  return createResults({
    upstream,
    clock,
    sealer,
    handles,
    limits: DEFAULT_RESULT_LIMITS,
    dropEmpty: false,
    projections: new Map(
      Object.entries(projections).map(([place, text]) => [`http:${place}`, text]),
    ),
    fetchFile: createFetchFile(clock),
  });
}
