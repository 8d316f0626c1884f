/** An MCP server (2026-07-28) that lists many tools and is never called: `node many-tools.ts <port> <tools>`. */
import { createServer } from 'node:http';

const [port = '', count = ''] = process.argv.slice(2);
const HINTS = '"resultType":"complete","ttlMs":0,"cacheScope":"private"';
const CAPABILITIES = '"supportedVersions":["2026-07-28"],"capabilities":{"tools":{}}';
const schema = '{"type":"object","properties":{"text":{"type":"string"}}}';
const tools = Array.from(
  { length: Number(count) },
  (_, number) =>
    `{"name":"tool_${number}","description":"Tool ${number}.","inputSchema":${schema}}`,
);

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { id = null, method = '' } = JSON.parse(Buffer.concat(chunks).toString() || '{}');
    const isList = method === 'tools/list';
    const result = isList
      ? `{${HINTS},"tools":[${tools.join(',')}]}`
      : `{${HINTS},${CAPABILITIES}}`;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`);
  });
}).listen(Number(port), '127.0.0.1');
