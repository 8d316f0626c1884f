/** A raw caller of the modern era: bytes in, bytes out. */

export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** JSON texts: the body, or the data of every event of a stream. */
  readonly messages: string[];
}

/** The envelope of 2026-07-28 as JSON text without braces. */
export const ENVELOPE_TEXT =
  '"io.modelcontextprotocol/protocolVersion":"2026-07-28",' +
  '"io.modelcontextprotocol/clientCapabilities":{},' +
  '"io.modelcontextprotocol/clientInfo":{"name":"raw","version":"1"}';

export interface RawRequest {
  readonly method: string;
  /** Members of `params` as JSON text, without `_meta`. */
  readonly params?: string;
  /** Further members of `_meta` as JSON text. */
  readonly meta?: string;
  readonly id?: string;
  readonly name?: string;
  readonly headers?: Record<string, string>;
  /** Further top-level members as JSON text. */
  readonly members?: string;
  readonly signal?: AbortSignal;
}

/** Sends one request of 2026-07-28, written by hand. */
export async function sendModern(url: string, request: RawRequest): Promise<RawAnswer> {
  const { method, params = '', meta = '', id = '1', name, members = '' } = request;
  const metaText = `"_meta":{${ENVELOPE_TEXT}${meta === '' ? '' : `,${meta}`}}`;
  const paramsText = params === '' ? metaText : `${params},${metaText}`;
  const body = `{"jsonrpc":"2.0","id":${id},"method":${JSON.stringify(method)},"params":{${paramsText}}${members === '' ? '' : `,${members}`}}`;
  return await sendRaw(
    url,
    body,
    {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(name === undefined ? {} : { 'mcp-name': name }),
      ...request.headers,
    },
    request.signal,
  );
}

/** Sends any body with any headers. */
export async function sendRaw(
  url: string,
  body: string | Buffer,
  headers: Record<string, string>,
  signal?: AbortSignal,
): Promise<RawAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    ...(signal === undefined ? {} : { signal }),
  });
  const text = await response.text();
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  const messages = isStream
    ? text
        .split('\n\n')
        .map((event) => event.split('\n').filter((line) => line.startsWith('data: ')))
        .filter((lines) => lines.length > 0)
        .map((lines) => lines.map((line) => line.slice(6)).join('\n'))
    : [text];
  return { status: response.status, headers: response.headers, text, messages };
}
