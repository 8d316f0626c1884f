/** Bytes that are no text: what a model can look at or listen to, and links for all others. */
import type { JsonObject } from '../../../kernel/index.ts';
import type { ResultLimits } from './contract.ts';

const AUDIO = /^audio\/[a-z0-9.+-]+$/;

/**
 * What bytes are by their first ones. Clients refuse a whole conversation over an image that is not
 * what it is called, so the API's word is not enough. '' where they are no image that models take.
 */
export function imageType(bytes: Buffer): string {
  const head = bytes.toString('latin1', 0, 12);
  if (head.startsWith('\x89PNG\r\n')) return 'image/png';
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (head.startsWith('GIF8')) return 'image/gif';
  return head.startsWith('RIFF') && head.endsWith('WEBP') ? 'image/webp' : '';
}

/**
 * A content block that holds the bytes (2026-07-28, server/tools, "Tool Result").
 * @param uri address of the kept file; '' where it is not kept
 * @returns undefined where they are too many, or nothing that belongs into a model's context
 */
export function mediaBlock(
  bytes: Buffer,
  mimeType: string,
  uri: string,
  limits: ResultLimits,
): JsonObject | undefined {
  const image = imageType(bytes);
  if (image !== '' && bytes.length <= limits.maxMediaBytes) {
    return { type: 'image', data: bytes.toString('base64'), mimeType: image };
  }
  if (AUDIO.test(mimeType) && bytes.length <= limits.maxMediaBytes) {
    return { type: 'audio', data: bytes.toString('base64'), mimeType };
  }
  const isPdf = mimeType === 'application/pdf' && bytes.toString('latin1', 0, 5) === '%PDF-';
  if (isPdf && uri !== '' && bytes.length <= limits.maxDocumentBytes) {
    return { type: 'resource', resource: { uri, mimeType, blob: bytes.toString('base64') } };
  }
  return undefined;
}

export function linkBlock(uri: string, name: string, mimeType: string, size: number): JsonObject {
  return { type: 'resource_link', uri, name, mimeType, size };
}
