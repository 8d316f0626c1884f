/** The body of a request, whole and bounded. */
import type { IncomingMessage } from 'node:http';

const MAX_BODY_BYTES = 64 * 1024;

/** @returns the bytes; `gone` where the caller left before they were whole */
export function readBody(
  request: IncomingMessage,
): Promise<Buffer<ArrayBuffer> | 'too large' | 'gone'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) {
      resolve('too large');
      return;
    }
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) {
        chunks.push(chunk);
        return;
      }
      request.removeAllListeners('data');
      request.pause();
      resolve('too large');
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', () => resolve('gone'));
    request.on('close', () => resolve('gone'));
  });
}
