/** TLS as one upstream or issuer wants it: made once, made anew when a file changes. */
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { KeptMaterial, faultWords, type TlsMaterial } from '../certificates/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { ClientTlsConfig } from './tls-schema.ts';

/** Files are looked at when a connection is opened, but not more often than this. */
const LOOK_EVERY_MS = 1000;

/** There is no certificate, key or authority that could be used; no connection is made without. */
export class TlsUnusable extends Error {}

/** How one connection is secured. */
export interface Secured {
  readonly secureContext: SecureContext;
  /** What it was made of, for clients that make their own. */
  readonly material: SecureContextOptions;
  /** Undefined where the name of the address is meant. */
  readonly serverName: string | undefined;
}

export interface OutboundTls {
  /**
   * What a connection to a host needs. The certificate of the gateway is shown only to hosts that
   * the operator wrote; others are held to the same authorities.
   * @param host name or address, and port where it is not the usual one, as in a URL
   */
  securing(host: string): Secured | TlsUnusable;
}

export interface OutboundTlsOptions {
  /** The folder that relative paths begin at. */
  readonly directory: string;
  readonly clock: Clock;
  /** Hosts that `serverName` speaks of. */
  readonly own: readonly string[];
  /** Further hosts that the operator wrote. */
  readonly named?: readonly string[];
  /** The files have changed and cannot be used; what was read before stays in force. */
  readonly onFault: (words: string) => void;
}

type Made = Pick<Secured, 'secureContext' | 'material'>;

class KeptTls implements OutboundTls {
  private readonly config: ClientTlsConfig;
  private readonly options: OutboundTlsOptions;
  private readonly material: KeptMaterial;
  private lookedMs: number;
  private contexts: { readonly ours: Made; readonly plain: Made } | undefined;

  constructor(config: ClientTlsConfig, options: OutboundTlsOptions) {
    const nowMs = options.clock.nowMs();
    this.config = config;
    this.options = options;
    this.material = new KeptMaterial(config, options.directory, nowMs);
    this.lookedMs = nowMs;
  }

  securing(host: string): Secured | TlsUnusable {
    const nowMs = this.options.clock.nowMs();
    this.look(nowMs);
    const { current } = this.material;
    if (!('expiresMs' in current)) return unusable(faultWords(current));
    if (nowMs > current.expiresMs) return unusable('cert: the certificate has expired');
    const { own, named = [] } = this.options;
    const isOwn = own.includes(host);
    this.contexts ??= this.contextsOf(current);
    const { ours, plain } = this.contexts;
    return {
      ...(isOwn || named.includes(host) ? ours : plain),
      serverName: isOwn ? this.config.serverName : undefined,
    };
  }

  private look(nowMs: number): void {
    if (nowMs - this.lookedMs < LOOK_EVERY_MS) return;
    this.lookedMs = nowMs;
    const looked = this.material.look(nowMs);
    if (looked.kind === 'renewed') this.contexts = undefined;
    if (looked.kind === 'broken') this.options.onFault(faultWords(looked.faults));
  }

  private contextsOf({ cert, key, passphrase, ca }: TlsMaterial) {
    const trust = {
      ca: ca === undefined ? undefined : [...ca],
      minVersion: minVersion(this.config.minVersion),
    };
    const plain = made(trust);
    const ours = cert === undefined ? plain : made({ ...trust, cert, key, passphrase });
    return { ours, plain };
  }
}

function made(material: SecureContextOptions): Made {
  return { secureContext: createSecureContext(material), material };
}

function unusable(words: string): TlsUnusable {
  return new TlsUnusable(`TLS is not set up in a way that can be used: ${words}`);
}

/** The oldest version in the words of the TLS library. */
export function minVersion(written: ClientTlsConfig['minVersion']): 'TLSv1.2' | 'TLSv1.3' {
  return String(written) === '1.3' ? 'TLSv1.3' : 'TLSv1.2';
}

/** Never throws: what cannot be used shows in every connection. */
export function openTls(config: ClientTlsConfig, options: OutboundTlsOptions): OutboundTls {
  return new KeptTls(config, options);
}
