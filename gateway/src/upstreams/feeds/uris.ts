/** Addresses of feeds. */
const SCHEME = 'drawbridge-feed://';

/** @param name letters, digits, `_`, `-` and `.` only */
export function feedUri(upstream: string, name: string): string {
  return `${SCHEME}${upstream}/${name}`;
}

/** RFC 6570 template of a feed that takes arguments. @param names of the arguments, `\w+` */
export function feedTemplate(upstream: string, name: string, names: readonly string[]): string {
  return `${feedUri(upstream, name)}{?${names.join(',')}}`;
}

/** Whether a URI is meant to be a feed of this upstream. */
export function isFeedUri(upstream: string, uri: string): boolean {
  return uri.startsWith(`${SCHEME}${upstream}/`);
}

/** What a URI asks for. Of an argument that stands there twice, both are there. */
export interface FeedAddress {
  readonly name: string;
  readonly pairs: readonly (readonly [name: string, value: string])[];
}

/** @returns undefined where it is no address of a feed of this upstream */
export function readFeedUri(upstream: string, uri: string): FeedAddress | undefined {
  if (!isFeedUri(upstream, uri)) return undefined;
  const rest = uri.slice(SCHEME.length + upstream.length + 1);
  const [, name, query] = /^([\w.-]+)(?:\?([^#]*))?$/.exec(rest) ?? [];
  if (name === undefined) return undefined;
  const written = (query ?? '').split('&').filter((one) => one !== '');
  const pairs = written.map((one) => {
    const at = one.indexOf('=');
    return at < 0 ? [decoded(one), ''] : [decoded(one.slice(0, at)), decoded(one.slice(at + 1))];
  });
  const isWhole = pairs.every((pair) => pair.every((text) => text !== undefined));
  return isWhole
    ? { name, pairs: pairs.map(([one = '', value = '']) => [one, value] as const) }
    : undefined;
}

/** RFC 3986: a plus is a plus. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
