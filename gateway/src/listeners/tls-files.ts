/** The listener's certificate: read before it listens, and again whenever its files change. */
import type { SecureContextOptions } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
import {
  KeptMaterial,
  faultWords,
  type TlsFiles,
  type TlsMaterial,
} from '../certificates/index.ts';
import type { Clock, LogLevel, Timer } from '../kernel/index.ts';
import type { ServerTlsConfig } from './schema.ts';

/** How often files are looked at; what has changed is read once it stays the same for as long. */
const LOOK_EVERY_MS = 1000;
const DAY_MS = 24 * 3600 * 1000;
/** From then on the log speaks of a certificate's end once a day. */
const WARN_BEFORE_MS = 14 * DAY_MS;

export interface TlsFilesDeps {
  /** The folder that relative paths begin at. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: (level: LogLevel, text: string, fields?: Readonly<Record<string, unknown>>) => void;
}

/** What a listener takes over while it runs. */
export interface Renewed {
  readonly options: SecureContextOptions;
  /** Other authorities vouch for callers than before, or others were revoked. */
  readonly hasOtherAuthorities: boolean;
}

/** The parts of `server.tls` that are files, by their names there. */
export function filesOf(config: ServerTlsConfig): TlsFiles {
  const { cert, key, passphrase, clientCa, clientCrl } = config;
  return { cert, key, passphrase, ca: clientCa, crl: clientCrl };
}

export class ListenerFiles {
  private readonly deps: TlsFilesDeps;
  private config: ServerTlsConfig;
  private kept: KeptMaterial;
  private inForce: TlsMaterial;
  private timer: Timer | undefined;
  private seen = '';
  private warnedMs = Number.NEGATIVE_INFINITY;

  /** @throws {Error} with words where the files cannot be used */
  constructor(config: ServerTlsConfig, deps: TlsFilesDeps) {
    this.deps = deps;
    this.config = config;
    this.kept = this.open(config);
    this.inForce = usable(this.kept);
  }

  /** Whether callers are asked for certificates. */
  get asksCallers(): boolean {
    return this.inForce.ca !== undefined;
  }

  options(): SecureContextOptions {
    const { cert, key, passphrase, ca, crl } = this.inForce;
    return {
      cert,
      key,
      passphrase,
      ca: ca === undefined ? undefined : [...ca],
      crl,
      minVersion: String(this.config.minVersion) === '1.3' ? 'TLSv1.3' : 'TLSv1.2',
    };
  }

  /** From now on `onRenewed` hears of every change that can be used; the log of those that cannot. */
  watch(onRenewed: (renewed: Renewed) => void): void {
    this.warnOfEnd();
    this.seen = this.kept.stampsNow();
    const look = (): void => {
      this.timer = this.deps.clock.after(LOOK_EVERY_MS, look);
      this.look(onRenewed);
    };
    this.timer = this.deps.clock.after(LOOK_EVERY_MS, look);
  }

  /**
   * Takes other files, as a new configuration names them.
   * @returns undefined where they cannot be used, or callers would be asked otherwise than before
   */
  configure(config: ServerTlsConfig): Renewed | undefined {
    if (isDeepStrictEqual(config, this.config)) return this.take(this.inForce);
    const kept = this.open(config);
    if (!('expiresMs' in kept.current)) {
      this.deps.log('error', 'server.tls cannot be used; what was read before stays in force', {
        why: faultWords(kept.current),
      });
      return undefined;
    }
    if ((kept.current.ca !== undefined) !== this.asksCallers) return undefined;
    this.config = config;
    this.kept = kept;
    return this.take(kept.current);
  }

  stop(): void {
    this.timer?.cancel();
  }

  private open(config: ServerTlsConfig): KeptMaterial {
    return new KeptMaterial(filesOf(config), this.deps.directory, this.deps.clock.nowMs());
  }

  private look(onRenewed: (renewed: Renewed) => void): void {
    this.warnOfEnd();
    const stamps = this.kept.stampsNow();
    // Certificate and key are two files: between them nothing fits.
    const isSettled = stamps === this.seen;
    this.seen = stamps;
    if (!isSettled) return;
    const looked = this.kept.look(this.deps.clock.nowMs(), stamps);
    if (looked.kind === 'broken') {
      this.deps.log('error', 'the new TLS files cannot be used; the last good ones stay in force', {
        why: faultWords(looked.faults),
      });
    }
    if (looked.kind !== 'renewed') return;
    const { expiresMs } = looked.material;
    this.deps.log('info', 'TLS files were read again', { expires: new Date(expiresMs) });
    onRenewed(this.take(looked.material));
  }

  private take(material: TlsMaterial): Renewed {
    const { ca, crl } = this.inForce;
    this.inForce = material;
    const hasOtherAuthorities = ca?.join() !== material.ca?.join() || crl !== material.crl;
    return { options: this.options(), hasOtherAuthorities };
  }

  private warnOfEnd(): void {
    const nowMs = this.deps.clock.nowMs();
    const { expiresMs } = this.inForce;
    if (expiresMs - nowMs > WARN_BEFORE_MS || nowMs - this.warnedMs < DAY_MS) return;
    this.warnedMs = nowMs;
    const text = expiresMs < nowMs ? 'the certificate has expired' : 'the certificate ends soon';
    this.deps.log('warn', text, { expires: new Date(expiresMs) });
  }
}

function usable({ current }: KeptMaterial): TlsMaterial {
  if ('expiresMs' in current) return current;
  throw new Error(`server.tls cannot be used: ${faultWords(current)}`);
}
