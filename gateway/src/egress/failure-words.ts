/** What went wrong on the way, in words for people and without secrets. */
import { AddressRefused } from './address-guard.ts';
import { InvalidResponse } from './outbound.ts';
import { TlsUnusable } from './outbound-tls.ts';
import { ProxyRefused } from './proxies.ts';

/** An address without what may be a secret in it: user information, query and fragment. */
export function safeAddress(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

/** Errors whose message is for people, and without addresses. */
const SAYS_ENOUGH = [AddressRefused, InvalidResponse, ProxyRefused, TlsUnusable];

/** What became of a request that failed, without addresses. */
export function failureWords(error: Error): string {
  if (SAYS_ENOUGH.some((kind) => error instanceof kind)) return error.message;
  const code = 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ECONNREFUSED':
      return 'nothing listens there';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its name is not known';
    case 'ECONNRESET':
      return 'the connection was closed';
    default:
      if (/CERT|SELF_SIGNED|TLS|SSL|ALTNAME/.test(code)) return `TLS failed (${code})`;
      return code === '' ? error.message : `the connection failed (${code})`;
  }
}
