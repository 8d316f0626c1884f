/** Asks the admin API of a gateway that runs, over a real socket. */
import type { TestGateway } from '../../kit/gateway.ts';

export interface AdminAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed body; empty where it is no JSON object. */
  readonly body: Record<string, unknown>;
  readonly text: string;
}

export interface AdminRequest {
  readonly method?: string;
  /** The API key or token; none where it is left out. */
  readonly key?: string;
  readonly json?: unknown;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

/** @param path behind `/admin/v1` */
export async function askAdmin(
  { origin }: Pick<TestGateway, 'origin'>,
  path: string,
  { method, key, json, body, headers = {} }: AdminRequest = {},
): Promise<AdminAnswer> {
  const sent = json === undefined ? body : JSON.stringify(json);
  const response = await fetch(`${origin}/admin/v1${path}`, {
    method: method ?? (sent === undefined ? 'GET' : 'POST'),
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(sent === undefined ? {} : { body: sent }),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
    text,
  };
}
