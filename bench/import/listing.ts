/**
 * What a client's `tools/list` holds where a gateway has one document behind it and nothing else is
 * configured. Arguments: the document, a state folder, and the file to write.
 */
import { writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { configSchema, createGateway } from '../../gateway/src/compose/index.ts';
import { PLAIN } from './judge.ts';
import { systemClock } from '../../gateway/src/kernel/index.ts';

const [document = '', stateDir = '', out = ''] = process.argv.slice(2);
const file = resolve(document);
const url = 'http://127.0.0.1:9';
const gateway = await createGateway({
  config: configSchema.parse({
    server: { listen: '127.0.0.1:0', stateDir },
    upstreams: { api: { openapi: { document: file, url }, timeoutMs: 120_000 } },
  }),
  directory: dirname(file),
  clock: systemClock,
  version: '0.0.0-bench',
  log: () => undefined,
});
await gateway.ready();
// A start waits for lists only so long; a list of a giant may take longer where others load the machine.
while (gateway.status().lists.some(({ state }) => state === 'waiting')) await delay(20);
const { lists } = gateway.status();
const missing = lists.filter(({ state }) => state !== 'fresh');
if (missing.length > 0) throw new Error(missing.map(({ why }) => why).join(' '));
const tools: unknown[] = [];
let cursor: string | undefined;
do {
  const answer = await gateway.request(listRequest(cursor), {
    endpoint: 'default',
    headers: { 'mcp-method': 'tools/list', 'mcp-protocol-version': '2026-07-28' },
  });
  const { result, error } = JSON.parse(answer.body.toString());
  if (result === undefined) throw new Error(JSON.stringify(error));
  tools.push(...result.tools);
  cursor = result.nextCursor;
} while (cursor !== undefined);
writeFileSync(
  out,
  JSON.stringify({
    tools: tools.length,
    tokens: encode(JSON.stringify({ tools }), PLAIN).length,
  }),
);
await gateway.close(0);
process.exit(0);

function listRequest(from: string | undefined): string {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const params = { ...(from === undefined ? {} : { cursor: from }), _meta: meta };
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params });
}
