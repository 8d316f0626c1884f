/** Bodies that came compressed although nothing compressed was asked for. */
import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib';

export type Inflated =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly why: 'unknown' | 'damaged' | 'too_large' };

type Done = (error: (Error & { code?: string }) | null, bytes: Buffer) => void;

/**
 * @param coding `Content-Encoding`; '' and `identity` leave the bytes as they are
 * @param maxBytes longest result; a small body may hold a huge one
 */
export function inflated(bytes: Buffer, coding: string, maxBytes: number): Promise<Inflated> {
  const limits = { maxOutputLength: Math.max(1, maxBytes) };
  return new Promise((resolve) => {
    const done: Done = (error, result) => {
      if (error === null) resolve({ ok: true, bytes: result });
      else {
        const isLong = error.code === 'ERR_BUFFER_TOO_LARGE';
        resolve({ ok: false, why: isLong ? 'too_large' : 'damaged' });
      }
    };
    switch (coding.trim().toLowerCase()) {
      case '':
      case 'identity':
        resolve({ ok: true, bytes });
        return;
      case 'gzip':
      case 'x-gzip':
        gunzip(bytes, limits, done);
        return;
      case 'deflate':
        inflate(bytes, limits, done);
        return;
      case 'br':
        brotliDecompress(bytes, limits, done);
        return;
      case 'zstd':
        zstdDecompress(bytes, limits, done);
        return;
      default:
        resolve({ ok: false, why: 'unknown' });
    }
  });
}
