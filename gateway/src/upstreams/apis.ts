/**
 * The upstreams that are APIs, and what they share. Everything about APIs hangs on this module: it
 * is imported when the first of them is used, and each kind when the first of that kind is.
 */
import { join } from 'node:path';
import type { Proxies } from '../egress/index.ts';
import type { Clock } from '../kernel/index.ts';
import { createApiConnector } from './api/connector.ts';
import { DEFAULT_HANDLE_LIMITS, type HandleStore } from './api/handles/contract.ts';
import { createHandleStore } from './api/handles/store.ts';
import type { ApiKindName } from './api/kind-names.ts';
import type { ApiEntry } from './api/kind.ts';
import { modeFor } from './api/list-mode.ts';
import { DEFAULT_RESULT_LIMITS, type PageSealer, type Results } from './api/results/contract.ts';
import { createResults } from './api/results/results.ts';
import type { Connector, ConnectorDeps } from './connector.ts';
import { createFetchFile } from './fetch-file.ts';
import { KIND_ROWS } from './kinds.ts';
import type { UpstreamCall } from './mcp/outgoing.ts';

export interface ApisDeps {
  readonly clock: Clock;
  /** Our own version, as upstreams are told. */
  readonly version: string;
  /** The gateway's own folder: imports of APIs and long results are kept below it. */
  readonly stateDir: string;
  readonly proxies?: Proxies | undefined;
  /** Seals what callers are handed to read on. */
  readonly sealer: PageSealer;
  /** What the caller of `x` calls a tool of an upstream; undefined where it does not see it. */
  readonly toolName: (x: UpstreamCall, upstream: string, name: string) => string | undefined;
}

export interface Apis {
  /** @param kind the section that the entry has. Rejects where its machinery cannot be loaded. */
  connector(kind: ApiKindName, entry: ApiEntry, deps: ConnectorDeps): Promise<Connector>;
  /** Forgets the results that were kept; the connectors are closed before. */
  close(): Promise<void>;
}

export function createApis(deps: ApisDeps): Apis {
  const { clock, version, stateDir } = deps;
  const handles = createHandleStore(join(stateDir, 'results'), clock, DEFAULT_HANDLE_LIMITS);
  return {
    connector: async (name, entry, connectorDeps) => {
      const kind = await KIND_ROWS[name].load();
      const { id } = entry;
      const { mode, maxListTokens, profile, listsOutput, projections } = kind.settings(
        entry.config,
      );
      const opening = { ...connectorDeps, stateDir, version };
      return createApiConnector(
        id,
        {
          kind: name,
          results: resultsOf(id, projections, deps, handles),
          listsOutput,
          profile,
          modeFor: (api, tools) => modeFor(mode, id, maxListTokens, api, tools),
          open: (signal, renew) => kind.open(entry, { ...opening, renew }, signal),
          toolName: (x, tool) => deps.toolName(x, id, tool),
        },
        connectorDeps,
      );
    },
    close: () => handles.close(),
  };
}

function resultsOf(
  upstream: string,
  projections: ReadonlyMap<string, string>,
  { clock, sealer, proxies }: ApisDeps,
  handles: HandleStore,
): Results {
  return createResults({
    upstream,
    clock,
    sealer,
    handles,
    limits: DEFAULT_RESULT_LIMITS,
    dropEmpty: false,
    projections,
    fetchFile: createFetchFile(clock, undefined, { proxies }),
  });
}
