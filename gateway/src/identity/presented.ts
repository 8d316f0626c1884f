/** The credential that a request carries, as it is written. */
import type { Head } from '../kernel/index.ts';

/** The `b64token` of RFC 6750, section 2.1. */
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

export type Presented =
  | { readonly kind: 'none' }
  | { readonly kind: 'bearer'; readonly token: string }
  /** Nothing that could be verified; `why` is one sentence for the caller. */
  | { readonly kind: 'unusable'; readonly why: string };

const NONE: Presented = { kind: 'none' };

/** Reads the `Authorization` header; what stands in the address never counts (RFC 6750, 2.3). */
export function presentedIn({ headers, query }: Head): Presented {
  const written = headers['authorization'];
  if (written === undefined) {
    return /(?:^|&)(?:access_token|api_?key|key|token)=/i.test(query)
      ? unusable('Addresses end up in logs: send the credential as a header, never in the address.')
      : NONE;
  }
  if (typeof written !== 'string') return unusable('There is more than one Authorization header.');
  const token = BEARER.exec(written)?.[1];
  return token === undefined
    ? unusable('The Authorization header must read "Bearer", a space, and one credential.')
    : { kind: 'bearer', token };
}

function unusable(why: string): Presented {
  return { kind: 'unusable', why };
}
