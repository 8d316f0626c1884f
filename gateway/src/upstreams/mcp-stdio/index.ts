/** MCP servers as child processes, of either era. */
import { resolve } from 'node:path';
import { LATEST_MODERN, Refusal, type Clock, type Era } from '../../kernel/index.ts';
import type { Connector, ConnectorDeps } from '../connector.ts';
import { McpConnector, type LinkHost, type McpTransport } from '../mcp/connector.ts';
import type { Verdict } from '../mcp/era-keeper.ts';
import { ask } from '../mcp/own-flight.ts';
import { DISCOVER, judgeEra } from '../mcp/probe.ts';
import type { StdioServerConfig } from '../mcp/schema.ts';
import type { UpstreamConfig } from '../schema.ts';
import { createBackoff, type Backoff } from './backoff.ts';
import { StdioLink, type ChildSettings } from './link.ts';
import type { StdioSpawner } from './process.ts';

const BACKOFF = { baseMs: 250, maxMs: 30_000, maxRestarts: 10, windowMs: 300_000 };
/** How long nothing is tried after too many restarts. */
const GIVEN_UP_MS = 60_000;
/** A caller waits for a restart that is this near; for a later one it is refused. */
const PATIENCE_MS = 2000;
/** A server that has not answered `server/discover` by then is taken for a legacy one. */
const PROBE_MS = 3000;
const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;
/** Shorter values of the environment are words, not secrets. */
const LEAST_SECRET_LENGTH = 8;

export type StdioDeps = ConnectorDeps & { readonly spawner: StdioSpawner };

export function createMcpStdio(
  id: string,
  config: UpstreamConfig,
  server: StdioServerConfig,
  deps: StdioDeps,
): Connector {
  const restarts = new Restarts(deps.clock);
  const settings: ChildSettings = {
    spawner: deps.spawner,
    command: server.command,
    args: server.args,
    env: server.env,
    inheritEnv: server.inheritEnv,
    cwd: resolve(deps.directory, server.cwd ?? '.'),
    maxMessageBytes: Math.max(MAX_MESSAGE_BYTES, deps.maxAnswerBytes),
    secrets: Object.values(server.env).filter((value) => value.length >= LEAST_SECRET_LENGTH),
    onCrash: () => restarts.crashed(),
  };
  const transport: McpTransport = {
    kind: 'mcp-stdio',
    era: server.era,
    passesQuestions: server.interaction === 'on',
    waitsForTasks: server.interaction === 'on' && server.tasks === 'wait',
    isStateless: false,
    probe: (host, signal) => probe(host, settings, signal),
    open: (host, key, verdict) => open(host, settings, restarts, key, verdict),
    close: () => Promise.resolve(),
  };
  return new McpConnector(id, transport, config.shared, deps);
}

/** Keeps a process that ends again and again from being started again and again. */
class Restarts {
  private readonly clock: Clock;
  private readonly backoff: Backoff;
  private notBeforeMs = 0;

  constructor(clock: Clock) {
    this.clock = clock;
    this.backoff = createBackoff(BACKOFF, clock);
  }

  crashed(): void {
    this.notBeforeMs = this.clock.nowMs() + (this.backoff.nextDelayMs() ?? GIVEN_UP_MS);
  }

  started(): void {
    this.backoff.succeeded();
  }

  /** Waits for a start that is near. @returns the refusal where it is not */
  async turn(): Promise<Refusal | undefined> {
    const delayMs = this.notBeforeMs - this.clock.nowMs();
    if (delayMs <= 0) return undefined;
    if (delayMs > PATIENCE_MS) {
      const seconds = Math.ceil(delayMs / 1000);
      const text = `Its process has ended too often; it is started again in ${seconds} s.`;
      return new Refusal('upstream_unavailable', { text, retryAfterSeconds: seconds });
    }
    await new Promise<void>((done) => {
      this.clock.after(delayMs, done);
    });
    return undefined;
  }
}

async function open(
  host: LinkHost,
  settings: ChildSettings,
  restarts: Restarts,
  key: string,
  verdict: Verdict,
): Promise<StdioLink | Refusal> {
  const refusal = await restarts.turn();
  if (refusal !== undefined) return refusal;
  const link = new StdioLink(host, settings, key, verdict.era, verdict.revision);
  if (verdict.era === 'legacy') {
    const failure = await link.begin();
    if (failure !== undefined) return failure;
  }
  restarts.started();
  return link;
}

/**
 * Speaks as to a modern server, to a process that does nothing else: some legacy servers end when
 * anything comes before `initialize`. Whatever is no modern answer, silence included, means legacy.
 */
async function probe(
  host: LinkHost,
  settings: ChildSettings,
  signal: AbortSignal,
): Promise<Era | Refusal> {
  const late = new AbortController();
  const timer = host.deps.clock.after(PROBE_MS, () => late.abort(new Error('late')));
  const quiet = { ...settings, onCrash: () => {} };
  const link = new StdioLink(host, quiet, 'probe', 'modern', LATEST_MODERN);
  const answer = await ask(host, link, DISCOVER, AbortSignal.any([signal, late.signal]));
  timer.cancel();
  void link.close();
  if (link.couldNotStart !== undefined) return link.couldNotStart;
  return answer instanceof Refusal ? 'legacy' : judgeEra(answer);
}
