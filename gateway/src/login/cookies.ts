/** Cookies of the browser: which ones there are, and how they are read and written (RFC 6265). */

/** One cookie of ours; its value needs no quoting. */
export interface Cookie {
  readonly name: string;
  readonly value: string;
  /** Seconds; 0 takes it away. */
  readonly maxAgeSeconds: number;
}

export type CookiePurpose = 'session' | 'signin';

const MAX_HEADER_CHARACTERS = 16_384;

/**
 * A browser takes a name with `__Host-` only over TLS, for all paths and of this very host, so no
 * other host of the domain can plant one.
 */
export function cookieName(purpose: CookiePurpose, isSecure: boolean): string {
  return `${isSecure ? '__Host-' : ''}drawbridge_${purpose}`;
}

/** @returns the value; undefined where there is none, or more than one */
export function readCookie(header: string | undefined, name: string): string | undefined {
  if (header === undefined || header.length > MAX_HEADER_CHARACTERS) return undefined;
  const values = header.split(';').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at >= 0 && pair.slice(0, at).trim() === name ? [pair.slice(at + 1).trim()] : [];
  });
  return values.length === 1 && values[0] !== '' ? values[0] : undefined;
}

export function writeCookie({ name, value, maxAgeSeconds }: Cookie, isSecure: boolean): string {
  const secure = isSecure ? '; Secure' : '';
  return `${name}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly${secure}; SameSite=Lax`;
}
