/** Files that a caller names by their addresses: public hosts only, by https. */
import { fetchDocument, type FindAddresses, type WayOut } from '../egress/index.ts';
import type { Clock } from '../kernel/index.ts';
import { typeOnly } from './api/results/charset.ts';
import type { FetchFile } from './api/results/contract.ts';
import { filenameOf, headerOf } from './api/http/reply/media.ts';

const TIMEOUT_MS = 30_000;

/** @param find how names become addresses; the system's way where left out */
export function createFetchFile(clock: Clock, find?: FindAddresses, wayOut?: WayOut): FetchFile {
  return async (address, { maxBytes, signal }) => {
    const url = URL.parse(address);
    if (url?.protocol !== 'https:') return 'only https addresses are read';
    const fetched = await fetchDocument(url.href, {
      allow: [],
      maxBytes,
      timeoutMs: TIMEOUT_MS,
      clock,
      signal,
      wayOut,
      ...(find === undefined ? {} : { find }),
    });
    if (fetched.kind === 'fault') return fetched.text;
    if (fetched.kind === 'unchanged') return 'it has no content';
    const { bytes, headers, location } = fetched;
    const named = filenameOf(headerOf(headers, 'content-disposition'));
    return {
      bytes,
      filename: named || lastStep(location),
      mimeType: typeOnly(headerOf(headers, 'content-type')) || 'application/octet-stream',
    };
  };
}

function lastStep(location: string): string {
  const step = new URL(location).pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
