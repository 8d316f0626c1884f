/** MCP servers over Streamable HTTP, of either era. */
import { LATEST_MODERN, Refusal, type Era } from '../../kernel/index.ts';
import type { Connector, ConnectorDeps } from '../connector.ts';
import { McpConnector, type LinkHost, type McpTransport } from '../mcp/connector.ts';
import { ask } from '../mcp/own-flight.ts';
import { DISCOVER, judgeEra } from '../mcp/probe.ts';
import type { HttpServerConfig, InteractionSetting, TasksSetting } from '../mcp/schema.ts';
import type { UpstreamConfig } from '../schema.ts';
import { LegacyOpener } from './legacy-opener.ts';
import { ModernLink } from './modern-link.ts';
import { openTargets, type HttpTarget } from './target.ts';

/** @param server where the server is; `config` is the entry around it */
export function createMcpHttp(
  id: string,
  config: UpstreamConfig,
  server: Pick<HttpServerConfig, 'url' | 'headers' | 'era'> & {
    readonly interaction?: InteractionSetting;
    readonly tasks?: TasksSetting;
  },
  deps: ConnectorDeps,
): Connector {
  const targets = openTargets(config, server, deps);
  const legacy = new LegacyOpener();
  const transport: McpTransport = {
    kind: 'mcp-http',
    era: server.era,
    passesQuestions: server.interaction !== 'off',
    waitsForTasks: server.interaction !== 'off' && server.tasks !== 'pass',
    isStateless: true,
    isPerPrincipal: targets.isPerPrincipal,
    probe: (host, signal) => probe(host, targets.of(undefined), signal),
    open: (host, key, verdict, principal) => {
      const target = targets.of(principal);
      return verdict.era === 'modern'
        ? Promise.resolve(new ModernLink(target, key, verdict.revision))
        : legacy.open(host, target, key, verdict);
    },
    close: () => targets.close(),
  };
  return new McpConnector(id, transport, config.shared, deps);
}

/**
 * Speaks as to a modern server. An answer that no modern server gives is evidence of the legacy
 * era; refused credentials, an overloaded server and silence are evidence of nothing.
 */
async function probe(
  host: LinkHost,
  target: HttpTarget,
  signal: AbortSignal,
): Promise<Era | Refusal> {
  const answer = await ask(host, new ModernLink(target, '', LATEST_MODERN), DISCOVER, signal);
  if (!(answer instanceof Refusal)) return judgeEra(answer);
  return answer.reason === 'upstream_invalid' ? 'legacy' : answer;
}
