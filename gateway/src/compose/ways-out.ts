/** How connections to issuers of tokens leave. */
import { openTls, type ClientTlsConfig, type Proxies, type WayOut } from '../egress/index.ts';
import type { Clock, LogLevel } from '../kernel/index.ts';

/** What an issuer's entry says of where it is. */
export interface IssuerPlace {
  readonly issuer: string;
  readonly jwksUri?: string | undefined;
  readonly introspection?: { readonly url?: string | undefined } | undefined;
  readonly tls?: ClientTlsConfig | undefined;
}

export interface WaysOutDeps {
  readonly proxies?: Proxies | undefined;
  /** The folder that relative paths begin at. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: (level: LogLevel, text: string, fields?: Readonly<Record<string, unknown>>) => void;
}

/** Certificates that cannot be used show in every connection to the issuer. */
export function wayOutToIssuer(
  { proxies, directory, clock, log }: WaysOutDeps,
  { issuer, jwksUri, introspection, tls }: IssuerPlace,
): WayOut {
  if (tls === undefined) return { proxies };
  return {
    proxies,
    tls: openTls(tls, {
      directory,
      clock,
      own: hostsIn([issuer]),
      named: hostsIn([jwksUri, introspection?.url]),
      onFault: (why) =>
        log('error', 'the new TLS files of an issuer cannot be used; the last good ones stay', {
          issuer,
          why,
        }),
    }),
  };
}

function hostsIn(addresses: readonly (string | undefined)[]): string[] {
  return addresses.flatMap((one) => (one === undefined ? [] : (URL.parse(one)?.host ?? [])));
}
