/** What an entry itself holds that lets its description be read. */
import { basicOf, type AuthConfig } from '../../auth-schema.ts';

/**
 * Headers of an entry, names in small letters and values in turn: those that it sends with every call,
 * and its own fixed credentials. What has to be fetched or depends on a caller is not among them.
 */
export function ownHeaders(entry: {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly auth?: AuthConfig | undefined;
}): readonly string[] {
  const { auth, headers = {} } = entry;
  const named = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) named.set(name.toLowerCase(), value);
  for (const [name, value] of fixedOf(auth)) named.set(name, value);
  return [...named].flat();
}

/**
 * The same for reading the document at an address: none where calls go to another origin, which
 * alone is told them then.
 * @param url where calls go, as the operator wrote it; undefined where the document says it: then it
 * could have them sent to its own origin anyway
 */
export function documentHeaders(
  entry: Parameters<typeof ownHeaders>[0],
  document: string,
  url: string | undefined,
): readonly string[] {
  const origin = /^https?:/i.test(document) ? URL.parse(document)?.origin : undefined;
  if (origin === undefined) return [];
  return url === undefined || URL.parse(url)?.origin === origin ? ownHeaders(entry) : [];
}

/** Credentials that are the same for every call, by the header that they go into. */
export function fixedOf(auth: AuthConfig | undefined): ReadonlyMap<string, string> {
  const named = new Map<string, string>();
  for (const [name, value] of Object.entries(auth?.headers ?? {})) {
    named.set(name.toLowerCase(), value);
  }
  if (auth?.bearer !== undefined) named.set('authorization', `Bearer ${auth.bearer}`);
  if (auth?.basic !== undefined) named.set('authorization', basicOf(auth.basic));
  return named;
}
