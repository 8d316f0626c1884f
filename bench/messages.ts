const PROTOCOL_VERSION = '2026-07-28';
const BODY_BYTES = 300;
const ANSWER_BYTES = 1024;

/** Where the generator writes the id of each request; as long as the ids are. */
export const ID_PLACE = '@@@@@@@@@@';
/** The first id; all ids have the same number of digits. */
export const FIRST_ID = 1_000_000_000;

const ENVELOPE = {
  'io.modelcontextprotocol/protocolVersion': PROTOCOL_VERSION,
  'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0.0' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** The headers of a modern request for one method, and for one tool when it is a call. */
export function modernHeaders(method: string, tool?: string): Record<string, string> {
  return {
    Accept: 'application/json, text/event-stream',
    'Content-Type': 'application/json',
    'MCP-Protocol-Version': PROTOCOL_VERSION,
    'Mcp-Method': method,
    ...(tool === undefined ? {} : { 'Mcp-Name': tool }),
  };
}

/** The body of `tools/list`. */
export function listBody(): string {
  return JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/list',
    params: { _meta: ENVELOPE },
  });
}

/**
 * The body of `tools/call`, about 300 bytes for every tool name: the text argument fills it up. The
 * id stands as ten '@', to be replaced by ten digits.
 */
export function callBody(tool: string): string {
  const withText = (text: string) =>
    JSON.stringify({
      jsonrpc: '2.0',
      id: ID_PLACE,
      method: 'tools/call',
      params: { name: tool, arguments: { text }, _meta: ENVELOPE },
    }).replace(`"${ID_PLACE}"`, ID_PLACE);
  return withText('x'.repeat(Math.max(1, BODY_BYTES - withText('').length)));
}

/** The header that carries an API key; none for ''. */
export function keyHeader(key: string): Record<string, string> {
  return key === '' ? {} : { Authorization: `Bearer ${key}` };
}

/** The whole HTTP request for one call of `tool` at a loopback port, with an API key unless ''. */
export function callRequest(port: number, tool: string, key = ''): string {
  const body = callBody(tool);
  const headers = {
    Host: `127.0.0.1:${port}`,
    ...modernHeaders('tools/call', tool),
    ...keyHeader(key),
    'Content-Length': String(Buffer.byteLength(body)),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return `POST /mcp HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** The JSON of the content of every answer. Its bytes must arrive as they left the upstream. */
export function answerContent(): string {
  const frame = `{"jsonrpc":"2.0","id":${FIRST_ID},"result":${resultWith(contentOf(''))}}`;
  const pattern = 'The quick brown fox jumps over the lazy dog 0123456789. ';
  return contentOf(pattern.repeat(20).slice(0, ANSWER_BYTES - frame.length));
}

/** The JSON of the result of every call: with its JSON-RPC frame 1,024 bytes. */
export function answerResult(): string {
  return resultWith(answerContent());
}

function contentOf(text: string): string {
  return `"content":[{"type":"text","text":"${text}"}]`;
}

function resultWith(content: string): string {
  return `{"resultType":"complete",${content},"isError":false}`;
}
