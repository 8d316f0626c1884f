/** A caller of plain HTTP: one request, its whole answer. */
import type { TestGateway } from './gateway.ts';

export interface RestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly bytes: Buffer;
  /** The body as JSON; throws where it is none. */
  json(): Record<string, unknown>;
  /** The events of a stream: names and data in turn. */
  readonly events: readonly (readonly [event: string, data: string])[];
}

export interface RestRequest {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Calls a tool of the endpoint `default` with a JSON body, as `curl --json` would. */
export function callTool(
  gateway: TestGateway,
  tool: string,
  body = '{}',
  headers: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<RestAnswer> {
  return ask(gateway, `/api/default/tools/${encodeURIComponent(tool)}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
    ...(signal === undefined ? {} : { signal }),
  });
}

export async function ask(
  gateway: TestGateway,
  path: string,
  request: RestRequest = {},
): Promise<RestAnswer> {
  const response = await fetch(`${gateway.origin}${path}`, request);
  const bytes = Buffer.from(await response.arrayBuffer());
  const text = bytes.toString('utf8');
  return {
    status: response.status,
    headers: response.headers,
    text,
    bytes,
    json: () => JSON.parse(text) as Record<string, unknown>,
    events: text.split('\n\n').flatMap((frame) => {
      const [, event = '', data = ''] = /^event: (\w+)\ndata: (.*)$/s.exec(frame) ?? [];
      return event === '' ? [] : [[event, data] as const];
    }),
  };
}
