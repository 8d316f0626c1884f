/** MCP servers over HTTP with SSE, the transport of 2024-11-05, where the configuration says so. */
import { LATEST_LEGACY } from '../../kernel/index.ts';
import type { Connector, ConnectorDeps } from '../connector.ts';
import { McpConnector, type McpTransport } from '../mcp/connector.ts';
import type { HttpServerConfig } from '../mcp/schema.ts';
import { openTargets } from '../mcp-http/target.ts';
import type { UpstreamConfig } from '../schema.ts';
import { openSseSession } from './session.ts';

/** @param server where the server is; `config` is the entry around it */
export function createMcpSse(
  id: string,
  config: UpstreamConfig,
  server: Pick<HttpServerConfig, 'url' | 'headers' | 'era' | 'interaction' | 'tasks'>,
  deps: ConnectorDeps,
): Connector {
  const targets = openTargets(config, server, deps);
  const transport: McpTransport = {
    kind: 'mcp-sse',
    era: server.era === 'auto' ? LATEST_LEGACY : server.era,
    passesQuestions: server.interaction === 'on',
    waitsForTasks: server.interaction === 'on' && server.tasks === 'wait',
    isStateless: false,
    isPerPrincipal: targets.isPerPrincipal,
    probe: () => Promise.resolve('legacy'),
    open: (host, key, verdict, principal) =>
      openSseSession(host, targets.of(principal), key, verdict.revision),
    close: () => targets.close(),
  };
  return new McpConnector(id, transport, config.shared, deps);
}
