/** Kept results as resources (2026-07-28, server/resources). */
import { Refusal, type JsonObject } from '../../../kernel/index.ts';
import type { Asker } from '../results/contract.ts';
import type { HandleStore } from './contract.ts';
import { handleId, handleTemplate, isHandleUri } from './ids.ts';

/** Largest result read as one resource, bytes. */
const MAX_RESOURCE_BYTES = 16 * 1024 * 1024;

export function resultTemplate(upstream: string): JsonObject {
  return {
    uriTemplate: handleTemplate(upstream),
    name: 'result',
    title: 'Kept result',
    description: 'The whole of a result that was too long, or no text, to be shown at once.',
  };
}

/** @returns the result of `resources/read`; `resource_unknown` for whatever is not the asker's */
export async function readResource(
  store: HandleStore,
  upstream: string,
  uri: string,
  asker: Asker,
): Promise<JsonObject | Refusal> {
  const id = isHandleUri(uri) ? handleId(upstream, uri) : undefined;
  const kept = id === undefined ? undefined : await store.get({ ...asker, upstream }, id);
  if (kept === undefined) return new Refusal('resource_unknown');
  if (kept.bytes.length > MAX_RESOURCE_BYTES) {
    const text = `It has ${kept.bytes.length} bytes; at most ${MAX_RESOURCE_BYTES} are read at once.`;
    return new Refusal('result_too_large', { text });
  }
  const { mimeType, bytes } = kept;
  const content =
    kept.kind === 'binary'
      ? { uri, mimeType, blob: bytes.toString('base64') }
      : { uri, mimeType, text: bytes.toString('utf8') };
  return { contents: [content] };
}
