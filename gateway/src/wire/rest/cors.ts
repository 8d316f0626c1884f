/** What pages of other origins may do: nothing, unless the configuration names their origin. */
import type { Exchange, OutHeaders } from '../../kernel/index.ts';
import { allowedMethods } from './route.ts';

const NONE: OutHeaders = [];

/**
 * The headers that let a page of an allowed origin read an answer (Fetch, CORS protocol).
 * @param origins of `server.allowedOrigins`, as browsers write them
 */
export function corsHeaders(x: Exchange, origins: ReadonlySet<string>): OutHeaders {
  if (origins.size === 0) return NONE;
  const origin = x.head.headers['origin'];
  if (typeof origin !== 'string' || !origins.has(origin)) return ['vary', 'Origin'];
  return [
    'vary',
    'Origin',
    'access-control-allow-origin',
    origin,
    'access-control-expose-headers',
    'etag, retry-after',
  ];
}

/** The answer to OPTIONS: which methods there are and, for an allowed origin, that it may use them. */
export function optionsHeaders(x: Exchange, origins: ReadonlySet<string>): OutHeaders {
  const allow = allowedMethods(x.head.path);
  const cors = corsHeaders(x, origins);
  if (!cors.includes('access-control-allow-origin')) return ['allow', allow, ...cors];
  return [
    'allow',
    allow,
    ...cors,
    'access-control-allow-methods',
    allow,
    'access-control-allow-headers',
    'accept, authorization, content-type, if-none-match',
    'access-control-max-age',
    '600',
  ];
}
