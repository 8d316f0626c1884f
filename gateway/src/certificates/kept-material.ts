/** Certificates that are renewed while the gateway runs: read again when their files change. */
import type { TlsFault, TlsFiles, TlsMaterial } from './material.ts';
import { readMaterial } from './material.ts';
import { stampOf } from './read-pem.ts';

/** What is in force: the last good state, or why there was none yet. */
export type Kept = TlsMaterial | readonly TlsFault[];

/** What came of a look at the files. `broken`: the last good state stays in force. */
export type Looked =
  | { readonly kind: 'same' }
  | { readonly kind: 'renewed'; readonly material: TlsMaterial }
  | { readonly kind: 'broken'; readonly faults: readonly TlsFault[] };

const SAME: Looked = { kind: 'same' };

export class KeptMaterial {
  private readonly files: TlsFiles;
  private readonly directory: string;
  private kept: Kept;
  private stamps: string;

  constructor(files: TlsFiles, directory: string, nowMs: number) {
    this.files = files;
    this.directory = directory;
    this.stamps = this.stampsNow();
    this.kept = readMaterial(files, { directory, nowMs });
  }

  get current(): Kept {
    return this.kept;
  }

  /** Stands for the contents of all files; it changes when one of them does. */
  stampsNow(): string {
    const { cert, key, ca, crl } = this.files;
    return [cert, key, ca, crl]
      .flat()
      .map((one) => (one === undefined ? '' : stampOf(one, this.directory)))
      .join(' ');
  }

  /** Reads the files again where they have changed since the last time. */
  look(nowMs: number, stamps = this.stampsNow()): Looked {
    if (stamps === this.stamps) return SAME;
    this.stamps = stamps;
    const read = readMaterial(this.files, { directory: this.directory, nowMs });
    if (!('expiresMs' in read)) {
      if (!('expiresMs' in this.kept)) this.kept = read;
      return { kind: 'broken', faults: read };
    }
    this.kept = read;
    return { kind: 'renewed', material: read };
  }
}
