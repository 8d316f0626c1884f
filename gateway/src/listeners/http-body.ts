/** The unread body of an HTTP request. */
import type { IncomingMessage } from 'node:http';
import { Refusal, type Body } from '../kernel/index.ts';
import { GrowingBytes } from './growing-bytes.ts';

/** Reads on demand, once, and never holds more than the limit it is given. */
export class HttpBody implements Body {
  private request: IncomingMessage | undefined;

  constructor(request: IncomingMessage) {
    this.request = request;
  }

  read(maxBytes: number): Promise<Buffer | Refusal> {
    const { request } = this;
    this.request = undefined;
    if (request === undefined) return Promise.resolve(new Refusal('body_incomplete'));
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced > maxBytes) return Promise.resolve(bodyTooLarge(maxBytes));
    if (request.destroyed) return Promise.resolve(new Refusal('body_incomplete'));
    return new Promise((resolve) => {
      let first: Buffer | undefined;
      let more: GrowingBytes | undefined;
      let size = 0;
      request.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > maxBytes) {
          first = undefined;
          more = undefined;
          request.removeAllListeners('data');
          resolve(bodyTooLarge(maxBytes));
        } else if (first === undefined) first = chunk;
        else (more ??= growing(first)).push(chunk);
      });
      request.on('end', () => resolve(more === undefined ? (first ?? EMPTY) : more.take()));
      request.on('error', () => resolve(new Refusal('body_incomplete')));
      request.on('close', () => {
        if (!request.complete) resolve(new Refusal('body_incomplete'));
      });
    });
  }
}

const EMPTY = Buffer.alloc(0);

function growing(first: Buffer): GrowingBytes {
  const bytes = new GrowingBytes();
  bytes.push(first);
  return bytes;
}

/** The refusal of a body over the cap. */
export function bodyTooLarge(maxBytes: number): Refusal {
  return new Refusal('body_too_large', { text: `The limit is ${maxBytes} bytes.` });
}
