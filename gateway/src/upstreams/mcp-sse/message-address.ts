/** Where messages of a session are posted to (2024-11-05, transports, HTTP with SSE). */
import { Refusal } from '../../kernel/index.ts';

/**
 * Reads the `endpoint` event: an address on the stream's own origin, absolute or relative to it.
 * Credentials are sent there, so any other origin is `upstream_invalid`.
 * @param address the data of the event
 * @param stream address of the stream: origin, path and query
 * @returns path and query
 */
export function readMessageAddress(address: string, stream: string): string | Refusal {
  const url = address === '' ? null : URL.parse(address, stream);
  if (url === null) return invalid('It named no address for messages that can be read.');
  if (url.origin !== new URL(stream).origin) {
    return invalid('It named an address for messages on another origin, to which nothing is sent.');
  }
  return url.pathname + url.search;
}

function invalid(text: string): Refusal {
  return new Refusal('upstream_invalid', { text });
}
