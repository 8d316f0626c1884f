/** MCP servers as child processes, of either era. */
import { resolve } from 'node:path';
import type { Connector, ConnectorDeps } from '../connector.ts';
import { McpConnector, type McpTransport } from '../mcp/connector.ts';
import type { StdioServerConfig } from '../mcp/schema.ts';
import type { UpstreamConfig } from '../schema.ts';
import type { ChildSettings } from './link.ts';
import type { StdioSpawner } from './process.ts';
import { Processes } from './processes.ts';
import { Restarts } from './restarts.ts';

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
  const processes = new Processes(settings, restarts);
  const transport: McpTransport = {
    kind: 'mcp-stdio',
    era: server.era,
    passesQuestions: server.interaction === 'on',
    waitsForTasks: server.interaction === 'on' && server.tasks === 'wait',
    isStateless: false,
    probe: (host, signal) => processes.probe(host, signal),
    open: (host, key, verdict) => processes.open(host, key, verdict),
    close: () => processes.close(),
  };
  return new McpConnector(id, transport, config.shared, deps);
}
