/** One request with everything that the gateway adds to it. */
import type { HttpRequest } from './request.ts';
import type { Carried } from './credentials.ts';

/** What no document and no argument decides (RFC 9110, section 7.6.1). */
const HOP_HEADERS =
  /^(host|content-length|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|accept-encoding|proxy-.*)$/;

const BODY_METHODS: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);
const NOTHING = Buffer.alloc(0);

/**
 * Headers of the request, then the configured ones, then credentials: a later one replaces all
 * earlier ones of its name. Cookies are joined.
 * @param configured names in lower case and values in turn
 */
export function headersOf(
  request: Pick<HttpRequest, 'headers'>,
  configured: readonly string[],
  carried: Carried,
): string[] {
  const headers = new Map<string, string>();
  for (const [name, value] of pairs(request.headers)) {
    const key = name.toLowerCase();
    if (HOP_HEADERS.test(key)) continue;
    const before = headers.get(key);
    headers.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  for (const [name, value] of pairs(configured)) headers.set(name, value);
  for (const [name, value] of pairs(carried.headers)) headers.set(name.toLowerCase(), value);
  if (carried.cookies.length > 0) {
    const own = new Set(carried.cookies.map(([name]) => name));
    const others = (headers.get('cookie') ?? '')
      .split(/;\s*/)
      .filter((one) => one !== '' && !own.has(one.split('=', 1)[0] ?? ''));
    const all = [...others, ...carried.cookies.map(([name, value]) => `${name}=${value}`)];
    headers.set('cookie', all.join('; '));
  }
  return [...headers].flat();
}

/** The path and query of an address, credentials of the query put in place of any that stand there. */
export function targetOf(url: URL, carried: Carried): string {
  const own = carried.query.map(([name]) => name);
  const kept = own.length === 0 ? url.search.slice(1) : withoutParameters(url.search, own);
  const added = carried.query.map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  const query = [kept, ...added].filter((part) => part !== '').join('&');
  return query === '' ? url.pathname : `${url.pathname}?${query}`;
}

/** A query without the parameters of these names; everything else stays as it is written. */
export function withoutParameters(search: string, names: readonly string[]): string {
  return search
    .replace(/^\?/, '')
    .split('&')
    .filter((part) => !names.includes(nameOf(part)))
    .join('&');
}

function nameOf(part: string): string {
  const [name = ''] = part.split('=', 1);
  try {
    return decodeURIComponent(name.replaceAll('+', ' '));
  } catch {
    return name;
  }
}

/** Methods that have a body say that theirs is empty (RFC 9110, section 8.6). */
export function bodyOf({ method, body }: Pick<HttpRequest, 'method' | 'body'>): Buffer | null {
  return body === null && BODY_METHODS.has(method) ? NOTHING : body;
}

function* pairs(flat: readonly string[]): Generator<readonly [string, string]> {
  for (let at = 0; at + 1 < flat.length; at += 2) yield [flat[at] ?? '', flat[at + 1] ?? ''];
}
